"""The balance of pages and the journal, as sheets without any carnet number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline import wording
from pipeline.model.result import BalanceRow, JournalEntry
from pipeline.workbook import Column, Entry, Sheet

PAGES, JOURNAL = "Pages", "Journal"


def build_pages(balance: Iterable[BalanceRow], keys: Mapping[str, str]) -> Sheet:
    """One row for each page found and for each side on which none was; ``keys`` by carnet number."""
    rows = [_page(row, keys) for row in balance]
    columns = (
        Column(header="Fichier", width=30),
        Column(header="Face", kind="integer", width=7),
        Column(header="Place", kind="integer", width=7),
        Column(header="Sort de la page", width=18),
        Column(header="Motif", kind="prose", width=40),
        Column(header="Que faire", kind="prose", width=46),
        Column(header="Clé (cle)", width=14),
        Column(header="Version", width=11),
        Column(header="Page du carnet", kind="integer", width=9),
        Column(header="Rotation (degrés)", kind="integer", width=10),
        Column(header="Échelle d'impression", kind="percent", width=12),
        Column(header="Écart de recalage (mm)", kind="decimal", width=12),
        Column(header="Avertissements", kind="prose", width=34),
    )
    return Sheet(
        name=PAGES,
        about="Ce qu'est devenue chaque page numérisée.",
        table="t_pages",
        columns=columns,
        rows=rows,
        length=len(rows),
        frozen=1,
    )


def _page(row: BalanceRow, keys: Mapping[str, str]) -> list[Entry]:
    reason = wording.words(row.reason) if row.reason else None
    fate = wording.words(row.disposition.value)
    return [
        wording.scan_name(row.source_file),
        row.source_page,
        row.slot,
        fate.title,
        (reason.told(row.evidence) + (f" : {reason.explanation}" if reason.explanation else "")) if reason else None,
        (reason.remedy if reason and reason.remedy else fate.remedy) or None,
        keys.get(row.carnet_id),
        row.version or None,
        row.page or None,
        None if row.rotation_deg is None else round(row.rotation_deg),
        None if row.print_scale is None else round(row.print_scale, 4),
        None if row.residual_mm is None else round(row.residual_mm, 3),
        " ; ".join(wording.told(code, row.evidence) for code in row.warnings) or None,
    ]


def build_journal(entries: Iterable[JournalEntry]) -> Sheet:
    """What was done and when; counts only."""
    rows: list[list[Entry]] = [[entry.at, entry.command, entry.message] for entry in entries]
    columns = (
        Column(header="Quand", width=20),
        Column(header="Commande", width=14),
        Column(header="Ce qui a été fait", kind="prose", width=110),
    )
    return Sheet(
        name=JOURNAL,
        about="Ce qui a été fait, et quand.",
        table="t_journal",
        columns=columns,
        rows=rows,
        length=len(rows),
        frozen=1,
    )
