"""Values computed for each carnet: only from inputs that are all known, never from half of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from pipeline.consolidate import counted, rowwise, values
from pipeline.consolidate.columns import Row
from pipeline.consolidate.long import LongTable
from pipeline.consolidate.records import Record
from pipeline.consolidate.values import CERTAIN, UNKNOWN, Computed
from pipeline.consolidate.variable import ETAT, Variable
from pipeline.errors import FormError
from pipeline.model.derived import Derived
from pipeline.workbook import Value

Rows = Mapping[str, Sequence[Row]]
"""Rows of one carnet, by group."""
_EMPTY: Computed = (None, "vide")


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedColumn:
    """One computed column: its variable, and its value and state for one carnet."""

    variable: Variable
    compute: Callable[[Record, Rows], Computed]


def derived_columns(
    asked: Sequence[Derived], tables: Mapping[str, LongTable], parameters: Mapping[str, float]
) -> list[DerivedColumn]:
    """Every value declared for a carnet; ``tables`` by group."""
    found: dict[str, Derived] = {}
    for one in asked:
        if one.op not in rowwise.OPS:
            found.setdefault(one.name, one)
    return [_column(one, tables, parameters) for one in found.values()]


def _column(one: Derived, tables: Mapping[str, LongTable], parameters: Mapping[str, float]) -> DerivedColumn:
    if one.table and one.table not in tables:
        raise _invalid(one, f"la table « {one.table} » n’existe pas")
    kind: values.Kind
    if one.op in counted.OPS:
        compute, kind = counted.computing(one, parameters)
    elif one.table:
        compute, kind = _over_table(one, tables[one.table])
    else:
        compute, kind = _over_fields(one)
    meaning = f"{one.label} (calculé ; vide tant qu’une des réponses qu’il faut n’est pas lue)"
    variable = Variable(
        name=one.name, short=one.label, kind=kind, meaning=meaning, origin="calcul", state=one.name + ETAT
    )
    return DerivedColumn(variable=variable, compute=compute)


def _invalid(one: Derived, why: str) -> FormError:
    return FormError(
        f"Le calcul « {one.name} » de la définition du formulaire est impossible : {why}.", derived=one.name, op=one.op
    )


# Over the rows of a table


def _over_table(one: Derived, table: LongTable) -> tuple[Callable[[Record, Rows], Computed], values.Kind]:
    """An aggregate of one column over the rows of a carnet."""
    if one.op == "count_rows":
        return partial(_counted, one), "integer"
    kinds = {variable.name: variable.kind for variable in table.variables}
    column = f"{one.table}_{one.fields[0]}" if one.fields else ""
    if column not in kinds:
        raise _invalid(one, "la colonne n’existe pas")
    aggregate = _AGGREGATES.get(one.op)
    if aggregate is None:
        raise _invalid(one, f"l’opération « {one.op} » est inconnue")
    kind: values.Kind = "integer" if one.op in {"distinct", "span_days"} else _kind(kinds[column])
    return partial(_aggregated, one, column, aggregate), kind


def _kind(source: str) -> values.Kind:
    """Sums and extremes are shown as what they are made of."""
    shown: dict[str, values.Kind] = {"hours": "hours", "date": "date", "month": "month"}
    return shown.get(source, "integer")


def _counted(one: Derived, record: Record, tables: Rows) -> Computed:
    """A number of used rows; unknown when a page is missing, or a row is nothing but doubts."""
    if record.missing_pages(one.table):
        return None, "absent"
    met = [{value for name, value in row.items() if name.endswith(ETAT)} for row in tables.get(one.table, ())]
    unsure = [row for row in met if not row & CERTAIN]
    for state in UNKNOWN:
        if any(state in row for row in unsure):
            return None, state
    return len(met), "lu"


def _aggregated(
    one: Derived, column: str, aggregate: Callable[[list[Value]], Value], record: Record, tables: Rows
) -> Computed:
    """One aggregate, or the reason why it cannot be known yet."""
    if record.missing_pages(one.table):
        return None, "absent"
    rows = tables.get(one.table, ())
    if not rows:
        return (0, "lu") if one.op in {"sum", "distinct"} else _EMPTY
    states = {row[column + ETAT] for row in rows}
    for state in UNKNOWN:
        if state in states:
            return None, state
    known = [row[column] for row in rows if row[column] is not None]
    return (aggregate(known), "lu") if known else _EMPTY


def _span(known: list[Value]) -> Value:
    days = [value for value in known if isinstance(value, datetime.date)]
    return (max(days) - min(days)).days if days else None


def _sum(known: list[Value]) -> Value:
    return sum(value for value in known if isinstance(value, int | float))


_AGGREGATES: dict[str, Callable[[list[Value]], Value]] = {
    "sum": _sum,
    "distinct": lambda known: len(set(known)),
    "min": min,  # type: ignore[dict-item]
    "max": max,  # type: ignore[dict-item]
    "span_days": _span,
}


# Over single fields


def _over_fields(one: Derived) -> tuple[Callable[[Record, Rows], Computed], values.Kind]:
    """A value computed from the questions of a carnet."""
    compute = _OVER_FIELDS.get(one.op)
    if compute is None:
        raise _invalid(one, f"l’opération « {one.op} » est inconnue")
    kind: values.Kind = "label" if one.op == "band" else "flag" if one.op == "same_day" else "integer"
    return partial(_from_fields, one, compute), kind


def _from_fields(one: Derived, compute: Callable[[Derived, Sequence[str]], Value], record: Record, _: Rows) -> Computed:
    facts = [record.fact(name) for name in one.fields]
    for fact in facts:
        if not fact.text:
            return None, fact.state
    return compute(one, [fact.text for fact in facts]), "lu"


def _same_day(one: Derived, texts: Sequence[str]) -> Value:
    return int(len(set(texts)) == 1)


def _band(one: Derived, texts: Sequence[str]) -> Value:
    """The band that holds an integer; keys are ``0-6``, or a single number."""
    number = int(texts[0])
    for key, label in one.bands.items():
        low, _, high = key.partition("-")
        if int(low) <= number <= int(high or low):
            return label
    return None


_OVER_FIELDS: dict[str, Callable[[Derived, Sequence[str]], Value]] = {"same_day": _same_day, "band": _band}
