"""Every field of one page, each by its type, then what concerns whole rows."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pipeline.decide.alike import Pair
from pipeline.decide.book import FieldBook
from pipeline.decide.combs import Known, decide_comb, drawn_alike, is_cancelled, is_crossed
from pipeline.decide.context import CarnetContext
from pipeline.decide.inks import decide_signature, decide_text, is_struck
from pipeline.decide.marks import decide_choice
from pipeline.decide.order import Span
from pipeline.decide.rules import bears_ink
from pipeline.decide.visibility import Visibility, visibility
from pipeline.decide.writer import Writer
from pipeline.model.decision import FieldDecision, Status
from pipeline.model.form import Field
from pipeline.model.reading import FieldReading
from pipeline.model.result import PageResult
from pipeline.settings import DecideSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """In what light the pages of one carnet and form are judged."""

    book: FieldBook
    context: CarnetContext
    writer: Writer
    settings: DecideSettings
    alike: frozenset[Pair] = frozenset()
    order: Mapping[str, Span] = field(default_factory=dict)


def page_decisions(page: PageResult, light: Light) -> tuple[FieldDecision, ...]:
    """Every field of one page, masked ones aside, in the order of the layout."""
    seen = visibility(page, light.writer, light.settings)
    struck = _struck_rows(page, light)
    decisions = []
    for reading in page.readings:
        field = light.book.find(reading.name)
        if field is None or field.type == "masked":
            continue
        decision = _decide(field, reading, page, light, seen)
        if reading.name in seen.hidden:
            decision = _asked_also(decision, "hidden_field")
        if seen.may_have_lost(field, reading, decision, light.settings):
            decision = _asked_also(decision, "faded_ink")
        if (field.group, field.row) in struck and bears_ink(decision):
            # Cancelled, perhaps: whatever the row holds is asked, never dropped unseen.
            decision = _asked_also(decision, "row_struck")
        decisions.append(decision)
    return tuple(decisions)


def _decide(field: Field, reading: FieldReading, page: PageResult, light: Light, seen: Visibility) -> FieldDecision:
    if field.type == "choice":
        return decide_choice(field, reading, light.writer, light.settings, bitonal=seen.bitonal)
    if field.type == "comb":
        latest, span = _latest(field, page, light), light.order.get(reading.name)
        known = Known(latest=latest, alike=light.alike, span=span, poor=seen.poor)
        return decide_comb(field, reading, known, light.settings)
    if field.type == "signature":
        return decide_signature(field, reading, light.settings)
    return decide_text(field, reading, light.settings)


def alike_on(page: PageResult, light: Light) -> set[Pair]:
    """Digits that the numbers of one page show to be drawn like others."""
    found: set[Pair] = set()
    for reading in page.readings:
        field = light.book.find(reading.name)
        if field is not None and field.type == "comb" and field.alphabet == "digits":
            found |= drawn_alike(field, reading, Known(latest=_latest(field, page, light)), light.settings)
    return found


def _latest(field: Field, page: PageResult, light: Light) -> datetime.date | None:
    """The last day that a date can bear, None when it may lie in the future."""
    return light.context.day(page.key) if light.book.past_only(field) else None


def _struck_rows(page: PageResult, light: Light) -> set[tuple[str, int]]:
    """Group and row of the rows across which a line seems to run: a long one, or pieces of it in several numbers."""
    struck, crossed, cancelled = set(), Counter[tuple[str, int]](), Counter[tuple[str, int]]()
    for reading in page.readings:
        field = light.book.find(reading.name)
        if field is None or not field.group:
            continue
        row = (field.group, field.row)
        if is_struck(field, reading, light.settings):
            struck.add(row)
        if field.type == "comb":
            crossed[row] += is_crossed(reading, light.settings)
            cancelled[row] += is_cancelled(reading, light.settings)
    struck |= {row for row, count in crossed.items() if count >= light.settings.row_struck_numbers_min}
    return struck | {row for row, count in cancelled.items() if count >= light.settings.row_cancelled_numbers_min}


def _asked_also(decision: FieldDecision, reason: str) -> FieldDecision:
    return replace(
        decision,
        status=Status.REVIEW,
        reasons=(reason, *decision.reasons),
        confidence=min(decision.confidence, 0.5),
    )
