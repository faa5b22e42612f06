"""How a PDF page turns, flips and places an image."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.model.scan import Grey

Matrix = tuple[float, float, float, float, float, float]
Rectangle = tuple[float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_SKEW = 1e-3


def matrix_of(operands: object) -> Matrix:
    """Six numbers of a ``cm`` or of a form's ``/Matrix``."""
    a, b, c, d, e, f = (float(value) for value in operands)  # type: ignore[attr-defined]
    return a, b, c, d, e, f


def times(m: Matrix, n: Matrix) -> Matrix:
    """The matrix that applies ``m`` first, then ``n``."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def extent(x: float, y: float, width: float, height: float, matrix: Matrix) -> Rectangle:
    """Left, bottom, right, top of a rectangle once placed by a matrix of quarter turns."""
    a, b, c, d, e, f = times((width, 0.0, 0.0, height, x, y), matrix)
    left, right = sorted((e, e + a + c))
    bottom, top = sorted((f, f + b + d))
    return left, bottom, right, top


def is_square(matrix: Matrix) -> bool:
    """Whether an image lies along the page's edges."""
    a, b, c, d, _, _ = matrix
    long_side = max(abs(a), abs(b), abs(c), abs(d))
    return max(abs(b), abs(c)) <= _SKEW * long_side or max(abs(a), abs(d)) <= _SKEW * long_side


def covers(matrix: Matrix, page: Rectangle, ratio: float) -> bool:
    """Whether the unit square, placed, lies square on the page and fills it without running over."""
    if not is_square(matrix):
        return False
    left, bottom, right, top = extent(0.0, 0.0, 1.0, 1.0, matrix)
    x1, y1, x2, y2 = page
    area = (x2 - x1) * (y2 - y1)
    shown = max(0.0, min(right, x2) - max(left, x1)) * max(0.0, min(top, y2) - max(bottom, y1))
    return area > 0 and shown >= ratio * area and shown >= ratio * (right - left) * (top - bottom)


def as_placed(grey: Grey, matrix: Matrix, rotate: int) -> Grey:
    """Pixels as the page shows them: the placement's flips and quarter turn, then ``/Rotate``.

    A PDF's y axis points up, and an image's first row is its top.
    """
    a, b, c, d, _, _ = matrix
    if abs(a) >= abs(b):
        flip_x, flip_y = a < 0, d < 0
    else:
        grey = np.ascontiguousarray(grey.T)
        flip_x, flip_y = c > 0, b > 0
    if flip_x and flip_y:
        grey = np.asarray(cv2.rotate(grey, cv2.ROTATE_180), np.uint8)
    elif flip_x or flip_y:
        grey = np.asarray(cv2.flip(grey, 1 if flip_x else 0), np.uint8)
    turns = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    return np.asarray(cv2.rotate(grey, turns[rotate]), np.uint8) if rotate in turns else grey
