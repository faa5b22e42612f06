"""A feed that slipped: the sheet moved under the scanner faster or slower for a centimetre or four.

Before and beyond the slip the print agrees with itself; between, it is stretched or
squeezed along the feed.  No low polynomial follows that, and a high one swings beside it.
Where and over which length the feed slipped is found by trying; the rest of the sheet
bends smoothly, as ever.
"""

from __future__ import annotations

import numpy as np

from pipeline.model.scan import Floats, Slip
from pipeline.register.fold import left_over
from pipeline.register.frame import jacobian

_CENTRE_MM = np.array([74.0, 105.0])
_OFFSETS_MM = np.arange(-112.0, 113.0, 4.0)
_LENGTHS_MM = (10.0, 16.0, 24.0, 36.0, 50.0)
"""What slips over less is a step, as of a fold; over more, a bend."""
_TRIED = np.array([(offset, length) for offset in _OFFSETS_MM for length in _LENGTHS_MM])
_FINER = np.array(
    [(offset, ratio) for offset in np.arange(-4.0, 4.5) for ratio in (0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.4)]
)
"""Around the best of them: millimetres beside its place, and shares of its length."""
_LEAST_POWER = 0.3
"""Of a ramp once a smooth field has taken its share: less lies at the page's edge and proves nothing."""


def feeds_of(matrix: Floats) -> list[Floats]:
    """The two ways, as unit vectors of the page, along which its scanner may have fed it: those of the pixels."""
    lines = jacobian(matrix, (float(_CENTRE_MM[0]), float(_CENTRE_MM[1])))
    return [np.asarray(line / np.hypot(*line), np.float64) for line in lines]


def best_slip(points_mm: Floats, shifts_mm: Floats, feeds: list[Floats]) -> Slip:
    """The slip that, with a smooth field, explains most of the shifts (n, 2) of points (n, 2)."""
    rest = left_over(points_mm)
    found = []
    for feed in feeds:
        middle = float(_CENTRE_MM @ feed)
        along, moved = points_mm @ feed - middle, shifts_mm @ feed
        _, _, (offset, length) = _best_of(_TRIED, along, moved, rest)
        gain, by_mm, (offset, length) = _best_of(_FINER * [1.0, length] + [offset, 0.0], along, moved, rest)
        direction = float(feed[0]), float(feed[1])
        found.append((gain, Slip(feed=direction, at_mm=offset + middle, over_mm=length, by_mm=by_mm)))
    return max(found, key=lambda one: one[0])[1]


def _best_of(
    tried: Floats, along_mm: Floats, moved_mm: Floats, rest: Floats
) -> tuple[float, float, tuple[float, float]]:
    """Of some places and lengths (m, 2): what the best explains, by how much it slipped, where and over what length."""
    ramps = np.asarray(Slip.ramp((along_mm[:, None] - tried[:, 0]) / tried[:, 1]), np.float64)
    new = rest @ ramps
    power = (new * ramps).sum(axis=0)
    slipped = new.T @ moved_mm / np.maximum(power, _LEAST_POWER)
    gains = np.where(power >= _LEAST_POWER, slipped**2 * power, 0.0)
    best = int(gains.argmax())
    return float(gains[best]), float(slipped[best]), (float(tried[best, 0]), float(tried[best, 1]))
