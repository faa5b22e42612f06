"""Ink that runs along a printed outline, where nothing tells it from the print but its strength.

A digit written against the side of its cell loses there what lies on the printed line: a 2
falls apart and its foot alone is left, a 0 stays open.  Along each side the contrast across
the line is added up; where it exceeds that of the bare line by a pen's worth, the line is
inked, and what touches the cell's own ink is given back to it.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.scan import PX_PER_MM, Grey
from pipeline.read.claims import Cell
from pipeline.read.inkmap import InkLayer

Mask = npt.NDArray[np.bool_]

_REACH = round(0.5 * PX_PER_MM)
"""Pixels on either side of the line over which contrast is added up."""
_PEN_MM = 0.22
"""Thinnest pen whose ink on the line is believed, at the darkness of the cell's own ink."""
_BARE = 0.25
"""Quantile of the sums beside the cell's ink that is bare line: few digits follow three quarters of a side."""


def with_rims(mine: Mask, cell: Cell, layer: InkLayer) -> Mask:
    """The cell's own ink with what of it runs along the outline."""
    rows, columns = (
        (round(low * PX_PER_MM) - part.start, round(high * PX_PER_MM) - part.start)
        for low, high, part in (
            (cell.box.y, cell.box.bottom, cell.at[0]),
            (cell.box.x, cell.box.right, cell.at[1]),
        )
    )
    left, top, width, height = cv2.boundingRect(mine.view(np.uint8))
    clear = (left - columns[0], columns[1] - left - width, top - rows[0], rows[1] - top - height)
    if min(clear) > _REACH:
        return mine
    contrast = layer.contrast[cell.at]
    # What is known as the cell's ink, and its soft edge, says nothing of the line beside it.
    rest = contrast * (cv2.dilate(mine.view(np.uint8), np.ones((3, 3), np.uint8)) == 0)
    pen = float(contrast[mine].mean()) * _PEN_MM * PX_PER_MM
    found = np.zeros_like(mine)
    for line, room in zip(columns, clear[:2], strict=True):
        if room <= _REACH:
            _along(found, mine, rest, (line, *rows), pen)
    for line, room in zip(rows, clear[2:], strict=True):
        if room <= _REACH:
            _along(found.T, mine.T, rest.T, (line, *columns), pen)
    if not found.any():
        return mine
    found &= (layer.ground.band[cell.at] > 0) & (contrast >= layer.floor) & ~mine
    return _touching(mine, found) if found.any() else mine


def _along(found: Mask, mine: Mask, rest: Grey, side: tuple[int, int, int], pen: float) -> None:
    """Marks in ``found`` the inked parts of one upright side (its column, first and last row), corners left out."""
    line, top, bottom = side
    first, last = max(0, top + _REACH), min(mine.shape[0], bottom - _REACH)
    near = slice(max(0, line - _REACH), line + _REACH + 1)
    own = mine[first:last, near].any(axis=1)
    if np.count_nonzero(~own) < 2 * _REACH or not own.any():
        return
    sums = rest[first:last, near].sum(axis=1, dtype=np.int64)
    beside = sums[~own]
    bare = np.partition(beside, int(beside.size * _BARE))[int(beside.size * _BARE)]
    found[first:last, near] |= (sums >= bare + pen)[:, None]


def _touching(mine: Mask, found: Mask) -> Mask:
    """Both, without what of ``found`` touches no ink of the cell."""
    _, labels = cv2.connectedComponents((mine | found).view(np.uint8), connectivity=8, ltype=cv2.CV_16U)
    kept = np.zeros(int(labels.max()) + 1, bool)
    kept[np.unique(labels[mine])] = True
    kept[0] = False
    return np.asarray(kept[labels], bool)
