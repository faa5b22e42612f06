"""``carnet lire``: files in, pages stored and decided, balance out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipeline import __version__, decide, define, ingest
from pipeline.batch.balance import TROUBLE, CarnetState, Completeness, carnet_states
from pipeline.batch.blanks import ready_blanks
from pipeline.batch.pool import run_tasks
from pipeline.batch.worker import IMAGES, ReadTask, prepare_worker, read_task, refused_side
from pipeline.errors import ExitCode, InputError
from pipeline.ingest import SourceFile
from pipeline.model.form import FormShelf
from pipeline.model.result import BalanceRow, PageResult
from pipeline.settings import Settings
from pipeline.store import Store, StoredFile, campaign_lock, open_store
from pipeline.wording import words

SIDES_PER_TASK = 12
MOST_TOLD = 5
Progress = Callable[[str, int, int], None]


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
    """The balance of the files named in this run, and the carnets they touch."""

    files: tuple[StoredFile, ...]
    new_sides: int
    rows: tuple[BalanceRow, ...]
    carnets: tuple[CarnetState, ...]
    asked: int

    @property
    def exit_code(self) -> ExitCode:
        """10 when anything is unreadable, in conflict or missing, else 0."""
        trouble = any(row.disposition in TROUBLE for row in self.rows)
        missing = any(carnet.completeness is Completeness.MISSING for carnet in self.carnets)
        return ExitCode.INCOMPLETE if trouble or missing else ExitCode.DONE


def read_scans(
    request: ReadingRequest,
    settings: Settings,
    progress: Progress,
    waiting: Callable[[], None],
) -> ReadingReport:
    """Read what is new among the scans, decide the carnets it touches, give the balance.

    Raises ``InputError`` when no file could be opened, ``OutputError`` when the campaign
    folder cannot be written.
    """
    if not any(path.exists() for path in request.scans):
        raise _not_found(request.scans)
    found = ingest.inventory(request.scans, settings.ingest)
    with campaign_lock(request.folder, waiting), open_store(request.folder) as store:
        (request.folder / IMAGES).mkdir(exist_ok=True)
        paths = _enrol(store, found, request)
        if not any(file.sides for file in found):
            raise _nothing_opened(found, request.scans)
        read = _read_missing(store, found, request, settings, progress)
        decide_pending(store, settings, progress)
        report = _report(store, paths, read)
        store.log("lire", f"{len(found)} fichiers, {read} faces lues, {len(report.rows)} lignes au bilan", request.at)
        return report


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


def _enrol(store: Store, found: Sequence[SourceFile], request: ReadingRequest) -> set[str]:
    """Enter the files found; return the paths under which the store knows them."""
    known = {file.sha256: file for file in reversed(store.files()) if not file.copy}
    paths: set[str] = set()
    for file in found:
        path = file.shown
        entry = StoredFile(
            sha256=file.sha256,
            path=path,
            sides=file.sides,
            problem=file.problem,
            first_read=request.day,
            lot=request.lot,
        )
        twin = known.get(file.sha256)
        if twin is not None and twin.path != path and not file.problem:
            if _same_file(twin.path, file.path):
                paths.add(twin.path)
                continue
            if Path(twin.path).exists():
                entry = replace(entry, first_read=twin.first_read, copy=True)
            else:
                store.move_file(file.sha256, twin.path, path)
        store.add_file(entry)
        known.setdefault(file.sha256, entry)
        paths.add(path)
    return paths


def _same_file(known: str, path: Path) -> bool:
    """Whether two paths lead to one file."""
    return Path(known).exists() and path.samefile(known)


def _not_found(scans: Sequence[Path]) -> InputError:
    """The error of paths that lead nowhere: a slip of the keyboard is no page of the balance."""
    places = ", ".join(f"« {path} »" for path in scans)
    return InputError(f"{places} : introuvable. Vérifiez le nom du fichier ou du dossier.", files=0)


def _nothing_opened(found: Sequence[SourceFile], scans: Iterable[Path]) -> InputError:
    """The error of a run without a single side."""
    places = ", ".join(f"« {path} »" for path in scans)
    if not found:
        return InputError(
            f"Aucun fichier à lire dans {places}. Indiquez des fichiers PDF, TIFF, JPEG ou PNG, ou leur dossier.",
            files=0,
        )
    return InputError(
        f"Aucun des fichiers de {places} ne peut être ouvert : {_reasons(found)}.",
        files=len(found),
        problems=tuple(file.problem for file in found),
    )


def _reasons(found: Sequence[SourceFile]) -> str:
    """Files and what keeps each shut, the first few."""
    told = [f"{Path(file.shown).name} ({words(file.problem).title})" for file in found if file.problem]
    return ", ".join(told[:MOST_TOLD]) + (" …" if len(told) > MOST_TOLD else "")


def _read_missing(
    store: Store, found: Sequence[SourceFile], request: ReadingRequest, settings: Settings, progress: Progress
) -> int:
    """Read the sides that the store does not hold yet; return how many."""
    tasks = list(_tasks(store, found, request, settings))
    total, done = sum(len(task.sides) for task in tasks), 0
    if tasks:
        ready_blanks(request.folder, define.form_folders())
    progress("Lecture", 0, total)
    for task, results in run_tasks(read_task, tasks, workers=request.workers, prepare=prepare_worker):
        pages = results if results is not None else _one_by_one(task)
        store.add_sides(task.file.sha256, task.sides, _accounted(task, pages))
        done += len(task.sides)
        progress("Lecture", done, total)
    return total


def _tasks(
    store: Store, found: Sequence[SourceFile], request: ReadingRequest, settings: Settings
) -> Iterator[ReadTask]:
    """Sides still to read, a dozen at a time; the same bytes once."""
    folders = tuple(define.form_folders())
    for file in {file.sha256: file for file in reversed(found) if file.sides}.values():
        stored = store.sides_read(file.sha256)
        missing = [side for side in range(1, file.sides + 1) if side not in stored]
        for start in range(0, len(missing), SIDES_PER_TASK):
            yield ReadTask(
                file=file,
                sides=tuple(missing[start : start + SIDES_PER_TASK]),
                folder=request.folder,
                form_folders=folders,
                settings=settings,
            )


def _one_by_one(task: ReadTask) -> list[PageResult]:
    """A task that killed its worker twice: each side alone, the poisoned ones refused."""
    pages: list[PageResult] = []
    singles = [replace(task, sides=(side,)) for side in task.sides]
    for single in singles:
        outcome = next(iter(run_tasks(read_task, [single], workers=1, prepare=prepare_worker)))[1]
        pages.extend(outcome if outcome is not None else [refused_side(single, single.sides[0], "worker_killed")])
    return pages


def _accounted(task: ReadTask, pages: Sequence[PageResult]) -> Iterator[PageResult]:
    """The pages of a task, with a row for any side on which nothing was said."""
    yield from pages
    seen = {page.source.side for page in pages}
    for side in task.sides:
        if side not in seen:
            yield refused_side(task, side, "internal_error")


def _report(store: Store, paths: set[str], new_sides: int) -> ReadingReport:
    """The balance of the files of this run, and all pages of the carnets they touch."""
    balance = store.balance()
    rows = tuple(row for row in balance if row.source_file in paths)
    touched = {row.carnet_id for row in rows if row.carnet_id}
    shelf: FormShelf = define.open_shelf(define.form_folders())
    decided = [page for number in sorted(touched) for page in store.decided(number).values()]
    return ReadingReport(
        files=tuple(file for file in store.files() if file.path in paths),
        new_sides=new_sides,
        rows=rows,
        carnets=carnet_states((row for row in balance if row.carnet_id in touched), shelf),
        asked=sum(bool(decision.reasons) for page in decided for decision in page.decisions),
    )
