"""Tables that people bring: the first sheet of an .xlsx workbook, or a .csv file.

A table keeps the line number of every row, so that a row which cannot be used is named
by the number that its owner sees in Excel.
"""

from __future__ import annotations

import csv
import datetime
import io
import unicodedata
import zipfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from pipeline.errors import InputError, system_reason

HEADER_WITHIN = 20
"""Lines above which a title and remarks may stand before the headings."""
_SEPARATORS = ";,\t"
_OLE = b"\xd0\xcf\x11\xe0"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_EXCEL_ROWS_MAX = 100_000
Row = tuple[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row: its line in the file and its cells as text, one for each column."""

    line: int
    cells: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether every cell is empty."""
        return not any(self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Headings as typed, and the rows under them down to the last one with content."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


def plain(heading: str) -> str:
    """A heading without case, accents, punctuation or superfluous spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", heading) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare.casefold()).split())


def read_table(path: Path, known: Collection[str] = ()) -> Table:
    """The table of a file, its cells as trimmed text (dates in ISO form, whole numbers without decimals).

    The headings are the first line that holds one of ``known`` (as :func:`plain` gives
    them), or else the first line with content.  Raises ``InputError`` when the file is
    missing, of another kind, damaged, protected by a password, or holds no table.
    """
    if not path.is_file():
        what = "est un dossier" if path.is_dir() else "n’existe pas"
        raise InputError(f"« {path} » {what}. Donnez le chemin d’un fichier .xlsx ou .csv.", file=str(path))
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"« {path} » ne peut pas être ouvert ({system_reason(error)}).", file=str(path)) from error
    if not data.strip():
        raise InputError(f"« {path} » est vide. Donnez un fichier avec une ligne de titres.", file=str(path))
    lines = [row for row in _lines(path, data) if any(row[1])]
    if not lines:
        raise InputError(
            f"« {path} » ne contient aucune ligne. Donnez un fichier avec une ligne de titres.", file=str(path)
        )
    return _table(lines, known)


def _table(lines: list[Row], known: Collection[str]) -> Table:
    """Headings and rows; empty lines between rows are kept as empty rows."""
    matches = (
        place for place, (_, cells) in enumerate(lines[:HEADER_WITHIN]) if {plain(c) for c in cells} & set(known)
    )
    header = next(matches, 0)
    first_line, headings = lines[header]
    width = max(len(cells) for _, cells in lines[header:])
    rows = dict(lines[header + 1 :])
    last = max(rows, default=first_line)
    return Table(
        columns=headings + ("",) * (width - len(headings)),
        rows=tuple(
            TableRow(line=line, cells=cells + ("",) * (width - len(cells)))
            for line in range(first_line + 1, last + 1)
            for cells in (rows.get(line, ()),)
        ),
    )


def _lines(path: Path, data: bytes) -> Iterable[Row]:
    """Every line of the file with its number, by what the file is rather than by its name."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        return _workbook_lines(path, data)
    if data.startswith(_OLE):
        raise InputError(
            f"« {path} » est un classeur protégé par un mot de passe ou d’un ancien format (.xls). "
            "Enregistrez-le en .xlsx sans mot de passe, ou en .csv.",
            file=str(path),
        )
    if path.suffix.lower() in {".xlsx", ".xlsm"} or (b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise InputError(
            f"« {path} » n’est pas un classeur Excel lisible : il est abîmé ou d’une autre nature. "
            "Ouvrez-le dans Excel et enregistrez-le de nouveau en .xlsx ou en .csv.",
            file=str(path),
        )
    return _csv_lines(path, data)


def _workbook_lines(path: Path, data: bytes) -> list[Row]:
    """The rows of the first visible sheet with content."""
    try:
        book: Any = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # files of other programs may announce a wrong size
            if sheet.sheet_state == "visible":
                found = [
                    (line, _trimmed(map(_text, cells)))
                    for line, cells in enumerate(sheet.iter_rows(values_only=True, max_row=_EXCEL_ROWS_MAX), start=1)
                ]
                if any(any(cells) for _, cells in found):
                    return found
    except Exception as error:  # openpyxl raises a dozen kinds on a damaged or foreign zip file
        raise InputError(
            f"« {path} » n’est pas un classeur .xlsx lisible ({type(error).__name__}). "
            "Ouvrez-le dans Excel ou LibreOffice et enregistrez-le en .xlsx ou en .csv.",
            file=str(path),
        ) from error
    return []


def _csv_lines(path: Path, data: bytes) -> list[Row]:
    """The rows of a delimited text; a quoted cell may run over several lines."""
    text = _decoded(data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    told = first.lower().startswith("sep=")
    separator = first[4:5] if told else max(_SEPARATORS, key=first.count)
    found: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator or ";")
    start = 1
    try:
        for cells in reader:
            skipped = told and cells and cells[0].lower().startswith("sep")
            found.append((start, () if skipped else _trimmed(cells)))
            start = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"« {path} », ligne {start} : cette ligne ne peut pas être comprise ({error}). "
            "Ouvrez le fichier dans Excel ou LibreOffice et enregistrez-le en .xlsx.",
            file=str(path),
            line=start,
        ) from error
    return found


def _decoded(data: bytes) -> str:
    """Text from bytes: a byte order mark decides, else UTF-8 when it is, else Windows-1252."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _trimmed(cells: Iterable[str]) -> tuple[str, ...]:
    """Cells with composed accents and single spaces, trailing empty ones dropped."""
    found = [" ".join(unicodedata.normalize("NFC", cell).split()) for cell in cells]
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def _text(value: object) -> str:
    """A cell of a workbook as text."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
