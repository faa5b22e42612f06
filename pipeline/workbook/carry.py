"""What people added to a workbook since it was written: columns of their own, to be carried over.

Anything else that they changed and that a new workbook would lose is named instead, so that
the file is kept as it is.
"""

from __future__ import annotations

import datetime
import hashlib
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from pipeline.workbook.sheet import Cell, Column, Entry, Sheet, Value
from pipeline.workbook.traces import UNWATCHED, SheetTrace, Trace, canonical, row_digest

LISTS = "Listes"
ORPHANS = "NotesGardees"
_NOTE_HEADS = ("Feuille (feuille)", "Ligne d’origine (ligne)", "Colonne (colonne)", "Contenu (contenu)")
_MODULUS = 1 << 64
Key = tuple[str, ...]
Columns = dict[str, dict[str, dict[Key, Value]]]
"""By sheet, header and key of the row."""
Note = tuple[str, str, str, str]
"""Sheet, row, column and text of what stood beside a row that is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Additions:
    """Columns that people added, notes whose rows are gone, and what stands in the way of carrying everything over."""

    columns: Columns = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    lost: tuple[str, ...] = ()


def read_additions(path: Path, trace: Trace | None) -> Additions:
    """What was added since ``trace``; a file without a trace was not written by this program."""
    try:
        data = path.read_bytes()
        unchanged = trace is not None and hashlib.sha256(data).hexdigest() == trace.sha256
        if trace is None:
            return Additions(lost=("ce classeur n’est pas celui que le programme a fait",))
        if unchanged and ORPHANS not in trace.sheets and not any(sheet.added for sheet in trace.sheets.values()):
            return Additions()
        more = [] if unchanged else [f"des {kind} y ont été ajoutés" for kind in trace.more_parts(data)]
        book: Any = load_workbook(path, read_only=True)
    except (OSError, zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        return Additions(lost=(f"il ne peut pas être relu ({error})",))
    try:
        columns: Columns = {}
        lost = list(more)
        notes: tuple[Note, ...] = ()
        for target in book.worksheets:
            known = trace.sheets.get(target.title)
            if known is not None and target.title == ORPHANS:
                notes, why = _notes(target)
                lost += why
            elif known is None and target.title != LISTS:
                lost.append(f"la feuille « {target.title} » a été ajoutée")
            elif known is not None and (not unchanged or known.added):
                found, why = _compared(target, known, unchanged=unchanged)
                columns[target.title] = found
                lost += [f"feuille « {target.title} » : {one}" for one in why]
        kept = {name: found for name, found in columns.items() if found}
        return Additions(columns=kept, notes=notes, lost=tuple(lost))
    finally:
        book.close()


def _notes(target: Any) -> tuple[tuple[Note, ...], list[str]]:  # noqa: ANN401
    """The notes that an earlier workbook kept, which people may have edited or removed; and what else they added."""
    target.reset_dimensions()
    wide = len(_NOTE_HEADS)
    found: list[Note] = []
    more = False
    for row in target.iter_rows(min_row=2, values_only=True):
        sheet, line, column, text = ("" if value is None else str(value) for value in (*row, *[None] * wide)[:wide])
        more = more or any(value is not None for value in row[wide:])
        if sheet or line or column or text:
            found.append((sheet, line, column, text))
    return tuple(found), [f"une colonne a été ajoutée à « {ORPHANS} »"] if more else []


def _compared(
    target: Any,  # noqa: ANN401 - openpyxl is untyped here
    known: SheetTrace,
    *,
    unchanged: bool,
) -> tuple[dict[str, dict[Key, Value]], list[str]]:
    """One sheet: the columns added, and what cannot be carried over."""
    if known.digest == UNWATCHED:
        return {}, []
    target.reset_dimensions()
    if not known.key:
        digest = _sum(row_digest(row) for row in _filled_rows(target))
        return {}, [] if unchanged or digest == known.digest else ["son contenu a été changé"]
    rows = target.iter_rows()
    header = [canonical(cell.value) for cell in next(rows, ())]
    places = {name: place for place, name in reversed(list(enumerate(header)))}
    ours = [canonical(name) for name in known.headers]
    missing = [name for name in ours if name not in places]
    if missing:
        return {}, [f"la colonne « {missing[0]} » a disparu ou changé de titre"]
    free, own = {canonical(name) for name in known.free}, {canonical(name) for name in known.added}
    watched = [places[name] for name in ours if name not in free]
    extra = {place: name for place, name in enumerate(header) if name not in set(ours) or name in own}
    kept = {place for place in range(len(header)) if place not in extra}
    key = [places[canonical(name)] for name in known.key]
    return _read(rows, known, watched, kept, extra, key)


def _read(  # noqa: PLR0917
    rows: Iterator[Any],
    known: SheetTrace,
    watched: Sequence[int],
    ours: Collection[int],
    extra: Mapping[int, str],
    key: Sequence[int],
) -> tuple[dict[str, dict[Key, Value]], list[str]]:
    """Digest and added cells in one go."""
    digest = 0
    found: dict[str, dict[Key, Value]] = {name: {} for name in extra.values() if name}
    why: dict[str, None] = {}
    for row in rows:
        values = [cell.value for cell in row]
        if not any(value is not None for value in values):
            continue
        digest += row_digest(_at(values, place) for place in watched)
        name_of_row = tuple(canonical(_at(values, place)) for place in key)
        for place, value in enumerate(values):
            if value is None or place in ours:
                continue
            title = extra.get(place, "")
            if not title:
                why["une colonne sans titre y a été remplie"] = None
            elif row[place].data_type == "f":
                why[f"la colonne « {title} » contient des formules"] = None
            else:
                found[title][name_of_row] = _kept(value)
    if digest % _MODULUS != known.digest:
        why["des valeurs y ont été changées ou des lignes retirées"] = None
    return found, list(why)


def _at(values: Sequence[Any], place: int) -> Any:  # noqa: ANN401
    return values[place] if place < len(values) else None


def _kept(value: object) -> Value:
    """A cell as Excel holds it."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date()
    return value if isinstance(value, str | int | float | datetime.date) else str(value)


def _filled_rows(target: Any) -> Iterator[list[object]]:  # noqa: ANN401
    """Rows of a sheet without a table, empty cells left out."""
    for row in target.iter_rows(values_only=True):
        kept = [value for value in row if value is not None]
        if kept:
            yield kept


def _sum(digests: Iterator[int]) -> int:
    return sum(digests) % _MODULUS


def merged(first: Columns, second: Columns) -> Columns:
    """Both, the second counting where both hold a cell."""
    found = {sheet: {header: dict(cells) for header, cells in headers.items()} for sheet, headers in first.items()}
    for sheet, headers in second.items():
        for header, cells in headers.items():
            found.setdefault(sheet, {}).setdefault(header, {}).update(cells)
    return found


# Into the new workbook


def with_additions(sheet: Sheet, columns: Mapping[str, Mapping[Key, Value]], orphans: list[list[Entry]]) -> Sheet:
    """A sheet with the columns that people had added at its right; cells whose row is gone join ``orphans``."""
    ours = {canonical(column.header) for column in sheet.columns}
    added = {name: cells for name, cells in columns.items() if name not in ours}
    for name in set(columns) - set(added):  # a column of that name is ours by now
        orphans += _orphans(sheet.name, name, columns[name])
    if not added:
        return sheet
    headers = [canonical(column.header) for column in sheet.columns]
    key = [headers.index(canonical(name)) for name in sheet.key]
    met: set[Key] = set()
    for row in sheet.rows:
        met.add(_key(row, key))
    for name, cells in added.items():
        orphans += _orphans(sheet.name, name, {at: value for at, value in cells.items() if at not in met})
    more = tuple(Column(header=name, kind="typed", width=20) for name in added)
    return Sheet(
        name=sheet.name,
        table=sheet.table,
        columns=(*sheet.columns, *more),
        rows=_Widened(sheet, key, list(added.values())),
        length=sheet.length,
        about=sheet.about,
        frozen=sheet.frozen,
        named=sheet.named,
        drop_downs=sheet.drop_downs,
        pictures=sheet.pictures,
        heights=sheet.heights,
        key=sheet.key,
        added=tuple(added),
    )


def _key(row: Sequence[Entry], places: Sequence[int]) -> Key:
    found = (row[place] for place in places)
    return tuple(canonical(one.value if isinstance(one, Cell) else one) for one in found)


class _Widened:
    """Rows with their added cells, made anew each time they are asked for."""

    def __init__(self, sheet: Sheet, key: Sequence[int], cells: Sequence[Mapping[Key, Value]]) -> None:
        self._sheet, self._key, self._cells = sheet, key, cells

    def __iter__(self) -> Iterator[list[Entry]]:
        for row in self._sheet.rows:
            at = _key(row, self._key)
            yield [*row, *(cells.get(at) for cells in self._cells)]


def _orphans(sheet: str, header: str, cells: Mapping[Key, Value]) -> list[list[Entry]]:
    return [[sheet, " | ".join(at), header, value if value is None else str(value)] for at, value in cells.items()]


def orphan_sheet(rows: list[list[Entry]]) -> Sheet:
    """What people had typed beside rows that are gone."""
    return Sheet(
        name=ORPHANS,
        about="Ce qui était noté à côté de lignes qui n’existent plus.",
        table="t_notesgardees",
        columns=tuple(
            Column(header=head, kind="prose", width=width)
            for head, width in zip(_NOTE_HEADS, (18, 44, 24, 70), strict=True)
        ),
        rows=rows,
        length=len(rows),
        key=_NOTE_HEADS[:3],
    )
