"""The order of registration on one side, and what becomes of each page found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from pipeline.errors import PageError
from pipeline.model.form import FormShelf, PublishedForm
from pipeline.model.identity import VARIANTS
from pipeline.model.layout import Layout
from pipeline.model.result import PageResult, evidence
from pipeline.model.scan import Floats, Grey, Pose, RegisteredPage, ScanImage
from pipeline.register.anchors import LOOK_PX_PER_MM
from pipeline.register.beyond import blacken_beyond
from pipeline.register.codes import read_anywhere
from pipeline.register.content import coarse, ink_mm2, without_pages
from pipeline.register.frame import apply, page_corners, rotation_deg, scale_at
from pipeline.register.identity import Identified, Looker, ReadNumber, identify
from pipeline.register.locate import (
    Located,
    Side,
    complete,
    covered_ratio,
    locate_everywhere,
    locate_quickly,
    overlap_ratio,
)
from pipeline.register.pose import LARGE_PRINT, Fit, fit_pose, posed_by_print
from pipeline.register.refusal import Shown, cut, half_beside, refusal, shown, under_another, without_page
from pipeline.register.remarks import Streak, streak_mm, streaks, torn_corner
from pipeline.register.resample import Halvings, page_at, straightened
from pipeline.register.slip import feeds_of
from pipeline.register.slots import Entry, Placed, numbered, other_half
from pipeline.register.verify import Held, hold_against_print, hold_closely
from pipeline.settings import RegisterSettings

Blanks = Callable[[PublishedForm], Mapping[int, Grey]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Run:
    """One side and what its pages are held against."""

    image: ScanImage
    side: Side
    shelf: FormShelf
    blanks: Blanks
    read_number: ReadNumber
    streaks: tuple[Streak, ...]


def find_pages(
    image: ScanImage, shelf: FormShelf, blanks: Blanks, read_number: ReadNumber, settings: RegisterSettings
) -> list[Entry]:
    """Every page of one side, numbered by slot; at least one entry, whatever the side shows.

    ``blanks`` gives the printed blanks of a form by layout page, on the canonical grid;
    ``read_number`` reads the line printed beside a code, when both codes are destroyed.
    """
    side = Side(levels=Halvings(image.pixels), dpi=image.dpi, layouts=_layouts(shelf), settings=settings)
    pages, rest = _search(side)
    if not pages:
        return [without_page(image, image.pixels, rest or shown(image.pixels, side))]
    run = _Run(
        image=image,
        side=side,
        shelf=shelf,
        blanks=blanks,
        read_number=read_number,
        streaks=streaks(image.pixels, image.dpi, settings),
    )
    placed = [_one_page(page, pages, run) for page in pages]
    beside = other_half(side, pages)
    if beside is not None:
        half = cut(image.pixels, beside)
        entry = without_page(image, half, rest or shown(half, side))
        entry = half_beside(entry, placed[0].entry, pages[0].group[0].page, shelf)
        placed.append(Placed(entry=entry, centre=_middle(beside), turn_deg=None, height_px=0.0))
    elif covered_ratio(side, pages) < settings.covered_ratio:
        placed += _beside(side, pages, image)
    return numbered(placed)


def _beside(side: Side, pages: list[Located], image: ScanImage) -> list[Placed]:
    """An entry for what lies beside the pages found on a large glass, when it is as much as a page or the ghost of one.

    Around a photographed page there is a table: there, only a code of ours counts.
    """
    rest = _rest(side, pages)
    there = shown(rest, side)
    if not there.stamp and not (read_anywhere(rest) if side.dpi is None else _much_is_left(side, pages)):
        return []
    ys, xs = np.nonzero(rest < np.median(rest) / 2)
    centre = np.array([xs.mean(), ys.mean()]) if len(xs) else np.array(rest.shape[::-1]) / 2
    entry = without_page(image, rest, there)
    return [Placed(entry=entry, centre=centre, turn_deg=None, height_px=0.0)]


def _rest(side: Side, pages: list[Located]) -> Grey:
    """The side without the pages found."""
    quads = [page.quad for page in pages if page.quad is not None]
    return without_pages(side.pixels, quads, side.settings.page_edge_mm * (side.dpi or 0.0) / 25.4)


def _much_is_left(side: Side, pages: list[Located]) -> bool:
    """Whether a page's worth of print or writing lies outside the pages found on a scan."""
    if side.dpi is None:
        return False
    return ink_mm2(coarse(_rest(side, pages), side.dpi), side.settings) >= side.settings.page_ink_mm2


def _middle(corners: Floats) -> Floats:
    """Middle of some corners."""
    return np.asarray(corners.mean(axis=0), np.float64)


def _layouts(shelf: FormShelf) -> tuple[Layout, ...]:
    """One layout for each way of stamping known to the shelf."""
    distinct: dict[object, Layout] = {}
    for form in shelf.forms:
        distinct.setdefault((form.layout.page_size_mm, form.layout.stamp), form.layout)
    return tuple(distinct.values())


def _search(side: Side) -> tuple[list[Located], Shown | None]:
    """Pages of a side, the search widened for as long as part of it is unexplained; and what they leave, if known."""
    if not side.layouts:
        return [], None
    pages = complete(side, locate_quickly(side))
    enough = side.settings.covered_ratio
    if covered_ratio(side, pages) >= enough:
        return pages, None
    rest = _shown_beside(side, pages)
    if rest is not None and rest.bare:
        return pages, rest
    pages = complete(side, locate_everywhere(side, pages, thorough=False))
    if covered_ratio(side, pages) >= enough:
        return pages, None
    if pages and other_half(side, pages) is None and not _much_is_left(side, pages):
        return pages, None
    pages = complete(side, locate_everywhere(side, pages, thorough=True))
    return pages, None if pages else rest


def _shown_beside(side: Side, pages: list[Located]) -> Shown | None:
    """What is shown on a side without pages, or on the half beside a lone one."""
    if not pages:
        return shown(side.pixels, side)
    beside = other_half(side, pages)
    return None if beside is None else shown(cut(side.pixels, beside), side)


def _one_page(page: Located, pages: list[Located], run: _Run) -> Placed:
    """One page placed or refused."""
    if page.fit is None:
        entry: Entry = refusal(run.image, PageError("markers_contradict"))
        return Placed(entry=entry, centre=page.centre, turn_deg=None, height_px=0.0)
    middle = page.fit.layout.page_size_mm[0] / 2, page.fit.layout.page_size_mm[1] / 2
    entry = _register(page.fit, run)
    shared = max((overlap_ratio(page, other) for other in pages if other is not page), default=0.0)
    if isinstance(entry, PageResult) and shared > run.side.settings.overlap_ratio:
        entry = under_another(entry)
    return Placed(
        entry=entry,
        centre=page.centre,
        turn_deg=rotation_deg(page.fit.matrix, middle),
        height_px=page.fit.layout.page_size_mm[1] * scale_at(page.fit.matrix, middle),
    )


def _register(fit: Fit, run: _Run) -> Entry:
    """A page with a pose: identified, held against its blank, straightened."""
    image = run.image
    found: Identified | None = None
    try:
        found = identify(fit, run.shelf, Looker(image=image, read_number=run.read_number))
        fit = _on_own_stamp(fit, found, run.side)
        fit, held = _held(fit, found, run)
    except PageError as error:
        return refusal(image, error, found, _pose(fit, image.dpi, found))
    pose = replace(_pose(fit, image.dpi, found), residual_mm=held.residual_mm)
    pixels = straightened(run.side.levels, fit.matrix, held.displacement, fit.layout.page_size_mm)
    layout = found.form.layout.page(found.layout_page)
    is_cut = blacken_beyond(pixels, layout, fit.matrix, held.displacement, run.side.pixels)
    page = RegisteredPage(
        pixels=pixels,
        identity=found.identity,
        layout_page=found.layout_page,
        pose=pose,
        displacement=held.displacement,
        slot=1,
        identified_by=found.by,
        source=image.source,
        warnings=("page_cut",) if is_cut else (),
    )
    return _warned(page, fit, run)


def _held(fit: Fit, found: Identified, run: _Run) -> tuple[Fit, Held]:
    """The page held against its blank; posed anew by its print when lost markers put it far off."""
    settings, size = run.side.settings, fit.layout.page_size_mm
    page = found.form.layout.page(found.layout_page)
    blank = run.blanks(found.form)[found.layout_page]

    def against_print(fit: Fit) -> Held:
        look = page_at(run.side.levels, fit.matrix, size, LOOK_PX_PER_MM)
        return hold_against_print(look, blank, page, fit, settings)

    held = against_print(fit)
    if len(fit.markers) < 4 and (held.is_doubtful(settings) or held.farthest_mm(size) >= settings.pose_again_mm):
        again = posed_by_print(fit, held.printed_mm, held.found_mm)
        better = against_print(again) if again is not None else held
        if again is not None and better.matched_ratio >= held.matched_ratio:
            fit, held = again, better
    limit = settings.close_look_mm if len(fit.markers) == 4 else settings.close_look_lost_mm
    if held.is_doubtful(settings) or held.residual_mm > limit:
        look = page_at(run.side.levels, fit.matrix, size, LOOK_PX_PER_MM)
        feeds = feeds_of(fit.matrix) if run.image.dpi else []
        held = hold_closely(look, blank, page, fit, held=held, feeds=feeds, settings=settings)
    if held.broken_mm is not None:
        raise PageError("not_registered", residual_mm=held.broken_mm)
    if held.runaway_mm > settings.runaway_limit_mm:
        raise PageError("not_registered", residual_mm=held.runaway_mm)
    return fit, held


def _on_own_stamp(fit: Fit, found: Identified, side: Side) -> Fit:
    """The pose by the stamp of the page's own form, when the first guess was another form's."""
    own = found.form.layout
    if (own.stamp, own.page_size_mm) == (fit.layout.stamp, fit.layout.page_size_mm):
        return replace(fit, layout=own)
    again = fit_pose(fit.markers, own, side.dpi, side.settings)
    if again is None:
        raise PageError("markers_contradict")
    return again


def _pose(fit: Fit, dpi: float | None, found: Identified | None) -> Pose:
    """The pose as it is stored; the printed scale is known when the scan's resolution is."""
    middle = fit.layout.page_size_mm[0] / 2, fit.layout.page_size_mm[1] / 2
    scale = None
    if dpi is not None:
        size = LARGE_PRINT if found and found.identity.variant == VARIANTS["gros_caracteres"] else 1.0
        scale = scale_at(fit.matrix, middle) / (dpi / 25.4) / size
    return Pose(
        matrix=tuple(float(value) for value in (fit.matrix / fit.matrix[2, 2]).ravel()),
        markers=len(fit.markers),
        rotation_deg=rotation_deg(fit.matrix, middle),
        print_scale=scale,
        residual_mm=fit.residual_mm,
    )


def _warned(page: RegisteredPage, fit: Fit, run: _Run) -> RegisteredPage:
    """The page with the scan's warnings and its own, and the numbers behind them."""
    settings, pose = run.side.settings, page.pose
    found = [*run.image.warnings, *page.warnings]
    numbers: dict[str, object] = {}
    if pose.print_scale is not None and abs(pose.print_scale - 1) > settings.print_scale_tolerance:
        found.append("print_scale")
    if pose.markers < 4:
        torn = torn_corner(run.side.pixels, fit, settings)
        found.append("markers_lost" if torn is None else "torn_corner")
        numbers |= {"markers": pose.markers} if torn is None else {"corner": torn}
    if pose.residual_mm > settings.uneven_residual_mm:
        found.append("page_uneven")
        numbers["residual_mm"] = pose.residual_mm
    quad = apply(fit.matrix, page_corners(fit.layout.page_size_mm))
    streak = streak_mm(run.streaks, run.side.pixels, run.image.dpi, quad)
    if streak is not None:
        found.append("dirty_glass")
        numbers["streak_mm"] = streak
    return replace(page, warnings=tuple(found), evidence=evidence(numbers))
