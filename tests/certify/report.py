"""The certification as Markdown: boxes, errors, Wilson bounds and what was asked, by kind and by scan."""

from __future__ import annotations

import platform
from collections import Counter, defaultdict
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from pipeline.model.interval import wilson
from pipeline.settings import Settings
from tests.certify.boxes import BESIDE, HARD, Tally
from tests.certify.carnets import COVERED, REGULAR
from tests.certify.chunks import Desk

PATH = Path(__file__).with_name("REPORT.md")
VVSG, CARNET_BOXES = 1_549_703, 150_000
_OUTCOMES = ("right", "asked", "silent")

Found = dict[str, dict[str, Tally]]
"""Counts by part and scan."""


def text(desk: Desk, seed: int, settings: Settings) -> str:
    """The report of all chunks of one stamp."""
    found: Found = defaultdict(lambda: defaultdict(Counter))
    cpu = 0.0
    for part, scan, counts, seconds in desk.chunks():
        found[part][scan].update(counts)
        cpu += seconds
    sections = [_head(desk, seed, settings, cpu)]
    sections += [_boxes(found["a"]), _carnets(found["b"]), _hard(found["c"]), _astray(found["a"], found["c"])]
    return "\n\n".join(section for section in sections if section) + "\n"


def _head(desk: Desk, seed: int, settings: Settings, cpu: float) -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("opencv-python", "numpy", "pikepdf", "typst"))
    return (
        "# Certification of the reading of tick boxes\n\n"
        f"`make certify`, seed {seed}, stamp `{desk.stamp}`, settings `{settings.fingerprint}` · "
        f"Python {platform.python_version()}, {libraries} · {cpu / 60:.0f} CPU minutes.\n"
        "All marks and scans are made by machine: the figures show what this program does with such paper, not\n"
        "what it will do with yours. *Asked* means a person is shown the question, all its boxes counted; *silent*\n"
        "means wrong and nobody is asked. Intervals are Wilson's, 95 %."
    )


def _boxes(scans: dict[str, Tally]) -> str:
    """Part a: as instructed, box by box."""
    if not scans:
        return ""
    total = _sum(scans.values())
    lines = [
        "## (a) Ticked as the carnet asks, box by box on registered paper\n",
        f"Bar: no error in {VVSG:,} positions (VVSG 1.0). {_verdict(total, VVSG)}\n",
        _table_head("scan"),
        *(_row(scan, _of(counts)) for scan, counts in sorted(scans.items())),
        _row("**all**", _of(total)),
        "",
        _table_head("what was in the box"),
        *(_row(kind, _of(total, kind)) for kind in sorted({kind for kind, _ in total})),
    ]
    return "\n".join(lines)


def _carnets(scans: dict[str, Tally]) -> str:
    """Part b: whole carnets."""
    if not scans:
        return ""
    total = _sum(scans.values())
    regular = Counter({key: number for key, number in total.items() if key[0] in REGULAR})
    covered = Counter({key: number for key, number in total.items() if key[0] == COVERED})
    everyone = Counter({key: number for key, number in total.items() if ":" not in key[0]})
    lines = [
        "## (b) Whole carnets through the whole pipeline\n",
        f"{sum(_of(everyone).values()):,} positions in all (bar: {CARNET_BOXES:,}). The bar, no silent error and at "
        "most 0.5 % asked, concerns the\nboxes of those who tick as the carnet asks, with a pen: "
        f"{_verdict(regular, 0)}\nQuestions of which damage hides a box (a note, another sheet, a hole, a corner gone) "
        "cannot be vouched for and are\ncounted apart; what is hidden is known from the damage itself, not from "
        f"what was read: {_verdict(covered, 0)}\nBoth together: {_verdict(regular + covered, 0)}\n",
        _table_head("scan: crosses, ticks and empties of regular writers"),
        *(_row(scan, _of_regular(counts)) for scan, counts in sorted(scans.items())),
        _row("**all**", _of(regular)),
        "",
        _table_head("what was in the box, all writers"),
        *(_row(kind, _of(total, kind)) for kind in sorted({kind for kind, _ in everyone})),
        "",
        "Why boxes of regular writers are asked: "
        + ", ".join(
            f"{kind.removeprefix('asked: ')} {number}"
            for (kind, outcome), number in sorted(total.items())
            if kind.startswith("asked: ") and number
        )
        + ".",
    ]
    silent = [kind.removeprefix("look: ") for (kind, _), number in sorted(total.items()) if kind.startswith("look: ")]
    if silent:
        lines += ["", "Silent errors on questions answered plainly: " + "; ".join(silent) + "."]
    return "\n".join(lines)


def _hard(scans: dict[str, Tally]) -> str:
    """Part c: every hard kind over all scans, and by scan where something was silent."""
    if not scans:
        return ""
    total = _sum(scans.values())
    spared = sum(total[name, "spared"] for name in (*HARD, BESIDE))
    silent = sum(total[name, "silent"] for name in (*HARD, BESIDE))
    share = 100 * spared / max(1, spared + silent)
    lines = [
        "## (c) Hard kinds\n",
        f"Of {spared + silent:,} boxes on which the program's own proposal was wrong, {spared:,} ({share:.1f} %; bar "
        "90 %) lie among what is asked.\n",
        _table_head("kind"),
        *(_row(name, _of(total, name)) for name in (*HARD, BESIDE)),
        "",
        _table_head("kind and scan, where anything was silent"),
        *(
            _row(f"{name}, {scan}", _of(counts, name))
            for name in (*HARD, BESIDE)
            for scan, counts in sorted(scans.items())
            if counts[name, "silent"]
        ),
    ]
    return "\n".join(lines)


def _astray(*parts: dict[str, Tally]) -> str:
    """False ticks by stray ends and folds, wherever they were drawn into an empty box."""
    total = _sum(counts for part in parts for counts in part.values())
    empty = {kind for kind, _ in total if kind.startswith("empty")}
    named = {
        "stray end": {"stray", *(kind for kind in empty if "stray" in kind)},
        "fold": {"fold through the box", *(kind for kind in empty if "fold" in kind)},
    }
    if not total:
        return ""
    lines = [
        "## False ticks by stray ends and folds, (a) and (c) together\n",
        "Bar: at most 0.05 %.\n",
        _table_head("in an empty box"),
        *(
            _row(title, {outcome: sum(total[kind, outcome] for kind in kinds) for outcome in _OUTCOMES})
            for title, kinds in named.items()
        ),
    ]
    return "\n".join(lines)


def _verdict(counts: Tally, least: int) -> str:
    """How far the bar is met, in one sentence."""
    of = _of(counts)
    n = sum(of.values())
    low, high = wilson(of["silent"], n)
    reached = "" if n >= least else f" ({100 * n / least:.0f} % of the positions asked for: a partial run)"
    return (
        f"{of['silent']} silent errors in {n:,} positions{reached}, {_percent(low)} to {_percent(high)}; "
        f"{100 * of['asked'] / max(1, n):.2f} % asked."
    )


def _sum(tallies: Iterable[Tally]) -> Tally:
    total: Tally = Counter()
    for tally in tallies:
        total.update(tally)
    return total


def _of(counts: Tally, kind: str = "") -> dict[str, int]:
    """Boxes of one kind, or of all, by outcome."""
    return {
        outcome: sum(
            number
            for (name, found), number in counts.items()
            if found == outcome and ":" not in name and kind in ("", name)
        )
        for outcome in _OUTCOMES
    }


def _of_regular(counts: Tally) -> dict[str, int]:
    return {outcome: sum(counts[kind, outcome] for kind in REGULAR) for outcome in _OUTCOMES}


def _table_head(title: str) -> str:
    return f"| {title} | n | right | asked | silent | silent, 95 % interval |\n|---|---|---|---|---|---|"


def _row(title: str, of: dict[str, int]) -> str:
    n = sum(of.values())
    low, high = wilson(of["silent"], n)
    asked = f"{of['asked']:,} ({100 * of['asked'] / max(1, n):.2f} %)"
    return f"| {title} | {n:,} | {of['right']:,} | {asked} | {of['silent']:,} | {_percent(low)} – {_percent(high)} |"


def _percent(share: float) -> str:
    """A share in percent with three significant digits."""
    return f"{100 * share:.3g} %" if share > 1e-7 else "0"
