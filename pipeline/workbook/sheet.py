"""What a sheet holds, in plain values: the writer alone knows the file format."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Value = str | int | float | datetime.date | datetime.datetime | None

Kind = Literal[
    "text",
    "prose",
    "label",
    "integer",
    "hours",
    "decimal",
    "percent",
    "figure",
    "date",
    "time",
    "month",
    "flag",
    "state",
    "typed",
    "picture",
]
"""How a column is formatted: ``prose`` wraps, ``label`` is a short answer, ``flag`` is 0 or 1,
``time`` is a day and an hour, ``typed`` is filled in by people (any text, kept as typed),
``picture`` holds images."""

Look = Literal["", "review", "absent", "illegible", "kept"]
"""Why a cell is empty, shown by a pattern that survives a black and white print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A value with a look, or a link to a file beside the workbook or to a sheet (``#Name``)."""

    value: Value
    look: Look = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula in English syntax, without its equal sign; ``kept`` shows until it is recalculated.

    An ``array`` formula looks at whole columns at once, and may fill several ``lines``: those
    below it then hold what they show until it is recalculated.
    """

    text: str
    kept: str | float
    array: bool = False
    lines: int = 1


Entry = Value | Cell | Formula


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.  ``width`` in characters; ``level`` 1 folds it away under an outline button.

    ``live`` columns hold formulas: what they show changes without anyone typing.
    """

    header: str
    kind: Kind = "text"
    width: float = 12
    level: int = 0
    note: str = ""
    live: bool = False


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

    Without a name of ``table`` it is no native table, which formulas of several lines require.

    ``about`` says in a sentence what the sheet holds.  ``length`` is the number of rows;
    ``frozen`` the number of columns that stay in view, and ``named`` of those that stand on
    every printed page (those frozen, when 0); ``heights`` the height in points of
    the rows that hold pictures.  ``key`` are the headers of the columns that name a row for
    ever: what people type in columns of their own is found again by it; ``added`` are the
    headers of such columns, carried over from an earlier workbook.
    """

    name: str
    table: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Entry]]
    length: int
    about: str = ""
    frozen: int = 1
    named: int = 0
    drop_downs: tuple[DropDown, ...] = ()
    pictures: tuple[Picture, ...] = ()
    heights: dict[int, float] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


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


# Pages of small tables and charts


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One small table under its title, with a sentence on how to read it.

    ``bold`` are the rows that sum up others.
    """

    title: str
    table: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Entry, ...], ...]
    note: str = ""
    bold: frozenset[int] = frozenset()
    chart: Chart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A native chart of its block's rows: categories in the first column, a series for each of ``series``.

    ``stacked`` bars fill up to 100 %.  ``shades`` give each series its grey, 0 white to 1
    black: order shows without colour.
    """

    kind: Literal["bars", "stacked"]
    title: str
    series: tuple[int, ...]
    shades: tuple[float, ...]
    percent: bool = True
    axis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A sheet of blocks one under the other, charts at their right."""

    name: str
    about: str
    title: str
    lead: str
    blocks: tuple[Block, ...]
    widths: tuple[float, ...]
