"""Whole carnets: printed, filled, scanned into a file, ingested, registered, read, decided.

Two carnets are printed once; every rehearsal fills them again by other people.  Only the
pages that bear boxes are scanned, as cut sheets of one page.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from pipeline import decide, define, ingest
from pipeline.batch.ordering import DEFAULT_FORM, PrintRequest
from pipeline.batch.printing import print_batch
from pipeline.batch.rehearsing import draw_respondents
from pipeline.batch.worker import IMAGES, ReadTask, read_task
from pipeline.model.decision import FieldDecision, Status
from pipeline.model.form import PublishedForm
from pipeline.model.result import Disposition, PageResult
from pipeline.rehearse import PlannedFile, PlannedSide, PrintedLot, Rehearsal, load_lot, produce, sheets
from pipeline.rehearse.damage import DAMAGES
from pipeline.rehearse.score import DEFINITE_TICKS, PALE_PENS
from pipeline.rehearse.truth import FieldTruth, PageTruth, Truth
from pipeline.settings import Settings
from tests.certify.boxes import Tally
from tests.certify.covering import Cover, watched

PROFILES = ("bureau_300", "bureau_200", "couleur_200", "bitonal_200", "telephone", "abime")
PAGES = (2, 4, 7, 8, 11, 12)
BOXES = 312
REGULAR = ("cross, tick", "empty")
"""Boxes of writers who tick as the carnet asks, with a pen."""
COVERED = "question with a covered box"
"""Theirs too, on sheets where a note, another sheet, a hole or a missing corner hides a box: asked, rightly."""
_DAY = date(2026, 11, 18)
_PRINTED = 2


@cache
def _lot(desk: Path) -> PrintedLot:
    """Two printed carnets, made once."""
    folder = desk / "impression"
    if not (folder / "manifest.json").exists():
        mine = desk / f"impression-{os.getpid()}"
        request = PrintRequest(
            out_dir=mine,
            folder=desk / f"campagne-{os.getpid()}",
            today=_DAY,
            at=f"{_DAY}T09:00:00",
            quantity=_PRINTED,
            form=DEFAULT_FORM,
            imposition="a5",
            seed=1,
        )
        print_batch(request, lambda *_: None, lambda: None)
        with suppress(OSError):  # another process was first: the same seed printed the same
            mine.rename(folder)
    # The same few sides are filled again and again: rendering them once saves a third of the time.
    sheets._rendered = cache(sheets._rendered)
    return load_lot(folder / "manifest.json", folder / "carnets.pdf")


def rehearsed(desk: Path, profile: str, seed: int, people: int, settings: Settings) -> Tally:
    """Boxes of some carnets by kind and outcome, on one kind of scan."""
    lot, counts = _lot(desk.resolve()), Tally()
    form = define.open_shelf(define.form_folders()).latest(DEFAULT_FORM)
    assert form is not None, "the carnet is in the package"
    for number in range(people):
        who = seed * 100 + number
        carnet = lot.carnets()[number % _PRINTED]
        respondents = draw_respondents(form.definition, [lot], who)
        plan = _plan(lot, carnet, profile, np.random.default_rng([who, 5]))
        work = desk / f"travail-{os.getpid()}"
        shutil.rmtree(work, ignore_errors=True)
        (work / IMAGES).mkdir(parents=True)
        rehearsal = Rehearsal(form=form, lots=[lot], respondents=respondents, seed=who)
        with watched() as covers:
            truth = produce(rehearsal, plan, work, lambda *_: None)
        covered = _covered(form, lot, plan, covers)
        counts.update(_tally(truth, _read(work, settings), covered, settings))
        shutil.rmtree(work)
    return counts


def _plan(lot: PrintedLot, carnet: str, profile: str, rng: np.random.Generator) -> list[PlannedFile]:
    """One file of the sides that bear boxes; damaged ones for the profile of damage."""
    sides = [index for index in lot.sides_of(carnet) if lot.sides[index][0].page in PAGES]
    planned = [PlannedSide(lot=0, side=index, quarter_turns=int(rng.choice([0, 0, 2]))) for index in sides]
    if profile == "abime":
        names = sorted(DAMAGES)
        planned = [replace(side, damages=(str(rng.choice(names)),), expect="either") for side in planned]
    if profile == "telephone":
        return [
            PlannedFile(name=f"IMG_{rank}.jpg", container="jpeg", profile=profile, sides=(side,))
            for rank, side in enumerate(planned)
        ]
    bitonal = profile == "bitonal_200"
    name, container = ("SCAN.tif", "tiff") if bitonal else ("SCAN.pdf", "pdf")
    return [PlannedFile(name=name, container=container, profile=profile, sides=tuple(planned))]


def _covered(
    form: PublishedForm, lot: PrintedLot, plan: list[PlannedFile], covers: list[Cover]
) -> set[tuple[int, str]]:
    """Page and name of the questions of which some box is hidden."""
    damaged = [side for file in plan for side in file.sides if side.damages]
    return {
        (page, field.name)
        for side, cover in zip(damaged, covers, strict=True)
        for page in (lot.sides[side.side][0].page,)
        for field in form.layout.page(page).fields
        if any(cover.hides(option.box) for option in field.options)
    }


def _read(work: Path, settings: Settings) -> list[PageResult]:
    """Every page of the files, read in this process as a worker does."""
    pages: list[PageResult] = []
    for file in ingest.inventory((work,), settings.ingest):
        task = ReadTask(
            file=file,
            sides=tuple(range(1, file.sides + 1)),
            folder=work,
            form_folders=tuple(define.form_folders()),
            settings=settings,
        )
        pages += read_task(task)
    return pages


def _tally(truth: Truth, pages: list[PageResult], covered: set[tuple[int, str]], settings: Settings) -> Tally:
    """Boxes of one carnet; those of pages that were refused count as ``page refused``, asked."""
    found = [page for page in pages if page.identity is not None]
    context = decide.CarnetContext(scanned_on=_DAY)
    decided = decide.decide_carnet(found, define.open_shelf(define.form_folders()), context, settings.decide)
    numbers = {page.key: page.identity.page for page in found if page.identity is not None}
    decisions: dict[int, dict[str, FieldDecision]] = defaultdict(dict)
    for page in decided:
        if page.disposition is Disposition.PLACED:
            decisions[numbers[page.key]] = {decision.field: decision for decision in page.decisions}
    counts: Tally = Counter()
    for known in truth.pages:
        for field in known.fields:
            if field.type == "choice":
                hidden = (known.page, field.field) in covered
                _tally_field(counts, known, field, decisions[known.page].get(field.field), hidden=hidden)
    return counts


def _tally_field(
    counts: Tally, page: PageTruth, field: FieldTruth, decision: FieldDecision | None, *, hidden: bool
) -> None:
    """The boxes of one question."""
    true = {code for code in field.raw.split("|") if code}
    read = {code for code in decision.raw.split("|") if code} if decision else set()
    wrong = len(true ^ read)
    for kind, boxes, errors in (
        (_kind(page, field, ticked=True, hidden=hidden), len(true), len(true - read)),
        (_kind(page, field, ticked=False, hidden=hidden), field.options - len(true), len(read - true)),
    ):
        if decision is None:
            counts["page refused", "asked"] += boxes
        elif decision.status is Status.REVIEW:
            counts[kind, "asked"] += boxes
            counts[kind, "spared"] += errors
            counts[f"asked: {decision.reasons[0]}", "asked"] += boxes if kind in REGULAR else 0
        else:
            fair = field.expect != "ask"
            counts[kind, "silent"] += errors if fair else boxes
            counts[kind, "right"] += boxes - errors if fair else 0
    if decision is not None and decision.status is not Status.REVIEW and wrong and field.kind == "plain":
        counts[f"look: {page.carnet} p. {page.page} {field.field} {field.raw}→{decision.raw}", "silent"] += 1


def _kind(page: PageTruth, field: FieldTruth, *, ticked: bool, hidden: bool = False) -> str:
    """Under which name a box is counted."""
    regular = page.ticking in DEFINITE_TICKS and page.pen not in PALE_PENS
    if field.kind == "plain" and regular:
        if hidden:
            return COVERED
        return REGULAR[0] if ticked else REGULAR[1]
    who = field.kind if field.kind != "plain" else page.pen if page.pen in PALE_PENS else page.ticking
    return f"{who}, {'ticked' if ticked else 'empty'}"
