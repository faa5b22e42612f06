"""Plane geometry shared by the steps of registration: points, maps and scales.

Pixels follow OpenCV: the centre of the first pixel is (0, 0).  Page millimetres start
at the page's top-left corner, y downwards.
"""

from __future__ import annotations

import math

import numpy as np

from pipeline.model.layout import Box
from pipeline.model.scan import PX_PER_MM, Floats


def grid_size(page_size_mm: tuple[float, float], px_per_mm: float = PX_PER_MM) -> tuple[int, int]:
    """Width and height in pixels of the canonical grid, or of another of that page."""
    return int(page_size_mm[0] * px_per_mm), round(page_size_mm[1] * px_per_mm)


def apply(matrix: Floats, points: Floats) -> Floats:
    """Points (n, 2) through a 3 × 3 map."""
    mapped = points @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(mapped[:, :2] / mapped[:, 2:], np.float64)


def corners_of(box: Box) -> Floats:
    """The four corners of a box, clockwise from the top left."""
    return np.array([[box.x, box.y], [box.right, box.y], [box.right, box.bottom], [box.x, box.bottom]], np.float64)


def page_corners(page_size_mm: tuple[float, float]) -> Floats:
    """The four corners of the page in mm."""
    return corners_of(Box(x=0.0, y=0.0, w=page_size_mm[0], h=page_size_mm[1]))


def jacobian(matrix: Floats, point: tuple[float, float]) -> Floats:
    """The linear part (2, 2) of a map at a point."""
    x, y = point
    (a, b, c), (d, e, f), (g, h, i) = matrix.tolist()
    u, v, w = a * x + b * y + c, d * x + e * y + f, g * x + h * y + i
    linear = np.array([[a * w - u * g, b * w - u * h], [d * w - v * g, e * w - v * h]], np.float64)
    return np.asarray(linear / w**2, np.float64)


def scale_at(matrix: Floats, point: tuple[float, float]) -> float:
    """Pixels a millimetre at a point; negative when the map mirrors."""
    (a, b), (c, d) = jacobian(matrix, point).tolist()
    determinant = a * d - b * c
    return math.copysign(math.sqrt(abs(determinant)), determinant)


def rotation_deg(matrix: Floats, point: tuple[float, float]) -> float:
    """Clockwise turn of the page on the side at a point, in [0, 360)."""
    linear = jacobian(matrix, point)
    return math.degrees(math.atan2(linear[1, 0] - linear[0, 1], linear[0, 0] + linear[1, 1])) % 360.0


def similarity(source: Floats, target: Floats, scale: float | None = None) -> Floats:
    """Least-squares rotation, shift and (unless given) scale from points to points.

    Umeyama's solution in the plane, by complex numbers; never mirrors.
    """
    p = source[:, 0] + 1j * source[:, 1]
    q = target[:, 0] + 1j * target[:, 1]
    p0, q0 = p.mean(), q.mean()
    factor = np.sum((q - q0) * np.conj(p - p0)) / np.sum(np.abs(p - p0) ** 2)
    if scale is not None:
        factor *= scale / abs(factor)
    shift = q0 - factor * p0
    return np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag], [0.0, 0.0, 1.0]])


def affine(source: Floats, target: Floats) -> Floats:
    """Least-squares affine map from points to points."""
    solution = np.linalg.lstsq(np.column_stack([source, np.ones(len(source))]), target, rcond=None)[0]
    return np.vstack([solution.T, [0.0, 0.0, 1.0]])
