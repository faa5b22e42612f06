"""Long tables: one row for each used row of a group, for each skill and moment, for each opinion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from pipeline.consolidate import rowwise, values
from pipeline.consolidate.columns import Row
from pipeline.consolidate.records import Record, group_columns
from pipeline.consolidate.remarks import remarks
from pipeline.consolidate.values import ABSENT, CERTAIN, UNKNOWN, Fact, State
from pipeline.consolidate.variable import CLE, ETAT, REMARKS, Variable, of_field, of_state
from pipeline.model.derived import Derived
from pipeline.model.form import Field, FormDefinition, Table
from pipeline.model.label import rank

CONCERNED, FIRST_RANK, GAIN, SAME_DAY = "concerne", "rang_debut", "gain", "meme_jour"
_UNASKED: tuple[State, ...] = ("sans_objet",)
SAME, OTHER, UNDATED, UNREAD_DAYS = "même jour", "jours différents", "jours non connus", "jours non lus"


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTable:
    """A table of the definition: its columns, and the rows that one carnet gives."""

    table: Table
    variables: tuple[Variable, ...]
    rows: Callable[[Record], Iterator[Row]]

    @property
    def about(self) -> str:
        """What the sheet holds."""
        row = self.table.row_label.lower()
        if self.table.melt:
            return f"Une ligne par {row}, par moment ({', '.join(self.table.melt)}) et par carnet."
        return f"Une ligne par {row} et par carnet."

    @property
    def key(self) -> tuple[str, ...]:
        """Columns that name a row for ever."""
        if self.table.items:
            return ("cle", "champ")
        return ("cle", "ligne", "moment") if self.table.melt else ("cle", "ligne")


def long_table(
    forms: Sequence[FormDefinition], table: Table, derived: Iterable[Derived], *, sensitive: bool
) -> LongTable:
    """One table of the definition; ``derived`` are computed in each of its rows."""
    if table.items:
        return _items(forms, table)
    if table.melt:
        return _melted(forms, table)
    return _plain(forms, table, tuple(derived), sensitive=sensitive)


# One row for each used row of the form


def _plain(
    forms: Sequence[FormDefinition], table: Table, derived: tuple[Derived, ...], *, sensitive: bool
) -> LongTable:
    columns = group_columns(forms, table.group)
    answers = [of_field(asked, f"{table.group}_{column}") for column, asked in columns.items()]
    computed = [_computed(forms, one, columns) for one in derived]
    values_shown = [v for v in answers if v.field and (sensitive or not values.is_sensitive(v.field))]
    states = [of_state(variable) for variable in (*answers, *computed)]
    return LongTable(
        table=table,
        variables=(CLE, *_labels(table), *values_shown, *computed, *states, REMARKS),
        rows=partial(
            _plain_rows, table, columns, [(one, rowwise.source_field(one, columns, forms)) for one in derived]
        ),
    )


def _plain_rows(
    table: Table,
    columns: dict[str, Field],
    derived: Sequence[tuple[Derived, Field | None]],
    record: Record,
) -> Iterator[Row]:
    common = record.common_warnings
    for number, facts in _rows(record, table, columns):
        row: Row = {"cle": record.cle, **_label_values(table, number)}
        for column, asked in columns.items():
            found = facts.get(column, ABSENT)
            name = f"{table.group}_{column}"
            row[name], row[name + ETAT] = values.typed(asked, found.text), found.state
        for one, source in derived:
            row[one.name], row[one.name + ETAT] = rowwise.compute(one, source, record, facts, columns)
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


def _melted(forms: Sequence[FormDefinition], table: Table) -> LongTable:
    columns = group_columns(forms, table.group)
    asked = columns[table.melt[0]]
    first, last = table.melt[0], table.melt[-1]
    moment = Variable(
        name="moment", short=table.melt_label or "Moment", kind="text", width=10, meaning=", ".join(table.melt)
    )
    answers = _answer_variables(table.group, asked)
    on_last = f" ; sur la ligne « {last} » seulement"
    gain_state, concerned_state = (f"{table.group}_{name}{ETAT}" for name in (GAIN, CONCERNED))
    computed = [
        Variable(
            name=f"{table.group}_{FIRST_RANK}", short=f"Rang « {first} »", kind="integer", origin="calcul",
            meaning=f"Rang de la ligne « {first} », rappelé {on_last}",
        ),
        Variable(
            name=f"{table.group}_{GAIN}", short="Gain", kind="integer", origin="calcul", state=gain_state,
            meaning=f"Rang « {last} » moins rang « {first} », quand les deux sont lus {on_last}",
        ),
        Variable(
            name=f"{table.group}_{CONCERNED}", short="Concerné", kind="flag", origin="calcul", state=concerned_state,
            meaning=f"1 si un niveau au moins est coché, 0 si tous sont vides, rien si on ne sait pas {on_last}",
        ),
        Variable(
            name=f"{table.group}_{SAME_DAY}", short="Jours", kind="label", origin="calcul", width=15,
            meaning=f"« {SAME} » : rempli une seule fois, à analyser à part {on_last}",
        ),
    ]  # fmt: skip
    return LongTable(
        table=table,
        variables=(
            CLE,
            *_labels(table),
            moment,
            *answers,
            *computed,
            of_state(answers[0]),
            *(of_state(variable, level=1) for variable in computed if variable.state),
        ),
        rows=partial(_melted_rows, table, columns, _dates(forms, table)),
    )


def _dates(forms: Iterable[FormDefinition], table: Table) -> tuple[str, ...]:
    """The date fields that say whether the moments of a table were one and the same day."""
    found = [one.fields for form in forms for one in form.derived if one.op == "same_day"]
    named = [fields for fields in found if all(name.startswith(f"{table.group}_") for name in fields)]
    return (named or found or [()])[0]


def _melted_rows(table: Table, columns: dict[str, Field], dates: tuple[str, ...], record: Record) -> Iterator[Row]:
    group = table.group
    days = _days([record.fact(name) for name in dates])
    for number, facts in _rows(record, table, columns):
        named = _label_values(table, number)
        found = [facts.get(moment, ABSENT) for moment in table.melt]
        ranks = [rank(columns[moment], fact.text) for moment, fact in zip(table.melt, found, strict=True)]
        for moment, fact, place in zip(table.melt, found, ranks, strict=True):
            row: Row = {
                "cle": record.cle,
                **named,
                "moment": moment,
                f"{group}_reponse": values.typed(columns[moment], fact.text),
                f"{group}_rang": place,
                f"{group}_reponse{ETAT}": fact.state,
            }
            if moment == table.melt[-1]:
                row[f"{group}_{FIRST_RANK}"] = ranks[0]
                states = [fact.state for fact in found]
                row[f"{group}_{GAIN}"], row[f"{group}_{GAIN}{ETAT}"] = _gain(ranks), _pair_state(states)
                state = _concerned_state(states)
                row[f"{group}_{CONCERNED}"] = {"lu": 1, "vide": 0}.get(state)
                row[f"{group}_{CONCERNED}{ETAT}"] = "lu" if state == "vide" else state
                row[f"{group}_{SAME_DAY}"] = days
            yield row


def _days(facts: Sequence[Fact]) -> str:
    """Whether the moments were filled in on one day; a day left blank is not known, one in doubt not read."""
    texts = [fact.text for fact in facts]
    if texts and not all(texts) and all(fact.text or fact.state in UNKNOWN for fact in facts):
        return UNREAD_DAYS
    if not texts or not all(texts):
        return UNDATED
    return SAME if len(set(texts)) == 1 else OTHER


def _concerned_state(states: Sequence[State]) -> State:
    """``lu`` when a level was read, ``vide`` when all were left blank, else why it cannot be said."""
    if set(states) & CERTAIN:
        return "lu"
    return next((state for state in (*UNKNOWN, *_UNASKED) if state in states), "vide")


def _pair_state(states: Sequence[State]) -> State:
    """``lu`` when all were read, ``vide`` when one is blank and there is no pair, else why it is not known."""
    if set(states) <= CERTAIN:
        return "lu"
    if "vide" in states:
        return "vide"
    return next(state for state in (*UNKNOWN, *_UNASKED) if state in states)


def _gain(ranks: Sequence[int | None]) -> int | None:
    """Last rank minus first; negative is allowed, a person may judge better later."""
    first, last = ranks[0], ranks[-1]
    return None if first is None or last is None else last - first


# Single fields turned into rows (opinions)


def _items(forms: Sequence[FormDefinition], table: Table) -> LongTable:
    asked = _item_fields(forms, table)
    number = Variable(name="ordre", short="N°", kind="integer", width=6, meaning="Ordre de la question dans le carnet")
    name = Variable(name="champ", short="Champ", kind="text", width=20, meaning="Nom de la question")
    label = Variable(name="libelle", short=table.row_label, kind="text", width=52, meaning="Question imprimée")
    answers = _answer_variables(table.group, next(iter(asked.values())))
    return LongTable(
        table=table,
        variables=(CLE, number, name, label, *answers, of_state(answers[0])),
        rows=partial(_item_rows, table, asked),
    )


def _item_fields(forms: Iterable[FormDefinition], table: Table) -> dict[str, Field]:
    """The questions of such a table, in its order."""
    known = {asked.name: asked for form in reversed(list(forms)) for asked in form.fields}
    return {name: known[name] for name in table.items if name in known}


def _item_rows(table: Table, asked: dict[str, Field], record: Record) -> Iterator[Row]:
    group = table.group
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
