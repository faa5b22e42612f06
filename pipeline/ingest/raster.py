"""TIFF, JPEG, PNG, BMP and WebP files: one side at a time."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageOps

from pipeline.errors import PageError
from pipeline.ingest.jpeg import decode_grey, jpeg_header, require_whole
from pipeline.ingest.pixels import Pixels, grey_of, silent_decoders, square
from pipeline.ingest.tiff import TiffFrame, tiff_frames
from pipeline.settings import IngestSettings

Image.MAX_IMAGE_PIXELS = None  # sizes are checked against our own limit before decoding


def count_frames(path: Path, kind: str, settings: IngestSettings) -> int:
    """Sides of an image file; raises ``PageError`` when it is truncated or too large.

    In a TIFF a frame that is too large is refused on its own, later; here it is counted.
    """
    if kind == "tiff":
        return len(tiff_frames(path))
    if kind == "jpeg":
        content = path.read_bytes()
        header = jpeg_header(content)
        require_size(header.width, header.height, settings)
        require_whole(content)
        return 1
    with silent_decoders():
        try:
            with Image.open(path) as image:
                width, height = image.size
        except Exception as error:  # decoders of outside files raise anything
            raise PageError("damaged_image") from error
    require_size(width, height, settings)
    return 1


def require_size(width: int, height: int, settings: IngestSettings) -> None:
    """Raise ``PageError`` when an image would not fit in memory, or has no pixel."""
    if width * height > settings.side_limit_megapixels * 1e6:
        raise PageError("page_too_large", width=width, height=height)
    if width * height == 0:
        raise PageError("damaged_image")


class RasterSides:
    """An image file, its frames read on demand."""

    def __init__(self, path: Path, kind: str, settings: IngestSettings) -> None:
        self._path, self._kind, self._settings = path, kind, settings
        self._frames: tuple[TiffFrame, ...] = ()
        if kind == "tiff":
            try:
                self._frames = tiff_frames(path)
            except OSError as error:
                raise PageError("unreadable_file") from error

    def close(self) -> None:
        """Nothing is held open between two sides."""

    def read(self, side: int) -> Pixels:
        """One side; raises ``PageError``."""
        if self._kind == "jpeg":
            return self._read_jpeg()
        if self._kind != "tiff":
            return self._read_frame(0)
        frame = self._frames[side - 1]
        require_size(frame.width, frame.height, self._settings)
        return self._read_frame(frame.index)

    def _read_jpeg(self) -> Pixels:
        """A JPEG photograph or scan; four-colour ones go through Pillow, which minds Adobe's inversion."""
        try:
            content = self._path.read_bytes()
        except OSError as error:
            raise PageError("unreadable_file") from error
        if jpeg_header(content).components == 4:
            return self._read_frame(0)
        require_whole(content)
        with silent_decoders(), Image.open(self._path) as image:
            dpi_x, dpi_y = _dpi(image)
        grey, factor = decode_grey(content, dpi=dpi_x, upright=True, settings=self._settings)
        grey, dpi = square(grey, dpi_x and dpi_x * factor, dpi_y and dpi_y * factor)
        return Pixels(grey=grey, dpi=dpi)

    def _read_frame(self, index: int) -> Pixels:
        """One frame through Pillow, turned as its orientation mark says.

        Opened as a stream: by name, Pillow maps uncompressed TIFF into memory and scrambles
        those that are marked as lying on their side.
        """
        with silent_decoders():
            try:
                with self._path.open("rb") as stream, Image.open(stream) as image:
                    if index:
                        image.seek(index)
                    dpi_x, dpi_y = _dpi(image)
                    size = image.size
                    image.load()
                    upright = ImageOps.exif_transpose(image)
                    grey, bitonal = grey_of(upright)
            except Exception as error:  # decoders of outside files raise anything
                code = "truncated_image" if "truncated" in str(error) else "damaged_image"
                raise PageError(code) from error
        if upright.size != size:
            dpi_x, dpi_y = dpi_y, dpi_x
        grey, dpi = square(grey, dpi_x, dpi_y)
        return Pixels(grey=grey, dpi=dpi, warnings=("bitonal",) if bitonal else ())


def _dpi(image: Image.Image) -> tuple[float | None, float | None]:
    """The resolution that a file claims along x and y."""
    try:
        dpi_x, dpi_y = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None, None
    return (dpi_x, dpi_y) if dpi_x > 0 and dpi_y > 0 else (None, None)
