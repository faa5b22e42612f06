"""Lines that no hand drew, from one edge of the page to another: where they can be seen, and the ink without them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.model.scan import Floats, Grey
from pipeline.read.ground import Ground, grey

_DARKER = 1.25
_BLACK = 250  # a scan in black and white says nothing of darkness


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """A line from edge to edge: points in pixels (x, y), its width and its darkest contrast."""

    points: Floats
    width_px: float
    contrast: float


def bare(ground: Ground) -> Grey:
    """1 where the ink of a line would be seen: no print, no stamp, no nominative zone."""
    seen = grey(1 - ground.band)
    for window in ground.hidden:
        seen[window] = 0
    return seen


def without(lines: Iterable[Line], ink: Grey, contrast: Grey, ground: Ground) -> Grey:
    """Ink, 1 where there is some, without some lines; strokes darker than a line stay where they cross it.

    ``ink`` and ``contrast`` (0–255) are pages in the frame of their ``ground``.
    """
    clean = ink
    for line in lines:
        band = np.zeros_like(ink)
        points = np.rint(line.points).astype(np.int32)
        cv2.polylines(band, [points], False, 1, int(np.ceil(line.width_px)) + 3)
        if line.contrast < _BLACK:
            # On the print both add up, and nothing tells a stroke that crosses them there.
            band &= grey(contrast <= line.contrast * _DARKER) | ground.band
        clean = grey(cv2.bitwise_and(clean, 1 - band))
    return clean
