"""All stored pages of one carnet number → what becomes of each, and every field of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.decide.book import FieldBook
from pipeline.decide.context import CarnetContext
from pipeline.decide.order import expected
from pipeline.decide.page import Light, alike_on, page_decisions
from pipeline.decide.pages import Standing, Writing, stand, writings
from pipeline.decide.rules import repeated, sheet_of, warnings_of
from pipeline.decide.versions import Written, bundles, owners, written
from pipeline.decide.visibility import BITONAL
from pipeline.decide.writer import Writer, writer_on
from pipeline.model.decision import FieldDecision, Status
from pipeline.model.form import FormShelf, PublishedForm
from pipeline.model.result import DecidedPage, Disposition, PageResult
from pipeline.settings import DecideSettings

FormKey = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The pages of one carnet that follow one form version: their writings, and what becomes of each."""

    form: PublishedForm
    found: dict[int, list[Writing]]
    standings: tuple[Standing, ...]


def decide_carnet(
    pages: Sequence[PageResult], shelf: FormShelf, context: CarnetContext, settings: DecideSettings
) -> tuple[DecidedPage, ...]:
    """What becomes of all stored pages that bear one carnet number or one of its second numbers.

    Returns one decided page for each identified page, ordered by the number under which
    it counts, form, version, printed page and quality, whatever the order in which they
    came.  Pages of several versions are decided apart, with a warning on every field; a
    form that is no longer on the shelf makes its pages foreign.
    """
    second = {choice.copy for choice in context.choices if choice.copy}
    by_number = _by_number(pages, shelf, context, settings)
    decided: list[DecidedPage] = []
    for number in sorted(by_number):
        counted = by_number[number]
        elsewhere = {page.key for page in counted if page.identity and page.identity.carnet != number}
        light = replace(context, known=context.known or number in second)
        decided += [
            replace(page, carnet=number) if page.key in elsewhere else page
            for page in _decide_number(counted, shelf, light, settings)
        ]
    return tuple(decided)


def _by_number(
    pages: Sequence[PageResult], shelf: FormShelf, context: CarnetContext, settings: DecideSettings
) -> dict[str, list[PageResult]]:
    """Identified pages by the number under which they count: the printed one, or what a person said."""
    printed: dict[str, list[PageResult]] = defaultdict(list)
    for page in pages:
        if page.identity is not None:
            printed[page.identity.carnet].append(page)
    found: dict[str, list[PageResult]] = defaultdict(list)
    for number, borne in printed.items():
        owned = owners(_written(borne, shelf, settings), context.choices) if context.choices else {}
        for page in borne:
            found[owned.get(page.key, number)].append(page)
    return found


def _written(pages: Iterable[PageResult], shelf: FormShelf, settings: DecideSettings) -> list[Written]:
    """Every writing on pages of known forms."""
    by_form = _by_form(pages)
    return [
        one
        for key in sorted(by_form)
        if (form := shelf.get(*key)) is not None
        for one in written(key, writings(by_form[key], _width_mm(form), settings), _width_mm(form), settings)
    ]


def _by_form(pages: Iterable[PageResult]) -> dict[FormKey, list[PageResult]]:
    found: dict[FormKey, list[PageResult]] = defaultdict(list)
    for page in pages:
        found[page.form, page.version].append(page)
    return found


def _width_mm(form: PublishedForm) -> int:
    return round(form.layout.page_size_mm[0])


def _decide_number(
    pages: Sequence[PageResult], shelf: FormShelf, context: CarnetContext, settings: DecideSettings
) -> list[DecidedPage]:
    """All pages that count under one number: one person wrote them, unless versions are in conflict."""
    by_form = _by_form(pages)
    parts: list[_Part] = []
    decided: list[DecidedPage] = []
    for key in sorted(by_form):
        form = shelf.get(*key)
        if form is None:
            decided += _unknown_form(by_form[key])
            continue
        found = writings(by_form[key], _width_mm(form), settings)
        parts.append(_Part(form=form, found=found, standings=tuple(stand(found, context.choices))))
    common = (() if context.known else ("unknown_number",)) + (("mixed_versions",) if len(by_form) > 1 else ())
    writer = _writer(parts, settings)
    together = _bundles(parts, settings)
    for part in parts:
        light = Light(book=FieldBook(part.form.definition), context=context, writer=writer, settings=settings)
        decided += [replace(page, bundle=together.get(page.key, "")) for page in _decide_part(part, light, common)]
    return decided


def _bundles(parts: Sequence[_Part], settings: DecideSettings) -> dict[str, str]:
    """Which scans belong together, where versions of any page are in conflict."""
    if not any(one.disposition is Disposition.CONFLICT for part in parts for one in part.standings):
        return {}
    return bundles(
        [one for part in parts for one in written(part.form.key, part.found, _width_mm(part.form), settings)]
    )


def _unknown_form(pages: Iterable[PageResult]) -> list[DecidedPage]:
    return [
        DecidedPage(key=page.key, disposition=Disposition.FOREIGN, reason="unknown_version", decisions=())
        for page in sorted(pages, key=lambda page: page.key)
    ]


def _writer(parts: Iterable[_Part], settings: DecideSettings) -> Writer:
    """Habits over the placed pages: those in conflict may be of two people."""
    placed = [s.page for part in parts for s in part.standings if s.disposition is Disposition.PLACED]
    return writer_on(((page.readings, BITONAL in page.warnings) for page in placed), settings)


def _decide_part(part: _Part, light: Light, common: tuple[str, ...]) -> list[DecidedPage]:
    """The pages of one form version, then the checks that run across them."""
    placed = [standing.page for standing in part.standings if standing.disposition is Disposition.PLACED]
    light = replace(light, alike=frozenset(pair for page in placed for pair in alike_on(page, light)))
    decisions = {
        standing.page.key: page_decisions(standing.page, light)
        for standing in part.standings
        if standing.disposition is not Disposition.DUPLICATE
    }
    # Dates that stay doubtful are weighed once more by those of the rows around, on whatever page they are.
    order = expected((decision for page in placed for decision in decisions[page.key]), light.book, light.settings)
    ordered = replace(light, order=order)
    decisions |= {
        page.key: page_decisions(page, ordered) for page in placed if any(one.name in order for one in page.readings)
    }
    sheet = sheet_of((decision for page in placed for decision in decisions[page.key]), light.book)
    warnings, broken = warnings_of(sheet), repeated(sheet)
    return [
        DecidedPage(
            key=standing.page.key,
            disposition=standing.disposition,
            reason=standing.reason,
            twin=standing.twin,
            decisions=tuple(
                _in_conflict(decision, common)
                if standing.disposition is Disposition.CONFLICT
                else _checked(decision, warnings, broken, common)
                for decision in decisions.get(standing.page.key, ())
            ),
        )
        for standing in part.standings
    ]


def _checked(
    decision: FieldDecision, warnings: Mapping[str, tuple[str, ...]], broken: set[str], common: tuple[str, ...]
) -> FieldDecision:
    """A decision with the warnings that concern it; a value that must differ is asked."""
    found = (*common, *decision.warnings, *warnings.get(decision.field, ()))
    if decision.field in broken:
        return replace(
            decision,
            status=Status.REVIEW,
            reasons=("same_answer_twice",),
            confidence=min(decision.confidence, 0.5),
            warnings=found,
        )
    return replace(decision, warnings=found) if found else decision


def _in_conflict(decision: FieldDecision, common: tuple[str, ...]) -> FieldDecision:
    """Of two writings none counts until a person chooses; values stay as proposals."""
    return replace(
        decision,
        status=Status.REVIEW,
        reasons=("page_conflict",),
        warnings=(*common, *decision.warnings),
        confidence=min(decision.confidence, 0.5),
    )
