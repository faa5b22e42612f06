"""Values into cells: text stays text, dates are dates, whatever they begin with."""

from __future__ import annotations

import datetime
import re
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet.hyperlink import Hyperlink

from pipeline.workbook import style
from pipeline.workbook.sheet import Cell, Column, Entry, Look, Value

TEXT_MAX = 32_767  # characters of one Excel cell
_CUT = " […] (texte coupé)"
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_RISKY = tuple("=+-@\t\r'")


def clean(text: str) -> str:
    """Text that a cell can hold: no control characters, no longer than Excel allows."""
    kept = _ILLEGAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return kept if len(kept) <= TEXT_MAX else kept[: TEXT_MAX - len(_CUT)] + _CUT


class RowMaker:
    """Rows of cells for one write-only sheet.

    One cell object serves each column and look, since every row is written before the
    next is made: a campaign has millions of cells and a dozen styles.
    """

    def __init__(self, sheet: Any, columns: tuple[Column, ...]) -> None:  # noqa: ANN401 - openpyxl is untyped here
        self._sheet = sheet
        self._columns = columns
        self._stock: dict[tuple[int, Look, bool], Any] = {}

    def row(self, entries: tuple[Entry, ...]) -> list[Any]:
        """The cells of one row."""
        return [self._cell(column, entry) for column, entry in enumerate(entries)]

    def _cell(self, column: int, entry: Entry) -> Any:  # noqa: ANN401
        if isinstance(entry, Cell):
            if entry.link:
                return self._linked(column, entry)
            return self._filled(column, entry.look, entry.value)
        return self._filled(column, "", entry)

    def _filled(self, column: int, look: Look, value: Value) -> Any:  # noqa: ANN401
        risky = isinstance(value, str) and value.startswith(_RISKY)
        cell = self._stock.get((column, look, risky))
        if cell is None:
            cell = self._stock[column, look, risky] = self._styled(column, look, risky)
        put(cell, value)
        return cell

    def _styled(self, column: int, look: Look, risky: bool) -> Any:  # noqa: ANN401
        kind = self._columns[column].kind
        cell = WriteOnlyCell(self._sheet)
        cell.font = style.body_font(kind)
        cell.fill = style.fill(kind, look)
        cell.border = style.border(kind)
        cell.alignment = style.alignment(kind)
        cell.number_format = style.FORMATS[kind]
        if risky:
            cell.quotePrefix = True  # a later edit of the cell keeps it a text, too
        return cell

    def _linked(self, column: int, entry: Cell) -> Any:  # noqa: ANN401
        cell = self._styled(column, entry.look, False)
        put(cell, entry.value)
        link(cell, entry.link)
        cell.font = style.LINK_FONT
        return cell


def put(cell: Any, value: Value) -> None:  # noqa: ANN401
    """Set a value; a string is never taken for a formula or an error code."""
    if isinstance(value, str):
        value = clean(value) or None
    if isinstance(value, str):
        cell._value = value
        cell.data_type = "s"
    elif isinstance(value, datetime.date):
        cell._value = value
        cell.data_type = "d"
    else:
        cell._value = value
        cell.data_type = "n"


def link(cell: Any, target: str) -> None:  # noqa: ANN401
    """Open a sheet (``#Name``) or a file beside the workbook."""
    if target.startswith("#"):
        cell._hyperlink = Hyperlink(ref="", location=f"'{target[1:]}'!A1")
    else:
        cell._hyperlink = Hyperlink(ref="", target=target.replace("\\", "/"))
