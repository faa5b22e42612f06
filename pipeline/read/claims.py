"""Whose a stroke is: the cell it stands in, its neighbour, or the row below or above."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.model.layout import Box, FieldBox
from pipeline.model.scan import PX_PER_MM
from pipeline.read.ground import Window, relative, window
from pipeline.read.inkmap import InkLayer
from pipeline.settings import ReadSettings

Mask = npt.NDArray[np.bool_]

_SHARED = 0.3
"""A stroke belongs to two cells when the lesser part is at least this share of the greater."""
_RESIDENT = 0.35
"""Share of a stroke that must lie in the cell, if the rest lies above it."""
_SUNK = 0.35
"""Share of a stroke that lies below its cell when it was written for the row below.

The foot of a digit that ran along its frame for a while is a stroke of its own, and stays.
"""

_ALONG_FRAME_MM = 0.8
"""A printed outline that came out thick stays so near its place; few digits do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell, its place on the page, and the window in which its ink is looked for.

    In that window, ``inner`` is the cell without its outline, ``heart`` what lies clear of an
    outline that came out thick, and ``strip`` where a correction is written above the cell.
    """

    box: Box
    place: int
    at: Window
    inner: Window
    heart: Window
    strip: Window


def cells_of(field: FieldBox, layer: InkLayer) -> list[Cell]:
    """The cells of a comb on its page, left to right."""
    ground, shape = layer.ground, layer.ink.shape
    return [
        _cell(box, ground.place_of[field.name, rank], shape[0], shape[1], layer.settings)
        for rank, box in enumerate(field.cells)
    ]


@lru_cache(maxsize=4096)
def _cell(box: Box, place: int, height: int, width: int, settings: ReadSettings) -> Cell:
    """A cell with room for overshoots on every side and a correction above."""
    margin, above = settings.crop_margin_mm, settings.above_mm
    top = max(margin, above)
    at = window(Box(x=box.x - margin, y=box.y - top, w=box.w + 2 * margin, h=box.h + top + margin), (height, width))
    strip = Box(x=box.x, y=box.y - above, w=box.w, h=above)
    inner, heart, strip_at = (
        relative(window(part, (height, width)), at)
        for part in (box.grown(-settings.inside_margin_mm), box.grown(-_ALONG_FRAME_MM), strip)
    )
    return Cell(box=box, place=place, at=at, inner=inner, heart=heart, strip=strip_at)


def claims(cell: Cell, layer: InkLayer) -> tuple[list[int], list[int], bool]:
    """Strokes that belong to a cell whole, those it shares with another place, and whether all hang out of it below."""
    here: list[int] = []
    below: list[int] = []
    for stroke in layer.strokes_in.get(cell.place, ()):
        share, area = layer.shares[stroke], int(layer.area[stroke])
        if share[cell.place] < _SHARED * max(share.values()):
            continue
        above, beneath = _beyond(stroke, cell, layer)
        if share[cell.place] < _RESIDENT * area and above > 0.5 * area:
            continue  # it only reaches down into the cell: the correction written above it
        (below if beneath > _SUNK * area else here).append(stroke)
    # Low as it is, it is all that the cell holds; beside a digit, it is of the row below.
    kept = here or below
    shared = [stroke for stroke in kept if _is_shared(stroke, cell.place, layer)]
    return [stroke for stroke in kept if stroke not in shared], shared, bool(below) and not here


def own_ink(cell: Cell, whole: list[int], shared: list[int], layer: InkLayer) -> Mask | None:
    """The ink of a cell: its strokes whole, its part of the strokes that it shares."""
    if not whole and not shared:
        return None
    labels = layer.labels[cell.at]
    table = np.zeros(layer.area.size, np.uint8)
    table[whole] = 1
    mine: Mask = table[labels].view(bool)
    if shared:
        table[whole] = 0
        table[shared] = 1
        mine |= table[labels].view(bool) & (layer.ground.places[cell.at] == cell.place)
    return mine


def _is_shared(stroke: int, place: int, layer: InkLayer) -> bool:
    share = layer.shares[stroke]
    least = _SHARED * max(share.values())
    return any(pixels >= least for other, pixels in share.items() if other != place)


def _beyond(stroke: int, cell: Cell, layer: InkLayer) -> tuple[int, int]:
    """Pixels of a stroke above the cell, and pixels below it."""
    rows = np.count_nonzero(layer.labels[cell.at] == stroke, axis=1)
    start = cell.at[0].start
    top, bottom = (max(0, round(y * PX_PER_MM) - start) for y in (cell.box.y, cell.box.bottom))
    return int(rows[:top].sum()), int(rows[bottom:].sum())
