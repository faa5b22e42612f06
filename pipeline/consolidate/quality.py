"""How well each question was read: its answers by state, and what people changed."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pipeline.consolidate import blind
from pipeline.consolidate.records import Record, Records, group_columns, single_fields
from pipeline.consolidate.values import ABSENT, Fact, State
from pipeline.consolidate.variable import Variable, row_free
from pipeline.model.form import Field, Table
from pipeline.workbook import Sheet, Value

SHEET = "Qualite"
_COUNTED: tuple[tuple[State, str], ...] = (
    ("lu", "Lu"),
    ("corrige", "Corrigé"),
    ("vide", "Vide"),
    ("a_relire", "À relire"),
    ("illisible", "Illisible"),
    ("absent", "Page absente"),
)


def _number(name: str, short: str, meaning: str) -> Variable:
    return Variable(name=name, short=short, kind="integer", meaning=meaning)


def _share(name: str, short: str, meaning: str) -> Variable:
    return Variable(name=name, short=short, kind="percent", meaning=meaning, width=12)


VARIABLES = (
    Variable(
        name="champ", short="Champ", kind="text", width=22, meaning="Question, ou colonne d'une ligne qui se répète"
    ),
    Variable(name="libelle", short="Question", kind="prose", width=46, meaning="Question imprimée"),
    Variable(name="page", short="Page", kind="integer", width=7, meaning="Page du carnet"),
    _number("n", "Réponses attendues", "Une par carnet, ou une par ligne utilisée"),
    *(_number(state, short, f"Réponses dans l'état « {state} »") for state, short in _COUNTED),
    _share("part_a_relire", "Part à relire", "À relire, sur les réponses des pages numérisées"),
    _number("reglees", "Relues par une personne", "Réponses qu'une personne a réglées"),
    _share(
        "part_changees",
        "Part changée à la relecture",
        "Réponses changées par la personne, sur celles qu'elle a réglées",
    ),
    _share("part_reglees", "Part relue", "Réponses qu'une personne a réglées, sur celles des pages numérisées"),
    _number("inhabituelles", "Inhabituelles", "Réponses lues qui portent un point à vérifier"),
    *blind.VARIABLES,
)


def build_quality(records: Records, tables: dict[str, Table]) -> Sheet:
    """One row for each question, in the order of the form."""
    described = _described(records, tables)
    tally, asked = blind.BlindTally(), dict(described)
    for record in records.records:
        for name, fact in _facts(record, records, tables):
            tally.add(name, asked[name], fact)
    frame = pd.DataFrame(
        [
            (name, fact.state, fact.settled, fact.changed, bool(set(fact.warnings) - common))
            for record, common in ((record, record.common_warnings) for record in records.records)
            for name, fact in _facts(record, records, tables)
        ],
        columns=pd.Index(["champ", "etat", "regle", "change", "inhabituel"]),
    )
    counts = pd.crosstab(frame["champ"], frame["etat"]) if len(frame) else pd.DataFrame()
    sums = frame.groupby("champ")[["regle", "change", "inhabituel"]].sum()
    rows = [[*_row(name, field, counts, sums), *tally.cells(name, field)] for name, field in described]
    return Sheet(
        name=SHEET,
        about="Pour chaque question, combien de réponses lues, vides, à relire.",
        table="t_qualite",
        columns=tuple(variable.column() for variable in VARIABLES),
        rows=rows,
        length=len(rows),
        frozen=2,
    )


def _described(records: Records, tables: dict[str, Table]) -> list[tuple[str, Field]]:
    """Every question once: single fields by name, columns of rows by group and column."""
    found = [(field.name, field) for field in single_fields(records.forms)]
    for table in tables.values():
        if not table.items:
            columns = group_columns(records.forms, table.group)
            found += [(f"{table.group}_{column}", field) for column, field in columns.items()]
    return sorted(found, key=lambda pair: pair[1].page)


def _facts(record: Record, records: Records, tables: dict[str, Table]) -> Iterator[tuple[str, Fact]]:
    """The answers expected of one carnet: unused rows are nobody's omission."""
    for field in single_fields(records.forms):
        yield field.name, record.fact(field.name)
    for table in tables.values():
        if table.items:
            continue
        columns = group_columns(records.forms, table.group)
        rows = list(record.rows.get(table.group, {}).values())
        if not table.row_labels:
            rows = [facts for _, facts in record.used_rows(table.group)]
        for facts in rows:
            yield from ((f"{table.group}_{column}", facts.get(column, ABSENT)) for column in columns)


def _row(name: str, field: Field, counts: pd.DataFrame, sums: pd.DataFrame) -> list[Value]:
    """One question."""
    states = {state: _count(counts, name, state) for state, _ in _COUNTED}
    settled, changed, unusual = (_count(sums, name, column) for column in ("regle", "change", "inhabituel"))
    seen = sum(states.values()) - states["absent"]
    return [
        name,
        row_free(field),
        field.page,
        sum(states.values()),
        *states.values(),
        states["a_relire"] / seen if seen else None,
        settled,
        changed / settled if settled else None,
        settled / seen if seen else None,
        unusual,
    ]


def _count(counts: pd.DataFrame, name: str, column: str) -> int:
    """A cell of a table of counts, 0 where it has no such row or column."""
    known = name in counts.index and column in counts.columns
    return int(counts.loc[[name], column].sum()) if known else 0
