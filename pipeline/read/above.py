"""Ink above a character cell, where the form asks to write the right digit."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.scan import PX_PER_MM
from pipeline.read.claims import Cell
from pipeline.read.ground import square
from pipeline.read.inkmap import InkLayer, Labels

Mask = npt.NDArray[np.bool_]

_OVERSHOOT_MM = 1.8
"""How far above its cell a digit may rise without being taken for a correction."""
_RESIDENT = 0.3
"""Share of its stroke that a correction has in the strip: it may be wider and higher."""
_STREAK_MM, _LEAN_MM, _RIGHT_THROUGH = 0.55, 0.8, 0.9
"""Nobody draws a 1 so fine and so upright, without its upstroke, from top to bottom of the strip."""
_STANDING = 0.4
"""Share of a stroke joined to the row above that stands in the strip: a digit and its correction weigh alike."""
_LEANING, _TRACE = 0.33, 0.05
"""From such a share on it may be one of each: counted so little, it tells only beside a line through the digit."""
_LOWEST_MM = 1.0
"""Strokes of a correction are taller."""
_FROM_PRINT = 0.1
"""Weight of what hangs out of printed words, and went with them: a trace of a correction written into the heading."""


def above_ratio(cell: Cell, mine: Mask | None, shared: list[int], layer: InkLayer) -> float:
    """Share inked of the strip above by what is not of the cell, nor of another field.

    The cell's own ink (``mine``, in its window) counts when it stands higher than any
    overshoot: a correction that touches the digit it replaces is one stroke with it.  So
    do ``shared`` strokes, which the line that strikes a digit out joins to its neighbour's.
    """
    rows, columns = cell.strip
    ink = layer.ink[cell.at][rows, columns].view(bool)
    hanging = _FROM_PRINT * _out_of_print(cell, ink, layer) / ink.size if mine is not None else 0.0
    if not ink.any():
        return hanging
    labels = layer.labels[cell.at][rows, columns]
    places, owner = layer.ground.places[cell.at][rows, columns], layer.owner[labels]
    common = np.isin(labels, shared)
    loose = ink & ((places == 0) | (places == cell.place)) & ((owner == 0) | (owner == cell.place) | common)
    standing = _standing_here(labels, (owner != 0) & (owner != cell.place) & ~common, layer)
    sunk = [stroke for stroke, share in standing.items() if share > _STANDING]
    if sunk:
        loose |= np.isin(labels, sunk)
    leaning = [stroke for stroke, share in standing.items() if _LEANING < share <= _STANDING]
    trace = _TRACE * np.count_nonzero(np.isin(labels, leaning)) if leaning else 0.0
    own = common if mine is None else mine[rows, columns] | common
    low = round((layer.settings.above_mm - _OVERSHOOT_MM) * PX_PER_MM)
    high = loose & own
    high[low:] = False
    if _is_streak(high[:low]):
        high[:] = False
    others = loose & ~own
    passing = [
        stroke for stroke in np.unique(labels[others]).tolist() if not _may_correct(labels == stroke, stroke, layer)
    ]
    if passing:
        others &= ~np.isin(labels, passing)
    return float((np.count_nonzero(high | others) + trace) / loose.size) + hanging


def _out_of_print(cell: Cell, ink: Mask, layer: InkLayer) -> int:
    """Pixels, no longer in the ink, of strokes that stand out of printed words in the strip above."""
    rows, columns = cell.strip
    print_here = layer.ground.band[cell.at][rows, columns].view(bool)
    if not print_here.any():
        return 0
    lost = (layer.contrast[cell.at][rows, columns] > layer.floor) & ~ink & ~print_here
    if not lost.any():
        return 0
    count, pieces = cv2.connectedComponents(lost.astype(np.uint8), connectivity=8)
    beside = cv2.dilate(print_here.astype(np.uint8), square(3)).view(bool)
    found = [pieces == piece for piece in range(1, count)]
    tall = [one for one in found if _extent(one, 1) >= _LOWEST_MM * PX_PER_MM and not _is_streak(one)]
    return sum(int(np.count_nonzero(one)) for one in tall if (one & beside).any())


def _may_correct(here: Mask, stroke: int, layer: InkLayer) -> bool:
    """Whether a stroke may be part of a digit written in the strip.

    A scanner's streak or a fold only passes through; grain and the remains of a printed
    line are lower than any part of a digit.
    """
    if np.count_nonzero(here) < _RESIDENT * int(layer.area[stroke]):
        return False
    return _extent(here, 1) >= _LOWEST_MM * PX_PER_MM and not _is_streak(here)


def _is_streak(ink: Mask) -> bool:
    """Whether the ink is one fine and upright line from top to bottom."""
    if not ink.any() or _extent(ink, 1) < _RIGHT_THROUGH * ink.shape[0]:
        return False
    fine = np.median(np.count_nonzero(ink, axis=1)) <= _STREAK_MM * PX_PER_MM
    return bool(fine and _extent(ink, 0) <= _LEAN_MM * PX_PER_MM)


def _extent(ink: Mask, axis: int) -> int:
    """Rows (axis 1) or columns (axis 0) from the first to the last with ink."""
    at = np.flatnonzero(ink.any(axis=axis))
    return int(at[-1] - at[0]) + 1 if at.size else 0


def _standing_here(labels: Labels, others: Mask, layer: InkLayer) -> dict[int, float]:
    """Strokes that reach into the row above, with the share of each that stands in the strip."""
    found: list[int] = np.unique(labels[others]).tolist()
    return {stroke: np.count_nonzero(labels == stroke) / int(layer.area[stroke]) for stroke in found if stroke}
