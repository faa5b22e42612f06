"""``lectures.csv`` and ``pages.csv``: the machine's files, complete whatever a workbook can hold.

Semicolons, UTF-8 with a byte order mark, a point as decimal sign.  A free text that a
spreadsheet would run as a formula is preceded by one apostrophe; a text that already
begins with apostrophes before such a sign gets one more, so that removing one apostrophe
always gives the text back.
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.consolidate.records import MASKED, kept_pages
from pipeline.model.decision import Outcome, Status
from pipeline.model.result import BalanceRow, Campaign, CarnetRecord, PageRecord
from pipeline.workbook import Cell, Entry, Formula, Sheet

READING_COLUMNS = (
    "carnet_id", "form", "version", "page", "field", "type", "raw", "value", "status", "confidence", "reasons",
    "warnings", "machine_raw", "machine_value", "source_file", "source_page", "image", "box_px",
)  # fmt: skip
PAGE_COLUMNS = (
    "source_file", "source_page", "slot", "disposition", "reason", "carnet_id", "form", "version", "page",
    "rotation_deg", "print_scale", "residual_mm", "sha256",
)  # fmt: skip
_RISKY = re.compile(r"'*[=+\-@\t\r]")


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if _RISKY.match(text) else text


@contextmanager
def readings_file(path: Path) -> Iterator[Callable[[CarnetRecord], None]]:
    """The open file of readings: one row per field of each page placed or in conflict, carnet after carnet."""
    with _table(path, READING_COLUMNS) as writer:

        def add(carnet: CarnetRecord) -> None:
            for page in kept_pages(carnet):
                writer.writerows(_readings(page))

        yield add


def export_readings(campaign: Campaign, path: Path) -> None:
    """The whole file of readings of a campaign."""
    with readings_file(path) as add:
        for carnet in campaign.carnets:
            add(carnet)


def _readings(page: PageRecord) -> Iterator[list[str]]:
    row = page.row
    for outcome in page.outcomes:
        decision = outcome.decision
        if decision.type == MASKED:
            continue
        yield [
            row.carnet_id,
            row.form,
            row.version,
            str(row.page),
            decision.field,
            decision.type,
            safe(outcome.raw),
            safe(outcome.value),
            outcome.status.value,
            _confidence(outcome),
            "|".join(decision.reasons),
            "|".join(decision.warnings),
            safe(decision.raw),
            safe(decision.value),
            safe(row.source_file),
            str(row.source_page),
            row.image,
            ",".join(map(str, page.boxes.get(decision.field, ()))),
        ]


def _confidence(outcome: Outcome) -> str:
    """Probability that ``raw`` is right: a person's word is taken, and giving up leaves none."""
    settled = {Status.VERIFIED: 1.0, Status.ILLEGIBLE: 0.0}
    return f"{settled.get(outcome.status, outcome.decision.confidence):.4f}"


def export_pages(balance: Iterable[BalanceRow], path: Path) -> int:
    """Write one row per page found and per side on which none was; return the number of rows."""
    return _write(path, PAGE_COLUMNS, map(_page, balance))


def _page(row: BalanceRow) -> list[str]:
    return [
        safe(row.source_file),
        str(row.source_page),
        str(row.slot),
        row.disposition.value,
        row.reason,
        row.carnet_id,
        row.form,
        row.version,
        str(row.page) if row.page else "",
        _decimal(row.rotation_deg, 2),
        _decimal(row.print_scale, 4),
        _decimal(row.residual_mm, 3),
        row.sha256,
    ]


def _decimal(number: float | None, places: int) -> str:
    return "" if number is None else f"{number:.{places}f}"


def export_sheet(sheet: Sheet, path: Path) -> int:
    """Write a whole table as CSV: what an Excel sheet cannot hold is still somewhere."""
    rows = ([_plain(entry) for entry in entries] for entries in sheet.rows)
    return _write(path, [column.header for column in sheet.columns], rows)


def _plain(entry: Entry) -> str:
    value = entry.value if isinstance(entry, Cell) else entry.kept if isinstance(entry, Formula) else entry
    if value is None:
        return ""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return safe(value) if isinstance(value, str) else str(value)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """A whole file; return the number of rows."""
    count = 0
    with _table(path, header) as writer:
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


@contextmanager
def _table(path: Path, header: Sequence[str]) -> Iterator[Any]:
    """A CSV file as Excel in France opens it at a double click."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        writer.writerow(header)
        yield writer
