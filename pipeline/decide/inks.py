"""Free zones: text (ink or none), signatures and stamps (presence only)."""

from __future__ import annotations

from pipeline.model.decision import FieldDecision, Status
from pipeline.model.form import Field
from pipeline.model.reading import FieldReading, InkReading
from pipeline.settings import DecideSettings

PRESENT = "present"
ABSENT = "absent"
_LONG_COMB = 3


def decide_text(field: Field, reading: FieldReading, settings: DecideSettings) -> FieldDecision:
    """A text with ink is always asked: no engine's guess is ever a value."""
    blank = not has_ink(reading.ink, settings)
    return FieldDecision(
        field=field.name,
        type=field.type,
        raw="" if blank else reading.suggestion,
        value="",
        status=Status.BLANK if blank else Status.REVIEW,
        confidence=settings.blank_text_confidence if blank else _guessed(reading, settings),
        reasons=() if blank else ("free_text",),
    )


def _guessed(reading: FieldReading, settings: DecideSettings) -> float:
    """Chance that the suggestion is right to the letter."""
    return settings.text_suggestion_trust * reading.suggestion_score if reading.suggestion else 0.0


def decide_signature(field: Field, reading: FieldReading, settings: DecideSettings) -> FieldDecision:
    """Present, absent, or asked when there is little ink."""
    ink = reading.ink.ink_ratio if reading.ink is not None else 0.0
    present = ink >= settings.signature_ink_min
    doubtful = not present and ink > settings.signature_ink_max_absent
    answer = PRESENT if present or doubtful else ABSENT
    return FieldDecision(
        field=field.name,
        type=field.type,
        raw=answer,
        value=answer,
        status=Status.REVIEW if doubtful else Status.ACCEPTED,
        confidence=0.5 if doubtful else settings.signature_confidence,
        reasons=("uncertain_ink",) if doubtful else (),
    )


def has_ink(ink: InkReading | None, settings: DecideSettings) -> bool:
    """Whether somebody wrote in a free zone."""
    return ink is not None and ink.ink_ratio >= settings.text_ink_min and ink.strokes > 0


def is_struck(field: Field, reading: FieldReading, settings: DecideSettings) -> bool:
    """Whether one long straight line runs across the whole of a text or of a long comb.

    A signature holds such lines, and in one or two cells the bar of a digit is as long.
    """
    if reading.ink is None or field.type == "signature":
        return False
    if field.type == "comb":
        return len(reading.cells) >= _LONG_COMB and reading.ink.struck_ratio >= settings.row_struck_comb_min
    return reading.ink.struck_ratio >= settings.row_struck_min
