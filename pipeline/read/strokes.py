"""Shapes of ink: discs that fit, strokes that cross, straight lines.

Small pure functions on boolean masks, shared by marks, cells and free zones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.scan import PX_PER_MM, Grey
from pipeline.read.boxes import Pixels
from pipeline.read.ground import Indices

Mask = npt.NDArray[np.bool_]
Points = npt.NDArray[np.intp]
Values = npt.NDArray[np.float64]

_ANGLES = 24
_RADII_MM = (0.5, 0.75, 1.0, 1.25, 1.5)
_CANDIDATES = 20
_LINE_ANGLES = 40
_LINE_HALF_MM = 0.4
_LARGEST_SAMPLE = 250
_CLEAR = 0.4  # half widths off the line's edge: ink there is not the line's own edge
_SQUARE_3 = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lines:
    """The straight line that holds most ink, of each of many images.

    Of each line: ``length_px``, inked along it; ``normal``, its direction (x, y); ``left`` and
    ``right``, ink pixels off the line on either side; ``beyond_px``, how far the line runs past
    that ink, at the end where it does so least.  ``image`` and ``at`` name the pixels in the
    lines: the number of the image and the place in it.
    """

    length_px: Values
    normal: Values
    left: Points
    right: Points
    beyond_px: Values
    image: Points
    at: Points


def solidities(ink: Mask, half_px: float | Values) -> Values:
    """Of images of one size (images, rows, columns): radius of the largest disc of ink over half the box.

    The pen's own gaps are closed.
    """
    closed = cv2.morphologyEx(_strip(ink, 2), cv2.MORPH_CLOSE, _SQUARE_3)
    radius = np.asarray(cv2.distanceTransform(closed, cv2.DIST_L2, 5)).reshape(len(ink), -1).max(axis=1)
    return np.asarray(np.minimum(radius.astype(np.float64) / half_px, 1.0), np.float64)


def thicknesses(ink: Mask) -> Values:
    """Of images of one size, none empty: about how thick their strokes are, in pixels."""
    distance = np.asarray(cv2.distanceTransform(_strip(ink, 1), cv2.DIST_L2, 3)).reshape(len(ink), -1)
    # Over a line of thickness t the distances average t / 4.
    return np.asarray(4 * distance.sum(axis=1, dtype=np.float64) / np.count_nonzero(ink, axis=(1, 2)) - 1.0, np.float64)


def _strip(ink: Mask, width: int) -> Grey:
    """Images laid out below each other, each with a bare margin."""
    tiles = _framed(ink, width)
    return tiles.reshape(-1, tiles.shape[2]).view(np.uint8)


def crossings(ink: Mask, inside: Pixels) -> Values:
    """Share of circles around the best point of each window's inside ink that meet four arms or more."""
    found = np.zeros(len(ink))
    if not inside.at.size:
        return found
    tried = _candidates(inside)
    reach, offsets = _circles(ink.shape[2])
    thick = _thickened(ink, reach)
    row, column = np.divmod(tried.at, np.int32(ink.shape[2]))
    start = (tried.window * np.int32(thick.shape[1]) + row + np.int32(reach)) * np.int32(thick.shape[2])
    start += column + np.int32(reach)
    met = thick.ravel()[start[:, None] + offsets].reshape(start.size, len(_RADII_MM), _ANGLES)
    arms = np.count_nonzero(met[:, :, 1:] > met[:, :, :-1], axis=2) + (met[:, :, 0] > met[:, :, -1])
    crossed = np.count_nonzero(arms >= 4, axis=1)
    starts = np.flatnonzero(np.diff(tried.window, prepend=-1))
    found[tried.window[starts]] = np.maximum.reduceat(crossed, starts) / len(_RADII_MM)
    return found


def _candidates(inside: Pixels) -> Pixels:
    """Some twenty to forty pixels of each window, evenly taken."""
    each = inside.each
    rank = np.arange(inside.at.size) - (np.cumsum(each) - each)[inside.window]
    return inside.kept(rank % np.maximum(each // _CANDIDATES, 1)[inside.window] == 0)


def _thickened(ink: Mask, reach: int) -> Mask:
    """Every window's ink one pixel wider to the right and below, with a bare margin."""
    tall = ink.copy()
    tall[:, 1:] |= ink[:, :-1]
    thick = _framed(tall, reach)
    thick[:, reach:-reach, reach + 1 : -reach] |= tall[:, :, :-1]
    return thick


def _framed(ink: Mask, width: int) -> Mask:
    """Images with a bare margin."""
    count, rows, columns = ink.shape
    framed = np.zeros((count, rows + 2 * width, columns + 2 * width), bool)
    framed[:, width:-width, width:-width] = ink
    return framed


@lru_cache(maxsize=64)
def _circles(width: int) -> tuple[int, Indices]:
    """Margin and flat offsets of the sampling circles in a padded window of that width."""
    reach = int(np.ceil(max(_RADII_MM) * PX_PER_MM)) + 1
    angle = np.arange(_ANGLES) * 2 * np.pi / _ANGLES
    radius = np.array(_RADII_MM)[:, None] * PX_PER_MM
    rows, columns = np.rint(radius * np.sin(angle)), np.rint(radius * np.cos(angle))
    return reach, (rows * (width + 2 * reach) + columns).astype(np.int32).ravel()


def best_lines(ink: Mask, tilt_deg: float = 90.0) -> Lines:
    """The straight lines, 0.8 mm wide, that hold most of the ink of images of one size (images, rows, columns).

    Only lines within ``tilt_deg`` of the level are tried.  Where there is no ink, or one pixel of
    it, all is 0.
    """
    count, (height, width) = len(ink), ink.shape[1:]
    image, at = np.divmod(np.flatnonzero(ink), height * width)
    rows, columns = np.divmod(at, width)
    normals, half = _normals(tilt_deg), _LINE_HALF_MM * PX_PER_MM
    angle, start = _most_voted(image, count, columns, rows, normals / half)
    x, y = normals[0, angle[image]], normals[1, angle[image]]
    distance = (columns * x + rows * y) / half - start[image]
    along = rows * x - columns * y
    near, left, right = (distance >= 0) & (distance < 2), distance < -_CLEAR, distance >= 2 + _CLEAR
    first, last = _ends(image[near], along[near], count)
    first_off, last_off = _ends(image[left | right], along[left | right], count)
    with np.errstate(invalid="ignore"):  # no ink at all
        beyond = np.minimum(first_off - first, last - last_off)
    return Lines(
        length_px=_inked_length(image[near], along[near] - first[image[near]], count),
        normal=normals[:, angle].T.astype(np.float64),
        left=np.bincount(image[left], minlength=count),
        right=np.bincount(image[right], minlength=count),
        beyond_px=np.where(np.isfinite(beyond), beyond, 0.0),
        image=image[near],
        at=at[near],
    )


def _most_voted(
    image: Points, count: int, columns: Points, rows: Points, normals: npt.NDArray[np.float32]
) -> tuple[Points, Points]:
    """Number of the normal, and distance from the origin, of the line that holds most of a sample of each image."""
    each = np.bincount(image, minlength=count)
    rank = np.arange(image.size) - (np.cumsum(each) - each)[image]
    sample = rank % np.maximum(each // _LARGEST_SAMPLE, 1)[image] == 0
    points = np.stack([columns[sample], rows[sample]], axis=1).astype(np.float32)
    bins = np.floor(points @ normals).astype(np.intp)
    lowest = int(bins.min(initial=0))
    span, angles = int(bins.max(initial=0)) - lowest + 2, normals.shape[1]
    key = (image[sample][:, None] * angles + np.arange(angles)) * span + (bins - lowest)
    votes = np.bincount(key.ravel(), minlength=count * angles * span).reshape(count, angles, span)
    # A line is two bins wide, so that it may begin in the middle of one.
    angle, start = np.divmod((votes[:, :, :-1] + votes[:, :, 1:]).reshape(count, -1).argmax(axis=1), span - 1)
    return angle, start + lowest


def _ends(image: Points, along: Values, count: int) -> tuple[Values, Values]:
    """Least and largest value of each image; infinite where it has none."""
    first, last = np.full(count, np.inf), np.full(count, -np.inf)
    starts = np.flatnonzero(np.diff(image, prepend=-1))
    if starts.size:
        first[image[starts]] = np.minimum.reduceat(along, starts)
        last[image[starts]] = np.maximum.reduceat(along, starts)
    return first, last


def _inked_length(image: Points, along: Values, count: int) -> Values:
    """Length in pixels of what is inked along a line of each image, gaps left out."""
    steps = (along / 2).astype(np.intp)
    span = int(steps.max(initial=0)) + 1
    inked = np.bincount(image * span + steps, minlength=count * span).reshape(count, span)
    return np.asarray(np.count_nonzero(inked, axis=1) * 2.0, np.float64)


@lru_cache(maxsize=4)
def _normals(tilt_deg: float) -> npt.NDArray[np.float32]:
    """Unit normals (x, y) of the lines tried: a level line has a vertical normal."""
    degrees = np.arange(_LINE_ANGLES) * 180.0 / _LINE_ANGLES
    angle = np.deg2rad(degrees[np.abs(degrees - 90.0) <= tilt_deg])
    return np.stack([np.cos(angle), np.sin(angle)]).astype(np.float32)
