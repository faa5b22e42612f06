"""Measures of character cells, and what the digit engine sees of them.

Strokes are kept whole: a digit that overshoots its frame stays itself, the tail of a
neighbour goes, and only a stroke with much ink in two cells is cut between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.layout import FieldBox
from pipeline.model.reading import CellReading
from pipeline.model.scan import PX_PER_MM, Grey
from pipeline.read.above import above_ratio
from pipeline.read.claims import Cell, cells_of, claims, own_ink
from pipeline.read.frames import Frame, frames_of
from pipeline.read.ground import Window, grey
from pipeline.read.inkmap import InkLayer
from pipeline.read.rims import with_rims
from pipeline.read.strokes import Values, best_lines, solidities, thicknesses

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
_NARROWEST_STRUCK = 0.45
"""Share of the cell's width: no line over narrower ink is as long as a strike."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellInk:
    """The measures of one cell, and its picture for the engine when it holds ink."""

    reading: CellReading
    picture: Grey | None


def read_cells(field: FieldBox, layer: InkLayer) -> list[CellInk]:
    """Every cell of a comb, left to right, the engine's probabilities not yet known."""
    return read_combs([field], layer)[field.name]


def read_combs(fields: Iterable[FieldBox], layer: InkLayer) -> dict[str, list[CellInk]]:
    """The same for many combs of a page, by the name of the field."""
    cells = {field.name: cells_of(field, layer) for field in fields}
    places = [cell.place for row in cells.values() for cell in row]
    frames = dict(zip(places, frames_of(places, layer), strict=True))
    looks = {name: [_look(cell, frames[cell.place], layer) for cell in row] for name, row in cells.items()}
    inked = [look for row in looks.values() for look in row if look.mine is not None]
    shapes = dict(zip(inked, _shapes(inked), strict=True))
    found: dict[str, list[CellInk]] = {}
    for name, row in looks.items():
        comb = {look.cell.place for look in row}
        found[name] = [_read_cell(look, shapes.get(look), comb, layer) for look in row]
    return found


def with_probabilities(cell: CellReading, row: npt.NDArray[np.float32]) -> CellReading:
    """The same cell with what the engine said of it."""
    return replace(cell, probabilities=tuple(float(value) for value in row))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Look:
    """What a first look at a cell shows: its own ink, None without any, and what is measured of any cell.

    ``astray``: the ink may not be the cell's; ``foreign``: share of the cell inked by strokes that are not.
    """

    cell: Cell
    frame: Frame
    strokes: tuple[int, ...]
    mine: Mask | None
    astray: bool
    above: float
    foreign: float


def _look(cell: Cell, frame: Frame, layer: InkLayer) -> _Look:
    """A cell whose ink was told from that of its neighbours; what only grazes the frame is not in it."""
    whole, shared, sunk = claims(cell, layer)
    mine = own_ink(cell, whole, shared, layer)
    above, least = above_ratio(cell, mine, shared, layer), layer.settings.speck_mm2 * PX_PER_MM**2
    inside, own = layer.ink[cell.at][cell.inner], _count(mine, cell.inner)
    astray = False
    if own < least:
        mine = None
    if mine is not None:
        astray = sunk or _count(mine, cell.heart) < least  # a correction of the row beneath, or a thick outline
        mine = with_rims(mine, cell, layer)
    return _Look(
        cell=cell,
        frame=frame,
        strokes=(*whole, *shared),
        mine=mine,
        astray=astray,
        above=above,
        foreign=max(0.0, (cv2.countNonZero(inside) - own) / max(1, inside.size)),
    )


def _count(ink: Mask | None, part: Window) -> int:
    """Pixels of ink in a part of a window."""
    return 0 if ink is None else cv2.countNonZero(ink[part].view(np.uint8))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """The shape of a cell's ink: its height and width in pixels, how much it is scribbled over, and struck out."""

    size: tuple[int, int]
    scribble: float
    struck: float


def _shapes(looks: Sequence[_Look]) -> list[_Shape]:
    """The shapes of the ink of many cells, measured at once."""
    if not looks:
        return []
    masks = [look.mine for look in looks if look.mine is not None]
    ink = np.zeros((len(masks), *np.max([mask.shape for mask in masks], axis=0)), bool)
    for image, mask in zip(ink, masks, strict=True):
        image[: mask.shape[0], : mask.shape[1]] = mask
    cells = np.array([(look.cell.box.h, look.cell.box.w) for look in looks]) * PX_PER_MM
    sizes = np.array([cv2.boundingRect(mask.view(np.uint8))[:1:-1] for mask in masks])
    area = np.count_nonzero(ink, axis=(1, 2))
    scribbles = _scribbles(area, sizes, thicknesses(ink), solidities(ink, cells.min(axis=1) / 2))
    strikes = np.where(sizes[:, 1] >= _NARROWEST_STRUCK * cells[:, 1], _strikes(ink, area, cells[:, 1]), 0.0)
    return [
        _Shape(size=(height, width), scribble=scribble, struck=struck)
        for (height, width), scribble, struck in zip(sizes.tolist(), scribbles.tolist(), strikes.tolist(), strict=True)
    ]


def _read_cell(look: _Look, shape: _Shape | None, comb: set[int], layer: InkLayer) -> CellInk:
    """The measures of a cell, by the look at it and the shape of its ink."""
    cell, mine = look.cell, look.mine
    if mine is None or shape is None:
        return CellInk(reading=_empty(look), picture=None)
    contrast, (height, width) = layer.contrast[cell.at], shape.size
    reading = CellReading(
        ink_ratio=float(mine[cell.inner].mean()),
        darkness=float(contrast[mine].mean()) / 255,
        height_ratio=min(1.0, height / (cell.box.h * PX_PER_MM)),
        width_ratio=min(1.0, width / (cell.box.w * PX_PER_MM)),
        scribble_ratio=shape.scribble,
        above_ratio=look.above,
        spill_ratio=1.0 if look.astray else _spill(cell.place, comb, look.strokes, layer),
        struck_ratio=shape.struck,
        strokes=len(look.strokes),
        frame_ratio=look.frame.seen,
        side_ratio=look.frame.side,
        foreign_ratio=look.foreign,
    )
    return CellInk(reading=reading, picture=_picture(mine, contrast))


def _empty(look: _Look) -> CellReading:
    return CellReading(
        ink_ratio=0.0,
        darkness=0.0,
        height_ratio=0.0,
        width_ratio=0.0,
        scribble_ratio=0.0,
        above_ratio=look.above,
        spill_ratio=0.0,
        frame_ratio=look.frame.seen,
        side_ratio=look.frame.side,
        foreign_ratio=look.foreign,
    )


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


def _scribbles(area: Values, sizes: Values, thickness: Values, blob: Values) -> Values:
    """From 0, the pen's way of a plain digit, to 1, a cell blackened or scribbled over.

    ``sizes`` are those (rows, columns) of the rectangle around the ink.
    """
    thick = np.maximum(thickness, 1.2)
    way = area / thick / np.maximum(6.0, sizes.sum(axis=1) / 2)
    dense = np.where(sizes.min(axis=1) > 2 * thick, area / sizes.prod(axis=1), 0.0)
    blob, way = _between(blob, _PLAIN_BLOB, _FULL_BLOB), _between(way, _PLAIN_WAY, _WOUND_WAY)
    dense = _between(dense, _PLAIN_DENSITY, _FULL_DENSITY)
    return np.asarray(np.maximum.reduce([way, blob, dense]), np.float64)


def _strikes(ink: Mask, area: Values, cell_width: Values) -> Values:
    """Evidence for a straight line through each cell, other ink on both its sides.

    A strike is as long as the cell, leaves as much on either side, and runs beyond what
    it strikes at both ends; the bar of a digit fails in one of these.
    """
    lines = best_lines(ink, _STRIKE_TILT_DEG)
    rest = lines.left + lines.right
    balance = 2 * np.minimum(lines.left, lines.right) / np.maximum(rest, 1)
    weight = np.minimum(1.0, rest / (0.3 * area))
    beyond = _between(lines.beyond_px / cell_width, -0.15, 0.15)
    length = np.minimum(1.0, lines.length_px / (0.9 * cell_width))
    return np.asarray(length * balance * weight * beyond, np.float64)


def _between(value: Values, low: float, high: float) -> Values:
    """0 up to ``low``, 1 from ``high``, straight between."""
    return np.asarray(np.clip((value - low) / (high - low), 0.0, 1.0), np.float64)


def _picture(mine: Mask, contrast: Grey) -> Grey:
    """Dark ink on white paper: the cell's own ink with its soft edge, nothing else."""
    soft = cv2.dilate(mine.view(np.uint8), np.ones((3, 3), np.uint8)) * np.uint8(255)
    return grey(cv2.bitwise_not(cv2.bitwise_and(contrast, soft)))
