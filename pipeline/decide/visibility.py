"""How well a page shows what stands on it: what covers it, and what its scan may have lost."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.decide.writer import Writer, is_hardly_seen, is_in_rests, on_this_print
from pipeline.model.decision import FieldDecision, Status
from pipeline.model.form import Field
from pipeline.model.reading import FieldReading
from pipeline.model.result import PageResult
from pipeline.settings import DecideSettings

BITONAL = "bitonal"
"""Warning of a page scanned in black and white."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """How well one page shows what stands on it.

    ``hidden``: the fields of which something is covered or gone.  ``poor``: numbers are seen worse
    than on a whole page under a scanner.  ``loses_ink``: marks of this writer may not be seen at
    all; ``breaks_digits``: digits may not.  ``ink``: how dark digits are where outlines would be
    seen in full, 0 where too few tell.
    """

    bitonal: bool
    hidden: frozenset[str]
    poor: bool
    loses_ink: bool
    breaks_digits: bool
    ink: float

    def may_have_lost(
        self, field: Field, reading: FieldReading, decision: FieldDecision, settings: DecideSettings
    ) -> bool:
        """Whether ink that is not seen could change a decision: of one plain tick where one is asked it could not."""
        if field.type == "choice" and not field.multiple and decision.status is Status.ACCEPTED:
            return False
        if field.type == "comb" and (self.breaks_digits or _is_too_pale(reading, self.ink, settings)):
            return True
        blank = decision.status is Status.BLANK
        return self.loses_ink or (self.bitonal and is_in_rests(reading, settings, blank=blank))


def visibility(page: PageResult, writer: Writer, settings: DecideSettings) -> Visibility:
    """How well a page shows what this writer left on it."""
    least = _least_seen(page, settings)
    hidden = frozenset(reading.name for reading in page.readings if _is_hidden(reading, least, settings))
    return Visibility(
        bitonal=BITONAL in page.warnings,
        hidden=hidden,
        poor=bool(hidden) or _is_photographed(page, settings),
        loses_ink=_loses_ink(page, writer, settings),
        breaks_digits=_breaks_digits(page, settings),
        ink=_ink_over_print(page, settings),
    )


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


def _loses_ink(page: PageResult, writer: Writer, settings: DecideSettings) -> bool:
    """Whether marks of this writer may not be seen at all on this page."""
    if BITONAL in page.warnings:
        return writer.fades or _is_washed_out(page, settings)
    return is_hardly_seen(on_this_print(writer, (frame for frame, _ in _outlined(page))), settings)


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
