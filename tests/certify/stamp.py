"""What is certified, in twelve digits: all that the program says of a fixed sample of paper.

Measures and decisions on pages of every task and kind of scan, and whole carnets of every
profile.  Code that was written otherwise and reads the same keeps its certificate; a setting,
a library or a line of code that changes one measure of one box of the sample, or the paper
itself, voids it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from itertools import cycle
from pathlib import Path

from pipeline.model.decision import FieldDecision
from pipeline.model.result import PageResult
from pipeline.settings import Settings
from tests.certify import boxes, carnets, scanner

_DIGITS = 5
"""Decimals of a measure that count: fewer than machines differ in, more than any border has."""
_SEED = 20_261_122

SAMPLE = (
    *((task, scan) for task in (boxes.INSTRUCTED, boxes.ORDINARY) for scan in scanner.KINDS for _ in range(2)),
    *((name, boxes.HARD[name].scan or scan) for name, scan in zip(boxes.HARD, cycle(scanner.KINDS), strict=False)),
)
"""Task and scan of every page of the sample."""


def stamp(
    settings: Settings,
    seed: int,
    desk: Path,
    sample: Sequence[tuple[str, str]] = SAMPLE,
    profiles: Iterable[str] = carnets.PROFILES,
) -> str:
    """Twelve digits that change with the seed and with what is read on the sample; carnets are made on ``desk``."""
    digest = hashlib.sha256(str(seed).encode())
    for rank, (task, scan) in enumerate(sample):
        _, page = boxes.one_page(task, scan, (_SEED, rank), settings)
        for word in (*_measures(page), *_verdicts(boxes.decide_sheet(page, settings))):
            digest.update(word.encode())
    for rank, profile in enumerate(profiles):
        counts = carnets.rehearsed(desk, profile, _SEED + rank, 1, settings)
        digest.update(repr(sorted(counts.items())).encode())
    return digest.hexdigest()[:12]


def _measures(page: PageResult) -> Iterator[str]:
    """Every measure of every box."""
    for reading in page.readings:
        for mark in reading.marks:
            option, *values = astuple(mark)
            yield f"{reading.name}={option}:" + " ".join(f"{value:.{_DIGITS}f}" for value in values)


def _verdicts(decisions: Iterable[FieldDecision]) -> Iterator[str]:
    """Every decision with its confidence and reasons."""
    for said in decisions:
        yield f"{said.field}={said.raw} {said.status} {said.confidence:.{_DIGITS}f} {' '.join(said.reasons)}"
