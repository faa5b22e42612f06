"""Scan files drawn for tests."""

from __future__ import annotations

import io
import struct
import zlib

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


def flate(maker: PdfMaker, samples: np.ndarray, **extra: object) -> pikepdf.Stream:
    """Samples as they are, deflated."""
    height, width = samples.shape[:2]
    return maker.image(zlib.compress(samples.tobytes()), width, height, Filter=pikepdf.Name.FlateDecode, **extra)


def packed(bits: np.ndarray) -> np.ndarray:
    """Rows of 0 and 1 packed eight to a byte, as one array of rows."""
    return np.packbits(bits.astype(bool), axis=1)


def png_rows(samples: np.ndarray, width_bytes: int, pixel_bytes: int) -> bytes:
    """Rows behind the five PNG predictors in turn."""
    rows = samples.reshape(samples.shape[0], width_bytes).astype(np.int16)
    above = np.vstack([np.zeros((1, width_bytes), np.int16), rows[:-1]])
    left = np.hstack([np.zeros((rows.shape[0], pixel_bytes), np.int16), rows[:, :-pixel_bytes]])
    corner = np.hstack([np.zeros((rows.shape[0], pixel_bytes), np.int16), above[:, :-pixel_bytes]])
    guess = left + above - corner
    near = np.where(
        (abs(guess - left) <= abs(guess - above)) & (abs(guess - left) <= abs(guess - corner)),
        left,
        np.where(abs(guess - above) <= abs(guess - corner), above, corner),
    )
    filtered = [rows, rows - left, rows - above, rows - (left + above) // 2, rows - near]
    out = b"".join(bytes([n % 5]) + (filtered[n % 5][n] % 256).astype(np.uint8).tobytes() for n in range(rows.shape[0]))
    return zlib.compress(out)


def group4(bits: np.ndarray) -> bytes:
    """Rows of 0 and 1 (1 is black) as one strip of Group 4."""
    out = io.BytesIO()
    Image.fromarray((bits * 255).astype(np.uint8)).convert("1").save(
        out, "TIFF", compression="group4", tiffinfo={278: bits.shape[0]}
    )
    out.seek(0)
    with Image.open(out) as made:
        (start,), (size,) = made.tag_v2[273], made.tag_v2[279]
        assert made.tag_v2[262] == 1  # bits go into the coder as they are
    return out.getvalue()[start : start + size]


def jbig2_segment(number: int, kind: int, data: bytes, *, page: int = 1, refers: tuple[int, ...] = ()) -> bytes:
    """One segment of an embedded JBIG2 stream."""
    head = struct.pack(">IBB", number, kind, len(refers) << 5) + bytes(refers) + bytes([page])
    return head + struct.pack(">I", len(data)) + data


def jbig2_page(bits: np.ndarray) -> bytes:
    """Page information, then one lossless region coded as Group 4 is (MMR)."""
    height, width = bits.shape
    page = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    region = struct.pack(">IIIIBB", width, height, 0, 0, 0, 1) + group4(bits)
    return jbig2_segment(0, 48, page) + jbig2_segment(1, 38, region)
