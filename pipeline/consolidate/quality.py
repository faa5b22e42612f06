"""How well each question was read: its answers by state, and what people changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pipeline.consolidate import blind
from pipeline.consolidate.columns import Row
from pipeline.consolidate.records import Record, group_columns, single_fields
from pipeline.consolidate.values import ABSENT, Fact, State
from pipeline.consolidate.variable import Variable, row_free
from pipeline.model.form import Field, FormDefinition, Table
from pipeline.workbook import Value

SHEET = "QualiteDetail"
ABOUT = "Pour chaque question, combien de réponses lues, vides, à relire ; erreurs que personne ne voit."
KEY = ("champ",)
SETTLED, CHANGED, _UNUSUAL = "reglees", "changees", "inhabituelles"
STATES: tuple[tuple[State, str], ...] = (
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
        name="champ", short="Champ", kind="text", width=22, meaning="Question, ou colonne d’une ligne qui se répète"
    ),
    Variable(name="libelle", short="Question", kind="prose", width=46, meaning="Question imprimée"),
    Variable(name="page", short="Page", kind="integer", width=7, meaning="Page du carnet"),
    _number("n", "Réponses attendues", "Une par carnet, ou une par ligne utilisée"),
    *(_number(state, short, f"Réponses dans l’état « {state} »") for state, short in STATES),
    _share("part_a_relire", "Part à relire", "À relire, sur les réponses des pages numérisées"),
    _number(SETTLED, "Relues par une personne", "Doutes qu’une personne a réglés"),
    _number(CHANGED, "… dont changées", "Doutes où la personne a lu autre chose que la machine"),
    _share(
        "part_changees",
        "Part changée à la relecture",
        "Réponses changées par la personne, sur celles qu’elle a réglées",
    ),
    _share("part_reglees", "Part relue", "Réponses qu’une personne a réglées, sur celles des pages numérisées"),
    _number(_UNUSUAL, "Inhabituelles", "Réponses lues qui portent un point à vérifier"),
    *blind.VARIABLES,
)


class Quality:
    """States of the answers expected, counted carnet after carnet."""

    def __init__(self, forms: Sequence[FormDefinition], tables: Mapping[str, Table]) -> None:
        self._asked = _described(forms, tables)
        self._single = list(single_fields(forms))
        self._rowed = [(table, list(group_columns(forms, table.group))) for table in tables.values() if not table.items]
        self._counts: Counter[tuple[str, str]] = Counter()
        self._by_name = dict(self._asked)
        self._blind = blind.BlindTally()

    def add(self, record: Record) -> None:
        """The answers of one carnet."""
        common = record.common_warnings
        for name, fact in self._facts(record):
            self._counts[name, fact.state] += 1
            if fact.settled:
                self._counts[name, SETTLED] += 1
                self._counts[name, CHANGED] += fact.changed
            if fact.warnings:
                self._counts[name, _UNUSUAL] += bool(set(fact.warnings) - common)
        for name, fact in record.facts.items():
            if fact.blind:  # drawn from all rows: an unused one is empty, if the machine is right
                field = record.fields[name]
                column = f"{field.group}_{field.column}"
                self._blind.add(column if column in self._by_name else name, field, fact)

    def _facts(self, record: Record) -> Iterator[tuple[str, Fact]]:
        """The answers expected of one carnet: unused rows are nobody's omission."""
        for field in self._single:
            yield field.name, record.fact(field.name)
        for table, columns in self._rowed:
            rows = [facts for _, facts in record.used_rows(table.group)]
            if table.row_labels:  # every one is asked of everybody, on pages that are absent too
                rows = [record.rows.get(table.group, {}).get(number, {}) for number in table.row_labels]
            for facts in rows:
                yield from ((f"{table.group}_{column}", facts.get(column, ABSENT)) for column in columns)

    def rows(self) -> Iterator[Row]:
        """One row for each question, in the order of the form."""
        for name, field in self._asked:
            cells = [*self._row(name, field), *self._blind.cells(name, field)]
            yield dict(zip((variable.name for variable in VARIABLES), cells, strict=True))

    def _row(self, name: str, field: Field) -> list[Value]:
        """One question."""
        states = {state: self._counts[name, state] for state, _ in STATES}
        settled, changed, unusual = (self._counts[name, what] for what in (SETTLED, CHANGED, _UNUSUAL))
        seen = sum(states.values()) - states["absent"]
        return [
            name,
            row_free(field),
            field.page,
            sum(states.values()),
            *states.values(),
            states["a_relire"] / seen if seen else None,
            settled,
            changed,
            changed / settled if settled else None,
            settled / seen if seen else None,
            unusual,
        ]


def _described(forms: Sequence[FormDefinition], tables: Mapping[str, Table]) -> list[tuple[str, Field]]:
    """Every question once: single fields by name, columns of rows by group and column."""
    found = [(field.name, field) for field in single_fields(forms)]
    for table in tables.values():
        if not table.items:
            columns = group_columns(forms, table.group)
            found += [(f"{table.group}_{column}", field) for column, field in columns.items()]
    return sorted(found, key=lambda pair: pair[1].page)
