"""The published file attacked: of every hidden figure, the interval that linear programmes leave.

Campaigns of 120 synthetic carnets, each from a seed of its own; the attack is that of
``tests/consolidate/attack.py``, which fails when an interval is narrower than the rules demand.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from pipeline.consolidate import Diffusion
from tests.consolidate.publishing import edition_of, file_of
from tests.consolidate.respondents import many
from tests.consolidate.test_diffusion_attack import assert_protected

SEEDS = tuple(range(501, 511))
"""Used for nothing else: no setting was chosen on them."""
CARNETS = 120


def report(seeds: Sequence[int] = SEEDS) -> str:
    """Two Markdown tables: each campaign, then each question over all campaigns."""
    lines = [
        "## Publication",
        "",
        f"{CARNETS} carnets a campaign; seeds on which nothing was chosen. A width of 2 leaves three possible counts.",
        "",
        "| seed | figures | hidden | share hidden | narrowest interval | demanded |",
        "|---|---|---|---|---|---|",
    ]
    widths: dict[str, list[float]] = defaultdict(list)
    for seed in seeds:
        found = edition_of(many(CARNETS, seed))
        assert isinstance(found, Diffusion)
        with tempfile.TemporaryDirectory() as folder:
            cells = assert_protected(found, file_of(found, Path(folder)))
        for cell in cells:
            widths[cell.question].append(cell.width)
        figures, hidden = found.figures
        narrowest = f"{min(cell.width for cell in cells):g}" if cells else "–"
        lines.append(f"| {seed} | {figures:,} | {hidden} | {found.share_hidden:.1%} | {narrowest} | held |")
    lines += ["", "| question | hidden figures | narrowest interval |", "|---|---|---|"]
    lines += [f"| {question} | {len(found)} | {min(found):g} |" for question, found in sorted(widths.items())]
    return "\n".join(lines)
