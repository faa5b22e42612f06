"""Ink in free zones: text, signatures, stamps, and the whole of a comb (a row struck through)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.model.layout import Box
from pipeline.model.reading import InkReading
from pipeline.model.scan import PX_PER_MM
from pipeline.read.ground import window
from pipeline.read.inkmap import InkLayer

Mask = npt.NDArray[np.bool_]

_COARSE = 4  # pixels: half a millimetre, fine enough for a row struck through
_SLOPES = np.linspace(-0.12, 0.12, 25)
NO_INK = InkReading(ink_ratio=0.0, darkness=0.0, strokes=0, extent_ratio=0.0, struck_ratio=0.0)


def read_ink(zone: Box, places: set[int], layer: InkLayer) -> InkReading:
    """The measures of a zone that owns some places of the page.

    ``strokes`` counts what belongs here for its greater part; ``ink_ratio`` all the ink.
    """
    at = window(zone, layer.ink.shape[:2])
    ink = layer.ink[at].view(bool)
    count = int(np.count_nonzero(ink))
    if not count:
        return NO_INK
    columns = np.count_nonzero(ink, axis=0)
    millimetres = np.add.reduceat(columns, np.arange(0, columns.size, round(PX_PER_MM)))
    met = {stroke for place in places for stroke in layer.strokes_in.get(place, ())}
    return InkReading(
        ink_ratio=count / ink.size,
        darkness=float(layer.contrast[at][ink].mean()) / 255,
        strokes=sum(1 for stroke in met if int(layer.owner[stroke]) in places),
        extent_ratio=float(np.count_nonzero(millimetres > 2)) / millimetres.size,
        struck_ratio=struck(ink),
    )


def struck(ink: Mask) -> float:
    """Share of the width covered by the one straight, almost level line that covers most."""
    height, width = (side - side % _COARSE for side in ink.shape)
    if not height or not width:
        return 0.0
    coarse = ink[:height, :width].reshape(height // _COARSE, _COARSE, -1, _COARSE).any(axis=(1, 3))
    rows, columns = np.nonzero(coarse)
    if not rows.size:
        return 0.0
    middle = coarse.shape[1] / 2
    # Every slope shifts the columns up or down; a level run then fills one row.
    shifted = np.rint(rows + (columns - middle) * _SLOPES[:, None]).astype(np.int64)
    offset = int(-shifted.min())
    span = int(shifted.max()) + offset + 1
    key = (shifted + offset) + np.arange(_SLOPES.size)[:, None] * span
    return min(1.0, float(np.bincount(key.ravel()).max()) / coarse.shape[1])
