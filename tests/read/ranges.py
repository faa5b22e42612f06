"""``python -m tests.read.ranges``: measure drawn marks of every kind and write ``RANGES.md``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.read.ground import ground_of
from pipeline.read.inkmap import ink_of
from pipeline.read.marks import read_marks
from pipeline.settings import ReadSettings
from tests.read.drawn_pages import KINDS, SCANS, boxes_form, draw_blank, mark, registered, scan

PATH = Path(__file__).with_name("RANGES.md")
SEED = 77
MEASURES = {
    "ink": "ink_ratio", "darkness": "darkness", "outside": "outside_ratio", "ring": "ring_ratio",
    "solidity": "solidity_ratio", "extent": "extent_ratio", "crossing": "crossing_ratio",
    "straight": "straight_ratio", "level": "level_ratio", "foreign": "foreign_ratio", "inside": "inside_ratio",
    "core": "core_ratio", "frame": "frame_ratio",
}  # fmt: skip
BITONAL = ("cross", "tick", "dot", "pencil_cross", "pencil_tick", "light_blue", "fold")

HEAD = """# Typical measures of tick boxes by kind of mark

Made by `python -m tests.read.ranges`. Drawn marks on 5 mm boxes (`drawn_pages.py`), 77 boxes × 8 scans each: clean,
grey, noise of 14 levels, grey paper with JPEG 45, shadow, JPEG 45, bitonal, low toner; up to 0.1 mm off, on the grid
of 150 dpi. Each entry: 2 % · median · 98 %. Typical values only; the tests of this folder assert the orderings, not
these values. Synthetic marks compare kinds; they do not foretell rates on real carnets.
"""
BETWEEN = "\nBitonal scans alone, where pale ink may be gone before we see it:\n"
TAIL = """
How to read it: a circle has ring ≥ 0.9 and an empty inside; a fold, streak or staple is straight (≥ 0.6) with inside
≤ 0.55; a stray end or a neighbour's tail has extent ≤ 0.35 and inside ≤ 0.45; a dot has the same extent but inside 1;
blackened boxes have solidity ≥ 0.85, felt crosses at most 0.77; a cross crosses (≥ 0.2), a tick does not (0–0.2); a
struck cross has a level line (≥ 0.27), other crosses none; a stain is pale (darkness ≤ 0.33) and spreads (inside
≤ 0.4). `frame` is low wherever the toner is: compare it with the other boxes of the page.
"""

Found = dict[str, list[float]]


def measured() -> dict[tuple[str, str], Found]:
    """All values by kind and scan."""
    form = boxes_form()
    blank = draw_blank(form)
    fields = form.layout.page(1).fields
    ground = ground_of(form, 1, blank.pixels())
    found = {}
    for number, kind in enumerate(KINDS):
        rng = np.random.default_rng([SEED, number])
        for scanner in SCANS:
            sheet = blank.copy()
            for field in fields:
                for option in field.options:
                    mark(sheet, option.box, kind, rng)
            pixels = scan(sheet, scanner, rng, shift_mm=tuple(rng.uniform(-0.1, 0.1, 2)))
            readings = read_marks(fields, ink_of(registered(pixels), ground, ReadSettings()))
            boxes = [reading for marks in readings.values() for reading in marks]
            found[kind, scanner] = {name: [getattr(box, name) for box in boxes] for name in MEASURES.values()}
    return found


def table(found: dict[tuple[str, str], Found], kinds: tuple[str, ...], scans: tuple[str, ...]) -> str:
    """One row a kind, over some scans."""
    lines = [f"| kind | {' | '.join(MEASURES)} |", "|---" * (len(MEASURES) + 1) + "|"]
    for kind in kinds:
        entries = []
        for name in MEASURES.values():
            values = [value for scanner in scans for value in found[kind, scanner][name]]
            entries.append(" · ".join(f"{value:.2f}" for value in np.percentile(values, [2, 50, 98])))
        lines.append(f"| {kind} | {' | '.join(entries)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure and write."""
    found = measured()
    bitonal = table(found, BITONAL, ("bitonal",))
    PATH.write_text("\n".join((HEAD, table(found, KINDS, SCANS) + BETWEEN, bitonal + TAIL)), encoding="utf-8")


if __name__ == "__main__":
    main()
