"""Open answers with empty coding columns, and only when sensitive content was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.consolidate import values
from pipeline.consolidate.records import Record, Records
from pipeline.consolidate.variable import CLE, Variable
from pipeline.model.form import Field
from pipeline.workbook import Cell, Column, Entry, Sheet

SHEET = "Textes"
KEY = "Repère (repere)"
CODING = ("Thème 1", "Thème 2", "Thème 3", "Codeur", "Note du codeur")
VARIABLES = (
    CLE,
    Variable(name="champ", short="Champ", kind="text", width=18, meaning="Nom de la question"),
    Variable(name="question", short="Question", kind="prose", width=34, meaning="Question imprimée"),
    Variable(
        name="texte", short="Réponse transcrite", kind="prose", width=70, meaning="Transcription par une personne"
    ),
    Variable(name="texte__etat", short="État", kind="state", meaning="État de la réponse", origin="état"),
)
_ABOUT = "Les réponses libres, avec des colonnes vides pour les coder."
_EMPTY = (
    "Les réponses libres et les noms de structures peuvent révéler des opinions, la santé ou des personnes. "
    "Ils ne sont écrits ici que si on le demande : « carnet consolider --avec-sensibles »."
)


def build_texts(records: Records, typed: Mapping[str, tuple[str, ...]], *, sensitive: bool) -> Sheet:
    """One row for each open answer that holds ink; ``typed`` are codings of an earlier workbook, by key."""
    coding = tuple(Column(header=name, kind="typed", width=18) for name in CODING)
    key = Column(header=KEY, kind="state", width=26)
    columns = (*(variable.column() for variable in VARIABLES), *coding, key)
    rows: list[list[Entry]] = []
    if sensitive:
        rows = [row for record in records.records for row in _rows(record, typed)]
    else:
        rows = [[None, None, _EMPTY, *[None] * (len(columns) - 3)]]
        return Sheet(
            name=SHEET,
            about=_ABOUT,
            table="t_textes",
            columns=(*columns[:2], _wide(columns[2]), *columns[3:]),
            rows=rows,
            length=0,
        )
    return Sheet(name=SHEET, about=_ABOUT, table="t_textes", columns=columns, rows=rows, length=len(rows), frozen=3)


def _wide(column: Column) -> Column:
    """The question's column, wide enough for the sentence that stands in for the rows."""
    return Column(header=column.header, kind=column.kind, width=70)


def _rows(record: Record, typed: Mapping[str, tuple[str, ...]]) -> Iterator[list[Entry]]:
    """Open answers of one carnet in the order of the form, continuation sheets last."""
    for name, field in text_fields(record):
        found = record.facts[name]
        if not found.inked:
            continue
        key = f"{record.cle}|{name}"
        state: Entry = found.state
        answer = values.shown(found.text or None, found.state)
        coding = [Cell(value=text or None) for text in typed.get(key, ("",) * len(CODING))]
        yield [record.cle, name, field.label, answer, state, *coding, key]


def text_fields(record: Record) -> list[tuple[str, Field]]:
    """Open questions met in a carnet, in the order of its pages."""
    order = {field.name: place for place, field in enumerate(record.form.fields)}
    met = [(name, field) for name, field in record.fields.items() if field.type == "text"]
    return sorted(met, key=lambda pair: (order.get(pair[0], len(order)), pair[1].row, pair[0]))
