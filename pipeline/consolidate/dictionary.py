"""What each column means, and what each code stands for, over all versions of the form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.consolidate import values
from pipeline.consolidate.variable import Variable, row_free
from pipeline.model.form import Field, FormDefinition
from pipeline.model.label import answers
from pipeline.workbook import Column, Entry, Sheet

DICTIONARY, CODES = "Dictionnaire", "Modalites"
_KINDS = {
    "text": "texte",
    "prose": "texte",
    "label": "réponse d’une liste",
    "integer": "nombre entier",
    "figure": "nombre entier",
    "decimal": "nombre",
    "hours": "heures, décimales (2 h 30 = 2,50)",
    "date": "date",
    "month": "mois et année",
    "flag": "0 ou 1",
    "percent": "pourcentage",
    "state": "état de lecture",
}
_REQUIRED = {"O": "attendue", "R": "facultative", "F": "question personnelle, facultative"}


def build_dictionary(sheets: Mapping[str, Sequence[Variable]], forms: Sequence[FormDefinition]) -> Sheet:
    """One row for each column of each analysis sheet; columns of states are named beside what they explain."""
    rows = [
        _described(sheet, variable, forms)
        for sheet, found in sheets.items()
        for variable in found
        if variable.origin != "état"
    ]
    columns = (
        Column(header="Feuille (feuille)", width=14),
        Column(header="Nom (nom)", width=26),
        Column(header="Libellé court (libelle_court)", kind="prose", width=30),
        Column(header="Sens (sens)", kind="prose", width=60),
        Column(header="Nature (nature)", kind="prose", width=22),
        Column(header="Source (source)", width=11),
        Column(header="Colonne d’état (colonne_etat)", width=24),
        Column(header="Question du carnet (question)", width=18),
        Column(header="Page (page)", kind="integer", width=7),
        Column(header="Réponse (reponse)", width=20),
        Column(header="Sensible (sensible)", width=9),
        Column(header="Sert à (usage)", kind="prose", width=36),
        Column(header="Versions (versions)", width=14),
    )
    return Sheet(
        name=DICTIONARY,
        about="Ce que veut dire chaque colonne.",
        table="t_dictionnaire",
        columns=columns,
        rows=rows,
        length=len(rows),
        frozen=2,
        key=("Feuille (feuille)", "Nom (nom)"),
    )


def _described(sheet: str, variable: Variable, forms: Sequence[FormDefinition]) -> list[Entry]:
    field = variable.field
    kind = _KINDS[variable.kind]
    if field is None:
        return [
            sheet,
            variable.name,
            variable.short,
            variable.meaning,
            kind,
            variable.origin,
            variable.state or None,
            *[None] * 6,
        ]
    return [
        sheet,
        variable.name,
        variable.short,
        variable.meaning,
        kind,
        variable.origin,
        variable.state or None,
        field.name,
        field.page,
        _REQUIRED[field.required],
        "oui" if values.is_sensitive(field) else "non",
        _purpose(field),
        ", ".join(_versions(field.name, forms)),
    ]


def _purpose(field: Field) -> str:
    """Indicators that a question feeds, then its use to the person."""
    return " · ".join([*field.purpose.indicators, *([field.purpose.use] if field.purpose.use else [])])


def _versions(name: str, forms: Iterable[FormDefinition]) -> list[str]:
    return sorted(form.version for form in forms if any(field.name == name for field in form.fields))


def build_codes(forms: Sequence[FormDefinition]) -> Sheet:
    """One row for each possible answer of each closed question."""
    rows = list(_codes(forms))
    columns = (
        Column(header="Question (question)", width=24),
        Column(header="Libellé (libelle)", kind="prose", width=46),
        Column(header="Code sur le papier (code)", width=12),
        Column(header="Réponse dans les feuilles (reponse)", kind="prose", width=46),
        Column(header="Ordre (ordre)", kind="integer", width=8),
        Column(header="Seule réponse possible (exclusive)", width=12),
        Column(header="Versions (versions)", width=14),
    )
    return Sheet(
        name=CODES,
        about="Ce que veut dire chaque code.",
        table="t_modalites",
        columns=columns,
        rows=rows,
        length=len(rows),
        frozen=1,
        key=("Question (question)", "Code sur le papier (code)"),
    )


def _codes(forms: Sequence[FormDefinition]) -> Iterator[list[Entry]]:
    """Every code of every version, in the newest version's words.

    Questions that repeat on every row (a skill, an action) are listed once.
    """
    found: dict[str, dict[str, list[Entry]]] = {}
    versions: dict[tuple[str, str], set[str]] = {}
    for form in forms:
        for field in form.fields:
            if field.type == "masked":
                continue
            name = f"{field.group}_{field.column}" if field.group else field.name
            exclusive = {option.value for option in field.options if option.exclusive}
            for order, (code, answer) in enumerate(answers(field), start=1):
                only = "oui" if code in exclusive else None
                found.setdefault(name, {}).setdefault(code, [name, row_free(field), code, answer, order, only])
                versions.setdefault((name, code), set()).add(form.version)
    for name, codes in found.items():
        for code, row in codes.items():
            yield [*row, ", ".join(sorted(versions[name, code]))]
