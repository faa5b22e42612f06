"""The ink of a page: what stands on the paper beyond its printed blank.

One pass of array operations over the page on the canonical grid: paper level estimated
locally, contrast against it, print removed, strokes bridged where they cross the print,
connected strokes labelled and given to the field in which most of their ink lies.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.scan import PX_PER_MM, Grey, RegisteredPage
from pipeline.read.ground import Ground, grey, pad
from pipeline.read.paper import contrast_map, paper_level, straighten
from pipeline.read.toner import print_level
from pipeline.settings import ReadSettings

Labels = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]

_EDGING = 0.8
_SLIVER_PX = 11  # 1.4 mm along a printed line: wider than any stroke that crosses it
_BRIDGE_PX = 11  # a stroke aslant over a fine line and its tolerance; less than two frames side by side


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InkLayer:
    """All ink of one page, in the frame of its blank, and what it was measured by.

    ``contrast``: darkness against the local paper, 0–255, print included; ``ink``: 1
    where there is ink; ``labels``: number of the stroke at each pixel (0: none);
    ``area`` of each stroke in pixels; ``owner``: place of each stroke (0: none);
    ``shares``: pixels of each stroke in each place; ``strokes_in``: strokes met in each
    place; ``paper``: paper level by block, ``paper_median`` that of the page; ``floor``:
    contrast from which a pixel is ink; ``wide_contrast``: darkest of each pixel's neighbours.
    """

    ground: Ground
    settings: ReadSettings
    contrast: Grey
    ink: Grey
    labels: Labels
    area: Counts
    owner: Counts
    shares: dict[int, dict[int, int]]
    strokes_in: dict[int, list[int]]
    paper: Grey
    paper_median: float
    floor: int
    wide_contrast: Grey


def ink_of(page: RegisteredPage, ground: Ground, settings: ReadSettings) -> InkLayer:
    """The ink layer of a registered page."""
    pixels = grey(cv2.GaussianBlur(pad(straighten(page.pixels, page.displacement)), (3, 3), 0))
    paper = paper_level(pixels, ground)
    contrast = contrast_map(pixels, paper)
    paper_median = float(np.median(paper))
    floor = _floor(pixels, paper_median, ground, settings)
    ink = _bridge(_beyond_print(contrast, floor, ground), ground)
    cv2.bitwise_and(ink, ground.hidden, dst=ink)
    labels, strokes = _strokes(ink, ground, settings)
    return InkLayer(
        ground=ground,
        settings=settings,
        contrast=contrast,
        ink=ink,
        labels=labels,
        area=strokes.area,
        owner=strokes.owner,
        shares=strokes.shares,
        strokes_in=strokes.met,
        paper=paper,
        paper_median=paper_median,
        floor=floor,
        wide_contrast=grey(cv2.dilate(contrast, np.ones((3, 3), np.uint8))),
    )


def _floor(pixels: Grey, paper_median: float, ground: Ground, settings: ReadSettings) -> int:
    """Contrast from which a pixel is ink, raised on grainy paper."""
    # Differences at a distance where the blur leaves grain independent: their median
    # depends neither on writing nor on stains.
    rows, bare = pixels[5::9], ground.bare[5::9]
    step = np.abs(rows[:, 3::7].astype(np.int16) - rows[:, :-3:7][:, : rows[:, 3::7].shape[1]])
    grain = step[bare[:, 3::7] > 0]
    typical = float(np.median(grain)) if grain.size else 0.0
    # The mean of |difference| is 1.13 deviations; edges of ink are capped.
    deviation = float(np.minimum(grain, 3 * typical + 1).mean()) / 1.13 if grain.size else 0.0
    deviation *= 255 / max(paper_median, 1.0)
    return round(min(max(settings.ink_floor_ratio * 255, settings.noise_factor * deviation), 100.0))


def _beyond_print(contrast: Grey, floor: int, ground: Ground) -> Grey:
    """1 where a pixel is darker than the paper and the print can make it.

    A shifted or thickened line leaves long thin slivers beside itself, no darker than the
    print: they go.  A stroke that crosses the line is short along it and stays.
    """
    printed = print_level(contrast, ground)
    ink = grey(cv2.threshold(cv2.subtract(contrast, printed.level), floor, 1, cv2.THRESH_BINARY)[1])
    no_darker = cv2.threshold(cv2.subtract(contrast, printed.core), floor, 1, cv2.THRESH_BINARY_INV)[1]
    beside = cv2.bitwise_and(cv2.bitwise_and(ink, grey(cv2.min(ground.rings, np.ones_like(ink)))), no_darker)
    for shape in ((1, _SLIVER_PX), (_SLIVER_PX, 1)):
        ink = grey(cv2.subtract(ink, cv2.morphologyEx(beside, cv2.MORPH_OPEN, np.ones(shape, np.uint8))))
    return ink


def _bridge(ink: Grey, ground: Ground) -> Grey:
    """Ink restored on printed lines that a stroke crosses: inked on both sides."""
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((_BRIDGE_PX, _BRIDGE_PX), np.uint8))
    return grey(cv2.bitwise_or(ink, cv2.bitwise_and(closed, ground.band)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Strokes:
    """Area and owner of every stroke, its pixels by place, and the strokes met in each place."""

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
    edging = np.bincount(stroke, weights=ground.band.ravel()[at] > 0, minlength=count)
    gone = speck | (edging > _EDGING * area)
    lost, kept = at[gone[stroke]], ~gone[stroke]
    ink.ravel()[lost] = 0
    labels.ravel()[lost] = 0
    shares = _shares(stroke[kept], ground.places.ravel()[at[kept]], len(ground.place_of) + 1)
    owner = np.zeros(count, np.int64)
    met: dict[int, list[int]] = {}
    for number, by_place in shares.items():
        owner[number] = max(by_place, key=lambda place: (by_place[place], -place))
        for place in by_place:
            met.setdefault(place, []).append(number)
    return labels, _Strokes(area=area, owner=owner, shares=shares, met=met)


def _shares(stroke: Labels, place: npt.NDArray[np.int16], places: int) -> dict[int, dict[int, int]]:
    """Pixels of each stroke in each place, places without any left out."""
    owned = place > 0
    pixels = np.bincount(stroke[owned].astype(np.int64) * places + place[owned])
    shares: dict[int, dict[int, int]] = {}
    pairs = np.flatnonzero(pixels)
    for key, number in zip(pairs.tolist(), pixels[pairs].tolist(), strict=True):
        shares.setdefault(key // places, {})[key % places] = number
    return shares
