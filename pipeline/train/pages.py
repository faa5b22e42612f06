"""Cells of our own pages: printed, filled by training hands, scanned, registered, cut as in a reading.

What remains of a printed frame, what registration leaves askew and what each kind of scan
does to a pen cannot be drawn on single cells; here it comes from the corridor itself.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from pipeline import compose, define, read, register
from pipeline.model.form import FormShelf, PublishedForm
from pipeline.model.layout import FieldBox
from pipeline.model.order import PrintOrder
from pipeline.model.scan import Floats, Grey, RegisteredPage, ScanImage, SourceRef
from pipeline.read.cells import CellInk, read_cells
from pipeline.read.engines.digits import prepare
from pipeline.read.ground import ground_of
from pipeline.read.inkmap import ink_of
from pipeline.rehearse import PROFILES, DigitSource, PrintedLot, Respondent, filled_side, load_lot
from pipeline.rehearse.answers import Answer
from pipeline.rehearse.damage import DAMAGES
from pipeline.rehearse.degrade import SheetSide, draw_scanner, scan
from pipeline.rehearse.hands import Glyph, draw_writer
from pipeline.rehearse.respondents import fields_on_sheet
from pipeline.rehearse.truth import PageTruth
from pipeline.settings import Settings
from pipeline.train import hands
from pipeline.train.negatives import NO_DIGIT
from pipeline.train.recipe import Examples
from pipeline.train.sets import Images, Sets

FORM, PAGES, CARNET = "carnet", (2, 4, 5, 9, 10, 11), "26-000001-26"
KINDS = {
    "bureau_300": 0.18,
    "bureau_200": 0.14,
    "couleur_200": 0.13,
    "bitonal_200": 0.2,
    "fax": 0.13,
    "telephone": 0.14,
    "abime": 0.08,
}
"""How often each kind of scan is drawn."""

CLUMSINESS = (2.0, 40.0)
"""Struck and scribbled cells come twice as often as with most respondents, or in most numbers of the page."""
_CLUMSY = 0.25  # of the pages
_CORRECTED = 0.05
"""Ink above a cell, over its strip, from which its digit is the one that was struck and written anew."""
_WHOLE = 0.35
"""Height of the ink over that of its cell under which only fragments of a digit are left."""
_JOURNAL, _JOURNAL_SHARE = 5, 0.55
_IMAGINED, _REHEARSED = 0.2, 0.2  # of the pages; real hands write the others


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """The digits of one writer, or of a group of writers that nobody told apart."""

    glyphs: tuple[tuple[Glyph, ...], ...]

    def glyph(self, digit: str, rng: np.random.Generator) -> Glyph:
        """One of the digits that were really written."""
        known = self.glyphs[int(digit)]
        return known[int(rng.integers(len(known)))]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Imagined:
    """One of our own hands, drawn anew each time."""

    hand: hands.Hand

    def glyph(self, digit: str, rng: np.random.Generator) -> Glyph:
        """The digit once more."""
        return Glyph(strokes=tuple(np.asarray(line, np.float64) for line in self.hand.draw(int(digit), rng)))


def page_cells(sets: Sets, *, sheets: int, seed: int, processes: int = 1) -> Examples:
    """The cells of so many filled pages; the same for the same seed, however many processes."""
    sources = tuple(_sources(sets))
    with tempfile.TemporaryDirectory() as name:
        lot = _printed(Path(name))
        if processes == 1:
            parts = [_sheet(lot, sources, seed, index) for index in range(sheets)]
        else:
            with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
                parts = list(pool.map(_sheet, repeat(lot), repeat(sources), repeat(seed), range(sheets), chunksize=4))
    x, y = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    return Examples(x=x.astype(np.uint8), y=y.astype(np.uint8))


def _sources(sets: Sets) -> Iterator[DigitSource]:
    """Every writer of the split: pen trajectories writer by writer, images by group."""
    drawn = sets.pendigits
    for writer in sorted(set(drawn.writer.tolist())):
        rows = np.flatnonzero(drawn.writer == writer)
        yield _Source(
            glyphs=tuple(
                tuple(
                    Glyph(strokes=tuple(_floats(line) for line in drawn.strokes[row]))
                    for row in rows
                    if drawn.y[row] == digit
                )
                for digit in range(10)
            )
        )
    yield _Source(glyphs=_pictures(sets.semeion, narrow=True))
    yield _Source(glyphs=_pictures(sets.mnist, narrow=False))


def _floats(line: object) -> Floats:
    return np.asarray(line, np.float64)


def _pictures(images: Images, *, narrow: bool) -> tuple[tuple[Glyph, ...], ...]:
    """Images by digit, cut to their ink; boxes stretched to squares are given back a digit's proportions."""
    return tuple(
        tuple(Glyph(bitmap=_cut(image, narrow)) for image in images.x[images.y == digit]) for digit in range(10)
    )


def _cut(image: Grey, narrow: bool) -> Grey:
    rows, columns = np.flatnonzero(image.max(axis=1) > 60), np.flatnonzero(image.max(axis=0) > 60)
    cut = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.repeat(np.repeat(cut, 3, axis=0), 2, axis=1) if narrow else cut


def _printed(folder: Path) -> PrintedLot:
    """One copy of the pages that hold digits, one A5 page a side."""
    order = PrintOrder(carnet=CARNET, sheets=tuple((page, 0) for page in PAGES))
    written = compose.print_carnets(_form(), [order], imposition="a5", out_dir=folder)
    return load_lot(written.manifest, written.pdf)


@functools.cache
def _shelf() -> FormShelf:
    return define.open_shelf(define.form_folders())


def _form() -> PublishedForm:
    """The newest version of the form."""
    form = _shelf().latest(FORM)
    assert form is not None, "the form stands beside the package"
    return form


def _sheet(lot: PrintedLot, sources: Sequence[DigitSource], seed: int, index: int) -> tuple[Grey, Grey]:
    """One page filled in every digit cell, scanned and cut: prepared cells and their classes."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng([seed, index, 4])
    journal = rng.random() < _JOURNAL_SHARE
    page = _JOURNAL if journal else int(rng.choice(PAGES))
    side = next(place for place, slots in enumerate(lot.sides) if slots[0].page == page)
    respondent = _respondent(page, sources, rng)
    pixels, truths = filled_side(lot, side, _form(), {CARNET: respondent}, int(rng.integers(1 << 30)))
    profile = PROFILES[str(rng.choice(list(KINDS), p=list(KINDS.values())))]
    if profile.colour:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    damages = tuple(str(name) for name in rng.choice(sorted(DAMAGES), size=1)) if profile.damaged else ()
    seen = scan(SheetSide(pixels=pixels, folded=False, damages=damages), draw_scanner(profile, rng), rng)
    if seen.ndim == 3:
        seen = cv2.cvtColor(seen, cv2.COLOR_BGR2GRAY).astype(np.uint8)
    found = list(_cut_out(seen, None if profile.phone else profile.dpi, truths[0]))
    x = np.stack([one for one, _ in found]) if found else np.zeros((0, 28, 28), np.uint8)
    return x, np.array([label for _, label in found], np.uint8)


def _respondent(page: int, sources: Sequence[DigitSource], rng: np.random.Generator) -> Respondent:
    """Somebody who writes a digit into every cell of the page."""
    source: DigitSource | None = None  # then the rehearsal writes with its own digits
    luck = rng.random()
    if luck < _IMAGINED:
        source = _Imagined(hand=hands.hand(rng))
    elif luck >= _IMAGINED + _REHEARSED:
        # Half of the real hands are groups of many writers: as likely as a writer alone.
        weights = np.ones(len(sources))
        weights[-2:] = (2, 5)
        source = sources[int(rng.choice(len(sources), p=weights / weights.sum()))]
    writer = draw_writer(rng, "training", source)
    answers = {
        field.name: Answer(raw="".join(str(int(rng.integers(10))) for _ in range(field.cells)), value="")
        for field in fields_on_sheet(_form().definition, page).values()
        if field.type == "comb"
    }
    return Respondent(
        carnet=CARNET, writer=writer, other=writer, clumsiness=CLUMSINESS[int(rng.random() < _CLUMSY)], answers=answers
    )


def _cut_out(seen: Grey, dpi: float | None, truth: PageTruth) -> Iterator[tuple[Grey, int]]:
    """Prepared cells of a scanned page with their classes; nothing when the page was refused."""
    settings = Settings()
    image = ScanImage(pixels=seen, dpi=dpi, source=SourceRef(path="", sha256="", side=1))
    for page in register.find_pages(image, _shelf(), compose.blank_pages, read.read_number, settings.register):
        if isinstance(page, RegisteredPage):
            blank = compose.blank_pages(_form())[page.layout_page]
            layer = ink_of(page, ground_of(_form(), page.layout_page, blank), settings.read)
            known = {field.field: field for field in truth.fields}
            for box in _form().layout.page(page.layout_page).fields:
                if box.type != "comb":
                    continue
                if known[box.name].kind in ("plain", "illegible"):
                    yield from _labelled(box, read_cells(box, layer), known[box.name].raw)
                elif known[box.name].kind == "corrected":
                    yield from _struck(read_cells(box, layer))


def _struck(cells: Sequence[CellInk]) -> Iterator[tuple[Grey, int]]:
    """The cell of a corrected number whose digit was struck: the one under the correction."""
    under = max(cells, key=lambda cell: cell.reading.above_ratio)
    prepared = prepare(under.picture) if under.picture is not None else None
    if prepared is not None and under.reading.above_ratio >= _CORRECTED:
        yield np.round(prepared * 255).astype(np.uint8), NO_DIGIT


def _labelled(box: FieldBox, cells: Sequence[CellInk], raw: str) -> Iterator[tuple[Grey, int]]:
    """Prepared cells with their classes; what a scan in black and white left of a pale pen is no example."""
    for cell, character in zip(cells, raw.ljust(len(box.cells)), strict=True):
        whole = cell.picture is not None and cell.reading.height_ratio >= _WHOLE and character != " "
        prepared = prepare(cell.picture) if whole and cell.picture is not None else None
        if prepared is not None:
            label = int(character) if character.isdigit() else NO_DIGIT
            yield np.round(prepared * 255).astype(np.uint8), label
