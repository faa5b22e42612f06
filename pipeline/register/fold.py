"""A fold that lies stepped: on either side of it the print agrees with itself, across it not.

Paper that bends does so smoothly, and the field of its page follows.  A sheet pressed
flat over an old fold is shifted as a whole beyond it, by half a millimetre or two, and a
smooth field through both parts is wrong along the fold while its mean error stays small.
Hence a test of its own: does one straight step explain what the smooth field leaves?
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pipeline.model.scan import Floats

_ORDER, _HIGHEST_IN_X = 5, 3
"""Of the smooth field.  Anchors stand in five columns: a higher power of x would pass a step off as a bend."""
_STIFFNESS = 0.0005
_CENTRE_MM = np.array([74.0, 105.0])
_HALF_MM = 100.0
_LEAST_BEYOND = 3
_ANGLES_DEG = np.arange(0.0, 180.0, 7.5)
_OFFSETS_MM = np.arange(-90.0, 91.0, 4.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The step that explains most: its size, and the error with and without it, all in mm."""

    size_mm: float
    smooth_error_mm: float
    stepped_error_mm: float


def best_step(points_mm: Floats, shifts_mm: Floats, least_error_mm: float = 0.0) -> Step:
    """The straight step across the page that best completes a smooth field through shifts (n, 2).

    Every line of a fan is tried: what a step along it adds to the smooth field is found by
    least squares for all lines at once, on what the smooth field cannot explain.  When
    that is under ``least_error_mm`` no line is tried.
    """
    rest = left_over(points_mm)
    error = float(np.sum(shifts_mm * (rest @ shifts_mm)))
    smooth_error = math.sqrt(max(error, 0.0) / max(1, len(points_mm)))
    if smooth_error < least_error_mm:
        return Step(size_mm=0.0, smooth_error_mm=smooth_error, stepped_error_mm=smooth_error)
    beyond = (points_mm - _CENTRE_MM) @ _lines()[0].T > _lines()[1]
    count = beyond.sum(axis=0)
    beyond = beyond[:, (count >= _LEAST_BEYOND) & (len(points_mm) - count >= _LEAST_BEYOND)].astype(np.float64)
    if not beyond.size:
        return Step(size_mm=0.0, smooth_error_mm=smooth_error, stepped_error_mm=smooth_error)
    new = rest @ beyond
    power = np.maximum((new * beyond).sum(axis=0), 1e-9)
    moves = (new.T @ shifts_mm) / power[:, None]
    gains = (moves**2).sum(axis=1) * power
    best = int(gains.argmax())
    return Step(
        size_mm=float(np.hypot(*moves[best])),
        smooth_error_mm=smooth_error,
        stepped_error_mm=math.sqrt(max(error - float(gains[best]), 0.0) / len(points_mm)),
    )


def left_over(points_mm: Floats) -> Floats:
    """The matrix (n, n) that takes from shifts what a smooth field explains."""
    u, v = ((points_mm - _CENTRE_MM) / _HALF_MM).T
    powers = [(d - k, k) for d in range(_ORDER + 1) for k in range(d + 1) if d - k <= _HIGHEST_IN_X]
    basis = np.stack([u**i * v**j for i, j in powers], axis=1)
    normal = basis.T @ basis + _STIFFNESS * np.eye(basis.shape[1])
    return np.asarray(np.eye(len(points_mm)) - basis @ np.linalg.solve(normal, basis.T), np.float64)


@lru_cache(maxsize=1)
def _lines() -> tuple[Floats, Floats]:
    """Normals (m, 2) and offsets (m,) of the lines tried."""
    turns = np.repeat(np.deg2rad(_ANGLES_DEG), len(_OFFSETS_MM))
    return np.stack([np.cos(turns), np.sin(turns)], axis=1), np.tile(_OFFSETS_MM, len(_ANGLES_DEG))
