"""Consolidation of synthetic campaigns: CPU, memory and sizes as carnets grow in number.

Three hundred different carnets are laid out again and again under new keys, so that making
them up weighs nothing; reading decisions from the store comes on top.
"""

from __future__ import annotations

import datetime
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from pipeline import consolidate, define
from pipeline.model.identity import carnet_number
from pipeline.model.result import Campaign, CarnetRecord
from pipeline.workbook import write_workbook
from tests.consolidate.campaigns import random_campaign

_NOW = datetime.datetime(2026, 11, 22, 9, 30)
_DIFFERENT = 300


class Repeated(Sequence[CarnetRecord]):
    """Many carnets out of a few, each made when it is its turn."""

    def __init__(self, few: Sequence[CarnetRecord], count: int) -> None:
        self._few, self._count = few, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place):
        one = self._few[place % len(self._few)]
        return replace(one, carnet=carnet_number(26, place), cle=f"C{place:09d}")

    def __iter__(self) -> Iterator[CarnetRecord]:
        return map(self.__getitem__, range(self._count))


def report(counts: Sequence[int] = (300, 5_000)) -> str:
    """A Markdown table."""
    lines = [
        "## Consolidation",
        "",
        "| carnets | skill rows | tables (CPU s) | figures | workbook | CSV | memory (MB) | workbook (MB) | CSV (MB) |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    context = multiprocessing.get_context("spawn")
    for count in counts:
        with context.Pool(1) as pool:  # a process each: memory is its peak
            lines.append(pool.apply(measured, (count,)))
    return "\n".join(lines)


def measured(count: int) -> str:
    """One line of the table."""
    shelf = define.open_shelf(define.form_folders())
    form = shelf.latest("carnet").definition
    few = random_campaign(form, min(count, _DIFFERENT), seed=11)
    campaign: Campaign = replace(few, carnets=Repeated(few.carnets, count))
    rows_max = 1 if count > 20_000 else 1_048_576
    with tempfile.TemporaryDirectory() as folder:
        steps = [time.process_time()]
        with consolidate.readings_file(Path(folder) / "lectures.csv") as add:
            records = consolidate.index_campaign(campaign, shelf)
            tables = consolidate.collect(campaign, records, shelf, sensitive=False, also=add)
        steps.append(time.process_time())
        found = consolidate.find(tables)
        steps.append(time.process_time())
        sheets = consolidate.build_sheets(campaign, tables, found, {}, sensitive=False, rows_max=rows_max)
        if rows_max == 1:
            sheets = [consolidate.elsewhere(s, "export/tables") if s.name in tables.tables else s for s in sheets]
        book = Path(folder) / "analyse.xlsx"
        write_workbook(book, sheets, made_at=_NOW, title="Bench")
        steps.append(time.process_time())
        size = 0
        for table in tables.tables.values():
            path = Path(folder) / "table.csv"
            consolidate.write_csv(table, path)
            size += path.stat().st_size
        steps.append(time.process_time())
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        spent = " | ".join(f"{after - before:.1f}" for before, after in pairwise(steps))
        skills = len(tables.frames.get("Competences", ()))
        megabytes = f"{book.stat().st_size / 1e6:.1f} | {size / 1e6:.1f}"
    return f"| {count:,} | {skills:,} | {spent} | {memory:.0f} | {megabytes} |"
