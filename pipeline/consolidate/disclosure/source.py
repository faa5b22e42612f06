"""The carnets as respondents, taken from the tables of the workbook: each is a bit, in the order of the keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.consolidate.collect import Tables
from pipeline.consolidate.groups import CARNETS
from pipeline.consolidate.printed import SHEET as LOTS
from pipeline.consolidate.records import tables as described_tables
from pipeline.model.form import Field, FormDefinition, Option, Table
from pipeline.model.label import labelled
from pipeline.workbook import Value

_FORM = "formulaire"
_DEPOSIT, _ALL_PAGES = "depot", "tout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Carnets of the register: the code of their place of hand-out; how many printed, handed out and read."""

    canal: str
    printed: int
    handed: int
    read: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Source:
    """The carnets of one form: their keys, what the form asks, and every column by name."""

    keys: tuple[str, ...]
    forms: tuple[FormDefinition, ...]
    tables: Mapping[str, Table]
    all: Tables

    @property
    def place(self) -> dict[str, int]:
        """The bit of each key."""
        return {key: person for person, key in enumerate(self.keys)}

    def field(self, name: str) -> Field | None:
        """The question of that name, as the newest version asks it."""
        return next((field for form in self.forms for field in form.fields if field.name == name), None)

    def column(self, name: str) -> dict[int, Value]:
        """A column of Carnets, by person, where it holds a value; empty when there is none of that name."""
        frame = self.all.tables[CARNETS].frame
        if name not in frame.columns:
            return {}
        place = self.place
        rows = frame[["cle", name]].dropna().itertuples(index=False, name=None)
        return {place[cle]: value for cle, value in rows if cle in place}

    def has(self, name: str) -> bool:
        """Whether Carnets has a column of that name."""
        return name in self.all.tables[CARNETS].frame.columns

    def title(self, name: str) -> str:
        """The words over a column of Carnets."""
        return next((one.short for one in self.all.tables[CARNETS].variables if one.name == name), name)

    def rows(self, group: str, *names: str) -> list[tuple[int, tuple[Value, ...]]]:
        """Some columns of a long table, by person; None where a cell is empty."""
        described = self.tables.get(group)
        frame = self.all.tables[described.sheet].frame if described else None
        if frame is None or any(name not in frame.columns for name in names):
            return []
        kept = frame[["cle", *names]].astype(object)
        kept = kept.where(kept.notna(), None)
        place = self.place
        return [(place[row[0]], row[1:]) for row in kept.itertuples(index=False, name=None) if row[0] in place]

    def lots(self) -> list[Lot]:
        """What the register says of each lot."""
        frame = self.all.tables[LOTS].frame[["canal", "imprimes", "remis", "numerises"]].astype(object)
        codes = {label: code for code, label in self.lexicon("canal").items()}
        rows = frame.where(frame.notna(), None).itertuples(index=False, name=None)
        return [
            Lot(
                canal=codes.get(str(canal), ""), printed=int(printed or 0), handed=int(handed or 0), read=int(read or 0)
            )
            for canal, printed, handed, read in rows
        ]

    def complete(self) -> frozenset[int]:
        """People whose pages were all read."""
        return frozenset(person for person, value in self.column(_DEPOSIT).items() if value == _ALL_PAGES)

    def codes(self, field: Field) -> dict[str, str]:
        """The code behind each readable answer of a question."""
        return {labelled(field, option.value): option.value for option in self.options(field.name)}

    def options(self, name: str) -> tuple[Option, ...]:
        """Closed answers of a question over all versions, in the order of the newest."""
        found: dict[str, Option] = {}
        for form in self.forms:
            asked = next((known for known in form.fields if known.name == name), None)
            if asked is not None:
                listed = asked.options or tuple(Option(value=c, label=label) for c, label in asked.labels.items())
                for option in listed:
                    found.setdefault(option.value, option)
        return tuple(found.values())

    def lexicon(self, name: str) -> dict[str, str]:
        """A list of the form, code → words, over all versions."""
        return {code: label for form in reversed(self.forms) for code, label in form.lexicons.get(name, {}).items()}


def open_source(tables: Tables, form: str) -> Source:
    """The carnets of one form."""
    frame = tables.tables[CARNETS].frame
    forms = tuple(known for known in tables.forms if known.id == form)
    keys = frame.loc[frame[_FORM] == form, "cle"].tolist() if len(frame) else []
    return Source(
        keys=tuple(sorted(map(str, keys))),
        forms=forms,
        tables={table.group: table for table in described_tables(forms).values()},
        all=tables,
    )
