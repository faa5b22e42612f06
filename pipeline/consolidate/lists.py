"""The balance of pages and the journal, as sheets without any carnet number."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping

from pipeline import wording
from pipeline.consolidate.texts import linked
from pipeline.consolidate.variable import IMAGE
from pipeline.model.result import BalanceRow, JournalEntry
from pipeline.workbook import Column, Entry, Sheet

PAGES, JOURNAL = "Pages", "Journal"


def build_pages(balance: Collection[BalanceRow], keys: Mapping[str, str], *, sensitive: bool) -> Sheet:
    """One row for each page found and for each side on which none was; ``keys`` by carnet number.

    With ``sensitive`` each row links to the kept image of its page.
    """
    columns = (
        Column(header="Fichier (fichier)", width=30),
        Column(header="Face (face)", kind="integer", width=7),
        Column(header="Place (place)", kind="integer", width=7),
        Column(header="Sort de la page (sort)", width=18),
        Column(header="Motif (motif)", kind="prose", width=40),
        Column(header="Que faire (a_faire)", kind="prose", width=46),
        Column(header="Clé (cle)", width=14),
        Column(header="Version (version)", width=11),
        Column(header="Page du carnet (page)", kind="integer", width=9),
        Column(header="Rotation, degrés (rotation_deg)", kind="integer", width=10),
        Column(header="Échelle d’impression (echelle)", kind="percent", width=12),
        Column(header="Écart de recalage, mm (ecart_mm)", kind="decimal", width=12),
        Column(header="Avertissements (avertissements)", kind="prose", width=34),
        *([IMAGE.column()] if sensitive else []),
    )
    return Sheet(
        name=PAGES,
        about="Ce qu’est devenue chaque page numérisée.",
        table="t_pages",
        columns=columns,
        rows=_PageRows(balance, keys, sensitive=sensitive),
        length=len(balance),
        frozen=1,
        key=("Fichier (fichier)", "Face (face)", "Place (place)"),
    )


class _PageRows:
    """Rows made anew each time they are asked for."""

    def __init__(self, balance: Iterable[BalanceRow], keys: Mapping[str, str], *, sensitive: bool) -> None:
        self._balance, self._keys, self._sensitive = balance, keys, sensitive

    def __iter__(self) -> Iterator[list[Entry]]:
        for row in self._balance:
            yield [*_page(row, self._keys), *([linked(row.image)] if self._sensitive else [])]


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
    rows: list[list[Entry]] = [[_moment(entry.at), entry.command, entry.message] for entry in entries]
    columns = (
        Column(header="Quand (quand)", kind="time", width=17),
        Column(header="Commande (commande)", width=14),
        Column(header="Ce qui a été fait (fait)", kind="prose", width=110),
    )
    return Sheet(
        name=JOURNAL,
        about="Ce qui a été fait, et quand.",
        table="t_journal",
        columns=columns,
        rows=rows,
        length=len(rows),
        frozen=1,
        key=("Quand (quand)", "Commande (commande)", "Ce qui a été fait (fait)"),
    )


def _moment(text: str) -> Entry:
    """A time of the journal; what is written otherwise stays as written."""
    try:
        return datetime.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return text
