"""What a form asks: fields, options, rules, tables, and the words it prints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from pipeline.model.derived import Derived
from pipeline.model.evaluation import Evaluation
from pipeline.model.layout import Layout

FieldType = Literal["choice", "comb", "text", "signature", "masked"]
CombKind = Literal["integer", "date", "duration", "code", "text"]
Alphabet = Literal["digits", "letters", "alphanumeric"]
Requirement = Literal["O", "R", "F"]
_ROW_NAME = re.compile(r"([a-z]+)(\d+)_(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer of a choice; ``exclusive`` forbids any other beside it."""

    value: str
    label: str
    exclusive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """Why a field is asked: indicators it feeds, or its use to the volunteer."""

    indicators: tuple[str, ...] = ()
    use: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question.  Geometry is not here: see ``Layout``.

    ``page`` is the logical page of the layout.  ``group`` and ``row`` are set when
    the field belongs to a repeating row (``act01_date``: group ``act``, row 1,
    ``column`` ``date``).  ``ordered`` marks a scale.  ``values`` are the legal codes
    of a comb of kind ``code``; ``labels`` gives the French label of each value.
    ``prefix`` is printed before the comb and belongs to the value (RNA: ``W``).
    ``minimum`` and ``maximum`` bound an integer, or the year of a date.
    """

    name: str
    page: int
    type: FieldType
    label: str
    short: str
    required: Requirement
    purpose: Purpose
    sensitive: bool = False
    group: str = ""
    row: int = 0
    column: str = ""
    # choice
    multiple: bool = False
    ordered: bool = False
    options: tuple[Option, ...] = ()
    # comb
    kind: CombKind | None = None
    alphabet: Alphabet = "digits"
    cells: int = 0
    format: str = ""
    minimum: int | None = None
    maximum: int | None = None
    values: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    distinct_from: tuple[str, ...] = ()
    prefix: str = ""
    # text
    lines: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A long table of the workbook: one row for each used row of a group.

    ``group`` is the stem of the field names; ``melt`` turns columns into a further
    dimension (skills: ``debut`` and ``fin`` become the column ``moment``).
    ``row_labels`` names each row when the form prints a label for it; such a table
    lists every row, used or not.  ``items`` are single fields that become the rows
    (opinions: one row an item, its label, its answer); ``group`` then names the table only.
    """

    sheet: str
    group: str
    row_label: str
    items: tuple[str, ...] = ()
    melt: tuple[str, ...] = ()
    melt_label: str = ""
    row_labels: Mapping[int, str] = field(default_factory=dict)
    families: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A check over fields, applied by ``decide``.

    Kinds: ``not_after`` (first ≤ second), ``distinct`` (all different), ``over``
    (value above ``limit``), ``used_row`` (``fields`` of a group asked once any zone of
    its row has ink), ``declared`` (a code among the rows of another group that have
    ink; ``limit`` unused), ``not_future`` (date ≤ scan date), ``minutes`` (unusual
    minutes of a duration), ``long_before`` (first date more than ``limit`` days before
    the second), ``over_sum`` (first above ``limit`` times the sum of the second over all
    rows).  Field names may hold ``{r}``: the row as field names write it (``01``).
    ``code`` is the stable English code of the warning raised.
    """

    kind: str
    fields: tuple[str, ...]
    code: str
    limit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the layout.

    A continuation sheet (``continues`` is the group whose rows it carries on) is
    printed as page ``number + ordinal - 1``; its first row on sheet ``ordinal`` is
    ``first_row + (ordinal - 1) * rows``.
    """

    number: int
    title: str
    continues: str = ""
    first_row: int = 0
    rows: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDefinition:
    """One version of one form.  ``fingerprint`` is the SHA-256 of its file.

    ``code`` (2 digits) and ``version_code`` (3 digits) are what the page carries.
    ``booklet`` lists the pages of one copy in order; ``jacket`` those of the loose
    outer sheet.  ``nominative`` forms are refused by reading, by name.  ``lexicons``
    gives the lists of the file, code → French label (``canal``: places of hand-out).
    ``to_complete`` are printed words that stand in brackets until the City writes its own.
    """

    id: str
    version: str
    code: int
    version_code: int
    title: str
    pages: tuple[Page, ...]
    fields: tuple[Field, ...]
    tables: tuple[Table, ...] = ()
    rules: tuple[Rule, ...] = ()
    derived: tuple[Derived, ...] = ()
    jacket: tuple[int, ...] = ()
    nominative: bool = False
    lexicons: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    to_complete: tuple[str, ...] = ()
    fingerprint: str = ""
    _by_name: Mapping[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Fields are asked for by name on every page; of two of one name, the first."""
        object.__setattr__(self, "_by_name", {field.name: field for field in reversed(self.fields)})

    @property
    def booklet(self) -> tuple[int, ...]:
        """Numbers of the pages bound in one copy, continuation sheets aside."""
        return tuple(page.number for page in self.pages if not page.continues)

    def field(self, name: str) -> Field:
        """The field of that name; ``KeyError`` when the form has none."""
        return self._by_name[name]

    def resolve(self, name: str) -> Field:
        """The field of a name as met on any sheet: ``act27_date`` is ``act01_date``, row 27.

        ``KeyError`` when the form has no such field.
        """
        try:
            return self.field(name)
        except KeyError:
            match = _ROW_NAME.fullmatch(name)
            if match is None:
                raise
        group, row, column = match[1], int(match[2]), match[3]
        for candidate in self.fields:
            if candidate.group == group and candidate.column == column:
                return replace(candidate, name=name, row=row)
        raise KeyError(name)

    def layout_page(self, printed: int) -> tuple[Page, int]:
        """The page of the layout behind a printed page number, and the sheet's ordinal.

        The ordinal is 0 on bound pages; ``KeyError`` when the form has no such page.
        """
        for page in self.pages:
            if page.continues and page.number <= printed < page.number + 9:
                return page, printed - page.number + 1
            if page.number == printed:
                return page, 0
        raise KeyError(printed)

    def name_on_sheet(self, name: str, ordinal: int) -> str:
        """The name that a layout field bears on the sheet of that ordinal."""
        found = self.field(name)
        page = next(page for page in self.pages if page.number == found.page)
        if ordinal < 2 or not page.continues:
            return name
        digits = len(name) - len(found.group) - len(found.column) - 1
        return f"{found.group}{found.row + (ordinal - 1) * page.rows:0{digits}d}_{found.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedForm:
    """A definition with its frozen layout and the folder that holds both."""

    definition: FormDefinition
    layout: Layout
    folder: Path

    @property
    def key(self) -> tuple[str, str]:
        """Form id and version."""
        return self.definition.id, self.definition.version


@dataclass(frozen=True, slots=True, kw_only=True)
class FormShelf:
    """All forms known to this run, and the plan of evaluation of each form that has one, by its id."""

    forms: tuple[PublishedForm, ...]
    evaluations: Mapping[str, Evaluation] = field(default_factory=dict)

    def get(self, form: str, version: str) -> PublishedForm | None:
        """The form of that id and version, if known."""
        for candidate in self.forms:
            if candidate.key == (form, version):
                return candidate
        return None

    def by_code(self, code: int, version_code: int) -> PublishedForm | None:
        """The form whose pages carry these codes, if known."""
        for candidate in self.forms:
            definition = candidate.definition
            if (definition.code, definition.version_code) == (code, version_code):
                return candidate
        return None

    def latest(self, form: str) -> PublishedForm | None:
        """The newest version of a form, by version code."""
        versions = [known for known in self.forms if known.definition.id == form]
        return max(versions, key=lambda known: known.definition.version_code, default=None)
