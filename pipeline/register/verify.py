"""A page held against its printed blank: local shift of the paper, and proof that it is that page."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from pipeline.errors import PageError
from pipeline.model.layout import PageLayout
from pipeline.model.scan import Displacement, Floats, Grey, Slip
from pipeline.register.anchors import CLOSELY, Anchors, Flags, anchors_of
from pipeline.register.field import ALL_CORNERS, HIGHEST_ORDER, Bend, fit_bend
from pipeline.register.fold import best_step
from pipeline.register.frame import apply, corners_of, page_corners
from pipeline.register.match import Matches, match
from pipeline.register.pose import Fit
from pipeline.register.resample import Look
from pipeline.register.slip import best_slip
from pipeline.settings import RegisterSettings

_LOOKS_FOR_LOST = 3
_SOBER_ORDER = 4
"""Where a marker is lost, what a field says beyond this order, or beyond its own but one, must not lead far away."""
_COARSE_ORDER = 4
"""Of the field through places found at half the resolution of looking."""
_LOOKS_FOR_SLIP = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The displacement of a page, its residual in mm and the share of anchors that it explains.

    ``printed_mm`` and ``found_mm`` (n, 2): where each anchor it explains is printed, and
    where it lies on the page as posed.  ``broken_mm``: by how much the sheet is broken by a
    fold, None when it is whole.  ``runaway_mm``: how far fields of two orders lie apart
    in what is read where a lost marker leaves a corner unheld.
    """

    displacement: Displacement
    residual_mm: float
    matched_ratio: float
    printed_mm: Floats
    found_mm: Floats
    broken_mm: float | None
    runaway_mm: float

    def is_doubtful(self, settings: RegisterSettings) -> bool:
        """Whether the sheet is broken, or its field leads far away."""
        return self.broken_mm is not None or self.runaway_mm > settings.runaway_limit_mm

    def farthest_mm(self, page_size_mm: tuple[float, float]) -> float:
        """The largest shift at the page's corners, where the field is extrapolated."""
        return max(math.hypot(*self.displacement.at(x, y)) for x, y in page_corners(page_size_mm).tolist())


def hold_against_print(look: Look, blank: Grey, page: PageLayout, fit: Fit, settings: RegisterSettings) -> Held:
    """The smooth field through the printed anchors and the markers; raises ``PageError``.

    ``look`` is the page as posed, at ``LOOK_PX_PER_MM`` of ``anchors``.

    ``print_not_found`` when too few anchors are where a smooth field puts them (another
    page's print, a page without print), ``not_registered`` when they are, but loosely.
    """
    anchors = anchors_of(blank, page, fit.layout)
    corners = _marker_shifts(fit)
    return _judged(*_found(look, anchors, corners, settings), page)


def hold_closely(
    look: Look, blank: Grey, page: PageLayout, fit: Fit, *, held: Held, feeds: list[Floats], settings: RegisterSettings
) -> Held:
    """The page held against three times as many anchors, around the field that was found; raises ``PageError``.

    So many anchors leave no room for a field that swings between them, and show a fold
    that hides from a few.  They also tell where the feed slipped, along one of ``feeds``:
    believed where the sheet, but for its slip, then lies as smooth as whole sheets do.
    """
    anchors = anchors_of(blank, page, fit.layout, CLOSELY)
    search = _started(anchors, _marker_shifts(fit), settings, settings.fold_step_mm)
    search.look(look, held.displacement.shifts_at(anchors.centres_mm), settings.close_reach_mm, search.likeness < 0)
    bend = search.field()
    if feeds and (bend.residual_mm > settings.close_look_mm or search.astray(bend).any()):
        slipped = search.slipped(feeds)
        if slipped.residual_mm <= settings.uneven_residual_mm and search.fits_better(slipped, bend):
            bend = slipped
    return _judged(search, search.settled(look, bend), page)


def _judged(search: _Search, bend: Bend, page: PageLayout) -> Held:
    """What the anchors found and the field through them say of a page; raises ``PageError``."""
    settings, count = search.settings, len(search.anchors)
    matched = float(bend.kept.mean()) if count else 0.0
    if matched < settings.least_matched_ratio or bend.kept.sum() < min(settings.least_anchors, count):
        raise PageError("print_not_found", matched=matched, anchors=count)
    if bend.residual_mm > settings.residual_limit_mm:
        raise PageError("not_registered", residual_mm=bend.residual_mm)
    printed = search.anchors.centres_mm[bend.kept]
    return Held(
        displacement=bend.displacement,
        residual_mm=bend.residual_mm,
        matched_ratio=matched,
        printed_mm=printed,
        found_mm=printed + bend.at(printed),
        broken_mm=_broken_mm(search, bend),
        runaway_mm=_runaway_mm(search, bend, page),
    )


def _runaway_mm(search: _Search, bend: Bend, page: PageLayout) -> float:
    """How far two fields of a page that lost a marker lie apart, where they do so most; 0 with every marker.

    In a corner that nothing holds, the terms that follow a bend elsewhere can lead
    millimetres away while every anchor fits; fields of two orders then disagree.  What
    counts is where something is read or blacked out: bare paper may lie where it will.
    """
    boxes = [box for field in page.fields for box in field.parts]
    if len(search.corners.likeness) == ALL_CORNERS or not boxes or bend.order == 0:
        return 0.0
    points = np.vstack([corners_of(box) for box in boxes])
    sober = search.field(min(_SOBER_ORDER, bend.order - 1), bend.displacement.slip)
    apart = sober.at(points) - bend.at(points)
    return float(np.hypot(*apart.T).max())


def _marker_shifts(fit: Fit) -> Matches:
    """The markers as further anchors: they hold the field in the corners, where little is printed."""
    nominal = np.array([fit.layout.stamp.markers[marker.corner].centre for marker in fit.markers], np.float64)
    seen = np.array([marker.centre for marker in fit.markers], np.float64)
    shifts = apply(np.asarray(np.linalg.inv(fit.matrix), np.float64), seen) - nominal
    return Matches(centres_mm=nominal, shifts_mm=shifts, likeness=np.ones(len(nominal)))


@dataclass(slots=True, eq=False)
class _Search:
    """The anchors of one page as they are found: their shifts and likeness so far.

    ``astray_mm`` is how far off the field print that is plainly seen may lie.
    """

    anchors: Anchors
    corners: Matches
    settings: RegisterSettings
    shifts: Floats
    likeness: Floats
    astray_mm: float

    def field(self, highest_order: int = HIGHEST_ORDER, slip: Slip | None = None) -> Bend:
        """The field through what was found, beside what a slip of the feed explains."""
        found = Matches(centres_mm=self.anchors.centres_mm, shifts_mm=self.shifts, likeness=self.likeness)
        likeness, tolerance = self.settings.fine_likeness, self.settings.fine_tolerance_mm
        if slip is None:
            return fit_bend(found, likeness, tolerance, self.corners, highest_order)
        found, corners = (_without(slip, seen) for seen in (found, self.corners))
        bend = fit_bend(found, likeness, tolerance, corners, highest_order)
        return replace(bend, displacement=replace(bend.displacement, slip=slip))

    def slipped(self, feeds: list[Floats]) -> Bend:
        """The field of a sheet whose feed slipped."""
        points = np.vstack([self.anchors.centres_mm, self.corners.centres_mm])
        shifts = np.vstack([self.shifts, self.corners.shifts_mm])
        corners = np.ones(len(self.corners.likeness), bool)
        kept = self.likeness >= self.settings.fine_likeness
        for _ in range(_LOOKS_FOR_SLIP):
            among = np.concatenate([kept, corners])
            bend = self.field(_SOBER_ORDER, best_slip(points[among], shifts[among], feeds))
            if (bend.kept == kept).all():
                break
            kept = bend.kept
        return bend

    def look(self, page: Look, start: Floats, reach_mm: float, only: Flags) -> None:
        """Look for some of the anchors again, around other places, and keep what is more alike."""
        shifts, likeness = match(page, self.anchors.fine, start, reach_mm, only)
        self.shifts[only], self.likeness[only] = shifts[only], likeness[only]

    def astray(self, bend: Bend) -> Flags:
        """Which anchors are plainly seen elsewhere than a field leads."""
        off = np.hypot(*(bend.at(self.anchors.centres_mm) - self.shifts).T)
        return np.asarray((self.likeness >= self.settings.sure_likeness) & (off > self.astray_mm))

    def fits_better(self, one: Bend, other: Bend) -> bool:
        """Whether one field leaves fewer anchors astray than another, or as few and the rest nearer."""
        ranks = [(int(self.astray(bend).sum()), bend.residual_mm) for bend in (one, other)]
        return ranks[0] < ranks[1]

    def settled(self, page: Look, bend: Bend) -> Bend:
        """The field once anchors astray were looked for where it leads."""
        astray = self.astray(bend)
        if not astray.any():
            return bend
        self.claim(page, bend, astray)
        slip = bend.displacement.slip
        return self.field(HIGHEST_ORDER if slip is None else _SOBER_ORDER, slip)

    def claim(self, page: Look, bend: Bend, astray: Flags) -> None:
        """Anchors astray lie where the field leads when they look as much alike there: other print captured them."""
        reach = self.settings.fine_tolerance_mm
        shifts, likeness = match(page, self.anchors.fine, bend.at(self.anchors.centres_mm), reach, astray)
        there = astray & (likeness >= self.likeness)
        self.shifts[there], self.likeness[there] = shifts[there], likeness[there]


def _broken_mm(search: _Search, bend: Bend) -> float | None:
    """By how much print that is plainly there lies off the smooth field, or steps; None for a whole sheet.

    That is what a stepped fold leaves, or a feed that slipped at once: the mean error is
    small, and boxes beside the fold would be read a millimetre off.  Two anchors astray are a fold;
    one alone is when no doubt is possible that it lies there, being unlike all print beside
    it, as in a corner that is folded and holds little print.  Any other was captured by
    something like it: no fold is read into the place where it was believed to be.
    """
    settings = search.settings
    sure = search.likeness >= settings.sure_likeness
    centres, shifts, likeness = search.anchors.centres_mm[sure], search.shifts[sure], search.likeness[sure]
    off, astray = np.hypot(*(bend.at(centres) - shifts).T), search.astray(bend)[sure]
    if astray.sum() >= settings.astray_anchors:
        return float(np.sort(off)[-settings.astray_anchors])
    alone = search.anchors.distinct[sure] & (likeness >= settings.alone_likeness)
    alone &= (off >= settings.alone_least_mm) & (off <= settings.alone_most_mm)
    if alone.any():
        return float(off[alone].max())
    points = np.vstack([centres[~astray], search.corners.centres_mm])
    moved = np.vstack([shifts[~astray], search.corners.shifts_mm])
    if bend.displacement.slip is not None:
        moved = moved - bend.displacement.slip.shifts_at(points)
    step = best_step(points, moved, settings.fold_error_mm)
    explained = step.stepped_error_mm <= settings.fold_explains_ratio * step.smooth_error_mm
    return step.size_mm if explained and step.size_mm >= settings.fold_step_mm else None


def _without(slip: Slip, found: Matches) -> Matches:
    """Matches as they would be if the feed had not slipped."""
    return replace(found, shifts_mm=found.shifts_mm - slip.shifts_at(found.centres_mm))


def _started(anchors: Anchors, corners: Matches, settings: RegisterSettings, astray_mm: float) -> _Search:
    """A search that has found nothing yet."""
    count = len(anchors)
    return _Search(
        anchors=anchors,
        corners=corners,
        settings=settings,
        shifts=np.zeros((count, 2)),
        likeness=np.full(count, -1.0),
        astray_mm=astray_mm,
    )


def _found(look: Look, anchors: Anchors, corners: Matches, settings: RegisterSettings) -> tuple[_Search, Bend]:
    """The anchors of a page and the field through them: a flat sheet at one look, a bent one after a wider search.

    A flat sheet's print lies within a millimetre of its place.  When many anchors are not
    there the sheet is bent, and all are looked for farther off; the few that are still
    lost are then looked for around where the others' field leads, as in the corner of a
    photograph whose marker is torn off.
    """
    points, count = anchors.centres_mm, len(anchors)
    search = _started(anchors, corners, settings, settings.astray_mm)
    every = np.asarray(search.likeness < 0)
    search.look(look, search.shifts, settings.near_reach_mm, every)
    bend = search.field()
    if (~bend.kept).mean() > settings.bent_ratio:
        far, alike = match(look.halved(), anchors.coarse, np.zeros((count, 2)), settings.anchor_reach_mm)
        found = Matches(centres_mm=points, shifts_mm=far, likeness=alike)
        start = fit_bend(found, settings.coarse_likeness, settings.coarse_tolerance_mm, corners, _COARSE_ORDER)
        search.look(look, start.at(points), settings.fine_reach_mm, every)
        bend = search.field()
    for _ in range(_LOOKS_FOR_LOST):
        lost = ~bend.kept
        if not lost.any():
            break
        guide = search.field(highest_order=2).at(points)
        start_again, _ = match(look.halved(), anchors.coarse, guide, settings.anchor_reach_mm, lost)
        search.look(look, start_again, settings.fine_reach_mm, lost)
        grown = search.field()
        if grown.kept.sum() <= bend.kept.sum():
            break
        bend = grown
    return search, search.settled(look, bend)
