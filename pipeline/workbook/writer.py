"""Sheets into one ``.xlsx`` file, streamed: memory does not grow with the rows."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableStyleInfo

from pipeline.workbook import style
from pipeline.workbook.cells import RowMaker, clean, put
from pipeline.workbook.prose import write_prose
from pipeline.workbook.sheet import Cell, Column, DropDown, Entry, Picture, Prose, Sheet

ROWS_MAX = 1_048_576  # of one Excel sheet, header included
LISTS = "Listes"
_PAGE_WIDTH = 170  # characters that stay readable across one landscape A4 page
_WORD_MAX = 26  # characters of a header beyond which a word may break
_BOLD = 1.08  # width of a bold character over that of a digit
_LINE_PT = 13.5
_LINES_MAX = 8
_HEIGHT_MAX = 409.0  # points of one Excel row
_PAD_EMU = 30_000
_EMU_PER_PX = 9_525


def write_workbook(
    path: Path,
    sheets: Sequence[Sheet | Prose],
    *,
    made_at: datetime.datetime,
    title: str,
    rows_max: int = ROWS_MAX,
) -> None:
    """Write the sheets in order; rows beyond ``rows_max`` (header included) are left out."""
    book = Workbook(write_only=True)
    book.properties.creator = "carnet"
    book.properties.title = title
    book.properties.created = made_at
    lists = _ListSheet()
    for number, sheet in enumerate(sheets, start=1):
        target = book.create_sheet(sheet.name)
        if isinstance(sheet, Prose):
            write_prose(target, sheet)
        else:
            _write_sheet(target, sheet, number, lists, rows_max)
    lists.write(book)
    book.save(path)


def _write_sheet(target: Any, sheet: Sheet, number: int, lists: _ListSheet, rows_max: int) -> None:  # noqa: ANN401
    """One table with everything around it."""
    _set_page(target, sheet)
    target.append([_header(target, column.header, column.note) for column in sheet.columns])
    maker = RowMaker(target, sheet.columns)
    written = 0
    for entries in islice(sheet.rows, rows_max - 1):
        row = tuple(entries)
        height = max(sheet.heights.get(written, 0.0), _row_height(sheet.columns, row))
        if height:
            target.row_dimensions[written + 2].height = min(height, _HEIGHT_MAX)
        target.append(maker.row(row))
        written += 1
    _add_table(target, sheet, number, written)
    for drop_down in sheet.drop_downs:
        _add_drop_down(target, drop_down, lists)
    for picture in sheet.pictures:
        target.add_image(_Placed(picture))


def _set_page(target: Any, sheet: Sheet) -> None:  # noqa: ANN401
    """Widths, frozen header, landscape A4 with the header repeated."""
    for index, column in enumerate(sheet.columns, start=1):
        dimension = target.column_dimensions[get_column_letter(index)]
        dimension.width = _width(column)
        if column.level:
            dimension.outlineLevel, dimension.hidden = column.level, True
    target.row_dimensions[1].height = _header_height(sheet)
    target.freeze_panes = f"{get_column_letter(sheet.frozen + 1)}2"
    target.sheet_view.showGridLines = False
    target.sheet_view.zoomScale = 100
    target.sheet_properties.outlinePr.summaryRight = False
    target.sheet_properties.pageSetUpPr.fitToPage = True
    setup = target.page_setup
    setup.orientation, setup.paperSize = "landscape", 9
    shown = sum(_width(column) for column in sheet.columns if not column.level)
    setup.fitToWidth, setup.fitToHeight = max(1, math.ceil(shown / _PAGE_WIDTH)), 0
    target.print_title_rows = "1:1"
    if setup.fitToWidth > 1:
        target.print_title_cols = "A:A"
    margins = target.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.footer = 0.5, 0.7, 0.35
    target.oddFooter.left.text = "&A"
    target.oddFooter.right.text = "&P / &N"


def _width(column: Column) -> float:
    """The asked width, or what the longest word of the header needs beside its filter button."""
    longest = max((len(word) for word in column.header.split()), default=0)
    return max(column.width, min(longest * _BOLD + 2.5, _WORD_MAX))


def _header_height(sheet: Sheet) -> float:
    """Points that the longest wrapped header needs."""
    shown = [column for column in sheet.columns if not column.level] or list(sheet.columns)
    return _LINE_PT * min(max(_wrapped(column.header, _width(column) - 2.5) for column in shown), _LINES_MAX) + 8


def _row_height(columns: Sequence[Column], row: Sequence[Entry]) -> float:
    """Points that wrapped texts need; 0 when the ordinary height will do."""
    lines = 1
    for column, entry in zip(columns, row, strict=True):
        if column.kind in {"prose", "typed"}:
            value = entry.value if isinstance(entry, Cell) else entry
            if isinstance(value, str) and (len(value) > column.width * 0.9 or "\n" in value):
                lines = max(lines, sum(_wrapped(part, column.width) for part in value.split("\n")))
    return _LINE_PT * lines + 3 if lines > 1 else 0.0


def _wrapped(text: str, width: float) -> int:
    """Lines that a text fills when words wrap at a width in characters."""
    lines, used = 1, 0.0
    for word in text.split():
        needed = len(word) * _BOLD
        if used and used + 1 + needed > width:
            lines, used = lines + 1, needed
        else:
            used += needed + (1 if used else 0)
    return lines


def _header(target: Any, text: str, note: str) -> Any:  # noqa: ANN401
    cell = WriteOnlyCell(target, value=clean(text))
    cell.data_type = "s"
    cell.font, cell.fill = style.HEADER_FONT, style.HEADER_FILL
    cell.alignment, cell.border = style.HEADER_ALIGNMENT, style.HEADER_BORDER
    if note:
        cell.comment = Comment(note, "carnet", width=320, height=120)
    return cell


def _add_table(target: Any, sheet: Sheet, number: int, written: int) -> None:  # noqa: ANN401
    """A native table; an empty one keeps a blank row, which Excel requires."""
    last = get_column_letter(len(sheet.columns))
    table = Table(id=number, displayName=sheet.table, name=sheet.table, ref=f"A1:{last}{max(written, 1) + 1}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    table._initialise_columns()  # type: ignore[attr-defined]
    for column, described in zip(table.tableColumns, sheet.columns, strict=True):
        column.name = clean(described.header)
    target._tables.add(table)  # add_table would warn that it cannot see the header


def _add_drop_down(target: Any, drop_down: DropDown, lists: _ListSheet) -> None:  # noqa: ANN401
    """A list that proposes and never forbids."""
    validation = DataValidation(type="list", formula1=lists.reference(drop_down.options), allow_blank=True)
    validation.showErrorMessage = False
    if drop_down.prompt:
        validation.showInputMessage = True
        validation.prompt = drop_down.prompt[:255]
    letter = get_column_letter(drop_down.column + 1)
    for first, last in _runs(drop_down.rows):
        validation.add(f"{letter}{first + 2}:{letter}{last + 2}")
    target.data_validations.append(validation)


def _runs(rows: Iterable[int]) -> Iterable[tuple[int, int]]:
    """Consecutive rows as (first, last)."""
    start = previous = None
    for row in sorted(rows):
        if previous is None or row != previous + 1:
            if start is not None and previous is not None:
                yield start, previous
            start = row
        previous = row
    if start is not None and previous is not None:
        yield start, previous


class _ListSheet:
    """The hidden sheet of proposed answers: labels hold commas, which a list in place cannot."""

    def __init__(self) -> None:
        self._lists: dict[tuple[str, ...], int] = {}

    def reference(self, options: tuple[str, ...]) -> str:
        """The range that will hold these options."""
        letter = get_column_letter(self._lists.setdefault(options, len(self._lists) + 1))
        return f"{LISTS}!${letter}$1:${letter}${len(options)}"

    def write(self, book: Workbook) -> None:
        """Write the lists, one a column; nothing when there is none."""
        if not self._lists:
            return
        target = book.create_sheet(LISTS)
        target.sheet_state = "hidden"
        for row in range(max(map(len, self._lists))):
            target.append([_text(target, options[row] if row < len(options) else None) for options in self._lists])


def _text(target: Any, value: str | None) -> Any:  # noqa: ANN401
    cell = WriteOnlyCell(target)
    put(cell, value)
    return cell


class _Placed(Image):
    """An image already encoded, anchored in its cell at its own size."""

    def __init__(self, picture: Picture) -> None:
        self.content = picture.content
        self.format = picture.format
        self.width, self.height = picture.width_px, picture.height_px
        marker = AnchorMarker(col=picture.column, row=picture.row + 1, colOff=_PAD_EMU, rowOff=_PAD_EMU)
        size = XDRPositiveSize2D(self.width * _EMU_PER_PX, self.height * _EMU_PER_PX)
        self.anchor = OneCellAnchor(_from=marker, ext=size)

    def _data(self) -> bytes:
        return self.content
