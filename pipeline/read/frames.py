"""The printed outlines of boxes and cells: how much of each is seen in place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.model.scan import Grey
from pipeline.read.boxes import Counts
from pipeline.read.ground import Ground, Indices
from pipeline.read.inkmap import InkLayer

_SIDES = 4

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """How much of one printed outline is seen in place, 0–1, and of the worst seen of its four sides.

    Both are 1 where none is printed.
    """

    seen: float = 1.0
    side: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Outlines:
    """Pixels of some printed outlines, side after side, and what a side's mean contrast is worth.

    ``starts`` and ``counts`` tell the pixels of each side, ``firsts`` the first side of each outline;
    ``expected`` is the contrast of each outline on the blank, ``which`` its rank among the places.
    """

    pixels: Indices
    starts: Counts
    counts: Counts
    firsts: Counts
    expected: Values
    which: Counts


def frames_of(places: Iterable[int], layer: InkLayer) -> list[Frame]:
    """How the outlines of some places are seen on a page, in their order.

    Each pixel counts as the darkest of its neighbours: half a pixel of shift thins a fine line.
    Lines of a note over a box cross its hidden outline, but never all four of its sides.
    """
    places = tuple(places)
    frames = [Frame()] * len(places)
    lines = _outlines(places, layer.ground)
    if not lines.which.size:
        return frames
    sums = np.add.reduceat(layer.wide_contrast.ravel()[lines.pixels], lines.starts, dtype=np.int64)
    whole = np.add.reduceat(sums, lines.firsts) / np.add.reduceat(lines.counts, lines.firsts)
    least = np.minimum.reduceat(sums / lines.counts, lines.firsts)
    shares = np.minimum(np.stack([whole, least]) / lines.expected, 1.0).tolist()
    for rank, seen, side in zip(lines.which.tolist(), *shares, strict=True):
        frames[rank] = Frame(seen=seen, side=side)
    return frames


@lru_cache(maxsize=64)
def _outlines(places: tuple[int, ...], ground: Ground) -> _Outlines:
    """Where the printed outlines of some places are looked for."""
    width = ground.band.shape[1]
    pixels: list[Indices] = []
    firsts, which = [], []
    for rank, outline in enumerate(ground.outlines[place] for place in places):
        if outline.expected > 0:
            firsts.append(len(pixels))
            which.append(rank)
            corner = outline.at[0].start * width + outline.at[1].start
            pixels += [corner + rows * width + columns for rows, columns in _sides(outline.core)]
    counts = np.array([side.size for side in pixels], np.intp)
    return _Outlines(
        pixels=np.concatenate(pixels).astype(np.int32) if pixels else np.zeros(0, np.int32),
        starts=np.cumsum(counts) - counts,
        counts=counts,
        firsts=np.array(firsts, np.intp),
        expected=np.array([ground.outlines[places[rank]].expected for rank in which]),
        which=np.array(which, np.intp),
    )


def _sides(core: Grey) -> list[tuple[Counts, Counts]]:
    """Rows and columns of the pixels of an outline by the nearest edge of its window, sides without any left out."""
    rows, columns = np.nonzero(core)
    height, width = core.shape
    nearest = np.argmin([rows, height - 1 - rows, columns, width - 1 - columns], axis=0)
    sides = [(rows[nearest == side], columns[nearest == side]) for side in range(_SIDES)]
    return [side for side in sides if side[0].size]
