"""A page held against its printed blank: local shift of the paper, and proof that it is that page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.errors import PageError
from pipeline.model.layout import PageLayout
from pipeline.model.scan import Displacement, Floats, Grey
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
    """The field of a page: a flat sheet at one look, a bent one after a wider search.

    A flat sheet's print lies within a millimetre of its place.  Anchors that are not there
    are looked for farther off; when they are many, the sheet is bent and every anchor is.
    """
    half = halved(grid)
    points, nowhere = anchors.centres_mm, np.zeros((len(anchors), 2))
    shifts, likeness = match(half, anchors.fine, nowhere, settings.near_reach_mm)
    bend = _fit(points, shifts, likeness, corners, settings)
    lost = ~bend.kept
    if not lost.any():
        return bend
    again, quarter = lost, halved(half)
    if lost.mean() > settings.bent_ratio:
        far, far_likeness = match(quarter, anchors.coarse, nowhere, settings.anchor_reach_mm)
        found = Matches(centres_mm=points, shifts_mm=far, likeness=far_likeness)
        start = fit_bend(found, settings.coarse_likeness, settings.coarse_tolerance_mm, corners).at(points)
        again = lost | True
    else:
        start, _ = match(quarter, anchors.coarse, nowhere, settings.anchor_reach_mm, lost)
    fine, fine_likeness = match(half, anchors.fine, start, settings.fine_reach_mm, again)
    shifts[again], likeness[again] = fine[again], fine_likeness[again]
    return _fit(points, shifts, likeness, corners, settings)


def _fit(points: Floats, shifts: Floats, likeness: Floats, corners: Matches, settings: RegisterSettings) -> Bend:
    """The field through fine matches."""
    matches = Matches(centres_mm=points, shifts_mm=shifts, likeness=likeness)
    return fit_bend(matches, settings.fine_likeness, settings.fine_tolerance_mm, corners)
