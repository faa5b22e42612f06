"""Ways to group carnets: the columns that they add to Carnets, and the groups that they make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.consolidate import values
from pipeline.consolidate.columns import Row
from pipeline.consolidate.counting import Condition, Conditions, Counter, equal
from pipeline.consolidate.records import Record, group_columns, single_fields
from pipeline.consolidate.values import ABSENT, UNKNOWN, State
from pipeline.consolidate.variable import ETAT, Variable
from pipeline.model.evaluation import Band, Grouping
from pipeline.model.form import Field, FormDefinition
from pipeline.model.label import answers, labelled

CARNETS = "Carnets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The carnets of one group, as conditions on Carnets; ``grouping`` None holds them all.

    ``doubtful`` are the carnets that may belong to it as well: what sorts them was not read.
    """

    grouping: Grouping | None
    label: str
    conditions: Conditions = ()
    doubtful: tuple[Conditions, ...] = ()


EVERYONE = Group(grouping=None, label="Ensemble")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorter:
    """The columns that sort carnets into the groups of a grouping that no question gives as such."""

    grouping: Grouping
    variables: tuple[Variable, ...]
    field: Field

    def cells(self, record: Record) -> Row:
        """These columns for one carnet."""
        return _flag_cells(self, record) if self.field.group else _band_cell(self, record)


def sorters(groupings: Sequence[Grouping], forms: Sequence[FormDefinition]) -> list[Sorter]:
    """Groupings by bands of an answer, and by a column of repeating rows."""
    single = {field.name: field for field in single_fields(forms)}
    found = []
    for grouping in groupings:
        field = single.get(grouping.source)
        rowed = _rowed(grouping, forms)
        if field is not None and grouping.bands:
            found.append(Sorter(grouping=grouping, variables=(_band_variable(grouping, field),), field=field))
        elif field is None and rowed is not None:
            found.append(Sorter(grouping=grouping, variables=_flag_variables(grouping, rowed), field=rowed))
    return found


def _rowed(grouping: Grouping, forms: Sequence[FormDefinition]) -> Field | None:
    """The column of a repeating row that a grouping names."""
    for form in forms:
        for field in form.fields:
            if field.group and f"{field.group}_{field.column}" == grouping.source:
                return group_columns(forms, field.group)[field.column]
    return None


def _band_variable(grouping: Grouping, field: Field) -> Variable:
    return Variable(
        name=grouping.name, short=grouping.label, kind="label", origin="calcul", state=field.name + ETAT, width=26,
        meaning=f"{field.label}, réponses regroupées : {' ; '.join(band.label for band in grouping.bands)}",
    )  # fmt: skip


def _flag_variables(grouping: Grouping, field: Field) -> tuple[Variable, ...]:
    return tuple(
        Variable(
            name=f"{grouping.name}__{code}", short=f"{grouping.label} : {label}", kind="flag", origin="calcul",
            meaning=f"{grouping.label} : {label} (1 si une ligne au moins, 0 sinon)", state=grouping.name + ETAT,
            width=13,
        )
        for code, label in _codes(grouping, field)
    )  # fmt: skip


def _codes(grouping: Grouping, field: Field) -> list[tuple[str, str]]:
    """What a carnet may be sorted under, as (name, label)."""
    if grouping.bands:
        return [(str(number), band.label) for number, band in enumerate(grouping.bands, start=1)]
    return list(answers(field))


def band_of(bands: Sequence[Band], text: str) -> Band | None:
    """The band that holds a code, written with or without its leading zeros; no code is in none."""
    if not text:
        return None
    spellings = {text, text.lstrip("0") or "0"}
    return next((band for band in bands if spellings & {code.lstrip("0") or "0" for code in band.codes}), None)


def _band_cell(sorter: Sorter, record: Record) -> Row:
    band = band_of(sorter.grouping.bands, record.fact(sorter.field.name).text)
    return {sorter.grouping.name: band.label if band else None}


def _flag_cells(sorter: Sorter, record: Record) -> Row:
    """A flag is 1 as soon as one row says so, and unknown while a row that cannot be read might."""
    name, field = sorter.grouping.name, sorter.field
    facts = [row.get(field.column, ABSENT) for _, row in record.used_rows(field.group)]
    met = {fact.text for fact in facts if fact.text}
    if sorter.grouping.bands:
        numbered = {band.label: str(number) for number, band in enumerate(sorter.grouping.bands, start=1)}
        bands = [band_of(sorter.grouping.bands, text) for text in met]
        met = {numbered[band.label] for band in bands if band}
    states = {fact.state for fact in facts} | ({"absent"} if record.missing_pages(field.group) else set())
    unknown: State | None = next((state for state in UNKNOWN if state in states), None)
    state: State = unknown or ("lu" if met else "vide")
    no = 0 if state == "lu" else None
    cells: Row = {f"{name}__{code}": 1 if code in met else no for code, _ in _codes(sorter.grouping, field)}
    return {**cells, name + ETAT: state}


def columns_of(grouping: Grouping, forms: Sequence[FormDefinition]) -> list[str]:
    """The columns of Carnets that tell the groups of a grouping apart."""
    field = next((field for field in single_fields(forms) if field.name == grouping.source), None)
    if field is None:
        rowed = _rowed(grouping, forms)
        return [f"{grouping.name}__{code}" for code, _ in _codes(grouping, rowed)] if rowed else [grouping.source]
    if grouping.bands:
        return [grouping.name]
    return [f"{field.name}__{option.value}" for option in field.options] if field.multiple else [field.name]


# Groups as conditions


def groups_of(grouping: Grouping, forms: Sequence[FormDefinition], counter: Counter) -> list[Group]:
    """Every group of a grouping, in the order of the form; of the register, those that were met."""
    field = next((field for field in single_fields(forms) if field.name == grouping.source), None)
    if field is None:
        rowed = _rowed(grouping, forms)
        if rowed is None:
            return _met(grouping, counter)
        flags = [(f"{grouping.name}__{code}", label) for code, label in _codes(grouping, rowed)]
        return _flagged(grouping, flags, grouping.name + ETAT)
    state = field.name + ETAT
    if grouping.bands:
        return [_made(grouping, band.label, equal(grouping.name, band.label), state) for band in grouping.bands]
    if field.multiple:
        flags = [(f"{field.name}__{option.value}", option.label) for option in field.options]
        return _flagged(grouping, flags, state)
    return [
        _made(grouping, labelled(field, code), equal(field.name, shown), state)
        for code, _ in answers(field)
        if isinstance(shown := values.typed(field, code), str | int | float)
    ]


def _flagged(grouping: Grouping, columns: Sequence[tuple[str, str]], state: str) -> list[Group]:
    return [_made(grouping, label, equal(column, 1), state) for column, label in columns]


def _met(grouping: Grouping, counter: Counter) -> list[Group]:
    """Values of a column that no question gives, as they were met."""
    if not counter.has(CARNETS, grouping.source):
        return []
    met = sorted(str(value) for value in counter.frames[CARNETS][grouping.source].dropna().unique())
    return [_made(grouping, value, equal(grouping.source, value)) for value in met]


def _made(grouping: Grouping, label: str, condition: Condition, state: str = "") -> Group:
    """A group; ``state`` is the column that says why its own is empty, if there is one."""
    return Group(
        grouping=grouping,
        label=label,
        conditions=(condition,),
        doubtful=tuple(_unsorted(condition.column, state)) if state else (),
    )


def _unsorted(column: str, state: str) -> Iterator[Conditions]:
    """Carnets of which a column says nothing because it was not read; a page that the person kept is no doubt."""
    empty = Condition(column=column, test="empty")
    for word in UNKNOWN:
        kept = (Condition(column="depot", test="<>", value="feuille"),) if word == "absent" else ()
        yield (empty, equal(state, word), *kept)
