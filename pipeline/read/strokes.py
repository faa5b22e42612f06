"""Shapes of ink: discs that fit, strokes that cross, straight lines.

Small pure functions on boolean masks, shared by marks, cells and free zones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.scan import PX_PER_MM
from pipeline.read.boxes import Pixels
from pipeline.read.ground import Indices

Mask = npt.NDArray[np.bool_]
Points = npt.NDArray[np.intp]

_ANGLES = 24
_RADII_MM = (0.5, 0.75, 1.0, 1.25, 1.5)
_CANDIDATES = 20
_LINE_ANGLES = 40
_LINE_HALF_MM = 0.4
_LARGEST_SAMPLE = 250
_CLEAR = 0.4  # half widths off the line's edge: ink there is not the line's own edge
_SQUARE_3 = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """The straight line that holds most ink.

    ``near`` marks the ink pixels in the line (order of ``np.nonzero``); ``length_px`` is
    the inked length along it; ``normal`` its direction (x, y); ``left`` and ``right`` the
    number of ink pixels off the line on either side; ``beyond_px`` how far the line runs
    past that ink, at the end where it does so least.
    """

    rows: Points
    columns: Points
    near: Mask
    length_px: float
    normal: tuple[float, float]
    left: int
    right: int
    beyond_px: float


def solidity(ink: Mask, half_px: float) -> float:
    """Radius of the largest disc of ink over half the box; the pen's own gaps closed."""
    return float(solidities(ink[None], half_px)[0])


def solidities(ink: Mask, half_px: float) -> npt.NDArray[np.float64]:
    """The same for many images of one size (images, rows, columns), laid out below each other."""
    tiles = _framed(ink, 2)
    strip = tiles.reshape(-1, tiles.shape[2]).view(np.uint8)
    closed = cv2.morphologyEx(strip, cv2.MORPH_CLOSE, _SQUARE_3)
    radius = np.asarray(cv2.distanceTransform(closed, cv2.DIST_L2, 5)).reshape(len(ink), -1).max(axis=1)
    return np.asarray(np.minimum(radius.astype(np.float64) / half_px, 1.0), np.float64)


def crossings(ink: Mask, inside: Pixels) -> npt.NDArray[np.float64]:
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


def best_line(ink: Mask, tilt_deg: float = 90.0) -> Line | None:
    """The straight line, 0.8 mm wide, that holds most of the ink; None on an empty mask.

    Only lines within ``tilt_deg`` of the level are tried.
    """
    at = np.flatnonzero(ink)
    if at.size < 2:
        return None
    rows, columns = np.divmod(at, ink.shape[1])
    normals = _normals(tilt_deg)
    angles, half = normals.shape[1], _LINE_HALF_MM * PX_PER_MM
    step = max(1, at.size // _LARGEST_SAMPLE)
    sample = np.stack([columns[::step], rows[::step]], axis=1).astype(np.float32)
    bins = np.floor(sample @ (normals / half)).astype(np.int32)
    lowest = int(bins.min())
    span = int(bins.max()) - lowest + 2
    votes = np.bincount(((bins - lowest) + np.arange(angles) * span).ravel(), minlength=span * angles)
    pairs = votes.reshape(angles, span)
    pairs = pairs[:, :-1] + pairs[:, 1:]
    angle, start = divmod(int(pairs.argmax()), pairs.shape[1])
    distance = (columns * normals[0, angle] + rows * normals[1, angle]) / half - (start + lowest)
    near = (distance >= 0) & (distance < 2)
    along = rows * normals[0, angle] - columns * normals[1, angle]
    held, off = along[near], along[(distance < -_CLEAR) | (distance >= 2 + _CLEAR)]
    if not held.size:
        return None
    return Line(
        rows=rows,
        columns=columns,
        near=near,
        length_px=np.count_nonzero(np.bincount(((held - held.min()) / 2).astype(np.int64))) * 2.0,
        normal=(float(normals[0, angle]), float(normals[1, angle])),
        left=int(np.count_nonzero(distance < -_CLEAR)),
        right=int(np.count_nonzero(distance >= 2 + _CLEAR)),
        beyond_px=float(min(off.min() - held.min(), held.max() - off.max())) if off.size else 0.0,
    )


@lru_cache(maxsize=4)
def _normals(tilt_deg: float) -> npt.NDArray[np.float32]:
    """Unit normals (x, y) of the lines tried: a level line has a vertical normal."""
    degrees = np.arange(_LINE_ANGLES) * 180.0 / _LINE_ANGLES
    angle = np.deg2rad(degrees[np.abs(degrees - 90.0) <= tilt_deg])
    return np.stack([np.cos(angle), np.sin(angle)]).astype(np.float32)
