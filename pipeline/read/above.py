"""Ink above a character cell, where the form asks to write the right digit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.model.layout import Box
from pipeline.model.scan import PX_PER_MM
from pipeline.read.claims import Cell
from pipeline.read.ground import relative, window
from pipeline.read.inkmap import InkLayer, Labels

Mask = npt.NDArray[np.bool_]

_OVERSHOOT_MM = 1.8
"""How far above its cell a digit may rise without being taken for a correction."""
_RESIDENT = 0.3
"""Share of its stroke that a correction has in the strip: it may be wider and higher."""
_LOWEST_MM = 1.0
"""Strokes of a correction are taller."""


def above_ratio(cell: Cell, mine: Mask | None, layer: InkLayer) -> float:
    """Share inked of the strip above by what is not of the cell, nor of another field.

    The cell's own ink (``mine``, in its window) counts when it stands higher than any
    overshoot: a correction that touches the digit it replaces is one stroke with it.
    """
    height = layer.settings.above_mm
    strip = Box(x=cell.box.x, y=cell.box.y - height, w=cell.box.w, h=height)
    rows, columns = relative(window(strip, layer.ink.shape), cell.at)
    ink = layer.ink[cell.at][rows, columns].view(bool)
    if not ink.any():
        return 0.0
    labels = layer.labels[cell.at][rows, columns]
    places, owner = layer.ground.places[cell.at][rows, columns], layer.owner[labels]
    loose = ink & ((places == 0) | (places == cell.place)) & ((owner == 0) | (owner == cell.place))
    low = _written_here(labels, (owner != 0) & (owner != cell.place), layer)
    if low:
        loose |= np.isin(labels, low)
    if mine is not None:
        overshoot = mine[rows, columns].copy()
        overshoot[: round((height - _OVERSHOOT_MM) * PX_PER_MM)] = False
        loose &= ~overshoot
        others = loose & ~mine[rows, columns]
    else:
        others = loose
    drop = [
        stroke for stroke in np.unique(labels[others]).tolist() if not _may_correct(labels == stroke, stroke, layer)
    ]
    if drop:
        loose &= ~(np.isin(labels, drop) & others)
    return float(np.count_nonzero(loose) / loose.size)


def _may_correct(here: Mask, stroke: int, layer: InkLayer) -> bool:
    """Whether a stroke may be part of a digit written in the strip.

    A scanner's streak or a fold only passes through; grain and the remains of a printed
    line are lower than any part of a digit.
    """
    tall = np.flatnonzero(here.any(axis=1))
    resident = np.count_nonzero(here) >= _RESIDENT * int(layer.area[stroke])
    return bool(resident and tall[-1] - tall[0] + 1 >= _LOWEST_MM * PX_PER_MM)


def _written_here(labels: Labels, others: Mask, layer: InkLayer) -> list[int]:
    """Strokes that reach into the row above but stand for their greater part in the strip."""
    found: list[int] = np.unique(labels[others]).tolist()
    return [stroke for stroke in found if stroke and np.count_nonzero(labels == stroke) > 0.5 * int(layer.area[stroke])]
