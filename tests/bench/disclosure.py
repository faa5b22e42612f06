"""The published file attacked: of every hidden figure, the interval that linear programmes leave.

Campaigns of 120 synthetic carnets, each from a seed of its own, some of people whose age nearly
tells the rest; the attack is that of ``tests/consolidate/attack.py`` and ``attack_links.py``, which
fails when an interval is narrower than the rules demand.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from pipeline.consolidate import Diffusion
from tests.consolidate.publishing import edition_of, file_of
from tests.consolidate.respondents import alike, many
from tests.consolidate.test_diffusion_attack import assert_protected

SEEDS, ALIKE_SEEDS = tuple(range(811, 821)), tuple(range(911, 921))
"""Used for nothing else: no setting was chosen on them."""
CARNETS = 120


def report(seeds: Sequence[int] = SEEDS, alike_seeds: Sequence[int] = ALIKE_SEEDS) -> str:
    """Two Markdown tables: each campaign, then each question over all campaigns."""
    lines = [
        "## Publication",
        "",
        f"{CARNETS} carnets a campaign; seeds on which nothing was chosen. A width of 2 leaves three possible counts.",
        "",
        "| people, seed | figures | hidden | share hidden | narrowest interval | demanded |",
        "|---|---|---|---|---|---|",
    ]
    widths: dict[str, list[float]] = defaultdict(list)
    drawn = [*(("various", many, seed) for seed in seeds), *(("alike", alike, seed) for seed in alike_seeds)]
    for people, make, seed in drawn:
        found = edition_of(make(CARNETS, seed))
        assert isinstance(found, Diffusion)
        with tempfile.TemporaryDirectory() as folder:
            cells = assert_protected(found, file_of(found, Path(folder)))
        for cell in cells:
            widths[cell.question].append(cell.width)
        figures, hidden = found.figures
        narrowest = f"{min(cell.width for cell in cells):g}" if cells else "–"
        lines.append(f"| {people} {seed} | {figures:,} | {hidden} | {found.share_hidden:.1%} | {narrowest} | held |")
    lines += ["", "| question | hidden figures | narrowest interval |", "|---|---|---|"]
    lines += [f"| {question} | {len(found)} | {min(found):g} |" for question, found in sorted(widths.items())]
    return "\n".join(lines)
