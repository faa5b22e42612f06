"""How one writer ticks, learnt over the whole carnet before any question is decided."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.decide.calibration import mark_probability
from pipeline.model.reading import FieldReading, MarkReading
from pipeline.settings import DecideSettings

_CLEAR = 0.98


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Habits of one writer.

    ``blackens``: this writer fills boxes to tick them.  ``strikes``: ticks with one
    straight line that runs right through the box.  ``darkness``: usual contrast of the
    marks, 0 when too few were seen.
    """

    blackens: bool = False
    strikes: bool = False
    darkness: float = 0.0
    ink: float = 0.0
    fades: bool = False


def is_black(mark: MarkReading, settings: DecideSettings) -> bool:
    """Whether the box is blackened, which by the printed rule takes a tick back."""
    return mark.ink_ratio >= settings.black_ink_min and mark.solidity_ratio >= settings.black_solidity_min


def writer_of(questions: Iterable[Sequence[MarkReading]], settings: DecideSettings) -> Writer:
    """The habits that show in the questions answered with exactly one clear mark.

    Questions with several marks are left out: corrections live there.
    """
    lone = [mark for question in questions if (mark := _lone_mark(question, settings)) is not None]
    if len(lone) < settings.habit_marks_min:
        return Writer()
    black = [mark for mark in lone if is_black(mark, settings)]
    plain = [mark for mark in lone if not is_black(mark, settings)]
    straight = [mark for mark in plain if mark.straight_ratio >= settings.straight_habit_min]
    return Writer(
        blackens=len(black) >= settings.habit_marks_min and len(black) >= settings.blackener_share_min * len(lone),
        strikes=len(straight) >= settings.habit_marks_min and len(straight) >= len(plain) / 5,
        darkness=statistics.median(mark.darkness for mark in lone),
        ink=statistics.median(mark.ink_ratio for mark in plain) if plain else 0.0,
    )


def _lone_mark(question: Sequence[MarkReading], settings: DecideSettings) -> MarkReading | None:
    """The one clear mark of a question whose other boxes are clearly empty."""
    clear = [mark for mark in question if (p := mark_probability(mark, settings)) >= _CLEAR or p > 1 - _CLEAR]
    if len(clear) != 1 or mark_probability(clear[0], settings) < _CLEAR:
        return None
    return clear[0]


def is_fading(readings: Iterable[FieldReading], settings: DecideSettings) -> bool:
    """Whether most of the ink of a scan in black and white is left in fragments.

    ``readings`` are those of pages scanned in black and white.  Where a pale pen lost
    parts of its strokes it lost whole answers too: nothing there may be called blank.
    """
    whole = fragments = 0
    for reading in readings:
        for mark in reading.marks:
            if mark.ink_ratio > 0:
                small = mark.ink_ratio < settings.fragment_ink_max
                whole, fragments = whole + (not small), fragments + small
        for cell in reading.cells:
            if cell.probabilities:
                small = cell.height_ratio < settings.fragment_height_max
                whole, fragments = whole + (not small), fragments + small
    return fragments >= settings.habit_marks_min and fragments >= settings.fragment_share_max * (whole + fragments)
