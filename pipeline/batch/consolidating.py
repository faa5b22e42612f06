"""``carnet consolider``: what people typed is taken back first, then the workbook is made again.

Order of effects: answers typed in ``analyse.xlsx`` and notes of ``registre.xlsx`` enter the
store; only then is anything written, each file beside and put in place in one step.
Wherever a crash or an open workbook stops the run, nothing typed is lost.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pipeline import consolidate, define, review
from pipeline.batch.reading import decide_pending
from pipeline.errors import InputError
from pipeline.model.decision import Status
from pipeline.model.form import FormShelf
from pipeline.model.result import Campaign, RegisterEntry
from pipeline.settings import Settings
from pipeline.store import Store, campaign_lock, open_store
from pipeline.store.store import FILE_NAME as STORE
from pipeline.workbook import as_text, read_typed, require_closed, set_aside, write_whole, write_workbook
from pipeline.workbook.registre import FILE_NAME as REGISTRE
from pipeline.workbook.registre import read_registre

WORKBOOK = "analyse.xlsx"
EXPORT = "export"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolidatingRequest:
    """Which campaign, when, and whether open answers and names of structures are asked for."""

    folder: Path
    made_at: datetime.datetime
    sensitive: bool = False

    @property
    def at(self) -> str:
        """The time of the run, as the journal writes it."""
        return self.made_at.isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolidatingReport:
    """What was written and what is left to settle.

    ``cut`` are the rows of sheets that Excel could not hold whole; ``aside`` is an earlier
    workbook that could not be read back; ``register_doubts`` cells of ``registre.xlsx``
    that could not be understood.
    """

    workbook: Path
    readings: Path
    pages: Path
    carnets: int
    taken_over: int
    not_understood: int
    to_settle: int
    hidden_texts: int
    conflicts: int
    cut: Mapping[str, int]
    aside: Path | None = None
    aside_why: str = ""
    register_doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typed:
    """What people typed in the earlier workbook: answers to doubts, codings of open answers."""

    answers: Mapping[str, review.TypedAnswer]
    codings: Mapping[str, tuple[str, ...]]
    unread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Run:
    """Everything that writing needs, once what was typed is taken over."""

    store: Store
    campaign: Campaign
    shelf: FormShelf
    typed: _Typed
    settlement: review.Settlement
    request: ConsolidatingRequest
    settings: Settings
    progress: Progress


def consolidate_campaign(
    request: ConsolidatingRequest, settings: Settings, progress: Progress, waiting: Callable[[], None]
) -> ConsolidatingReport:
    """Take back what was typed, then write the exports and the workbook.

    Raises ``InputError`` when the folder holds no campaign, ``OutputError`` when it cannot
    be written or the workbook is open elsewhere; what was typed and saved is then already
    in the store.
    """
    path = request.folder / WORKBOOK
    if not (request.folder / STORE).exists():
        raise InputError(
            f"« {request.folder} » ne contient aucune campagne. Lisez d'abord des carnets numérisés (« carnet lire »), "
            "ou indiquez le bon dossier avec --dossier.",
            folder=str(request.folder),
        )
    with campaign_lock(request.folder, waiting), open_store(request.folder) as store:
        shelf = define.open_shelf(define.form_folders())
        decide_pending(store, settings, progress)
        progress("Reprise des réponses", 0, 1)
        doubts = _take_register(store, request.folder / REGISTRE)
        typed = _read_back(path)
        campaign, settlement = _settle(store, shelf, typed, request)
        progress("Reprise des réponses", 1, 1)
        require_closed(path)
        aside = set_aside(path) if typed.unread else None
        run = _Run(
            store=store,
            campaign=campaign,
            shelf=shelf,
            typed=typed,
            settlement=settlement,
            request=request,
            settings=settings,
            progress=progress,
        )
        return replace(_write(run), aside=aside, aside_why=typed.unread, register_doubts=doubts)


# What people typed


def _read_back(path: Path) -> _Typed:
    """What was typed in the earlier workbook; one that cannot be read is named, never overwritten."""
    if not path.exists():
        return _Typed(answers={}, codings={})
    try:
        answers = read_typed(path, review.SHEET, review.KEY, (review.ANSWER, review.REMARK))
        codings = read_typed(path, consolidate.TEXTS, consolidate.KEY, consolidate.CODING)
    except InputError as error:
        return _Typed(answers={}, codings={}, unread=error.message)
    return _Typed(
        answers={key: review.TypedAnswer(answer=a, remark=as_text(remark)) for key, (a, remark) in answers.items()},
        codings={key: tuple(map(as_text, texts)) for key, texts in codings.items()},
    )


def _settle(
    store: Store, shelf: FormShelf, typed: _Typed, request: ConsolidatingRequest
) -> tuple[Campaign, review.Settlement]:
    """Answers into the store; the campaign as it stands then."""
    campaign = store.campaign()
    settlement = review.settle(campaign, shelf, typed.answers, request.made_at.date().isoformat())
    if settlement.verdicts:
        store.add_verdicts(settlement.verdicts)
        store.log("consolider", f"{len(settlement.verdicts)} réponses reprises du classeur", request.at)
        campaign = store.campaign()
    return campaign, settlement


def _take_register(store: Store, path: Path) -> tuple[str, ...]:
    """What staff noted in the register, into the store; cells that were not understood."""
    registre = read_registre(path)
    known = {entry.carnet: entry for entry in store.register()}
    store.update_register(_merged(known[entry.carnet], entry) for entry in registre.entries if entry.carnet in known)
    return tuple(f"feuille {cell.sheet}, ligne {cell.line}, colonne « {cell.heading} »" for cell in registre.unread)


def _merged(known: RegisterEntry, noted: RegisterEntry) -> RegisterEntry:
    """What was noted counts; an emptied lot, place or public falls back to what was printed."""
    return replace(
        known,
        lot=noted.lot or known.lot,
        canal=noted.canal or known.canal,
        public=noted.public or known.public,
        remis_le=noted.remis_le,
        rendu_le=noted.rendu_le,
        remarque=noted.remarque,
    )


# What is written


def _write(run: _Run) -> ConsolidatingReport:
    """Exports, then the workbook."""
    request, campaign = run.request, run.campaign
    export = request.folder / EXPORT
    readings, pages = export / "lectures.csv", export / "pages.csv"
    run.progress("Écriture", 0, 3)
    write_whole(readings, partial(consolidate.export_readings, campaign))
    write_whole(pages, partial(consolidate.export_pages, campaign.balance))
    run.progress("Écriture", 1, 3)
    asked = review.build_review(
        review.queue(campaign, run.shelf),
        run.settlement.leftovers,
        run.shelf,
        request.folder,
        sensitive=request.sensitive,
        pictures_max=round(run.settings.consolidate.pictures_max),
        progress=run.progress,
    )
    run.progress("Écriture", 2, 3)
    message = f"classeur de {len(campaign.carnets)} carnets, {asked.shown} lignes à relire"
    run.store.log("consolider", message + (", contenu sensible demandé" if request.sensitive else ""), request.at)
    cut = _write_book(run, asked)
    run.progress("Écriture", 3, 3)
    return ConsolidatingReport(
        workbook=request.folder / WORKBOOK,
        readings=readings,
        pages=pages,
        carnets=len(campaign.carnets),
        taken_over=len(run.settlement.verdicts),
        not_understood=run.settlement.not_understood,
        to_settle=asked.shown,
        hidden_texts=asked.hidden_texts,
        conflicts=asked.conflicts,
        cut=cut,
    )


def _write_book(run: _Run, asked: review.ReviewSheet) -> dict[str, int]:
    """The workbook, and a whole CSV of every sheet that Excel cannot hold; rows of those by sheet."""
    request, sensitive = run.request, run.request.sensitive
    campaign = replace(run.campaign, journal=run.store.journal())
    records = consolidate.index_campaign(campaign, run.shelf)
    sheets = consolidate.build_sheets(campaign, records, run.typed.codings, sensitive=sensitive)
    place = next(number for number, sheet in enumerate(sheets) if sheet.name == consolidate.TEXTS) + 1
    sheets.insert(place, asked.sheet)
    rows_max = round(run.settings.consolidate.rows_max)
    cut = {sheet.name: sheet.length for sheet in sheets if sheet.length > rows_max - 1}
    for sheet in sheets:
        if sheet.name in cut:
            whole = request.folder / EXPORT / f"{sheet.name.lower()}.csv"
            write_whole(whole, partial(consolidate.export_sheet, sheet))
    counts = consolidate.ReviewCounts(
        shown=asked.shown,
        hidden_texts=asked.hidden_texts,
        conflicts=asked.conflicts,
        not_understood=run.settlement.not_understood,
        settled=_settled_count(campaign),
    )
    readme = consolidate.build_readme(
        campaign, records, sheets, counts, made_at=request.made_at, sensitive=sensitive, cut=cut
    )
    titles = " · ".join(sorted({form.title for form in records.forms}))
    book = partial(
        write_workbook, sheets=[readme, *sheets], made_at=request.made_at, title=titles or "Carnets", rows_max=rows_max
    )
    write_whole(request.folder / WORKBOOK, book)
    return cut


def _settled_count(campaign: Campaign) -> int:
    """Fields that a person settled, as they stand."""
    settled = (Status.VERIFIED, Status.ILLEGIBLE)
    return sum(o.status in settled for c in campaign.carnets for page in c.pages for o in page.outcomes)
