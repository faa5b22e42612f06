"""Ink in free zones: text, signatures, stamps, and the whole of a comb (a row struck through)."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.layout import Box
from pipeline.model.reading import InkReading
from pipeline.model.scan import PX_PER_MM
from pipeline.read.ground import window
from pipeline.read.inkmap import InkLayer

Mask = npt.NDArray[np.bool_]

NO_INK = InkReading(ink_ratio=0.0, darkness=0.0, strokes=0, extent_ratio=0.0, struck_ratio=0.0)

_COARSE = 3  # pixels: half a millimetre, fine enough for a line drawn by hand
_SLOPES = np.linspace(-0.12, 0.12, 13)
_BEYOND_MM = 2.5
"""A row is struck beyond its zones: a bar as wide as a lone cell is not yet a strike."""


def read_ink(zone: Box, places: set[int], layer: InkLayer) -> InkReading:
    """The measures of a zone that owns some places of the page.

    ``strokes`` counts what belongs here for its greater part; ``ink_ratio`` all the ink.
    """
    shape = layer.ink.shape[:2]
    at = window(zone, shape)
    ink = layer.ink[at].view(bool)
    count = int(np.count_nonzero(ink))
    if not count:
        return NO_INK
    columns = np.count_nonzero(ink, axis=0)
    millimetres = np.add.reduceat(columns, np.arange(0, columns.size, round(PX_PER_MM)))
    met = {stroke for place in places for stroke in layer.strokes_in.get(place, ())}
    longer = window(Box(x=zone.x - _BEYOND_MM, y=zone.y, w=zone.w + 2 * _BEYOND_MM, h=zone.h), shape)
    return InkReading(
        ink_ratio=count / ink.size,
        darkness=float(layer.contrast[at][ink].mean()) / 255,
        strokes=sum(1 for stroke in met if int(layer.owner[stroke]) in places),
        extent_ratio=float(np.count_nonzero(millimetres > 1)) / millimetres.size,
        struck_ratio=struck(layer.ink[longer].view(bool), layer.ground.band[longer] > 0),
    )


def struck(ink: Mask, printed: Mask) -> float:
    """Longest unbroken run, over the width, of the straight and almost level line with most ink.

    Printed pixels do not break a run: ink cannot be seen on a printed line.
    """
    rows, columns = np.nonzero(_coarse(ink))
    if not rows.size:
        return 0.0
    width = ink.shape[1] // _COARSE
    rise = _rise(width)
    # Every slope shifts the columns up or down; a level line then fills one or two rows.
    shifted = rows + rise[:, columns]
    lowest = int(shifted.min())
    span = int(shifted.max()) - lowest + 2
    key = (shifted - lowest) + np.arange(_SLOPES.size)[:, None] * span
    filled = np.bincount(key.ravel(), minlength=span * _SLOPES.size).reshape(_SLOPES.size, span)
    slope, row = divmod(int((filled[:, :-1] + filled[:, 1:]).argmax()), span - 1)
    level = shifted[slope] - lowest
    inked = np.zeros(width, bool)
    inked[columns[(level == row) | (level == row + 1)]] = True
    height = ink.shape[0] // _COARSE
    along = np.clip(row + lowest - rise[slope], 0, height - 1)
    hidden = _coarse(printed)[along, np.arange(width)] & ~inked
    return float(_longest(inked, hidden) / width)


@lru_cache(maxsize=64)
def _rise(width: int) -> npt.NDArray[np.int64]:
    """How far each slope has risen at each column, its middle level."""
    return np.rint((np.arange(width) - width / 2) * _SLOPES[:, None]).astype(np.int64)


def _coarse(mask: Mask) -> Mask:
    """Half-millimetre squares with anything in them."""
    height, width = (side // _COARSE for side in mask.shape)
    whole = mask[: height * _COARSE, : width * _COARSE].view(np.uint8) * np.uint8(255)
    mean = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(mean, dtype=bool)  # one pixel of nine is a mean of 28


def _longest(inked: Mask, hidden: Mask) -> int:
    """Longest run that begins and ends with ink and is broken only where paper is bare."""
    at = np.flatnonzero(inked)
    run = np.cumsum(~inked & ~hidden)[at]
    first = np.flatnonzero(np.diff(run, prepend=-1))
    last = np.append(first[1:], at.size) - 1
    return int((at[last] - at[first]).max()) + 1
