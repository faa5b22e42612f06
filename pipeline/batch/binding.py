"""``analyse.xlsx`` put together: its sheets, what people had added to an earlier one, what it cannot hold."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import consolidate, review
from pipeline.batch.earlier import WORKBOOK, Earlier, note_trace
from pipeline.batch.tables import CHARTS, TABLES, table_files, write_charts, write_tables
from pipeline.model.result import Campaign
from pipeline.settings import ConsolidateSettings
from pipeline.store import Store
from pipeline.workbook import (
    Additions,
    Board,
    Entry,
    Sheet,
    Trace,
    dated_beside,
    orphan_sheet,
    with_additions,
    write_whole,
    write_workbook,
)

EXPORT = "export"
Cut = dict[str, consolidate.CutSheet]
"""The sheets that the workbook does not hold, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Where and when the workbook is made, what it may show, and how many answers were not understood."""

    folder: Path
    made_at: datetime.datetime
    sensitive: bool
    parquet: bool
    not_understood: int
    settings: ConsolidateSettings


def write_book(  # noqa: PLR0917
    store: Store,
    campaign: Campaign,
    tables: consolidate.Tables,
    asked: review.ReviewSheet,
    earlier: Earlier,
    order: Order,
) -> tuple[Path, Cut]:
    """The workbook where it was written, with the tables and charts beside it; and what it does not hold."""
    campaign = replace(campaign, journal=store.journal())
    sheets = _with_additions(_sheets(campaign, tables, asked, earlier, order), earlier.additions)
    write_tables(tables, sheets, order.folder / EXPORT / TABLES, parquet=order.parquet)
    write_charts(sheets, order.folder / EXPORT / CHARTS)
    cut = _cut(sheets, tables, order)
    sheets = [
        consolidate.elsewhere(sheet, cut[sheet.name]) if isinstance(sheet, Sheet) and sheet.name in cut else sheet
        for sheet in sheets
    ]
    counts = consolidate.ReviewCounts(
        shown=asked.shown,
        waiting=asked.waiting,
        hidden_texts=asked.hidden_texts,
        conflicts=asked.conflicts,
        not_understood=order.not_understood,
        settled=tables.counts.settled,
    )
    readme = consolidate.build_readme(
        campaign, tables, sheets, counts, made_at=order.made_at, sensitive=order.sensitive, cut=cut
    )
    title = " · ".join(sorted({form.title for form in tables.forms})) or "Carnets"
    path = order.folder / WORKBOOK
    target = dated_beside(path, order.made_at) if earlier.keep else path
    traces: list[Trace] = []
    write_whole(
        target,
        lambda beside: traces.append(write_workbook(beside, [readme, *sheets], made_at=order.made_at, title=title)),
    )
    note_trace(target, traces[0], store)
    return target, cut


def _sheets(
    campaign: Campaign, tables: consolidate.Tables, asked: review.ReviewSheet, earlier: Earlier, order: Order
) -> list[Sheet | Board]:
    """All sheets but the first; the doubts stand after the open answers."""
    sheets = consolidate.build_sheets(
        campaign,
        tables,
        consolidate.find(tables),
        earlier.typed.codings,
        sensitive=order.sensitive,
        rows_max=1 if _many(tables, order) else round(order.settings.rows_max),
    )
    place = next(number for number, sheet in enumerate(sheets) if sheet.name == consolidate.TEXTS) + 1
    sheets.insert(place, replace(asked.sheet, key=(review.KEY,)))
    return sheets


def _many(tables: consolidate.Tables, order: Order) -> bool:
    """Whether the workbook keeps its aggregates alone."""
    return tables.counts.carnets > order.settings.carnets_max


def _cut(sheets: Sequence[Sheet | Board], tables: consolidate.Tables, order: Order) -> Cut:
    """Sheets too long; with many carnets, every sheet that grows with them."""

    def limit(sheet: Sheet) -> int:
        grows = sheet.name == consolidate.PAGES or (sheet.name in tables.tables and tables.tables[sheet.name].grows)
        return 1 if _many(tables, order) and grows else round(order.settings.rows_max)

    def files(sheet: Sheet) -> tuple[str, ...]:
        return tuple(f"{EXPORT}/{TABLES}/{name}" for name in table_files(sheet.name, tables, parquet=order.parquet))

    return {
        sheet.name: consolidate.CutSheet(rows=sheet.length, files=files(sheet))
        for sheet in sheets
        if isinstance(sheet, Sheet) and sheet.length >= limit(sheet)
    }


def _with_additions(sheets: Sequence[Sheet | Board], additions: Additions) -> list[Sheet | Board]:
    """The sheets with the columns that people had added; what stood beside rows that are gone comes last."""
    orphans: list[list[Entry]] = [list(note) for note in additions.notes]
    columns = additions.columns
    named = {sheet.name for sheet in sheets if isinstance(sheet, Sheet)}
    found = [
        with_additions(sheet, columns.get(sheet.name, {}), orphans) if isinstance(sheet, Sheet) else sheet
        for sheet in sheets
    ]
    for name in sorted(set(columns) - named):
        for header, cells in columns[name].items():
            orphans += [[name, " | ".join(key), header, value] for key, value in cells.items()]
    return [*found, *([orphan_sheet(orphans)] if orphans else [])]
