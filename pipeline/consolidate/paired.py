"""Measures of a paired scale (skills at the start and at the end): levels, progress, who is concerned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.consolidate.counting import Condition, Conditions, Counter, Tally, Test, equal, filled
from pipeline.consolidate.indicators import Part
from pipeline.consolidate.long import CONCERNED, FIRST_RANK, GAIN, OTHER, SAME, SAME_DAY, UNDATED, UNREAD_DAYS
from pipeline.consolidate.records import group_columns
from pipeline.consolidate.tallied import UNREAD, Measure
from pipeline.consolidate.variable import ETAT
from pipeline.model.evaluation import Ask
from pipeline.model.form import Field, FormDefinition, Table
from pipeline.model.label import answers, rank

DAYS = (OTHER, SAME, UNDATED, UNREAD_DAYS)
_SIGNS: tuple[tuple[Test, str], ...] = ((">", "plus haut à la fin"), ("=", "le même"), ("<", "plus bas à la fin"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """All rows of a paired table, those of a family, or one row."""

    name: Part
    label: str
    conditions: Conditions = ()

    @property
    def single(self) -> bool:
        """Whether it is one row, with one answer a person."""
        return self.name == "ligne"


def scopes(table: Table) -> list[Scope]:
    """Everything, each family, each row, as on paper."""
    families = list(dict.fromkeys(table.families.values()))
    whole = Scope(name="ensemble", label=f"{table.row_label}s, ensemble" if table.row_label else "ensemble")
    return [
        whole,
        *(Scope(name="famille", label=name, conditions=(equal("famille", name),)) for name in families),
        *(
            Scope(name="ligne", label=f"{number:02d} – {label}", conditions=(equal("ligne", number),))
            for number, label in sorted(table.row_labels.items())
        ),
    ]


def levels(ask: Ask, table: Table, forms: Sequence[FormDefinition]) -> Iterator[Measure]:
    """The levels of each family and of each row, at each moment."""
    columns = group_columns(forms, table.group)
    asked = columns[table.melt[0]]
    for scope in scopes(table):
        for moment in table.melt:
            at = (*scope.conditions, equal("moment", moment))
            when = moment_words(columns[moment])
            for code, label in answers(asked):
                hit = equal(f"{table.group}_rang", rank(asked, code) or 0)
                yield _measure(
                    ask,
                    table,
                    scope,
                    words=f"{when} : {label}",
                    at=at,
                    hit=hit,
                    known=f"{table.group}_rang",
                    state="reponse",
                )


def moment_words(asked: Field) -> str:
    """A moment as the form prints it: « au début »."""
    return asked.label.rpartition(":")[2].strip() or asked.column


def gains(ask: Ask, table: Table) -> Iterator[Measure]:
    """Higher, same, lower at the end; pairs filled on one day apart, those without days too.

    What is computed of a pair stands on the row of its last moment alone.
    """
    column = f"{table.group}_{GAIN}"
    for scope in scopes(table):
        for days in DAYS if scope.name == "ensemble" else DAYS[:2]:
            at = (*scope.conditions, equal(f"{table.group}_{SAME_DAY}", days))
            doubtful = _of_unread_days(table, scope) if days != UNREAD_DAYS else ()
            for sign, words in _SIGNS:
                hit = Condition(column=column, test=sign, value=0)
                found = _measure(ask, table, scope, words=f"{words} ({days})", at=at, hit=hit, known=column, state=GAIN)
                yield replace(found, doubtful=doubtful)
            yield Measure(
                ask=ask,
                measure=f"gain moyen ({days})",
                label=f"{ask.label}\u00a0: {scope.label}",
                sheet=table.sheet,
                kind="summary",
                state=column + ETAT,
                among=at,
                number=column,
                doubtful=doubtful,
                linked=not scope.single,
                part=scope.name,
            )


def _of_unread_days(table: Table, scope: Scope) -> tuple[Conditions, ...]:
    """Pairs, known or in doubt, whose days are in doubt: they may belong to any of the others."""
    column = f"{table.group}_{GAIN}"
    at = (*scope.conditions, equal(f"{table.group}_{SAME_DAY}", UNREAD_DAYS))
    return ((*at, filled(column)), *((*at, equal(column + ETAT, state)) for state in UNREAD))


def concerned(ask: Ask, table: Table) -> Iterator[Measure]:
    """Carnets with a level, for each row and family."""
    column = f"{table.group}_{CONCERNED}"
    for scope in scopes(table):
        yield _measure(
            ask,
            table,
            scope,
            words="un niveau coché",
            at=scope.conditions,
            hit=equal(column, 1),
            known=column,
            state=CONCERNED,
        )


def _measure(
    ask: Ask,
    table: Table,
    scope: Scope,
    *,
    words: str,
    at: Conditions,
    hit: Condition,
    known: str,
    state: str,
) -> Measure:
    """Rows that ``hit`` among those ``at`` some conditions whose column ``known`` is filled."""
    return Measure(
        ask=ask,
        measure=words,
        sheet=table.sheet,
        label=f"{ask.label}\u00a0: {scope.label}",
        field=table.group,
        among=at,
        state=f"{table.group}_{state}{ETAT}",
        numerator=((1, Tally(sheet=table.sheet, alternatives=((*at, hit),))),),
        denominator=((1, Tally(sheet=table.sheet, alternatives=((*at, filled(known)),))),),
        linked=not scope.single,
        part=scope.name,
    )


# Tables of levels at the start by levels at the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """Pairs by level at the start (rows) and at the end (columns), as in a table of McNemar.

    ``scope`` is that of its rows; ``days`` whether the two were filled
    in on different days.  Above the diagonal the level rose.
    """

    scope: Part
    label: str
    days: str
    levels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    linked: bool

    @property
    def pairs(self) -> int:
        """All pairs."""
        return sum(map(sum, self.counts))

    @property
    def risen(self) -> int:
        """Pairs whose level rose."""
        return sum(n for row, line in enumerate(self.counts) for column, n in enumerate(line) if column > row)

    @property
    def fallen(self) -> int:
        """Pairs whose level fell."""
        return sum(n for row, line in enumerate(self.counts) for column, n in enumerate(line) if column < row)


def transitions(table: Table, forms: Sequence[FormDefinition], counter: Counter) -> Iterator[Transition]:
    """Every table, for everything, each family, each row, days apart."""
    asked = group_columns(forms, table.group)[table.melt[0]]
    listed = answers(asked)
    places = range(1, len(listed) + 1)
    first, last = f"{table.group}_{FIRST_RANK}", f"{table.group}_rang"
    for scope in scopes(table):
        for days in DAYS:
            at = (*scope.conditions, equal(f"{table.group}_{SAME_DAY}", days))

            def pairs(before: int, after: int, at: Conditions = at) -> int:
                return int(counter.mask(table.sheet, (*at, equal(first, before), equal(last, after))).sum())

            yield Transition(
                scope=scope.name,
                label=scope.label,
                days=days,
                levels=tuple(label for _, label in listed),
                counts=tuple(tuple(pairs(before, after) for after in places) for before in places),
                linked=not scope.single,
            )
