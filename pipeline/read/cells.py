"""Measures of character cells, and what the digit engine sees of them.

Strokes are kept whole: a digit that overshoots its frame stays itself, the tail of a
neighbour goes, and only a stroke with much ink in two cells is cut between them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.layout import FieldBox
from pipeline.model.reading import CellReading
from pipeline.model.scan import PX_PER_MM, Grey
from pipeline.read.above import above_ratio
from pipeline.read.claims import Cell, claims, own_ink
from pipeline.read.ground import Window, grey, relative, window
from pipeline.read.inkmap import InkLayer
from pipeline.read.rims import with_rims
from pipeline.read.strokes import best_line, solidity

Mask = npt.NDArray[np.bool_]

_PLAIN_WAY, _WOUND_WAY = 1.9, 4.0
"""The pen's way over the half perimeter of the ink: up to which a digit is plain, from
which no digit is so long."""
_PLAIN_BLOB, _FULL_BLOB = 0.32, 0.68
"""Largest disc of ink over half the cell: thickest felt pen, blackened cell."""
_PLAIN_DENSITY, _FULL_DENSITY = 0.55, 0.85
"""Ink over its bounding box."""

_STRIKE_TILT_DEG = 35.0
"""Digits are struck out across; steeper, the stems of plain digits would be met."""
_ALONG_FRAME_MM = 0.8
"""A printed outline that came out thick stays so near its place; few digits do."""
_NARROWEST_STRUCK = 0.45
"""Share of the cell's width: no line over narrower ink is as long as a strike."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellInk:
    """The measures of one cell, and its picture for the engine when it holds ink."""

    reading: CellReading
    picture: Grey | None


def read_cells(field: FieldBox, layer: InkLayer) -> list[CellInk]:
    """Every cell of a comb, left to right, the engine's probabilities not yet known."""
    comb = {layer.ground.place_of[field.name, rank] for rank in range(len(field.cells))}
    return [
        _read_cell(Cell.of(box, layer.ground.place_of[field.name, rank], layer), comb, layer)
        for rank, box in enumerate(field.cells)
    ]


def with_probabilities(cell: CellReading, row: npt.NDArray[np.float32]) -> CellReading:
    """The same cell with what the engine said of it."""
    return replace(cell, probabilities=tuple(float(value) for value in row))


def _read_cell(cell: Cell, comb: set[int], layer: InkLayer) -> CellInk:
    frame = layer.ground.outlines[cell.place].seen_in(layer.wide_contrast)
    whole, shared, sunk = claims(cell, layer)
    mine = own_ink(cell, whole, shared, layer)
    above = above_ratio(cell, mine, shared, layer)
    inside = 0 if mine is None else int(np.count_nonzero(mine[_inner(cell, layer)]))
    foreign = _foreign(cell, mine, layer)
    if mine is None or inside < layer.settings.speck_mm2 * PX_PER_MM**2:
        return CellInk(reading=_empty(above, frame, foreign), picture=None)  # what only grazes the frame is not in it
    astray = sunk or _is_frame(mine, cell, layer)  # perhaps a correction of the row beneath
    mine = with_rims(mine, cell, layer)
    _, _, width, height = cv2.boundingRect(mine.view(np.uint8))
    cell_w, cell_h = cell.box.w * PX_PER_MM, cell.box.h * PX_PER_MM
    reading = CellReading(
        ink_ratio=float(mine[_inner(cell, layer)].mean()),
        darkness=float(layer.contrast[cell.at][mine].mean()) / 255,
        height_ratio=min(1.0, height / cell_h),
        width_ratio=min(1.0, width / cell_w),
        scribble_ratio=_scribble(mine, (width, height), solidity(mine, min(cell_w, cell_h) / 2)),
        above_ratio=above,
        spill_ratio=1.0 if astray else _spill(cell.place, comb, (*whole, *shared), layer),
        struck_ratio=_struck(mine, cell_w) if width >= _NARROWEST_STRUCK * cell_w else 0.0,
        strokes=len(whole) + len(shared),
        frame_ratio=frame,
        foreign_ratio=foreign,
    )
    return CellInk(reading=reading, picture=_picture(mine, layer.contrast[cell.at]))


def _empty(above: float, frame: float, foreign: float) -> CellReading:
    return CellReading(
        ink_ratio=0.0,
        darkness=0.0,
        height_ratio=0.0,
        width_ratio=0.0,
        scribble_ratio=0.0,
        above_ratio=above,
        spill_ratio=0.0,
        frame_ratio=frame,
        foreign_ratio=foreign,
    )


def _foreign(cell: Cell, mine: Mask | None, layer: InkLayer) -> float:
    """Share of the cell inked by strokes that were not counted as its own."""
    inner = _inner(cell, layer)
    ink = layer.ink[cell.at][inner]
    own = 0 if mine is None else cv2.countNonZero(mine[inner].view(np.uint8))
    return max(0.0, (cv2.countNonZero(ink) - own) / max(1, ink.size))


def _is_frame(mine: Mask, cell: Cell, layer: InkLayer) -> bool:
    """Whether the ink only runs along the outline, as one that came out thick does; no digit is looked for in it."""
    heart = relative(window(cell.box.grown(-_ALONG_FRAME_MM), layer.ink.shape), cell.at)
    return int(np.count_nonzero(mine[heart])) < layer.settings.speck_mm2 * PX_PER_MM**2


def _inner(cell: Cell, layer: InkLayer) -> Window:
    """The cell without its outline, in its window."""
    return relative(window(cell.box.grown(-layer.settings.inside_margin_mm), layer.ink.shape), cell.at)


def _spill(place: int, comb: set[int], strokes: tuple[int, ...], layer: InkLayer) -> float:
    """Share of the strokes' ink that lies in other cells of the comb."""
    here = elsewhere = 0
    for stroke in strokes:
        for other, pixels in layer.shares[stroke].items():
            if other == place:
                here += pixels
            elif other in comb:
                elsewhere += pixels
    return elsewhere / (here + elsewhere) if here + elsewhere else 0.0


def _scribble(mine: Mask, size: tuple[int, int], blob: float) -> float:
    """From 0, the pen's way of a plain digit, to 1, a cell blackened or scribbled over."""
    padded = cv2.copyMakeBorder(mine.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    distance = cv2.distanceTransform(padded, cv2.DIST_L2, 3)
    area, (width, height) = int(np.count_nonzero(mine)), size
    # Over a line of thickness t the distances average t / 4.
    thickness = max(1.2, 4 * float(distance.sum()) / area - 1.0)
    way = area / thickness / max(6.0, (width + height) / 2)
    density = area / (width * height)
    return max(
        _between(way, _PLAIN_WAY, _WOUND_WAY),
        _between(blob, _PLAIN_BLOB, _FULL_BLOB),
        _between(density, _PLAIN_DENSITY, _FULL_DENSITY) if min(size) > 2 * thickness else 0.0,
    )


def _between(value: float, low: float, high: float) -> float:
    """0 up to ``low``, 1 from ``high``, straight between."""
    return float(min(1.0, max(0.0, (value - low) / (high - low))))


def _struck(mine: Mask, cell_width: float) -> float:
    """Evidence for a straight line through the cell, other ink on both its sides.

    A strike is as long as the cell, leaves as much on either side, and runs beyond what
    it strikes at both ends; the bar of a digit fails in one of these.
    """
    line = best_line(mine, _STRIKE_TILT_DEG)
    if line is None or not line.left + line.right:
        return 0.0
    rest = line.left + line.right
    balance = 2 * min(line.left, line.right) / rest
    weight = min(1.0, rest / (0.3 * np.count_nonzero(mine)))
    beyond = _between(line.beyond_px / cell_width, -0.15, 0.15)
    return float(min(1.0, line.length_px / (0.9 * cell_width)) * balance * weight * beyond)


def _picture(mine: Mask, contrast: Grey) -> Grey:
    """Dark ink on white paper: the cell's own ink with its soft edge, nothing else."""
    soft = cv2.dilate(mine.view(np.uint8), np.ones((3, 3), np.uint8)) * np.uint8(255)
    return grey(cv2.bitwise_not(cv2.bitwise_and(contrast, soft)))
