"""The bare paper of a page: brought back onto its blank, its level estimated locally."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.scan import PX_PER_MM, Displacement, Grey
from pipeline.read.ground import BLOCK, Ground, by_block, grey

Reals = npt.NDArray[np.float64]


_STEP = 4 * BLOCK  # pixels between two nodes of the map
_NEGLIGIBLE_MM = 0.04
_PAPER_SPAN = 9  # blocks: ink narrower than 9 mm does not lower the paper level
_KNOWN_SHARE = 96  # of 255: blocks with less bare paper say nothing
_NEARLY_PAPER = 0.88
_DARKEST_PAPER = 50


def straighten(pixels: Grey, displacement: Displacement) -> Grey:
    """The page brought back onto its blank: the displacement of the paper undone."""
    if not displacement.dx:
        return pixels
    x_mm, y_mm = _nodes(pixels.shape)
    dx, dy = _field(displacement.dx, x_mm, y_mm), _field(displacement.dy, x_mm, y_mm)
    if max(float(np.abs(dx).max()), float(np.abs(dy).max())) < _NEGLIGIBLE_MM:
        return pixels
    coarse = np.dstack([(x_mm + dx) * PX_PER_MM - 0.5, (y_mm + dy) * PX_PER_MM - 0.5])
    where = _spread(coarse.astype(np.float32), pixels.shape)
    nothing: Any = None  # both coordinates stand in the first map
    return grey(cv2.remap(pixels, where, nothing, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def paper_level(pixels: Grey, ground: Ground) -> Grey:
    """Brightness of the bare paper, one value per block.

    Blocks are averaged where the blank says there is no print; ink narrower than a
    hand's stroke is closed over, so that shadows and stains stay and writing goes.
    """
    bare = by_block(grey(cv2.bitwise_and(pixels, ground.bare)))
    share = ground.bare_share.astype(np.float32)
    level = np.minimum(np.where(share > _KNOWN_SHARE, bare * (255.0 / np.maximum(share, 1.0)), 0.0), 255.0)
    span = np.ones((_PAPER_SPAN, _PAPER_SPAN), np.uint8)
    closed = np.maximum(cv2.morphologyEx(level.astype(np.uint8), cv2.MORPH_CLOSE, span), 1)
    # Closing fills the bottom of a shadow; where the lightest block around is nearly as
    # light, it is paper and says by how much.
    lightest = cv2.dilate((level / closed).astype(np.float32), np.ones((3, 3), np.uint8))
    paper = closed * np.where(lightest > _NEARLY_PAPER, np.minimum(lightest, 1.0), 1.0)
    return grey(cv2.GaussianBlur(grey(paper), (5, 5), 0))


def contrast_map(pixels: Grey, paper: Grey) -> Grey:
    """Darkness of every pixel against the paper around it, 0 (paper) to 255 (black)."""
    level = cv2.resize(np.maximum(paper, _DARKEST_PAPER), (pixels.shape[1], pixels.shape[0]))
    return grey(cv2.bitwise_not(cv2.divide(pixels, level, scale=255)))


def _field(terms: tuple[float, ...], x_mm: Reals, y_mm: Reals) -> Reals:
    """A displacement polynomial over many points (terms as in ``Displacement``)."""
    u, v = x_mm / 100.0, y_mm / 100.0
    total = np.zeros_like(u)
    degree = power = 0
    for term in terms:
        total += term * u ** (degree - power) * v**power
        degree, power = (degree + 1, 0) if power == degree else (degree, power + 1)
    return total


def _nodes(shape: tuple[int, ...]) -> tuple[Reals, Reals]:
    """Page millimetres of the centres of blocks of ``_STEP`` pixels, one block more all round."""
    height, width = shape[:2]
    x = (np.arange(-(-width // _STEP) + 2) - 0.5) * _STEP / PX_PER_MM
    y = (np.arange(-(-height // _STEP) + 2) - 0.5) * _STEP / PX_PER_MM
    x_mm, y_mm = np.meshgrid(x, y)
    return x_mm, y_mm


def _spread(coarse: npt.NDArray[np.float32], shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """A map known at the nodes, interpolated to every pixel: enlarging is exact between block centres."""
    rows, columns = coarse.shape[:2]
    full = cv2.resize(coarse, (columns * _STEP, rows * _STEP), interpolation=cv2.INTER_LINEAR)
    return np.asarray(full[_STEP : _STEP + shape[0], _STEP : _STEP + shape[1]], np.float32)
