"""What a side, or half of one, shows when no page was found there."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.model.scan import Floats, Grey
from pipeline.settings import RegisterSettings

_LOOK_PX_PER_MM = 2.0
_A4_LONG_MM = 297.0
_WHITE = 255


def is_blank(pixels: Grey, dpi: float | None, settings: RegisterSettings) -> bool:
    """Whether there is nothing on the paper but specks, show-through, shadows and punched holes.

    Looked at on a coarse grid: dust and dither average out there.  The paper's own tone is
    what remains when everything narrower than a thick stroke is closed, so that a grey lid
    or a shadow is paper too.  A margin is left out: holes, staples and scanner edges.
    """
    px_per_mm = dpi / 25.4 if dpi else max(pixels.shape) / _A4_LONG_MM
    return ink_mm2(pixels, px_per_mm, settings) <= settings.blank_ink_mm2


def without_pages(pixels: Grey, quads: list[Floats], margin_px: float) -> Grey:
    """The side with its pages whited out, and a margin around them for the shadow of their edges."""
    rest = pixels.copy()
    for quad in quads:
        middle = quad.mean(axis=0)
        arms = quad - middle
        grown = middle + arms * (1 + margin_px / np.linalg.norm(arms, axis=1).min())
        cv2.fillConvexPoly(rest, np.rint(grown).astype(np.int32), _WHITE)
    return rest


def ink_mm2(pixels: Grey, px_per_mm: float, settings: RegisterSettings) -> float:
    """Area in mm² of what stands out of the paper, specks aside."""
    small, k = reduced(pixels, px_per_mm)
    reach = max(3, round(settings.thick_stroke_mm * k) | 1)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    inked = (cv2.subtract(paper, small) >= settings.blank_contrast).astype(np.uint8)
    margin = round(settings.blank_margin_mm * k)
    if min(small.shape) > 4 * margin:
        inked = inked[margin:-margin, margin:-margin]
    count, _, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(inked), connectivity=8)
    areas = stats[1:count, cv2.CC_STAT_AREA] / k**2
    return float(areas[areas >= settings.speck_mm2].sum())


def reduced(pixels: Grey, px_per_mm: float) -> tuple[Grey, float]:
    """A side on a coarse grid, where grain and dither average out, and its pixels a millimetre."""
    factor = min(1.0, _LOOK_PX_PER_MM / px_per_mm)
    size = (max(8, round(pixels.shape[1] * factor)), max(8, round(pixels.shape[0] * factor)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8), px_per_mm * factor
