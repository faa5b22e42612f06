"""Pixels of a side brought onto a page's own grid."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.model.layout import Box
from pipeline.model.scan import PX_PER_MM, Floats, Grey
from pipeline.register.frame import GRID_FROM_MM, grid_size, scale_at

_PAPER = 255
_FINE = 1.8
"""Beyond this many scan pixels to one of the grid, bilinear sampling skips ink: halve first."""


def halved(pixels: Grey) -> Grey:
    """Half the size, every pixel the mean of four."""
    height, width = pixels.shape
    even = pixels[: height // 2 * 2, : width // 2 * 2]
    return np.asarray(cv2.resize(even, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.uint8)


class Halvings:
    """A side at full, half, quarter… size, each made once when first asked for."""

    def __init__(self, pixels: Grey) -> None:
        self._levels = [pixels]

    def level(self, number: int) -> Grey:
        """The side reduced ``number`` times by two."""
        while len(self._levels) <= number:
            self._levels.append(halved(self._levels[-1]))
        return self._levels[number]


def resample_page(levels: Halvings, matrix: Floats, page_size_mm: tuple[float, float]) -> Grey:
    """The page on the canonical grid; ``matrix`` maps page millimetres to pixels of the side.

    Beyond the side there is white.
    """
    px_per_mm = abs(scale_at(matrix, (page_size_mm[0] / 2, page_size_mm[1] / 2)))
    number, ratio = 0, px_per_mm / PX_PER_MM
    while ratio > _FINE:
        number, ratio = number + 1, ratio / 2
    factor = 0.5**number
    reduce = np.array([[factor, 0.0, 0.5 * factor - 0.5], [0.0, factor, 0.5 * factor - 0.5], [0.0, 0.0, 1.0]])
    from_grid = reduce @ matrix @ np.linalg.inv(GRID_FROM_MM)
    return _warp(levels.level(number), from_grid, grid_size(page_size_mm))


def crop_mm(pixels: Grey, matrix: Floats, box: Box, px_per_mm: float) -> Grey:
    """A part of the page at a resolution of one's choice, upright."""
    to_mm = np.array([[1 / px_per_mm, 0.0, box.x], [0.0, 1 / px_per_mm, box.y], [0.0, 0.0, 1.0]])
    to_mm[:2, 2] += 0.5 / px_per_mm
    return _warp(pixels, matrix @ to_mm, (round(box.w * px_per_mm), round(box.h * px_per_mm)))


def _warp(pixels: Grey, to_source: Floats, size: tuple[int, int]) -> Grey:
    """Bilinear sampling through a map from target to source pixels.

    A page lying on its side is sampled along the scan's rows and then transposed: memory
    is read in order, which halves the time.
    """
    lying = abs(to_source[1, 0]) > abs(to_source[0, 0])
    if lying:
        to_source, size = to_source[:, [1, 0, 2]], size[::-1]
    warped = cv2.warpPerspective(
        pixels,
        to_source,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=_PAPER,
    )
    return np.asarray(cv2.transpose(warped) if lying else warped, np.uint8)
