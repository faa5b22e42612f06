"""Places on a side: the half beside a lone page, and the numbers of the slots."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from pipeline.model.result import PageResult
from pipeline.model.scan import Floats, RegisteredPage
from pipeline.register.frame import jacobian, scale_at
from pipeline.register.locate import Located, Side

Entry = RegisteredPage | PageResult
_PRINTED_WITHIN = 0.15
"""Half of what tells a page from one in large print."""
_SKEW = 0.14
"""Tangent of eight degrees: a sheet lies along its glass better than that."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """An entry of the side with the place that numbers it: its middle, its turn, its height."""

    entry: Entry
    centre: Floats
    turn_deg: float | None
    height_px: float


def other_half(side: Side, pages: list[Located]) -> Floats | None:
    """Corners (px) of the half beside a lone A5 page, when the side is a sheet of two such halves.

    The page must lie along one half; a page lying anywhere else on a larger glass has no
    other half.
    """
    if len(pages) != 1 or pages[0].fit is None:
        return None
    fit = pages[0].fit
    width_mm, height_mm = fit.layout.page_size_mm
    middle_mm = width_mm / 2, height_mm / 2
    scale = _px_per_mm(side, scale_at(fit.matrix, middle_mm))
    rows, columns = side.pixels.shape
    long_mm, short_mm = max(rows, columns) / scale, min(rows, columns) / scale
    tolerance = side.settings.half_tolerance_mm
    if abs(long_mm - 2 * width_mm) > tolerance or abs(short_mm - height_mm) > tolerance:
        return None
    page_x = jacobian(fit.matrix, middle_mm)[:, 0]
    along = 0 if columns >= rows else 1
    size = np.array([columns, rows], np.float64)
    if abs(page_x[1 - along]) > _SKEW * abs(page_x[along]) or not _fills_half(pages[0].centre, size, tolerance * scale):
        return None
    first = pages[0].centre[along] < size[along] / 2
    low, high = np.zeros(2), size.copy()
    if first:
        low[along] = size[along] / 2
    else:
        high[along] = size[along] / 2
    return np.array([low, [high[0], low[1]], high, [low[0], high[1]]])


def _fills_half(centre: Floats, size: Floats, tolerance_px: float) -> bool:
    """Whether a page's middle is that of one half of a side, in pixels."""
    along = int(size.argmax())
    off = centre - size / 2
    off[along] = abs(off[along]) - size[along] / 4
    return bool((np.abs(off) <= tolerance_px).all())


def _px_per_mm(side: Side, of_page: float) -> float:
    """The scale of the sheet: the scan's own where the page agrees with it about as well as any print does.

    A page printed at 94 %, or known by a lone marker, does not tell the size of its sheet.
    """
    of_scan = (side.dpi or 0.0) / 25.4
    return of_scan if abs(of_page - of_scan) <= _PRINTED_WITHIN * of_scan else of_page


def numbered(placed: list[Placed]) -> list[Entry]:
    """Entries with their slots: left to right, top to bottom once the side is upright."""
    quarter = _quarter_turn(placed)
    upright = np.array([[math.cos(quarter), math.sin(quarter)], [-math.sin(quarter), math.cos(quarter)]])
    points = [upright @ item.centre for item in placed]
    row_height = max((item.height_px for item in placed), default=0.0) / 2
    heights = sorted(float(point[1]) for point in points)
    breaks = [below for above, below in pairwise(heights) if below - above > row_height]

    def reading_order(number: int) -> tuple[int, float, float]:
        x, y = points[number]
        return sum(1 for start in breaks if start <= y), float(x), float(y)

    order = sorted(range(len(placed)), key=reading_order)
    return [replace(placed[number].entry, slot=slot) for slot, number in enumerate(order, start=1)]


def _quarter_turn(placed: list[Placed]) -> float:
    """The turn in radians, in whole quarters, that most pages of the side share."""
    quarters = [round(item.turn_deg / 90) % 4 for item in placed if item.turn_deg is not None]
    if not quarters:
        return 0.0
    counts = Counter(quarters)
    return min(counts, key=lambda quarter: (-counts[quarter], quarter)) * math.pi / 2
