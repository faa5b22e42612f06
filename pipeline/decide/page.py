"""Every field of one page, each by its type, then what concerns whole rows."""

from __future__ import annotations

import datetime
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from pipeline.decide.alike import Pair
from pipeline.decide.book import FieldBook
from pipeline.decide.combs import Known, decide_comb, drawn_alike, is_cancelled, is_crossed
from pipeline.decide.context import CarnetContext
from pipeline.decide.inks import decide_signature, decide_text, is_struck
from pipeline.decide.marks import decide_choice
from pipeline.decide.order import Span
from pipeline.decide.rules import bears_ink
from pipeline.decide.writer import Writer, is_hardly_seen, is_in_rests, on_this_print
from pipeline.model.decision import FieldDecision, Status
from pipeline.model.form import Field
from pipeline.model.reading import FieldReading
from pipeline.model.result import PageResult
from pipeline.settings import DecideSettings

BITONAL = "bitonal"
"""Warning of a page scanned in black and white."""


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
    least = _least_seen(page, light.settings)
    hidden = {reading.name for reading in page.readings if _is_hidden(reading, least, light.settings)}
    poor = bool(hidden) or _is_photographed(page, light.settings)
    struck = _struck_rows(page, light)
    loses_ink, breaks_digits = _loses_ink(page, light), _breaks_digits(page, light.settings)
    ink = _ink_over_print(page, light.settings)
    decisions = []
    for reading in page.readings:
        field = light.book.find(reading.name)
        if field is None or field.type == "masked":
            continue
        decision = _decide(field, reading, page, light, poor=poor)
        if reading.name in hidden:
            decision = _asked_also(decision, "hidden_field")
        blank = decision.status is Status.BLANK
        lost = loses_ink or (BITONAL in page.warnings and is_in_rests(reading, light.settings, blank=blank))
        if field.type == "comb":
            lost = lost or breaks_digits or _is_too_pale(reading, ink, light.settings)
        if lost and _may_have_faded(field, decision):
            decision = _asked_also(decision, "faded_ink")
        if (field.group, field.row) in struck and bears_ink(decision):
            # Cancelled, perhaps: whatever the row holds is asked, never dropped unseen.
            decision = _asked_also(decision, "row_struck")
        decisions.append(decision)
    return tuple(decisions)


def _decide(field: Field, reading: FieldReading, page: PageResult, light: Light, *, poor: bool) -> FieldDecision:
    if field.type == "choice":
        return decide_choice(field, reading, light.writer, light.settings, bitonal=BITONAL in page.warnings)
    if field.type == "comb":
        latest, span = _latest(field, page, light), light.order.get(reading.name)
        known = Known(latest=latest, alike=light.alike, span=span, poor=poor)
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


def _least_seen(page: PageResult, settings: DecideSettings) -> tuple[float, float]:
    """How well a printed outline, and the worst seen of its sides, must be seen on this page to be there at all.

    Lines of a note over a box cross its hidden outline, but never all four of its sides.  Sides
    of one page are seen about alike, whatever its toner, but many may be covered: the best
    tenth says how well.  A scan in black and white may lose thin lines altogether.
    """
    side = _usual(side for _, side in _outlined(page))
    if BITONAL not in page.warnings:
        return settings.frame_seen_min, settings.side_ratio_min * side
    return 0.0, settings.side_ratio_bitonal * side if _shows_print(page, settings) else 0.0


def _shows_print(page: PageResult, settings: DecideSettings) -> bool:
    """Whether black and white left the thin printed lines of the page."""
    return _usual(frame for frame, _ in _outlined(page)) >= settings.frame_usual_min


def _usual(shares: Iterable[float]) -> float:
    """The share of which a tenth lies above."""
    known = list(shares)
    return statistics.quantiles(known, n=10)[-1] if len(known) > 1 else sum(known)


def _outlined(page: PageResult) -> Iterator[tuple[float, float]]:
    """How well the outline of every box and cell of a page is seen, and the worst seen of its sides."""
    return (seen for reading in page.readings for seen in _outlines(reading))


def _outlines(reading: FieldReading) -> Iterator[tuple[float, float]]:
    """The same of one field."""
    yield from ((mark.frame_ratio, mark.side_ratio) for mark in reading.marks)
    yield from ((cell.frame_ratio, cell.side_ratio) for cell in reading.cells)


def _is_hidden(reading: FieldReading, least: tuple[float, float], settings: DecideSettings) -> bool:
    """Whether paper or printed outline is missing: nothing may be called empty there."""
    if reading.paper_ratio < settings.paper_ratio_min:
        return True
    return any(frame < least[0] or side < least[1] for frame, side in _outlines(reading))


def _is_photographed(page: PageResult, settings: DecideSettings) -> bool:
    """Whether the page was seen at a slant, as no scanner sees it."""
    return page.pose is not None and page.pose.slant >= settings.slant_min


def _loses_ink(page: PageResult, light: Light) -> bool:
    """Whether marks of this writer may not be seen at all on this page."""
    if BITONAL in page.warnings:
        return light.writer.fades or _is_washed_out(page, light.settings)
    frames = (frame for frame, _ in _outlined(page))
    return is_hardly_seen(on_this_print(light.writer, frames), light.settings)


def _is_washed_out(page: PageResult, settings: DecideSettings) -> bool:
    """Whether black and white left neither the thin print of a page nor any whole mark on it: pens may be gone too."""
    marks = [mark for reading in page.readings for mark in reading.marks]
    whole = any(mark.ink_ratio >= settings.fragment_ink_max for mark in marks)
    return bool(marks) and not whole and not _shows_print(page, settings)


def _breaks_digits(page: PageResult, settings: DecideSettings) -> bool:
    """Whether a grey scan left many digits in pieces: others may be gone.  Black and white has its own rule."""
    heights = [cell.height_ratio for reading in page.readings for cell in reading.cells if cell.height_ratio > 0]
    pieces = sum(height < settings.fragment_height_max for height in heights)
    enough = max(settings.habit_marks_min, settings.digit_pieces_share_max * len(heights))
    return BITONAL not in page.warnings and pieces >= enough


def _ink_over_print(page: PageResult, settings: DecideSettings) -> float:
    """How dark digits are on a grey page where outlines would be seen in full; 0 where too few tell."""
    cells = [cell for reading in page.readings for cell in reading.cells]
    whole = [cell for cell in cells if cell.height_ratio >= settings.fragment_height_max and cell.frame_ratio > 0]
    if BITONAL in page.warnings or len(whole) < settings.habit_marks_min:
        return 0.0
    return statistics.median(cell.darkness / cell.frame_ratio for cell in whole)


def _is_too_pale(reading: FieldReading, ink: float, settings: DecideSettings) -> bool:
    """Whether outlines are seen so faintly here that digits as dark as elsewhere on the page would not be seen."""
    frames = [cell.frame_ratio for cell in reading.cells]
    return bool(frames) and 0 < ink * statistics.median(frames) < settings.lost_darkness_max


def _may_have_faded(field: Field, decision: FieldDecision) -> bool:
    """Whether lost ink could change this decision: all but one plain tick where one is asked."""
    return not (field.type == "choice" and not field.multiple and decision.status is Status.ACCEPTED)


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
