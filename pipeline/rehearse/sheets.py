"""Printed sides as pixels, filled by their respondents.

A ``PrintedLot`` is what printing wrote: one PDF and its manifest.  A side is rendered,
its toner aged, then every logical page on it is filled by hand in its own millimetres.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from pdf2image import convert_from_path

from pipeline.model.form import PublishedForm
from pipeline.model.scan import Grey
from pipeline.rehearse.degrade import RENDER_DPI
from pipeline.rehearse.fill import fill_page
from pipeline.rehearse.habits import habits_of
from pipeline.rehearse.ink import Surface
from pipeline.rehearse.respondents import Respondent, carnet_rng, fields_on_sheet
from pipeline.rehearse.truth import PageTruth

PRINTER_DPI = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedSlot:
    """One logical page on a printed side."""

    carnet: str
    page: int
    origin_mm: tuple[float, float]
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedLot:
    """One printed PDF: its sides in order (``sides[0]`` is page 1)."""

    pdf: Path
    form: str
    version: str
    variant: str
    imposition: str
    sides: tuple[tuple[PrintedSlot, ...], ...]

    def carnets(self) -> tuple[str, ...]:
        """Carnet numbers in the order of printing."""
        return tuple(dict.fromkeys(slot.carnet for side in self.sides for slot in side))

    def pages_of(self, carnet: str) -> tuple[int, ...]:
        """Printed pages of a carnet, in order of page."""
        return tuple(sorted(slot.page for side in self.sides for slot in side if slot.carnet == carnet))

    def sides_of(self, carnet: str) -> tuple[int, ...]:
        """Indices of the sides that hold a carnet."""
        return tuple(index for index, side in enumerate(self.sides) if any(slot.carnet == carnet for slot in side))


def load_lot(manifest: Path, pdf: Path) -> PrintedLot:
    """Read a manifest back."""
    stored = json.loads(manifest.read_text(encoding="utf-8"))
    sides = tuple(
        tuple(
            PrintedSlot(
                carnet=slot["carnet_id"],
                page=int(slot["page"]),
                origin_mm=(float(slot["origin_mm"][0]), float(slot["origin_mm"][1])),
                scale=float(slot["scale"]),
            )
            for slot in page["slots"]
        )
        for page in sorted(stored["pages"], key=lambda page: int(page["pdf_page"]))
    )
    return PrintedLot(
        pdf=pdf,
        form=stored["form"],
        version=stored["version"],
        variant=stored["variant"],
        imposition=stored["imposition"],
        sides=sides,
    )


def filled_side(
    lot: PrintedLot,
    index: int,
    form: PublishedForm,
    respondents: Mapping[str, Respondent],
    seed: int,
    *,
    colour: bool = False,
) -> tuple[Grey, tuple[PageTruth, ...]]:
    """Render a side, age its toner, fill its pages; pixels at ``RENDER_DPI`` and the truth.

    The same side comes out the same each time, whatever was filled before.
    """
    slots = lot.sides[index]
    pixels = _toner(_rendered(lot.pdf, index), carnet_rng(seed, slots[0].carnet, 990) if slots else None)
    if colour:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    truths = []
    habits = habits_of(lot.form)
    for slot in slots:
        surface = Surface(pixels, RENDER_DPI / 25.4, slot.origin_mm, slot.scale)
        layout_page, _ = form.definition.layout_page(slot.page)
        truths.append(
            fill_page(
                surface,
                form.layout.page(layout_page.number),
                fields_on_sheet(form.definition, slot.page),
                respondent=respondents[slot.carnet],
                printed=slot.page,
                habits=habits,
                rng=carnet_rng(seed, slot.carnet, slot.page),
            )
        )
    return pixels, tuple(truths)


def _rendered(pdf: Path, index: int) -> Grey:
    """One side of the printed PDF in grey: dots of a 600 dpi printer, seen at ``RENDER_DPI``.

    Rendered at the scan's own resolution, thin lines would snap to its pixels and boxes
    would change size by a tenth of a millimetre, which no printer does.
    """
    pages = convert_from_path(str(pdf), dpi=PRINTER_DPI, first_page=index + 1, last_page=index + 1, grayscale=True)
    dots = np.asarray(pages[0], dtype=np.uint8)
    size = round(dots.shape[1] * RENDER_DPI / PRINTER_DPI), round(dots.shape[0] * RENDER_DPI / PRINTER_DPI)
    return cv2.resize(dots, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _toner(pixels: Grey, rng: np.random.Generator | None) -> Grey:
    """The darkness of the printer's toner: the same over a carnet, low for one in twenty."""
    if rng is None:
        return pixels
    strength = rng.uniform(0.5, 0.7) if rng.random() < 0.05 else rng.uniform(0.86, 1.0)
    levels = 255 - (255 - np.arange(256)) * strength
    return cv2.LUT(pixels, (levels + 0.5).astype(np.uint8)).astype(np.uint8, copy=False)
