"""Sheets into one ``.xlsx`` file, streamed: memory does not grow with the rows."""

from __future__ import annotations

import datetime
import math
import shutil
import zipfile
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.drawing.image import Image
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.constants import ARC_APP

from pipeline.workbook.boards import board_cells, write_board
from pipeline.workbook.cells import put
from pipeline.workbook.heads import add_table, header_cell, set_paper, wrapped_lines
from pipeline.workbook.prose import write_prose
from pipeline.workbook.rows import RowWriter, sheet_body, write_cells
from pipeline.workbook.sheet import Board, Cell, Column, DropDown, Entry, Picture, Prose, Sheet
from pipeline.workbook.traces import SheetTrace, Trace, page_trace, plain_value, trace_of

_ALT_TEXT = "Image de la réponse sur le papier"
ROWS_MAX = 1_048_576  # of one Excel sheet, header included
LISTS = "Listes"
_PAGE_WIDTH = 170  # characters that stay readable across one landscape A4 page
_PAGE_WIDEST = 220  # and in small print, rather than cut a row in two
_NAMES_MAX = 0.4  # share of a page that what names its rows may take
_WORD_MAX = 26  # characters of a header beyond which a word may break
_BOLD = 1.08  # width of a bold character over that of a digit
_LINE_PT = 13.5
_LINES_MAX = 8
_HEIGHT_MAX = 409.0  # points of one Excel row
_PAD_EMU = 30_000
_EMU_PER_PX = 9_525


def write_workbook(
    path: Path,
    sheets: Sequence[Sheet | Prose | Board],
    *,
    made_at: datetime.datetime,
    title: str,
    rows_max: int = ROWS_MAX,
) -> Trace:
    """Write the sheets in order; rows beyond ``rows_max`` (header included) are left out.

    Return what was written, to tell later what people changed.
    """
    book = Workbook(write_only=True)
    book.properties.creator = "carnet"
    book.properties.title = title
    book.properties.created = book.properties.modified = made_at
    lists = _ListSheet()
    traces: dict[str, SheetTrace] = {}
    for number, sheet in enumerate(sheets, start=1):
        target = book.create_sheet(sheet.name)
        if isinstance(sheet, Prose):
            write_prose(target, sheet)
            traces[sheet.name] = page_trace((line.left, line.right) for line in sheet.lines)
        elif isinstance(sheet, Board):
            write_board(target, sheet, first_table=number * 100)
            traces[sheet.name] = page_trace(board_cells(sheet))
        else:
            traces[sheet.name] = _write_sheet(target, sheet, number, lists, rows_max)
    lists.write(book)
    with _Archive(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        archive.stamp = made_at.timetuple()[:6]
        ExcelWriter(book, archive).save()
    return Trace(sheets=traces).sealed(path)


class _Archive(zipfile.ZipFile):
    """The parts of a workbook, all of one date: the same content gives the same bytes.

    It does not pass for Excel's own: LibreOffice would trust « non calculé » and not recalculate.
    """

    stamp: tuple[int, ...] = (1980, 1, 1, 0, 0, 0)

    def writestr(self, zinfo_or_arcname: Any, data: Any, *more: Any, **named: Any) -> None:  # noqa: ANN401
        """Write one part from memory."""
        name = zinfo_or_arcname
        if name == ARC_APP:
            data = (data if isinstance(data, bytes) else data.encode()).replace(b"Microsoft Excel", b"carnet")
        if isinstance(name, str) and name.startswith("xl/drawings/drawing"):
            data = data if isinstance(data, bytes) else data.encode()
            data = data.replace(b'descr="Picture"', f'descr="{_ALT_TEXT}"'.encode())
        part = zipfile.ZipInfo(name, self.stamp) if isinstance(name, str) else name  # type: ignore[arg-type]
        part.compress_type = zipfile.ZIP_DEFLATED
        super().writestr(part, data, *more, **named)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:  # noqa: ANN401
        """Write one part from a file."""
        part = zipfile.ZipInfo(str(arcname or filename).lstrip("/"), self.stamp)  # type: ignore[arg-type]
        part.compress_type = zipfile.ZIP_DEFLATED
        with Path(filename).open("rb") as source, self.open(part, "w", force_zip64=True) as target:
            shutil.copyfileobj(source, target, 1 << 20)


def _write_sheet(target: Any, sheet: Sheet, number: int, lists: _ListSheet, rows_max: int) -> SheetTrace:  # noqa: ANN401
    """One table with everything around it."""
    _set_page(target, sheet)
    writer = RowWriter(target, sheet.columns, first=2)
    trace, watched = trace_of(sheet.columns, sheet.key, sheet.added)
    written = 0
    with sheet_body(target) as xf:
        write_cells(target, xf, [header_cell(target, column.header, column.note) for column in sheet.columns], 1)
        for entries in islice(sheet.rows, rows_max - 1):
            height = max(sheet.heights.get(written, 0.0), _row_height(sheet.columns, entries))
            writer.write(xf, entries, height=min(height, _HEIGHT_MAX))
            if sheet.key:
                trace.add(plain_value(entries[place]) for place in watched)
            written += 1
    if sheet.table:
        add_table(target, sheet.table, number, sheet.columns, top=1, rows=written)
    for drop_down in sheet.drop_downs:
        _add_drop_down(target, drop_down, lists)
    for picture in sheet.pictures:
        target.add_image(_Placed(picture))
    return trace


def _set_page(target: Any, sheet: Sheet) -> None:  # noqa: ANN401
    """Widths, frozen header, landscape A4 with the header repeated."""
    for index, column in enumerate(sheet.columns, start=1):
        dimension = target.column_dimensions[get_column_letter(index)]
        dimension.width = _width(column)
        if column.level:
            dimension.outlineLevel, dimension.hidden = column.level, True
    target.row_dimensions[1].height = _header_height(sheet)
    target.freeze_panes = f"{get_column_letter(sheet.frozen + 1)}2"
    target.sheet_view.zoomScale = 100
    target.sheet_properties.outlinePr.summaryRight = False
    target.print_title_rows = "1:1"
    pages = _pages_wide(sheet)
    set_paper(target, pages_wide=pages)
    if pages > 1:
        target.print_title_cols = f"A:{get_column_letter(_named(sheet))}"


def _named(sheet: Sheet) -> int:
    """Columns that say, on every printed page, which row is which."""
    return max(1, sheet.named or sheet.frozen)


def _pages_wide(sheet: Sheet) -> int:
    """Printed pages side by side, each with the columns that name the rows."""
    shown = [0.0 if column.level else _width(column) for column in sheet.columns]
    names = sum(shown[: _named(sheet)])
    if sum(shown) <= _PAGE_WIDEST:
        return 1
    page = _PAGE_WIDTH if names <= _NAMES_MAX * _PAGE_WIDTH else _PAGE_WIDEST
    return max(1, math.ceil((sum(shown) - names) / max(page - names, 1)))


def _width(column: Column) -> float:
    """The asked width, or what the longest word of the header needs beside its filter button."""
    longest = max((len(word) for word in column.header.split()), default=0)
    return max(column.width, min(longest * _BOLD + 2.5, _WORD_MAX))


def _header_height(sheet: Sheet) -> float:
    """Points that the longest wrapped header needs."""
    shown = [column for column in sheet.columns if not column.level] or list(sheet.columns)
    return _LINE_PT * min(max(wrapped_lines(column.header, _width(column) - 2.5) for column in shown), _LINES_MAX) + 8


def _row_height(columns: Sequence[Column], row: Sequence[Entry]) -> float:
    """Points that wrapped texts need; 0 when the ordinary height will do."""
    lines = 1
    for column, entry in zip(columns, row, strict=True):
        if column.kind in {"prose", "typed"}:
            value = entry.value if isinstance(entry, Cell) else entry
            if isinstance(value, str) and (len(value) > column.width * 0.9 or "\n" in value):
                lines = max(lines, sum(wrapped_lines(part, column.width) for part in value.split("\n")))
    return _LINE_PT * lines + 3 if lines > 1 else 0.0


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
