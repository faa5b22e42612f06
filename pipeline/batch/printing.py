"""``carnet imprimer``: numbers drawn, copies printed, register kept.

Order of effects: everything that can be refused is refused first; numbers are drawn
against store and register; the PDF is made in a folder of its own; the register and the
store take the numbers; only then are the files put in place.  Wherever a crash falls, no
number is ever printed twice.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline import compose, define
from pipeline.batch import ordering
from pipeline.batch.ordering import Job, PrintRequest
from pipeline.batch.participants import RowProblem
from pipeline.batch.registering import nominative_forms
from pipeline.compose import PrintedFiles
from pipeline.errors import ExitCode, OutputError, system_reason
from pipeline.model.form import FormShelf
from pipeline.model.identity import parse_carnet_number
from pipeline.model.order import PrintOrder
from pipeline.model.result import RegisterEntry
from pipeline.store import Store, campaign_lock, open_store
from pipeline.workbook.registre import FILE_NAME, add_to_registre, check_registre, read_registre

DESK = ".impression-en-cours"
SEPARATE = "carnets"
Progress = Callable[[str, int, int], None]

__all__ = ["PrintReport", "PrintRequest", "print_batch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintReport:
    """What was printed, and what the person must know.

    ``named`` tells that the PDF bears names; ``replaced`` that an earlier PDF stood there;
    ``kept_copy`` is the copy of a register of which a part (a chart) could not be kept.
    """

    job: Job
    numbers: tuple[str, ...]
    files: PrintedFiles
    named: bool
    replaced: bool
    register: Path
    kept_copy: Path | None = None
    refused: tuple[RowProblem, ...] = field(default=())

    @property
    def exit_code(self) -> ExitCode:
        """10 when a row with something in it gave no carnet, else 0."""
        lost = [problem for problem in self.refused if problem.code != "row_empty"]
        return ExitCode.INCOMPLETE if lost else ExitCode.DONE


def print_batch(request: PrintRequest, progress: Progress, waiting: Callable[[], None]) -> PrintReport:
    """Print what was asked into ``out_dir`` and enter new numbers into the register.

    Raises ``UsageError`` for what cannot be obeyed, ``InputError`` when the participants
    file cannot be opened, ``OutputError`` when output or register is blocked: nothing is
    printed then and no number is used.
    """
    shelf = define.open_shelf(define.form_folders())
    job = None if request.numbers else ordering.new_job(request, shelf)
    with campaign_lock(request.folder, waiting), open_store(request.folder) as store:
        job = job or ordering.reprint_job(request, shelf, store.register())
        return _print(request, job, store, shelf, progress)


def _print(request: PrintRequest, job: Job, store: Store, shelf: FormShelf, progress: Progress) -> PrintReport:
    """The order of effects."""
    register = request.folder / FILE_NAME
    if job.people:
        check_registre(register)
    numbers = job.numbers or _draw(request, job, store, register)
    orders = _orders(job, numbers)
    kept_copy = None
    with _desk(request.out_dir) as desk:
        printed = compose.print_carnets(
            job.form,
            orders,
            variant=job.variant,
            imposition=job.imposition,
            separate=request.separate,
            out_dir=desk,
            progress=progress,
        )
        if job.people:
            entries = [_entry(job, order, place, request.today) for place, order in enumerate(orders)]
            kept_copy = add_to_registre(register, [*store.register(), *entries], nominative_forms(shelf))
            store.register_printed(entries)
        replaced = (request.out_dir / printed.pdf.name).exists()
        files = _put_in_place(printed, request.out_dir)
    store.log("imprimer", _journal_line(job, len(numbers)), request.at)
    return PrintReport(
        job=job,
        numbers=numbers,
        files=files,
        named=any(order.name for order in orders),
        replaced=replaced,
        register=register,
        kept_copy=kept_copy,
        refused=job.refused,
    )


def _draw(request: PrintRequest, job: Job, store: Store, register: Path) -> tuple[str, ...]:
    """New numbers, unlike any in the store or in the register that staff keep."""
    taken = store.printed_numbers() | {entry.carnet for entry in read_registre(register).entries}
    return compose.draw_numbers(len(job.people), request.today.year, taken, request.seed)


def _orders(job: Job, numbers: Sequence[str]) -> list[PrintOrder]:
    """One order for each number."""
    if not job.people:
        return [PrintOrder(carnet=number, sheets=job.sheets) for number in numbers]
    return [
        PrintOrder(carnet=number, name=person.name) for number, person in zip(numbers, job.people, strict=True)
    ]  # fmt: skip


def _entry(job: Job, order: PrintOrder, place: int, today: date) -> RegisterEntry:
    """The register entry of one new carnet: never its name."""
    person = job.people[place]
    form, version = job.form.key
    return RegisterEntry(
        carnet=order.carnet,
        form=form,
        version=version,
        variant=job.variant,
        printed_on=today.isoformat(),
        lot=person.lot,
        canal=person.canal,
        public=person.public,
    )


def _journal_line(job: Job, count: int) -> str:
    """Counts only."""
    what = f"{'/'.join(job.form.key)}, {job.variant}, {job.imposition}"
    if job.people:
        return f"{count} carnet(s) imprimé(s) ({what})"
    return f"{count} carnet(s) réimprimé(s) ({what}{', ' + job.sheet if job.sheet else ''})"


@contextlib.contextmanager
def _desk(out_dir: Path) -> Iterator[Path]:
    """A folder of its own inside the output folder, empty at first and gone afterwards.

    It always has the same name: what a run that was killed left there, names included, is
    removed by the next.
    """
    desk = out_dir / DESK
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(desk, ignore_errors=True)
        desk.mkdir(mode=0o700)
    except OSError as error:
        raise _blocked(out_dir, error) from error
    try:
        yield desk
    finally:
        shutil.rmtree(desk, ignore_errors=True)


def _put_in_place(printed: PrintedFiles, out_dir: Path) -> PrintedFiles:
    """Move finished files over those of an earlier run."""
    separate = out_dir / SEPARATE
    try:
        for stale in separate.glob("*.pdf"):
            if parse_carnet_number(stale.stem):
                stale.unlink()
        if printed.separate:
            separate.mkdir(exist_ok=True)
        moved = tuple(path.replace(separate / path.name) for path in printed.separate)
        manifest = printed.manifest.replace(out_dir / printed.manifest.name)
        pdf = printed.pdf.replace(out_dir / printed.pdf.name)
    except OSError as error:
        raise _blocked(out_dir, error) from error
    return PrintedFiles(pdf=pdf, manifest=manifest, separate=moved, sides=printed.sides)


def _blocked(out_dir: Path, error: OSError) -> OutputError:
    """The error of an output folder that cannot be written."""
    return OutputError(
        f"« {out_dir} » ne peut pas être écrit ({system_reason(error)}). Choisissez un autre dossier avec "
        "« --sortie », ou fermez le PDF s’il est ouvert.",
        folder=str(out_dir),
    )
