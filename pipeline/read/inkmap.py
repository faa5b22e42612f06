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
from pipeline.read.ground import BLOCK, Ground, pad
from pipeline.settings import ReadSettings

Labels = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]

_NEGLIGIBLE_MM = 0.04
_PAPER_SPAN = 9  # blocks: ink narrower than 9 mm does not lower the paper level
_DARKEST_PAPER = 50
_BRIDGE_PX = 11  # a stroke aslant over a fine line and its tolerance; less than two frames side by side


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InkLayer:
    """All ink of one page, in the frame of its blank.

    ``contrast``: darkness against the local paper, 0–255, print included; ``ink``: 1
    where there is ink; ``labels``: number of the stroke at each pixel (0: none);
    ``area`` of each stroke in pixels; ``owner``: place of each stroke (0: none);
    ``shares``: pixels of each stroke in each place; ``strokes_in``: strokes met in each
    place; ``paper``: paper level by block, ``paper_median`` that of the page; ``floor``:
    contrast from which a pixel is ink; ``wide_contrast``: darkest of each pixel's neighbours.
    """

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
    pixels = cv2.GaussianBlur(pad(straighten(page.pixels, page.displacement)), (3, 3), 0)
    paper = paper_level(pixels, ground)
    contrast = contrast_map(pixels, paper)
    excess = cv2.subtract(contrast, ground.print_level)
    floor = _floor(pixels, ground, settings)
    ink = cv2.threshold(excess, floor, 1, cv2.THRESH_BINARY)[1]
    ink = _bridge(ink, ground)
    cv2.bitwise_and(ink, ground.hidden, dst=ink)
    return _label(ink, contrast, paper, floor, ground, settings)


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
    return np.asarray(cv2.remap(pixels, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def paper_level(pixels: Grey, ground: Ground) -> Grey:
    """Brightness of the bare paper, one value per block.

    Blocks are averaged where the blank says there is no print; ink narrower than a
    hand's stroke is closed over, so that shadows and stains stay and writing goes.
    """
    bare = cv2.resize(
        cv2.bitwise_and(pixels, ground.bare), None, fx=1 / BLOCK, fy=1 / BLOCK, interpolation=cv2.INTER_AREA
    )
    share = ground.bare_share.astype(np.float32)
    level = np.where(share > 96, bare * (255.0 / np.maximum(share, 1.0)), 0.0)
    coarse = np.minimum(level, 255.0).astype(np.uint8)
    closed = cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, np.ones((_PAPER_SPAN, _PAPER_SPAN), np.uint8))
    return np.asarray(cv2.GaussianBlur(closed, (5, 5), 0), dtype=np.uint8)


def contrast_map(pixels: Grey, paper: Grey) -> Grey:
    """Darkness of every pixel against the paper around it, 0 (paper) to 255 (black)."""
    level = cv2.resize(np.maximum(paper, _DARKEST_PAPER), (pixels.shape[1], pixels.shape[0]))
    return np.asarray(cv2.bitwise_not(cv2.divide(pixels, level, scale=255)), dtype=np.uint8)


def _floor(pixels: Grey, ground: Ground, settings: ReadSettings) -> int:
    """Contrast from which a pixel is ink, raised on grainy paper."""
    # Differences at a distance where the blur leaves grain independent: their median
    # depends neither on writing nor on stains.
    rows, bare = pixels[5::9], ground.bare[5::9]
    step = np.abs(rows[:, 3::7].astype(np.int16) - rows[:, :-3:7][:, : rows[:, 3::7].shape[1]])
    paper = step[bare[:, 3::7] > 0]
    level = max(float(np.median(rows)), 1.0)
    deviation = float(np.mean(np.minimum(paper, np.median(paper) * 3 + 1))) / 1.13 * 255 / level if paper.size else 0.0
    return round(min(max(settings.ink_floor_ratio * 255, settings.noise_factor * deviation), 100.0))


def _bridge(ink: Grey, ground: Ground) -> Grey:
    """Ink restored on printed lines that a stroke crosses: inked on both sides."""
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((_BRIDGE_PX, _BRIDGE_PX), np.uint8))
    return np.asarray(cv2.bitwise_or(ink, cv2.bitwise_and(closed, ground.band)), dtype=np.uint8)


def _label(
    ink: Grey, contrast: Grey, paper: Grey, floor: int, ground: Ground, settings: ReadSettings
) -> InkLayer:
    """Strokes numbered, specks removed, each given to the place that holds most of it."""
    count, labels = cv2.connectedComponents(ink, connectivity=8, ltype=cv2.CV_32S)
    at = np.flatnonzero(ink.view(bool))
    stroke = labels.ravel()[at]
    area = np.bincount(stroke, minlength=count)
    speck = area < settings.speck_mm2 * PX_PER_MM**2
    edging = np.bincount(stroke, weights=ground.band.ravel()[at] > 0, minlength=count)
    gone = speck | (edging > 0.8 * area)
    lost = at[gone[stroke]]
    ink.ravel()[lost] = 0
    labels.ravel()[lost] = 0
    kept = ~gone[stroke]
    shares = _shares(stroke[kept], ground.places.ravel()[at[kept]], len(ground.place_of) + 1)
    owner = np.zeros(count, np.int64)
    strokes_in: dict[int, list[int]] = {}
    for label, by_place in shares.items():
        owner[label] = max(by_place, key=lambda place: (by_place[place], -place))
        for place in by_place:
            strokes_in.setdefault(place, []).append(label)
    return InkLayer(
        contrast=contrast,
        ink=ink,
        labels=labels,
        area=area,
        owner=owner,
        shares=shares,
        strokes_in=strokes_in,
        paper=paper,
        paper_median=float(np.median(paper)),
        floor=floor,
        wide_contrast=np.asarray(cv2.dilate(contrast, np.ones((3, 3), np.uint8)), np.uint8),
    )


def _shares(stroke: Labels, place: npt.NDArray[np.int16], places: int) -> dict[int, dict[int, int]]:
    """Pixels of each stroke in each place, places without any left out."""
    owned = place > 0
    pixels = np.bincount(stroke[owned].astype(np.int64) * places + place[owned])
    shares: dict[int, dict[int, int]] = {}
    pairs = np.flatnonzero(pixels)
    for key, number in zip(pairs.tolist(), pixels[pairs].tolist(), strict=True):
        shares.setdefault(key // places, {})[key % places] = number
    return shares


def _field(terms: tuple[float, ...], x_mm: npt.NDArray[np.float64], y_mm: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A displacement polynomial over many points (terms as in ``Displacement``)."""
    u, v = x_mm / 100.0, y_mm / 100.0
    powers = (np.ones_like(u), u, v, u * u, u * v, v * v, u**3, u * u * v, u * v * v, v**3)
    total = np.zeros_like(u)
    for term, power in zip(terms, powers, strict=False):
        total += term * power
    return total


def _spread(coarse: npt.NDArray[np.float64], step: int, shape: tuple[int, int]) -> npt.NDArray[np.float32]:
    """A map known every ``step`` pixels, interpolated to every pixel."""
    # warpAffine puts node (i, j) exactly on pixel (i·step, j·step); resize would not.
    scale = np.array([[1 / step, 0, 0], [0, 1 / step, 0]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(coarse.astype(np.float32), scale, (shape[1], shape[0]), flags=flags), np.float32)
