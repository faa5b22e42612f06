"""Tick boxes: the hard kinds as eight published rules and this program read them, and honest confidences."""

from __future__ import annotations

import time
from collections import Counter
from itertools import pairwise

import cv2

from pipeline.decide.reliance import reliance
from pipeline.model.decision import Status
from pipeline.model.interval import wilson
from pipeline.read import page as page_room
from pipeline.read.marks import read_marks
from pipeline.settings import Settings
from tests.bench.baselines import RULES, Scene
from tests.certify import boxes, calibrate, scanner
from tests.certify.page import printed

SEED = 8_900_000
SCANS = ("grey_300", "grey_200", "grey_paper_300", "bitonal_200")
_BINS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 1.01)


def report(pages: int = 1, reliability_pages: int = 64) -> str:
    """All tables: ``pages`` of each kind on each scan."""
    cv2.setNumThreads(1)
    settings = Settings()
    return "\n\n".join((_peers(pages, settings), _reliability(reliability_pages, settings), _speed(settings)))


def _peers(pages: int, settings: Settings) -> str:
    """Wrong boxes by kind: eight rules, then ours with what it asks."""
    lines = [
        "## Tick boxes: eight published rules on the same pages\n",
        f"Share of boxes read wrong, {pages} pages of each kind on each of {', '.join(SCANS)}. The rules are our own "
        "short versions at default\nthresholds with perfect geometry; they ask nothing. A circled box counts as "
        "ticked, a cancelled one as empty.\n",
        f"| kind | boxes | {' | '.join(RULES)} | ours: silent | ours: asked |",
        "|" + "---|" * (len(RULES) + 4),
    ]
    for number, task in enumerate((boxes.INSTRUCTED, *boxes.HARD)):
        scans = [boxes.HARD[task].scan] if task and boxes.HARD[task].scan else list(SCANS)
        counts: Counter[str] = Counter()
        for rank, scan in enumerate(scans):
            for page in range(pages):
                counts.update(_judged(task, scan, (SEED, number, rank, page), settings))
        n = counts["boxes"]
        shares = [f"{100 * counts[rule] / n:.1f} %" for rule in (*RULES, "silent", "asked")]
        lines.append(f"| {task or 'as instructed'} | {n:,} | {' | '.join(shares)} |")
    return "\n".join(lines)


def _judged(task: str, scan: str, seed: tuple[int, ...], settings: Settings) -> Counter[str]:
    """Wrong boxes of one page by rule; ours silent and asked."""
    sheet, pixels, page = boxes.scanned_page(task, scan, seed, settings)
    scene = Scene(page=pixels, blank=printed().blank, fields=printed().fields)
    found = {name: rule(scene) for name, rule in RULES.items()}
    decisions = {decision.field: decision for decision in boxes.decide_sheet(page, settings)}
    counts: Counter[str] = Counter()
    for place, field in enumerate(printed().fields):
        decision = decisions[field.name]
        for rank, option in enumerate(field.options):
            if task and sheet.kinds[field.name, option.value] != task:
                continue
            true = option.value in sheet.true[field.name]
            counts["boxes"] += 1
            counts.update(name for name, ticks in found.items() if ticks[place][rank] != true)
            if decision.status is Status.REVIEW:
                counts["asked"] += 1
            elif (option.value in decision.raw.split("|")) != true:
                counts["silent"] += 1
    return counts


def _reliability(pages: int, settings: Settings) -> str:
    """Confidence said against share right, on writers that the curves have not seen."""
    judged = [
        (decision.confidence, {code for code in decision.raw.split("|") if code} == true)
        for decision, _, true in calibrate.judged(calibrate.RELIABILITY, pages, settings)
    ]
    lines = [
        "## Tick boxes: reliability of confidence\n",
        f"{len(judged):,} questions of {pages} writers apart from those of the fit; proposals of questions asked are "
        "counted too.\n",
        "| confidence | questions | mean confidence | right | 95 % interval |",
        "|---|---|---|---|---|",
    ]
    for low, high in pairwise(_BINS):
        inside = [(confidence, right) for confidence, right in judged if low <= confidence < high]
        if inside:
            n, right = len(inside), sum(right for _, right in inside)
            bounds = wilson(n - right, n)
            lines.append(
                f"| {low:g} – {min(1.0, high):g} | {n:,} | {100 * sum(c for c, _ in inside) / n:.2f} % | "
                f"{100 * right / n:.2f} % | {100 - 100 * bounds[1]:.2f} – {100 - 100 * bounds[0]:.2f} % |"
            )
    lines += [
        "",
        "Borders of review, from other writers again:\n",
        "| lowest confidence accepted | wrong boxes in 10,000 | boxes asked in 1,000 |",
        "|---|---|---|",
        *(
            f"| {level.border:g} | {level.errors_per_10000:.3f} | {level.asked_per_1000:.1f} |"
            for level in reliance().levels
        ),
    ]
    return "\n".join(lines)


def _speed(settings: Settings) -> str:
    """CPU of measuring the boxes of a carnet, the ink layer given."""
    times = []
    for number in range(8):
        boxes.one_page(boxes.INSTRUCTED, list(scanner.KINDS)[number % 4], (SEED, 99, number), settings)
        layer = page_room._latest[0][3]
        start = time.process_time()
        read_marks(printed().fields, layer)
        times.append(1000 * 325 * (time.process_time() - start) / (len(printed().fields) * boxes.OPTIONS))
    return (
        "## Tick boxes: speed\n\n"
        f"Measuring 325 boxes, a fifth of them marked, the ink of the page given: {sorted(times)[len(times) // 2]:.1f} "
        "ms CPU (bar: 15 ms)."
    )
