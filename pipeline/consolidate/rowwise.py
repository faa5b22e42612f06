"""Values computed within one row of a table: looked up in another table, or attested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.consolidate import values
from pipeline.consolidate.records import Record, group_columns
from pipeline.consolidate.values import ABSENT, UNKNOWN, Computed, Fact
from pipeline.model.derived import Derived
from pipeline.model.form import Field, FormDefinition

OPS = ("lookup", "attested")


def source_field(one: Derived, columns: Mapping[str, Field], forms: Iterable[FormDefinition]) -> Field | None:
    """The question whose answers the computed column shows, None for a yes or no."""
    if one.op == "lookup":
        return group_columns(forms, one.fields[1]).get(one.fields[2])
    return None


def compute(
    one: Derived, source: Field | None, record: Record, facts: Mapping[str, Fact], columns: Mapping[str, Field]
) -> Computed:
    """The value and state of a computed column in one row; ``source`` is its question, from ``source_field``."""
    if one.op == "lookup":
        found = _looked_up(one, record, facts)
        return (values.typed(source, found.text) if source else None), found.state
    return _attested([(columns[name], facts.get(name, ABSENT)) for name in one.fields if name in columns])


def _looked_up(one: Derived, record: Record, facts: Mapping[str, Fact]) -> Fact:
    """The answer in the row that this row points to; empty when it points to none."""
    column, group, wanted = one.fields
    pointer = facts.get(column, ABSENT)
    if not pointer.text.isdigit():
        return Fact(state=pointer.state if pointer.state in UNKNOWN else "vide")
    row = record.rows.get(group, {}).get(int(pointer.text))
    if row is not None:
        return row.get(wanted, ABSENT)
    return ABSENT if record.missing_pages(group) and int(pointer.text) > 0 else Fact(state="vide")


def _attested(asked: Iterable[tuple[Field, Fact]]) -> Computed:
    """1 when something is signed and something else was read; unknown while either is doubtful."""
    pairs = list(asked)
    signed = _any([f for field, f in pairs if field.type == "signature"], "present")
    given = _any([f for field, f in pairs if field.type != "signature"], "")
    if signed is False or given is False:
        return 0, "lu"
    if signed and given:
        return 1, "lu"
    states = {fact.state for _, fact in pairs}
    return None, next(state for state in UNKNOWN if state in states)


def _any(facts: Iterable[Fact], wanted: str) -> bool | None:
    """Whether any fact holds the wanted text (any text when empty); None when it cannot be said."""
    unknown = False
    for fact in facts:
        if fact.text and (not wanted or fact.text == wanted):
            return True
        unknown = unknown or fact.state in UNKNOWN
    return None if unknown else False
