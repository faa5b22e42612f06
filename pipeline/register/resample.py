"""Pixels of a side brought onto a page's own grid."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import cv2
import numpy as np

from pipeline.model.layout import Box
from pipeline.model.scan import PX_PER_MM, Displacement, Floats, Grey
from pipeline.register.frame import apply, grid_size, scale_at

_PAPER = 255
FINEST_RATIO = 1.8
"""Beyond this many scan pixels to one of the grid, bilinear sampling skips ink: halve first."""
_TILES = (
    (1200, 64),
    (300, 256),
    (150, 420),
    (600, 64),
    (300, 128),
    (150, 210),
    (300, 64),
    (150, 64),
    (64, 64),
    (32, 32),
)
"""Columns and rows of tiles, from those of a flat sheet to those of a strongly bent one."""
_LATTICE = 9, 11
"""Nodes across and down from which the bend of a page is known."""
_FLAT_MM = 0.05
"""How far off the worst point of the worst tile may be: less than half a pixel of the grid."""


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


def page_at(levels: Halvings, matrix: Floats, page_size_mm: tuple[float, float], px_per_mm: float) -> Grey:
    """The page as posed, at a resolution; ``matrix`` maps page millimetres to pixels of the side.

    Beyond the side there is white.
    """
    pixels, to_source = _level_for(levels, matrix, page_size_mm, px_per_mm)
    return _warp(pixels, to_source @ _to_mm(px_per_mm), grid_size(page_size_mm, px_per_mm))


def straightened(
    levels: Halvings, matrix: Floats, displacement: Displacement, page_size_mm: tuple[float, float]
) -> Grey:
    """The page on the canonical grid, the displacement of its paper undone.

    Sampled once from the scan, tile by tile: within a tile the paper is as good as flat,
    and one affine map is several times quicker than a map of every pixel.
    """
    pixels, to_source = _level_for(levels, matrix, page_size_mm, PX_PER_MM)
    width, height = grid_size(page_size_mm)
    lying = abs(to_source[1, 0]) > abs(to_source[0, 0])
    page = np.empty((width, height) if lying else (height, width), np.uint8)
    for tile in _tiles(to_source, displacement, (width, height)):
        columns, rows, affine = tile
        if lying:
            columns, rows, affine = rows, columns, affine[:, [1, 0, 2]]
        cv2.warpAffine(
            pixels,
            affine,
            (columns.stop - columns.start, rows.stop - rows.start),
            dst=page[rows, columns],
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=_PAPER,
        )
    return np.asarray(cv2.transpose(page) if lying else page, np.uint8)


def _level_for(
    levels: Halvings, matrix: Floats, page_size_mm: tuple[float, float], px_per_mm: float
) -> tuple[Grey, Floats]:
    """The reduction of the side to sample from, and the map from page millimetres to its pixels."""
    scale = abs(scale_at(matrix, (page_size_mm[0] / 2, page_size_mm[1] / 2)))
    number, ratio = 0, scale / px_per_mm
    while ratio > FINEST_RATIO:
        number, ratio = number + 1, ratio / 2
    factor = 0.5**number
    reduce = np.array([[factor, 0.0, 0.5 * factor - 0.5], [0.0, factor, 0.5 * factor - 0.5], [0.0, 0.0, 1.0]])
    return levels.level(number), np.asarray(reduce @ matrix, np.float64)


def _tiles(
    to_source: Floats, displacement: Displacement, size: tuple[int, int]
) -> Iterator[tuple[slice, slice, Floats]]:
    """Columns, rows and affine map (2, 3) from their own pixels of tiles that cover the page."""
    most = _FLAT_MM * abs(scale_at(to_source, (size[0] / PX_PER_MM / 2, size[1] / PX_PER_MM / 2)))
    bends = _bends(to_source, displacement, size)
    for across, down in _TILES:
        xs, ys = _cuts(size[0], across), _cuts(size[1], down)
        if (across, down) != _TILES[-1] and _predicted(bends, xs[1], ys[1]) > most:
            continue
        maps, error = _affine_maps(to_source, displacement, xs, ys)
        if error <= most:
            break
    for row, (top, bottom) in enumerate(pairwise(ys)):
        for column, (left, right) in enumerate(pairwise(xs)):
            yield slice(left, right), slice(top, bottom), maps[row, column]


def _bends(to_source: Floats, displacement: Displacement, size: tuple[int, int]) -> Floats:
    """The strongest second derivatives of the map on the page: along x, across, along y (px per px²)."""
    xs, ys = (np.linspace(0, side, nodes) for side, nodes in zip(size, _LATTICE, strict=True))
    nodes_mm = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2) / PX_PER_MM
    seen = apply(to_source, nodes_mm + displacement.shifts_at(nodes_mm)).reshape(len(ys), len(xs), 2)
    dx, dy = np.diff(seen, axis=1) / xs[1], np.diff(seen, axis=0) / ys[1]
    second = np.diff(dx, axis=1) / xs[1], np.diff(dx, axis=0) / ys[1], np.diff(dy, axis=0) / ys[1]
    return np.array([float(np.abs(part).max()) for part in second])


def _predicted(bends: Floats, wide: int, high: int) -> float:
    """About how far an affine map is off in the corners of a tile."""
    return float(bends @ (wide * wide / 16, wide * high / 4, high * high / 16))


def _cuts(length: int, most: int) -> list[int]:
    """Whole pixels that cut a length into equal parts no longer than ``most``."""
    parts = -(-length // most)
    return [length * part // parts for part in range(parts + 1)]


def _affine_maps(to_source: Floats, displacement: Displacement, xs: list[int], ys: list[int]) -> tuple[Floats, float]:
    """The affine map of each tile (rows, columns, 2, 3), and how far the worst is off in pixels.

    Each map takes the middle of the tile's edges for its slopes; its error is looked for
    where the field departs most from a plane, in corners and in the middle.
    """
    # Nodes at the cuts and half way between them, in pixels of the grid (the edge of a pixel is whole).
    x, y = _with_middles(xs), _with_middles(ys)
    nodes_mm = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2) / PX_PER_MM
    moved = nodes_mm + displacement.shifts_at(nodes_mm)
    seen = apply(to_source, moved).reshape(len(y), len(x), 2)
    west, east, north, south = seen[1::2, :-1:2], seen[1::2, 2::2], seen[:-1:2, 1::2], seen[2::2, 1::2]
    wide, high = np.diff(xs)[None, :, None], np.diff(ys)[:, None, None]
    along_x, along_y = (east - west) / wide, (south - north) / high
    middle = seen[1::2, 1::2]
    corner = seen[2::2, 2::2] - (middle + along_x * wide / 2 + along_y * high / 2)
    other = seen[:-1:2, 2::2] - (middle + along_x * wide / 2 - along_y * high / 2)
    # Half of the corners' error is taken over by the middle.
    lean = (corner + other) / 4
    start = middle + lean - along_x * (wide - 1) / 2 - along_y * (high - 1) / 2
    error = max(float(np.abs(part).max()) for part in (corner - lean, other - lean, lean))
    return np.stack([along_x, along_y, start], axis=-1), error


def _with_middles(cuts: list[int]) -> Floats:
    """The cuts with a point half way between each two."""
    found = np.empty(2 * len(cuts) - 1)
    found[::2] = cuts
    found[1::2] = (found[:-1:2] + found[2::2]) / 2
    return found


def crop_mm(pixels: Grey, matrix: Floats, box: Box, px_per_mm: float) -> Grey:
    """A part of the page at a resolution of one's choice, upright."""
    to_mm = _to_mm(px_per_mm, (box.x, box.y))
    return _warp(pixels, matrix @ to_mm, (round(box.w * px_per_mm), round(box.h * px_per_mm)))


def _to_mm(px_per_mm: float, origin_mm: tuple[float, float] = (0.0, 0.0)) -> Floats:
    """From pixels of a grid, whose first centre lies half a pixel from its origin, to page millimetres."""
    step = 1 / px_per_mm
    x, y = origin_mm
    return np.array([[step, 0.0, x + step / 2], [0.0, step, y + step / 2], [0.0, 0.0, 1.0]])


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
