"""Finding a blank's anchors on a page: how far each lies from where the pose puts it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.scan import Floats, Grey
from pipeline.register.anchors import Flags, Prints
from pipeline.register.resample import Look

_LEAST_RANGE = 24
"""Grey levels between the darkest and the lightest pixel under which a place is bare paper."""


Values = npt.NDArray[np.float32]
"""Grey levels of a patch, or its likeness at every place."""


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
    k, size, count = prints.px_per_mm, prints.size_px, len(prints.patches)
    reach = max(1, round(reach_mm * k))
    starts = np.rint(expected_mm * k).astype(np.int64)
    corners = prints.corners_px + starts
    lows, highs = np.maximum(corners - reach, 0), np.minimum(corners + (size + reach), page.size)
    seen = ((highs - lows) >= size + 2).all(axis=1)
    numbers = np.flatnonzero(seen if only is None else seen & only)
    places, shifts, likeness = np.zeros((count, 2)), np.zeros((count, 2)), np.full(count, -1.0)
    for number, area in zip(numbers.tolist(), page.parts(lows[numbers], highs[numbers]), strict=True):
        found = _best_place(area, prints.patches[number])
        if found is not None:
            places[number], likeness[number] = found[:2], found[2]
    there = likeness > -1.0
    shifts[there] = ((starts + lows - corners)[there] + places[there]) / k
    return shifts, likeness


def _best_place(area: Grey, patch: Values) -> tuple[float, float, float] | None:
    """Where (px from the area's corner) a patch looks most alike, and its likeness there; None where it is bare."""
    darkest, lightest, _, _ = cv2.minMaxLoc(area)
    if lightest - darkest < _LEAST_RANGE:
        return None
    scores = np.asarray(cv2.matchTemplate(area.astype(np.float32), patch, cv2.TM_CCOEFF_NORMED), np.float32)
    _, best, _, (column, row) = cv2.minMaxLoc(scores)
    return column + _peak(scores[row, :], column), row + _peak(scores[:, column], row), best


def _peak(scores: Values, at: int) -> float:
    """Offset in (−0.5, 0.5) of the top of the parabola through a maximum and its neighbours."""
    if at == 0 or at == len(scores) - 1:
        return 0.0
    before, top, after = scores[at - 1 : at + 2].tolist()
    bend = before - 2 * top + after
    return 0.0 if bend >= 0 else max(-0.5, min(0.5, (before - after) / (2 * bend)))
