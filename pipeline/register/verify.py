"""A page held against its printed blank: local shift of the paper, and proof that it is that page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.errors import PageError
from pipeline.model.layout import Layout, PageLayout
from pipeline.model.scan import Displacement, Grey
from pipeline.register.anchors import Anchors, anchors_of
from pipeline.register.field import Bend, fit_bend
from pipeline.register.match import match_coarse, match_fine
from pipeline.register.resample import halved
from pipeline.settings import RegisterSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Straightened:
    """The displacement of a page, its residual in mm and the share of anchors that it explains."""

    displacement: Displacement
    residual_mm: float
    matched_ratio: float


def straighten(grid: Grey, blank: Grey, page: PageLayout, layout: Layout, settings: RegisterSettings) -> Straightened:
    """The smooth field through the printed anchors; raises ``PageError``.

    ``print_not_found`` when too few anchors are where a smooth field puts them (another
    page's print, a page without print), ``not_registered`` when they are, but loosely.
    """
    anchors = anchors_of(blank, page, layout)
    bend = _bend(grid, anchors, settings)
    matched = float(bend.kept.mean()) if len(anchors) else 0.0
    if matched < settings.least_matched_ratio or bend.kept.sum() < min(settings.least_anchors, len(anchors)):
        raise PageError("print_not_found", matched=matched, anchors=len(anchors))
    if bend.residual_mm > settings.residual_limit_mm:
        raise PageError("not_registered", residual_mm=bend.residual_mm)
    return Straightened(displacement=bend.displacement, residual_mm=bend.residual_mm, matched_ratio=matched)


def _bend(grid: Grey, anchors: Anchors, settings: RegisterSettings) -> Bend:
    """Two passes: wide and coarse to find the bend, narrow and fine around it to measure it."""
    nowhere = np.zeros((len(anchors), 2))
    coarse = match_coarse(halved(grid), anchors, nowhere, settings.anchor_reach_mm)
    bend = fit_bend(coarse, settings.coarse_likeness, settings.coarse_tolerance_mm, highest_order=2)
    for reach in (settings.fine_reach_mm, settings.fine_reach_mm / 2):
        fine = match_fine(grid, anchors, bend.at(anchors.centres_mm), reach)
        bend = fit_bend(fine, settings.fine_likeness, settings.fine_tolerance_mm)
    return bend
