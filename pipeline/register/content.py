"""What a side, or half of one, shows when no page was found there."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.model.scan import Floats, Grey
from pipeline.settings import RegisterSettings

_LOOK_PX_PER_MM = 2.0
_A4_LONG_MM = 297.0
_WHITE = 255


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coarse:
    """A side, or a part of one, on a coarse grid, where grain and dither average out.

    ``known`` tells a scale that the scan claims from one guessed by the paper of a photograph.
    """

    pixels: Grey
    px_per_mm: float
    known: bool


def coarse(pixels: Grey, dpi: float | None) -> Coarse:
    """Pixels of a side reduced for what is looked for without a page."""
    px_per_mm = dpi / 25.4 if dpi else max(pixels.shape) / _A4_LONG_MM
    factor = min(1.0, _LOOK_PX_PER_MM / px_per_mm)
    size = (max(8, round(pixels.shape[1] * factor)), max(8, round(pixels.shape[0] * factor)))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return Coarse(pixels=small, px_per_mm=px_per_mm * factor, known=dpi is not None)


def without_pages(pixels: Grey, quads: list[Floats], margin_px: float) -> Grey:
    """The side with its pages whited out, and a margin around them for the shadow of their edges."""
    rest = pixels.copy()
    for quad in quads:
        middle = quad.mean(axis=0)
        arms = quad - middle
        grown = middle + arms * (1 + margin_px / np.linalg.norm(arms, axis=1).min())
        cv2.fillConvexPoly(rest, np.rint(grown).astype(np.int32), _WHITE)
    return rest


def ink_mm2(seen: Coarse, settings: RegisterSettings) -> float:
    """Area in mm² of what stands out of the paper: not specks, show-through, shadows and punched holes.

    Dust and dither average out on the coarse grid.  The paper's own tone is what remains
    when everything narrower than a thick stroke is closed, so that a grey lid or a shadow
    is paper too.  A margin is left out: holes, staples and scanner edges.
    """
    small, k = seen.pixels, seen.px_per_mm
    reach = max(3, round(settings.thick_stroke_mm * k) | 1)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    inked = (cv2.subtract(paper, small) >= settings.blank_contrast).astype(np.uint8)
    margin = round(settings.blank_margin_mm * k)
    if min(small.shape) > 4 * margin:
        inked = inked[margin:-margin, margin:-margin]
    count, _, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(inked), connectivity=8)
    areas = stats[1:count, cv2.CC_STAT_AREA] / k**2
    return float(areas[areas >= settings.speck_mm2].sum())
