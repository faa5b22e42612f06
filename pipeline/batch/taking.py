"""Sides of files → stored pages, whatever happens to workers, files and disk meanwhile.

What a worker finds is stored by whole sides, task by task, so that the memory of a run
does not grow with it.  Results count only when the file is still the one that was named
by its hash: a file that was replaced meanwhile is looked at again and read as it is now.
"""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from pipeline import define
from pipeline.batch.blanks import ready_blanks
from pipeline.batch.enrolling import CHANGED, QUARANTINED, look_again, wanted
from pipeline.batch.pool import LOCAL, Crew, run_tasks
from pipeline.batch.worker import IMAGES, ReadTask, prepare_worker, read_task, refused_side
from pipeline.errors import CarnetError, OutputError
from pipeline.ingest import SourceFile
from pipeline.model.result import PageResult
from pipeline.settings import Settings
from pipeline.store import Store, blocked

SIDES_PER_TASK = 12
Progress = Callable[[str, int, int], None]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where the pages go and who reads them."""

    store: Store
    folder: Path
    settings: Settings
    workers: int
    progress: Progress
    crew: Crew = LOCAL


@dataclass(slots=True, kw_only=True)
class _Round:
    """One pass over the files: sides stored so far by content, tasks still out, files that changed."""

    files: dict[str, SourceFile]
    out: Counter[str]
    stored: dict[str, set[int]] = field(default_factory=dict)
    changed: dict[str, SourceFile] = field(default_factory=dict)


def take_sides(desk: Desk, found: Sequence[SourceFile]) -> tuple[int, list[SourceFile]]:
    """Read the sides that are still to read; how many, and the files that changed while being read.

    Nothing is kept of a file that changed: it is for the caller to look at it again.
    """
    many, alone = list(_tasks(desk, found, wary=False)), list(_tasks(desk, found, wary=True))
    total, done = sum(len(task.sides) for task in (*many, *alone)), 0
    names = Counter(task.file.sha256 for task in (*many, *alone))
    around = _Round(files={file.sha256: file for file in found}, out=names)
    if total:
        ready_blanks(desk.folder, define.form_folders())
    desk.progress("Lecture", 0, total)
    for task, pages in chain(_results(desk, many), _results(desk, alone, alone=True)):
        _take(desk, around, task, pages)
        done += len(task.sides)
        desk.progress("Lecture", done, total)
    return total, list(around.changed.values())


def read_apart(task: ReadTask) -> list[PageResult]:
    """``read_task`` in a worker: what one side raises costs that side alone.

    Raises ``OutputError`` when the campaign folder cannot be written.
    """
    try:
        return read_task(task)
    except CarnetError:
        raise
    except OSError as error:
        if error.errno is not None:
            raise blocked(task.folder, error) from error
        _log.exception("a file could not be read")
    except Exception:
        _log.exception("a file could not be read")
    if len(task.sides) == 1:
        return [refused_side(task, task.sides[0], "internal_error")]
    return [page for side in task.sides for page in read_apart(replace(task, sides=(side,)))]


def _tasks(desk: Desk, found: Sequence[SourceFile], *, wary: bool) -> Iterator[ReadTask]:
    """Sides still to read, a dozen at a time, the same bytes once; or those that are read alone."""
    folders = tuple(define.form_folders())
    folder = desk.folder.resolve() if desk.crew.remote else desk.folder
    for file in {file.sha256: file for file in reversed(found) if file.sides}.values():
        named = replace(file, path=file.path.resolve()) if desk.crew.remote else file
        asked = wanted(desk.store, file, desk.folder)
        sides, at_a_time = (asked.wary, 1) if wary else (asked.sides, SIDES_PER_TASK)
        for start in range(0, len(sides), at_a_time):
            yield ReadTask(
                file=named,
                sides=sides[start : start + at_a_time],
                folder=folder,
                form_folders=folders,
                settings=desk.settings,
            )


def _results(
    desk: Desk, tasks: Iterable[ReadTask], *, alone: bool = False
) -> Iterator[tuple[ReadTask, Sequence[PageResult]]]:
    """Every task with its pages; a task that kills its worker is read side by side, the poisoned ones refused."""
    for task, pages in _run(desk, tasks, alone=alone):
        yield task, pages if pages is not None else _one_by_one(desk, task)


def _one_by_one(desk: Desk, task: ReadTask) -> list[PageResult]:
    """Each side on its own, in the order of the file."""
    found: dict[int, list[PageResult]] = {}
    singles = [replace(task, sides=(side,)) for side in task.sides] if len(task.sides) > 1 else []
    for single, pages in _run(desk, singles, alone=True):
        found[single.sides[0]] = pages if pages is not None else [refused_side(single, single.sides[0], QUARANTINED)]
    return [page for side in task.sides for page in found.get(side) or [refused_side(task, side, QUARANTINED)]]


def _run(desk: Desk, tasks: Iterable[ReadTask], *, alone: bool) -> Iterator[tuple[ReadTask, list[PageResult] | None]]:
    """The tasks over the crew."""
    return run_tasks(read_apart, tasks, workers=desk.workers, prepare=prepare_worker, crew=desk.crew, alone=alone)


def _take(desk: Desk, around: _Round, task: ReadTask, pages: Sequence[PageResult]) -> None:
    """Store what one task found, unless its file is no longer the one that was named."""
    name = task.file.sha256
    around.out[name] -= 1
    disturbed = any(page.problem == CHANGED for page in pages)
    if name not in around.changed:
        if not disturbed:
            _make_durable(desk.folder, pages)
            desk.store.add_sides(name, task.sides, _accounted(task, pages))
            around.stored.setdefault(name, set()).update(task.sides)
        if (disturbed or not around.out[name]) and not _is_still(task.file, desk.settings):
            around.changed[name] = around.files[name]
            desk.store.forget_sides(name, around.stored.pop(name, set()))
        elif disturbed:
            around.changed[name] = around.files[name]  # touched, not altered: the sides left are read anew


def _is_still(file: SourceFile, settings: Settings) -> bool:
    """Whether a file holds the bytes that were named; one that went away was not altered."""
    now = look_again([file], settings)
    return not now or now[0].sha256 == file.sha256


def _make_durable(folder: Path, pages: Sequence[PageResult]) -> None:
    """Kept images reach the disk before the store speaks of them: a power cut leaves no page without its image."""
    images = [folder / page.image for page in pages if page.image]
    try:
        for path in (*images, *([folder / IMAGES] if images else [])):
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
    except FileNotFoundError as error:
        raise OutputError(
            f"L’image « {error.filename} », tout juste lue, n’est pas dans le dossier de campagne. Si la lecture se "
            "fait sur plusieurs machines, ce dossier doit leur être accessible sous le même chemin. Relancez ensuite "
            "la lecture.",
            file=str(error.filename),
        ) from error


def _accounted(task: ReadTask, pages: Sequence[PageResult]) -> Iterator[PageResult]:
    """The pages of a task, with a row for any side on which nothing was said."""
    yield from pages
    seen = {page.source.side for page in pages}
    for side in task.sides:
        if side not in seen:
            yield refused_side(task, side, "internal_error")
