"""The cross-checks of a carnet once more, when people have settled a part of it.

A warning tells of the values that stand: one that a person typed is compared as one that
was read, and a warning that a correction has put right goes.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.decide.book import FieldBook
from pipeline.decide.rules import MISSING, sheet_of, warnings_of
from pipeline.model.decision import FieldDecision, Outcome, Status
from pipeline.model.form import FormShelf
from pipeline.model.result import CarnetRecord, Disposition, PageRecord


def checked_again(carnet: CarnetRecord, shelf: FormShelf) -> CarnetRecord:
    """The carnet with the warnings that its values, as they stand, deserve; as it is when nobody settled any."""
    settled = {
        (page.row.form, page.row.version)
        for page in carnet.pages
        if any(outcome.verdict is not None for outcome in page.outcomes)
    }
    pages = list(carnet.pages)
    for form, version in sorted(settled):
        published = shelf.get(form, version)
        if published is not None:
            mine = [
                place
                for place, page in enumerate(pages)
                if (page.row.form, page.row.version) == (form, version) and page.row.disposition is Disposition.PLACED
            ]
            for place, page in zip(
                mine, _checked([pages[place] for place in mine], FieldBook(published.definition)), strict=True
            ):
                pages[place] = page
    return replace(carnet, pages=tuple(pages)) if settled else carnet


def _checked(pages: list[PageRecord], book: FieldBook) -> list[PageRecord]:
    """The placed pages of one form version, their warnings worked out anew."""
    codes = {MISSING, *(rule.code for rule in book.rules)}
    found = warnings_of(sheet_of((_standing(outcome) for page in pages for outcome in page.outcomes), book))

    def renewed(outcome: Outcome) -> Outcome:
        decision = outcome.decision
        others = tuple(code for code in decision.warnings if code not in codes)
        return replace(outcome, decision=replace(decision, warnings=(*others, *found.get(decision.field, ()))))

    return [replace(page, outcomes=tuple(map(renewed, page.outcomes))) for page in pages]


def _standing(outcome: Outcome) -> FieldDecision:
    """The decision as if the machine had read what a person settled; what nobody can read stays unread."""
    verdict = outcome.verdict
    if verdict is None:
        return outcome.decision
    if verdict.status is Status.ILLEGIBLE:
        return replace(outcome.decision, status=Status.REVIEW, reasons=("illegible",))
    status = Status.ACCEPTED if verdict.raw.strip() else Status.BLANK
    return replace(outcome.decision, raw=verdict.raw, value=verdict.value, status=status, reasons=())
