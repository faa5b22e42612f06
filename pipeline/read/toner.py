"""How the print shows on one page: how dark, how far spread, how far off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from pipeline.model.scan import Floats, Grey
from pipeline.read.ground import KEPT, Ground, Indices, Surround, Window, grey

_SPREAD_SHARES = (0.95, 0.85)
"""Share of each ring that the print's level covers: the print itself is a third of the
first ring, and a hand inks less of a ring than one side of every frame."""
_ENOUGH_PX = 45
_DRIFT_PX = 2
_PLAINLY = 1.12
_IN_PLACE = 0.8
"""Share of the blank's darkness from which a frame is where it should be: a pixel off, it keeps half."""


Shift = tuple[int, int]
"""Rows and columns."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PrintLevel:
    """Contrast up to which each pixel is print on this very page.

    ``level`` falls with the distance from the print; ``core`` is the contrast of the
    print itself by zone and ring (see ``Ground.zones``), 0 far from print.
    """

    level: Grey
    core: Grey


def print_level(contrast: Grey, ground: Ground) -> PrintLevel:
    """How dark the print is here, and how far it spreads (toner, threshold, blur, a small shift).

    All is measured around the frames of each field, which carry little ink; elsewhere
    the page's own typical values hold.
    """
    samples = _samples(ground)
    drifts = _drifts(contrast, samples)
    found = list(zip(samples.surrounds, drifts, _spreads(contrast, samples, drifts), strict=True))
    typical = [int(np.median([values[ring] for *_, values in found])) for ring in range(2)] if found else [255, 128]
    spread, core = _tables(typical, found)
    level = grey(cv2.LUT(ground.zones, spread))
    for around, (rows, columns), values in found:
        if rows or columns or not around.zone:
            level[around.at] = _every_zone(values)[ground.zones[_moved(around.at, -rows, -columns)]]
    return PrintLevel(level=grey(cv2.max(ground.print_level, level)), core=core)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Samples:
    """The surrounds of a page that have lines enough, and their pixels end to end.

    ``line_starts``: where those of each begin; ``darkness``: the sum of their contrast on the blank.
    """

    surrounds: tuple[Surround, ...]
    lines: Indices
    line_starts: Indices
    darkness: Floats
    rings: Indices
    ring_sizes: Indices


@lru_cache(maxsize=KEPT)
def _samples(ground: Ground) -> _Samples:
    """Where a page tells how its print shows."""
    surrounds = tuple(around for around in ground.surrounds if around.lines.size >= _ENOUGH_PX)
    rings, none = [ring for around in surrounds for ring in around.rings], np.zeros(0, np.int32)
    sizes = np.array([around.lines.size for around in surrounds], np.int32)
    return _Samples(
        surrounds=surrounds,
        lines=np.concatenate([none, *(around.lines for around in surrounds)]),
        line_starts=np.cumsum(sizes, dtype=np.int32) - sizes,
        darkness=np.array([around.lines.size * around.darkness for around in surrounds], np.float64),
        rings=np.concatenate([none, *rings]),
        ring_sizes=np.array([ring.size for ring in rings], np.int32),
    )


def _tables(typical: list[int], found: Sequence[tuple[Surround, Shift, tuple[int, int]]]) -> tuple[Grey, Grey]:
    """From zone and ring to the contrast that print reaches there, and to that of the print itself."""
    spread, core = _every_zone(typical), _every_zone([typical[0]] * 2)
    for around, _, values in found:
        if around.zone:
            own = slice(2 * around.zone + 1, 2 * around.zone + 3)
            spread[own], core[own] = values, values[0]
    return spread, core


def _drifts(contrast: Grey, samples: _Samples) -> list[Shift]:
    """Rows and columns by which the frames of each field lie off, where that is plain."""
    flat = contrast.ravel()
    shown = np.add.reduceat(flat.take(samples.lines), samples.line_starts, dtype=np.int64) if samples.surrounds else 0
    paler = np.asarray(shown < _IN_PLACE * samples.darkness).tolist()
    return [
        _drift(flat, contrast.shape[1], around) if off else (0, 0)
        for around, off in zip(samples.surrounds, paler, strict=True)
    ]


def _drift(flat: Grey, width: int, around: Surround) -> Shift:
    """Where the frames of one field are darkest, if that is plain."""
    darkness = flat.take(around.lines + _shifts(width)[:, None]).sum(axis=1, dtype=np.int32)
    side = 2 * _DRIFT_PX + 1
    best, still = int(darkness.argmax()), side * side // 2
    if darkness[best] < _PLAINLY * darkness[still]:
        return 0, 0
    return best // side - _DRIFT_PX, best % side - _DRIFT_PX


@lru_cache(maxsize=4)
def _shifts(width: int) -> Indices:
    """Offsets of all small shifts, row by row, in a page of that width."""
    reach = np.arange(-_DRIFT_PX, _DRIFT_PX + 1)
    return np.asarray((reach[:, None] * width + reach).ravel(), np.int32)


def _moved(at: Window, rows: int, columns: int) -> Window:
    return slice(at[0].start + rows, at[0].stop + rows), slice(at[1].start + columns, at[1].stop + columns)


def _spreads(contrast: Grey, samples: _Samples, drifts: Sequence[Shift]) -> list[tuple[int, int]]:
    """The contrast that all but a small part of either ring of each field stays under, 0 for a ring without pixels."""
    sizes, width = samples.ring_sizes, contrast.shape[1]
    offsets = np.repeat(np.array([rows * width + columns for rows, columns in drifts], np.int32), 2)
    at = samples.rings + np.repeat(offsets, sizes) if offsets.any() else samples.rings
    of_ring = np.repeat(np.arange(sizes.size) * 256, sizes)
    counts = np.bincount(of_ring + contrast.ravel().take(at), minlength=sizes.size * 256).reshape(-1, 256)
    rank = (sizes * np.resize(_SPREAD_SHARES, sizes.size)).astype(np.int64)
    below = np.count_nonzero(counts.cumsum(axis=1) <= rank[:, None], axis=1)
    centiles = np.where(sizes > 0, below, 0).tolist()
    return list(zip(centiles[::2], centiles[1::2], strict=True))


def _every_zone(values: Sequence[int]) -> Grey:
    """A table that gives every zone the same contrasts by ring."""
    table = np.zeros(256, np.uint8)
    table[1:] = np.resize(np.array(values, np.uint8), 255)
    return table
