"""Grey pixels of one side, whatever the file held."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import cv2
import numpy as np
from PIL import Image

from pipeline.model.scan import Grey

_SCREEN_DPI = 96.0
"""Resolutions up to this are what software writes when it knows none."""
_SQUARE_TOLERANCE = 0.01
logging.getLogger("PIL").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pixels:
    """Grey pixels, square, with the resolution when it is known."""

    grey: Grey
    dpi: float | None
    warnings: tuple[str, ...] = field(default=())


def square(grey: Grey, dpi_x: float | None, dpi_y: float | None) -> tuple[Grey, float | None]:
    """Pixels made square: fax machines scan 204 × 98 dpi.  The finer axis is kept."""
    if not dpi_x or not dpi_y or min(dpi_x, dpi_y) <= _SCREEN_DPI * 0.9:
        return grey, None
    if abs(dpi_x / dpi_y - 1) <= _SQUARE_TOLERANCE:
        dpi = (dpi_x + dpi_y) / 2
        return grey, dpi if dpi > _SCREEN_DPI else None
    dpi = max(dpi_x, dpi_y)
    size = (round(grey.shape[1] * dpi / dpi_x), round(grey.shape[0] * dpi / dpi_y))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR), np.uint8), dpi


def grey_of(image: Image.Image) -> tuple[Grey, bool]:
    """Grey pixels of a decoded image of any mode, and whether it was black and white only.

    Transparent pixels are paper.  16-bit samples lose their low byte.
    """
    if image.mode == "1":
        return np.asarray(image.convert("L"), np.uint8), True
    if image.mode.startswith(("I", "F")):
        wide = np.asarray(image, np.float64)
        top = 65535.0 if wide.size and wide.max() > 255 else 255.0
        return np.clip(np.rint(wide * (255.0 / top)), 0, 255).astype(np.uint8), False
    if image.mode in ("LA", "PA", "RGBA", "La", "RGBa") or (image.mode == "P" and "transparency" in image.info):
        over = image.convert("RGBA")
        paper = Image.new("RGBA", over.size, "white")
        return np.asarray(Image.alpha_composite(paper, over).convert("L"), np.uint8), False
    if image.mode in ("CMYK", "YCbCr", "LAB", "HSV"):
        image = image.convert("RGB")
    return np.asarray(image.convert("L"), np.uint8), False


@contextmanager
def silent_decoders() -> Iterator[None]:
    """Keep what native decoders print on the error channel away from the person's screen.

    libjpeg, libtiff and qpdf write there directly, below Python.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            sys.stderr.flush()
            kept = os.dup(2)
        except (OSError, ValueError, AttributeError):
            yield
            return
        try:
            sink = os.open(os.devnull, os.O_WRONLY)
            os.dup2(sink, 2)
            os.close(sink)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
