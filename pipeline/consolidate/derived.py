"""Values computed for each carnet: only from inputs that are all known, never from half of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.consolidate import rowwise, values
from pipeline.consolidate.long import LongTable
from pipeline.consolidate.records import Record, Records
from pipeline.consolidate.values import CERTAIN, UNKNOWN, State
from pipeline.consolidate.variable import ETAT, Variable
from pipeline.errors import FormError
from pipeline.model.form import Derived, FormDefinition
from pipeline.workbook import Value

Computed = tuple[Value, State]
_EMPTY: Computed = (None, "vide")


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedColumn:
    """One computed column: its variable and, by key of carnet, its value and state."""

    variable: Variable
    cells: Mapping[str, Computed]


def derived_columns(records: Records, tables: Mapping[str, LongTable]) -> list[DerivedColumn]:
    """Every value that the forms declare for a carnet; ``tables`` by group."""
    found: dict[str, Derived] = {}
    for form in records.forms:
        for one in form.derived:
            if one.op not in rowwise.OPS:
                found.setdefault(one.name, one)
    return [_column(one, records, tables) for one in found.values()]


def _column(one: Derived, records: Records, tables: Mapping[str, LongTable]) -> DerivedColumn:
    if one.table:
        if one.table not in tables:
            raise _invalid(one, f"la table « {one.table} » n'existe pas")
        cells, kind = _over_table(one, records, tables[one.table])
    else:
        cells, kind = _over_fields(one, records)
    meaning = f"{one.label} (calculé ; vide tant qu'une des réponses qu'il faut n'est pas lue)"
    variable = Variable(
        name=one.name, short=one.label, kind=kind, meaning=meaning, origin="calcul", state=one.name + ETAT
    )
    return DerivedColumn(variable=variable, cells=cells)


def _invalid(one: Derived, why: str) -> FormError:
    return FormError(
        f"Le calcul « {one.name} » de la définition du formulaire est impossible : {why}.", derived=one.name, op=one.op
    )


# Over the rows of a table


def _over_table(one: Derived, records: Records, table: LongTable) -> tuple[dict[str, Computed], values.Kind]:
    """An aggregate of one column over the rows of each carnet."""
    frame = table.frame
    if one.op == "count_rows":
        states = [name for name in frame.columns if name.endswith(ETAT)]
        rows = dict(iter(frame.groupby("cle", sort=False)[states]))
        return {r.cle: _counted(r, one, rows.get(r.cle)) for r in records.records}, "integer"
    if not one.fields or f"{one.table}_{one.fields[0]}" not in frame.columns:
        raise _invalid(one, "la colonne n'existe pas")
    column = f"{one.table}_{one.fields[0]}"
    aggregate = _AGGREGATES.get(one.op)
    if aggregate is None:
        raise _invalid(one, f"l'opération « {one.op} » est inconnue")
    groups = dict(iter(frame.groupby("cle", sort=False)[[column, column + ETAT]]))
    cells = {r.cle: _aggregated(r, one, groups.get(r.cle), column, aggregate) for r in records.records}
    source = next(variable.kind for variable in table.variables if variable.name == column)
    return cells, "integer" if one.op in {"distinct", "span_days"} else _kind(source)


def _kind(source: str) -> values.Kind:
    """Sums and extremes are shown as what they are made of."""
    shown: dict[str, values.Kind] = {"hours": "hours", "date": "date", "month": "month"}
    return shown.get(source, "integer")


def _counted(record: Record, one: Derived, rows: pd.DataFrame | None) -> Computed:
    """A number of used rows; unknown when a page is missing, or a row is nothing but doubts."""
    if record.missing_pages(one.table):
        return None, "absent"
    if rows is None:
        return 0, "lu"
    met = [set(row) for row in rows.itertuples(index=False)]
    unsure = [row for row in met if not row & CERTAIN]
    for state in UNKNOWN:
        if any(state in row for row in unsure):
            return None, state
    return len(met), "lu"


def _aggregated(
    record: Record, one: Derived, rows: pd.DataFrame | None, column: str, aggregate: Callable[[list[Value]], Value]
) -> Computed:
    """One aggregate, or the reason why it cannot be known yet."""
    if record.missing_pages(one.table):
        return None, "absent"
    if rows is None:
        return (0, "lu") if one.op in {"sum", "distinct"} else _EMPTY
    states = set(rows[column + ETAT])
    for state in UNKNOWN:
        if state in states:
            return None, state
    known = [value for value in rows[column] if value is not None]
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


def _over_fields(one: Derived, records: Records) -> tuple[dict[str, Computed], values.Kind]:
    """A value computed from the questions of each carnet."""
    compute = _OVER_FIELDS.get(one.op)
    if compute is None:
        raise _invalid(one, f"l'opération « {one.op} » est inconnue")
    kind: values.Kind = "label" if one.op == "band" else "flag" if one.op == "same_day" else "integer"
    return {record.cle: _from_fields(one, record, compute, records.forms) for record in records.records}, kind


def _from_fields(
    one: Derived,
    record: Record,
    compute: Callable[[Derived, Sequence[str]], Value],
    forms: Iterable[FormDefinition],
) -> Computed:
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
