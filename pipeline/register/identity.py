"""Whose page it is: code A, code B, then the printed number; never by elimination."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.errors import PageError
from pipeline.model.form import FormShelf, PublishedForm
from pipeline.model.identity import VARIANTS, PageIdentity, PrintedLine
from pipeline.model.scan import Grey, ScanImage
from pipeline.register.codes import FoundCode, read_patiently, read_quickly
from pipeline.register.pose import LARGE_PRINT, Fit
from pipeline.register.resample import crop_mm

ReadNumber = Callable[[Grey], PrintedLine | None]
_NUMBER_PX_PER_MM = 12.0
_NUMBER_MARGIN_MM = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """A page's identity, its form on the shelf, and what said so."""

    identity: PageIdentity
    form: PublishedForm
    layout_page: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Looker:
    """The side as scanned, for a closer look, and the reader of plain type."""

    image: ScanImage
    read_number: ReadNumber


def identify(fit: Fit, shelf: FormShelf, looker: Looker) -> Identified:
    """The identity that the page carries; raises ``PageError`` with the reason of refusal.

    ``no_identity``, ``codes_disagree``, ``page_mismatch``, ``unknown_version``,
    ``nominative_sheet`` or ``unknown_page``.
    """
    stamp = fit.layout.stamp
    codes = read_quickly(looker.image.pixels, fit.matrix, stamp.codes)
    if not any(code.identity for code in codes):
        codes = read_patiently(looker.image.pixels, fit.matrix, stamp.codes)
    if not any(code.identity for code in codes):
        return _by_number(fit, shelf, looker)
    return _by_code(codes, fit, shelf)


def _by_code(codes: list[FoundCode], fit: Fit, shelf: FormShelf) -> Identified:
    """The identity in the codes, when they agree with each other and with the markers."""
    ours = [(code.place, code.identity) for code in codes if code.identity is not None]
    place, identity = ours[0]
    if any(other != identity for _, other in ours):
        raise PageError("codes_disagree", codes=[other.encode() for _, other in ours])
    form = shelf.by_code(identity.form_code, identity.version_code)
    _refuse_by_name(form)
    if form is None:
        raise PageError("unknown_version", form_code=identity.form_code, version_code=identity.version_code)
    _require_marked_page(identity.page, fit)
    return _placed(identity, form, by=("code_a", "code_b")[place])


def _by_number(fit: Fit, shelf: FormShelf, looker: Looker) -> Identified:
    """The identity printed in plain type, when every line that can be read says the same.

    The check digits let one misreading in a hundred through, hence the second line.
    """
    lines = _printed_lines(fit, looker)
    numbers = {line.carnet for line in lines}
    named = _named(lines, shelf)
    if len(numbers) > 1 or len(named) > 1:
        raise PageError("codes_disagree", numbers=sorted(numbers), forms=sorted(named))
    if not numbers or not named:
        raise PageError("no_identity", numbers=sorted(numbers))
    (carnet,), ((form_id, version),) = numbers, named
    form = shelf.get(form_id, version)
    _refuse_by_name(form)
    if form is None:  # a letter misread is as likely as a form not known here, and a page of ours is no stranger
        raise PageError("no_identity", numbers=[carnet])
    for line in lines:
        if line.page is not None:
            _require_marked_page(line.page, fit)
    return _placed(_identity(carnet, form, fit, looker.image.dpi), form, by="printed_number")


def _named(lines: list[PrintedLine], shelf: FormShelf) -> set[tuple[str, str]]:
    """Form and version that the lines name; a name cut off is none where the other line has one of the shelf."""
    named = {(line.form, line.version) for line in lines if line.form and line.version}
    ids = {form.definition.id for form in shelf.forms}
    return {name for name in named if name[0] in ids} or named


def _printed_lines(fit: Fit, looker: Looker) -> list[PrintedLine]:
    """The lines beside the codes whose number could be read."""
    boxes = [box.grown(_NUMBER_MARGIN_MM) for box in fit.layout.stamp.numbers]
    crops = [crop_mm(looker.image.pixels, fit.matrix, box, _NUMBER_PX_PER_MM) for box in boxes]
    return [line for crop in crops if (line := looker.read_number(crop)) is not None and line.carnet]


def _identity(carnet: str, form: PublishedForm, fit: Fit, dpi: float | None) -> PageIdentity:
    """The identity of a page known by its printed number; its page number is the markers'."""
    page = fit.markers[0].page
    return PageIdentity(
        form_code=form.definition.code,
        version_code=form.definition.version_code,
        variant=VARIANTS["gros_caracteres"] if _is_large(fit, dpi) else VARIANTS["standard"],
        carnet=carnet,
        page=page,
        sheet=_layout_page(form, page)[1],
    )


def _is_large(fit: Fit, dpi: float | None) -> bool:
    """Whether the page is in large print, by the size of its markers; unknown is standard."""
    if dpi is None:
        return False
    marker = fit.markers[0]
    size = marker.side_px / fit.layout.stamp.markers[marker.corner].w / (dpi / 25.4)
    return size > (1 + LARGE_PRINT) / 2


def _require_marked_page(page: int, fit: Fit) -> None:
    """Markers and code must name the same page."""
    if any(marker.page != page for marker in fit.markers):
        raise PageError("page_mismatch", code=page, markers=fit.markers[0].page)


def _refuse_by_name(form: PublishedForm | None) -> None:
    """A nominative sheet is never read."""
    if form is not None and form.definition.nominative:
        raise PageError("nominative_sheet", form=form.definition.id, version=form.definition.version)


def _placed(identity: PageIdentity, form: PublishedForm, *, by: str) -> Identified:
    """The identity with its page of the layout."""
    page, ordinal = _layout_page(form, identity.page)
    if identity.sheet != ordinal:
        raise PageError("unknown_page", page=identity.page, sheet=identity.sheet)
    return Identified(identity=identity, form=form, layout_page=page, by=by)


def _layout_page(form: PublishedForm, printed: int) -> tuple[int, int]:
    """The page of the layout behind a printed page number, and the sheet's ordinal."""
    try:
        page, ordinal = form.definition.layout_page(printed)
        form.layout.page(page.number)
    except KeyError as error:
        raise PageError("unknown_page", page=printed) from error
    return page.number, ordinal
