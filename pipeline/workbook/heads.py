"""What a sheet and a board share: the heads of columns, native tables, pages that print well."""

from __future__ import annotations

from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table, TableStyleInfo

from pipeline.workbook import style
from pipeline.workbook.cells import clean
from pipeline.workbook.sheet import Column

PRINTED_PT = (784.0, 509.0)
"""Width and height of what a landscape A4 page prints, within its margins."""
_BOLD = 1.08  # width of a bold character over that of a digit


def header_cell(target: Any, text: str, note: str = "") -> Any:  # noqa: ANN401 - openpyxl is untyped here
    """The head of a column, with a note shown when the pointer rests on it."""
    cell = WriteOnlyCell(target, value=clean(text))
    cell.data_type = "s"
    cell.font, cell.fill = style.HEADER_FONT, style.HEADER_FILL
    cell.alignment, cell.border = style.HEADER_ALIGNMENT, style.HEADER_BORDER
    if note:
        cell.comment = Comment(note, "carnet", width=320, height=120)
    return cell


def add_table(
    target: Any,  # noqa: ANN401
    name: str,
    number: int,
    columns: tuple[Column, ...],
    *,
    top: int,
    rows: int,
    filters: bool = True,
) -> None:
    """A native table whose header is on line ``top``; an empty one keeps a blank row, which Excel requires."""
    last = get_column_letter(len(columns))
    table = Table(id=number, displayName=name, name=name, ref=f"A{top}:{last}{top + max(rows, 1)}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    table._initialise_columns()  # type: ignore[attr-defined]
    for column, described in zip(table.tableColumns, columns, strict=True):
        column.name = clean(described.header)
    if not filters:
        table.autoFilter = None
    target._tables.add(table)  # add_table would warn that it cannot see the header


def wrapped_lines(text: str, width: float) -> int:
    """Lines that a text fills when words wrap at a width in characters."""
    lines, used = 1, 0.0
    for word in text.split():
        needed = len(word) * _BOLD
        if used and used + 1 + needed > width:
            lines, used = lines + 1, needed
        else:
            used += needed + (1 if used else 0)
    return lines


def set_paper(target: Any, *, pages_wide: int) -> None:  # noqa: ANN401
    """Landscape A4 with the name of the sheet and the page below."""
    target.sheet_view.showGridLines = False
    target.sheet_properties.pageSetUpPr.fitToPage = True
    setup = target.page_setup
    setup.orientation, setup.paperSize = "landscape", 9
    setup.fitToWidth, setup.fitToHeight = pages_wide, 0
    margins = target.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.footer = 0.5, 0.7, 0.35
    target.oddFooter.left.text = "&A"
    target.oddFooter.right.text = "&P / &N"
