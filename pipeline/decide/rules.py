"""Cross-checks over a whole carnet: what the form's rules find unusual.

A rule raises a warning, never a question: a person may have written exactly that.  Only
accepted values are compared; what nobody has read yet cannot be unusual.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from pipeline.decide.book import FieldBook
from pipeline.decide.inks import ABSENT
from pipeline.model.decision import FieldDecision, Status
from pipeline.model.form import Rule
from pipeline.model.value import MINUTES

_ROWED = re.compile(r"([a-z]+)\{r\}_(\w+)")
_USUAL_MINUTES = frozenset({0, 15, 30, 45})

MISSING = "required_missing"
"""Code of what the form asks of everybody and nobody wrote."""

Finding = tuple[str, str]
"""Name of a field and the code of a warning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All decisions of one carnet and form by field name, and the rows met of each group.

    ``rows`` maps a group to its rows, in order, each with the names of its fields.
    """

    decisions: Mapping[str, FieldDecision]
    rows: Mapping[str, Mapping[int, tuple[str, ...]]]
    book: FieldBook

    def value(self, name: str) -> str:
        """The accepted value of a field; empty when there is none."""
        found = self.decisions.get(name)
        return found.value if found is not None and found.status is Status.ACCEPTED else ""

    def used(self, group: str, row: int) -> bool:
        """Whether any zone of a row has ink."""
        return any(bears_ink(self.decisions[name]) for name in self.rows.get(group, {}).get(row, ()))

    def names(self, pattern: str, row: int | None) -> list[str]:
        """Names behind a name of a rule: of one row, or of all rows met when ``row`` is None."""
        match = _ROWED.fullmatch(pattern)
        if match is None:
            return [pattern] if pattern in self.decisions else []
        rows: Iterable[int] = self.rows.get(match[1], ()) if row is None else (row,)
        width = self.book.digits.get(match[1], 1)
        found = (f"{match[1]}{number:0{width}d}_{match[2]}" for number in rows)
        return [name for name in found if name in self.decisions]


def bears_ink(decision: FieldDecision) -> bool:
    """Whether somebody wrote in this field."""
    return decision.status is not Status.BLANK and decision.value != ABSENT


def sheet_of(decisions: Iterable[FieldDecision], book: FieldBook) -> Sheet:
    """The decisions of one carnet, indexed."""
    by_name = {decision.field: decision for decision in decisions}
    rows: dict[str, dict[int, tuple[str, ...]]] = defaultdict(dict)
    for name in by_name:
        field = book.find(name)
        if field is not None and field.group:
            rows[field.group][field.row] = (*rows[field.group].get(field.row, ()), name)
    return Sheet(
        decisions=by_name,
        rows={group: dict(sorted(found.items())) for group, found in sorted(rows.items())},
        book=book,
    )


def warnings_of(sheet: Sheet) -> dict[str, tuple[str, ...]]:
    """Codes of the warnings of every field that has one, in the order of the rules."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for name, code in _missing(sheet):
        found[name][code] = None
    for rule in sheet.book.rules:
        check = CHECKS.get(rule.kind)
        for row in _rows_of(rule, sheet) if check is not None else ():
            for name, code in check(rule, sheet, row) if check is not None else ():
                found[name][code] = None
    return {name: tuple(codes) for name, codes in found.items()}


def repeated(sheet: Sheet) -> set[str]:
    """Fields whose accepted value must differ from that of an earlier one and does not."""
    broken = set()
    for name in sheet.decisions:
        field, value = sheet.book.find(name), sheet.value(name)
        if field is not None and value and any(sheet.value(other) == value for other in field.distinct_from):
            broken.add(name)
    return broken


def _rows_of(rule: Rule, sheet: Sheet) -> Iterable[int | None]:
    """The rows over which a rule is tried: those of its first field, or once."""
    match = _ROWED.fullmatch(rule.fields[0]) if rule.fields else None
    return tuple(sheet.rows.get(match[1], ())) if match else (None,)


def _missing(sheet: Sheet) -> Iterator[Finding]:
    """Blank fields that the form asks of everybody, or of every used row."""
    for name, decision in sheet.decisions.items():
        field = sheet.book.find(name)
        blank = decision.status is Status.BLANK or decision.value == ABSENT
        if blank and field is not None and field.required == "O" and (
            not field.group or sheet.used(field.group, field.row)
        ):  # fmt: skip
            yield name, MISSING


def _not_after(rule: Rule, sheet: Sheet, row: int | None) -> Iterator[Finding]:
    for first, second in pairwise(_fields(rule.fields, sheet, row)):
        earlier, later = sheet.value(first), sheet.value(second)
        shared = min(len(earlier), len(later))
        if shared and earlier[:shared] > later[:shared]:
            yield first, rule.code
            yield second, rule.code


def _long_before(rule: Rule, sheet: Sheet, row: int | None) -> Iterator[Finding]:
    """The first date lies more than ``limit`` days before the second."""
    names = _fields(rule.fields, sheet, row)
    if len(names) == 2 and sheet.value(names[0]) and sheet.value(names[1]):
        earlier, later = (_day(sheet.value(name)) for name in names)
        if (later - earlier).days > (rule.limit or 0):
            yield names[0], rule.code


def _distinct(rule: Rule, sheet: Sheet, row: int | None) -> Iterator[Finding]:
    for first, second in combinations(_fields(rule.fields, sheet, row), 2):
        if sheet.value(first) and sheet.value(first) == sheet.value(second):
            yield first, rule.code
            yield second, rule.code


def _over(rule: Rule, sheet: Sheet, row: int | None) -> Iterator[Finding]:
    for name in _fields(rule.fields, sheet, row):
        value = sheet.value(name)
        if value and float(value) > (rule.limit or 0.0):
            yield name, rule.code


def _over_sum(rule: Rule, sheet: Sheet, row: int | None) -> Iterator[Finding]:
    """Above that many times the sum of the other fields over all rows.

    Silent when a part of the sum was not read yet, or when its page was not placed.
    """
    parts = [name for pattern in rule.fields[1:] for name in sheet.names(pattern, None)]
    if not parts or any(sheet.decisions[name].status is Status.REVIEW for name in parts):
        return
    most = (rule.limit or 0.0) * sum(float(sheet.value(name) or 0) for name in parts)
    for name in sheet.names(rule.fields[0], row):
        if sheet.value(name) and float(sheet.value(name)) > most:
            yield name, rule.code


def _used_row(rule: Rule, sheet: Sheet, row: int | None) -> Iterator[Finding]:
    for name in _fields(rule.fields, sheet, row):
        field = sheet.book.find(name)
        blank = sheet.decisions[name].status is Status.BLANK
        if blank and field is not None and sheet.used(field.group, field.row):
            yield name, rule.code


def _declared(rule: Rule, sheet: Sheet, row: int | None) -> Iterator[Finding]:
    """A code that names a row of another group, where nothing is written; 0 is « other »."""
    group = rule.fields[1].partition("{r}")[0]
    for name in sheet.names(rule.fields[0], row):
        code = sheet.value(name)
        if code and int(code) and group in sheet.rows and not sheet.used(group, int(code)):
            yield name, rule.code


def _minutes(rule: Rule, sheet: Sheet, row: int | None) -> Iterator[Finding]:
    for name in _fields(rule.fields, sheet, row):
        value = sheet.value(name)
        if value and round(float(value) * MINUTES) % MINUTES not in _USUAL_MINUTES:
            yield name, rule.code


def _fields(patterns: Sequence[str], sheet: Sheet, row: int | None) -> list[str]:
    return [name for pattern in patterns for name in sheet.names(pattern, row)]


def _day(value: str) -> datetime.date:
    """The day of an ISO date, the first of the month when it has none."""
    return datetime.date.fromisoformat(value if len(value) > 7 else f"{value}-01")


CHECKS: dict[str, Callable[[Rule, Sheet, int | None], Iterator[Finding]]] = {
    "not_after": _not_after,
    "long_before": _long_before,
    "distinct": _distinct,
    "over": _over,
    "over_sum": _over_sum,
    "used_row": _used_row,
    "declared": _declared,
    "minutes": _minutes,
}
"""Kinds of rules that raise warnings; ``not_future`` bounds what a date may be instead."""
