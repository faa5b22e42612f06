"""``make boxes``: the tick boxes of a campaign on contact sheets, sorted by ink.

For tuning by eye: where the ink of empty boxes ends and that of marks begins, and what was
asked in between.  Under each box stand its ink and what was made of it: ``X`` ticked, ``.``
empty, ``?`` asked.  Boxes without any ink are all alike: only a few are shown.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pipeline import define
from pipeline.errors import InputError
from pipeline.model.decision import FieldDecision, Status
from pipeline.model.layout import Box, PageLayout
from pipeline.model.reading import FieldReading
from pipeline.model.result import PageResult
from pipeline.model.scan import Grey, box_px
from pipeline.overlay import Colours
from pipeline.store import open_store

FOLDER = "cases"
COLUMNS, ROWS = 16, 14
MOST_EMPTY = COLUMNS * 2
_AROUND_MM = 2.2
_TILE_PX, _TEXT_PX = 86, 20
_COLOUR = {"X": (60, 150, 30), ".": (150, 150, 150), "?": (0, 120, 245)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One box: where its picture is, its ink, and what was made of it."""

    image: str
    box: Box
    ink: float
    verdict: str
    option: str


def box_sheets(folder: Path) -> list[Path]:
    """Write the contact sheets of a campaign into its folder ``cases``; return their paths.

    Raises ``InputError`` when the campaign holds no box.
    """
    samples = sorted(_samples(folder), key=lambda sample: (sample.ink, sample.image, sample.box.y, sample.box.x))
    if not samples:
        raise InputError(f"« {folder} » ne contient aucune case lue. Lisez d’abord des carnets (« carnet lire »).")
    bare = [sample for sample in samples if sample.ink == 0 and sample.verdict == "."]
    step = max(1, len(bare) // MOST_EMPTY)
    shown = bare[::step][:MOST_EMPTY] + [s for s in samples if s.ink > 0 or s.verdict != "."]
    out = folder / FOLDER
    out.mkdir(exist_ok=True)
    for old in out.glob("cases_*.png"):
        old.unlink()
    paths = []
    for number, start in enumerate(range(0, len(shown), COLUMNS * ROWS), start=1):
        path = out / f"cases_{number:03d}.png"
        cv2.imwrite(str(path), _sheet(folder, shown[start : start + COLUMNS * ROWS]))
        paths.append(path)
    return paths


def _samples(folder: Path) -> Iterator[Sample]:
    """Every box of every placed page."""
    shelf = define.open_shelf(define.form_folders())
    with open_store(folder) as store:
        decided = store.decided()
        for page in store.pages(readings=True):
            form = shelf.get(page.form, page.version)
            if form is None or page.key not in decided or not page.image:
                continue
            decisions = {decision.field: decision for decision in decided[page.key].decisions}
            yield from _boxes_of(page, form.layout.page(page.layout_page), decisions)


def _boxes_of(page: PageResult, layout: PageLayout, decisions: dict[str, FieldDecision]) -> Iterator[Sample]:
    """The boxes of one page; readings stand in the order of the layout, masked fields left out."""
    fields = [field for field in layout.fields if field.type != "masked"]
    for field, reading in zip(fields, page.readings, strict=True):
        decision = decisions.get(reading.name)
        if decision is None:
            continue
        for option, mark in zip(field.options, reading.marks, strict=False):
            yield Sample(
                image=page.image,
                box=option.box,
                ink=mark.ink_ratio,
                verdict=_verdict(reading, option.value, decision),
                option=option.value,
            )


def _verdict(reading: FieldReading, option: str, decision: FieldDecision) -> str:
    """``X`` ticked, ``.`` empty, ``?`` asked; of a question asked, only boxes with ink around are."""
    mark = next(mark for mark in reading.marks if mark.option == option)
    if decision.status is Status.REVIEW and (mark.ink_ratio > 0 or mark.ring_ratio > 0):
        return "?"
    return "X" if option in decision.raw.split("|") else "."


def _sheet(folder: Path, samples: Sequence[Sample]) -> Colours:
    """One contact sheet."""
    rows = -(-len(samples) // COLUMNS)
    sheet = np.full((rows * (_TILE_PX + _TEXT_PX), COLUMNS * _TILE_PX, 3), 255, np.uint8)
    pages: dict[str, Grey] = {}
    for rank, sample in enumerate(samples):
        if sample.image not in pages:
            read = cv2.imread(str(folder / sample.image), cv2.IMREAD_GRAYSCALE)
            pages[sample.image] = np.asarray(read, np.uint8)
        row, column = divmod(rank, COLUMNS)
        _tile(sheet, (column * _TILE_PX, row * (_TILE_PX + _TEXT_PX)), sample, pages[sample.image])
    return sheet


def _tile(sheet: Colours, corner: tuple[int, int], sample: Sample, page: Grey) -> None:
    """One box with its surroundings, framed in the colour of its verdict."""
    x, y, width, height = box_px(sample.box.grown(_AROUND_MM), page.shape)
    crop = cv2.cvtColor(page[y : y + height, x : x + width], cv2.COLOR_GRAY2BGR)
    side = _TILE_PX - 6
    left, top = corner
    sheet[top + 3 : top + 3 + side, left + 3 : left + 3 + side] = cv2.resize(crop, (side, side))
    colour = _COLOUR[sample.verdict]
    cv2.rectangle(sheet, (left + 1, top + 1), (left + _TILE_PX - 3, top + _TILE_PX - 3), colour, 2)
    words = f"{sample.ink:.3f} {sample.verdict}"
    cv2.putText(sheet, words, (left + 6, top + _TILE_PX + 13), cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, 1, cv2.LINE_AA)


if __name__ == "__main__":
    box_sheets(Path(sys.argv[1] if len(sys.argv) > 1 else "output"))
