"""Scan files as office machines write them: PDF of JPEG images, TIFF, JPEG, PNG.

PDF files are written here in full, image by image, so that the JPEG bytes inside are
exactly the scanner's and nothing is held in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal

import cv2
import numpy as np
from PIL import Image

from pipeline.model.scan import Grey

Container = Literal["pdf", "tiff", "jpeg", "png"]
SUFFIXES: dict[str, str] = {"pdf": ".pdf", "tiff": ".tif", "jpeg": ".jpg", "png": ".png"}


def write_scans(path: Path, container: Container, images: Iterable[Grey], dpi: float, quality: int) -> int:
    """Write images into one file (JPEG and PNG hold one); return how many."""
    if container == "pdf":
        return _write_pdf(path, images, dpi, quality)
    if container == "tiff":
        return _write_tiff(path, images, dpi, quality)
    count = 0
    for image in images:
        if count:
            raise ValueError(f"{path.name}: a {container} file holds one image")
        resolution = (dpi, dpi)
        if container == "jpeg":
            _pillow(image).save(path, "JPEG", quality=quality, dpi=resolution)
        else:
            _pillow(image).save(path, "PNG", dpi=resolution)
        count += 1
    return count


def _pillow(image: Grey) -> Image.Image:
    """A Pillow image; colours turned to red, green, blue; two levels to one bit."""
    if image.ndim == 3:
        return Image.fromarray(np.ascontiguousarray(image[..., ::-1]))
    picture = Image.fromarray(image)
    return picture.convert("1", dither=Image.Dither.NONE) if _is_bitonal(image) else picture


def _is_bitonal(image: Grey) -> bool:
    """Whether an image holds nothing but black and white."""
    counts = np.bincount(image[::7].ravel(), minlength=256)
    return int(counts[1:255].sum()) == 0


def _write_tiff(path: Path, images: Iterable[Grey], dpi: float, quality: int) -> int:
    """A multi-page TIFF: G4 for black and white, JPEG else."""
    pictures = [_pillow(image) for image in images]
    first = pictures[0]
    compression = "group4" if first.mode == "1" else "jpeg"
    first.save(
        path,
        "TIFF",
        save_all=True,
        append_images=pictures[1:],
        compression=compression,
        dpi=(dpi, dpi),
        **({"quality": quality} if compression == "jpeg" else {}),
    )
    return len(pictures)


def _write_pdf(path: Path, images: Iterable[Grey], dpi: float, quality: int) -> int:
    """A PDF whose every page is one JPEG image (G4 images go through TIFF files instead)."""
    with path.open("wb") as out:
        writer = _PdfWriter(out)
        for image in images:
            done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
            if not done:
                raise ValueError(f"{path.name}: image of shape {image.shape} refused by the JPEG encoder")
            writer.add_page(data.tobytes(), image.shape, dpi)
        writer.finish()
        return len(writer.pages)


class _PdfWriter:
    """Objects of a PDF, written as they come; remembers where each begins."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._offsets: dict[int, int] = {}
        self.pages: list[int] = []
        out.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")

    def add_page(self, jpeg: bytes, shape: tuple[int, ...], dpi: float) -> None:
        """One page that is one image."""
        height, width = shape[:2]
        space = b"/DeviceRGB" if len(shape) == 3 else b"/DeviceGray"
        points = f"{width / dpi * 72:.3f} {height / dpi * 72:.3f}".encode()
        wide, high = points.split()
        image = 3 + 3 * len(self.pages)
        content = b"q %s 0 0 %s 0 0 cm /Im0 Do Q" % (wide, high)
        head = b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace%s/BitsPerComponent 8/Filter/DCTDecode" % (
            width,
            height,
            space,
        )
        self._object(image, head + b"/Length %d>>\nstream\n" % len(jpeg) + jpeg + b"\nendstream")
        self._object(image + 1, b"<</Length %d>>\nstream\n" % len(content) + content + b"\nendstream")
        self._object(
            image + 2,
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %s]/Resources<</XObject<</Im0 %d 0 R>>>>/Contents %d 0 R>>"
            % (points, image, image + 1),
        )
        self.pages.append(image + 2)

    def finish(self) -> None:
        """The catalogue, the table of offsets, the end."""
        kids = b" ".join(b"%d 0 R" % page for page in self.pages)
        self._object(1, b"<</Type/Catalog/Pages 2 0 R>>")
        self._object(2, b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(self.pages), kids))
        start = self._out.tell()
        size = max(self._offsets) + 1
        self._out.write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
        for line in self._lines(size):
            self._out.write(line)
        self._out.write(b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start))

    def _lines(self, size: int) -> Iterator[bytes]:
        """Lines of the cross-reference table, twenty bytes each."""
        for number in range(1, size):
            yield b"%010d 00000 n \n" % self._offsets[number]

    def _object(self, number: int, body: bytes) -> None:
        """Write one object."""
        self._offsets[number] = self._out.tell()
        self._out.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
