"""CPU of reading as a ratio to decoding the same files with OpenCV, peak memory, and what a second worker brings."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pikepdf

from pipeline import compose, define, ingest
from pipeline.batch.blanks import BLANKS, ready_blanks
from pipeline.batch.pool import run_tasks
from pipeline.batch.taking import SIDES_PER_TASK
from pipeline.batch.worker import IMAGES, ReadTask, prepare_worker, read_task, search_side
from pipeline.model.scan import RegisteredPage, ScanImage
from pipeline.read.marks import read_marks
from pipeline.read.page import layer_of
from pipeline.settings import load_settings

_REPEATS = 3
_FIRST_SIDES = 16
"""With them a process has met every page of the carnet, and prepared its blank."""
_SIDES_SHARED = 300
"""Least sides that workers share, so that their start weighs as little as in a campaign."""
_ROWS = {
    "decode": "decode with OpenCV",
    "ticks": "locate, identify, register, ticks",
    "read": "read (all fields, images kept)",
}


def report(scans: Path, desk: Path) -> str:
    """Each measured in processes of their own, in turns, the best of a few runs (the machine is shared)."""
    runs = [{what: _child(what, scans, desk) for what in _ROWS} for _ in range(_REPEATS)]
    sides = int(runs[0]["read"]["sides"])
    cpu = {what: min(run[what]["cpu_s"] for run in runs) / sides for what in _ROWS}
    peak = {what: max(run[what]["peak_mb"] for run in runs) for what in _ROWS}
    once = {what: min(run[what]["once_cpu_s"] for run in runs) for what in ("ticks", "read")}
    one, two = (_child(f"workers{count}", scans, desk) for count in (1, 2))
    return "\n".join(
        [
            "## Speed and memory (one process, one thread)",
            "",
            "| | CPU ms a side | CPU ms an A5 page | ratio to decoding | peak MB |",
            "|---|---|---|---|---|",
            *(
                f"| {said} | {1e3 * cpu[what]:.0f} | {5e2 * cpu[what]:.0f} | {cpu[what] / cpu['decode']:.2f} "
                f"| {peak[what]:.0f} |"
                for what, said in _ROWS.items()
            ),
            "",
            f"{sides} sides.  Apart from them a process spends, once, {once['read']:.1f} CPU s on the form, the "
            f"network and the blank of every page ({once['ticks']:.1f} without cells); counted in, these sides are "
            f"read to ticks at {(cpu['ticks'] + once['ticks'] / sides) / cpu['decode']:.2f} and as a whole at "
            f"{(cpu['read'] + once['read'] / sides) / cpu['decode']:.2f}.",
            "",
            f"Two workers read {one['clock_s'] / two['clock_s']:.2f} × as fast as one by the clock: "
            f"{one['sides']:.0f} sides, their start included, {os.cpu_count()} cores, "
            f"load before {one['load']:.1f} and {two['load']:.1f}.",
        ]
    )


def _child(what: str, scans: Path, desk: Path) -> dict[str, float]:
    """Run one measure in a fresh process."""
    command = [sys.executable, "-m", "tests.bench.speed", what, str(scans), str(desk)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _decode(scans: Path) -> dict[str, float]:
    """Raw JPEG bytes out of the PDF files, decoded to grey."""
    cv2.setNumThreads(1)
    sides = 0
    start = time.process_time()
    for path in sorted(scans.glob("*.pdf")):
        with pikepdf.open(path) as pdf:
            for page in pdf.pages:
                for image in page.get_images().values():
                    pixels = cv2.imdecode(np.frombuffer(image.read_raw_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)
                    assert pixels is not None
                    sides += 1
    return {"cpu_s": time.process_time() - start, "sides": sides, "peak_mb": peak_mb()}


def _tasks(scans: Path, desk: Path) -> list[ReadTask]:
    """The whole files of a folder; printed blanks are ready, as in a run, made in a process of their own."""
    folder, settings, forms = desk / "speed", load_settings(None), tuple(define.form_folders())
    (folder / IMAGES).mkdir(parents=True, exist_ok=True)
    ready_blanks(folder, forms)
    return [
        ReadTask(file=file, sides=tuple(range(1, file.sides + 1)), folder=folder, form_folders=forms, settings=settings)
        for file in ingest.inventory(sorted(scans.glob("*.pdf")), settings.ingest)
    ]


def _over(tasks: list[ReadTask], work: Callable[[ReadTask], object]) -> dict[str, float]:
    """CPU of one process over all sides, what it does once apart: the form, the network, each printed page."""
    prepare_worker()
    first = replace(tasks[0], sides=tasks[0].sides[:_FIRST_SIDES])
    start = time.process_time()
    work(first)
    cold, start = time.process_time() - start, time.process_time()
    for task in tasks:
        work(task)
    cpu, sides = time.process_time() - start, sum(len(task.sides) for task in tasks)
    once = cold - cpu * len(first.sides) / sides
    return {"cpu_s": cpu, "sides": sides, "once_cpu_s": once, "peak_mb": peak_mb()}


def _ticks(task: ReadTask) -> None:
    """What the worker does, up to the measures of the boxes: no cell, no text, no kept image."""
    shelf = _shelf(task.form_folders)
    blanks = functools.partial(compose.kept_blanks, folder=task.folder / BLANKS)

    def sides(numbers: Iterable[int], *, glance: bool) -> Iterable[ScanImage]:
        found = ingest.read_sides(task.file, numbers, task.settings.ingest, glance=glance)
        return (side for side in found if isinstance(side, ScanImage))

    for side in sides(task.sides, glance=True):
        finer = functools.partial(lambda number: next(iter(sides([number], glance=False))), side.source.side)
        for page in search_side(side, finer, shelf, blanks, task.settings.register):
            if isinstance(page, RegisteredPage):
                form = shelf.by_code(page.identity.form_code, page.identity.version_code)
                assert form is not None
                ticks = [field for field in form.layout.page(page.layout_page).fields if field.type == "choice"]
                if ticks:  # the ink of a page without boxes is looked at for other fields, not for ticks
                    layer = layer_of(page, form, blanks(form)[page.layout_page], task.settings.read)
                    read_marks(ticks, layer)
        compose.rest_blanks()


_shelf = functools.lru_cache(maxsize=1)(define.open_shelf)


def _shared(tasks: list[ReadTask], workers: int) -> dict[str, float]:
    """Clock time of some workers, their start included, over the sides as a run hands them out."""
    parts = [
        replace(task, sides=task.sides[start : start + SIDES_PER_TASK])
        for task in tasks
        for start in range(0, len(task.sides), SIDES_PER_TASK)
    ]
    sides = sum(len(part.sides) for part in parts)
    times = -(-_SIDES_SHARED // sides)
    load, start = os.getloadavg()[0], time.monotonic()
    for _ in run_tasks(read_task, parts * times, workers=workers, prepare=prepare_worker):
        pass
    return {"clock_s": time.monotonic() - start, "sides": times * sides, "load": load}


def peak_mb() -> float:
    """Largest resident size of this program so far (a child inherits its parent's in ``getrusage``)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def _measure(what: str, scans: Path, desk: Path) -> dict[str, float]:
    """One measure, in this process."""
    if what == "decode":
        return _decode(scans)
    tasks = _tasks(scans, desk)
    if what.startswith("workers"):
        return _shared(tasks, int(what.removeprefix("workers")))
    return _over(tasks, _ticks if what == "ticks" else read_task)


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
