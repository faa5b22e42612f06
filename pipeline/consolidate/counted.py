"""Values that only the evaluation asks for: attested, concerned, and the hours of a calendar year.

Each is known as soon as what was read settles it, whatever the doubts that remain, and
unknown while a doubt could still change it.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from pipeline.consolidate import values
from pipeline.consolidate.columns import Row
from pipeline.consolidate.long import CONCERNED, GAIN, OTHER, SAME_DAY, UNREAD_DAYS
from pipeline.consolidate.records import Record
from pipeline.consolidate.values import ABSENT, UNKNOWN, Computed, Fact, State
from pipeline.consolidate.variable import ETAT
from pipeline.model.derived import Derived

OPS = ("any_row", "sum_if", "any_level", "any_gain", "year_hours")
Rows = Mapping[str, Sequence[Row]]


def computing(one: Derived, parameters: Mapping[str, float]) -> tuple[Callable[[Record, Rows], Computed], values.Kind]:
    """How one of ``OPS`` is computed, and the kind of its column."""
    if one.op == "year_hours":
        return partial(_year_hours, one, parameters), "flag"
    simple: dict[str, tuple[Callable[[Derived, Record, Rows], Computed], values.Kind]] = {
        "any_row": (_any_row, "flag"),
        "sum_if": (_sum_if, "integer"),
        "any_level": (_any_level, "flag"),
        "any_gain": (_any_gain, "flag"),
    }
    compute, kind = simple[one.op]
    return partial(compute, one), kind


def _unknown(states: Iterable[object]) -> State | None:
    """The gravest reason not to know, if there is one."""
    met = set(states)
    return next((state for state in UNKNOWN if state in met), None)


def _any_row(one: Derived, record: Record, tables: Rows) -> Computed:
    """1 as soon as one row has a 1 in the column."""
    rows = tables.get(one.table, ())
    if any(row[one.fields[0]] == 1 for row in rows):
        return 1, "lu"
    if record.missing_pages(one.table):
        return None, "absent"
    unknown = _unknown(row[one.fields[0] + ETAT] for row in rows)
    return (None, unknown) if unknown else (0, "lu")


def _sum_if(one: Derived, record: Record, tables: Rows) -> Computed:
    """The sum of a column over rows with a 1 in another."""
    if record.missing_pages(one.table):
        return None, "absent"
    column, flag = f"{one.table}_{one.fields[0]}", one.fields[1]
    total = 0.0
    for row in tables.get(one.table, ()):
        unknown = _unknown([row[flag + ETAT]]) or (_unknown([row[column + ETAT]]) if row[flag] == 1 else None)
        if unknown:
            return None, unknown
        value = row[column]
        if row[flag] == 1 and isinstance(value, int | float):
            total += value
    return int(total) if total.is_integer() else total, "lu"


def _any_level(one: Derived, record: Record, tables: Rows) -> Computed:
    """1 when a level was given for any row, 0 when all were left blank."""
    column = f"{one.table}_{CONCERNED}"
    rows = [row for row in tables.get(one.table, ()) if column in row]
    if any(row[column] == 1 for row in rows):
        return 1, "lu"
    states = {row[column + ETAT] for row in rows}
    if "sans_objet" in states:
        return None, "sans_objet"
    unknown = _unknown(states)
    return (None, unknown) if unknown else (0, "lu")


def _any_gain(one: Derived, record: Record, tables: Rows) -> Computed:
    """1 when any rank is higher at the end, for moments of different days; empty without a pair."""
    column = f"{one.table}_{GAIN}"
    rows = [row for row in tables.get(one.table, ()) if column in row]
    days = {row[f"{one.table}_{SAME_DAY}"] for row in rows}
    states = {row[column + ETAT] for row in rows}
    if days != {OTHER}:
        pairs = states - {"vide"}
        return None, "a_relire" if days == {UNREAD_DAYS} and pairs else "vide"
    gains = [row[column] for row in rows if row[column] is not None]
    if any(isinstance(gain, int) and gain > 0 for gain in gains):
        return 1, "lu"
    unknown = _unknown(states)
    if unknown:
        return None, unknown
    return (0, "lu") if gains else (None, "vide")


# Hours of a calendar year


def _year_hours(one: Derived, parameters: Mapping[str, float], record: Record, _: Rows) -> Computed:
    """1 when the hours of one year reach a total, and a share of them in one structure of a kind and role.

    ``fields``: columns of date, duration and structure of a row, the group that describes
    structures, its column of kinds, the kind wanted, its column of roles, the roles wanted.
    """
    date, duration, pointer, group, kind, wanted, role, *roles = one.fields
    least, least_one = parameters.get("cec_hours_year", 200), parameters.get("cec_hours_one", 100)
    by_year: dict[int, float] = defaultdict(float)
    by_place: dict[tuple[int, str], float] = defaultdict(float)
    doubts: set[State] = {"absent"} if record.missing_pages(one.table) or record.missing_pages(group) else set()
    for _number, row in record.used_rows(one.table):
        facts = [row.get(column, ABSENT) for column in (date, duration, pointer)]
        doubts |= {fact.state for fact in facts if fact.state in UNKNOWN}
        if not (facts[0].text and facts[1].text):
            continue
        year, hours = datetime.date.fromisoformat(facts[0].text).year, float(facts[1].text)
        by_year[year] += hours
        place = _place(record, group, facts[2])
        asked = [place.get(kind, ABSENT), place.get(role, ABSENT)] if place else []
        doubts |= {fact.state for fact in asked if fact.state in UNKNOWN}
        if asked and asked[0].text == wanted and asked[1].text in roles:
            by_place[year, facts[2].text] += hours
    if any(hours >= least_one and by_year[year] >= least for (year, _place_), hours in by_place.items()):
        return 1, "lu"
    unknown = _unknown(doubts)
    return (None, unknown) if unknown else (0, "lu")


def _place(record: Record, group: str, pointer: Fact) -> dict[str, Fact]:
    """The row of the structure that an action names, if any."""
    return record.rows.get(group, {}).get(int(pointer.text), {}) if pointer.text.isdigit() else {}
