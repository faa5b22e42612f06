"""Long tables: one row for each used row of a group, for each skill and moment, for each opinion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.consolidate import rowwise, values
from pipeline.consolidate.records import Record, Records, group_columns
from pipeline.consolidate.remarks import remarks
from pipeline.consolidate.values import ABSENT, Fact
from pipeline.consolidate.variable import CLE, ETAT, REMARKS, Variable, of_field, of_state
from pipeline.model.form import Derived, Field, FormDefinition, Table
from pipeline.model.label import rank
from pipeline.workbook import Entry, Sheet, Value

Row = dict[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTable:
    """A table as a frame whose columns bear the names of ``variables`` (objects, None when empty)."""

    table: Table
    variables: tuple[Variable, ...]
    frame: pd.DataFrame

    def sheet(self) -> Sheet:
        """The table as a sheet."""
        table = self.table
        row = table.row_label.lower()
        about = f"Une ligne par {row} et par carnet."
        if table.melt:
            about = f"Une ligne par {row}, par moment ({', '.join(table.melt)}) et par carnet."
        return frame_sheet(table.sheet, self.variables, self.frame, about=about, frozen=2)


def frame_sheet(name: str, variables: Sequence[Variable], frame: pd.DataFrame, *, about: str, frozen: int = 1) -> Sheet:
    """A frame as a sheet; an empty cell wears the look of its state."""
    return Sheet(
        name=name,
        table=f"t_{name.lower()}",
        columns=tuple(variable.column() for variable in variables),
        rows=_Rows(variables, frame),
        length=len(frame),
        about=about,
        frozen=frozen,
    )


class _Rows:
    """Rows of cells in the order of the variables, made anew each time they are asked for."""

    def __init__(self, variables: Sequence[Variable], frame: pd.DataFrame) -> None:
        places = {name: place for place, name in enumerate(frame.columns)}
        self._wanted = [(places[variable.name], places.get(variable.state)) for variable in variables]
        self._frame = frame

    def __iter__(self) -> Iterator[list[Entry]]:
        for row in self._frame.itertuples(index=False, name=None):
            yield [row[at] if why is None else values.shown(row[at], str(row[why])) for at, why in self._wanted]


def build_table(records: Records, table: Table, *, sensitive: bool) -> LongTable:
    """One table of the definition over all carnets."""
    if table.items:
        variables, rows = _items(records, table)
    elif table.melt:
        variables, rows = _melted(records, table)
    else:
        variables, rows = _plain(records, table, sensitive=sensitive)
    columns = [variable.name for variable in variables]
    frame = pd.DataFrame(list(rows), columns=pd.Index(columns), dtype=object)
    return LongTable(table=table, variables=tuple(variables), frame=frame)


# One row for each used row of the form


def _plain(records: Records, table: Table, *, sensitive: bool) -> tuple[list[Variable], Iterable[Row]]:
    columns = group_columns(records.forms, table.group)
    derived = rowwise.of_table(records.forms, table.group)
    answers = [of_field(asked, f"{table.group}_{column}") for column, asked in columns.items()]
    computed = [_computed(records.forms, one, columns) for one in derived]
    values_shown = [v for v in answers if v.field and (sensitive or not values.is_sensitive(v.field))]
    states = [of_state(variable) for variable in (*answers, *computed)]
    variables = [CLE, *_labels(table), *values_shown, *computed, *states, REMARKS]
    return variables, _plain_rows(records, table, columns, derived)


def _plain_rows(records: Records, table: Table, columns: dict[str, Field], derived: Sequence[Derived]) -> Iterator[Row]:
    for record in records.records:
        common = record.common_warnings
        for number, facts in _rows(record, table, columns):
            row: Row = {"cle": record.cle, **_label_values(table, number)}
            for column, asked in columns.items():
                found = facts.get(column, ABSENT)
                name = f"{table.group}_{column}"
                row[name], row[name + ETAT] = values.typed(asked, found.text), found.state
            for one in derived:
                row[one.name], row[one.name + ETAT] = rowwise.compute(one, record, facts, columns, records.forms)
            named = ((asked.short, facts.get(column, ABSENT)) for column, asked in columns.items())
            row[REMARKS.name] = remarks(named, common)
            yield row


def _computed(forms: Iterable[FormDefinition], one: Derived, columns: dict[str, Field]) -> Variable:
    """The column of a value computed in each row."""
    asked = rowwise.source_field(one, columns, forms)
    return Variable(
        name=one.name,
        short=one.label,
        kind=values.kind(asked) if asked else "flag",
        meaning=f"{one.label} (calculé)",
        origin="calcul",
        field=asked,
        state=one.name + ETAT,
    )


def _rows(record: Record, table: Table, columns: Iterable[str]) -> Iterable[tuple[int, dict[str, Fact]]]:
    """Used rows; every row when the form prints a label for each (blank then says « pas concerné »)."""
    if not table.row_labels:
        return record.used_rows(table.group)
    rows = record.rows.get(table.group, {})
    return [(number, rows.get(number) or dict.fromkeys(columns, ABSENT)) for number in sorted(table.row_labels)]


def _labels(table: Table) -> list[Variable]:
    """The columns that name a row."""
    number = Variable(name="ligne", short=table.row_label, kind="integer", meaning="Numéro de la ligne dans le carnet")
    found = [number]
    if table.row_labels:
        found = [Variable(name="ligne", short="N°", kind="integer", width=6, meaning="Numéro imprimé de la ligne")]
        found.append(Variable(name="libelle", short=table.row_label, kind="text", width=44, meaning="Texte imprimé"))
    if table.families:
        found.append(Variable(name="famille", short="Famille", kind="text", width=34, meaning="Famille imprimée"))
    return found


def _label_values(table: Table, number: int) -> Row:
    row: Row = {"ligne": number}
    if table.row_labels:
        row["libelle"] = table.row_labels.get(number, "")
    if table.families:
        row["famille"] = table.families.get(number, "")
    return row


# Columns of one scale turned into rows (skills at the start and at the end)


def _answer_variables(group: str, asked: Field) -> list[Variable]:
    """Rank, readable answer and state of a scale."""
    state = f"{group}_reponse{ETAT}"
    meaning = "Rang de la réponse sur son échelle"
    answer = Variable(
        name=f"{group}_reponse", short="Réponse", kind="label", meaning="Réponse cochée", origin="question",
        field=asked, state=state, width=30,
    )  # fmt: skip
    place = Variable(
        name=f"{group}_rang", short="Rang", kind="integer", meaning=meaning, origin="question", field=asked, state=state
    )
    return [answer, place]


def _melted(records: Records, table: Table) -> tuple[list[Variable], Iterable[Row]]:
    columns = group_columns(records.forms, table.group)
    asked = columns[table.melt[0]]
    moment = Variable(
        name="moment", short=table.melt_label or "Moment", kind="text", width=10, meaning=", ".join(table.melt)
    )
    answers = _answer_variables(table.group, asked)
    gain = Variable(
        name=f"{table.group}_gain",
        short="Gain",
        kind="integer",
        meaning=f"Rang « {table.melt[-1]} » moins rang « {table.melt[0]} », quand les deux sont lus ; sur la ligne "
        f"« {table.melt[-1]} ».",
        origin="calcul",
    )
    variables = [CLE, *_labels(table), moment, *answers, gain, of_state(answers[0])]
    return variables, _melted_rows(records, table, columns)


def _melted_rows(records: Records, table: Table, columns: dict[str, Field]) -> Iterator[Row]:
    group = table.group
    for record in records.records:
        for number, facts in _rows(record, table, columns):
            ranks: list[int | None] = []
            for moment in table.melt:
                found = facts.get(moment, ABSENT)
                ranks.append(rank(columns[moment], found.text))
                yield {
                    "cle": record.cle,
                    **_label_values(table, number),
                    "moment": moment,
                    f"{group}_reponse": values.typed(columns[moment], found.text),
                    f"{group}_rang": ranks[-1],
                    f"{group}_gain": _gain(ranks) if len(ranks) == len(table.melt) else None,
                    f"{group}_reponse{ETAT}": found.state,
                }


def _gain(ranks: Sequence[int | None]) -> int | None:
    """Last rank minus first; negative is allowed, a person may judge better later."""
    first, last = ranks[0], ranks[-1]
    return None if first is None or last is None else last - first


# Single fields turned into rows (opinions)


def _items(records: Records, table: Table) -> tuple[list[Variable], Iterable[Row]]:
    asked = _item_fields(records.forms, table)
    number = Variable(name="ordre", short="N°", kind="integer", width=6, meaning="Ordre de la question dans le carnet")
    name = Variable(name="champ", short="Champ", kind="text", width=20, meaning="Nom de la question")
    label = Variable(name="libelle", short=table.row_label, kind="text", width=52, meaning="Question imprimée")
    answers = _answer_variables(table.group, next(iter(asked.values())))
    variables = [CLE, number, name, label, *answers, of_state(answers[0])]
    return variables, _item_rows(records, table, asked)


def _item_fields(forms: Iterable[FormDefinition], table: Table) -> dict[str, Field]:
    """The questions of such a table, in its order."""
    known = {asked.name: asked for form in reversed(list(forms)) for asked in form.fields}
    return {name: known[name] for name in table.items if name in known}


def _item_rows(records: Records, table: Table, asked: dict[str, Field]) -> Iterator[Row]:
    group = table.group
    for record in records.records:
        for order, (name, field) in enumerate(asked.items(), start=1):
            found = record.fact(name)
            shown = values.typed(field, found.text)
            yield {
                "cle": record.cle,
                "ordre": order,
                "champ": name,
                "libelle": field.label,
                f"{group}_reponse": None if shown is None else str(shown),
                f"{group}_rang": rank(field, found.text),
                f"{group}_reponse{ETAT}": found.state,
            }
