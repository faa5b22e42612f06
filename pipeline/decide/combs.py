"""Cells of one comb → a decision.

What cannot be a plain number is recognised first (struck out, rewritten above, a gap, two
digits in one cell); only then is the whole field decoded as a legal value.
"""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.decide.alike import Pair, may_be_another, overruled
from pipeline.decide.calibration import Decoded, decode
from pipeline.decide.order import Span, follows
from pipeline.decide.refit import engine_number, tempered
from pipeline.model.decision import FieldDecision, Status
from pipeline.model.form import Field
from pipeline.model.reading import CellReading, FieldReading
from pipeline.model.value import MINUTES, comb_value, format_groups
from pipeline.settings import DecideSettings

UNREAD = "?"
"""Stands in ``raw`` for a cell that holds ink and no readable character."""
_DIGITS = "0123456789"
_BARRED = 7
"""Written with a bar that a strike resembles."""
_LINED = (2, 3, 4, 5)
"""Digits with a line of their own, which a strike does not look like."""
_STEP_MINUTES = 5
_ALIKE = 0.5
"""Likeness from which a code of the list is proposed for guessed letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a comb besides its ink.

    ``latest`` is the last day that a date of this field can bear, None when it may lie
    in the future; ``alike`` are digits that this writer draws like others; ``span`` the
    dates of the rows around, in a column kept in order; ``poor`` whether its page is poorly seen.
    """

    latest: datetime.date | None = None
    alike: frozenset[Pair] = frozenset()
    span: Span | None = None
    poor: bool = False


def decide_comb(field: Field, reading: FieldReading, known: Known, settings: DecideSettings) -> FieldDecision:
    """The decision on a comb."""
    reading = _as_calibrated(reading, settings)
    inked = [_is_inked(cell, settings) for cell in reading.cells]
    if not any(inked):
        return _blank(field, reading.cells, settings)
    reason = _reason(field, reading.cells, inked, settings)
    if reason:
        return _asked(field, reason, *_proposal(field, reading, inked, settings))
    found = _decoded(field, reading.cells, inked, known, settings)
    return _judged(field, reading.cells, found, known, settings)


def drawn_alike(field: Field, reading: FieldReading, known: Known, settings: DecideSettings) -> set[Pair]:
    """Digits that this number shows to be drawn like others: only the other one is legal here."""
    reading = _as_calibrated(reading, settings)
    inked = [_is_inked(cell, settings) for cell in reading.cells]
    if not any(inked) or _reason(field, reading.cells, inked, settings):
        return set()
    return overruled(_decoded(field, reading.cells, inked, known, settings), reading.cells, settings)


def _reason(field: Field, cells: Sequence[CellReading], inked: Sequence[bool], settings: DecideSettings) -> str:
    """Why the cells cannot be decoded at all; empty when they can."""
    return (
        _ink_reason(cells, inked, settings)
        or _engine_reason(field, cells, inked, settings)
        or layout_reason(field, inked)
    )


def _as_calibrated(reading: FieldReading, settings: DecideSettings) -> FieldReading:
    """The reading with probabilities at the temperature of the campaign, when it was fitted on this engine."""
    temperature, engine = settings.digit_temperature, settings.digit_engine
    if temperature == 1.0 or (engine and engine != engine_number(reading.engine)):
        return reading
    cells = tuple(replace(cell, probabilities=tempered(cell.probabilities, temperature)) for cell in reading.cells)
    return replace(reading, cells=cells)


def layout_reason(field: Field, inked: Sequence[bool]) -> str:
    """Why the cells that hold ink cannot be one whole value; empty when they can.

    Empty cells before or after a whole number are normal; one between digits is asked.
    The two cells of the hours are a number of their own (one digit is that hour), and
    the minutes may be left out.
    """
    if field.kind == "duration":
        return _duration_layout(field, inked)
    first, last = inked.index(True), len(inked) - inked[::-1].index(True)
    if not all(inked[first:last]):
        return "gap_between_digits"
    if field.kind == "date":
        whole = last == len(inked) and first <= 1 and _may_lead_with_one(field)
        return "" if whole or (first == 0 and last == len(inked)) else "incomplete_value"
    if field.prefix and last - first < len(inked):
        return "incomplete_value"
    return ""


def _may_lead_with_one(field: Field) -> bool:
    """Whether the first group of a date is a day or a month, whose zero may be left out."""
    return field.format[:1] in ("D", "M")


def _duration_layout(field: Field, inked: Sequence[bool]) -> str:
    groups = {letter: inked[start:end] for letter, start, end in format_groups(field.format)}
    minutes = groups.get("M", ())
    if any(minutes) and not all(minutes):
        # A lone 3 may be 3 or 30 minutes, and one further right may be an hour astray.
        return "gap_between_digits" if minutes[-1] and any(groups["H"]) else "incomplete_value"
    hours = groups["H"]
    first, last = next(((i, len(hours) - hours[::-1].index(True)) for i, ink in enumerate(hours) if ink), (0, 0))
    return "" if all(hours[first:last]) else "gap_between_digits"


def _is_inked(cell: CellReading, settings: DecideSettings) -> bool:
    """Whether somebody wrote in the cell; dust is not writing."""
    dust = max(cell.height_ratio, cell.width_ratio) < settings.speck_height_max
    return not dust and (bool(cell.probabilities) or cell.ink_ratio >= settings.cell_ink_min)


def _ink_reason(cells: Sequence[CellReading], inked: Sequence[bool], settings: DecideSettings) -> str:
    """What the ink itself says against reading the cells as digits."""
    written = [cell for cell, ink in zip(cells, inked, strict=True) if ink]
    if any(cell.above_ratio >= settings.above_min for cell in cells):
        return "rewritten_above"
    if any(_is_struck(cell, settings) for cell in written):
        return "struck_out"
    if any(_is_speck(cell, settings) for cell in written):
        return "uncertain_ink"
    if any(cell.spill_ratio >= settings.spill_max for cell in written):
        return "uncertain_digit"
    if _holds_foreign_ink(cells, inked, settings):
        return "uncertain_ink"
    return ""


def _holds_foreign_ink(cells: Sequence[CellReading], inked: Sequence[bool], settings: DecideSettings) -> bool:
    """Whether a cell seems empty only because its ink was given to something else: a streak, a neighbour."""
    return any(
        not ink and cell.foreign_ratio >= settings.foreign_ink_max for cell, ink in zip(cells, inked, strict=True)
    )


def is_crossed(reading: FieldReading, settings: DecideSettings) -> bool:
    """Whether a line runs right through some digit of a comb."""
    return any(_is_inked(cell, settings) and _is_crossed(cell, settings) for cell in reading.cells)


def is_cancelled(reading: FieldReading, settings: DecideSettings) -> bool:
    """Whether some digit of a comb was struck out or is none any more, or ink stands above it."""
    return any(
        _is_inked(cell, settings)
        and (_is_struck(cell, settings) or _is_no_digit(cell, settings) or cell.above_ratio >= settings.above_min)
        for cell in reading.cells
    )


def _is_struck(cell: CellReading, settings: DecideSettings) -> bool:
    """Whether the ink was cancelled.

    A thick pen fills a cell as a scribble does, but the engine reads its digit.  A
    shorter line will do where a trace of a correction stands above, and through what
    looks like a barred 7 when it runs from one side of the cell to the other.
    """
    if _is_scribbled(cell, settings) or _is_crossed(cell, settings):
        return True
    if cell.struck_ratio < settings.cell_struck_part_min:
        return False
    return cell.above_ratio >= settings.above_trace_min or (
        cell.width_ratio >= settings.bar_width_max and _looks_like(_BARRED, cell)
    )


def _is_crossed(cell: CellReading, settings: DecideSettings) -> bool:
    """Whether a line runs right through a cell, other than one that belongs to its digit.

    Where a digit was struck out the engine sees none, or a barred 7.
    """
    if cell.struck_ratio < settings.cell_struck_min:
        return False
    lined = max((cell.probabilities[digit] for digit in _LINED if cell.probabilities), default=0.0)
    return lined < settings.struck_read_min or cell.above_ratio >= settings.above_trace_min


def _is_scribbled(cell: CellReading, settings: DecideSettings) -> bool:
    """Whether the cell is blackened, or inked like a scribble without being a digit for all that."""
    if cell.scribble_ratio >= 1.0:
        return True
    return (
        cell.scribble_ratio >= settings.scribble_min
        and max(cell.probabilities, default=0.0) < settings.scribble_read_min
    )


def _looks_like(digit: int, cell: CellReading) -> bool:
    return bool(cell.probabilities) and max(cell.probabilities) == cell.probabilities[digit]


def _is_speck(cell: CellReading, settings: DecideSettings) -> bool:
    """Ink too small to be a digit: a dot, a dash for « nothing », a stain."""
    return cell.height_ratio < settings.digit_height_min


def _engine_reason(field: Field, cells: Sequence[CellReading], inked: Sequence[bool], settings: DecideSettings) -> str:
    """What the engine says against it: letters have none, and some ink is no digit at all."""
    if field.alphabet != "digits":
        return "no_engine"
    written = [cell for cell, ink in zip(cells, inked, strict=True) if ink]
    if any(len(cell.probabilities) != len(_DIGITS) for cell in written):
        return "uncertain_ink"
    return "not_a_digit" if any(_is_no_digit(cell, settings) for cell in written) else ""


def _is_no_digit(cell: CellReading, settings: DecideSettings) -> bool:
    """Whether the engine, where it was asked, saw something else than a digit."""
    return bool(cell.probabilities) and sum(cell.probabilities) < settings.digit_mass_min


def _decoded(
    field: Field,
    cells: Sequence[CellReading],
    inked: Sequence[bool],
    known: Known,
    settings: DecideSettings,
) -> Decoded:
    """The legal value likeliest by its ink, and how sure it is in the light of the campaign."""
    last_day = known.latest.isoformat() if known.latest and field.kind == "date" else ""

    def typed(text: str) -> str:
        value = comb_value(field, text)
        return "" if last_day and value > last_day[: len(value)] else value

    vectors = [cell.probabilities if ink else None for cell, ink in zip(cells, inked, strict=True)]
    return decode(vectors, typed, _DIGITS, settings, lambda value: _usual(field, value, known, settings))


def _usual(field: Field, value: str, known: Known, settings: DecideSettings) -> float:
    """How readily such a value is written, by what is known besides the ink: 1 for a usual one."""
    weight = 1.0
    if field.kind == "duration" and round(float(value) * MINUTES) % _STEP_MINUTES:
        weight *= settings.odd_minutes_weight
    if field.kind == "date" and known.latest and len(value) == len("2026-01-01"):
        weight *= 1.0 if int(value[:4]) >= known.latest.year - 1 else settings.odd_year_weight
    if known.span is not None and not follows(value, known.span):
        weight *= settings.disorder_weight
    return weight


def _judged(
    field: Field, cells: Sequence[CellReading], found: Decoded, known: Known, settings: DecideSettings
) -> FieldDecision:
    """Accepted, or asked with the reason."""
    if found.odds >= settings.impossible_odds_min:
        # Never repaired unseen: what is on the paper is what is proposed.
        reason = "future_date" if comb_value(field, found.seen) else "impossible_value"
        return _asked(field, reason, found.seen, "", found.seen_confidence)
    # What is legal ranks the readings of the ink; where it overrules the ink, a person looks.
    accepted = found.text == found.seen and found.confidence >= _border(known, settings)
    accepted = accepted and not may_be_another(found.text, cells, known.alike, settings)
    return FieldDecision(
        field=field.name,
        type=field.type,
        raw=found.text,
        value=found.value,
        status=Status.ACCEPTED if accepted else Status.REVIEW,
        confidence=found.confidence,
        reasons=() if accepted else ("uncertain_digit",),
    )


def _border(known: Known, settings: DecideSettings) -> float:
    """The confidence from which a number is accepted."""
    ratio = settings.comb_border_ratio_poor if known.poor else settings.comb_border_ratio
    return 1.0 - ratio * settings.comb_silent_error_max


def _blank(field: Field, cells: Sequence[CellReading], settings: DecideSettings) -> FieldDecision:
    """No ink in any cell; a correction above empty cells is still asked."""
    if any(cell.above_ratio >= settings.above_min for cell in cells):
        return _asked(field, "rewritten_above", "", "", 0.5)
    if _holds_foreign_ink(cells, [False] * len(cells), settings):
        return _asked(field, "uncertain_ink", "", "", 0.5)
    return FieldDecision(
        field=field.name,
        type=field.type,
        raw="",
        value="",
        status=Status.BLANK,
        confidence=settings.empty_comb_confidence,
    )


def _proposal(
    field: Field, reading: FieldReading, inked: Sequence[bool], settings: DecideSettings
) -> tuple[str, str, float]:
    """Best guess at the characters, its value if legal, and the chance that it is right."""
    if field.alphabet != "digits":
        raw = nearest(reading.suggestion, field)
        return raw, comb_value(field, raw), settings.text_suggestion_trust * reading.suggestion_score if raw else 0.0
    raw, confidence = "", 1.0
    for cell, ink in zip(reading.cells, inked, strict=True):
        if not ink:
            raw += " "
        elif len(cell.probabilities) == len(_DIGITS) and not _is_struck(cell, settings):
            best = max(cell.probabilities)
            raw += _DIGITS[cell.probabilities.index(best)]
            confidence *= best
        else:
            raw += UNREAD
    return raw, comb_value(field, raw), 0.5 * confidence if UNREAD not in raw else 0.0


def nearest(guess: str, field: Field) -> str:
    """A guess at letters as the cells hold it; of a list of codes, the one most like it."""
    letters = "".join(character for character in guess.upper() if character.isalnum())
    alike = difflib.get_close_matches(letters, field.values, n=1, cutoff=_ALIKE) if letters else []
    return alike[0] if alike else letters[: field.cells]


def _asked(field: Field, reason: str, raw: str, value: str, confidence: float) -> FieldDecision:
    return FieldDecision(
        field=field.name,
        type=field.type,
        raw=raw,
        value=value,
        status=Status.REVIEW,
        confidence=confidence,
        reasons=(reason,),
    )
