"""The sheets that the bench degrades: a few carnets printed and filled once, kept as arrays."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from pdf2image import convert_from_path

from pipeline import compose
from pipeline.model.form import PublishedForm
from pipeline.model.order import PrintOrder
from pipeline.model.scan import Floats, Grey
from pipeline.rehearse.degrade import RENDER_DPI
from pipeline.rehearse.fill import fill_page
from pipeline.rehearse.habits import habits_of
from pipeline.rehearse.ink import Surface
from pipeline.rehearse.respondents import carnet_rng, draw_respondent, fields_on_sheet
from pipeline.rehearse.sheets import PrintedLot, load_lot

K = RENDER_DPI / 25.4
WHITE = 255
_CARNETS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """One logical page of a sheet: ``matrix`` (3 × 3, row-major) from its mm to mm of the sheet."""

    carnet: str
    page: int
    matrix: tuple[float, ...]

    def on_sheet(self, points_mm: Floats) -> Floats:
        """Points (n, 2) of the page, on the sheet."""
        matrix = np.array(self.matrix).reshape(3, 3)
        return np.asarray(points_mm @ matrix[:2, :2].T + matrix[:2, 2], np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Master:
    """A printed side and what was written on it, apart, so that toner can age without the ink."""

    printed: Grey
    written: Grey
    slots: tuple[Lying, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Desk:
    """Where the sheets of a bench lie: ``count`` masters of a form, all drawn from one seed."""

    folder: Path
    form: PublishedForm
    count: int
    seed: int

    def master(self, number: int) -> Master:
        """One of the sheets."""
        return _master(self.folder, number)


def lay_out(form: PublishedForm, folder: Path, seed: int) -> Desk:
    """Print, render and fill the sheets of the bench into ``folder``, once."""
    done = folder / "masters.json"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        lots = _printed(form, folder, seed)
        count = 0
        for lot in lots:
            count += _render(lot, form, folder, count, seed)
        done.write_text(json.dumps({"count": count}), encoding="utf-8")
    count = int(json.loads(done.read_text(encoding="utf-8"))["count"])
    return Desk(folder=folder, form=form, count=count, seed=seed)


def _printed(form: PublishedForm, folder: Path, seed: int) -> list[PrintedLot]:
    """Booklets, one carnet in large print, continuation sheets."""
    numbers = compose.draw_numbers(_CARNETS + 1, 2026, frozenset(), seed)
    sheets = tuple((page.number, 1) for page in form.definition.pages if page.continues)
    asked = {
        "booklet": ([PrintOrder(carnet=number) for number in numbers[:_CARNETS]], "standard", "livret"),
        "more": ([PrintOrder(carnet=numbers[0], sheets=sheets)], "standard", "a5"),
        "large": ([PrintOrder(carnet=numbers[-1])], "gros_caracteres", "a5"),
    }
    lots = []
    for name, (orders, variant, imposition) in asked.items():
        out = folder / name
        out.mkdir(exist_ok=True)
        files = compose.print_carnets(form, orders, variant=variant, imposition=imposition, out_dir=out)  # type: ignore[arg-type]
        lots.append(load_lot(files.manifest, files.pdf))
    return lots


def _render(lot: PrintedLot, form: PublishedForm, folder: Path, start: int, seed: int) -> int:
    """The sides of one printed PDF as arrays on disk."""
    wanted = range(len(lot.sides)) if lot.variant == "standard" else range(0, len(lot.sides), 3)
    habits = habits_of(lot.form)
    for place, index in enumerate(wanted):
        (dots,) = convert_from_path(str(lot.pdf), dpi=600, first_page=index + 1, last_page=index + 1, grayscale=True)
        half = dots.size[0] // 2, dots.size[1] // 2
        printed = np.asarray(cv2.resize(np.asarray(dots, np.uint8), half, interpolation=cv2.INTER_AREA), np.uint8)
        written = np.full_like(printed, WHITE)
        slots = []
        for slot in lot.sides[index]:
            respondent = draw_respondent(form.definition, slot.carnet, lot.pages_of(slot.carnet), seed)
            layout_page, _ = form.definition.layout_page(slot.page)
            fill_page(
                Surface(written, K, slot.origin_mm, slot.scale),
                form.layout.page(layout_page.number),
                fields_on_sheet(form.definition, slot.page),
                respondent=respondent,
                printed=slot.page,
                habits=habits,
                rng=carnet_rng(seed, slot.carnet, slot.page),
            )
            (x, y), s = slot.origin_mm, slot.scale
            slots.append({"carnet": slot.carnet, "page": slot.page, "matrix": [s, 0, x, 0, s, y, 0, 0, 1]})
        np.save(folder / f"printed-{start + place}.npy", printed)
        np.save(folder / f"written-{start + place}.npy", written)
        (folder / f"slots-{start + place}.json").write_text(json.dumps(slots), encoding="utf-8")
    return len(wanted)


@lru_cache(maxsize=64)
def _master(folder: Path, number: int) -> Master:
    """One side of the desk, its pixels left on disk until they are used."""
    slots = json.loads((folder / f"slots-{number}.json").read_text(encoding="utf-8"))
    return Master(
        printed=np.load(folder / f"printed-{number}.npy", mmap_mode="r"),
        written=np.load(folder / f"written-{number}.npy", mmap_mode="r"),
        slots=tuple(
            Lying(carnet=slot["carnet"], page=slot["page"], matrix=tuple(float(v) for v in slot["matrix"]))
            for slot in slots
        ),
    )
