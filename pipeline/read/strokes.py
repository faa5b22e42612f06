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

Mask = npt.NDArray[np.bool_]
Points = npt.NDArray[np.intp]

_ANGLES = 24
_RADII_MM = (0.5, 0.75, 1.0, 1.25, 1.5)
_CANDIDATES = 20
_LINE_ANGLES = 40
_LINE_HALF_MM = 0.4
_LARGEST_SAMPLE = 250
_CLEAR = 0.4  # half widths off the line's edge: ink there is not the line's own edge
_SQUARE_2, _SQUARE_3 = np.ones((2, 2), np.uint8), np.ones((3, 3), np.uint8)


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
    padded = cv2.copyMakeBorder(ink.view(np.uint8), 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, _SQUARE_3)
    return min(1.0, float(cv2.distanceTransform(closed, cv2.DIST_L2, 3).max()) / half_px)


def crossing(ink: Mask, inside: Mask) -> float:
    """Share of circles around the best point of the inside ink that meet four arms or more."""
    at = np.flatnonzero(inside)
    at = at[:: max(1, at.size // _CANDIDATES)]
    reach, offsets = _circles(ink.shape[1])
    thick = cv2.dilate(ink.view(np.uint8), _SQUARE_2)
    thick = cv2.copyMakeBorder(thick, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0)
    width = ink.shape[1]
    start = (at // width + reach) * (width + 2 * reach) + at % width + reach
    met = thick.ravel()[start[:, None] + offsets].reshape(at.size, len(_RADII_MM), _ANGLES)
    arms = np.count_nonzero(met[:, :, 1:] > met[:, :, :-1], axis=2) + (met[:, :, 0] > met[:, :, -1])
    return float(np.count_nonzero(arms >= 4, axis=1).max()) / len(_RADII_MM)


@lru_cache(maxsize=64)
def _circles(width: int) -> tuple[int, Points]:
    """Margin and flat offsets of the sampling circles in a padded window of that width."""
    reach = int(np.ceil(max(_RADII_MM) * PX_PER_MM)) + 1
    angle = np.arange(_ANGLES) * 2 * np.pi / _ANGLES
    radius = np.array(_RADII_MM)[:, None] * PX_PER_MM
    rows, columns = np.rint(radius * np.sin(angle)), np.rint(radius * np.cos(angle))
    return reach, (rows * (width + 2 * reach) + columns).astype(np.intp).ravel()


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
