"""What of a page lies beyond the edge of the side: cut off by the glass, the feed or the frame of a photograph.

There is nothing to read there, and nothing may be called empty there either: such parts
are shown black, as no paper is, so that reading sees that the paper is missing.
"""

from __future__ import annotations

import numpy as np

from pipeline.model.layout import PageLayout, around
from pipeline.model.scan import PX_PER_MM, Displacement, Floats, Grey, box_px
from pipeline.register.frame import apply, corners_of

_LEAST_MM = 0.5
"""Of a field that may be missing: its outline is drawn within."""
_BEND_MM = 2.0
"""Around all fields: paper bends."""
_BLACK = 0


def blacken_beyond(pixels: Grey, page: PageLayout, matrix: Floats, shift: Displacement, side: Grey) -> bool:
    """Show black, on the registered page, the parts of its fields that lie beyond the side; return whether any does."""
    boxes = [box for field in page.fields for box in field.parts]
    if not boxes or not _any_beyond(corners_of(around(boxes).grown(_BEND_MM)), matrix, shift, side):
        return False
    cut = [box for box in boxes if _any_beyond(corners_of(box.grown(-_LEAST_MM)), matrix, shift, side)]
    for box in cut:
        left, top, width, height = box_px(box, pixels.shape)
        columns, rows = np.meshgrid(np.arange(left, left + width), np.arange(top, top + height))
        points = np.asarray((np.stack([columns.ravel(), rows.ravel()], axis=1) + 0.5) / PX_PER_MM, np.float64)
        missing = _beyond(points, matrix, shift, side).reshape(height, width)
        pixels[top : top + height, left : left + width][missing] = _BLACK
    return bool(cut)


def _any_beyond(points_mm: Floats, matrix: Floats, shift: Displacement, side: Grey) -> bool:
    """Whether any point of the page lies beyond the side."""
    return bool(_beyond(points_mm, matrix, shift, side).any())


def _beyond(
    points_mm: Floats, matrix: Floats, shift: Displacement, side: Grey
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which points (n, 2) of the page lie beyond the pixels of the side."""
    seen = apply(matrix, points_mm + shift.shifts_at(points_mm))
    rows, columns = side.shape
    return np.asarray(((seen < -0.5) | (seen > np.array([columns, rows]) - 0.5)).any(axis=1))
