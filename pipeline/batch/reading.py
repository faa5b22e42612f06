"""``carnet lire``: files in, pages stored and decided, balance out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipeline import __version__, decide, define, ingest
from pipeline.batch.balance import TROUBLE, CarnetState, Completeness, carnet_states
from pipeline.batch.enrolling import CHANGED, enrol, look_again, not_found, nothing_opened
from pipeline.batch.pool import LOCAL, Crew
from pipeline.batch.taking import Desk, Progress, take_sides
from pipeline.batch.worker import IMAGES
from pipeline.errors import ExitCode
from pipeline.ingest import SourceFile
from pipeline.model.form import FormShelf
from pipeline.model.result import BalanceRow
from pipeline.read.engines.text import require as require_suggestions
from pipeline.settings import Settings
from pipeline.store import Store, StoredFile, campaign_lock, open_store, sweep

LOOKS = 3
"""How often a file that keeps changing is looked at again in one run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRequest:
    """What to read, into which campaign.  ``day`` is the ISO scan date, ``at`` the time of the run."""

    scans: tuple[Path, ...]
    folder: Path
    lot: str = ""
    workers: int = 1
    day: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingReport:
    """The balance of the files named in this run, and the carnets they touch.

    ``replaced`` are files that became others while they were read: what they hold now was
    read.  ``opened`` tells whether any file could be.
    ``forecasts``: how many questions with tick boxes staff would see at several tolerances.
    """

    files: tuple[StoredFile, ...]
    new_sides: int
    rows: tuple[BalanceRow, ...]
    carnets: tuple[CarnetState, ...]
    asked: int
    replaced: tuple[str, ...] = ()
    opened: bool = True
    forecasts: tuple[decide.Forecast, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """10 when anything is unreadable, in conflict or missing, else 0."""
        trouble = any(row.disposition in TROUBLE for row in self.rows)
        missing = any(carnet.completeness is Completeness.MISSING for carnet in self.carnets)
        return ExitCode.INCOMPLETE if trouble or missing else ExitCode.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What a run did with its files: where the store knows them, sides read, what was replaced meanwhile."""

    paths: set[str]
    read: int
    replaced: tuple[str, ...]
    opened: bool


def read_scans(
    request: ReadingRequest,
    settings: Settings,
    progress: Progress,
    waiting: Callable[[], None],
    crew: Crew = LOCAL,
) -> ReadingReport:
    """Read what is new among the scans, decide the carnets it touches, give the balance.

    Raises ``InputError`` when no file could be opened, ``OutputError`` when the campaign
    folder cannot be written.
    """
    if not any(path.exists() for path in request.scans):
        raise not_found(request.scans)
    report = read_files(request, settings, progress, waiting, crew)
    if not report.opened:
        raise nothing_opened(report.files, request.scans)
    return report


def read_files(
    request: ReadingRequest,
    settings: Settings,
    progress: Progress,
    waiting: Callable[[], None],
    crew: Crew = LOCAL,
) -> ReadingReport:
    """``read_scans`` where a hand-over without a single side is a report like another."""
    if settings.read.text_suggestions:
        require_suggestions()
    found = [file for file in ingest.inventory(request.scans, settings.ingest) if not _is_ours(file.path, request)]
    with campaign_lock(request.folder, waiting), open_store(request.folder) as store:
        (request.folder / IMAGES).mkdir(exist_ok=True)
        desk = Desk(
            store=store,
            folder=request.folder,
            settings=settings,
            workers=request.workers,
            progress=progress,
            crew=crew,
        )
        try:
            outcome = _read_all(desk, list(found), request)
        finally:
            sweep(request.folder)
        decide_pending(store, settings, progress)
        report = _report(store, outcome, settings)
        store.log("lire", _line(len(found), report), request.at)
        return report


def _is_ours(path: Path, request: ReadingRequest) -> bool:
    """Whether a file lies in a campaign folder that lies among the scans: kept images are no scans."""
    campaign, place = request.folder.resolve(), path.resolve()
    if campaign not in place.parents:
        return False
    return not any(campaign in (root, *root.parents) for root in map(Path.resolve, request.scans))


def _line(files: int, report: ReadingReport) -> str:
    """One line of the journal."""
    line = f"{files} fichiers, {report.new_sides} faces lues, {len(report.rows)} lignes au bilan"
    return line + (f", {len(report.replaced)} fichiers remplacés pendant la lecture" if report.replaced else "")


def decide_pending(store: Store, settings: Settings, progress: Progress) -> None:
    """Decide every carnet that has new pages, or that other settings decided."""
    shelf = define.open_shelf(define.form_folders())
    days = {file.sha256: file.first_read for file in reversed(store.files())}
    first = {entry.carnet: entry.copy_of or entry.carnet for entry in store.register()}
    said = store.choices()
    numbers = store.undecided(f"{settings.fingerprint}/{__version__}")
    for done, number in enumerate(numbers):
        progress("Décisions", done, len(numbers))
        pages = list(store.pages(number, readings=True))
        if not pages:  # its last page turned out to be another's
            store.save_decisions(number, ())
            continue
        read_on = {page.key: date.fromisoformat(days[page.source.sha256]) for page in pages}
        context = decide.CarnetContext(
            scanned_on=max(read_on.values()),
            days=read_on,
            known=number in first,
            choices=tuple(choice for choice in said if first.get(choice.carnet, choice.carnet) == number),
        )
        store.save_decisions(number, decide.decide_carnet(pages, shelf, context, settings.decide))
    if numbers:
        progress("Décisions", len(numbers), len(numbers))


def _read_all(desk: Desk, found: list[SourceFile], request: ReadingRequest) -> _Outcome:
    """Enter the files and read what is new, again for those that change meanwhile; the last time they are refused."""
    paths, read, replaced = set[str](), 0, dict[str, None]()
    now: list[SourceFile] = []
    for _ in range(LOOKS):
        paths |= enrol(desk.store, found, request.day, request.lot)
        if not any(file.sides for file in found):
            break
        count, changed = take_sides(desk, found)
        read += count
        if not changed:
            break
        paths -= _leave_out(desk.store, changed)
        now = look_again(changed, desk.settings)
        before = {file.path: file.sha256 for file in changed}
        replaced |= {file.shown: None for file in now if before[file.path] != file.sha256}
        found = [file for file in found if file.path not in before] + now
    else:
        shut = [replace(file, sides=0, problem=CHANGED) for file in now]
        paths |= enrol(desk.store, shut, request.day, request.lot)
    return _Outcome(paths=paths, read=read, replaced=tuple(replaced), opened=any(file.sides for file in found))


def _leave_out(store: Store, changed: Sequence[SourceFile]) -> set[str]:
    """Contents of which nothing was read and that are gone leave the balance; return their paths."""
    gone = [file for file in changed if not store.sides_read(file.sha256)]
    for file in gone:
        store.forget_file(file.sha256, file.shown)
    return {file.shown for file in gone}


def _report(store: Store, outcome: _Outcome, settings: Settings) -> ReadingReport:
    """The balance of the files of this run, and all pages of the carnets they touch."""
    balance = store.balance()
    rows = tuple(row for row in balance if row.source_file in outcome.paths)
    touched = {row.carnet_id for row in rows if row.carnet_id}
    shelf: FormShelf = define.open_shelf(define.form_folders())
    decided = [page for number in sorted(touched) for page in store.decided(number).values()]
    decisions = [decision for page in decided for decision in page.decisions]
    return ReadingReport(
        files=tuple(file for file in store.files() if file.path in outcome.paths),
        new_sides=outcome.read,
        rows=rows,
        carnets=carnet_states((row for row in balance if row.carnet_id in touched), shelf),
        asked=sum(bool(decision.reasons) for decision in decisions),
        forecasts=decide.forecasts(decisions, settings.decide),
        replaced=outcome.replaced,
        opened=outcome.opened,
    )
