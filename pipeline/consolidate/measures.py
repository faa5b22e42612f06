"""What each line of the plan counts: answers, bands of a number, quartiles, sums.

A ``Measure`` is one figure before it is counted, as tallies over the tables; ``counted``
takes it for everyone or for one group.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.consolidate import values
from pipeline.consolidate.counting import Condition, Conditions, Counter, Mask, Tally, equal, filled
from pipeline.consolidate.groups import CARNETS, Group, band_of
from pipeline.consolidate.indicators import Indicator, Kind, Summary
from pipeline.consolidate.variable import ETAT, Variable
from pipeline.model.evaluation import Ask, Band
from pipeline.model.form import Field
from pipeline.model.label import answers

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


# Closed questions of Carnets


def options(ask: Ask, field: Field) -> Iterator[Measure]:
    """The answers taken together when some are called positive, then each answer."""
    base = Measure(ask=ask, measure="", field=field.name, state=field.name + ETAT, label=_named(ask, field))
    if field.multiple:
        for option in field.options:
            column = f"{field.name}__{option.value}"
            yield replace(
                base,
                measure=option.label,
                numerator=_plain(Tally(sheet=CARNETS, alternatives=((equal(column, 1),),))),
                denominator=_plain(_returned(ask, column, base.state)),
            )
        return
    shown = {code: value for code, _ in answers(field) if (value := _value(field, code)) is not None}
    bands = [(band.label, _spelled(band, shown)) for band in ask.bands] or [
        (label, (code,)) for code, label in answers(field)
    ]
    if ask.positive:
        bands.insert(0, (ask.positive_label or "réponses favorables", ask.positive))
    denominator = _plain(_returned(ask, field.name, base.state))
    for label, codes in bands:
        yield replace(base, measure=label, numerator=_plain(_any(field, shown, codes)), denominator=denominator)
    if ask.negative:
        yes, no = _any(field, shown, ask.positive), _any(field, shown, ask.negative)
        label = f"{ask.positive[0]} à {ask.positive[-1]}, moins {ask.negative[0]} à {ask.negative[-1]}"
        below = f"{ask.negative[0]} à {ask.negative[-1]}"
        yield replace(base, measure=below, numerator=_plain(no), denominator=denominator)
        yield replace(base, measure=label, kind="difference", numerator=((1, yes), (-1, no)), denominator=denominator)


def _spelled(band: Band, shown: Collection[str]) -> tuple[str, ...]:
    """The codes of a band as the form writes them, with or without leading zeros."""
    return tuple(code for code in shown if band_of((band,), code))


def _named(ask: Ask, field: Field) -> str:
    """The indicator's own words; with those of the question when it has several."""
    return f"{ask.label}\u00a0: {field.short}" if len(ask.fields) > 1 else ask.label


def share(ask: Ask, field: Field) -> Iterator[Measure]:
    """Some answers of a question together."""
    shown = {code: value for code, _ in answers(field) if (value := _value(field, code)) is not None}
    words = [label for code, label in answers(field) if code in ask.codes]
    state = field.name + ETAT
    yield Measure(
        ask=ask,
        measure=" ou ".join(words),
        field=field.name,
        state=state,
        numerator=_plain(_any(field, shown, ask.codes)),
        denominator=_plain(_returned(ask, field.name, state)),
    )


def _value(field: Field, code: str) -> str | int | float | None:
    """What a cell of Carnets holds for a code."""
    value = values.typed(field, code)
    return value if isinstance(value, str | int | float) else None


def _any(field: Field, shown: dict[str, str | int | float], codes: Sequence[str]) -> Tally:
    return Tally(
        sheet=CARNETS, alternatives=tuple((equal(field.name, shown[code]),) for code in codes if code in shown)
    )


def _returned(ask: Ask, column: str, state: str) -> Tally:
    """Those who answered; with ``returned`` those who left it blank too."""
    known: tuple[Conditions, ...] = ((filled(column),),)
    if ask.base == "returned":
        known = (*known, (equal(state, "vide"),))
    return Tally(sheet=CARNETS, alternatives=known)


def _plain(tally: Tally) -> Signed:
    return ((1, tally),)


# Numbers of Carnets


def amounts(ask: Ask, variable: Variable) -> Iterator[Measure]:
    """Each band of a number."""
    among = _where(ask)
    for band in ask.bands:
        tally = Tally(sheet=CARNETS, alternatives=((*among, *bounds(variable.name, band)),))
        yield Measure(
            ask=ask,
            measure=band.label,
            label=_several(ask, variable),
            field=variable.name,
            state=variable.state,
            doubtful=_unfiltered(ask),
            numerator=_plain(tally),
            denominator=_plain(Tally(sheet=CARNETS, alternatives=((*among, filled(variable.name)),))),
        )


def bounds(column: str, band: Band) -> Conditions:
    """A number within a band."""
    found = []
    if band.at_least is not None:
        found.append(Condition(column=column, test=">=", value=band.at_least))
    if band.at_most is not None:
        found.append(Condition(column=column, test="<=", value=band.at_most))
    return tuple(found)


def _where(ask: Ask) -> Conditions:
    return (Condition(column=ask.where, test=">=", value=1),) if ask.where else ()


def _unfiltered(ask: Ask) -> tuple[Conditions, ...]:
    """Carnets of which it is not known whether they are among those asked for."""
    return tuple((equal(ask.where + ETAT, state),) for state in UNREAD) if ask.where else ()


def _several(ask: Ask, variable: Variable) -> str:
    return f"{ask.label}\u00a0: {variable.short}" if len(ask.fields) > 1 else ask.label


def summaries(ask: Ask, variable: Variable) -> Iterator[Measure]:
    """Quartiles and mean of a number."""
    yield Measure(
        ask=ask,
        measure="médiane, quartiles, moyenne",
        label=_several(ask, variable),
        field=variable.name,
        state=variable.state,
        kind="summary",
        doubtful=_unfiltered(ask),
        among=_where(ask),
        number=variable.name,
    )


def ratio(ask: Ask) -> Iterator[Measure]:
    """The sum of one column over that of another, among carnets where both are known."""
    first, second = ask.columns
    known = (filled(first), filled(second))
    yield Measure(
        ask=ask,
        measure="rapport des sommes",
        field=first,
        kind="ratio",
        state=first + ETAT,
        numerator=_plain(Tally(sheet=CARNETS, alternatives=(known,), weight=first)),
        denominator=_plain(Tally(sheet=CARNETS, alternatives=(known,), weight=second)),
    )


def strengths(ask: Ask, fields: Sequence[Field]) -> Iterator[Measure]:
    """How many named each code in any of several questions; a code named twice counts once."""
    first = fields[0]
    denominator = Tally(sheet=CARNETS, alternatives=_first_filled(fields))
    none = tuple(Condition(column=field.name, test="empty") for field in fields)
    doubts = [equal(field.name + ETAT, state) for field in fields for state in UNREAD]
    for code, label in answers(first):
        shown = _value(first, code)
        if shown is None:
            continue
        alternatives = tuple(
            (
                *(Condition(column=before.name, test="<>", value=shown) for before in fields[:number]),
                equal(field.name, shown),
            )
            for number, field in enumerate(fields)
        )
        yield Measure(
            ask=ask,
            measure=label,
            field=first.name.rstrip("0123456789"),
            state=first.name + ETAT,
            doubtful=tuple((*none, doubt) for doubt in doubts),
            missing=none,
            blank=tuple(equal(field.name + ETAT, "vide") for field in fields[1:]),
            turning=tuple(_turning(fields, shown, doubts)),
            numerator=_plain(Tally(sheet=CARNETS, alternatives=alternatives)),
            denominator=_plain(denominator),
        )


def _turning(fields: Sequence[Field], shown: str | int | float, doubts: Sequence[Condition]) -> Iterator[Conditions]:
    """Carnets where a question is read, none names the code, and one that is not read might."""
    others = tuple(Condition(column=field.name, test="<>", value=shown) for field in fields)
    for doubt in doubts:
        yield from ((*others, filled(field.name), doubt) for field in fields if doubt.column != field.name + ETAT)


def _first_filled(fields: Sequence[Field]) -> tuple[Conditions, ...]:
    """Carnets where any of the questions is read, each counted once."""
    return tuple(
        (*(Condition(column=before.name, test="empty") for before in fields[:number]), filled(field.name))
        for number, field in enumerate(fields)
    )
