"""Counts over the tables, as numbers and as the formula that Excel would use: one description for both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd

from pipeline.workbook import Value

Test = Literal["=", "<>", ">=", "<=", ">", "<", "filled", "empty"]
Mask = np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What one column must hold.  ``<>`` accepts an empty cell, as Excel does."""

    column: str
    test: Test = "="
    value: str | int | float = ""


Conditions = tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Rows of a sheet that meet one of several sets of conditions; no row may meet two.

    With ``weight`` their values in that column are added up instead.
    """

    sheet: str
    alternatives: tuple[Conditions, ...] = ((),)
    weight: str = ""

    def among(self, more: Conditions) -> Tally:
        """The same with further conditions."""
        return Tally(
            sheet=self.sheet, weight=self.weight, alternatives=tuple((*one, *more) for one in self.alternatives)
        )


def filled(column: str) -> Condition:
    """A value was read."""
    return Condition(column=column, test="filled")


def equal(column: str, value: str | int | float) -> Condition:
    """One value."""
    return Condition(column=column, value=value)


def one_of(sheet: str, column: str, values: tuple[str | int | float, ...], *more: Condition) -> Tally:
    """Rows whose column holds any of the values."""
    return Tally(sheet=sheet, alternatives=tuple((equal(column, value), *more) for value in values))


@dataclass(slots=True)
class Counter:
    """Counts in the frames of a campaign; every condition is looked at once."""

    frames: dict[str, pd.DataFrame]
    _masks: dict[tuple[str, Condition], Mask] = field(default_factory=dict)
    _numbers: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    _carried: dict[tuple[str, str, Conditions], Mask] = field(default_factory=dict)
    _reached: dict[tuple[str, str, tuple[Conditions, ...]], Mask] = field(default_factory=dict)

    def has(self, sheet: str, *columns: str) -> bool:
        """Whether a sheet holds all these columns."""
        return sheet in self.frames and set(columns) <= set(self.frames[sheet].columns)

    def mask(self, sheet: str, conditions: Conditions) -> Mask:
        """Rows that meet all the conditions."""
        found = np.ones(len(self.frames[sheet]), dtype=bool)
        for condition in conditions:
            found &= self._mask(sheet, condition)
        return found

    def carried(self, sheet: str, from_sheet: str, conditions: Conditions) -> Mask:
        """Rows of a sheet whose carnet meets some conditions in another."""
        key = (sheet, from_sheet, conditions)
        if key not in self._carried:
            column = self.frames[sheet]["cle"]
            wanted = set(self.frames[from_sheet]["cle"][self.mask(from_sheet, conditions)])
            chosen = np.array([value in wanted for value in [*column.cat.categories, None]], dtype=bool)
            self._carried[key] = chosen[np.asarray(column.cat.codes)]
        return self._carried[key]

    def reached(self, sheet: str, from_sheet: str, alternatives: tuple[Conditions, ...]) -> Mask:
        """Rows of a sheet whose carnet meets one of several sets of conditions in another."""
        key = (sheet, from_sheet, alternatives)
        if key not in self._reached:
            found = np.zeros(len(self.frames[sheet]), dtype=bool)
            for one in alternatives:
                found |= self.carried(sheet, from_sheet, one)
            self._reached[key] = found
        return self._reached[key]

    def count(self, tally: Tally) -> float:
        """The count, or the sum of the weights."""
        masks = [self.mask(tally.sheet, one) for one in tally.alternatives]
        if not tally.weight:
            return sum(int(mask.sum()) for mask in masks)
        numbers = self.numbers(tally.sheet, tally.weight)
        return round(sum(float(np.nansum(numbers[mask])) for mask in masks), 6)

    def numbers(self, sheet: str, column: str) -> np.ndarray:
        """A column as numbers, NaN where there is none."""
        key = (sheet, column)
        if key not in self._numbers:
            self._numbers[key] = _looked_up(
                self.frames[sheet][column], lambda value: float(value) if isinstance(value, int | float) else np.nan
            )
        return self._numbers[key]

    def _mask(self, sheet: str, condition: Condition) -> Mask:
        key = (sheet, condition)
        if key not in self._masks:
            column = self.frames[sheet][condition.column]
            self._masks[key] = _looked_up(column, _TESTS[condition.test](condition.value)).astype(bool)
        return self._masks[key]


def _looked_up(column: pd.Series[Any], of: Callable[[Value], object]) -> np.ndarray:
    """A function of the values of a column, computed once for each different value; None is a value."""
    values = np.array([of(value) for value in [*column.cat.categories, None]])
    found: np.ndarray = values[np.asarray(column.cat.codes)]
    return found


def _number(test: Callable[[float, float], bool]) -> Callable[[str | int | float], Callable[[Value], bool]]:
    return lambda wanted: lambda value: isinstance(value, int | float) and test(value, float(wanted))


_TESTS: dict[Test, Callable[[str | int | float], Callable[[Value], bool]]] = {
    "=": lambda wanted: lambda value: value == wanted,
    "<>": lambda wanted: lambda value: value != wanted,
    "filled": lambda _: lambda value: value is not None,
    "empty": lambda _: lambda value: value is None,
    ">=": _number(lambda value, wanted: value >= wanted),
    "<=": _number(lambda value, wanted: value <= wanted),
    ">": _number(lambda value, wanted: value > wanted),
    "<": _number(lambda value, wanted: value < wanted),
}


# As Excel would count


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """The headers of each sheet by name of column, as structured references need them."""

    by_sheet: dict[str, dict[str, str]]

    def column(self, sheet: str, name: str) -> str:
        """A whole column: ``t_carnets[Public (prof_public)]``, special characters quoted."""
        header = self.by_sheet[sheet][name]
        for special in "'[]#":
            header = header.replace(special, f"'{special}")
        return f"t_{sheet.lower()}[{header}]"


def formula(tally: Tally, headers: Headers) -> str:
    """The count as a formula over the tables, without its equal sign."""
    return "".join(term for one in tally.alternatives for term in _terms(tally, one, headers)).removeprefix("+")


_OPPOSITES: dict[Test, Test] = {"empty": "filled", "<>": "="}


def _terms(tally: Tally, conditions: Conditions, headers: Headers) -> Iterator[str]:
    """What must not hold is taken away: LibreOffice forgets rows where the first cells of a column are empty."""
    plain = [one for one in conditions if one.test not in _OPPOSITES]
    refused = [replace(one, test=_OPPOSITES[one.test]) for one in conditions if one.test in _OPPOSITES]
    for size in range(len(refused) + 1):
        for some in combinations(refused, size):
            yield f"{'-' if size % 2 else '+'}{_counted(tally, (*plain, *some), headers)}"


def _counted(tally: Tally, conditions: Conditions, headers: Headers) -> str:
    parts = [f"{headers.column(tally.sheet, one.column)},{criterion(one)}" for one in conditions]
    if tally.weight:
        weight = headers.column(tally.sheet, tally.weight)
        return f"SUMIFS({','.join([weight, *parts])})" if parts else f"SUM({weight})"
    if not parts:
        raise ValueError("a count without any condition has no formula")
    return f"COUNTIFS({','.join(parts)})"


def criterion(condition: Condition) -> str:
    """A criterion of COUNTIFS; the signs that it gives a meaning to are quoted."""
    if condition.test == "filled":
        return '"<>"'
    if condition.test == "empty":
        return '"="'
    value = condition.value
    if isinstance(value, str):
        value = "".join(f"~{sign}" if sign in "~*?" else sign for sign in value).replace('"', '""')
        bare = condition.test == "=" and not value.startswith(("=", "<", ">"))
        return f'"{"" if bare else condition.test}{value}"'
    number = f"{value:g}"
    return number if condition.test == "=" else f'"{condition.test}{number}"'


def criteria(sheet: str, condition: Condition, headers: Headers) -> str:
    """A condition as a comparison over a whole column, for an array formula."""
    column = headers.column(sheet, condition.column)
    if condition.test in {"filled", "empty"}:
        return f'({column}{"<>" if condition.test == "filled" else "="}"")'
    value = condition.value
    shown = '"' + value.replace('"', '""') + '"' if isinstance(value, str) else f"{value:g}"
    compared = f"({column}{condition.test}{shown})"
    # An empty cell would count as 0 in a comparison of numbers.
    return compared if isinstance(value, str) else f'({column}<>"")*{compared}'
