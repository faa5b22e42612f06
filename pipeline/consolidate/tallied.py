"""One measure counted for one group, with what could still change it: answers and groups that are not read."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, replace

import numpy as np

from pipeline.consolidate.counting import Conditions, Counter, Mask, Tally, equal, filled
from pipeline.consolidate.groups import CARNETS, Group
from pipeline.consolidate.indicators import Indicator, Kind, Summary
from pipeline.model.evaluation import Ask

UNREAD = ("a_relire", "illisible")
Signed = tuple[tuple[int, Tally], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure before it is counted.

    ``state`` is the column that says why a value is missing; ``doubtful`` are further rows
    of which it is not known whether they count, ``turning`` rows that are counted and of
    which it is not known whether they belong to the numerator.  Where several questions make
    one figure, ``missing`` is what rows without any answer meet beside the state of the
    first, and ``blank`` what those left blank meet.  ``fine`` figures, one skill at a time, are
    not told by group: too few people would stand behind each.
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
    fine: bool = False


def counted(measure: Measure, group: Group, counter: Counter, note: str = "") -> Indicator:
    """The figure for one group; ``note`` in place of the remark of its plan."""
    grouping = group.grouping
    numerator = _among(measure.numerator, group.conditions)
    denominator = _among(measure.denominator, group.conditions)
    base = Indicator(
        code=measure.ask.code,
        label=measure.label or measure.ask.label,
        measure=measure.measure,
        field=measure.field,
        kind=measure.kind,
        group=grouping.name if grouping else "",
        group_label=grouping.label if grouping else group.label,
        group_value=group.label if grouping else "",
        identifying=grouping.identifying if grouping else False,
        linked=measure.linked,
        note=note or measure.ask.remark,
        group_from=group.conditions,
        numerator_from=numerator,
        denominator_from=denominator,
    )
    blank, unread, lent = _states(measure, group.conditions, counter)
    others_in, hits_in, unread_in = _unsorted(measure, group, counter)
    base = replace(base, blank=blank, unread=unread, not_lent=lent)
    base = replace(base, others_in=others_in, hits_in=hits_in, unread_in=unread_in)
    if measure.turning:
        base = replace(base, turning=int(_any_of(measure.turning, measure.sheet, group.conditions, counter).sum()))
    if measure.kind == "summary":
        conditions = (*measure.among, filled(measure.number), *group.conditions)
        found = summary(counter, measure.sheet, measure.number, conditions)
        return replace(
            base, summary=found, denominator=found.n if found else 0,
            median_from=(measure.sheet, measure.number, conditions),
        )  # fmt: skip
    return replace(base, numerator=total(counter, numerator), denominator=total(counter, denominator))


def _among(signed: Signed, conditions: Conditions) -> Signed:
    return tuple((sign, tally.among(conditions)) for sign, tally in signed)


def total(counter: Counter, signed: Signed, within: Mask | None = None) -> float:
    """Counts added up, some of them taken away; of the rows ``within``, when they are told."""
    return sum(sign * counter.count(tally, within) for sign, tally in signed)


def _unsorted(measure: Measure, group: Group, counter: Counter) -> tuple[float, float, int]:
    """Answers of people who may belong to the group: those that do not count, those that do, those not read."""
    if not group.doubtful:
        return 0, 0, 0
    within = counter.reached(measure.sheet, CARNETS, group.doubtful)
    if not within.any():
        return 0, 0, 0
    unread = _states(measure, (), counter, within)[1]
    if measure.kind == "ratio":
        return int(within.sum()), 0, 0
    if measure.kind == "summary":
        known = counter.mask(measure.sheet, (*measure.among, filled(measure.number)))
        return int((known & within).sum()), 0, unread
    hits, known_in = total(counter, measure.numerator, within), total(counter, measure.denominator, within)
    turning = int((_any_of(measure.turning, measure.sheet, (), counter) & within).sum()) if measure.turning else 0
    return known_in - hits - turning, hits, unread + turning


def _any_of(alternatives: tuple[Conditions, ...], sheet: str, more: Conditions, counter: Counter) -> Mask:
    """Rows that meet one of several sets of conditions, and some more."""
    found = np.zeros(len(counter.frames[sheet]), dtype=bool)
    for one in alternatives:
        found |= counter.mask(sheet, (*one, *more))
    return found


def _states(
    measure: Measure, conditions: Conditions, counter: Counter, within: Mask | None = None
) -> tuple[int, int, int]:
    """Blank, unread and not lent: from the column of states, or from counts made beforehand."""
    if measure.unread:
        return 0, round(total(counter, _among(measure.unread, conditions), within)), 0
    if not measure.state or not counter.has(measure.sheet, measure.state):
        return 0, 0, 0
    at = (*(measure.among if measure.sheet != CARNETS else ()), *measure.missing, *conditions)
    inside = np.ones(len(counter.frames[measure.sheet]), dtype=bool) if within is None else within
    absent = equal(measure.state, "absent")
    mask = counter.mask(measure.sheet, (*at, absent))
    lent = int((mask & counter.carried(measure.sheet, CARNETS, (equal("depot", "feuille"),))).sum())
    doubt = mask & ~counter.carried(measure.sheet, CARNETS, (equal("depot", "feuille"),))
    for state in UNREAD:
        doubt |= counter.mask(measure.sheet, (*at, equal(measure.state, state)))
    doubt |= _any_of(measure.doubtful, measure.sheet, conditions, counter)
    blank = counter.mask(measure.sheet, (*at, *measure.blank, equal(measure.state, "vide")))
    return int((blank & inside).sum()), int((doubt & inside).sum()), lent


def summary(counter: Counter, sheet: str, column: str, conditions: Conditions) -> Summary | None:
    """Quartiles and mean of a number; None when no row holds one."""
    numbers = counter.numbers(sheet, column)[counter.mask(sheet, conditions)]
    numbers = numbers[~np.isnan(numbers)]
    if not len(numbers):
        return None
    low, q1, median, q3, high = (float(x) for x in np.quantile(numbers, [0, 0.25, 0.5, 0.75, 1]))
    mean = statistics.fmean(numbers.tolist())
    return Summary(n=len(numbers), low=low, q1=q1, median=median, q3=q3, high=high, mean=mean)
