"""The participants file: which row becomes which carnet, and which rows cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline import compose
from pipeline.errors import UsageError
from pipeline.model.form import PublishedForm
from pipeline.workbook.reader import Table, TableRow, plain, read_table

HEADINGS: Mapping[str, str] = {
    "prenom": "prenom",
    "prenoms": "prenom",
    "prenom s": "prenom",
    "nom": "nom",
    "noms": "nom",
    "nom de famille": "nom",
    "nom d usage": "nom",
    "lot": "lot",
    "carnet lot": "lot",
    "canal": "canal",
    "carnet canal": "canal",
    "public": "public",
    "public cible": "public",
    "carnet public cible": "public",
}
"""What a heading may be, without case, accents and punctuation, and the column it means."""
CHARACTERS_SHOWN = 3
LEXICONS = {"canal": "canal", "public": "public_cible"}
"""The form's list of codes for a column."""
_REFUSALS = {"missing_characters": "name_characters", "too_long": "name_too_long"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One carnet to print.  The name is kept out of ``repr``, so that no trace shows it."""

    name: str = ""
    lot: str = ""
    canal: str = ""
    public: str = ""

    def __repr__(self) -> str:
        """Without the name."""
        return f"Participant(lot={self.lot!r}, canal={self.canal!r}, public={self.public!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """A row that gives no carnet, or an unusual value in one that does.

    ``code`` has its words in ``wording``; ``detail`` is what they speak of (characters, a
    code), never a name; ``line`` 0 is the command line.
    """

    line: int
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Participants:
    """What a participants file gives.

    ``nameless`` tells that names were given and that the form has no place for them.
    """

    people: tuple[Participant, ...]
    refused: tuple[RowProblem, ...]
    unusual: tuple[RowProblem, ...]
    ignored: tuple[str, ...]
    nameless: bool


def read_participants(path: Path, form: PublishedForm, default: Participant) -> Participants:
    """The carnets that a file asks for; ``default`` fills what a row leaves out.

    Raises ``InputError`` when the file cannot be opened, ``UsageError`` when none of its
    columns is known or none of its rows can be used.
    """
    table = read_table(path, tuple(HEADINGS))
    places = _places(table)
    if not places:
        found = ", ".join(f"« {heading} »" for heading in table.columns if heading) or "aucune"
        raise UsageError(
            f"« {path} » : aucune colonne connue. Colonnes trouvées : {found}. "
            "Colonnes attendues, une au moins : prénom, nom, lot, canal, public.",
            file=str(path),
            columns=table.columns,
        )
    named = compose.name_problem(form, "")
    has_zone = named is None or named.code != "no_zone"
    people: list[Participant] = []
    refused: list[RowProblem] = []
    unusual: list[RowProblem] = []
    for row in table.rows:
        values = {column: row.cells[place] for column, place in places.items()}
        problem = _problem(form if has_zone else None, row, values)
        if problem is not None:
            refused.append(problem)
            continue
        unusual += coded(form, row.line, values)
        people.append(_participant(values, default, named=has_zone))
    if not people:
        raise _none_usable(path, refused)
    return Participants(
        people=tuple(people),
        refused=tuple(refused),
        unusual=tuple(unusual),
        ignored=_ignored(table, places),
        nameless=not has_zone and bool({"prenom", "nom"} & places.keys()),
    )


def _as_code(form: PublishedForm, column: str, text: str) -> str | None:
    """A canal or public as the form's code, from the code or its label; None when it is neither."""
    lexicon = form.definition.lexicons.get(LEXICONS[column], {})
    if not text or not lexicon:
        return text
    wanted = plain(text)
    return next((code for code, label in lexicon.items() if wanted in (plain(code), plain(label))), None)


def _places(table: Table) -> dict[str, int]:
    """Where each known column stands; the first of two counts."""
    places: dict[str, int] = {}
    for place, heading in enumerate(table.columns):
        column = HEADINGS.get(plain(heading))
        if column is not None:
            places.setdefault(column, place)
    return places


def _ignored(table: Table, places: Mapping[str, int]) -> tuple[str, ...]:
    """The columns that are not used, by their heading or else their place."""
    return tuple(
        heading or f"colonne {place + 1}"
        for place, heading in enumerate(table.columns)
        if place not in places.values() and (heading or any(row.cells[place] for row in table.rows))
    )


def _problem(form: PublishedForm | None, row: TableRow, values: Mapping[str, str]) -> RowProblem | None:
    """Why a row gives no carnet, if it does not."""
    if not any(values.values()):
        return RowProblem(line=row.line, code="row_empty" if row.is_empty else "row_unused")
    name = _name(values)
    problem = compose.name_problem(form, name) if form and name else None
    if problem is None:
        return None
    # A few characters, sorted: all of them in order would spell the name on the screen and in its log.
    shown = sorted(problem.characters)[:CHARACTERS_SHOWN]
    return RowProblem(line=row.line, code=_REFUSALS[problem.code], detail=" ".join(shown))


def coded(form: PublishedForm, line: int, values: dict[str, str]) -> Iterator[RowProblem]:
    """Put canal and public into the form's codes; what is in no list stays as typed and is named."""
    for column in LEXICONS:
        typed = values.get(column, "")
        code = _as_code(form, column, typed)
        if code is None:
            yield RowProblem(line=line, code=f"{column}_unknown", detail=typed)
        else:
            values[column] = code


def _name(values: Mapping[str, str]) -> str:
    """First name and name, as far as they are given."""
    return " ".join(part for part in (values.get("prenom", ""), values.get("nom", "")) if part)


def _participant(values: Mapping[str, str], default: Participant, *, named: bool) -> Participant:
    """One row with the defaults under it."""
    return Participant(
        name=_name(values) if named else "",
        lot=values.get("lot") or default.lot,
        canal=values.get("canal") or default.canal,
        public=values.get("public") or default.public,
    )


def _none_usable(path: Path, refused: list[RowProblem]) -> UsageError:
    """The error of a file that gives no carnet at all."""
    lines = ", ".join(str(problem.line) for problem in refused[:12])
    why = f" (lignes écartées : {lines})" if lines else ""
    return UsageError(
        f"« {path} » : aucune ligne ne peut être utilisée{why}. Rien n’est imprimé. Sous les titres, chaque ligne "
        "donne un carnet : un prénom ou un nom qui tienne sur la couverture, ou un lot, un canal, un public.",
        file=str(path),
        refused=tuple(refused),
    )
