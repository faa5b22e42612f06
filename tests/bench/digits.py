"""Digits: cells and numbers right, asked or silently wrong, by writers whom the networks never met."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from pipeline.decide import Bin, reliability
from pipeline.decide.refit import calibration_error
from pipeline.model.decision import FieldDecision, Status
from pipeline.model.interval import wilson
from pipeline.model.reading import FieldReading
from pipeline.read.engines import digits
from pipeline.rehearse import load_hands
from pipeline.rehearse.truth import FieldTruth
from pipeline.settings import Settings
from pipeline.train import measure, sets
from tests.bench.pages import KINDS, OFFICE, DensePage, decided, dense_pages, first_look

CANCELLED = 60.0
"""Clumsiness at which most numbers are struck, scribbled over, rewritten or in a struck row."""
_STRUCK = ("corrected", "illegible", "row_struck")


@dataclass(slots=True)
class Found:
    """What was met under one heading."""

    right: int = 0
    asked: int = 0
    silent: int = 0
    judged: list[tuple[float, bool]] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """Those that nobody is asked about."""
        return self.right + self.silent


def report(hands: Path | None, pages: int, seed: int) -> str:
    """All tables; ``pages`` of each kind of scan."""
    parts = ["## Digits"]
    if hands is not None:
        parts.append(_cells(sets.load(hands)["test"]))
    sources = load_hands(hands) if hands is not None else ()
    who = "held-out real hands" if sources else "hands of our own model"
    found = [page for kind in KINDS for page in dense_pages(kind, pages, seed, sources)]
    parts.append(_numbers(found, who))
    parts.append(_reliability(found))
    parts.append(_struck(list(dense_pages("bureau_300", pages, seed + 1, sources, clumsiness=CANCELLED))))
    parts.append(_without(found))
    parts.append(_pace(found))
    return "\n\n".join(parts)


# Cells


def _cells(test: sets.Sets) -> str:
    """The engine on the sets held out, with the first look alone beside it."""
    reader = digits._reader()

    known = {
        "MNIST": measure.images(test.mnist),
        "Semeion": measure.images(test.semeion),
        "Pendigits, 3 writers, 3 pens": measure.drawings(test.pendigits, 3),
    }
    lines = [
        "Cells of writers held out; *first look*: without the members asked in doubt (the ensemble off).",
        "",
        "| set | n | right | 95 % interval | calibration error | first look: right | first look suffices |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, part in known.items():
        both = measure.score(name, reader.probabilities, part)
        alone = measure.score(name, first_look, part)
        sure = measure.probabilities(first_look, part).max(axis=1) >= digits.SURE
        lines.append(
            f"| {name} | {both.n} | {_percent(both.right / both.n)} | {_percent(both.low)}–{_percent(both.high)} "
            f"| {_percent(both.ece)} | {_percent(alone.right / alone.n)} | {_percent(float(sure.mean()))} |"
        )
    return "\n".join(lines)


# Numbers on whole pages


def outcome(known: FieldTruth, found: FieldDecision) -> str:
    """Right, asked or silently wrong, as ``rehearse.score`` judges a comb."""
    if found.status is Status.REVIEW:
        return "asked"
    if known.expect == "ask":
        return "silent"
    if found.status is Status.BLANK:
        return "silent" if known.raw.strip() else "right"
    same = known.raw.rstrip() == found.raw.rstrip()
    return (
        "right" if same and (known.value == found.value or _number(known.value) == _number(found.value)) else "silent"
    )


def _number(value: str) -> float | str:
    try:
        return float(value)
    except ValueError:
        return value


def _each(
    pages: Iterable[DensePage], settings: Settings
) -> Iterable[tuple[DensePage, FieldTruth, FieldReading, FieldDecision]]:
    """Every written number with what became of it."""
    for page in pages:
        decisions, readings = decided(page, settings), {one.name: one for one in page.result.readings}
        for known in page.truth.fields:
            if known.type == "comb" and known.raw.strip() and known.field in decisions:
                yield page, known, readings[known.field], decisions[known.field]


def tallied(
    pages: Iterable[DensePage], settings: Settings, key: Callable[[DensePage, FieldTruth], str]
) -> dict[str, Found]:
    """Plainly written numbers by heading."""
    tallies: dict[str, Found] = defaultdict(Found)
    for page, known, _, found in _each(pages, settings):
        if known.kind == "plain":
            tally, what = tallies[key(page, known)], outcome(known, found)
            setattr(tally, what, getattr(tally, what) + 1)
            if what != "asked":
                tally.judged.append((found.confidence, what == "right"))
    return tallies


def _numbers(pages: Sequence[DensePage], who: str) -> str:
    """By kind of scan, by writer group, and why numbers were asked."""
    settings = Settings()
    lines = [f"Numbers on whole pages, {who}, {len(pages)} pages, each decided alone:", "", *_head("kind of scan")]
    by_kind = tallied(pages, settings, lambda page, _: page.kind)
    lines += [_row(kind, by_kind[kind]) for kind in KINDS if kind in by_kind]
    lines.append(_row("**office scans**", _sum(by_kind[kind] for kind in by_kind if kind in OFFICE)))
    lines.append(_row("**telephone and abused**", _sum(by_kind[kind] for kind in by_kind if kind not in OFFICE)))
    lines += ["", *_head("writer group")]
    by_group = tallied(pages, settings, lambda page, _: page.group)
    lines += [_row(group, by_group[group]) for group in sorted(by_group)]
    why: Counter[str] = Counter()
    cells: Counter[str] = Counter()
    for _, known, reading, found in _each(pages, settings):
        if known.kind == "plain":
            why.update(found.reasons[:1])
            cells += _characters(known, reading, found)
    total, wrong = cells["accepted"], cells["wrong"]
    low, high = wilson(wrong, total)
    lines += [
        "",
        "Asked because: " + ", ".join(f"{reason} {count}" for reason, count in why.most_common()) + ".",
        f"Characters in accepted numbers: {wrong} of {total} wrong "
        f"({_percent(wrong / max(1, total))}, 95 % {_percent(low)}–{_percent(high)}).",
    ]
    return "\n".join(lines)


def _characters(known: FieldTruth, reading: FieldReading, found: FieldDecision) -> Counter[str]:
    """Accepted and wrong characters of one number."""
    if found.status is not Status.ACCEPTED:
        return Counter()
    width = len(reading.cells)
    pairs = zip(known.raw.ljust(width), found.raw.ljust(width), strict=False)
    wrong = sum(true != read for true, read in pairs)
    return Counter(accepted=sum(character != " " for character in known.raw), wrong=wrong)


def _head(title: str) -> list[str]:
    return [
        f"| {title} | n | accepted | silently wrong | 95 % interval of silent, of accepted | calibration error |",
        "|---|---|---|---|---|---|",
    ]


def _row(title: str, found: Found) -> str:
    n = found.accepted + found.asked
    low, high = wilson(found.silent, found.accepted)
    return (
        f"| {title} | {n} | {_percent(found.accepted / max(1, n))} | {found.silent} "
        f"| {_percent(low)}–{_percent(high)} | {_percent(calibration_error(found.judged))} |"
    )


def _sum(parts: Iterable[Found]) -> Found:
    total = Found()
    for part in parts:
        total.right, total.asked, total.silent = (
            total.right + part.right,
            total.asked + part.asked,
            total.silent + part.silent,
        )
        total.judged += part.judged
    return total


def _reliability(pages: Sequence[DensePage]) -> str:
    """How sure the reading was of each number, asked or not, and how often it was right."""
    judged = [
        (found.confidence, known.raw.rstrip() == found.raw.rstrip())
        for _, known, _, found in _each(pages, Settings())
        if known.kind == "plain" and found.reasons in ((), ("uncertain_digit",))
    ]
    bins: Sequence[Bin] = reliability(judged)
    lines = [
        "Reliability of numbers decoded, asked ones included "
        f"(calibration error {_percent(calibration_error(judged))}):",
        "",
        "| confidence from | n | mean confidence | right |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {one.low} | {one.count} | {_percent(one.confidence)} | {_percent(one.right / one.count)} |" for one in bins
    ]
    return "\n".join(lines)


def _struck(pages: Sequence[DensePage]) -> str:
    """Numbers struck out, scribbled over, rewritten above or in a struck row: none may be accepted."""
    tallies: dict[str, Found] = defaultdict(Found)
    for _, known, _, found in _each_struck(pages):
        tally = tallies[known.kind]
        what = "asked" if found.status is Status.REVIEW else "silent" if found.status is Status.ACCEPTED else "right"
        setattr(tally, what, getattr(tally, what) + 1)
    lines = ["Cells struck out, scribbled over or rewritten (blank: nothing was read at all):", ""]
    lines += ["| what was done | n | asked | blank | silently read |", "|---|---|---|---|---|"]
    for kind, tally in sorted(tallies.items()):
        n = tally.accepted + tally.asked
        lines.append(f"| {kind} | {n} | {tally.asked} | {tally.right} | {tally.silent} |")
    total = _sum(tallies.values())
    n = total.accepted + total.asked
    high = wilson(total.silent, n)[1]
    lines.append(f"| **all** | {n} | {total.asked} | {total.right} | {total.silent} (95 %: at most {_percent(high)}) |")
    return "\n".join(lines)


def _each_struck(
    pages: Iterable[DensePage],
) -> Iterable[tuple[DensePage, FieldTruth, FieldReading, FieldDecision]]:
    for page in pages:
        decisions, readings = decided(page, Settings()), {one.name: one for one in page.result.readings}
        for known in page.truth.fields:
            if known.type == "comb" and known.kind in _STRUCK and known.field in decisions:
                yield page, known, readings[known.field], decisions[known.field]


# What each part is worth


def _without(pages: Sequence[DensePage]) -> str:
    """The same readings decided without one kind of knowledge."""
    usual = Settings()
    ways: Mapping[str, Settings] = {
        "as it is": usual,
        "field decoding off (illegal values weigh as much as legal ones)": _changed(usual, illegal_weight=1.0),
        "context off (any year is as usual, rows in any order)": _changed(
            usual, odd_year_weight=1.0, disorder_weight=1.0
        ),
        "order of rows alone off": _changed(usual, disorder_weight=1.0),
        "likeness of a writer's digits off": _changed(usual, alike_seen_min=2.0),
        "pages poorly seen judged like others": _changed(usual, comb_border_ratio_poor=usual.decide.comb_border_ratio),
        "a line through a digit always strikes it out": _changed(usual, struck_read_min=2.0),
        "tolerated silent error × 4": _changed(usual, comb_silent_error_max=4 * usual.decide.comb_silent_error_max),
        "tolerated silent error ÷ 4": _changed(usual, comb_silent_error_max=usual.decide.comb_silent_error_max / 4),
    }
    lines = ["What each part is worth, on the same readings:", "", *_head("decided")]
    lines += [_row(title, _all(pages, way)) for title, way in ways.items()]
    glanced = [replace(page, result=page.glanced) for page in pages]
    lines.append(_row("ensemble off (the first network alone)", _all(glanced, usual)))
    lines += ["", "European digits and drawn strokes are switched off by `make ablation`, which trains without them."]
    return "\n".join(lines)


def _all(pages: Sequence[DensePage], settings: Settings) -> Found:
    """All plainly written numbers under one heading."""
    return _sum(tallied(pages, settings, lambda *_: "").values())


def _changed(settings: Settings, **numbers: float) -> Settings:
    return replace(settings, decide=replace(settings.decide, **numbers))


def _pace(pages: Sequence[DensePage]) -> str:
    """CPU a cell in one batch, and what that makes of a page."""
    cells = [sum(bool(cell.probabilities) for one in page.result.readings for cell in one.cells) for page in pages]
    rng = np.random.default_rng(1)
    shapes = rng.integers(30, 70, (200, 2))
    pictures = []
    for height, width in shapes:
        picture = np.full((height, width), 240, np.uint8)
        cv2.putText(
            picture, str(rng.integers(10)), (4, int(height) - 6), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, height / 40, 40, 2
        )
        pictures.append(picture)
    digits.read_digits(pictures)
    best = np.inf
    for _ in range(7):
        before = time.process_time()
        digits.read_digits(pictures)
        best = min(best, (time.process_time() - before) / len(pictures))
    mean = float(np.mean(cells)) if cells else 0.0
    return (
        f"Engine: {1000 * best:.2f} ms of CPU a cell (one batch of {len(pictures)}, preparation included); "
        f"{mean:.0f} inked cells on these dense pages: {1000 * best * mean:.1f} ms a page."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"
