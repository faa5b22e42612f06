"""What a file claims of its resolution, and how many pixels reading needs of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from pipeline.model.scan import Grey
from pipeline.settings import IngestSettings

_SCREEN_DPI = 96.0
"""Resolutions up to this are what software writes when it knows none."""
_SQUARE_TOLERANCE = 0.01
_MOST_OBLONG = 4.0
_REDUCTIONS = (4, 2)
_RESOLUTION_UNIT, _X_RESOLUTION, _Y_RESOLUTION = 296, 282, 283
_ORIENTATION, _SIDEWAYS = 274, {5, 6, 7, 8}
_EXIF_IFD = 0x8769
_TAKEN_BY_CAMERA = {0x829A, 0x829D, 0x920A}
"""Exposure time, f-number, focal length: a scanner has none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a file says of its pixels once upright.

    ``dpi_x``, ``dpi_y``: dots an inch, None when it says none that can be believed.
    ``ratio``: height over width of one pixel, from files that say this alone.
    """

    dpi_x: float | None = None
    dpi_y: float | None = None
    ratio: float = 1.0

    @property
    def coarse_dpi(self) -> float | None:
        """The resolution of the coarser axis."""
        return min(self.dpi_x, self.dpi_y) if self.dpi_x and self.dpi_y else None


def claims_of(image: Image.Image, settings: IngestSettings) -> Claims:
    """The claims of a file just opened, its orientation obeyed."""
    dpi_x, dpi_y = _claimed(image, settings)
    ratio = _aspect(image)
    tags = getattr(image, "tag_v2", None)
    orientation = image.getexif().get(_ORIENTATION) if tags is None else tags.get(_ORIENTATION)
    if orientation in _SIDEWAYS:
        return Claims(dpi_x=dpi_y, dpi_y=dpi_x, ratio=1 / ratio)
    return Claims(dpi_x=dpi_x, dpi_y=dpi_y, ratio=ratio)


def _claimed(image: Image.Image, settings: IngestSettings) -> tuple[float | None, float | None]:
    """Dots an inch along x and y, (None, None) when the file says none that can be believed.

    What a camera claims means nothing, and so does a claim by which the paper would be
    larger than any.
    """
    try:
        dpi_x, dpi_y = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None, None
    if not (math.isfinite(dpi_x) and math.isfinite(dpi_y) and dpi_x > 0 and dpi_y > 0):
        return None, None
    longest_mm = max(image.width / dpi_x, image.height / dpi_y) * 25.4
    if min(dpi_x, dpi_y) > _SCREEN_DPI and longest_mm > settings.paper_limit_mm:
        return None, None
    return (None, None) if _taken_by_camera(image) else (dpi_x, dpi_y)


def _aspect(image: Image.Image) -> float:
    """Height over width of one pixel, from files that say this and no resolution (fax gateways)."""
    found: object = image.info.get("aspect")
    if image.info.get("jfif_unit") == 0:
        found = image.info.get("jfif_density")
    tags = getattr(image, "tag_v2", None)
    if tags is not None and tags.get(_RESOLUTION_UNIT) == 1:
        found = (tags.get(_X_RESOLUTION), tags.get(_Y_RESOLUTION))
    try:
        x, y = (float(value) for value in found)  # type: ignore[attr-defined]
        ratio = x / y
    except (TypeError, ValueError, ZeroDivisionError):
        return 1.0
    return ratio if 1 / _MOST_OBLONG <= ratio <= _MOST_OBLONG else 1.0


def _taken_by_camera(image: Image.Image) -> bool:
    """Whether the file tells how the picture was exposed."""
    if "exif" not in image.info:
        return False
    try:
        return not _TAKEN_BY_CAMERA.isdisjoint(image.getexif().get_ifd(_EXIF_IFD))
    except Exception:  # whatever is wrong with the notes of a picture, they are not needed
        return False


def reduction(dpi: float | None, long_px: int, settings: IngestSettings) -> int:
    """By how much (1, 2 or 4) pixels may be merged and still leave what reading needs.

    Reading needs ``enough_dpi``; of a photograph, whose resolution is unknown, so many
    pixels along its long side that a spread filling most of it has that.
    """
    for factor in _REDUCTIONS:
        if dpi is not None and dpi / factor >= settings.enough_dpi:
            return factor
        if dpi is None and long_px / factor >= settings.enough_long_px:
            return factor
    return 1


def merged(grey: Grey, factor: int) -> Grey:
    """Each square of ``factor`` pixels as their mean; an odd last row or column is dropped."""
    if factor == 1:
        return grey
    height, width = grey.shape[0] // factor, grey.shape[1] // factor
    whole = grey[: height * factor, : width * factor]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def square(grey: Grey, dpi_x: float | None, dpi_y: float | None, ratio: float = 1.0) -> tuple[Grey, float | None]:
    """Pixels made square: fax machines scan 204 × 98 dpi.  The finer axis is kept.

    ``ratio``, the height of a pixel over its width, counts when the resolution is unknown.
    """
    if not dpi_x or not dpi_y or min(dpi_x, dpi_y) <= _SCREEN_DPI * 0.9:
        return _stretched(grey, ratio, 1.0), None
    if not 1 / _MOST_OBLONG <= dpi_x / dpi_y <= _MOST_OBLONG:
        return grey, None
    if abs(dpi_x / dpi_y - 1) <= _SQUARE_TOLERANCE:
        dpi = (dpi_x + dpi_y) / 2
        return grey, dpi if dpi > _SCREEN_DPI else None
    return _stretched(grey, dpi_x, dpi_y), max(dpi_x, dpi_y)


def _stretched(grey: Grey, dpi_x: float, dpi_y: float) -> Grey:
    """The coarser axis brought to the finer one."""
    if abs(dpi_x / dpi_y - 1) <= _SQUARE_TOLERANCE:
        return grey
    dpi = max(dpi_x, dpi_y)
    size = (round(grey.shape[1] * dpi / dpi_x), round(grey.shape[0] * dpi / dpi_y))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR), np.uint8)
