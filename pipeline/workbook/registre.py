"""``registre.xlsx``: one row per printed carnet, in which staff note hand-out and return.

Rows are added under what is there and nothing else is touched: columns are found by
their heading wherever they were moved to, and what people typed (further columns, rows,
sheets, comments) goes back into the file as it was.  What this program cannot write back,
such as a chart, is kept in a copy beside.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import InputError, OutputError
from pipeline.model.identity import parse_carnet_number
from pipeline.model.result import RegisterEntry
from pipeline.workbook.files import require_closed, write_whole
from pipeline.workbook.grid import (
    COUNT,
    DATE,
    Column,
    Grid,
    as_typed,
    copy_beside,
    empty_book,
    find_grid,
    is_poorer,
    load_book,
    open_grid,
    saved_bytes,
)
from pipeline.workbook.reader import plain
from pipeline.workbook.sheet import Value

FILE_NAME = "registre.xlsx"
_FRENCH_DAY = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{2}|\d{4})")


_REGISTRE = (
    Column(heading="Numéro", width=15),
    Column(heading="Forme", width=10),
    Column(heading="Version", width=9),
    Column(heading="Variante", width=15),
    Column(heading="Lot", width=16),
    Column(heading="Canal", width=20),
    Column(heading="Public", width=9),
    Column(heading="Imprimé le", width=12, number_format=DATE),
    Column(heading="Remis le", width=12, number_format=DATE, typed=True),
    Column(heading="Rendu le", width=12, number_format=DATE, typed=True),
    Column(heading="Remarque", width=44, typed=True),
)
_LOTS = (
    Column(heading="Lot", width=24),
    Column(heading="Imprimés", width=11, number_format=COUNT),
    Column(heading="Remis", width=11, number_format=COUNT, typed=True),
    Column(heading="Rendus", width=11, number_format=COUNT, typed=True),
    Column(heading="Remarque", width=60, typed=True),
)
_VARIANTS = {"gros_caracteres": "gros caractères"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LotEntry:
    """One row of the sheet Lots; a count is None where nothing countable was typed."""

    lot: str
    printed: int | None
    handed_out: int | None
    returned: int | None
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadCell:
    """A cell whose content is not what its column holds: a number, a day, a count."""

    sheet: str
    line: int
    heading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registre:
    """What ``registre.xlsx`` says.

    Days are in ISO form; a day typed in another way is kept as typed, and named in
    ``unread``.
    """

    entries: tuple[RegisterEntry, ...] = ()
    lots: tuple[LotEntry, ...] = ()
    unread: tuple[UnreadCell, ...] = ()


def read_registre(path: Path) -> Registre:
    """The register as staff left it; empty when the file does not exist.

    Raises ``InputError`` when it is no workbook.
    """
    if not path.exists():
        return Registre()
    book, _ = load_book(path, InputError, values=True)
    unread: list[UnreadCell] = []
    return Registre(
        entries=tuple(_read_entries(find_grid(book, "Registre", _REGISTRE), unread)),
        lots=tuple(_read_lots(find_grid(book, "Lots", _LOTS), unread)),
        unread=tuple(unread),
    )


def check_registre(path: Path) -> None:
    """Raise ``OutputError`` when :func:`add_to_registre` could not do its work now."""
    require_closed(path)
    if path.exists():
        book, _ = load_book(path, OutputError)
        open_grid(book, "Registre", _REGISTRE)
        open_grid(book, "Lots", _LOTS)


def add_to_registre(path: Path, entries: Iterable[RegisterEntry], no_carnets: Container[str] = ()) -> Path | None:
    """Add a row for every entry whose number the register does not have yet.

    ``no_carnets``: forms whose sheets bear numbers of their own and are counted in no lot.

    The file is made when missing and replaced in one step.  Returns the copy kept beside
    when the file held something that cannot be written back.  Raises ``OutputError``, the
    file untouched, when it is open elsewhere, unreadable or not writable.
    """
    require_closed(path)
    book, understood = load_book(path, OutputError) if path.exists() else (empty_book(), True)
    before = path.read_bytes() if path.exists() else b""
    registre, lots = open_grid(book, "Registre", _REGISTRE), open_grid(book, "Lots", _LOTS)
    known = {parse_carnet_number(as_typed(row[registre.at["numero"]].value)) for _, row in registre.rows()}
    added = [entry for entry in entries if entry.carnet not in known]
    if not added and before:
        return None
    for entry in added:
        registre.append(_row_of(entry))
    _count_lots(lots, Counter(entry.lot for entry in added if entry.lot and entry.form not in no_carnets))
    registre.finish()
    lots.finish()
    after = saved_bytes(book)
    kept = copy_beside(path) if before and (not understood or is_poorer(after, before)) else None
    write_whole(path, lambda beside: _put(beside, after))
    return kept


def _put(path: Path, content: bytes) -> None:
    """Fill a file."""
    path.write_bytes(content)


def _row_of(entry: RegisterEntry) -> dict[str, Value]:
    """One entry by heading."""
    return {
        "Numéro": entry.carnet,
        "Forme": entry.form,
        "Version": entry.version,
        "Variante": _VARIANTS.get(entry.variant, entry.variant),
        "Lot": entry.lot,
        "Canal": entry.canal,
        "Public": entry.public,
        "Imprimé le": _as_day(entry.printed_on),
        "Remis le": _as_day(entry.remis_le),
        "Rendu le": _as_day(entry.rendu_le),
        "Remarque": entry.remarque,
    }


def _count_lots(lots: Grid, printed: Counter[str]) -> None:
    """Add to the count of printed carnets of each lot; a count corrected by hand is added to, too."""
    if "imprimes" in lots.at:
        for _, row in lots.rows():
            count = printed.pop(as_typed(row[lots.at["lot"]].value), 0)
            cell = row[lots.at["imprimes"]]
            if count and (cell.value is None or isinstance(cell.value, int)):
                cell.value = (cell.value or 0) + count
    for lot, count in sorted(printed.items()):
        lots.append({"Lot": lot, "Imprimés": count})


def _read_entries(grid: Grid | None, unread: list[UnreadCell]) -> Iterable[RegisterEntry]:
    """The rows of the sheet Registre that bear a carnet number."""
    if grid is None:
        return
    for line, row in grid.rows():
        text = _texts(grid, row, as_typed)
        carnet = parse_carnet_number(text["Numéro"])
        if carnet is None:
            if text["Numéro"]:
                unread.append(UnreadCell(sheet="Registre", line=line, heading="Numéro"))
            continue
        days = _texts(grid, row, _iso_text)
        for heading in ("Imprimé le", "Remis le", "Rendu le"):
            if days[heading] and not _is_iso(days[heading]):
                unread.append(UnreadCell(sheet="Registre", line=line, heading=heading))
        yield RegisterEntry(
            carnet=carnet,
            form=text["Forme"],
            version=text["Version"],
            variant=plain(text["Variante"]).replace(" ", "_"),
            printed_on=days["Imprimé le"],
            lot=text["Lot"],
            canal=text["Canal"],
            public=text["Public"],
            remis_le=days["Remis le"],
            rendu_le=days["Rendu le"],
            remarque=text["Remarque"],
        )


def _read_lots(grid: Grid | None, unread: list[UnreadCell]) -> Iterable[LotEntry]:
    """The rows of the sheet Lots that name a lot."""
    if grid is None:
        return
    for line, row in grid.rows():
        text = _texts(grid, row, as_typed)
        if not text["Lot"]:
            continue
        counts = {heading: _as_count(text[heading]) for heading in ("Imprimés", "Remis", "Rendus")}
        unread += [
            UnreadCell(sheet="Lots", line=line, heading=heading)
            for heading, count in counts.items()
            if count is None and text[heading]
        ]
        yield LotEntry(
            lot=text["Lot"],
            printed=counts["Imprimés"],
            handed_out=counts["Remis"],
            returned=counts["Rendus"],
            remark=text["Remarque"],
        )


def _texts(grid: Grid, row: Any, reading: Callable[[object], str]) -> dict[str, str]:  # noqa: ANN401
    """Every column of a row by its own heading, empty where staff took the column away."""
    places = {column.heading: grid.at.get(plain(column.heading)) for column in grid.columns}
    return {heading: "" if place is None else reading(row[place].value) for heading, place in places.items()}


def _iso_text(value: object) -> str:
    """A cell that should hold a day, in ISO form where it does."""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    text = as_typed(value)
    match = _FRENCH_DAY.fullmatch(text)
    if match is None:
        return text
    day, month, year = (int(part) for part in match.groups())
    try:
        return datetime.date(year + 2000 if year < 100 else year, month, day).isoformat()
    except ValueError:
        return text


def _is_iso(text: str) -> bool:
    """Whether a text is a day in ISO form."""
    return isinstance(_as_day(text), datetime.date)


def _as_day(text: str) -> datetime.date | str:
    """A day in ISO form as a date, anything else as it is."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return text


def _as_count(text: str) -> int | None:
    """A whole number, or None."""
    return int(text) if text.isascii() and text.isdigit() else None
