"""What each line of the plan counts: answers, bands of a number, quartiles, sums."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from pipeline.consolidate import values
from pipeline.consolidate.counting import Condition, Conditions, Tally, equal, filled
from pipeline.consolidate.groups import CARNETS, band_of
from pipeline.consolidate.tallied import UNREAD, Measure, Signed
from pipeline.consolidate.variable import ETAT, Variable
from pipeline.model.evaluation import Ask, Band
from pipeline.model.form import Field
from pipeline.model.label import answers

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
