"""Remplissage: how many of the questions of each page were filled in, which shows where people give up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.consolidate.columns import Row
from pipeline.consolidate.records import MASKED, Record
from pipeline.consolidate.values import Fact
from pipeline.consolidate.variable import CLE, Variable
from pipeline.model.form import Field, FormDefinition

SHEET = "Remplissage"
ABOUT = "Pour chaque page rendue d’un carnet, combien de réponses remplies sur celles attendues."
KEY = ("cle", "page")
_EXPECTED = "les lignes qui ne servent pas ne comptent pas"


def _number(name: str, short: str, meaning: str) -> Variable:
    return Variable(name=name, short=short, kind="integer", meaning=meaning, origin="calcul", width=11)


VARIABLES = (
    CLE,
    Variable(name="page", short="Page", kind="integer", meaning="Page imprimée du carnet"),
    Variable(name="variante", short="Variante", kind="text", meaning="Variante du carnet", origin="registre"),
    _number("attendues", "Réponses attendues", f"Questions de la page ; {_EXPECTED}"),
    _number("remplies", "Remplies", "Réponses lues, et réponses libres écrites même si personne ne les a transcrites"),
    _number("laissees_vides", "Vides", "Réponses laissées vides"),
    _number(
        "non_lues",
        "Non lues",
        "Réponses à relire ou illisibles, et cases vides d’une ligne dont toute l’encre est en doute : on ne sait pas",
    ),
)


def completion_rows(record: Record, variant: object) -> Iterator[Row]:
    """One row for each page that was returned."""
    counts: dict[int, Counter[str]] = {page: Counter() for page in sorted(record.pages | record.conflicts)}
    unsure = {(group, number) for group in record.rows for number in record.unsure_rows(group)}
    for page, field, fact in _expected(record):
        fate = _fate(field, fact)
        if fate == "laissees_vides" and (field.group, field.row) in unsure:
            fate = "non_lues"  # were the doubts of this row nothing, it would not be expected
        counts.setdefault(page, Counter())[fate] += 1
    for page, found in counts.items():
        if found:
            yield {
                "cle": record.cle,
                "page": page,
                "variante": variant if isinstance(variant, str) else None,
                "attendues": found.total(),
                "remplies": found["remplies"],
                "laissees_vides": found["laissees_vides"],
                "non_lues": found["non_lues"],
            }


def _fate(field: Field, fact: Fact) -> str:
    """Ink in a zone of free text is an answer, whether it was transcribed or not."""
    if fact.text or (field.type == "text" and fact.state == "a_relire" and "page_conflict" not in fact.reasons):
        return "remplies" if fact.text != "absent" else "laissees_vides"
    return "laissees_vides" if fact.state == "vide" else "non_lues"


def _expected(record: Record) -> Iterator[tuple[int, Field, Fact]]:
    """The questions of the pages returned; those of a row only when it is used, or has a printed label."""
    labelled = {table.group for table in record.form.tables if table.row_labels or table.items}
    used = {(group, number) for group in record.rows for number, _ in record.used_rows(group) if group not in labelled}
    for name, field in record.fields.items():
        if field.type == MASKED:
            continue
        if field.group and field.group not in labelled and (field.group, field.row) not in used:
            continue
        yield record.places[name], field, record.facts[name]


def titles(forms: Sequence[FormDefinition]) -> dict[int, str]:
    """The title of each page, the newest version's first."""
    found: dict[int, str] = {}
    for form in forms:
        for page in form.pages:
            found.setdefault(page.number, page.title)
    return found
