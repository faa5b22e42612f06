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

from pipeline.model.scan import PX_PER_MM, Displacement, Grey, RegisteredPage
from pipeline.read.ground import BLOCK, Ground, by_block, grey, pad
from pipeline.settings import ReadSettings

Labels = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

_NEGLIGIBLE_MM = 0.04
_PAPER_SPAN = 9  # blocks: ink narrower than 9 mm does not lower the paper level
_KNOWN_SHARE = 96  # of 255: blocks with less bare paper say nothing
_NEARLY_PAPER = 0.88
_DARKEST_PAPER = 50
_EDGING = 0.8
_SPREAD_SHARE = 0.85  # ink of a hand covers less than the rest of a ring; one side of every frame is more
_ENOUGH_PX = 200
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


def straighten(pixels: Grey, displacement: Displacement) -> Grey:
    """The page brought back onto its blank: the displacement of the paper undone."""
    height, width = pixels.shape
    step = BLOCK * 4
    rows, columns = np.arange(0, height + step, step), np.arange(0, width + step, step)
    x_mm, y_mm = np.meshgrid((columns + 0.5) / PX_PER_MM, (rows + 0.5) / PX_PER_MM)
    if not displacement.dx:
        return pixels
    dx, dy = _field(displacement.dx, x_mm, y_mm), _field(displacement.dy, x_mm, y_mm)
    if max(float(np.abs(dx).max()), float(np.abs(dy).max())) < _NEGLIGIBLE_MM:
        return pixels
    map_x = _spread((x_mm + dx) * PX_PER_MM - 0.5, step, (height, width))
    map_y = _spread((y_mm + dy) * PX_PER_MM - 0.5, step, (height, width))
    return grey(cv2.remap(pixels, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def paper_level(pixels: Grey, ground: Ground) -> Grey:
    """Brightness of the bare paper, one value per block.

    Blocks are averaged where the blank says there is no print; ink narrower than a
    hand's stroke is closed over, so that shadows and stains stay and writing goes.
    """
    bare = by_block(grey(cv2.bitwise_and(pixels, ground.bare)))
    share = ground.bare_share.astype(np.float32)
    level = np.minimum(np.where(share > _KNOWN_SHARE, bare * (255.0 / np.maximum(share, 1.0)), 0.0), 255.0)
    span = np.ones((_PAPER_SPAN, _PAPER_SPAN), np.uint8)
    closed = np.maximum(cv2.morphologyEx(level.astype(np.uint8), cv2.MORPH_CLOSE, span), 1)
    # Closing fills the bottom of a shadow; where the lightest block around is nearly as
    # light, it is paper and says by how much.
    lightest = cv2.dilate((level / closed).astype(np.float32), np.ones((3, 3), np.uint8))
    paper = closed * np.where(lightest > _NEARLY_PAPER, np.minimum(lightest, 1.0), 1.0)
    return grey(cv2.GaussianBlur(grey(paper), (5, 5), 0))


def contrast_map(pixels: Grey, paper: Grey) -> Grey:
    """Darkness of every pixel against the paper around it, 0 (paper) to 255 (black)."""
    level = cv2.resize(np.maximum(paper, _DARKEST_PAPER), (pixels.shape[1], pixels.shape[0]))
    return grey(cv2.bitwise_not(cv2.divide(pixels, level, scale=255)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PrintLevel:
    """Contrast up to which each pixel is print on this very page.

    ``level`` falls with the distance from the print; ``core`` is the contrast of the
    print itself, and holds over all of its surroundings.
    """

    level: Grey
    core: Grey


def print_level(contrast: Grey, ground: Ground) -> PrintLevel:
    """How dark the print is here, and how far it spreads (toner, threshold, blur, a small shift).

    Both are measured around the frames of each field, which carry little ink; elsewhere
    the page's own typical values hold.
    """
    flat = contrast.ravel()
    spreads = [
        (around.at, [_centile(flat[ring]) for ring in around.rings])
        for around in ground.surrounds
        if around.rings[0].size >= _ENOUGH_PX
    ]
    typical = (
        [int(np.median([values[ring] for _, values in spreads])) for ring in range(3)] if spreads else [255, 128, 0]
    )
    level = grey(cv2.LUT(ground.rings, _by_ring(typical)))
    core = grey(cv2.LUT(ground.rings, _by_ring([typical[0]] * 3)))
    for at, values in spreads:
        level[at] = cv2.LUT(ground.rings[at], _by_ring(values))
        core[at] = cv2.LUT(ground.rings[at], _by_ring([values[0]] * 3))
    return PrintLevel(level=grey(cv2.max(ground.print_level, level)), core=core)


def _centile(sample: Grey) -> int:
    """The contrast that all but a small part of a ring stays under."""
    rank = int(sample.size * _SPREAD_SHARE)
    return int(np.partition(sample, rank)[rank]) if sample.size else 0


def _by_ring(values: list[int]) -> Grey:
    """A table from distance (0 beyond, 1–3) to contrast."""
    table = np.zeros(256, np.uint8)
    table[1:4] = values
    return table


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


def _field(terms: tuple[float, ...], x_mm: Reals, y_mm: Reals) -> Reals:
    """A displacement polynomial over many points (terms as in ``Displacement``)."""
    u, v = x_mm / 100.0, y_mm / 100.0
    total = np.zeros_like(u)
    degree = power = 0
    for term in terms:
        total += term * u ** (degree - power) * v**power
        degree, power = (degree + 1, 0) if power == degree else (degree, power + 1)
    return total


def _spread(coarse: Reals, step: int, shape: tuple[int, int]) -> npt.NDArray[np.float32]:
    """A map known every ``step`` pixels, interpolated to every pixel."""
    # warpAffine puts node (i, j) exactly on pixel (i·step, j·step); resize would not.
    scale = np.array([[1 / step, 0, 0], [0, 1 / step, 0]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(coarse.astype(np.float32), scale, (shape[1], shape[0]), flags=flags), np.float32)
