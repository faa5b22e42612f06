"""What was written in a workbook, so that what people changed since can be told apart.

A trace holds, for each sheet, its headers and a sum over its rows that does not depend on
their order: people sort and filter.  Columns to fill in and formulas are left out of it.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipeline.workbook.cells import clean
from pipeline.workbook.parts import fragile_parts
from pipeline.workbook.sheet import Cell, Column, Entry, Formula

_EPOCH = datetime.date(1899, 12, 30)
_MODULUS = 1 << 64
FREE_KINDS = ("typed", "picture")
UNWATCHED = -1
"""Digest of a table whose rows nothing names: nothing is carried over from it."""


@dataclass(slots=True, kw_only=True)
class SheetTrace:
    """One sheet as written.  ``free`` headers may hold anything; ``key`` ones name a row."""

    headers: list[str] = field(default_factory=list)
    free: list[str] = field(default_factory=list)
    key: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    digest: int = 0

    def add(self, values: Iterable[object]) -> None:
        """One row, its free columns left out."""
        self.digest = (self.digest + row_digest(values)) % _MODULUS


@dataclass(slots=True, kw_only=True)
class Trace:
    """One workbook as written: its sheets, its pictures and charts, and the bytes of its file."""

    sheets: dict[str, SheetTrace] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)
    sha256: str = ""

    def sealed(self, path: Path) -> Trace:
        """The trace with what only the finished file tells."""
        data = path.read_bytes()
        return Trace(sheets=self.sheets, parts=dict(fragile_parts(data)), sha256=hashlib.sha256(data).hexdigest())

    def dumped(self) -> str:
        """As text."""
        return json.dumps(asdict(self))

    @classmethod
    def loaded(cls, text: str) -> Trace:
        """The inverse of ``dumped``."""
        plain = json.loads(text)
        sheets = {name: SheetTrace(**sheet) for name, sheet in plain["sheets"].items()}
        return cls(sheets=sheets, parts=plain["parts"], sha256=plain["sha256"])

    def more_parts(self, data: bytes) -> list[str]:
        """Kinds of pictures, charts, comments and the like of which a file holds more than was written."""
        now = Counter(fragile_parts(data))
        return sorted(kind for kind, count in now.items() if count > self.parts.get(kind, 0))


def row_digest(values: Iterable[object]) -> int:
    """A number for a row; equal for the same values however a program spells them."""
    text = "\x1f".join(map(canonical, values))
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def canonical(value: object) -> str:
    """A cell as text, the same before and after a spreadsheet program has saved it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, datetime.datetime):
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return f"{(value.date() - _EPOCH).days + seconds / 86_400:.6g}"
    if isinstance(value, datetime.date):
        return f"{(value - _EPOCH).days:.10g}"
    return f"{value:.10g}" if isinstance(value, int | float) else str(value)


def plain_value(entry: Entry) -> object:
    """What a cell will hold for whoever opens the file."""
    value = entry.value if isinstance(entry, Cell) else entry
    if isinstance(value, Formula):
        return None
    return clean(value) if isinstance(value, str) else value


def trace_of(columns: Sequence[Column], key: Sequence[str], added: Sequence[str]) -> tuple[SheetTrace, list[int]]:
    """An empty trace of a table, and the places of its columns that nobody but the program fills."""
    free = [column.header for column in columns if column.kind in FREE_KINDS or column.live]
    trace = SheetTrace(
        headers=[column.header for column in columns],
        free=free,
        key=list(key),
        added=list(added),
        digest=0 if key else UNWATCHED,
    )
    return trace, [place for place, column in enumerate(columns) if column.header not in free]


def page_trace(rows: Iterable[Sequence[object]]) -> SheetTrace:
    """The trace of a sheet to read, from the filled cells of its rows."""
    trace = SheetTrace()
    for row in rows:
        filled = [value for value in row if value not in (None, "")]
        if filled:
            trace.add(filled)
    return trace
