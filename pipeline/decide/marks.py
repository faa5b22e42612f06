"""Tick boxes of one question → a decision, in the light of how this writer ticks.

The printed rule: a cross ticks, blackening the whole box takes back.  What is not plain
is asked, with the best proposal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.decide.calibration import mark_probability, own_ink
from pipeline.decide.writer import Writer, is_black
from pipeline.model.decision import FieldDecision, Status
from pipeline.model.form import Field
from pipeline.model.reading import FieldReading, MarkReading
from pipeline.settings import DecideSettings


class Sight(StrEnum):
    """What one box looks like, before the question is considered."""

    EMPTY = "empty"
    PLAIN = "plain"
    FAINT = "faint"
    UNCERTAIN = "uncertain"
    BLACK = "black"
    DENSE = "dense"
    CIRCLED = "circled"
    STRAY = "stray"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxSight:
    """One box: what it looks like and the probability that it holds a mark of its own."""

    option: str
    sight: Sight
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """The boxes of one question, in the order of the form, sorted by what they look like."""

    field: Field
    boxes: tuple[BoxSight, ...]

    def seen(self, *sights: Sight) -> tuple[str, ...]:
        """Options whose box looks like one of these, in the order of the form."""
        return tuple(box.option for box in self.boxes if box.sight in sights)


def decide_choice(field: Field, reading: FieldReading, writer: Writer, settings: DecideSettings) -> FieldDecision:
    """The decision on a question with tick boxes."""
    by_option = {mark.option: mark for mark in reading.marks}
    marks = [by_option[option.value] for option in field.options if option.value in by_option]
    boxes = [look(mark, writer, settings) for mark in marks]
    if not field.multiple:
        boxes = _second_thoughts(boxes, marks, settings)
    question = _Question(field=field, boxes=tuple(boxes))
    ticked, reason = _answer(question, writer)
    confidence = _confidence(question)
    if not reason and confidence < settings.tick_confidence_min:
        reason = "uncertain_mark"
    return _decision(question, ticked, reason, confidence, writer)


def look(mark: MarkReading, writer: Writer, settings: DecideSettings) -> BoxSight:
    """What one box looks like."""
    probability = mark_probability(mark, settings)
    if _is_circled(mark, settings) and probability < 0.5:
        return BoxSight(option=mark.option, sight=Sight.CIRCLED, probability=0.5)
    if _is_stray(mark, probability, writer, settings):
        return BoxSight(option=mark.option, sight=Sight.STRAY, probability=min(probability, 0.5))
    sight = _sight(mark, probability, writer, settings)
    if sight is Sight.EMPTY:
        probability = min(probability, 1.0 - settings.dust_confidence)
    return BoxSight(option=mark.option, sight=sight, probability=probability)


def _sight(mark: MarkReading, probability: float, writer: Writer, settings: DecideSettings) -> Sight:
    """Empty, or what kind of mark the ink makes."""
    if 1.0 - probability >= settings.tick_confidence_min or _is_dust(mark, writer, settings):
        return Sight.EMPTY
    if is_black(mark, settings):
        return Sight.BLACK
    if _is_dense(mark, writer, settings):
        return Sight.DENSE
    if probability >= 0.5 and _is_faint(mark, writer, settings):
        return Sight.FAINT
    return Sight.PLAIN if probability >= settings.tick_confidence_min else Sight.UNCERTAIN


def _is_circled(mark: MarkReading, settings: DecideSettings) -> bool:
    return mark.ring_ratio >= settings.circle_ring_min and mark.outside_ratio >= settings.circle_outside_min


def _is_stray(mark: MarkReading, probability: float, writer: Writer, settings: DecideSettings) -> bool:
    """Whether the ink does not come from a mark in this box: a tail, a fold, a streak."""
    if 1.0 - probability >= settings.tick_confidence_min:
        return mark.ink_ratio > settings.tick_ink_half and own_ink(mark, settings) < mark.ink_ratio / 2
    if mark.straight_ratio >= settings.straight_max:
        return not writer.strikes
    return probability < settings.tick_confidence_min and mark.inside_ratio < settings.stray_inside_min


def _is_dense(mark: MarkReading, writer: Writer, settings: DecideSettings) -> bool:
    """Denser than a cross and not quite black, or a line through a mark: perhaps taken back."""
    if mark.solidity_ratio >= settings.dense_solidity_min:
        return True
    if mark.ink_ratio >= max(settings.dense_ink_min, settings.dense_ink_ratio * writer.ink) and writer.ink > 0:
        return True
    struck_ink = max(settings.struck_ink_min, settings.struck_ink_ratio * writer.ink)
    return mark.ink_ratio >= struck_ink and mark.straight_ratio >= settings.struck_straight_min


def _is_dust(mark: MarkReading, writer: Writer, settings: DecideSettings) -> bool:
    """A tiny spot, far paler than what this writer does with the pen."""
    tiny = mark.ink_ratio < settings.dust_ink_max and mark.extent_ratio < settings.dust_extent_max
    return tiny and mark.darkness < settings.faint_darkness_ratio * writer.darkness


def _is_faint(mark: MarkReading, writer: Writer, settings: DecideSettings) -> bool:
    """Paler than anything this writer does elsewhere: rubbed out, or seen through the paper."""
    return mark.darkness < max(settings.darkness_min, settings.faint_darkness_ratio * writer.darkness)


def _second_thoughts(
    boxes: Sequence[BoxSight], marks: Sequence[MarkReading], settings: DecideSettings
) -> list[BoxSight]:
    """Weak traces beside one plain answer to a single choice are hardly a second answer."""
    if sum(box.sight is Sight.PLAIN for box in boxes) != 1:
        return list(boxes)
    weak = (Sight.UNCERTAIN, Sight.STRAY, Sight.FAINT)
    return [
        _reconsidered(box, settings) if box.sight in weak and mark.ink_ratio < settings.black_ink_min else box
        for box, mark in zip(boxes, marks, strict=True)
    ]


def _reconsidered(box: BoxSight, settings: DecideSettings) -> BoxSight:
    p = min(max(box.probability, 1e-6), 1 - 1e-6)
    probability = 1.0 / (1.0 + math.exp(-(math.log(p / (1.0 - p)) + settings.second_mark_log_odds)))
    empty = 1.0 - probability >= settings.tick_confidence_min
    return BoxSight(option=box.option, sight=Sight.EMPTY if empty else box.sight, probability=probability)


def _answer(question: _Question, writer: Writer) -> tuple[tuple[str, ...], str]:
    """The options taken as ticked, and why they must be asked (empty when plain)."""
    plain = question.seen(Sight.PLAIN)
    black = question.seen(Sight.BLACK)
    if black and writer.blackens:
        if plain:
            # For this writer black may tick or take back: only a person can tell.
            return question.seen(Sight.PLAIN, Sight.BLACK), "blackened_mark"
        plain, black = black, ()
    reason = _doubt(question)
    if reason:
        return plain or question.seen(*_PROPOSED[reason]), reason
    if black and not plain:
        return black, "blackened_mark"
    return plain, _broken_rule(question.field, plain)


_PROPOSED: dict[str, tuple[Sight, ...]] = {
    "circled_mark": (Sight.CIRCLED,),
    "blackened_mark": (Sight.DENSE,),
    "faint_mark": (Sight.FAINT,),
    "uncertain_mark": (),
    "stray_mark": (),
}


def _doubt(question: _Question) -> str:
    """The first kind of doubtful box in the question, if any."""
    if question.seen(Sight.CIRCLED):
        return "circled_mark"
    if question.seen(Sight.DENSE):
        return "blackened_mark"
    if question.seen(Sight.FAINT):
        return "faint_mark"
    if question.seen(Sight.UNCERTAIN):
        return "uncertain_mark"
    return "stray_mark" if question.seen(Sight.STRAY) else ""


def _broken_rule(field: Field, ticked: Sequence[str]) -> str:
    """Why plain ticks cannot all stand together; empty when they can."""
    if len(ticked) < 2:
        return ""
    if len(ticked) == len(field.options) and len(ticked) > 2:
        return "all_marked"
    if not field.multiple:
        return "several_marks"
    exclusive = {option.value for option in field.options if option.exclusive}
    return "exclusive_broken" if exclusive & set(ticked) else ""


def _confidence(question: _Question) -> float:
    """Probability that every box was seen as it is."""
    sure = 1.0
    for box in question.boxes:
        sure *= max(box.probability, 1.0 - box.probability)
    return sure


def _decision(
    question: _Question, ticked: tuple[str, ...], reason: str, confidence: float, writer: Writer
) -> FieldDecision:
    corrected = bool(question.seen(Sight.BLACK)) and not writer.blackens and not reason
    raw = "|".join(ticked)
    status = Status.REVIEW if reason else Status.ACCEPTED if ticked else Status.BLANK
    return FieldDecision(
        field=question.field.name,
        type=question.field.type,
        raw=raw,
        value=raw,
        status=status,
        confidence=min(confidence, 0.5) if reason else confidence,
        reasons=(reason,) if reason else (),
        warnings=("corrected_mark",) if corrected else (),
    )
