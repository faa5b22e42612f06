"""``carnet repeter``: print, fill by machine, scan, read, compare with what was written.

Everything lies in one folder: ``impression/`` (blank carnets), ``numerisations/`` (scan
files), ``truth.json`` (what is really on the paper), ``campagne/`` (a campaign folder
like any other).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from pipeline import define
from pipeline.batch.ordering import DEFAULT_FORM, PrintRequest
from pipeline.batch.printing import print_batch
from pipeline.batch.reading import ReadingReport, ReadingRequest, read_scans
from pipeline.errors import FormError, OutputError, UsageError, system_reason
from pipeline.model.form import FormDefinition, PublishedForm
from pipeline.rehearse import (
    PROFILES,
    DigitSource,
    PrintedLot,
    Rehearsal,
    Respondent,
    Score,
    Truth,
    draw_respondent,
    load_hands,
    load_lot,
    plan_files,
    produce,
    reading_from_campaign,
    save_truth,
    score,
)
from pipeline.settings import Settings
from pipeline.store import open_store

PRINTED, SCANS, TRUTH, CAMPAIGN = "impression", "numerisations", "truth.json", "campagne"
LOT = "répétition"
LARGE_PRINT = 0.05
CONTINUED = 0.06
PRINT_DAY = date(2025, 11, 20)
SCAN_DAY = date(2026, 11, 18)
"""Days of a rehearsal: always the same, so that the same seed gives the same files."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalRequest:
    """How many carnets, with which hands and which scans, into which folder.

    ``hands`` is a folder of real digits or None; ``profile`` one kind of scan, or empty
    for the mix of an office; ``form`` the id of the form.
    """

    quantity: int
    out_dir: Path
    seed: int = 1
    hands: Path | None = None
    profile: str = ""
    form: str = DEFAULT_FORM
    workers: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Scan files made, where they are and what is truly on them."""

    truth: Truth
    scans: Path
    sides: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalReport:
    """The score of a reading against its truth."""

    handover: Handover
    reading: ReadingReport
    score: Score


def rehearse_campaign(
    request: RehearsalRequest, settings: Settings, progress: Progress, waiting: Callable[[], None]
) -> RehearsalReport:
    """Make a hand-over, read it, score it.  Same seed, same files, same score."""
    handover = make_handover(request, progress, waiting)
    reading = ReadingRequest(
        scans=(handover.scans,),
        folder=request.out_dir / CAMPAIGN,
        lot=LOT,
        workers=request.workers,
        day=SCAN_DAY.isoformat(),
        at=f"{SCAN_DAY.isoformat()}T09:00:00",
    )
    report = read_scans(reading, settings, progress, waiting)
    with open_store(request.out_dir / CAMPAIGN) as store:
        found = reading_from_campaign(store.campaign())
    return RehearsalReport(handover=handover, reading=report, score=score(handover.truth, found))


def make_handover(request: RehearsalRequest, progress: Progress, waiting: Callable[[], None]) -> Handover:
    """Print, fill and scan into ``out_dir``; ``UsageError`` when a rehearsal already lies there."""
    _check(request)
    form = _form(request.form)
    sources = load_hands(request.hands) if request.hands else ()
    _make(request.out_dir)
    lots = _print_lots(request, form.definition, progress, waiting)
    rehearsal = Rehearsal(
        form=form,
        lots=lots,
        respondents=draw_respondents(form.definition, lots, request.seed, sources),
        seed=request.seed,
    )
    scans = request.out_dir / SCANS
    scans.mkdir(parents=True)
    files = plan_files(form.definition, lots, request.seed, profile=request.profile)
    truth = produce(rehearsal, files, scans, progress)
    save_truth(truth, request.out_dir / TRUTH)
    return Handover(truth=truth, scans=scans, sides=len(truth.sides))


def _check(request: RehearsalRequest) -> None:
    """Refuse what cannot be rehearsed before anything is written."""
    if request.quantity < 1:
        raise UsageError("« --quantite » doit être au moins 1.", quantity=request.quantity)
    if request.profile and request.profile not in PROFILES:
        known = ", ".join(PROFILES)
        raise UsageError(f"« {request.profile} » n’est pas une sorte de numérisation. Choisissez parmi : {known}.")
    for name in (PRINTED, SCANS, CAMPAIGN):
        if (request.out_dir / name).exists():
            raise UsageError(
                f"{request.out_dir} contient déjà une répétition. Choisissez un autre dossier, ou supprimez celui-là.",
                folder=str(request.out_dir),
            )


def _make(folder: Path) -> None:
    """The folder of a rehearsal, once nothing stands against it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} : impossible d’écrire dans ce dossier ({system_reason(error)}).") from error


def _form(name: str) -> PublishedForm:
    """The newest version of a form."""
    form = define.open_shelf(define.form_folders()).latest(name)
    if form is None:
        raise FormError(f"Le formulaire « {name} » est introuvable.", form=name)
    return form


def draw_respondents(
    form: FormDefinition, lots: Sequence[PrintedLot], seed: int, sources: Sequence[DigitSource] = ()
) -> dict[str, Respondent]:
    """One respondent for each carnet, over all that was printed for it."""
    pages: dict[str, set[int]] = {}
    for lot in lots:
        for carnet in lot.carnets():
            pages.setdefault(carnet, set()).update(lot.pages_of(carnet))
    return {carnet: draw_respondent(form, carnet, sorted(found), seed, sources) for carnet, found in pages.items()}


def _print_lots(
    request: RehearsalRequest, form: FormDefinition, progress: Progress, waiting: Callable[[], None]
) -> list[PrintedLot]:
    """Standard carnets, a few in large print, and continuation sheets for some."""
    rng = np.random.default_rng([request.seed, 11])
    large = int(rng.binomial(request.quantity, LARGE_PRINT)) if request.quantity > 1 else 0
    lots: list[PrintedLot] = []
    for variant, count in (("standard", request.quantity - large), ("gros_caracteres", large)):
        if count:
            asked = {
                "quantity": count,
                "variant": variant,
                "form": request.form,
                "lot": LOT,
                "seed": request.seed + len(lots),
            }
            lots.append(_print(request, variant, asked, progress, waiting))
    numbers = lots[0].carnets()
    for page in form.pages:
        continued = tuple(carnet for carnet in numbers if page.continues and rng.random() < CONTINUED)
        if continued:
            asked = {"numbers": continued, "sheet": page.name}
            lots.append(_print(request, page.name, asked, progress, waiting))
    return lots


def _print(
    request: RehearsalRequest,
    name: str,
    asked: dict[str, object],
    progress: Progress,
    waiting: Callable[[], None],
) -> PrintedLot:
    """One printing job into a folder of its own."""
    folder = request.out_dir / PRINTED / name
    folder.mkdir(parents=True)
    job = PrintRequest(
        out_dir=folder,
        folder=request.out_dir / CAMPAIGN,
        today=PRINT_DAY,
        at=f"{PRINT_DAY.isoformat()}T09:00:00",
        **asked,  # type: ignore[arg-type]
    )
    printed = print_batch(job, progress, waiting)
    return load_lot(printed.files.manifest, printed.files.pdf)
