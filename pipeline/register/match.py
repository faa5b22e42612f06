"""Finding a blank's anchors on a page: how far each lies from where the pose puts it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.model.scan import Floats, Grey
from pipeline.register.anchors import Flags, Prints
from pipeline.register.resample import Look

_LEAST_RANGE = 24
"""Grey levels between the darkest and the lightest pixel under which a place is bare paper."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matches:
    """One row per anchor: where it is printed (mm), its shift (mm), and how alike it looks (−1 to 1)."""

    centres_mm: Floats
    shifts_mm: Floats
    likeness: Floats


def match(
    page: Look, prints: Prints, expected_mm: Floats, reach_mm: float, only: Flags | None = None
) -> tuple[Floats, Floats]:
    """Shifts (n, 2) in mm and likeness (n,) of patches looked for within ``reach_mm`` of their expected shifts.

    ``page`` is looked at in the resolution of ``prints``.  The reach stays under half
    the period of combs, so that a neighbour cell cannot capture an anchor.  ``only``
    leaves the other patches out, as if nothing were found.
    """
    k, count = prints.px_per_mm, len(prints.patches)
    reach = max(1, round(reach_mm * k))
    starts: list[list[int]] = np.rint(expected_mm * k).astype(int).tolist()
    shifts, likeness = np.zeros((count, 2)), np.full(count, -1.0)
    for number in range(count) if only is None else np.flatnonzero(only).tolist():
        (x, y), (dx, dy) = prints.corners_px[number], starts[number]
        found = _best_place(page, prints.patches[number], (x + dx, y + dy), reach)
        if found is not None:
            shifts[number] = (dx + found[0]) / k, (dy + found[1]) / k
            likeness[number] = found[2]
    return shifts, likeness


def _best_place(page: Look, patch: Grey, corner: tuple[int, int], reach: int) -> tuple[float, float, float] | None:
    """Shift (px) of the patch from its corner and its likeness there; None where the page ends or is bare."""
    (x, y), (height, width) = corner, patch.shape
    left, top = max(0, x - reach), max(0, y - reach)
    right, bottom = min(page.size[0], x + width + reach), min(page.size[1], y + height + reach)
    if bottom - top < height + 2 or right - left < width + 2:
        return None
    area = page.part(left, top, right, bottom).astype(np.float32)
    darkest, lightest, _, _ = cv2.minMaxLoc(area)
    if lightest - darkest < _LEAST_RANGE:
        return None
    scores = np.asarray(cv2.matchTemplate(area, patch.astype(np.float32), cv2.TM_CCOEFF_NORMED), np.float32)
    _, best, _, (column, row) = cv2.minMaxLoc(scores)
    dx = column + _peak(scores[row, :], column)
    dy = row + _peak(scores[:, column], row)
    return left - x + dx, top - y + dy, float(best)


def _peak(scores: np.ndarray[tuple[int, ...], np.dtype[np.float32]], at: int) -> float:
    """Offset in (−0.5, 0.5) of the top of the parabola through a maximum and its neighbours."""
    if at == 0 or at == len(scores) - 1:
        return 0.0
    before, top, after = float(scores[at - 1]), float(scores[at]), float(scores[at + 1])
    bend = before - 2 * top + after
    return 0.0 if bend >= 0 else max(-0.5, min(0.5, (before - after) / (2 * bend)))
