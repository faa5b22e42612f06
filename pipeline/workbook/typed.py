"""What people typed into an earlier workbook, by key: rows may have been sorted or filtered."""

from __future__ import annotations

import datetime
import html
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from pipeline.errors import InputError

Typed = str | int | float | datetime.date | datetime.time | datetime.timedelta
_HELD = (int, float, datetime.date, datetime.time, datetime.timedelta)
Loose = dict[str, tuple[Typed, ...]]
_EDITOR = re.compile(r"<cp:lastModifiedBy>([^<]*)<")


def read_typed(path: Path, sheet: str, key: str, columns: Sequence[str], *, optional: Sequence[str] = ()) -> Loose:
    """What the given columns hold, by the text of the key column; rows without any are left out.

    An empty cell gives an empty text; other values stay as Excel holds them, for it makes
    dates and numbers of what people type.  Columns are found by their header, wherever
    they were moved to.  When a row was copied, the last copy that is filled counts, column
    by column.  ``optional`` columns come last and count as empty where they are gone or
    were not there yet.  Raises ``InputError`` when the file is no workbook, or the sheet
    or one of its columns is gone.
    """
    try:
        book = load_workbook(path, read_only=True)  # a text that begins with = is not lost
    except (OSError, zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise InputError(f"« {path} » ne peut pas être relu ({error}).", file=str(path)) from error
    try:
        if sheet not in book.sheetnames:
            raise InputError(f"« {path} » : la feuille « {sheet} » a disparu.", file=str(path), sheet=sheet)
        return _typed_rows(path, book[sheet], key, (*columns, *optional), set(optional))
    finally:
        book.close()


def last_editor(path: Path) -> str:
    """Who saved the workbook last, as Excel noted it; empty when it did not."""
    try:
        with zipfile.ZipFile(path) as book:
            found = _EDITOR.search(book.read("docProps/core.xml").decode("utf-8", "replace"))
    except (OSError, zipfile.BadZipFile, KeyError):
        return ""
    return html.unescape(found[1]).strip() if found else ""


def _typed_rows(path: Path, sheet: Any, key: str, columns: Sequence[str], optional: set[str]) -> Loose:  # noqa: ANN401
    """The rows under the header that names the key."""
    sheet.reset_dimensions()  # another program may have stored a stale size
    rows = sheet.iter_rows(values_only=True)
    header = _headed([as_text(value) for value in next(rows, ())], (key, *columns))
    missing = [name for name in (key, *columns) if name not in header and name not in optional]
    if missing:
        names = ", ".join(f"« {name} »" for name in missing)
        raise InputError(
            f"« {path} », feuille « {sheet.title} » : colonnes introuvables : {names}.", file=str(path), missing=missing
        )
    at = header.index(key)
    places = [header.index(name) if name in header else len(header) for name in columns]
    found: Loose = {}
    for row in rows:
        values = [_typed(row[place]) if place < len(row) else "" for place in places]
        identity = as_text(row[at]) if at < len(row) else ""
        if any(value != "" for value in values):
            before = found.get(identity, ("",) * len(columns))
            found[identity] = tuple(old if new == "" else new for new, old in zip(values, before, strict=True))
    return found


def _headed(header: list[str], names: Sequence[str]) -> list[str]:
    """The header, with « libellé court (nom) » where an earlier workbook bore the short label alone."""
    bare = {name.rpartition(" (")[0]: name for name in names if name not in header}
    return [bare.get(title, title) for title in header]


def _typed(value: object) -> Typed:
    """A cell as Excel holds it; text without surrounding spaces."""
    if isinstance(value, bool) or not isinstance(value, _HELD):
        return as_text(value)
    return value


def as_text(value: object) -> str:
    """A cell as a person sees it in France: ``12/03/2026``, ``2,5``, ``7``; empty when blank."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime.datetime | datetime.date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M")
    if isinstance(value, datetime.timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:g}".replace(".", ",")
    return "" if value is None else str(value).strip()
