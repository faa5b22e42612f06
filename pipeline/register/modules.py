"""The modules of a DataMatrix sampled where the pose puts them.

A reader must first find a code by its border, and a pen stroke that merely touches the
border hides it.  The pose already says where the code is: its modules are sampled one by
one, the border is drawn as it must be, and only the inside is left to error correction.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import cv2
import numpy as np

from pipeline.model.layout import Box
from pipeline.model.scan import Floats, Grey
from pipeline.register.resample import crop_mm

MODULES = 16
_MODULE_PX = 6
_QUIET = 2
_INK_LEVELS = (0.5, 0.3, 0.7)
"""Shares of the way from black to paper: pen ink is paler than toner, worn toner paler than black."""
_CENTRES = np.arange(MODULES) * _MODULE_PX + _MODULE_PX // 2
_NEAR_PX = 3
Scores = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
Bits = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def rebuilt_codes(pixels: Grey, matrix: Floats, box: Box, reach_mm: float) -> Iterator[Grey]:
    """Clean drawings of the code printed in ``box``, one for each place and each level of ink taken as black.

    The code is first looked for within ``reach_mm`` of its place, by its border.
    """
    px_per_mm = MODULES * _MODULE_PX / box.w
    crop = crop_mm(pixels, matrix, box.grown(reach_mm), px_per_mm)
    soft = np.asarray(cv2.blur(crop, (_MODULE_PX // 2, _MODULE_PX // 2)), np.float32)
    scores = cv2.matchTemplate(soft, _border_template(), cv2.TM_CCORR)
    for left, top in _places(np.asarray(scores, np.float32), round(reach_mm * px_per_mm)):
        levels = soft[np.ix_(top + _CENTRES, left + _CENTRES)]
        black, paper = (float(np.median(levels[_border() & kind])) for kind in (_border_black(), ~_border_black()))
        for share in _INK_LEVELS:
            bits = levels < black + share * (paper - black)
            bits[_border()] = _border_black()[_border()]
            yield _drawn(bits)


def _places(scores: Scores, nominal: int) -> list[tuple[int, int]]:
    """Where the code may start: the best place near its own, then the best of all.

    A stroke along the border can make a place one module off look better.
    """
    low, high = max(0, nominal - _NEAR_PX), nominal + _NEAR_PX + 1
    _, _, _, (x, y) = cv2.minMaxLoc(scores[low:high, low:high])
    _, _, _, (left, top) = cv2.minMaxLoc(scores)
    return list(dict.fromkeys([(low + x, low + y), (left, top)]))


@lru_cache(maxsize=1)
def _border() -> Bits:
    """Which modules form the border."""
    border = np.ones((MODULES, MODULES), bool)
    border[1:-1, 1:-1] = False
    return border


@lru_cache(maxsize=1)
def _border_black() -> Bits:
    """The border as it must be: two solid sides, left and bottom, and two dotted ones."""
    black = np.zeros((MODULES, MODULES), bool)
    black[0, ::2] = True
    black[1::2, -1] = True
    black[:, 0] = black[-1, :] = True
    return black


@lru_cache(maxsize=1)
def _border_template() -> Scores:
    """Weights that are highest where the border lies: paper positive, ink negative, both in balance."""
    weights = np.zeros((MODULES, MODULES), np.float32)
    black, white = _border() & _border_black(), _border() & ~_border_black()
    weights[black], weights[white] = -1 / black.sum(), 1 / white.sum()
    fine = np.zeros((MODULES * _MODULE_PX, MODULES * _MODULE_PX), np.float32)
    fine[_MODULE_PX // 2 :: _MODULE_PX, _MODULE_PX // 2 :: _MODULE_PX] = weights
    return fine


def _drawn(bits: Bits) -> Grey:
    """Modules as pixels, black on white, with a quiet zone."""
    small = np.pad(np.where(bits, 0, 255).astype(np.uint8), _QUIET, constant_values=255)
    return np.ascontiguousarray(np.kron(small, np.ones((_MODULE_PX, _MODULE_PX), np.uint8)))
