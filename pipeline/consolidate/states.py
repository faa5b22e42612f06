"""Etats: one row for each answer that is not plainly read, with the reason and what the machine saw."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import wording
from pipeline.consolidate import values
from pipeline.consolidate.columns import Row
from pipeline.consolidate.records import Record
from pipeline.consolidate.values import Fact, State
from pipeline.consolidate.variable import CLE, Variable
from pipeline.model.form import Field
from pipeline.model.result import CarnetRecord

SHEET = "Etats"
ABOUT = "Une ligne par réponse qui n’est pas lue simplement : pourquoi, et ce que la machine avait vu."
KEY = ("cle", "page", "champ")
WHOLE_PAGE = "(toute la page)"
VARIABLES = (
    CLE,
    Variable(name="page", short="Page", kind="integer", meaning="Page imprimée du carnet"),
    Variable(name="champ", short="Champ", kind="text", width=22, meaning="Nom de la question"),
    Variable(name="libelle", short="Question", kind="prose", width=44, meaning="Question imprimée"),
    Variable(
        name="etat",
        short="État",
        kind="text",
        width=11,
        meaning="corrige, vide (réponse attendue), a_relire, illisible, absent, ou lu avec un point à vérifier",
    ),
    Variable(name="motif", short="Motif", kind="prose", width=40, meaning="Pourquoi la machine demandait"),
    Variable(name="a_verifier", short="Point à vérifier", kind="prose", width=34, meaning="Ce qui est inhabituel"),
    Variable(
        name="confiance",
        short="Confiance",
        kind="percent",
        meaning="Probabilité, selon la machine, que sa lecture soit juste",
    ),
    Variable(
        name="source", short="Source", kind="text", width=11, meaning="operateur : une personne a réglé ; auto sinon"
    ),
)


def state_rows(record: Record) -> Iterator[Row]:
    """The answers of one carnet that are not plainly read, then its pages that are absent."""
    common = record.common_warnings
    confidence = _confidences(record.carnet)
    unused = {
        (group, number)
        for group, rows in record.rows.items()
        for number, facts in rows.items()
        if not any(fact.inked for fact in facts.values())
    }
    for name, field in record.fields.items():
        fact = record.facts[name]
        unusual = [code for code in fact.warnings if code not in common]
        if (field.group and (field.group, field.row) in unused) or _plain(field, fact, unusual):
            continue
        yield {
            "cle": record.cle,
            "page": record.places[name],
            "champ": name,
            "libelle": field.label,
            "etat": fact.state,
            "motif": _titles(fact.reasons),
            "a_verifier": _titles(unusual),
            "confiance": None if fact.settled else confidence.get(name),
            "source": "operateur" if fact.settled else "auto",
        }
    yield from _absent(record)


def _plain(field: Field, fact: Fact, unusual: list[str]) -> bool:
    """Read without more ado, or left blank where that is normal."""
    plain: tuple[State, ...] = ("lu",) if field.required == "O" else ("lu", "vide")
    return fact.state in plain and not unusual


def _absent(record: Record) -> Iterator[Row]:
    """Pages that were not scanned; a person may have lent the outer sheet alone."""
    why = "feuille extérieure seule, par choix" if record.deposit == "feuille" else "page non numérisée"
    for page in sorted(set(record.form.booklet) - record.pages - record.conflicts):
        yield {
            "cle": record.cle,
            "page": page,
            "champ": WHOLE_PAGE,
            "libelle": next(one.title for one in record.form.pages if one.number == page),
            "etat": values.ABSENT.state,
            "motif": why,
            "source": "auto",
        }


def _confidences(carnet: CarnetRecord) -> dict[str, float]:
    return {
        outcome.decision.field: round(outcome.decision.confidence, 4)
        for page in carnet.pages
        for outcome in page.outcomes
    }


def _titles(codes: object) -> str | None:
    """Reasons and warnings in words."""
    found = [wording.words(code).title for code in codes] if isinstance(codes, list | tuple) else []
    return " ; ".join(found) or None
