"""What a sheet holds, in plain values: the writer alone knows the file format."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Value = str | int | float | datetime.date | None

Kind = Literal[
    "text",
    "prose",
    "label",
    "integer",
    "hours",
    "decimal",
    "percent",
    "date",
    "month",
    "flag",
    "state",
    "typed",
    "picture",
]
"""How a column is formatted: ``prose`` wraps, ``label`` is a short answer, ``flag`` is 0 or 1,
``typed`` is filled in by people (any text, kept as typed), ``picture`` holds images."""

Look = Literal["", "review", "absent", "illegible", "kept"]
"""Why a cell is empty, shown by a pattern that survives a black and white print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A value with a look, or a link to a file beside the workbook or to a sheet (``#Name``)."""

    value: Value
    look: Look = ""
    link: str = ""


Entry = Value | Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.  ``width`` in characters; ``level`` 1 folds it away under an outline button."""

    header: str
    kind: Kind = "text"
    width: float = 12
    level: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DropDown:
    """Proposed answers for the cells of one column in some rows (0 is the first row of data).

    Other answers remain allowed: a person may write what the list does not hold.
    """

    column: int
    options: tuple[str, ...]
    rows: tuple[int, ...]
    prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A PNG or JPEG shown in a cell, at its size in pixels."""

    row: int
    column: int
    content: bytes
    width_px: int
    height_px: int
    format: Literal["png", "jpeg"] = "png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One native table: a header row and rows of values in the order of ``columns``.

    ``about`` says in a sentence what the sheet holds.  ``length`` is the number of rows;
    ``frozen`` the number of columns that stay in view; ``heights`` the height in points of
    the rows that hold pictures.
    """

    name: str
    table: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Entry]]
    length: int
    about: str = ""
    frozen: int = 1
    drop_downs: tuple[DropDown, ...] = ()
    pictures: tuple[Picture, ...] = ()
    heights: dict[int, float] = field(default_factory=dict)


LineStyle = Literal["title", "lead", "heading", "pair", "figure", "link", "space", "swatch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a page to read.

    ``title``, ``lead`` and ``heading`` stand alone; ``pair`` is a word and its sentence,
    ``figure`` a label and its number, ``link`` a pair whose word opens a sheet, ``swatch`` a
    pair whose word shows a look.
    """

    style: LineStyle
    left: str = ""
    right: Value = ""
    look: Look = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A sheet to read, one A4 page, without a table."""

    name: str
    lines: tuple[Line, ...]
