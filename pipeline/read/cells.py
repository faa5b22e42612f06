"""Measures of character cells, and what the digit engine sees of them.

Strokes are kept whole: a digit that overshoots its frame stays itself, the tail of a
neighbour goes, and only a stroke with much ink in two cells is cut between them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.layout import Box, FieldBox
from pipeline.model.reading import CellReading
from pipeline.model.scan import PX_PER_MM, Grey
from pipeline.read.ground import Ground, window
from pipeline.read.inkmap import InkLayer
from pipeline.read.strokes import best_line, solidity
from pipeline.settings import ReadSettings

Mask = npt.NDArray[np.bool_]

_SHARED = 0.3
"""A stroke belongs to two cells when the lesser part is at least this share of the greater."""
_OVERSHOOT_MM = 1.8
"""How far above its cell a digit may rise without being taken for a correction."""
_RESIDENT = 0.35
"""Share of a stroke that must lie in the cell, if the rest lies above it."""
_FOOT_MM = 1.5
_PLAIN_LENGTH = 1.9
"""Length of the pen's way over the half perimeter of the ink, up to which a digit is plain."""
_SCRIBBLED_LENGTH = 4.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellInk:
    """The measures of one cell, and its picture for the engine when it holds ink."""

    reading: CellReading
    picture: Grey | None


def read_cells(field: FieldBox, layer: InkLayer, ground: Ground, settings: ReadSettings) -> list[CellInk]:
    """Every cell of a comb, left to right, the engine's probabilities not yet known."""
    own = {ground.place_of[field.name, rank] for rank in range(len(field.cells))}
    return [
        _read_cell(cell, ground.place_of[field.name, rank], own, layer, ground, settings)
        for rank, cell in enumerate(field.cells)
    ]


def with_probabilities(cell: CellReading, row: npt.NDArray[np.float32]) -> CellReading:
    """The same cell with what the engine said of it."""
    return replace(cell, probabilities=tuple(float(value) for value in row))


def _read_cell(
    cell: Box, place: int, comb: set[int], layer: InkLayer, ground: Ground, settings: ReadSettings
) -> CellInk:
    at = window(_seen(cell, settings), layer.ink.shape[:2])
    frame = ground.outlines[place].seen_in(layer.wide_contrast)
    whole, shared = _claims(place, cell, at, layer)
    mine = _own(at, place, whole, shared, layer, ground) if whole or shared else None
    above = _above(cell, mine, at, place, layer, ground, settings)
    if mine is None or not mine.any():
        return CellInk(reading=_empty(above, frame), picture=None)
    x, y, width, height = cv2.boundingRect(mine.view(np.uint8))
    cell_w, cell_h = cell.w * PX_PER_MM, cell.h * PX_PER_MM
    inner = window(cell.grown(-settings.inside_margin_mm), layer.ink.shape[:2])
    inside = mine[_relative(inner, at)]
    blob = solidity(mine, min(cell_w, cell_h) / 2)
    reading = CellReading(
        ink_ratio=float(np.count_nonzero(inside)) / inside.size,
        darkness=float(layer.contrast[at][mine].mean()) / 255,
        height_ratio=min(1.0, height / cell_h),
        width_ratio=min(1.0, width / cell_w),
        scribble_ratio=_scribble(mine, width, height, blob),
        above_ratio=above,
        spill_ratio=_spill(place, comb, (*whole, *shared), layer),
        struck_ratio=_struck(mine, cell_w),
        strokes=len(whole) + len(shared),
        frame_ratio=frame,
    )
    return CellInk(reading=reading, picture=_picture(mine, layer.contrast[at]))


def _empty(above: float, frame: float) -> CellReading:
    return CellReading(
        ink_ratio=0.0,
        darkness=0.0,
        height_ratio=0.0,
        width_ratio=0.0,
        scribble_ratio=0.0,
        above_ratio=above,
        spill_ratio=0.0,
        frame_ratio=frame,
    )


def _seen(cell: Box, settings: ReadSettings) -> Box:
    """What is looked at around a cell: overshoots on every side, a correction above."""
    margin = settings.crop_margin_mm
    top = max(margin, settings.above_mm)
    return Box(x=cell.x - margin, y=cell.y - top, w=cell.w + 2 * margin, h=cell.h + top + margin)


def _claims(place: int, cell: Box, at: tuple[slice, slice], layer: InkLayer) -> tuple[list[int], list[int]]:
    """Strokes that belong to a place whole, and those it shares with another place."""
    whole, shared, below = [], [], []
    for stroke in layer.strokes_in.get(place, ()):
        share = layer.shares[stroke]
        strongest = max(share.values())
        if share[place] < _SHARED * strongest:
            continue
        above, beneath = _beyond(stroke, cell, at, layer)
        area = int(layer.area[stroke])
        if share[place] < _RESIDENT * area and above > 0.5 * area:
            continue  # it only reaches down into the cell: the correction written above it
        others = any(pixels >= _SHARED * strongest for other, pixels in share.items() if other != place)
        if beneath > 0.5 * area:
            below.append((stroke, others))
        else:
            (shared if others else whole).append(stroke)
    if not whole and not shared:
        # Low as it is, it is all that the cell holds; beside a digit, it is the
        # correction of the row below.
        whole = [stroke for stroke, others in below if not others]
        shared = [stroke for stroke, others in below if others]
    return whole, shared


def _beyond(stroke: int, cell: Box, at: tuple[slice, slice], layer: InkLayer) -> tuple[int, int]:
    """Pixels of a stroke above the cell, and pixels at its foot or below."""
    rows = np.count_nonzero(layer.labels[at] == stroke, axis=1)
    top, foot = (max(0, round(y * PX_PER_MM) - at[0].start) for y in (cell.y, cell.bottom - _FOOT_MM))
    return int(rows[:top].sum()), int(rows[foot:].sum())


def _own(
    at: tuple[slice, slice], place: int, whole: list[int], shared: list[int], layer: InkLayer, ground: Ground
) -> Mask:
    """The ink of a cell: its strokes whole, its part of the strokes that it shares."""
    labels = layer.labels[at]
    table = np.zeros(layer.area.size, np.uint8)
    table[whole] = 1
    mine = table[labels].view(bool)
    if shared:
        table[whole] = 0
        table[shared] = 1
        mine |= table[labels].view(bool) & (ground.places[at] == place)
    return mine


def _above(
    cell: Box,
    mine: Mask | None,
    at: tuple[slice, slice],
    place: int,
    layer: InkLayer,
    ground: Ground,
    settings: ReadSettings,
) -> float:
    """Share inked of the strip above by what is not of the cell, nor of another field.

    The cell's own ink counts when it stands higher than any overshoot: a correction
    that touches the digit it replaces is one stroke with it.
    """
    strip = Box(x=cell.x, y=cell.y - settings.above_mm, w=cell.w, h=settings.above_mm)
    rows, columns = _relative(window(strip, layer.ink.shape[:2]), at)
    ink = layer.ink[at][rows, columns].view(bool)
    if not ink.any():
        return 0.0
    labels, places = layer.labels[at][rows, columns], ground.places[at][rows, columns]
    owner = layer.owner[labels]
    loose = ink & ((places == 0) | (places == place)) & ((owner == 0) | (owner == place))
    low = [stroke for stroke in _strokes_of(labels, (owner != 0) & (owner != place)) if _low(stroke, labels, layer)]
    if low:
        loose |= np.isin(labels, low)
    if mine is not None:
        overshoot = mine[rows, columns].copy()
        overshoot[: round((settings.above_mm - _OVERSHOOT_MM) * PX_PER_MM)] = False
        loose &= ~overshoot
    return float(np.count_nonzero(loose)) / loose.size


def _strokes_of(labels: npt.NDArray[np.int32], where: Mask) -> list[int]:
    """Numbers of the strokes met in part of a window."""
    found: list[int] = np.unique(labels[where]).tolist()
    return [stroke for stroke in found if stroke]


def _low(stroke: int, labels: npt.NDArray[np.int32], layer: InkLayer) -> bool:
    """Whether a stroke of the row above stands for its greater part in the strip: it was written here."""
    return int(np.count_nonzero(labels == stroke)) > 0.5 * int(layer.area[stroke])


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


def _scribble(mine: Mask, width: int, height: int, blob: float) -> float:
    """From 0, the pen's way of a plain digit, to 1, a cell blackened or scribbled over."""
    padded = cv2.copyMakeBorder(mine.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    distance = cv2.distanceTransform(padded, cv2.DIST_L2, 3)
    area = int(np.count_nonzero(mine))
    thickness = max(1.5, 4 * float(distance.sum()) / area - 1.0)
    way = area / thickness / max(8.0, (width + height) / 2)
    winding = (way - _PLAIN_LENGTH) / (_SCRIBBLED_LENGTH - _PLAIN_LENGTH)
    density = area / (width * height)
    return min(1.0, max(0.0, winding, (blob - 0.32) / 0.36, (density - 0.55) / 0.3))


def _struck(mine: Mask, cell_width: float) -> float:
    """Evidence for a straight line through the cell, other ink on both its sides.

    A strike is as long as the cell, leaves as much on either side, and runs beyond what
    it strikes at both ends; a bar or a stem of a digit fails in one of these.
    """
    line = best_line(mine)
    if line is None or not line.left + line.right:
        return 0.0
    rest = line.left + line.right
    balance = 2 * min(line.left, line.right) / rest
    weight = min(1.0, rest / (0.3 * np.count_nonzero(mine)))
    beyond = min(1.0, max(0.0, 0.5 + line.beyond_px / (0.3 * cell_width)))
    return min(1.0, line.length_px / (0.9 * cell_width)) * balance * weight * beyond


def _picture(mine: Mask, contrast: Grey) -> Grey:
    """Dark ink on white paper: the cell's own ink with its soft edge, nothing else."""
    soft = cv2.dilate(mine.view(np.uint8), np.ones((3, 3), np.uint8)) * np.uint8(255)
    return np.asarray(cv2.bitwise_not(cv2.bitwise_and(contrast, soft)), dtype=np.uint8)


def _relative(inner: tuple[slice, slice], outer: tuple[slice, slice]) -> tuple[slice, slice]:
    """A window in the coordinates of the one that contains it."""
    rows, columns = (
        slice(max(0, a.start - b.start), max(0, a.stop - b.start)) for a, b in zip(inner, outer, strict=True)
    )
    return rows, columns
