"""Straight lines of a dirty glass, straight down or straight across the page, however pale.

A line that hardly passes the floor of ink breaks into dashes that nobody can follow, and each
dash looks like a stroke.  But dirt on a glass draws one straight line over the whole side:
summed along its way it stands out where no single pixel does (a matched filter).  It must
show in two opposite margins, where nobody writes, and on most of its way between them.

Darkness here is summed across three columns: what a line takes away from the paper, however
its width lies on the pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.scan import PX_PER_MM, Floats, Grey
from pipeline.read.ground import KEPT, Ground, grey
from pipeline.read.lines import Line, bare

_NEAR_MM, _FAR_MM = 2.5, 7.0
"""The margin in which a line is met: past the edge of the paper, before any field."""
_LEAN = 0.03  # how far a line leans over its length: a page scanned askew, about 2 degrees
_MET, _SEEN, _PALEST = 0.5, 0.4, 0.7
"""Of the floor of ink: what a line takes away in a margin, in a part of its way, on the whole of it."""
_MOST = 0.75  # share of its way on which it is seen
_CAP = 2.5  # of the floor of ink: what is darker is writing, and proves no more than a pale line
_PART_MM = 8.0
_BARE_PX = 6  # bare pixels from which a margin or a part says something
_KNOWN = 0.4  # share of its way on bare paper
_ASIDE_PX = 10  # surroundings of a line
_BENDS_PX = 3  # paper was straightened, and the line with it bent
_SHADOW_PX = 25  # shadows are broader
_DARKEST = 80  # percentile of a line's contrast

Counts = npt.NDArray[np.int32]
Columns = npt.NDArray[np.intp]


def streaks(contrast: Grey, floor: int, ground: Ground) -> Iterator[Line]:
    """The straight lines on a page, by its contrast (0–255) in the frame of its ``ground``.

    ``floor`` is the contrast from which a pixel is ink.
    """
    for turned, margins in enumerate(_bare_margins(ground)):
        dark = contrast.T if turned else contrast
        ways = list(_ways(dark, margins, floor))
        if not ways:
            continue
        clear = bare(ground).T if turned else bare(ground)
        for way in ways:
            line = _line(dark, clear, way, floor)
            if line is not None:
                yield replace(line, points=line.points[:, ::-1]) if turned else line


@dataclass(frozen=True, slots=True, eq=False)
class _Margin:
    """What is bare of a margin, 255 where it is, and how much of each of its columns."""

    bare: Grey
    count: Counts


@lru_cache(maxsize=KEPT)
def _bare_margins(ground: Ground) -> tuple[tuple[_Margin, _Margin], tuple[_Margin, _Margin]]:
    """The margins at the top and at the bottom, at the left and at the right (turned)."""
    seen = grey(bare(ground) * np.uint8(255))
    first, second, third, fourth = (
        _Margin(margin, np.count_nonzero(margin, axis=0).astype(np.int32))
        for margin in (*_margins(seen), *_margins(seen.T))
    )
    return (first, second), (third, fourth)


def _margins(page: Grey) -> tuple[Grey, Grey]:
    """The margin at the top and the one at the bottom."""
    near, far = round(_NEAR_MM * PX_PER_MM), round(_FAR_MM * PX_PER_MM)
    height = page.shape[0]
    return np.ascontiguousarray(page[near:far]), np.ascontiguousarray(page[height - far : height - near])


def _ways(dark: Grey, seen: tuple[_Margin, _Margin], floor: int) -> Iterator[Floats]:
    """The straight ways, a column for each row, between what is met in the margins at the top and at the bottom."""
    height = dark.shape[0]
    first = (_NEAR_MM + _FAR_MM) / 2 * PX_PER_MM
    length = height - 2 * first
    above, below = _margins(dark)
    tops = _met(above, seen[0], floor)
    bottoms = _met(below, seen[1], floor) if tops.size else tops
    for top in tops:
        for bottom in bottoms[np.abs(bottoms - top) <= _LEAN * length]:
            yield top + (bottom - top) / length * (np.arange(height) - first)


def _met(margin: Grey, seen: _Margin, floor: int) -> Columns:
    """Columns of a margin in which a line crosses it, one a line."""
    dark = cv2.bitwise_and(np.minimum(margin, round(_CAP * floor)), seen.bare)
    total = cv2.reduce(dark, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[0]
    mean = np.where(seen.count >= _BARE_PX, total / np.maximum(seen.count, 1), 0.0)
    around = cv2.medianBlur(grey(np.rint(mean))[None], _SHADOW_PX)[0]
    taken = np.convolve(mean - around, np.ones(3), "same")
    edge = round(_NEAR_MM * PX_PER_MM)
    taken[:edge] = taken[-edge:] = 0
    peak = cv2.dilate(taken[None], np.ones((1, 2 * _BENDS_PX + 1)))[0]
    return np.flatnonzero((taken >= _MET * floor) & (taken == peak))


def _line(dark: Grey, clear: Grey, way: Floats, floor: int) -> Line | None:
    """The line that goes a way, given as a column for each row; None when most of it shows none."""
    height, width = dark.shape
    rows, part = np.arange(height), round(_PART_MM * PX_PER_MM)
    starts = np.arange(0, height, part)
    columns = np.clip(np.rint(way).astype(np.intp)[:, None] + np.arange(-_ASIDE_PX, _ASIDE_PX + 1), 0, width - 1)
    known = clear[rows[:, None], columns].astype(np.int32)
    seen = dark[rows[:, None], columns] * known
    count = np.add.reduceat(known, starts, axis=0)
    taken = _taken(np.add.reduceat(np.minimum(seen, round(_CAP * floor)), starts, axis=0), count)
    aside = _bent(taken, _SEEN * floor)
    parts = np.arange(starts.size)
    says = count[parts, aside] >= _BARE_PX
    found = taken[parts, aside][says]
    if says.mean() < _KNOWN or (found >= _SEEN * floor).mean() < _MOST or found.mean() < _PALEST * floor:
        return None
    at = np.repeat(aside, part)[:height]
    on_line = seen[rows, at]
    middles = np.concatenate([[0], np.minimum(starts + part // 2, height - 1), [height - 1]])
    return Line(
        points=np.column_stack([columns[middles, at[middles]], middles]).astype(np.float64),
        width_px=_width(seen, known, at),
        contrast=float(np.percentile(on_line[known[rows, at] > 0], _DARKEST)),
    )


def _taken(total: Counts, count: Counts) -> Floats:
    """What a line at each column takes away from the paper around it, part by part of its way."""
    mean = np.where(count >= _BARE_PX, total / np.maximum(count, 1), np.nan)
    mean[np.isnan(mean).all(axis=1)] = 0.0
    beyond = np.nan_to_num(mean - np.nanmedian(mean, axis=1)[:, None])
    return np.asarray(cv2.blur(beyond, (3, 1), borderType=cv2.BORDER_REPLICATE) * 3, np.float64)


def _bent(taken: Floats, least: float) -> Columns:
    """The column of the line in each part: where all of it is best seen straight, or a little aside if seen there."""
    first = int(taken[:, _BENDS_PX:-_BENDS_PX].sum(axis=0).argmax())
    near = taken[:, first : first + 2 * _BENDS_PX + 1]
    return np.asarray(first + np.where(near.max(axis=1) >= least, near.argmax(axis=1), _BENDS_PX), np.intp)


def _width(seen: Counts, known: Counts, at: Columns) -> float:
    """How many columns around its middle a line darkens by a third of its own darkness."""
    rows, reach = np.arange(at.size)[:, None], np.arange(-_BENDS_PX, _BENDS_PX + 1)
    near = np.clip(at[:, None] + reach, 0, seen.shape[1] - 1)
    mean = seen[rows, near].sum(axis=0) / np.maximum(known[rows, near].sum(axis=0), 1)
    return float(np.count_nonzero(mean - mean.min() >= (mean.max() - mean.min()) / 3))
