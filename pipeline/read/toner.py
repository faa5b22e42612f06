"""How the print shows on one page: how dark, how far spread, how far off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from pipeline.model.scan import Grey
from pipeline.read.ground import Ground, Indices, Surround, Window, grey

_SPREAD_SHARES = (0.95, 0.85)
"""Share of each ring that the print's level covers: the print itself is a third of the
first ring, and a hand inks less of a ring than one side of every frame."""
_ENOUGH_PX = 45
_DRIFT_PX = 2
_PLAINLY = 1.12
_IN_PLACE = 0.8
"""Share of the blank's darkness from which a frame is where it should be: a pixel off, it keeps half."""


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
    flat, width = contrast.ravel(), contrast.shape[1]
    found: list[tuple[Surround, tuple[int, int], list[int]]] = []
    for around in ground.surrounds:
        if around.lines.size >= _ENOUGH_PX:
            rows, columns = _drift(flat, width, around)
            offset = rows * width + columns
            values = [
                _centile(flat.take(ring + offset), share)
                for ring, share in zip(around.rings, _SPREAD_SHARES, strict=True)
            ]
            found.append((around, (rows, columns), values))
    typical = [int(np.median([values[ring] for *_, values in found])) for ring in range(2)] if found else [255, 128]
    spread, core = _tables(typical, found)
    level = grey(cv2.LUT(ground.zones, spread))
    for around, (rows, columns), values in found:
        if rows or columns or not around.zone:
            level[around.at] = _every_zone(values)[ground.zones[_moved(around.at, -rows, -columns)]]
    return PrintLevel(level=grey(cv2.max(ground.print_level, level)), core=core)


def _tables(typical: list[int], found: Sequence[tuple[Surround, tuple[int, int], list[int]]]) -> tuple[Grey, Grey]:
    """From zone and ring to the contrast that print reaches there, and to that of the print itself."""
    spread, core = _every_zone(typical), _every_zone([typical[0]] * 2)
    for around, _, values in found:
        if around.zone:
            own = slice(2 * around.zone + 1, 2 * around.zone + 3)
            spread[own], core[own] = values, values[0]
    return spread, core


def _drift(flat: Grey, width: int, around: Surround) -> tuple[int, int]:
    """Rows and columns by which the frames of a field lie off, where that is plain."""
    if float(flat.take(around.lines).mean()) >= _IN_PLACE * around.darkness:
        return 0, 0
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


def _centile(sample: Grey, share: float) -> int:
    """The contrast that all but a small part of a ring stays under."""
    rank = int(sample.size * share)
    return int(np.partition(sample, rank)[rank]) if sample.size else 0


def _every_zone(values: list[int]) -> Grey:
    """A table that gives every zone the same contrasts by ring."""
    table = np.zeros(256, np.uint8)
    table[1:] = np.resize(np.array(values, np.uint8), 255)
    return table
