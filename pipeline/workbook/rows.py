"""Rows straight into the XML of a write-only sheet: a campaign has millions of cells and a dozen styles."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.xml.functions import Element, SubElement

from pipeline.workbook import style
from pipeline.workbook.cells import RISKY, clean
from pipeline.workbook.sheet import Cell, Column, Entry, Formula, Look, Value

LINKS_MAX = 60_000
"""Links of one sheet: Excel holds 65,530 of them."""
_EPOCH = datetime.date(1899, 12, 30)
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_DAY_S = 86_400


class RowWriter:
    """Rows of one write-only sheet, after those that openpyxl has written; ``first`` is their number."""

    def __init__(self, sheet: Any, columns: tuple[Column, ...], first: int) -> None:  # noqa: ANN401
        self._sheet = sheet
        self._columns = columns
        self._letters = [get_column_letter(place) for place in range(1, len(columns) + 1)]
        self._styles: dict[tuple[int, Look, bool, bool, str], str] = {}
        self._bold = False
        self._links = 0
        self._next = first

    def write(self, xf: Any, entries: Sequence[Entry], *, height: float = 0.0, bold: bool = False) -> None:  # noqa: ANN401
        """Append one row."""
        row = Element("row", r=str(self._next))
        if height:
            row.set("ht", f"{height:g}")
            row.set("customHeight", "1")
        self._bold = bold
        for place, entry in enumerate(entries):
            self._cell(row, place, entry)
        xf.write(row)
        self._next += 1

    def _cell(self, row: Any, place: int, entry: Entry) -> None:  # noqa: ANN401
        look: Look = ""
        link = ""
        if isinstance(entry, Cell):
            look, link = entry.look, entry.link
            entry = entry.value
        cell = SubElement(row, "c", r=f"{self._letters[place]}{self._next}")
        if isinstance(entry, str):
            entry = clean(entry) or None
        risky = isinstance(entry, str) and entry.startswith(RISKY)
        own = _own_format(entry) if self._columns[place].kind == "typed" else ""
        cell.set("s", self._style(place, look, risky=risky, linked=bool(link), own=own))
        if isinstance(entry, Formula):
            _put_formula(cell, entry)
        elif entry is not None:
            _put(cell, entry)
        if link and self._links < LINKS_MAX:
            self._links += 1
            self._sheet._hyperlinks.append(_hyperlink(link, cell.get("r")))

    def _style(self, place: int, look: Look, *, risky: bool, linked: bool, own: str) -> str:
        key = (place, look, risky, linked or self._bold, own)
        found = self._styles.get(key)
        if found is None:
            found = self._styles[key] = str(self._made(place, look, risky=risky, linked=linked, own=own))
        return found

    def _made(self, place: int, look: Look, *, risky: bool, linked: bool, own: str) -> int:
        """The number of a style in the workbook."""
        kind = self._columns[place].kind
        cell: Any = WriteOnlyCell(self._sheet)
        cell.font = style.LINK_FONT if linked else style.HEADER_FONT if self._bold else style.body_font(kind)
        cell.fill = style.fill(kind, look)
        cell.border = style.border(kind)
        cell.alignment = style.alignment(kind)
        cell.number_format = own or style.FORMATS[kind]
        if risky:
            cell.quotePrefix = True  # a later edit of the cell keeps it a text, too
        found: int = cell.style_id
        return found


def _own_format(value: object) -> str:
    """A date or a number that a person typed stays one."""
    if isinstance(value, datetime.datetime):
        return style.FORMATS["time"]
    if isinstance(value, datetime.date):
        return style.FORMATS["date"]
    return "General" if isinstance(value, int | float) else ""


def _put(cell: Any, value: Value) -> None:  # noqa: ANN401
    """A value; a string is never taken for a formula or an error code."""
    if isinstance(value, str):
        cell.set("t", "inlineStr")
        text = SubElement(SubElement(cell, "is"), "t")
        text.text = value
        if value != value.strip() or "\n" in value:
            text.set(_SPACE, "preserve")
        return
    SubElement(cell, "v").text = _number(value)


def _number(value: Value) -> str:
    """A number, or a date as the count of days that Excel keeps."""
    if isinstance(value, datetime.datetime):
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return repr((value.date() - _EPOCH).days + seconds / _DAY_S)
    if isinstance(value, datetime.date):
        return str((value - _EPOCH).days)
    return repr(value)


def _put_formula(cell: Any, formula: Formula) -> None:  # noqa: ANN401
    made = SubElement(cell, "f")
    made.text = formula.text
    if formula.array:
        made.set("t", "array")
        made.set("ref", _span(cell.get("r"), formula.lines))
    if isinstance(formula.kept, str):
        cell.set("t", "str")
    SubElement(cell, "v").text = formula.kept if isinstance(formula.kept, str) else repr(formula.kept)


def _span(first: str, lines: int) -> str:
    """The cells of a formula: ``C2``, or ``C2:C40``."""
    if lines == 1:
        return first
    letters = first.rstrip("0123456789")
    return f"{first}:{letters}{int(first[len(letters) :]) + lines - 1}"


def _hyperlink(target: str, at: str) -> Any:  # noqa: ANN401
    """Open a sheet (``#Name``) or a file beside the workbook."""
    if target.startswith("#"):
        return Hyperlink(ref=at, location=f"'{target[1:]}'!A1")
    return Hyperlink(ref=at, target=target.replace("\\", "/"))


@contextmanager
def sheet_body(target: Any) -> Iterator[Any]:  # noqa: ANN401
    """The open stream of a write-only sheet's rows; everything above them must be set before."""
    target._get_writer()
    xf = target._writer.xf.send(True)
    with xf.element("sheetData"):
        yield xf
    target._writer.xf.send(None)
    nothing: tuple[Any, ...] = ()
    target._rows = (row for row in nothing)  # what openpyxl closes when the workbook is saved


def write_cells(target: Any, xf: Any, cells: Sequence[Any], number: int) -> None:  # noqa: ANN401
    """A row of openpyxl's own cells, such as headers with their notes."""
    target._writer.write_row(xf, target._values_to_row(cells, number), number)
