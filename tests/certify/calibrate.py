"""``make calibration``: fit ``pipeline/decide/ticks.json`` on drawn pages of rehearsed writers.

Every page has its own writer.  Curves are fitted on some seeds, borders measured on others;
the reliability table of the bench uses a third range, the certification a fourth.
"""

from __future__ import annotations

import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import cv2

from pipeline.decide import isotonic, marks, reliance, writer
from pipeline.model.decision import FieldDecision
from pipeline.settings import Settings
from tests.certify import boxes, scanner
from tests.certify.page import printed

TABLE = Path(reliance.__file__).with_name("ticks.json")
FIT, BORDERS, RELIABILITY = 2_000_000, 3_000_000, 4_000_000
_BORDERS = (0.9995, 0.999, 0.998, 0.995, 0.99, 0.98, 0.97, 0.95, 0.9, 0.8, 0.65, 0.5)
_RULED = (marks.Sight.FAINT, marks.Sight.DENSE, marks.Sight.CIRCLED)
_BARE = (marks.Sight.EMPTY, marks.Sight.PLAIN)
"""What looks so is not doubted: no border of review would catch its errors."""
_FIRST_GUESS = {str(sight): [[0.0, 0.5]] for sight in marks.Sight} | {
    "round": [[0.0, 0.995]],
    "filled": [[0.0, 0.9985]],
}
"""What holds where the rehearsed writers show nothing: those who circle or blacken throughout are few."""

Judged = tuple[FieldDecision, tuple[marks.BoxSight, ...], set[str]]


def judged(first_seed: int, pages: int, settings: Settings) -> Iterator[Judged]:
    """Decisions on ordinary pages, what each box looked like, and what is truly ticked."""
    kinds = list(scanner.KINDS)
    for number in range(pages):
        scan = kinds[number % len(kinds)]
        sheet, page = boxes.one_page(boxes.ORDINARY, scan, (first_seed, number), settings)
        bitonal = "bitonal" in page.warnings
        hand = writer.writer_on([(page.readings, bitonal)], settings.decide)
        if hand.fades:
            continue  # all of it is asked
        for field, reading in zip(printed().form.definition.fields, page.readings, strict=True):
            decision = marks.decide_choice(field, reading, hand, settings.decide, bitonal=bitonal)
            seen = marks.sights(field, reading, hand, settings.decide, bitonal=bitonal)
            yield decision, seen, sheet.true[field.name]


def curves(found: list[Judged]) -> dict[str, list[list[float]]]:
    """A curve for everything a box can look like."""
    cases: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for decision, seen, true in found:
        read = set(decision.raw.split("|"))
        # What is asked by rule says nothing about boxes that look plain elsewhere.
        ruled = bool({*decision.reasons} - reliance.MOVABLE)
        for box in (box for box in seen if ruled == (box.sight in _RULED)):
            cases[str(box.sight)].append((abs(box.evidence), (box.option in read) == (box.option in true)))
    fitted = dict(_FIRST_GUESS)
    for sight, points in cases.items():
        fitted[sight] = [[round(score, 2), round(p, 6)] for score, p in isotonic.isotonic(points, least=150)]
    return fitted


def levels(found: list[Judged], table: reliance.Reliance) -> list[dict[str, float]]:
    """At each border, wrong boxes to expect among doubtful ones let through, and boxes asked."""
    total = sum(len(seen) for _, seen, _ in found)
    rows = []
    for border in _BORDERS:
        errors, asked = 0.0, 0
        for decision, seen, _ in found:
            sure = math.prod(table.sure(box.sight, abs(box.evidence)) for box in seen)
            if sure < border or not reliance.MOVABLE.issuperset(decision.reasons):
                asked += len(seen)
            else:
                errors += sum(1.0 - table.sure(box.sight, abs(box.evidence)) for box in seen if box.sight not in _BARE)
        rows.append(
            {
                "border": border,
                "errors_per_10000": round(1e4 * errors / total, 4),
                "asked_per_1000": round(1e3 * asked / total, 2),
            }
        )
    return rows


def main() -> int:
    """Fit and write; ``pages`` may be given for a trial."""
    cv2.setNumThreads(1)
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    settings = Settings()
    fitted = curves(list(judged(FIT, pages, settings)))
    table = reliance.Reliance(curves={k: [(s, p) for s, p in v] for k, v in fitted.items()}, levels=())
    rows = levels(list(judged(BORDERS, pages // 2, settings)), table)
    provenance = {
        "made_by": "make calibration",
        "writers": pages,
        "writers_of_levels": pages // 2,
        "boxes": pages * len(printed().fields) * boxes.OPTIONS,
        "seeds": [FIT, BORDERS],
        "scans": list(scanner.KINDS),
        "settings": settings.fingerprint,
        "note": "Drawn pages of rehearsed writers, one a page; nobody's real marks.",
    }
    TABLE.write_text(_text({"provenance": provenance, "levels": rows, "curves": fitted}), encoding="utf-8")
    return 0


def _text(stored: dict[str, object]) -> str:
    """JSON, one entry a line where that reads better."""
    lines = []
    for key, value in stored.items():
        if isinstance(value, dict):
            inner = ",\n".join(f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in value.items())
            lines.append(f"{json.dumps(key)}: {{\n{inner}\n}}")
        else:
            assert isinstance(value, list)
            inner = ",\n".join(f"  {json.dumps(entry)}" for entry in value)
            lines.append(f"{json.dumps(key)}: [\n{inner}\n]")
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    raise SystemExit(main())
