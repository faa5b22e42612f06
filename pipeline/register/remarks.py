"""What is worth telling of a page that was placed all the same: torn corners, a dirty glass."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.model.layout import Box
from pipeline.model.scan import Floats, Grey
from pipeline.register.frame import apply, corners_of
from pipeline.register.pose import Fit
from pipeline.register.resample import crop_mm
from pipeline.settings import RegisterSettings

_LINES_LOOKED_AT = 40
_BESIDE_MM = 0.8
_EDGE_MM = 3.0
_CORNER_PX_PER_MM = 4.0
Streak = tuple[int, int]
"""0 for a line down the side and its column, 1 for one across it and its row."""


def torn_corner(pixels: Grey, fit: Fit, settings: RegisterSettings) -> int | None:
    """The first corner of the page, clockwise from the top left, that bears no trace of its marker.

    A marker that something covers leaves edges of what covers it; where paper is missing
    the lid shows, white or black and even.  A corner beyond the side is cut off, not torn.
    """
    seen = {marker.corner for marker in fit.markers}
    width, height = fit.layout.page_size_mm
    rows, columns = pixels.shape
    for corner, marker in enumerate(fit.layout.stamp.markers):
        if corner in seen:
            continue
        left, top = min(marker.x, width - marker.right), min(marker.y, height - marker.bottom)
        area = Box(x=marker.x - left / 2, y=marker.y - top / 2, w=marker.w + left, h=marker.h + top)
        corners = apply(fit.matrix, corners_of(area))
        if (corners < 0).any() or (corners > [columns - 1, rows - 1]).any():
            continue
        low, high = np.percentile(crop_mm(pixels, fit.matrix, area, _CORNER_PX_PER_MM), [2, 98])
        if high - low < settings.bare_range:
            return corner
    return None


def streaks(pixels: Grey, dpi: float | None, settings: RegisterSettings) -> tuple[Streak, ...]:
    """Straight lines that run along the whole side of a scan, across or down.

    Paper passes over the narrow glass of a feeder, and dirt there draws a line along the
    whole side, margins included, as no print does.
    """
    if dpi is None:
        return ()
    found = ((axis, x) for axis in range(2) for x in _columns(pixels if axis == 0 else pixels.T, dpi / 25.4, settings))
    return tuple(found)


def streak_mm(found: tuple[Streak, ...], side: Grey, dpi: float | None, quad: Floats) -> float | None:
    """How far from the nearest edge of the side a streak runs over a page, None without one.

    A line beside the page harms nothing: the fold of a sheet lies there.
    """
    k = (dpi or 0.0) / 25.4
    lengths = side.shape[1], side.shape[0]
    over = [min(x, lengths[axis] - 1 - x) / k for axis, x in found if _crosses(x, quad[:, axis], k)]
    return min(over, default=None)


def _columns(image: Grey, px_per_mm: float, settings: RegisterSettings) -> list[int]:
    """Columns darker than both sides along the whole image, on a sample of its rows."""
    beside = max(2, round(_BESIDE_MM * px_per_mm))
    lines = np.ascontiguousarray(image[:: max(1, len(image) // _LINES_LOOKED_AT)])
    if lines.shape[1] <= 2 * beside:
        return []
    around = cv2.min(lines[:, : -2 * beside], lines[:, 2 * beside :])
    depth = np.asarray(cv2.subtract(around, lines[:, beside:-beside]))
    count = (depth >= settings.streak_contrast).sum(axis=0, dtype=np.int32)
    dark: list[int] = (np.flatnonzero(count >= settings.streak_ratio * len(lines)) + beside).tolist()
    return dark


def _crosses(at: int, edges: Floats, px_per_mm: float) -> bool:
    """Whether a line runs well inside a page whose corners lie at ``edges`` on its axis."""
    return bool(edges.min() + _EDGE_MM * px_per_mm < at < edges.max() - _EDGE_MM * px_per_mm)
