"""``python -m tests.certify``: the certification, in chunks that a stopped run takes up again.

Parts: ``a`` boxes ticked as instructed, on registered paper; ``c`` the hard kinds, likewise;
``b`` whole carnets through the whole pipeline.  Every chunk is a file in ``build/certify``,
named by part, scan, kind and number, and stamped with what was certified: all that is read
on a fixed sample of paper (``stamp.py``).  A chunk of another stamp is made again.
``--share 1/2`` and ``--share 2/2`` split the work between two processes on one desk.
``--report`` writes ``tests/certify/REPORT.md`` from the chunks that are there.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2

from pipeline.settings import Settings
from tests.certify import boxes, carnets, chunks, report, scanner
from tests.certify.page import printed
from tests.certify.stamp import stamp

SEED = 9_930_001
VVSG = 1_549_703
CARNET_BOXES = 150_000
PAGES_A_CHUNK, HARD_PAGES, CARNETS_A_CHUNK = 24, 24, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One chunk: its key and how it is made."""

    key: chunks.Key
    make: Callable[[], boxes.Tally]


def main(arguments: list[str] | None = None) -> int:
    """Make what is missing, as long as time is given; then write the report."""
    options = _options(arguments)
    cv2.setNumThreads(1)
    os.nice(options.nice)
    settings = Settings()
    desk = chunks.Desk(folder=options.desk, stamp=stamp(settings, options.seed, options.desk))
    started = time.process_time()
    for task in islice(_tasks(options, settings), options.share[0] - 1, None, options.share[1]):
        if time.process_time() - started > 60 * options.minutes:
            print(f"{options.minutes} CPU minutes are used: run again to go on.", flush=True)
            break
        if not desk.holds(task.key):
            before = time.process_time()
            desk.keep(task.key, task.make(), time.process_time() - before)
            print(f"{task.key.name} {time.process_time() - started:.0f} s CPU", flush=True)
    if options.report:
        report.PATH.write_text(report.text(desk, options.seed, settings), encoding="utf-8")
    return 0


def _tasks(options: argparse.Namespace, settings: Settings) -> Iterator[Task]:
    """All chunks, hard kinds first, then boxes and carnets in turn so that a partial run is balanced."""
    scans = list(scanner.KINDS)
    if "c" in options.parts:
        for number, name in enumerate(boxes.HARD):
            for rank, scan in enumerate(scans):
                if boxes.HARD[name].scan in ("", scan):
                    seed = (options.seed, 3, number, rank)
                    yield Task(
                        key=chunks.Key(part="c", scan=scan, kind=name),
                        make=_drawn(name, scan, seed, options.hard_pages, settings),
                    )
    count = -(-options.positions // (PAGES_A_CHUNK * len(printed().fields) * boxes.OPTIONS))
    batches = -(-options.carnet_positions // (CARNETS_A_CHUNK * carnets.BOXES))
    for turn in range(max(count, batches)):
        if "a" in options.parts and turn < count:
            scan, seed = scans[turn % len(scans)], (options.seed, 1, turn)
            yield Task(
                key=chunks.Key(part="a", scan=scan, number=turn),
                make=_drawn(boxes.INSTRUCTED, scan, seed, PAGES_A_CHUNK, settings),
            )
        if "b" in options.parts and turn < batches:
            scan = carnets.PROFILES[turn % len(carnets.PROFILES)]
            yield Task(
                key=chunks.Key(part="b", scan=scan, number=turn),
                make=_whole(scan, options.seed + 10_000 + turn, options.desk, settings),
            )


def _drawn(task: str, scan: str, seed: tuple[int, ...], pages: int, settings: Settings) -> Callable[[], boxes.Tally]:
    """A chunk of drawn pages."""

    def make() -> boxes.Tally:
        counts: boxes.Tally = boxes.Tally()
        for number in range(pages):
            sheet, page = boxes.one_page(task, scan, (*seed, number), settings)
            counts.update(boxes.tally(sheet, boxes.decide_sheet(page, settings)))
        return counts

    return make


def _whole(scan: str, seed: int, desk: Path, settings: Settings) -> Callable[[], boxes.Tally]:
    """A chunk of carnets."""
    return lambda: carnets.rehearsed(desk, scan, seed, CARNETS_A_CHUNK, settings)


def _share(words: str) -> tuple[int, int]:
    """``1/2``: which part, of how many."""
    part, parts = (int(number) for number in words.split("/"))
    if not 1 <= part <= parts:
        raise argparse.ArgumentTypeError(words)
    return part, parts


def _options(arguments: list[str] | None) -> argparse.Namespace:
    """What to certify, and for how long."""
    parser = argparse.ArgumentParser(prog="python -m tests.certify")
    parser.add_argument("--parts", default="abc")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--positions", type=int, default=VVSG)
    parser.add_argument("--carnet-positions", type=int, default=CARNET_BOXES)
    parser.add_argument("--hard-pages", type=int, default=HARD_PAGES)
    parser.add_argument("--minutes", type=float, default=600.0, help="CPU minutes after which to stop")
    parser.add_argument("--share", type=_share, default=(1, 1), help="which part of the work, as 1/2 and 2/2")
    parser.add_argument("--nice", type=int, default=10)
    parser.add_argument("--desk", type=Path, default=Path("build/certify"))
    parser.add_argument("--report", action="store_true", help="write the report from what is there")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
