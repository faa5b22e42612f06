"""What names a row of ARelire, whatever way its rows are sorted: never the carnet number."""

from __future__ import annotations

from pipeline.model.result import BalanceRow

VERSION, ALONE, SETTLED = "version", "page", "reglee"
RESCAN = "renumeriser"
Weight = tuple[int, int, int, str, int]
"""What orders the queue: versions −1, pages to scan again 0, fields 1 to 5, exceptions 6, versions settled 7."""

LAST_ASKED = 5


def key(cle: str, page: int, field: str) -> str:
    """What names a field in a workbook."""
    return f"{cle}|{page}|{field}"


def scan_key(row: BalanceRow) -> str:
    """What names a scan in a workbook, short enough to be looked at."""
    return f"{row.sha256[:8]}-{row.source_page}-{row.slot}"
