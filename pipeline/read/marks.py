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
from pipeline.read.ground import Ground, Window
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
    core: Window
    core_room: int
    ring: Mask
    sectors: npt.NDArray[np.uint8]
    room: int
    half_px: float
    diagonal_px: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Spot:
    """All about one box of a printed page that does not depend on the scan.

    ``at``: its window on the page; ``free``: the ring less other fields, ``room`` its
    pixels; ``seen``: directions that are not wholly printed, into which one can see.
    """

    at: Window
    stencil: _Stencil
    free: Mask
    room: int
    seen: npt.NDArray[np.bool_]


def read_mark(option: OptionBox, place: int, layer: InkLayer) -> MarkReading:
    """The measures of one box; ``place`` is its index on the page's place map."""
    spot = _spot(option.box, place, layer.ground, layer.settings.inside_margin_mm, layer.settings.ring_width_mm)
    frame = layer.ground.outlines[place].seen_in(layer.wide_contrast)
    part = layer.ink[spot.at]
    if not cv2.countNonZero(part):
        return _reading(option, frame)
    ink, stencil = part.view(bool), spot.stencil
    inside, around = ink & stencil.inside, ink & stencil.ring
    count = int(np.count_nonzero(inside))
    outside, inked = _around(around, spot)
    ring = int(np.count_nonzero(inked)) / max(1, int(np.count_nonzero(inked | spot.seen)))
    if not count:
        dark = _darkness(layer.contrast[spot.at], around) if outside or ring else 0.0
        return _reading(option, frame, darkness=dark, outside_ratio=outside, ring_ratio=ring)
    foreign, kept_inside = _belonging(layer.labels[spot.at], inside, around, place, layer.owner)
    _, _, wide, high = cv2.boundingRect(inside.view(np.uint8))
    return _reading(
        option,
        frame,
        ink_ratio=count / stencil.room,
        darkness=_darkness(layer.contrast[spot.at], inside),
        outside_ratio=outside,
        ring_ratio=ring,
        solidity_ratio=solidity(inside, stencil.half_px),
        extent_ratio=min(1.0, float(np.hypot(wide, high)) / stencil.diagonal_px),
        crossing_ratio=crossing(ink, inside),
        straight_ratio=_straight(ink, stencil.inside, count) if _runs_through(inked) else 0.0,
        foreign_ratio=foreign,
        inside_ratio=kept_inside,
        core_ratio=cv2.countNonZero(part[stencil.core]) / stencil.core_room,
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
        core_room=4 * rows * columns,
        ring=ring,
        sectors=np.where(ring, sectors, 0).astype(np.uint8),
        room=int(np.count_nonzero(inside)),
        half_px=min(width, height) / 2 - margin,
        diagonal_px=float(np.hypot(width - 2 * margin, height - 2 * margin)),
    )


@lru_cache(maxsize=4096)
def _spot(box: Box, place: int, ground: Ground, margin_mm: float, ring_mm: float) -> _Spot:
    """A box on its printed page; it keeps its size wherever it stands on the pixel grid."""
    stencil = _stencil(round(box.w * PX_PER_MM), round(box.h * PX_PER_MM), margin_mm, ring_mm)
    shape, (height, width) = stencil.inside.shape, ground.band.shape
    x, y = box.centre
    top = min(max(round(y * PX_PER_MM - shape[0] / 2), 0), height - shape[0])
    left = min(max(round(x * PX_PER_MM - shape[1] / 2), 0), width - shape[1])
    at = slice(top, top + shape[0]), slice(left, left + shape[1])
    places = ground.places[at]
    free = stencil.ring & ((places == 0) | (places == place))
    bare = np.bincount(stencil.sectors[ground.band[at] == 0], minlength=_SECTORS + 1)[1:]
    return _Spot(at=at, stencil=stencil, free=free, room=int(np.count_nonzero(free)), seen=bare >= _SEEN_PX)


def _darkness(contrast: Grey, ink: Mask) -> float:
    return float(cv2.mean(contrast, mask=ink.view(np.uint8))[0]) / 255


def _around(around: Mask, spot: _Spot) -> tuple[float, npt.NDArray[np.bool_]]:
    """Share of the ring inked (other fields left out), and the directions with ink."""
    met = np.bincount(spot.stencil.sectors[around], minlength=_SECTORS + 1)[1:]
    outside = int(np.count_nonzero(around & spot.free)) / spot.room if spot.room else 0.0
    return outside, met >= _MET_PX


def _runs_through(inked: npt.NDArray[np.bool_]) -> bool:
    """Whether ink leaves the box on two sides, about opposite: else no line runs right through."""
    beside = inked | np.roll(inked, 1) | np.roll(inked, -1)
    wide = beside | np.roll(beside, 1) | np.roll(beside, -1)
    return bool((inked & np.roll(wide, _SECTORS // 2)).any())


def _belonging(
    labels: Labels, inside: Mask, around: Mask, place: int, owners: npt.NDArray[np.int64]
) -> tuple[float, float]:
    """Share of the inside ink owned by another field; share of its strokes that is inside."""
    mine = labels[inside]
    count = np.bincount(mine)
    strokes = np.flatnonzero(count)
    owner = owners[strokes]
    foreign = int(count[strokes[(owner != 0) & (owner != place)]].sum())
    beyond = labels[around]
    same = int(np.count_nonzero((beyond[:, None] == strokes).any(axis=1))) if beyond.size else 0
    return foreign / mine.size, mine.size / (mine.size + same)


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
