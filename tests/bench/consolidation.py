"""``carnet consolider`` as staff have it: from a store, with doubts and their images, every file written.

CPU, peak memory and sizes as carnets grow in number; ``stored`` says what is in the store.
"""

from __future__ import annotations

import datetime
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from pipeline import define
from pipeline.batch.consolidating import ConsolidatingRequest, consolidate_campaign
from pipeline.settings import Settings
from tests.bench.stored import fill

_NOW = datetime.datetime(2026, 11, 22, 9, 30)


def report(desk: Path, counts: Sequence[int] = (300, 5_000)) -> str:
    """A Markdown table."""
    lines = [
        "## Consolidation",
        "",
        "| carnets | rows of ARelire | CPU (s) | memory (MB) | analyse.xlsx (MB) | CSV files (MB) | diffusion.xlsx and "
        "note.pdf (kB) | store (MB) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    context = multiprocessing.get_context("spawn")
    for count in counts:
        with tempfile.TemporaryDirectory(dir=desk) as place:
            folder = Path(place) / "campagne"
            folder.mkdir()
            form = define.open_shelf(define.form_folders()).latest("carnet")
            assert form is not None
            fill(folder, form.definition, count, desk)
            with context.Pool(1) as pool:  # a process each: memory is its peak
                lines.append(pool.apply(measured, (folder, count)))
    return "\n".join(lines)


def measured(folder: Path, count: int) -> str:
    """One line of the table."""
    started = time.process_time()

    def progress(step: str, done: int, of: int) -> None:
        if done in (0, of):
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{count} {step} {done}/{of}: {time.process_time() - started:.0f} s, {memory:.0f} MB",
                  file=sys.stderr, flush=True)  # fmt: skip

    request = ConsolidatingRequest(folder=folder, made_at=_NOW)
    told = consolidate_campaign(request, Settings(), progress, lambda: None)
    spent = time.process_time() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tables = sum(path.stat().st_size for path in (folder / "export").rglob("*.csv")) / 1e6
    public = sum((folder / name).stat().st_size for name in ("diffusion.xlsx", "note.pdf") if (folder / name).exists())
    book, store = (path.stat().st_size / 1e6 for path in (told.workbook, folder / "carnets.sqlite"))
    return (
        f"| {told.carnets:,} | {told.to_settle:,} | {spent:.0f} | {memory:.0f} | {book:.1f} | {tables:.0f} "
        f"| {public / 1e3:.0f} | {store:.0f} |"
    )
