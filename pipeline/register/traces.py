"""Traces of a page's stamp where no marker can be read: toner gone pale, a black-and-white scan that lost it.

Markers and codes are the densest print of a page and the last to vanish.  Dark squares
that stand on the paper as those of a stamp do are its trace, even when nothing in them
can be read and all other print is gone: such a side is neither blank nor a letter.
"""

from __future__ import annotations

import math
from itertools import permutations

import cv2
import numpy as np

from pipeline.model.layout import Layout
from pipeline.model.scan import Floats, Grey
from pipeline.register.content import Coarse
from pipeline.register.pose import LARGE_PRINT
from pipeline.settings import RegisterSettings

_SMALLEST_MM, _LARGEST_MM = 4.0, 13.0
"""What is wider than a code in large print is a shadow, a lid, a black edge."""
_BLUR_PX = 3
_LONGER_BY = 1.3
_SIZE_WITHIN = 0.25
_LEAST_FILLED = 0.5
_SCALE_WITHIN = 0.05
"""Of the nominal size or that of large print; « fit to page » prints at 93 % at least."""
_IN_PLACE_MM = 2.0


def shows_stamp(seen: Coarse, layouts: tuple[Layout, ...], settings: RegisterSettings) -> bool:
    """Whether dark squares stand as markers and codes of one page do, be they ever so pale.

    On a photograph, whose scale is not known, none are looked for.
    """
    if not seen.known:
        return False
    centres, sizes = _squares(seen, settings)
    return any(
        _most_in_place(centres, sizes, layout, print_size) >= settings.stamp_squares
        for layout in layouts
        for print_size in (1.0, LARGE_PRINT)
    )


def _squares(seen: Coarse, settings: RegisterSettings) -> tuple[Floats, Floats]:
    """Centres (n, 2) and sizes (n,) in mm of square spots that are dark all over and stand apart from other print."""
    small, k = seen.pixels, seen.px_per_mm
    reach = round(_LARGEST_MM * k) | 1
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    dark = cv2.blur(cv2.subtract(paper, small), (_BLUR_PX, _BLUR_PX)) >= settings.stamp_contrast
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dark.astype(np.uint8), connectivity=8)
    found: list[tuple[float, float, float]] = []
    for number in range(1, count):
        left, top, width, height, _ = stats[number].tolist()
        if _SMALLEST_MM * k <= min(width, height) and max(width, height) <= math.sqrt(2) * _LARGEST_MM * k:
            spot = labels[top : top + height, left : left + width] == number
            size_px = _square_px(np.ascontiguousarray(spot, np.uint8))
            if size_px is not None:
                x, y = left + (width - 1) / 2, top + (height - 1) / 2
                found.append(((x + 0.5) / k, (y + 0.5) / k, (size_px - _BLUR_PX + 1) / k))
    table = np.array(found, np.float64).reshape(-1, 3)
    return table[:, :2], table[:, 2]


def _square_px(spot: Grey) -> float | None:
    """The side in pixels of a spot that is square at any turn and filled, none when it is not."""
    height, width = spot.shape
    outline, _ = cv2.findContours(spot, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    _, sides, _ = cv2.minAreaRect(np.vstack(outline))
    long, short = max(sides) + 1, min(sides) + 1
    inside = spot[height // 3 : height - height // 3, width // 3 : width - width // 3]
    filled = min(float(inside.mean()), spot.sum() / (long * short))
    return (long + short) / 2 if long <= _LONGER_BY * short and filled >= _LEAST_FILLED else None


def _most_in_place(centres: Floats, sizes: Floats, layout: Layout, print_size: float) -> int:
    """How many squares stand, at most, where the stamp of one page would put them."""
    boxes = (*layout.stamp.markers, *layout.stamp.codes)
    stamp = np.array([complex(*box.centre) for box in boxes]) * print_size
    spots = centres[:, 0] + 1j * centres[:, 1]
    fits = np.abs(sizes[None, :] / (np.array([box.w for box in boxes]) * print_size)[:, None] - 1) <= _SIZE_WITHIN
    most = 0
    for first, second in permutations(range(len(boxes)), 2):
        ones, others = np.flatnonzero(fits[first]), np.flatnonzero(fits[second])
        turns = (spots[others][None, :] - spots[ones][:, None]) / (stamp[second] - stamp[first])
        one, other = np.nonzero(np.abs(np.abs(turns) - 1) <= _SCALE_WITHIN)
        for at, turn in zip(ones[one], turns[one, other], strict=True):
            places = spots[at] + (stamp - stamp[first]) * turn
            near = np.abs(spots[None, :] - places[:, None]) <= _IN_PLACE_MM
            most = max(most, int((near & fits).any(axis=1).sum()))
    return most
