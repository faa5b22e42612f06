"""Open answers with empty coding columns, and only when sensitive content was asked for."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.consolidate import values
from pipeline.consolidate.records import Record, Records
from pipeline.consolidate.variable import CLE, Variable
from pipeline.model.form import Field
from pipeline.workbook import Column, Entry, Sheet

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
    """One row for each open answer that holds ink; ``typed`` are codings of an earlier workbook, by key.

    Without ``sensitive`` only the codings already made are carried, without their text.
    """
    coding = tuple(Column(header=name, kind="typed", width=18) for name in CODING)
    columns = (*(variable.column() for variable in VARIABLES), *coding, Column(header=KEY, kind="state", width=26))
    rows: list[list[Entry]] = [] if sensitive else [[None, None, None, _EMPTY, *[None] * (len(columns) - 4)]]
    met: set[str] = set()
    for record in records.records:
        for name, field in text_fields(record):
            key = f"{record.cle}|{name}"
            if record.facts[name].inked and (sensitive or key in typed):
                met.add(key)
                rows.append(_row(record, name, field, _coding(typed.get(key)), sensitive=sensitive))
    for key in sorted(set(typed) - met - {""}):
        rows.append([key.partition("|")[0], None, None, None, None, *_coding(typed[key]), key])
    return Sheet(name=SHEET, table="t_textes", about=_ABOUT, columns=columns, rows=rows, length=len(rows), frozen=2)


def _coding(typed: tuple[str, ...] | None) -> list[Entry]:
    """What a person typed beside an answer."""
    return [text or None for text in typed] if typed else [None] * len(CODING)


def _row(record: Record, name: str, field: Field, coding: list[Entry], *, sensitive: bool) -> list[Entry]:
    """One open answer."""
    found = record.facts[name]
    answer = values.shown(found.text if sensitive and found.text else None, found.state)
    return [record.cle, name, field.label, answer, found.state, *coding, f"{record.cle}|{name}"]


def text_fields(record: Record) -> list[tuple[str, Field]]:
    """Open questions met in a carnet, in the order of its pages."""
    order = {field.name: place for place, field in enumerate(record.form.fields)}
    met = [(name, field) for name, field in record.fields.items() if field.type == "text"]
    return sorted(met, key=lambda pair: (order.get(pair[0], len(order)), pair[1].row, pair[0]))
