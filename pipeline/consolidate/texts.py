"""Open answers with empty coding columns, and only when sensitive content was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.consolidate import values
from pipeline.consolidate.records import Record
from pipeline.consolidate.values import State
from pipeline.consolidate.variable import CLE, IMAGE, Variable
from pipeline.model.form import Field
from pipeline.workbook import Cell, Column, Entry, Sheet

SHEET = "Textes"
KEY = "Repère (repere)"
CODING = (
    "Thème 1 (theme_1)",
    "Thème 2 (theme_2)",
    "Thème 3 (theme_3)",
    "Codeur (codeur)",
    "Note du codeur (note_codeur)",
)
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


class TextRows:
    """The open answers that hold ink, as they are met; without ``sensitive`` only their keys."""

    def __init__(self, *, sensitive: bool) -> None:
        self._sensitive = sensitive
        self._rows: list[tuple[str, str, str, str, str, State, str]] = []

    def add(self, record: Record, image: Callable[[object], str | None] | None) -> None:
        """The open answers of one carnet."""
        for name, field in text_fields(record):
            fact = record.facts[name]
            if fact.inked:
                text = fact.text if self._sensitive else ""
                link = (image(record.places[name]) or "") if image else ""
                self._rows.append((f"{record.cle}|{name}", record.cle, name, field.label, text, fact.state, link))

    def sheet(self, typed: Mapping[str, tuple[str, ...]]) -> Sheet:
        """One row for each; ``typed`` are codings of an earlier workbook, by key.

        Without sensitive content only the codings already made are carried, without their text.
        """
        sensitive = self._sensitive
        coding = tuple(Column(header=name, kind="typed", width=18) for name in CODING)
        shown = (*VARIABLES, *([IMAGE] if sensitive else []))
        columns = (
            *(variable.column() for variable in shown), *coding, Column(header=KEY, kind="state", width=26)
        )  # fmt: skip
        rows: list[list[Entry]] = [] if sensitive else [[None, None, None, _EMPTY, *[None] * (len(columns) - 4)]]
        met: set[str] = set()
        for key, cle, name, label, text, state, link in sorted(self._rows, key=lambda row: row[1]):
            if sensitive or key in typed:
                met.add(key)
                image = [linked(link)] if sensitive else []
                answer = values.shown(text or None, state)
                rows.append([cle, name, label, answer, state, *image, *_coding(typed.get(key)), key])
        for key in sorted(set(typed) - met - {""}):
            rows.append([key.partition("|")[0], *[None] * (len(shown) - 1), *_coding(typed[key]), key])
        return Sheet(
            name=SHEET,
            table="t_textes",
            about=_ABOUT,
            columns=columns,
            rows=rows,
            length=len(rows),
            frozen=2,
            key=(KEY,),
        )


def linked(image: str | None) -> Entry:
    """A link to a kept page image, relative to the workbook."""
    return Cell(value="image", link=image) if image else None


def _coding(typed: tuple[str, ...] | None) -> list[Entry]:
    """What a person typed beside an answer."""
    return [text or None for text in typed] if typed else [None] * len(CODING)


def text_fields(record: Record) -> list[tuple[str, Field]]:
    """Open questions met in a carnet, in the order of its pages."""
    order = {field.name: place for place, field in enumerate(record.form.fields)}
    met = [(name, field) for name, field in record.fields.items() if field.type == "text"]
    return sorted(met, key=lambda pair: (order.get(pair[0], len(order)), pair[1].row, pair[0]))
