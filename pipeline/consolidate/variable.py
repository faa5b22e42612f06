"""Columns of the workbook: what each one holds, for its header and for the dictionary."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.consolidate import values
from pipeline.model.form import Field
from pipeline.workbook import Column

ETAT = "__etat"
_WIDTHS: dict[str, float] = {
    "text": 14,
    "prose": 48,
    "label": 22,
    "integer": 9.5,
    "hours": 9.5,
    "decimal": 9.5,
    "percent": 9.5,
    "figure": 9.5,
    "date": 12,
    "month": 10,
    "flag": 9.5,
    "state": 11,
    "typed": 24,
}
Kind = Literal[
    "text", "prose", "label", "integer", "hours", "decimal", "date", "month", "flag", "state", "percent", "figure"
]
Origin = Literal["question", "calcul", "lecture", "registre", "état"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One column.  ``state`` names the column that says why a cell is empty, if there is one."""

    name: str
    short: str
    kind: Kind
    meaning: str
    origin: Origin = "lecture"
    field: Field | None = None
    state: str = ""
    level: int = 0
    width: float = 0

    def column(self) -> Column:
        """The column, headed « libellé court (nom) »."""
        return Column(
            header=f"{self.short} ({self.name})",
            kind=self.kind,
            width=self.width or _WIDTHS[self.kind],
            level=self.level,
        )


CLE = Variable(
    name="cle",
    short="Clé",
    kind="text",
    meaning="Clé tirée au hasard pour la campagne, la même dans toutes les feuilles. Ce n’est pas le numéro du carnet.",
)
REMARKS = Variable(
    name="remarques",
    short="Points à vérifier",
    kind="prose",
    meaning="Réponses lues mais inhabituelles, ou contraires à une autre. Aucune n’a été changée pour autant.",
    width=36,
)

IMAGE = Variable(
    name="image",
    short="Image",
    kind="text",
    meaning="Image de la page, zones de nom noircies : montre ce que les colonnes cachent, et le numéro du carnet",
    width=9,
)


def of_field(asked: Field, name: str) -> Variable:
    """The column of a question's value."""
    return Variable(
        name=name,
        short=asked.short,
        kind=values.kind(asked),
        meaning=row_free(asked),
        origin="question",
        field=asked,
        state=name + ETAT,
    )


def row_free(asked: Field) -> str:
    """The question without the number of its row (« Action : date ») or the words printed there (« au début »)."""
    if not asked.row:
        return asked.label
    bare = re.sub(rf"\s*\b0*{asked.row}\b", "", asked.label, count=1)
    tail = asked.label.rpartition(":")[2].strip()
    return tail if bare == asked.label and tail else bare


def of_option(asked: Field, code: str, label: str) -> Variable:
    """The 0/1 column of one option of a question with several answers."""
    return Variable(
        name=f"{asked.name}__{code}",
        short=f"{asked.short} : {label}",
        kind="flag",
        meaning=f"{asked.label} : {label} (1 coché, 0 non coché)",
        origin="question",
        field=asked,
        state=asked.name + ETAT,
        width=13,
    )


def of_state(asked: Variable, *, level: int = 0) -> Variable:
    """The column that says how another was read."""
    return Variable(
        name=asked.state,
        short=f"État – {asked.short}",
        kind="state",
        meaning="lu, corrige, vide, a_relire, illisible, absent ou sans_objet : voir la feuille LisezMoi",
        origin="état",
        field=asked.field,
        level=level,
    )
