"""Measures of tick boxes: how much ink, of what shape, and whose it is.

No verdict here.  Typical values by kind of mark stand in ``tests/read/RANGES.md``.  All boxes
of a page are measured at once: their ink is one list of pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.layout import FieldBox
from pipeline.model.reading import MarkReading
from pipeline.read.boxes import SECTORS, Counts, Pixels, Spot, Windows, spot_of
from pipeline.read.frames import frames_of
from pipeline.read.ground import Ground
from pipeline.read.inkmap import InkLayer
from pipeline.read.strokes import best_lines, crossings, solidities

_MET_PX = 2  # inked pixels of the ring from which a direction holds ink
_ASIDE = 2  # directions from the one right opposite in which a line may still leave the box
_RIGHT = SECTORS // 2  # directions count from the left, where the last meets the first
_LEVEL = 2  # directions above and below the level in which a level line leaves a box
_LEVEL_DEG = 22.0
_NOTHING = dict.fromkeys(
    (
        "ink_ratio", "darkness", "outside_ratio", "ring_ratio", "solidity_ratio", "extent_ratio", "crossing_ratio",
        "straight_ratio", "foreign_ratio", "inside_ratio", "core_ratio", "level_ratio",
    ),
    0.0,
)  # fmt: skip

Mask = npt.NDArray[np.bool_]
Values = npt.NDArray[np.float64]


def read_marks(fields: Iterable[FieldBox], layer: InkLayer) -> dict[str, tuple[MarkReading, ...]]:
    """The measures of every tick box of some fields of a page, by the name of the field."""
    fields = tuple(fields)
    read, ground = layer.settings, layer.ground
    spots = [
        spot_of(option.box, ground.place_of[field.name, rank], ground, read.inside_margin_mm, read.ring_width_mm)
        for field in fields
        for rank, option in enumerate(field.options)
    ]
    places = [spot.place for spot in spots]
    frames = dict(zip(places, frames_of(places, layer), strict=True))
    specks = dict(zip(places, _specks(spots, layer), strict=True))
    inked = [spot for spot in spots if cv2.countNonZero(layer.ink[spot.at])]
    measures: dict[int, Mapping[str, float]] = {}
    for _, alike in groupby(sorted(inked, key=_size), key=_size):
        group = list(alike)
        measures |= zip((spot.place for spot in group), _measures(Windows.of(group, layer), layer), strict=True)
    return {
        field.name: tuple(
            MarkReading(
                option=option.value,
                frame_ratio=frames[place].seen,
                side_ratio=frames[place].side,
                specks=specks[place],
                **measures.get(place, _NOTHING),
            )
            for rank, option in enumerate(field.options)
            for place in (ground.place_of[field.name, rank],)
        )
        for field in fields
    }


def _size(spot: Spot) -> tuple[int, ...]:
    return spot.stencil.inside.shape


def _specks(spots: Sequence[Spot], layer: InkLayer) -> list[float]:
    """Spots inside each box that are too small to be strokes, beyond what bare paper shows by chance."""
    if not layer.specks.size or not spots:
        return [0.0] * len(spots)
    number = np.zeros(len(layer.ground.place_of) + 1, np.intp)
    number[[spot.place for spot in spots]] = np.arange(len(spots))
    windows = np.array([[part for side in spot.clear for part in (side.start, side.stop)] for spot in spots])
    rows, columns = np.divmod(layer.specks, layer.ink.shape[1])
    places = layer.ground.places.ravel()[layer.specks]
    box = number[places]
    top, bottom, left, right = windows[box].T
    inside = (rows >= top) & (rows < bottom) & (columns >= left) & (columns < right)
    found = np.bincount(box[inside], minlength=len(spots))
    on_bare = np.count_nonzero((places == 0) & (layer.ground.bare[rows // 2, columns // 2] > 0))
    chance = on_bare / _bare_px(layer.ground) * (windows[:, 1] - windows[:, 0]) * (windows[:, 3] - windows[:, 2])
    return [float(more) for more in np.maximum(found - 2 * chance - np.sqrt(chance), 0.0)]


@lru_cache(maxsize=32)
def _bare_px(ground: Ground) -> int:
    """Pixels of the page that bear no print and belong to no field."""
    owned = ground.places[: 2 * ground.bare.shape[0] : 2, : 2 * ground.bare.shape[1] : 2] > 0
    return max(1, 4 * int(np.count_nonzero((ground.bare > 0) & ~owned)))


def _measures(windows: Windows, layer: InkLayer) -> list[dict[str, float]]:
    """What is measured of the ink in and around boxes of one size, by name."""
    stencil = windows.spots[0].stencil
    inside, around = windows.pixels.where(stencil.inside), windows.pixels.where(stencil.ring)
    count = inside.each
    outside, ring, met = _around(around, windows.spots, layer.ground)
    foreign, kept_inside = _belonging(inside, around, windows.spots, layer)
    dark = np.where(count > 0, inside.mean(layer.contrast), around.mean(layer.contrast) * ((outside > 0) | (ring > 0)))
    found: dict[str, Values] = {
        "ink_ratio": count / stencil.room,
        "darkness": dark / 255,
        "outside_ratio": outside,
        "ring_ratio": ring,
        "solidity_ratio": solidities(windows.ink[:, *stencil.heart], stencil.half_px),
        "extent_ratio": np.minimum(_extent_px(inside, windows.ink.shape[2]) / stencil.diagonal_px, 1.0),
        "crossing_ratio": crossings(windows.ink, inside),
        "straight_ratio": _straight(windows.ink, stencil.inside, count, _run_through(met)),
        "foreign_ratio": foreign,
        "inside_ratio": kept_inside,
        "core_ratio": windows.pixels.where(stencil.core).each / stencil.core_room,
        "level_ratio": _straight(windows.ink, stencil.inside, count, _run_across(met), _LEVEL_DEG),
    }
    columns = [values.tolist() for values in found.values()]
    return [dict(zip(found, row, strict=True)) for row in zip(*columns, strict=True)]


def _around(around: Pixels, spots: Sequence[Spot], ground: Ground) -> tuple[Values, Values, Mask]:
    """Share of each ring inked (other fields left out), share of directions with ink, and these directions."""
    own = np.array([spot.place for spot in spots])
    place = ground.places.ravel()[around.page]
    free = around.kept((place == 0) | (place == own[around.window])).each
    outside = free / np.maximum([spot.room for spot in spots], 1)
    sector = spots[0].stencil.sectors.ravel()[around.at]
    key = around.window * np.int32(SECTORS) + sector - np.int32(1)
    met = np.bincount(key, minlength=SECTORS * len(spots)).reshape(len(spots), SECTORS) >= _MET_PX
    seen = np.stack([spot.seen for spot in spots])
    ring = np.count_nonzero(met, axis=1) / np.maximum(np.count_nonzero(met | seen, axis=1), 1)
    return outside, ring, met


def _extent_px(inside: Pixels, across: int) -> Values:
    """Diagonal of the rectangle that holds the ink inside, 0 where there is none."""
    found = np.zeros(inside.count)
    starts = np.flatnonzero(np.diff(inside.window, prepend=-1))
    if starts.size:
        sides = [
            np.maximum.reduceat(line, starts) - np.minimum.reduceat(line, starts) + 1
            for line in np.divmod(inside.at, np.int32(across))
        ]
        found[inside.window[starts]] = np.hypot(*sides)
    return found


def _belonging(inside: Pixels, around: Pixels, spots: Sequence[Spot], layer: InkLayer) -> tuple[Values, Values]:
    """Share of the inside ink owned by another field; share of its strokes that is inside."""
    labels, base = layer.labels.ravel(), layer.owner.size
    strokes, pixels = np.unique(inside.window.astype(np.int64) * base + labels[inside.page], return_counts=True)
    window, stroke = np.divmod(strokes, base)
    owner = layer.owner[stroke]
    others = (owner != 0) & (owner != np.array([spot.place for spot in spots])[window])
    foreign = np.bincount(window[others], weights=pixels[others], minlength=inside.count)
    same = around.kept(np.isin(around.window.astype(np.int64) * base + labels[around.page], strokes)).each
    return foreign / np.maximum(inside.each, 1), inside.each / np.maximum(inside.each + same, 1)


def _straight(ink: Mask, inside: Mask, count: Counts, through: Mask, tilt_deg: float = 90.0) -> Values:
    """Share of each inside ink within the straight line that holds most of a window's ink.

    Only where that line runs right through the window, and where one may.
    """
    found = np.zeros(count.size)
    tried = np.flatnonzero((count > 0) & through)
    if tried.size:
        lines, (height, width) = best_lines(ink[tried], tilt_deg), ink.shape[1:]
        chord = (np.array([height, width]) / np.maximum(np.abs(lines.normal), 1e-6)).min(axis=1)
        in_line = np.bincount(lines.image, weights=inside.ravel()[lines.at], minlength=tried.size)
        runs_through = np.clip((lines.length_px / chord - 0.5) / 0.4, 0.0, 1.0)
        found[tried] = np.minimum(1.0, in_line / count[tried] * runs_through)
    return found


def _run_through(met: Mask) -> Mask:
    """Whether ink leaves each box on two sides, about opposite: else no line runs right through."""
    apart = np.abs(np.subtract.outer(np.arange(SECTORS), np.arange(SECTORS)))
    opposite = np.abs(apart - SECTORS // 2) <= _ASIDE
    return np.asarray((met & (met @ opposite)).any(axis=1), bool)


def _run_across(met: Mask) -> Mask:
    """Whether ink leaves each box on the left and on the right: else no level line strikes it out."""
    to_right, to_left = met[:, _RIGHT - _LEVEL : _RIGHT + _LEVEL], np.roll(met, _LEVEL, axis=1)[:, : 2 * _LEVEL]
    return np.asarray(to_right.any(axis=1) & to_left.any(axis=1), bool)
