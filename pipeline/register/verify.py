"""A page held against its printed blank: local shift of the paper, and proof that it is that page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.errors import PageError
from pipeline.model.layout import PageLayout
from pipeline.model.scan import Displacement, Grey
from pipeline.register.anchors import Anchors, anchors_of
from pipeline.register.field import Bend, fit_bend
from pipeline.register.frame import apply
from pipeline.register.match import Matches, match
from pipeline.register.pose import Fit
from pipeline.register.resample import halved
from pipeline.settings import RegisterSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Straightened:
    """The displacement of a page, its residual in mm and the share of anchors that it explains."""

    displacement: Displacement
    residual_mm: float
    matched_ratio: float


def straighten(grid: Grey, blank: Grey, page: PageLayout, fit: Fit, settings: RegisterSettings) -> Straightened:
    """The smooth field through the printed anchors and the markers; raises ``PageError``.

    ``print_not_found`` when too few anchors are where a smooth field puts them (another
    page's print, a page without print), ``not_registered`` when they are, but loosely.
    """
    anchors = anchors_of(blank, page, fit.layout)
    corners = _marker_shifts(fit)
    bend = _bend(grid, anchors, corners, settings)
    matched = float(bend.kept.mean()) if len(anchors) else 0.0
    if matched < settings.least_matched_ratio or bend.kept.sum() < min(settings.least_anchors, len(anchors)):
        raise PageError("print_not_found", matched=matched, anchors=len(anchors))
    if bend.residual_mm > settings.residual_limit_mm:
        raise PageError("not_registered", residual_mm=bend.residual_mm)
    return Straightened(displacement=bend.displacement, residual_mm=bend.residual_mm, matched_ratio=matched)


def _marker_shifts(fit: Fit) -> Matches:
    """The markers as further anchors: they hold the field in the corners, where little is printed."""
    nominal = np.array([fit.layout.stamp.markers[marker.corner].centre for marker in fit.markers], np.float64)
    seen = np.array([marker.centre for marker in fit.markers], np.float64)
    shifts = apply(np.asarray(np.linalg.inv(fit.matrix), np.float64), seen) - nominal
    return Matches(centres_mm=nominal, shifts_mm=shifts, likeness=np.ones(len(nominal)))


def _bend(grid: Grey, anchors: Anchors, corners: Matches, settings: RegisterSettings) -> Bend:
    """Two passes: wide and coarse to find the bend, narrow and fine around it to measure it."""
    half = halved(grid)
    nowhere = np.zeros((len(anchors), 2))
    coarse = match(halved(half), anchors, anchors.coarse, nowhere, settings.anchor_reach_mm)
    bend = fit_bend(coarse, settings.coarse_likeness, settings.coarse_tolerance_mm, corners)
    fine = match(half, anchors, anchors.fine, bend.at(anchors.centres_mm), settings.fine_reach_mm)
    return fit_bend(fine, settings.fine_likeness, settings.fine_tolerance_mm, corners)
