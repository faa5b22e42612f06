"""ControleComptes: what Controle adds up, of a table so long that one formula a figure would take minutes.

The rows of a table of skills are counted by every combination of what its figures look at (family,
level, gain…), group after group: one array formula a group looks at the whole table once, where
twenty thousand formulas would each look at it.  Controle then adds up a few of these counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from pipeline.consolidate.counting import Conditions, Counter, Headers, Mask, Tally, criteria, criterion, equal
from pipeline.consolidate.groups import CARNETS, EVERYONE
from pipeline.consolidate.indicators import Indicator
from pipeline.workbook import Column, Entry, Formula, Sheet, Value, column_letter

SHEET = "ControleComptes"
_BEYOND = 10**15
"""A code after all others: rows of other groups are counted past the last line."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recount:
    """The rows of one table by combination; ``first`` is the line of the first, ``counts`` stand group by group."""

    sheet: str
    keys: tuple[str, ...]
    places: Mapping[str, Mapping[Value, int]]
    codes: tuple[int, ...]
    combinations: tuple[tuple[Value, ...], ...]
    groups: Mapping[Conditions, int]
    labels: tuple[str, ...]
    counts: tuple[Mask, ...]

    def column(self, number: int) -> str:
        """The cells of a column below the header."""
        letter = column_letter(number)
        return f"{SHEET}!${letter}$2:${letter}${len(self.codes) + 1}"

    def total(self, conditions: Conditions, group: Conditions) -> str:
        """How many rows of a group meet some conditions, as a formula over the counts."""
        counts = self.column(2 + len(self.keys) + self.groups[group])
        tests = [f"{self.column(2 + self.keys.index(one.column))},{criterion(one)}" for one in conditions]
        return f"SUMIFS({','.join([counts, *tests])})" if tests else f"SUM({counts})"

    def mean(self, column: str, conditions: Conditions, group: Conditions) -> str:
        """The mean of a column of whole numbers among these rows."""
        met = sorted(value for value in self.places[column] if isinstance(value, int) and value)
        added = [f"{value}*{self.total((*conditions, equal(column, value)), group)}" for value in met] or ["0"]
        return f"({'+'.join(added)})/{self.total(conditions, group)}"


def recount(indicators: Sequence[Indicator], counter: Counter) -> Recount | None:
    """The counts of the table of which rows are counted one by one and that holds several for each carnet."""
    tallies = [tally for one in indicators for _, tally in (*one.numerator_from, *one.denominator_from)]
    weighted = {tally.sheet for tally in tallies if tally.weight}
    for sheet in dict.fromkeys(tally.sheet for tally in tallies):
        if sheet != CARNETS and sheet not in weighted and len(counter.frames[sheet]):
            return _counted(sheet, [one for one in indicators if sheet in one.sheets], counter)
    return None


def _counted(sheet: str, indicators: Sequence[Indicator], counter: Counter) -> Recount:
    keys = tuple(sorted({name for one in indicators for name in _looked_at(one)}))
    frame = counter.frames[sheet]
    places = {name: _places(frame[name].cat.categories) for name in keys}
    numbers = np.zeros(len(frame), dtype=np.int64)
    for name in keys:
        ranks = np.array([places[name][value] for value in frame[name].cat.categories] + [0], dtype=np.int64)
        numbers = numbers * (len(places[name]) + 1) + ranks[np.asarray(frame[name].cat.codes)]
    codes, which = np.unique(numbers, return_inverse=True)
    groups = {one.group_from: f"{one.group_label} : {one.group_value}" for one in indicators}
    masks = (counter.mask(sheet, group) for group in groups)
    return Recount(
        sheet=sheet,
        keys=keys,
        places=places,
        codes=tuple(map(int, codes)),
        combinations=tuple(_combination(int(code), keys, places) for code in codes),
        groups={group: place for place, group in enumerate(groups)},
        labels=tuple(label if group else EVERYONE.label for group, label in groups.items()),
        counts=tuple(np.bincount(which[mask], minlength=len(codes)) for mask in masks),
    )


def _looked_at(one: Indicator) -> Iterable[str]:
    """The columns that a figure looks at, its group apart."""
    for _, tally in (*one.numerator_from, *one.denominator_from):
        yield from (condition.column for found in tally.alternatives for condition in own(found, one))
    if one.median_from:
        yield one.median_from[1]
        yield from (condition.column for condition in own(one.median_from[2], one))


def own(conditions: Conditions, one: Indicator) -> Conditions:
    """The conditions of a figure without those of its group, which come last."""
    return conditions[: len(conditions) - len(one.group_from)]


def _places(values: Iterable[Value]) -> dict[Value, int]:
    """Values numbered from 1; 0 is left to the empty cell."""
    return {value: place for place, value in enumerate(sorted(values, key=lambda one: (str(type(one)), one)), start=1)}


def _combination(code: int, keys: Sequence[str], places: Mapping[str, Mapping[Value, int]]) -> tuple[Value, ...]:
    """The values behind a code."""
    found: list[Value] = []
    for name in reversed(keys):
        code, place = divmod(code, len(places[name]) + 1)
        found.append(next((value for value, number in places[name].items() if number == place), None))
    return tuple(reversed(found))


# As a sheet


def recount_sheet(found: Recount, headers: Headers) -> Sheet:
    """One row a combination; the counts of a group are one formula, over the rows of its table."""
    columns = (
        Column(header="Combinaison (combinaison)", kind="figure", width=14),
        *(Column(header=_header(found, name, headers), kind="text", width=18) for name in found.keys),
        *(Column(header=label, kind="figure", width=13, live=True) for label in found.labels),
    )
    return Sheet(
        name=SHEET,
        about="Les comptes que Controle additionne : les lignes de Competences par réponse et par groupe.",
        table="",
        columns=columns,
        rows=list(_rows(found, headers)),
        length=len(found.codes),
        frozen=1,
    )


def _header(found: Recount, name: str, headers: Headers) -> str:
    return headers.by_sheet[found.sheet][name]


def _rows(found: Recount, headers: Headers) -> Iterable[list[Entry]]:
    code = _code(found, headers)
    for line, (number, combination) in enumerate(zip(found.codes, found.combinations, strict=True)):
        counts: list[Entry] = [int(each[line]) for each in found.counts]
        if line == 0:
            counts = [
                Formula(
                    text=_frequency(found, group, code, headers), kept=int(each[0]), array=True, lines=len(found.codes)
                )
                for group, each in zip(found.groups, found.counts, strict=True)
            ]
        yield [number, *combination, *counts]


def _frequency(found: Recount, group: Conditions, code: str, headers: Headers) -> str:
    """How many rows of a group have each code."""
    tests = "*".join(criteria(found.sheet, condition, headers) for condition in group)
    return f"FREQUENCY({f'IF({tests},{code},{_BEYOND})' if tests else code},{found.column(1)})"


def _code(found: Recount, headers: Headers) -> str:
    """The code of every row of the table, from what stands in its columns."""
    parts = []
    for place, name in enumerate(found.keys):
        weight = prod(len(found.places[later]) + 1 for later in found.keys[place + 1 :])
        parts += [
            f"{number * weight}*{criteria(found.sheet, equal(name, value), headers)}"
            for value, number in found.places[name].items()
            if isinstance(value, str | int | float)
        ]
    return "+".join(parts)


def formulas(one: Indicator, found: Recount) -> tuple[str, str]:
    """The numerator (or the mean) and the denominator of a figure, over the counts."""
    if one.median_from:
        _, column, conditions = one.median_from
        told = own(conditions, one)
        return found.mean(column, told, one.group_from), found.total(told, one.group_from)
    return _signed(one.numerator_from, one, found), _signed(one.denominator_from, one, found)


def _signed(tallies: Iterable[tuple[int, Tally]], one: Indicator, found: Recount) -> str:
    parts = [
        f"{'+' if sign > 0 else '-'}{found.total(own(conditions, one), one.group_from)}"
        for sign, tally in tallies
        for conditions in tally.alternatives
    ]
    return "".join(parts).removeprefix("+")
