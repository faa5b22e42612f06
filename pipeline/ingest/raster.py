"""TIFF, JPEG, PNG, BMP and WebP files: one side at a time."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, WebPImagePlugin

from pipeline.errors import PageError
from pipeline.ingest.headers import image_size, require_one_whole
from pipeline.ingest.jpeg import JpegHeader, decode_grey, jpeg_header, require_whole
from pipeline.ingest.pixels import Pixels, grey_of, heard_decoders, is_bitonal
from pipeline.ingest.resolution import Claims, claims_of, merged, reduction, square
from pipeline.ingest.tiff import TiffFrame, tiff_frames
from pipeline.model.scan import Grey
from pipeline.settings import IngestSettings

Image.MAX_IMAGE_PIXELS = None  # sizes are checked against our own limits before decoding
assert WebPImagePlugin.SUPPORTED  # naming the plugin is what makes Pillow know the format
_MOST_MERGED = 4
_FORMATS = {"tiff": "TIFF", "jpeg": "JPEG", "png": "PNG", "bmp": "BMP", "webp": "WEBP"}


def count_frames(path: Path, kind: str, settings: IngestSettings) -> int:
    """Sides of an image file; raises ``PageError`` when it is truncated or too large.

    In a TIFF a frame that is too large is refused on its own, later; here it is counted.
    """
    if kind == "tiff":
        return len(tiff_frames(path))
    if kind == "jpeg":
        content = _jpeg_content(path, settings)
        jpeg_header(content).require_size(_MOST_MERGED, settings)
        require_whole(content)
    else:
        require_size(*image_size(path, kind), settings)
        require_one_whole(path, kind)
    return 1


def require_size(width: int, height: int, settings: IngestSettings) -> None:
    """Raise ``PageError`` when an image would not fit in memory, or has no pixel."""
    if width * height > settings.side_limit_megapixels * 1e6:
        raise PageError("page_too_large", width=width, height=height)
    if width * height == 0:
        raise PageError("damaged_image")


def _jpeg_content(path: Path, settings: IngestSettings) -> bytes:
    """The whole of a JPEG file, which a decoder needs at once; raises ``PageError``."""
    if path.stat().st_size > settings.jpeg_limit_mb * 1e6:
        raise PageError("too_large")
    return path.read_bytes()


class RasterSides:
    """An image file, its frames read on demand.

    A TIFF stays open between its frames: finding the hundredth would otherwise mean
    walking past ninety-nine each time.
    """

    def __init__(self, path: Path, kind: str, settings: IngestSettings) -> None:
        self._path, self._kind, self._settings = path, kind, settings
        self._frames: tuple[TiffFrame, ...] = tiff_frames(path) if kind == "tiff" else ()
        self._stream: BinaryIO | None = None
        self._image: Image.Image | None = None

    def close(self) -> None:
        """Close the file."""
        if self._image is not None:
            self._image.close()
        if self._stream is not None:
            self._stream.close()
        self._image = self._stream = None

    def read(self, side: int) -> Pixels:
        """One side; raises ``PageError``."""
        if self._kind == "jpeg":
            return self._read_jpeg()
        if self._kind != "tiff":
            require_size(*image_size(self._path, self._kind), self._settings)
            return self._read_frame(0)
        frame = self._frames[side - 1]
        require_size(frame.width, frame.height, self._settings)
        return self._read_frame(frame.index, inverted=frame.inverted)

    def _read_jpeg(self) -> Pixels:
        """A JPEG photograph or scan; four-colour ones go through Pillow, which minds Adobe's inversion."""
        content = _jpeg_content(self._path, self._settings)
        header = jpeg_header(content)
        require_whole(content)
        if header.components == 4:
            header.require_size(1, self._settings)
            return self._read_frame(0)
        claims = _jpeg_claims(content, self._settings)
        factor = _factor(header, claims.coarse_dpi, self._settings)
        return _squared(decode_grey(content, header, factor=factor, upright=True), claims, factor)

    def _read_frame(self, index: int, *, inverted: bool = False) -> Pixels:
        """One frame through Pillow, turned as its orientation mark says."""
        with heard_decoders() as complaints:
            try:
                image = self._seek(index)
                claims, mode = claims_of(image, self._settings), image.mode
                image.load()
                grey = grey_of(ImageOps.exif_transpose(image))
            except Exception as error:  # decoders of outside files raise anything
                raise PageError(_reason(error)) from error
        complaints.require_sound()
        if inverted and mode.startswith("I;16"):
            grey = np.asarray(255 - grey, np.uint8)  # Pillow inverts 8 bits and fewer, not 16
        marks = ("bitonal",) if is_bitonal(grey) else ()
        factor = reduction(claims.coarse_dpi, max(grey.shape), self._settings)
        return _squared(merged(grey, factor), claims, factor, marks)

    def _seek(self, index: int) -> Image.Image:
        """The file at one of its frames.

        Opened as a stream: by name, Pillow maps uncompressed TIFF into memory, scrambles
        those that are marked as lying on their side, and dies when the file is cut short
        by another program.
        """
        if self._image is None:
            self._stream = self._path.open("rb")
            self._image = Image.open(self._stream, formats=(_FORMATS[self._kind],))
        if index != self._image.tell():
            self._image.seek(index)
        return self._image


def _reason(error: Exception) -> str:
    """Why a decoder gave up."""
    said = str(error)
    if "truncated" in said:
        return "truncated_image"
    return "unsupported_image" if "unknown pixel mode" in said or "not available" in said else "damaged_image"


def _factor(header: JpegHeader, dpi: float | None, settings: IngestSettings) -> int:
    """By how much a JPEG is merged while it is decoded; raises ``PageError`` when it stays too large."""
    factor = reduction(dpi, max(header.width, header.height), settings)
    header.require_size(factor, settings)
    return factor


def _jpeg_claims(content: bytes, settings: IngestSettings) -> Claims:
    """What a JPEG claims, nothing when its notes are in disorder."""
    with heard_decoders():
        try:
            with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
                return claims_of(image, settings)
        except Exception:  # its pixels may be sound all the same
            return Claims()


def _squared(grey: Grey, claims: Claims, factor: int, marks: tuple[str, ...] = ()) -> Pixels:
    """Square pixels, with the resolution that is left after merging."""
    dpi_x, dpi_y = claims.dpi_x and claims.dpi_x / factor, claims.dpi_y and claims.dpi_y / factor
    grey, dpi = square(grey, dpi_x, dpi_y, claims.ratio)
    coarse = claims.coarse_dpi if dpi is not None else None
    return Pixels(grey=grey, dpi=dpi, warnings=marks, coarse_dpi=coarse and coarse / factor, merged=factor)
