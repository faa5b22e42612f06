"""Scan files drawn for tests."""

from __future__ import annotations

import io

import numpy as np
import pikepdf
from PIL import Image


def pattern(width: int = 620, height: int = 877) -> np.ndarray:
    """A page without any symmetry: each corner has its own shade, and a bar runs along the top."""
    image = np.full((height, width), 240, np.uint8)
    image[: height // 4, : width // 4] = 20
    image[: height // 4, -width // 4 :] = 90
    image[-height // 4 :, : width // 4] = 160
    image[10:30, :] = 0
    return image


def jpeg_bytes(image: np.ndarray, **save: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, "JPEG", quality=92, **save)
    return out.getvalue()


class PdfMaker:
    """PDF files made of images, as scanners and their software write them."""

    def __init__(self) -> None:
        self.pdf = pikepdf.new()

    def image(self, data: bytes, width: int, height: int, **extra: object) -> pikepdf.Stream:
        keys = {"Type": pikepdf.Name.XObject, "Subtype": pikepdf.Name.Image, "Width": width, "Height": height}
        keys |= {"ColorSpace": pikepdf.Name.DeviceGray, "BitsPerComponent": 8, **extra}
        return pikepdf.Stream(self.pdf, data, **keys)

    def jpeg(self, image: np.ndarray, **extra: object) -> pikepdf.Stream:
        data = jpeg_bytes(image)
        return self.image(data, image.shape[1], image.shape[0], Filter=pikepdf.Name.DCTDecode, **extra)

    def page(
        self,
        content: bytes,
        images: dict[str, pikepdf.Stream],
        size: tuple[float, float] = (420.0, 595.0),
        **keys: object,
    ) -> None:
        resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary({f"/{name}": obj for name, obj in images.items()}))
        page = pikepdf.Dictionary(
            Type=pikepdf.Name.Page, MediaBox=[0, 0, *size], Resources=resources,
            Contents=pikepdf.Stream(self.pdf, content), **keys,
        )  # fmt: skip
        self.pdf.pages.append(pikepdf.Page(self.pdf.make_indirect(page)))

    def full(self, image: np.ndarray, size: tuple[float, float] = (420.0, 595.0), **keys: object) -> None:
        placed = f"q {size[0]} 0 0 {size[1]} 0 0 cm /Im0 Do Q".encode()
        self.page(placed, {"Im0": self.jpeg(image)}, size, **keys)

    def save(self, path, **options: object):
        self.pdf.save(path, **options)
        return path
