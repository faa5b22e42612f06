"""The ink of a page: what stands on the paper beyond its printed blank.

One pass of array operations over the page on the canonical grid: paper level estimated
locally, contrast against it, print and creases removed, strokes bridged where they cross the
print, connected strokes labelled and given to the field in which most of their ink lies.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.scan import PX_PER_MM, Grey, RegisteredPage
from pipeline.read import lines
from pipeline.read.creases import creases
from pipeline.read.ground import KEPT, Ground, Places, grey, pad, softened, square
from pipeline.read.paper import contrast_map, paper_level
from pipeline.read.streaks import streaks
from pipeline.read.toner import print_level
from pipeline.settings import ReadSettings

Labels = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]
Pixels = npt.NDArray[np.intp]
"""Numbers of pixels of a page, row after row."""

_EDGING = 0.8
_BESIDE_MM2 = 1.5  # ink beside the print that is writing, though a streak joins it to all it crosses
_SLIVER_PX = 8  # 1.4 mm along a printed line: wider than any stroke that crosses it
_BRIDGE_PX = 9  # a stroke aslant over a fine line and its tolerance; less than two frames side by side


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InkLayer:
    """All ink of one page, in the frame of its blank, and what it was measured by.

    ``contrast``: darkness against the local paper, 0–255, print included; ``ink``: 1
    where there is ink, ``at`` the numbers of these pixels; ``labels``: number of the stroke at each pixel (0: none);
    ``area`` of each stroke in pixels; ``owner``: place of each stroke (0: none);
    ``shares``: pixels of each stroke in each place; ``strokes_in``: strokes met in each
    place; ``paper``: paper level by block, ``paper_median`` that of the page; ``floor``:
    contrast from which a pixel is ink; ``wide_contrast``: darkest of each pixel's neighbours;
    ``specks``: a pixel of each spot that was too small to be a stroke, and is no ink.
    """

    ground: Ground
    settings: ReadSettings
    contrast: Grey
    ink: Grey
    at: Pixels
    labels: Labels
    area: Counts
    owner: Counts
    shares: dict[int, dict[int, int]]
    strokes_in: dict[int, list[int]]
    paper: Grey
    paper_median: float
    floor: int
    wide_contrast: Grey
    specks: Pixels


def ink_of(page: RegisteredPage, ground: Ground, settings: ReadSettings) -> InkLayer:
    """The ink layer of a registered page."""
    pixels = softened(pad(page.pixels))
    paper = paper_level(pixels, ground)
    contrast = contrast_map(pixels, paper)
    paper_median = _median(np.bincount(paper.ravel(), minlength=256))
    floor = _floor(pixels, paper_median, ground, settings)
    ink = _unhidden(_beyond_print(contrast, floor, ground), ground)
    ink = lines.without(streaks(contrast, floor, ground), ink, contrast, ground)
    ink = lines.without(creases(ink, contrast, ground), ink, contrast, ground)
    ink = _unhidden(_bridge(ink, ground), ground)
    labels, strokes = _strokes(ink, ground, settings)
    return InkLayer(
        ground=ground,
        settings=settings,
        contrast=contrast,
        ink=ink,
        at=strokes.at,
        labels=labels,
        area=strokes.area,
        owner=strokes.owner,
        shares=strokes.shares,
        strokes_in=strokes.met,
        paper=paper,
        paper_median=paper_median,
        floor=floor,
        wide_contrast=grey(cv2.dilate(contrast, square(3))),
        specks=strokes.specks,
    )


def _floor(pixels: Grey, paper_median: float, ground: Ground, settings: ReadSettings) -> int:
    """Contrast from which a pixel is ink, raised on grainy paper."""
    # Differences at a distance where the blur leaves grain independent: their median
    # depends neither on writing nor on stains.
    at, flat = _grain_at(ground), pixels.ravel()
    count = np.bincount(np.abs(np.subtract(flat[at], flat[at - 3], dtype=np.int16)), minlength=256)
    typical = _median(count)
    # The mean of |difference| is 1.13 deviations; edges of ink are capped.
    capped = np.minimum(np.arange(256), 3 * typical + 1)
    deviation = float(count @ capped) / max(at.size, 1) / 1.13
    deviation *= 255 / max(paper_median, 1.0)
    return round(min(max(settings.ink_floor_ratio * 255, settings.noise_factor * deviation), 100.0))


def _median(count: Counts) -> float:
    """The median of bytes, from how often each is there."""
    below = count.cumsum()
    half = (int(below[-1]) - 1) / 2
    return float(np.searchsorted(below, [math.floor(half), math.ceil(half)], side="right").mean())


@lru_cache(maxsize=KEPT)
def _grain_at(ground: Ground) -> Pixels:
    """Some pixels of bare paper (flat), with their neighbours to the left."""
    height, width = ground.print_level.shape
    down, across = np.meshgrid(np.arange(5, height, 9), np.arange(3, width, 7), indexing="ij")
    return np.asarray((down * width + across)[ground.bare[down // 2, across // 2] > 0], np.intp)


def _beyond_print(contrast: Grey, floor: int, ground: Ground) -> Grey:
    """1 where a pixel is darker than the paper and the print can make it.

    A shifted or thickened line leaves long thin slivers beside itself, no darker than the
    print: they go.  A stroke that crosses the line is short along it and stays.
    """
    printed = print_level(contrast, ground)
    ink = grey(cv2.threshold(cv2.subtract(contrast, printed.level), floor, 1, cv2.THRESH_BINARY)[1])
    at = np.flatnonzero(ink.view(bool))
    zone = ground.zones.ravel()[at]
    beside = (zone > 0) & (contrast.ravel()[at] <= np.minimum(printed.core[zone], 255 - floor) + floor)
    slivers = at[beside]
    ink.ravel()[slivers[_in_long_run(slivers, ink.shape)]] = 0
    return ink


def _in_long_run(at: Pixels, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Which of some pixels (flat, ascending) lie in a level or upright run as long as a sliver."""
    level = _run_lengths(at) >= _SLIVER_PX
    rows, columns = np.divmod(at, shape[1])
    down = columns * (shape[0] + 1) + rows  # columns end to end, a gap between them
    order = np.argsort(down, kind="stable")
    upright = np.empty(at.size, bool)
    upright[order] = _run_lengths(down[order]) >= _SLIVER_PX
    return level | upright


def _run_lengths(ascending: Pixels) -> Pixels:
    """For each of some ascending numbers, how many lie in its run without a gap."""
    start = np.flatnonzero(np.diff(ascending, prepend=-2) != 1)
    lengths = np.diff(start, append=ascending.size)
    return np.repeat(lengths, lengths)


def _unhidden(ink: Grey, ground: Ground) -> Grey:
    """The ink outside what is never measured."""
    for window in ground.hidden:
        ink[window] = 0
    return ink


def _bridge(ink: Grey, ground: Ground) -> Grey:
    """Ink restored on printed lines that a stroke crosses: inked on both sides."""
    bridged = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, square(_BRIDGE_PX))
    cv2.bitwise_and(bridged, ground.band, dst=bridged)
    return grey(cv2.bitwise_or(ink, bridged, dst=bridged))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Strokes:
    """Pixels of ink, one of each speck; area and owner of strokes, their pixels by place, strokes met in each place."""

    at: Pixels
    specks: Pixels
    area: Counts
    owner: Counts
    shares: dict[int, dict[int, int]]
    met: dict[int, list[int]]


def _strokes(ink: Grey, ground: Ground, settings: ReadSettings) -> tuple[Labels, _Strokes]:
    """Strokes numbered, specks taken out of ``ink``, each given to the place that holds most of it."""
    count, numbered = cv2.connectedComponents(ink, connectivity=8, ltype=cv2.CV_32S)
    labels = np.asarray(numbered, np.int32)
    at = np.flatnonzero(ink.view(bool))
    stroke = labels.ravel()[at]
    area = np.bincount(stroke, minlength=count)
    speck = area < settings.speck_mm2 * PX_PER_MM**2
    # What lies almost wholly along the print is the print itself, a little off.
    edging = np.bincount(stroke[ground.band.ravel()[at] > 0], minlength=count)
    print_alone = (edging > _EDGING * area) & (area - edging < _BESIDE_MM2 * PX_PER_MM**2)
    gone = (speck | print_alone)[stroke]
    lost, small = at[gone], speck[stroke]
    specks = at[small][np.unique(stroke[small], return_index=True)[1]]
    ink.ravel()[lost] = 0
    labels.ravel()[lost] = 0
    at, stroke = at[~gone], stroke[~gone]
    shares = _shares_of(stroke, ground.places.ravel()[at], len(ground.place_of) + 1)
    owner, met = _owners_of(shares, count)
    return labels, _Strokes(at=at, specks=specks, area=area, owner=owner, shares=shares, met=met)


def _owners_of(shares: dict[int, dict[int, int]], count: int) -> tuple[Counts, dict[int, list[int]]]:
    """The place that holds most of each of so many strokes, 0 for none, and the strokes met in each place."""
    owner = np.zeros(count, np.int64)
    met: dict[int, list[int]] = {}
    for number, by_place in shares.items():
        owner[number] = max(by_place, key=lambda place: (by_place[place], -place))
        for place in by_place:
            met.setdefault(place, []).append(number)
    return owner, met


def _shares_of(stroke: Labels, place: Places, places: int) -> dict[int, dict[int, int]]:
    """Pixels of each stroke in each place, places without any left out."""
    owned = place > 0
    pixels = np.bincount(stroke[owned].astype(np.int64) * places + place[owned])
    shares: dict[int, dict[int, int]] = {}
    pairs = np.flatnonzero(pixels)
    for key, number in zip(pairs.tolist(), pixels[pairs].tolist(), strict=True):
        shares.setdefault(key // places, {})[key % places] = number
    return shares


def relabelled(layer: InkLayer, gone: npt.NDArray[np.bool_]) -> InkLayer:
    """The layer without some of its pixels (in the order of ``at``): strokes that lost a part are numbered anew."""
    ink, labels, area = layer.ink.copy(), layer.labels.copy(), layer.area
    stroke = labels.ravel()[layer.at]
    changed = np.zeros(area.size, bool)
    changed[stroke[gone]] = True
    ink.ravel()[layer.at[gone]] = 0
    labels.ravel()[layer.at[changed[stroke]]] = 0
    rest = layer.at[changed[stroke] & ~gone]
    count, fresh = _numbered(rest, ink.shape)
    sizes = np.bincount(fresh, minlength=count)
    speck = sizes < layer.settings.speck_mm2 * PX_PER_MM**2
    ink.ravel()[rest[speck[fresh]]] = 0
    rest, fresh = rest[~speck[fresh]], fresh[~speck[fresh]]
    labels.ravel()[rest] = fresh + area.size
    shares = {number: share for number, share in layer.shares.items() if not changed[number]}
    there = _shares_of(fresh, layer.ground.places.ravel()[rest], len(layer.ground.place_of) + 1)
    shares |= {number + area.size: share for number, share in there.items()}
    owner, met = _owners_of(shares, area.size + count)
    return replace(
        layer,
        ink=ink,
        at=np.flatnonzero(ink),
        labels=labels,
        area=np.concatenate([np.where(changed, 0, area), np.where(speck, 0, sizes)]),
        owner=owner,
        shares=shares,
        strokes_in=met,
    )


def _numbered(pixels: Pixels, shape: tuple[int, ...]) -> tuple[int, npt.NDArray[np.int32]]:
    """How many strokes some pixels make, the ground counted too, and the stroke of each; looked at where they lie."""
    if not pixels.size:
        return 1, np.zeros(0, np.int32)
    rows, columns = np.divmod(pixels, shape[1])
    top, left = int(rows.min()), int(columns.min())
    canvas = np.zeros((int(rows.max()) - top + 1, int(columns.max()) - left + 1), np.uint8)
    place = (rows - top) * canvas.shape[1] + columns - left
    canvas.ravel()[place] = 1
    count, numbered = cv2.connectedComponents(canvas, connectivity=8, ltype=cv2.CV_32S)
    return count, np.asarray(numbered, np.int32).ravel()[place]
