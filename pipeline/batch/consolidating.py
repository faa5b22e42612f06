"""``carnet consolider``: what people typed is taken back first, then the workbook is made again.

Order of effects: answers typed in ``analyse.xlsx`` and notes of ``registre.xlsx`` enter the
store; only then is anything written, each file beside and put in place in one step.
Wherever a crash or an open workbook stops the run, nothing typed is lost.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pipeline import compose, consolidate, define, review
from pipeline.batch.binding import EXPORT, Order, write_book
from pipeline.batch.checking import CheckedCarnets
from pipeline.batch.earlier import Earlier, Typed, read_earlier
from pipeline.batch.publishing import PublishingReport, publish
from pipeline.batch.reading import decide_pending
from pipeline.batch.registering import complete_register, of_carnets, take_register
from pipeline.model.form import FormShelf
from pipeline.model.identity import VARIANTS
from pipeline.model.result import Campaign, RegisterEntry
from pipeline.model.versions import VersionVerdict
from pipeline.settings import Settings
from pipeline.store import Store, campaign_lock, open_store, require_campaign
from pipeline.workbook import check_registre, read_registre, write_whole
from pipeline.workbook.registre import FILE_NAME as REGISTRE

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolidatingRequest:
    """Which campaign, when, and whether open answers and names of structures are asked for.

    ``parquet`` asks for the tables in that form too.  ``sample`` is how many answers that nobody doubts
    are to wait in ARelire for a blind reading; ``draw_seed`` fixes, in tests, the second
    numbers that are drawn.  ``forget_edition`` says that the last published edition was given
    to nobody.
    """

    folder: Path
    made_at: datetime.datetime
    sensitive: bool = False
    sample: int = 0
    parquet: bool = False
    draw_seed: int | None = None
    forget_edition: bool = False

    @property
    def at(self) -> str:
        """The time of the run, as the journal writes it."""
        return self.made_at.isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolidatingReport:
    """What was written and what is left to settle.

    ``cut`` are the sheets that the workbook could not hold whole; ``kept_why`` says why
    ``analyse.xlsx`` was left as it is and ``workbook`` written beside it, ``blocked`` that it
    was open or protected; ``register_doubts`` are cells of ``registre.xlsx`` that could not
    be understood.  ``second_numbers`` are pairs of a number that was
    photocopied and the one drawn for the other person.
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
    cut: Mapping[str, consolidate.CutSheet]
    kept_why: str = ""
    blocked: bool = False
    published: PublishingReport | None = None
    register_doubts: tuple[str, ...] = ()
    versions_settled: int = 0
    second_numbers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Run:
    """Everything that writing needs, once what was typed is taken over."""

    store: Store
    campaign: Campaign
    shelf: FormShelf
    earlier: Earlier
    settlement: review.Settlement
    handed_out: Mapping[str, int]
    request: ConsolidatingRequest
    settings: Settings
    progress: Progress


def consolidate_campaign(
    request: ConsolidatingRequest, settings: Settings, progress: Progress, waiting: Callable[[], None]
) -> ConsolidatingReport:
    """Take back what was typed, then write the exports and the workbook.

    Raises ``InputError`` when the folder holds no campaign, ``OutputError`` when it cannot
    be written; what was typed and saved is then already in the store.
    """
    if request.parquet:
        consolidate.require_parquet()
    require_campaign(request.folder, "Lisez d’abord des carnets numérisés (« carnet lire »)")
    with campaign_lock(request.folder, waiting), open_store(request.folder) as store:
        shelf = define.open_shelf(define.form_folders())
        decide_pending(store, settings, progress)
        progress("Reprise des réponses", 0, 1)
        doubts, handed_out = take_register(store, request.folder / REGISTRE)
        earlier = read_earlier(request.folder, store)
        campaign, settlement = _settle(store, shelf, earlier.typed, request)
        complete_register(store, request.folder / REGISTRE, shelf)
        if settlement.choices:
            decide_pending(store, settings, progress)
        _draw_sample(store, shelf, campaign, request)
        campaign = store.campaign() if settlement.choices or request.sample else campaign
        progress("Reprise des réponses", 1, 1)
        run = _Run(
            store=store,
            campaign=replace(
                campaign,
                register=of_carnets(campaign.register, shelf),
                carnets=CheckedCarnets(campaign.carnets, shelf),
            ),
            shelf=shelf,
            earlier=earlier,
            settlement=settlement,
            handed_out=handed_out,
            request=request,
            settings=settings,
            progress=progress,
        )
        return replace(_write(run), kept_why=earlier.keep, blocked=earlier.blocked, register_doubts=doubts)


# What people typed


def _settle(
    store: Store, shelf: FormShelf, typed: Typed, request: ConsolidatingRequest
) -> tuple[Campaign, review.Settlement]:
    """Answers into the store; the campaign as it stands then."""
    campaign = store.campaign()
    settlement = review.settle(campaign, shelf, typed.answers, request.made_at.date().isoformat())
    if settlement.choices:
        settlement = replace(settlement, choices=_take_choices(store, settlement.choices, request))
    if settlement.verdicts:
        store.add_verdicts(settlement.verdicts)
        store.log("consolider", f"{len(settlement.verdicts)} réponses reprises du classeur", request.at)
        campaign = store.campaign()
    return campaign, settlement


def _take_choices(
    store: Store, choices: Sequence[VersionVerdict], request: ConsolidatingRequest
) -> tuple[VersionVerdict, ...]:
    """What people said of versions into the store, with a number for each person who has none yet.

    The register takes the new numbers after the store does: whatever stops the run
    between the two, the next run adds what is missing there.
    """
    register = request.folder / REGISTRE
    newcomers = {choice.copy: choice.carnet for choice in choices if choice.copy.startswith(review.NEWCOMER)}
    if newcomers:
        check_registre(register)
    taken = store.printed_numbers() | {entry.carnet for entry in read_registre(register).entries}
    drawn = compose.draw_numbers(len(newcomers), request.made_at.year, taken, request.draw_seed)
    numbers = dict(zip(sorted(newcomers), drawn, strict=True))
    known = {entry.carnet: entry for entry in store.register()}
    copies = [_copy(newcomers[name], numbers[name], store, known, request) for name in numbers]
    done = tuple(replace(choice, copy=numbers.get(choice.copy, choice.copy)) for choice in choices)
    store.add_choices(done, copies)
    store.log("consolider", f"{len(done)} versions de pages réglées, {len(copies)} seconds numéros", request.at)
    return done


def _copy(
    number: str, drawn: str, store: Store, known: Mapping[str, RegisterEntry], request: ConsolidatingRequest
) -> RegisterEntry:
    """The entry of a photocopied carnet under its second number; whatever is not known of it stays empty."""
    first = (known[number].copy_of or number) if number in known else number
    page = next(page for page in store.pages(first) if page.identity is not None)
    assert page.identity is not None
    variants = {code: name for name, code in VARIANTS.items()}
    return RegisterEntry(
        carnet=drawn,
        form=page.form,
        version=page.version,
        variant=variants.get(page.identity.variant, "standard"),
        printed_on=request.made_at.date().isoformat(),
        remarque=f"Photocopie du carnet {first}",
        copy_of=first,
    )


def _draw_sample(store: Store, shelf: FormShelf, campaign: Campaign, request: ConsolidatingRequest) -> None:
    """Answers to be read blindly, as many as asked for with those that still wait."""
    if not request.sample:
        return
    drawn = review.draw(
        campaign,
        shelf,
        seed=store.sample_seed(),
        wanted=request.sample,
        day=request.made_at.date().isoformat(),
        sensitive=request.sensitive,
    )
    store.add_sample(drawn)
    store.log("consolider", f"{len(drawn)} valeurs tirées pour l’échantillon à l’aveugle", request.at)


# What is written


def _write(run: _Run) -> ConsolidatingReport:
    """Exports, then the workbook."""
    request, campaign = run.request, run.campaign
    export = request.folder / EXPORT
    readings, pages = export / "lectures.csv", export / "pages.csv"
    run.progress("Écriture", 0, 3)
    tables = _collected(run, readings)
    write_whole(pages, partial(consolidate.export_pages, campaign.balance))
    run.progress("Écriture", 1, 3)
    asked = review.build_review(
        review.queue(
            campaign,
            run.shelf,
            run.settings.review,
            sensitive=request.sensitive,
            most=round(run.settings.consolidate.doubts_max),
            kept=run.settlement.leftovers.keys(),
        ),
        run.settlement.leftovers,
        run.shelf,
        request.folder,
        sensitive=request.sensitive,
        pictures_max=round(run.settings.consolidate.pictures_max),
        progress=run.progress,
    )
    run.progress("Écriture", 2, 3)
    message = f"classeur de {tables.counts.carnets} carnets, {asked.shown} lignes à relire"
    run.store.log("consolider", message + (", contenu sensible demandé" if request.sensitive else ""), request.at)
    published = publish(
        run.store,
        run.shelf,
        tables,
        run.settings,
        folder=request.folder,
        made_at=request.made_at,
        forget=request.forget_edition,
    )
    book, cut = write_book(run.store, campaign, tables, asked, run.earlier, _order(run))
    run.progress("Écriture", 3, 3)
    return ConsolidatingReport(
        workbook=book,
        readings=readings,
        pages=pages,
        carnets=tables.counts.carnets,
        taken_over=len(run.settlement.verdicts),
        not_understood=run.settlement.not_understood,
        to_settle=asked.shown,
        hidden_texts=asked.hidden_texts,
        conflicts=asked.conflicts,
        cut=cut,
        published=published,
        versions_settled=len(run.settlement.choices),
        second_numbers=tuple(
            (entry.copy_of, entry.carnet)
            for entry in campaign.register
            if entry.copy_of and entry.carnet in {choice.copy for choice in run.settlement.choices}
        ),
    )


def _order(run: _Run) -> Order:
    """What the workbook is made for."""
    return Order(
        folder=run.request.folder,
        made_at=run.request.made_at,
        sensitive=run.request.sensitive,
        parquet=run.request.parquet,
        not_understood=run.settlement.not_understood,
        settings=run.settings.consolidate,
    )


def _collected(run: _Run, readings: Path) -> consolidate.Tables:
    """Every table of the campaign; the readings are written on the way, so that carnets are read once."""
    found: list[consolidate.Tables] = []
    records = consolidate.index_campaign(run.campaign, run.shelf)

    def write(path: Path) -> None:
        with consolidate.readings_file(path) as add:
            found.append(
                consolidate.collect(
                    run.campaign,
                    records,
                    run.shelf,
                    sensitive=run.request.sensitive,
                    handed_out=run.handed_out,
                    also=add,
                )
            )

    write_whole(readings, write)
    return found[0]
