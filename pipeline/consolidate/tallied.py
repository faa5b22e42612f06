"""Measures counted for each group, with what could still change them: answers and groups that are not read."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from pipeline.consolidate.counting import Conditions, Counter, Mask, Tally, equal, filled
from pipeline.consolidate.gathered import LENT, Gathered, each
from pipeline.consolidate.groups import CARNETS, Group
from pipeline.consolidate.indicators import Indicator, Kind, Part, Summary
from pipeline.model.evaluation import Ask

UNREAD = ("a_relire", "illisible")
Signed = tuple[tuple[int, Tally], ...]
Each = TypeVar("Each", float, np.ndarray)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure before it is counted.

    ``state`` is the column that says why a value is missing; ``doubtful`` are further rows
    of which it is not known whether they count, ``turning`` rows that are counted and of
    which it is not known whether they belong to the numerator.  Where several questions make
    one figure, ``missing`` is what rows without any answer meet beside the state of the
    first, and ``blank`` what those left blank meet.  ``part`` is that of a paired table: all of
    it, a family, or one row.
    """

    ask: Ask
    measure: str
    sheet: str = CARNETS
    label: str = ""
    field: str = ""
    kind: Kind = "share"
    numerator: Signed = ()
    denominator: Signed = ()
    state: str = ""
    unread: Signed = ()
    doubtful: tuple[Conditions, ...] = ()
    turning: tuple[Conditions, ...] = ()
    missing: Conditions = ()
    blank: Conditions = ()
    among: Conditions = ()
    number: str = ""
    linked: bool = False
    part: Part = ""

    @property
    def columns(self) -> Iterator[str]:
        """The columns of its sheet that it looks at."""
        for _, tally in (*self.numerator, *self.denominator, *self.unread):
            yield tally.weight
            yield from (condition.column for one in tally.alternatives for condition in one)
        for one in (*self.doubtful, *self.turning, self.missing, self.blank, self.among):
            yield from (condition.column for condition in one)
        yield from (self.state, self.number)


class Marks(NamedTuple, Generic[Each]):
    """What rows add to a figure; of a group, the same added up.

    The numerator, the denominator, what was left blank, is not read, or was not lent, and what
    is in the denominator and may yet join the numerator.
    """

    hits: Each
    known: Each
    blank: Each
    unread: Each
    lent: Each
    turning: Each


def counted(measure: Measure, group: Group, counter: Counter, note: str = "") -> Indicator:
    """The figure for one group; ``note`` in place of the remark of its plan."""
    (found,) = counted_by(measure, each(measure.sheet, (group,), counter), note)
    return found


def counted_by(measure: Measure, rows: Gathered, note: str = "") -> Iterator[Indicator]:
    """The figure for each group."""
    marks = marks_of(measure, rows.counter)
    stacked = np.array(marks).T
    inside, perhaps, beyond = rows.inside @ stacked, rows.perhaps @ stacked, rows.perhaps.sum(axis=1)
    for place, group in enumerate(rows.groups):
        own, others = (Marks(*map(_tidy, added[place])) for added in (inside, perhaps))
        one = _with_counts(_named(measure, group, note), own, others, int(beyond[place]))
        if measure.kind == "summary":
            met = marks.known > 0
            numbers = rows.counter.numbers(rows.sheet, measure.number)[met]
            one = replace(one, summary=summary(np.repeat(numbers, rows.inside[place][met].astype(np.int64))))
        yield one


def _named(measure: Measure, group: Group, note: str) -> Indicator:
    """What names a figure, and where it comes from."""
    grouping = group.grouping
    among = (*measure.among, filled(measure.number), *group.conditions)
    return Indicator(
        code=measure.ask.code,
        label=measure.label or measure.ask.label,
        measure=measure.measure,
        field=measure.field,
        kind=measure.kind,
        part=measure.part,
        group=grouping.name if grouping else "",
        group_label=grouping.label if grouping else group.label,
        group_value=group.label if grouping else "",
        identifying=grouping.identifying if grouping else False,
        linked=measure.linked,
        note=note or measure.ask.remark,
        group_from=group.conditions,
        numerator_from=_among(measure.numerator, group.conditions),
        denominator_from=_among(measure.denominator, group.conditions),
        median_from=(measure.sheet, measure.number, among) if measure.kind == "summary" else None,
    )


def _among(signed: Signed, conditions: Conditions) -> Signed:
    return tuple((sign, tally.among(conditions)) for sign, tally in signed)


def _with_counts(base: Indicator, inside: Marks[float], perhaps: Marks[float], beyond: int) -> Indicator:
    """The counts of a group, and of the rows that may belong to it: there are ``beyond`` of these."""
    others_in, hits_in, unread_in = perhaps.known - perhaps.hits - perhaps.turning, perhaps.hits, perhaps.unread
    if base.kind == "ratio":
        others_in, hits_in, unread_in = beyond, 0, 0
    return replace(
        base,
        numerator=inside.hits,
        denominator=inside.known,
        blank=int(inside.blank),
        unread=round(inside.unread),
        not_lent=int(inside.lent),
        turning=int(inside.turning),
        others_in=others_in,
        hits_in=hits_in,
        unread_in=round(unread_in + perhaps.turning),
    )


def _tidy(number: float) -> float:
    """A sum without the last bits of binary fractions; a whole number as such."""
    number = round(float(number), 6)
    return int(number) if number.is_integer() else number


def total(counter: Counter, signed: Signed) -> float:
    """Counts added up, some of them taken away."""
    return sum(sign * counter.count(tally) for sign, tally in signed)


# Row by row


def marks_of(measure: Measure, counter: Counter) -> Marks[np.ndarray]:
    """What every row adds to a figure, whatever its group."""
    if measure.kind == "summary":
        numbers = ~np.isnan(counter.numbers(measure.sheet, measure.number))
        known = (counter.mask(measure.sheet, measure.among) & numbers).astype(float)
    else:
        known = _added(measure, measure.denominator, counter)
    blank, unread, lent = _states(measure, counter)
    return Marks(
        hits=_added(measure, measure.numerator, counter),
        known=known,
        blank=blank,
        unread=unread,
        lent=lent,
        turning=_any_of(measure.turning, measure.sheet, counter),
    )


def _added(measure: Measure, signed: Signed, counter: Counter) -> np.ndarray:
    """What every row adds to counts, some of them taken away."""
    found = np.zeros(len(counter.frames[measure.sheet]))
    for sign, tally in signed:
        rows = sum((counter.mask(tally.sheet, one).astype(float) for one in tally.alternatives), np.zeros_like(found))
        found += sign * rows * (np.nan_to_num(counter.numbers(tally.sheet, tally.weight)) if tally.weight else 1)
    return found


def _any_of(alternatives: tuple[Conditions, ...], sheet: str, counter: Counter) -> Mask:
    """Rows that meet one of several sets of conditions."""
    found = np.zeros(len(counter.frames[sheet]), dtype=bool)
    for one in alternatives:
        found |= counter.mask(sheet, one)
    return found


def _states(measure: Measure, counter: Counter) -> tuple[Mask, np.ndarray, Mask]:
    """Blank, unread and not lent: from the column of states, or from counts made beforehand."""
    sheet = measure.sheet
    none = np.zeros(len(counter.frames[sheet]), dtype=bool)
    if measure.unread:
        return none, _added(measure, measure.unread, counter), none
    if not measure.state or not counter.has(sheet, measure.state):
        return none, none, none
    at = (*(measure.among if sheet != CARNETS else ()), *measure.missing)
    absent, lent = counter.mask(sheet, (*at, equal(measure.state, "absent"))), counter.mask(sheet, (LENT,))
    doubt = absent & ~lent | _any_of(measure.doubtful, sheet, counter)
    for state in UNREAD:
        doubt |= counter.mask(sheet, (*at, equal(measure.state, state)))
    return counter.mask(sheet, (*at, *measure.blank, equal(measure.state, "vide"))), doubt, absent & lent


def summary(numbers: np.ndarray) -> Summary | None:
    """Quartiles and mean of some numbers; None when there is none."""
    if not len(numbers):
        return None
    low, q1, median, q3, high = (float(x) for x in np.quantile(numbers, [0, 0.25, 0.5, 0.75, 1]))
    mean = statistics.fmean(numbers.tolist())
    return Summary(n=len(numbers), low=low, q1=q1, median=median, q3=q3, high=high, mean=mean)
