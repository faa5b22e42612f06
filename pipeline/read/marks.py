"""Measures of tick boxes: how much ink, of what shape, and whose it is.

No verdict here.  Typical values by kind of mark stand in ``tests/read/RANGES.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.layout import Box, OptionBox
from pipeline.model.reading import MarkReading
from pipeline.model.scan import PX_PER_MM, Grey
from pipeline.read.ground import Places
from pipeline.read.inkmap import InkLayer, Labels
from pipeline.read.strokes import best_line, crossing, solidity

_RING_GAP_MM = 0.45  # between the outline and the ring: the outline's own blur
_SECTORS = 24
_SEEN_PX = 12  # unprinted pixels of the ring from which a direction can be seen into
_MET_PX = 3  # inked pixels of the ring from which a direction holds ink

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Stencil:
    """Geometry of a box of one size in its window: inside, its middle, ring, directions.

    ``sectors`` counts directions from 1 in the ring and is 0 elsewhere.
    """

    inside: Mask
    core: tuple[slice, slice]
    ring: Mask
    sectors: npt.NDArray[np.uint8]
    room: int
    half_px: float
    diagonal_px: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Window:
    """The part of the page around one box."""

    ink: Mask
    contrast: Grey
    labels: Labels
    places: Places
    band: Grey


def read_mark(option: OptionBox, place: int, layer: InkLayer) -> MarkReading:
    """The measures of one box; ``place`` is its index on the page's place map."""
    width, height = round(option.box.w * PX_PER_MM), round(option.box.h * PX_PER_MM)
    stencil = _stencil(width, height, layer.settings.inside_margin_mm, layer.settings.ring_width_mm)
    frame = layer.ground.outlines[place].seen_in(layer.wide_contrast)
    view = _view(option.box, stencil.inside.shape, layer)
    inside = view.ink & stencil.inside
    count = int(np.count_nonzero(inside))
    around = view.ink & stencil.ring
    if not count and not around.any():
        return _reading(option, frame)
    outside, ring = _around(around, view, stencil, place)
    if not count:
        return _reading(option, frame, darkness=_darkness(view, around), outside_ratio=outside, ring_ratio=ring)
    foreign, kept_inside = _belonging(inside, around, view, place, layer)
    _, _, wide, high = cv2.boundingRect(inside.view(np.uint8))
    return _reading(
        option,
        frame,
        ink_ratio=count / stencil.room,
        darkness=_darkness(view, inside),
        outside_ratio=outside,
        ring_ratio=ring,
        solidity_ratio=solidity(inside, stencil.half_px),
        extent_ratio=min(1.0, float(np.hypot(wide, high)) / stencil.diagonal_px),
        crossing_ratio=crossing(view.ink, inside),
        straight_ratio=_straight(view.ink, stencil.inside, count) if ring * _SECTORS >= 2 else 0.0,
        foreign_ratio=foreign,
        inside_ratio=kept_inside,
        core_ratio=float(view.ink[stencil.core].mean()),
    )


def _reading(option: OptionBox, frame: float, **measures: float) -> MarkReading:
    """A reading of which what is not given is 0."""
    names = (
        "ink_ratio", "darkness", "outside_ratio", "ring_ratio", "solidity_ratio", "extent_ratio", "crossing_ratio",
        "straight_ratio", "foreign_ratio", "inside_ratio", "core_ratio",
    )  # fmt: skip
    return MarkReading(option=option.value, frame_ratio=frame, **{name: measures.get(name, 0.0) for name in names})


@lru_cache(maxsize=64)
def _stencil(width: int, height: int, margin_mm: float, ring_mm: float) -> _Stencil:
    gap, reach = round(_RING_GAP_MM * PX_PER_MM), round((_RING_GAP_MM + ring_mm) * PX_PER_MM)
    margin = round(margin_mm * PX_PER_MM)
    shape = (height + 2 * reach, width + 2 * reach)
    inside, ring = np.zeros(shape, bool), np.ones(shape, bool)
    inside[reach + margin : reach + height - margin, reach + margin : reach + width - margin] = True
    ring[reach - gap : reach + height + gap, reach - gap : reach + width + gap] = False
    rows, columns = ((side - 2 * margin) // 4 for side in (height, width))
    start = reach + margin
    y, x = np.indices(shape)
    angle = np.arctan2(y - (shape[0] - 1) / 2, x - (shape[1] - 1) / 2)
    sectors = np.floor((angle / (2 * np.pi) + 0.5) * _SECTORS).astype(np.int64) % _SECTORS + 1
    return _Stencil(
        inside=inside,
        core=(slice(start + rows, start + 3 * rows), slice(start + columns, start + 3 * columns)),
        ring=ring,
        sectors=np.where(ring, sectors, 0).astype(np.uint8),
        room=int(np.count_nonzero(inside)),
        half_px=min(width, height) / 2 - margin,
        diagonal_px=float(np.hypot(width - 2 * margin, height - 2 * margin)),
    )


def _view(box: Box, shape: tuple[int, ...], layer: InkLayer) -> _Window:
    """The window of a box; a box keeps its size wherever it stands on the pixel grid."""
    height, width = layer.ink.shape
    x, y = box.centre
    top = min(max(round(y * PX_PER_MM - shape[0] / 2), 0), height - shape[0])
    left = min(max(round(x * PX_PER_MM - shape[1] / 2), 0), width - shape[1])
    at = slice(top, top + shape[0]), slice(left, left + shape[1])
    return _Window(
        ink=layer.ink[at].view(bool),
        contrast=layer.contrast[at],
        labels=layer.labels[at],
        places=layer.ground.places[at],
        band=layer.ground.band[at],
    )


def _darkness(view: _Window, ink: Mask) -> float:
    return float(cv2.mean(view.contrast, mask=ink.view(np.uint8))[0]) / 255


def _around(around: Mask, view: _Window, stencil: _Stencil, place: int) -> tuple[float, float]:
    """Share of the ring inked (other fields left out), and share of directions with ink."""
    if not around.any():
        return 0.0, 0.0
    free = stencil.ring & ((view.places == 0) | (view.places == place))
    room = int(np.count_nonzero(free))
    outside = int(np.count_nonzero(around & free)) / room if room else 0.0
    # A direction wholly printed (the first letters of a label) cannot be seen into.
    seen = np.bincount(stencil.sectors[view.band == 0], minlength=_SECTORS + 1)[1:]
    inked = np.bincount(stencil.sectors[around], minlength=_SECTORS + 1)[1:]
    known = (seen >= _SEEN_PX) | (inked >= _MET_PX)
    return outside, int(np.count_nonzero(inked >= _MET_PX)) / max(1, int(np.count_nonzero(known)))


def _belonging(inside: Mask, around: Mask, view: _Window, place: int, layer: InkLayer) -> tuple[float, float]:
    """Share of the inside ink owned by another field; share of its strokes that is inside."""
    labels = view.labels[inside]
    count = np.bincount(labels)
    strokes = np.flatnonzero(count)
    owner = layer.owner[strokes]
    foreign = int(count[strokes[(owner != 0) & (owner != place)]].sum())
    beyond = view.labels[around]
    same = int(np.count_nonzero((beyond[:, None] == strokes).any(axis=1))) if beyond.size else 0
    return foreign / labels.size, labels.size / (labels.size + same)


def _straight(ink: Mask, inside: Mask, count: int) -> float:
    """Share of the inside ink within one straight line that runs right through the window."""
    line = best_line(ink)
    if line is None:
        return 0.0
    height, width = ink.shape
    chord = min(height / max(abs(line.normal[0]), 1e-6), width / max(abs(line.normal[1]), 1e-6))
    in_line = int(np.count_nonzero(inside[line.rows[line.near], line.columns[line.near]]))
    runs_through = min(1.0, max(0.0, (line.length_px / chord - 0.5) / 0.4))
    return float(min(1.0, in_line / count * runs_through))
