"""Dense pages: every number of a page filled, one writer a page, read alone through the whole corridor.

A carnet leaves most of its cells empty; figures on rare errors need thousands of filled
ones.  Here each page is printed, filled in full by one writer, scanned and read; nothing
is stored.  Pages that the registration refuses are counted and left out.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import cv2
import numpy as np
import numpy.typing as npt

from pipeline import compose, decide, define, read, register
from pipeline.model.decision import FieldDecision
from pipeline.model.form import FormShelf, PublishedForm
from pipeline.model.order import PrintOrder
from pipeline.model.result import PageResult
from pipeline.model.scan import Grey, RegisteredPage, ScanImage, SourceRef
from pipeline.read.engines import digits
from pipeline.rehearse import PROFILES, DigitSource, PrintedLot, Respondent, filled_side, load_lot
from pipeline.rehearse.answers import Persona, answer_carnet
from pipeline.rehearse.damage import DAMAGES
from pipeline.rehearse.degrade import SheetSide, draw_scanner, scan
from pipeline.rehearse.habits import Habits, habits_of
from pipeline.rehearse.hands import draw_writer
from pipeline.rehearse.respondents import fields_on_sheet
from pipeline.rehearse.truth import PageTruth
from pipeline.settings import Settings

PAGES = (2, 4, 5, 5, 5, 9, 10, 11)
"""Pages of the form that hold numbers; the journal, which holds most, comes more often."""
KINDS = ("bureau_300", "couleur_200", "bitonal_200", "fax", "telephone", "abime")
OFFICE = frozenset({"bureau_300", "couleur_200", "bitonal_200", "fax"})
CARNET, SCANNED_ON = "26-000001-26", date(2026, 11, 18)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DensePage:
    """A page read, with what is truly on it, who wrote it and how it was scanned.

    ``glanced``: the same page as the first digit network alone reads it.
    """

    kind: str
    group: str
    result: PageResult
    glanced: PageResult
    truth: PageTruth


def dense_pages(
    kind: str, count: int, seed: int, sources: Sequence[DigitSource], *, clumsiness: float = 1.0
) -> Iterator[DensePage]:
    """So many pages of one kind of scan; without ``sources``, by hands of our own model."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as name:
        lot = _printed(Path(name))
        for index in range(count):
            rng = np.random.default_rng([seed, KINDS.index(kind), index])
            yield from _page(lot, kind, sources, clumsiness, rng)


def decided(page: DensePage, settings: Settings) -> Mapping[str, FieldDecision]:
    """The decisions on a page by field, as if it were all that is known of its carnet."""
    context = decide.CarnetContext(scanned_on=SCANNED_ON)
    found = decide.decide_carnet([page.result], shelf(), context, settings.decide)
    return {decision.field: decision for one in found for decision in one.decisions}


@functools.cache
def shelf() -> FormShelf:
    """The forms beside the package."""
    return define.open_shelf(define.form_folders())


def form() -> PublishedForm:
    """The newest version of the carnet."""
    found = shelf().latest("carnet")
    assert found is not None
    return found


def _printed(folder: Path) -> PrintedLot:
    order = PrintOrder(carnet=CARNET, sheets=tuple((page, 0) for page in dict.fromkeys(PAGES)))
    written = compose.print_carnets(form(), [order], imposition="a5", out_dir=folder)
    return load_lot(written.manifest, written.pdf)


def _page(
    lot: PrintedLot, kind: str, sources: Sequence[DigitSource], clumsiness: float, rng: np.random.Generator
) -> Iterator[DensePage]:
    number = int(rng.choice(PAGES))
    side = next(place for place, slots in enumerate(lot.sides) if slots[0].page == number)
    source = sources[int(rng.integers(len(sources)))] if sources else None
    respondent = _respondent(number, source, clumsiness, rng)
    pixels, truths = filled_side(lot, side, form(), {CARNET: respondent}, int(rng.integers(1 << 30)))
    profile = PROFILES[kind]
    if profile.colour:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    damages = tuple(str(name) for name in rng.choice(sorted(DAMAGES), size=1)) if profile.damaged else ()
    seen = scan(SheetSide(pixels=pixels, folded=False, damages=damages), draw_scanner(profile, rng), rng)
    grey: Grey = cv2.cvtColor(seen, cv2.COLOR_BGR2GRAY).astype(np.uint8) if seen.ndim == 3 else seen
    for found, glanced in _read(grey, kind):
        yield DensePage(
            kind=kind, group=getattr(source, "group", "own"), result=found, glanced=glanced, truth=truths[0]
        )


def _respondent(number: int, source: DigitSource | None, clumsiness: float, rng: np.random.Generator) -> Respondent:
    """Somebody who leaves no number out, and makes the usual mistakes."""
    fields = {field.name: field for field in fields_on_sheet(form().definition, number).values()}
    usual = habits_of("carnet")
    special: dict[str, Any] = {key: value for key, value in usual.special.items() if key != "answered"}
    general = {**usual.general, "answered": dict.fromkeys(("O", "R", "F"), 1.0), "text_answered": 0.5}
    groups = {field.group for field in form().definition.fields if field.group}
    habits = Habits(general=general, special=special)
    ways = general["ways"]
    persona = Persona(
        start=date(2026, 1, 1).replace(month=int(rng.integers(1, 7)), day=int(rng.integers(1, 28))),
        end=date(2026, int(rng.integers(7, 11)), int(rng.integers(1, 28))),
        rows=dict.fromkeys(groups, 12),
        moments={},
        same_day=False,
        groups=frozenset(groups),
        integer_way=str(rng.choice(list(ways["integer"]), p=_shares(ways["integer"]))),
        duration_way=str(rng.choice(list(ways["duration"]), p=_shares(ways["duration"]))),
    )
    writer = draw_writer(rng, "dense", source)
    answers = answer_carnet(fields, persona, habits, rng)
    return Respondent(
        carnet=CARNET,
        writer=writer,
        other=replace(writer),
        clumsiness=clumsiness * float(rng.gamma(2.0, 0.5)),
        answers=answers,
    )


def _shares(weights: Mapping[str, float]) -> list[float]:
    total = sum(float(value) for value in weights.values())
    return [float(value) / total for value in weights.values()]


def _read(grey: Grey, kind: str) -> Iterator[tuple[PageResult, PageResult]]:
    """The page as ``lire`` would store it, and as the first digit network alone reads it; nothing when refused."""
    profile, settings = PROFILES[kind], Settings()
    image = ScanImage(
        pixels=grey,
        dpi=None if profile.phone else profile.dpi,
        source=SourceRef(path="", sha256="0" * 64, side=1),
        warnings=("bitonal",) if profile.bitonal else (),
    )
    for page in register.find_pages(image, shelf(), compose.blank_pages, read.read_number, settings.register):
        if isinstance(page, RegisteredPage):
            blank = compose.blank_pages(form())[page.layout_page]
            result = PageResult(
                source=page.source,
                slot=page.slot,
                form="carnet",
                version=form().definition.version,
                identity=page.identity,
                layout_page=page.layout_page,
                identified_by=page.identified_by,
                pose=page.pose,
                warnings=page.warnings,
                readings=read.read_page(page, form(), blank, settings.read),
            )
            with mock.patch.object(digits, "probabilities", first_look):
                glanced = replace(result, readings=read.read_page(page, form(), blank, settings.read))
            yield result, glanced
            return


def first_look(batch: npt.NDArray[np.float32]) -> digits.Probabilities:
    """The probabilities of prepared cells without the members asked in doubt."""
    reader = digits._reader()
    return digits.shares(reader.first_scores(batch), reader.temperatures[0])
