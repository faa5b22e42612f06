"""Sheets that people also edit: opened, added to under what is there, written back whole.

Columns are found by their heading wherever they were moved to, and nothing else is
touched.
"""

from __future__ import annotations

import io
import re
import shutil
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.table import Table, TableStyleInfo

from pipeline.errors import CarnetError, OutputError, system_reason
from pipeline.workbook import style
from pipeline.workbook.cells import put
from pipeline.workbook.reader import HEADER_WITHIN, plain
from pipeline.workbook.sheet import Value

TEXT, DATE, COUNT = "@", "dd/mm/yyyy", "0"
_FRAGILE = re.compile(r"xl/(charts|drawings/drawing|threadedComments|slicers|ctrlProps|embeddings|diagrams)")
"""Parts of a workbook that may be lost when it is written back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column as this program makes it; ``typed`` ones are filled in by staff."""

    heading: str
    width: float
    number_format: str = TEXT
    typed: bool = False


class Grid:
    """A sheet with one line of headings, whatever stands around it."""

    def __init__(self, sheet: Any, header: int, columns: Sequence[Column]) -> None:  # noqa: ANN401
        self.sheet = sheet
        self.header = header
        self.columns = columns
        self.at: dict[str, int] = {}
        for cell in sheet[header]:
            self.at.setdefault(plain(as_typed(cell.value)), cell.column - 1)
        # Only cells that exist: a sheet formatted to its last row would take minutes otherwise.
        used = (line for (line, _), cell in sheet._cells.items() if cell.value is not None or cell.comment)
        self.last = max(header, max(used, default=header))

    def rows(self) -> Iterable[tuple[int, Any]]:
        """Line and cells of every row under the headings."""
        if self.last > self.header:  # asked for one by one, every row would measure the whole sheet again
            found = self.sheet.iter_rows(min_row=self.header + 1, max_row=self.last)
            yield from enumerate(found, start=self.header + 1)

    def append(self, values: Mapping[str, Value]) -> None:
        """Add a row under the last one used; a column that staff took away is left out."""
        self.last += 1
        for column in self.columns:
            place = self.at.get(plain(column.heading))
            if place is None:
                continue
            cell = self.sheet.cell(row=self.last, column=place + 1)
            if cell.value is None and values.get(column.heading) not in (None, ""):
                put(cell, values.get(column.heading))
            _dress(cell, column)

    def finish(self) -> None:
        """Stretch the table, if it is one, over the rows added."""
        for table in self.sheet.tables.values():
            left, top, right, bottom = (edge or 0 for edge in range_boundaries(table.ref))
            if top == self.header and bottom < self.last:
                table.ref = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{self.last}"
                table.totalsRowCount = None
                if table.autoFilter is not None:
                    table.autoFilter.ref = table.ref


def load_book(path: Path, error: type[CarnetError], *, values: bool = False) -> tuple[Any, bool]:
    """The workbook, and whether all of it was understood; ``values`` asks for results instead of formulas."""
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            book = load_workbook(io.BytesIO(path.read_bytes()), rich_text=not values, data_only=values)
    except Exception as cause:  # openpyxl raises a dozen kinds on a damaged or foreign file
        raise error(
            f"« {path} » ne peut pas être lu comme un classeur ({type(cause).__name__}). Rien n’a été changé. "
            "Ouvrez-le dans Excel pour le réparer, ou renommez-le : le registre sera refait à partir de la base.",
            file=str(path),
        ) from cause
    return book, not told


def saved_bytes(book: Any) -> bytes:  # noqa: ANN401
    """A workbook as the bytes of its file."""
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def is_poorer(after: bytes, before: bytes) -> bool:
    """Whether drawings, charts or the like of a workbook are missing once it is written back."""
    return bool(_fragile_parts(before) - _fragile_parts(after))


def _fragile_parts(data: bytes) -> Counter[str]:
    """How many parts of each fragile kind a workbook has."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return Counter(match[1] for name in parts.namelist() if (match := _FRAGILE.match(name)))


def find_grid(book: Any, name: str, columns: Sequence[Column]) -> Grid | None:  # noqa: ANN401
    """The sheet of that name, or else one that has the same first columns, with its line of headings."""
    wanted = {plain(column.heading) for column in columns[:2]}
    sheets = sorted(book.worksheets, key=lambda sheet: sheet.title != name)
    for sheet in sheets:
        for line in range(1, min(sheet.max_row, HEADER_WITHIN) + 1):
            if wanted <= {plain(as_typed(cell.value)) for cell in sheet[line]}:
                return Grid(sheet, line, columns)
    return None


def open_grid(book: Any, name: str, columns: Sequence[Column]) -> Grid:  # noqa: ANN401
    """The sheet to write in, made when it is missing."""
    found = find_grid(book, name, columns)
    if found is not None:
        return found
    if name in book.sheetnames:
        names = " et ".join(f"« {column.heading} »" for column in columns[:2])
        raise OutputError(
            f"Le registre a changé : la feuille « {name} » n’a plus les colonnes {names}. Remettez ces titres, ou "
            "renommez la feuille pour qu’une nouvelle soit faite.",
            sheet=name,
        )
    sheet = book.create_sheet(name)
    _make(sheet, name, columns)
    return Grid(sheet, 1, columns)


def empty_book() -> Any:  # noqa: ANN401 - openpyxl is untyped here
    """A workbook without any sheet yet."""
    book: Any = Workbook()
    book.remove(book.active)
    book.properties.creator = "carnet"
    book.properties.title = "Registre des carnets"
    return book


def _make(sheet: Any, name: str, columns: Sequence[Column]) -> None:  # noqa: ANN401
    """Headings, widths, a table, a frozen header and a page that prints well."""
    for place, column in enumerate(columns, start=1):
        cell = sheet.cell(row=1, column=place)
        put(cell, column.heading)
        cell.font, cell.alignment, cell.border = style.HEADER_FONT, style.HEADER_ALIGNMENT, style.HEADER_BORDER
        cell.fill = style.TYPED_FILL if column.typed else style.HEADER_FILL
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.row_dimensions[1].height = 24
    table = Table(displayName=f"t_{name.lower()}", ref=f"A1:{get_column_letter(len(columns))}2")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    sheet.add_table(table)
    sheet.freeze_panes = "B2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.oddFooter.center.text = "&P / &N"


def _dress(cell: Any, column: Column) -> None:  # noqa: ANN401
    """The look of one cell of a row added."""
    cell.font, cell.border, cell.number_format = style.BODY_FONT, style.BODY_BORDER, column.number_format
    cell.alignment = style.alignment("date" if column.number_format == DATE else "text")


def copy_beside(path: Path) -> Path:
    """A copy of the file as it was, under a name that is free."""
    number = 1
    while (kept := path.with_name(f"{path.stem}-copie-{number}{path.suffix}")).exists():
        number += 1
    try:
        shutil.copyfile(path, kept)
    except OSError as error:
        raise OutputError(f"« {kept} » ne peut pas être écrit ({system_reason(error)}).", file=str(kept)) from error
    return kept


def as_typed(value: object) -> str:
    """A cell as trimmed text; whole numbers without decimals."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())
