"""Pixels of a side brought onto a page's own grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.layout import Box
from pipeline.model.scan import PX_PER_MM, Displacement, Floats, Grey
from pipeline.register.frame import apply, grid_size, scale_at

Tile = tuple[int, int, int, int]
"""Left, right, top and bottom of a part of the grid, in pixels."""
Tiles = npt.NDArray[np.int64]
Corners = npt.NDArray[np.int64]

_PAPER = 255
FINEST_RATIO = 1.8
"""Beyond this many scan pixels to one of the grid, bilinear sampling skips ink: halve first."""
_TILES = 2, 3
"""Tiles across and down before any is split: as many as a flat sheet needs."""
_TILES_SLIPPED = 16, 24
"""Where the feed slipped: half a slip may look flat from the middle of a larger tile."""
_SMALLEST_PX = 32
"""No side of a tile is halved below it."""
_FLAT_MM = 0.05
"""How far off the worst point of the worst tile may be: less than half a pixel of the grid."""

_HALVES = np.array([[1, 0.5, 0], [0, 0.5, 1]])
"""From the ends of a side to its ends and its middle."""


def _shape_of_tiles() -> Floats:
    """What is told (8, 9) of a tile by where its nodes are seen, row by row.

    How far it reaches along x and along y, by the middles of its edges; where its middle
    goes when it takes over half of the corners' mean error; then what is wrong in each
    corner and in the middle.
    """
    node = np.eye(9).reshape(3, 3, 9)
    along_x, along_y, middle = node[1, 2] - node[1, 0], node[2, 1] - node[0, 1], node[1, 1]
    bends = [
        node[1 + y, 1 + x] - middle - x * along_x / 2 - y * along_y / 2 for x, y in ((1, 1), (1, -1), (-1, 1), (-1, -1))
    ]
    lean = np.mean(bends, axis=0) / 2
    return np.array([along_x, along_y, middle + lean, *(bend - lean for bend in bends), lean])


_SHAPE = _shape_of_tiles()


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Look:
    """A page at some resolution, sampled where it is looked at and nowhere else.

    ``to_source`` maps its pixels to those of the scan, beyond which there is white.  ``merged``
    (1 or 2) pixels so sampled, each way, make one.
    """

    pixels: Grey
    to_source: Floats
    size: tuple[int, int]
    merged: int = 1

    def halved(self) -> Look:
        """The page at half the resolution, every pixel the mean of four."""
        return replace(self, size=(self.size[0] // 2, self.size[1] // 2), merged=2)

    def parts(self, lows: Corners, highs: Corners) -> Iterator[Grey]:
        """Rectangles of the page, from pixels (n, 2) to others."""
        maps = np.repeat(self.to_source[None], len(lows), axis=0)
        maps[:, :, 2] += self.merged * lows @ self.to_source[:, :2].T
        sizes = self.merged * (highs - lows)
        for to_source, (width, height) in zip(maps, sizes.tolist(), strict=True):
            sampled = _warp(self.pixels, to_source, (width, height))
            yield sampled if self.merged == 1 else halved(sampled)


def page_at(levels: Halvings, matrix: Floats, page_size_mm: tuple[float, float], px_per_mm: float) -> Look:
    """The page as posed, at a resolution; ``matrix`` maps page millimetres to pixels of the side."""
    pixels, to_source = _level_for(levels, matrix, page_size_mm, px_per_mm)
    return Look(pixels=pixels, to_source=to_source @ _to_mm(px_per_mm), size=grid_size(page_size_mm, px_per_mm))


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
    for tile, affine in _tiles(to_source, displacement, (width, height)):
        left, right, top, bottom = (*tile[2:], *tile[:2]) if lying else tile
        cv2.warpAffine(
            pixels,
            affine[:, [1, 0, 2]] if lying else affine,
            (right - left, bottom - top),
            dst=page[top:bottom, left:right],
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


def _tiles(to_source: Floats, displacement: Displacement, size: tuple[int, int]) -> Iterator[tuple[Tile, Floats]]:
    """Tiles that cover the page and the affine map of each, from its own pixels to the scan's.

    Where the paper bends too much for one map, a tile is cut in four.
    """
    most = _FLAT_MM * abs(scale_at(to_source, (size[0] / PX_PER_MM / 2, size[1] / PX_PER_MM / 2)))
    first = _TILES if displacement.slip is None else _TILES_SLIPPED
    xs, ys = (_cuts(side, parts) for side, parts in zip(size, first, strict=True))
    tiles = np.array([(*x, *y) for y in pairwise(ys) for x in pairwise(xs)], np.int64)
    while len(tiles):
        maps, errors = _affine_maps(to_source, displacement, tiles)
        small = (tiles[:, 1::2] - tiles[:, ::2]).min(axis=1) < 2 * _SMALLEST_PX
        flat = (errors <= most) | small
        yield from ((tuple(tile), affine) for tile, affine in zip(tiles[flat].tolist(), maps[flat], strict=True))
        tiles = _quartered(tiles[~flat])


def _cuts(length: int, parts: int) -> list[int]:
    """Whole pixels that cut a length into parts as equal as can be."""
    return [length * part // parts for part in range(parts + 1)]


def _quartered(tiles: Tiles) -> Tiles:
    """Each tile (left, right, top, bottom) as four."""
    left, right, top, bottom = tiles.T
    x, y = (left + right) // 2, (top + bottom) // 2
    quarters = ((left, x, top, y), (x, right, top, y), (left, x, y, bottom), (x, right, y, bottom))
    return np.stack(quarters, axis=2).transpose(1, 2, 0).reshape(-1, 4)


def _affine_maps(to_source: Floats, displacement: Displacement, tiles: Tiles) -> tuple[Floats, Floats]:
    """The affine map of each tile (n, 2, 3), and how far it is off at worst, in pixels of the scan (n).

    Each map takes the middle of the tile's edges for its slopes; its error is looked for
    where the field departs most from a plane, in corners and in the middle.
    """
    # Nodes in pixels of the grid: the edge of a pixel is whole.
    nodes_px = np.empty((len(tiles), 3, 3, 2))
    nodes_px[..., 0] = (tiles[:, :2] @ _HALVES)[:, None, :]
    nodes_px[..., 1] = (tiles[:, 2:] @ _HALVES)[:, :, None]
    nodes_mm = nodes_px.reshape(-1, 2) / PX_PER_MM
    seen = apply(to_source, nodes_mm + displacement.shifts_at(nodes_mm)).reshape(-1, 9, 2)
    shape = _SHAPE @ seen
    sides = (tiles[:, 1::2] - tiles[:, ::2]).astype(np.float64)
    slopes = shape[:, :2] / sides[:, :, None]
    starts = shape[:, 2:3] - ((sides - 1) / 2)[:, None, :] @ slopes
    errors = np.abs(shape[:, 3:]).max(axis=(1, 2))
    return np.concatenate([slopes, starts], axis=1).transpose(0, 2, 1), errors


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
    """Bilinear sampling through a map from target to source pixels."""
    warped = cv2.warpPerspective(
        pixels,
        to_source,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=_PAPER,
    )
    return np.asarray(warped, np.uint8)
