"""Tick boxes of one question → a decision, in the light of how this writer ticks.

The printed rule: a cross ticks, blackening the whole box takes back.  What is not plain
is asked, with the best proposal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from pipeline.decide.evidence import fills_box, mark_evidence, own_ink
from pipeline.decide.reliance import MOVABLE, reliance
from pipeline.decide.writer import Writer, circled, is_arc, is_black, is_kept, on_this_print
from pipeline.model.decision import FieldDecision, Status
from pipeline.model.form import Field
from pipeline.model.reading import FieldReading, MarkReading
from pipeline.settings import DecideSettings


class Sight(StrEnum):
    """What one box looks like, before the question is considered."""

    EMPTY = "empty"
    DUST = "dust"
    PLAIN = "plain"
    FAINT = "faint"
    UNCERTAIN = "uncertain"
    BLACK = "black"
    FILLED = "filled"
    DENSE = "dense"
    CIRCLED = "circled"
    ROUND = "round"
    STRAY = "stray"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxSight:
    """One box: what it looks like, and the evidence (log-odds) that it holds a mark of its own.

    Filled is a black box of a writer who blackens to answer, round the plain circle of one
    who circles.  Dust is ink that is no mark: a speck, the end of a stroke from outside, an arc.
    """

    option: str
    sight: Sight
    evidence: float = 0.0

    @property
    def probability(self) -> float:
        """The evidence on the scale from 0 to 1, not calibrated."""
        return _share(self.evidence)

    @property
    def sure(self) -> float:
        """Calibrated probability that the box is taken for what it is."""
        return reliance().sure(self.sight, abs(self.evidence))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """The boxes of one question, in the order of the form, sorted by what they look like."""

    field: Field
    boxes: tuple[BoxSight, ...]

    def seen(self, *sights: Sight) -> tuple[str, ...]:
        """Options whose box looks like one of these, in the order of the form."""
        return tuple(box.option for box in self.boxes if box.sight in sights)

    def proposal(self, plain: Sequence[str], reason: str) -> tuple[str, ...]:
        """The plain answers, and what looks most like one where a single choice has none."""
        likely = {box.option for box in self.boxes if box.sight in _PROPOSED[reason] and box.evidence >= 0}
        if plain and not self.field.multiple:
            likely = set()
        return tuple(box.option for box in self.boxes if box.option in likely or box.option in plain)


def decide_choice(
    field: Field, reading: FieldReading, writer: Writer, settings: DecideSettings, *, bitonal: bool = False
) -> FieldDecision:
    """The decision on a question with tick boxes; ``bitonal`` on a scan in black and white."""
    question = _Question(field=field, boxes=sights(field, reading, writer, settings, bitonal=bitonal))
    ticked, reason = _answer(question, writer)
    confidence = math.prod(box.sure for box in question.boxes)
    if confidence < reliance().border(settings.tick_errors_tolerated):
        reason = reason or "uncertain_mark"
    elif reason in MOVABLE:
        reason = _broken_rule(field, ticked)
    return _decision(question, ticked, reason, confidence, writer)


def sights(
    field: Field, reading: FieldReading, writer: Writer, settings: DecideSettings, *, bitonal: bool
) -> tuple[BoxSight, ...]:
    """What each box of a question looks like, in the order of the form."""
    if not bitonal:
        writer = on_this_print(writer, (mark.frame_ratio for mark in reading.marks))
    by_option = {mark.option: mark for mark in reading.marks}
    marks = [by_option[option.value] for option in field.options if option.value in by_option]
    explained = _explained_by_circles(marks, writer, settings)
    boxes = [explained.get(mark.option) or look(mark, writer, settings, bitonal=bitonal) for mark in marks]
    return tuple(boxes if field.multiple else _second_thoughts(boxes, marks, settings))


def _explained_by_circles(
    marks: Sequence[MarkReading], writer: Writer, settings: DecideSettings
) -> dict[str, BoxSight]:
    """Boxes that are circled and, for a writer who circles, those that hold an arc of that circle.

    The circles of questions above and below run round half of a box too: what is neither
    plainly circled nor plainly not is nobody's answer.
    """
    found = circled(marks, settings)
    if not writer.circles:
        return {option: BoxSight(option=option, sight=Sight.CIRCLED) for option in found}
    plain = {mark.option for mark in marks if mark.option in found and mark.ring_ratio >= settings.circle_ring_sure}
    half = {mark.option for mark in marks if mark.ring_ratio > settings.arc_ring_max} - plain
    sight = Sight.CIRCLED if half else Sight.ROUND
    boxes = {option: BoxSight(option=option, sight=sight) for option in plain | half}
    if len(boxes) == 1:
        arcs = (mark.option for mark in marks if mark.option not in boxes and is_arc(mark, settings))
        boxes |= {option: BoxSight(option=option, sight=Sight.DUST) for option in arcs}
    return boxes


def look(mark: MarkReading, writer: Writer, settings: DecideSettings, *, bitonal: bool = False) -> BoxSight:
    """What one box looks like."""
    evidence = mark_evidence(mark, settings)
    sight = _sight(mark, _share(evidence), writer, settings)
    if _is_edge(mark, settings) or _is_nothing(mark, sight, writer, settings, bitonal=bitonal):
        sight = Sight.DUST
    return BoxSight(option=mark.option, sight=sight, evidence=evidence)


def _share(evidence: float) -> float:
    return 1.0 / (1.0 + math.exp(-evidence))


def _sight(mark: MarkReading, probability: float, writer: Writer, settings: DecideSettings) -> Sight:
    """Empty, or what kind of mark the ink makes."""
    if _is_stray(mark, probability, writer, settings):
        return Sight.STRAY
    if 1.0 - probability >= settings.tick_confidence_min:
        return Sight.EMPTY
    if _is_dust(mark, writer, settings):
        return Sight.DUST
    return _kind_of_mark(mark, probability, writer, settings)


def _kind_of_mark(mark: MarkReading, probability: float, writer: Writer, settings: DecideSettings) -> Sight:
    """What ink that is neither dust nor stray looks like."""
    if is_black(mark, settings, 0.0 if writer.blackens else writer.ink):
        return Sight.FILLED if writer.blackens else Sight.BLACK
    if _is_dense(mark, writer, settings):
        return Sight.DENSE
    if probability >= 0.5 and _is_faint(mark, writer, settings):
        return Sight.FAINT
    plain = probability >= settings.tick_confidence_min and not _is_unlike(mark, writer, settings)
    return Sight.PLAIN if plain else Sight.UNCERTAIN


def _is_unlike(mark: MarkReading, writer: Writer, settings: DecideSettings) -> bool:
    """Far shorter than the marks of this writer, as a slip of the pen is; or with little ink and pale, as a fold."""
    if mark.extent_ratio < settings.short_extent_ratio * (writer.extent or 1.0):
        return True
    slight = mark.ink_ratio < settings.slight_ink_ratio * writer.ink
    return slight and not _is_as_dark(mark, writer, settings)


def _is_stray(mark: MarkReading, probability: float, writer: Writer, settings: DecideSettings) -> bool:
    """Whether the ink does not come from a mark in this box: a tail, a fold, a streak."""
    if 1.0 - probability >= settings.tick_confidence_min:
        return mark.ink_ratio > settings.tick_ink_half and own_ink(mark, settings) < mark.ink_ratio / 2
    if mark.straight_ratio >= settings.straight_max:
        return not (writer.strikes and (is_kept(mark, settings) or _is_as_dark(mark, writer, settings)))
    if mark.straight_ratio >= settings.straight_habit_min and not _is_as_dark(mark, writer, settings):
        return not writer.strikes  # two folds that meet in a box look like a pale cross
    spread = mark.inside_ratio < settings.stain_inside_max or _is_pale(mark, writer, settings)
    if mark.outside_ratio >= settings.stain_outside_min and spread:
        return not _is_own(mark, probability, writer, settings)
    return probability < settings.tick_confidence_min and mark.inside_ratio < settings.stray_inside_min


def _is_own(mark: MarkReading, probability: float, writer: Writer, settings: DecideSettings) -> bool:
    """Plainly a mark of this writer, from side to side of the box and as dark as the pen, whatever it runs into."""
    known = writer.darkness > 0 and _is_as_dark(mark, writer, settings)
    strokes = fills_box(mark, settings) and mark.solidity_ratio <= settings.stroke_solidity_max
    return known and strokes and probability >= settings.tick_confidence_min


def _is_edge(mark: MarkReading, settings: DecideSettings) -> bool:
    """The end of a stroke from outside: short, mostly beyond the edge, the middle of the box left free."""
    small = mark.ink_ratio < settings.edge_ink_max and mark.extent_ratio < settings.edge_extent_max
    return 0 < mark.inside_ratio < settings.stray_inside_min and small and mark.core_ratio < settings.edge_core_max


def _is_dense(mark: MarkReading, writer: Writer, settings: DecideSettings) -> bool:
    """Denser than a cross and not quite black, or a line through a mark: perhaps taken back."""
    if mark.solidity_ratio >= settings.dense_solidity_min:
        return True
    if mark.ink_ratio >= max(settings.dense_ink_min, settings.dense_ink_ratio * writer.ink) and writer.ink > 0:
        return True
    if mark.ink_ratio >= settings.span_ink_min and mark.level_ratio >= settings.struck_level_sure:
        return True
    struck_ink = max(settings.struck_ink_min, settings.struck_ink_ratio * writer.ink)
    return mark.ink_ratio >= struck_ink and mark.level_ratio >= settings.struck_level_min


def _is_dust(mark: MarkReading, writer: Writer, settings: DecideSettings) -> bool:
    """A tiny spot, far paler than what this writer does with the pen."""
    return _is_tiny(mark, settings) and _is_pale(mark, writer, settings) and not _is_tip(mark, settings)


def _is_tip(mark: MarkReading, settings: DecideSettings) -> bool:
    """A tiny spot hardly darker than where ink begins: perhaps all that is seen of a fainter mark."""
    return _is_tiny(mark, settings) and mark.darkness < settings.tip_darkness_max


def _is_tiny(mark: MarkReading, settings: DecideSettings) -> bool:
    return mark.ink_ratio < settings.dust_ink_max and mark.extent_ratio < settings.dust_extent_max


def _is_nothing(mark: MarkReading, sight: Sight, writer: Writer, settings: DecideSettings, *, bitonal: bool) -> bool:
    """Whether what is no plain mark is nothing at all: a speck, a hairline, a pale line right through."""
    if _is_tip(mark, settings):
        return False
    if sight is Sight.UNCERTAIN and _is_speck(mark, writer, settings, bitonal=bitonal):
        return True
    if bitonal or sight not in (Sight.UNCERTAIN, Sight.STRAY) or not writer.ink:
        return False
    pale = _is_pale(mark, writer, settings)
    fine = _is_hairline(mark, settings)
    if fine and pale and mark.ink_ratio < settings.hairline_ink_ratio * writer.ink:
        return True
    return (fine or pale) and _passes_through(mark, writer, settings)


def _passes_through(mark: MarkReading, writer: Writer, settings: DecideSettings) -> bool:
    """One straight line that comes from outside and leaves on the other side: a fold, a streak.

    Those who tick with such lines have none of them taken for a fold.
    """
    through = mark.straight_ratio >= settings.through_straight_min and not is_kept(mark, settings)
    return through and not writer.strikes


def _is_speck(mark: MarkReading, writer: Writer, settings: DecideSettings, *, bitonal: bool) -> bool:
    """A round spot of dust, or a pale line thinner than any pen: what scanners add.

    In black and white a pale pen may leave no more than that: there it counts what the
    writer's weakest mark left, and where clear marks are few it is asked; a line in grains
    is no scratch.
    """
    if mark.ink_ratio >= settings.speck_ink_ratio * (writer.weakest if bitonal else writer.ink):
        return False
    if _is_tiny(mark, settings):
        return True
    grains = mark.darkness < settings.fragment_darkness_max
    return _is_hairline(mark, settings) and (not grains if bitonal else _is_pale(mark, writer, settings))


def _is_hairline(mark: MarkReading, settings: DecideSettings) -> bool:
    """Thinner than any pen, and no longer than a side of the box unless it is one straight line."""
    thin = mark.solidity_ratio < settings.hairline_solidity_max
    return thin and (mark.extent_ratio <= settings.hairline_extent_max or mark.straight_ratio >= settings.straight_max)


def _is_faint(mark: MarkReading, writer: Writer, settings: DecideSettings) -> bool:
    """Paler than anything this writer does elsewhere: rubbed out, or seen through the paper."""
    return mark.darkness < settings.darkness_min or _is_pale(mark, writer, settings)


def _is_as_dark(mark: MarkReading, writer: Writer, settings: DecideSettings) -> bool:
    """As dark as this writer's pen, which no fold is."""
    return mark.darkness >= settings.pen_darkness_ratio * writer.darkness


def _is_pale(mark: MarkReading, writer: Writer, settings: DecideSettings) -> bool:
    return mark.darkness < settings.faint_darkness_ratio * writer.darkness


def _second_thoughts(
    boxes: Sequence[BoxSight], marks: Sequence[MarkReading], settings: DecideSettings
) -> list[BoxSight]:
    """Weak traces beside one plain answer to a single choice are hardly a second answer."""
    if sum(box.sight is Sight.PLAIN for box in boxes) != 1:
        return list(boxes)
    weak = (Sight.UNCERTAIN, Sight.STRAY, Sight.FAINT)
    return [
        _reconsidered(box, settings) if box.sight in weak and not fills_box(mark, settings) else box
        for box, mark in zip(boxes, marks, strict=True)
    ]


def _reconsidered(box: BoxSight, settings: DecideSettings) -> BoxSight:
    weaker = min(box.evidence, 0.0 if box.sight is Sight.STRAY else math.inf) + settings.second_mark_log_odds
    if 1.0 - _share(weaker) < settings.tick_confidence_min:
        return box
    return replace(box, sight=Sight.DUST)


def _answer(question: _Question, writer: Writer) -> tuple[tuple[str, ...], str]:
    """The options taken as ticked, and why they must be asked (empty when plain)."""
    plain = question.seen(Sight.PLAIN)
    black = question.seen(Sight.BLACK, Sight.FILLED)
    if writer.circles and not plain and not black:
        plain = question.seen(Sight.ROUND)
    if black and writer.blackens:
        if plain:
            # For this writer black may tick or take back: only a person can tell.
            return question.seen(Sight.PLAIN, Sight.FILLED), "blackened_mark"
        plain, black = black, ()
    reason = _doubt(question)
    if reason:
        return question.proposal(plain, reason), reason
    if black and not plain:
        return black, "blackened_mark"
    return plain, _broken_rule(question.field, plain)


_PROPOSED: dict[str, tuple[Sight, ...]] = {
    "circled_mark": (Sight.CIRCLED, Sight.ROUND),
    "blackened_mark": (Sight.DENSE,),
    "faint_mark": (Sight.FAINT,),
    "uncertain_mark": (Sight.UNCERTAIN,),
    "stray_mark": (),
}


def _doubt(question: _Question) -> str:
    """The first kind of doubtful box in the question, if any."""
    if question.seen(Sight.CIRCLED) or (
        question.seen(Sight.ROUND) and question.seen(Sight.PLAIN, Sight.BLACK, Sight.FILLED)
    ):
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
        # What only a person can judge has even odds at best, however plainly the boxes are seen.
        confidence=min(confidence, 0.5) if reason and reason not in MOVABLE else confidence,
        reasons=(reason,) if reason else (),
        warnings=("corrected_mark",) if corrected else (),
    )
