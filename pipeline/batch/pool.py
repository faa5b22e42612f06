"""Tasks over local processes, so that no worker's death loses or doubles anything.

A process pool of the standard library is lost as a whole when one worker dies.  Here
the pool is made again, the tasks that were under way run alone, and a task that kills
its worker a second time is given back as ``None``.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import TypeVar

from pipeline.errors import CarnetError

Task = TypeVar("Task")
Result = TypeVar("Result")
_PR_SET_PDEATHSIG = 1


def run_tasks(
    function: Callable[[Task], Result],
    tasks: Iterable[Task],
    *,
    workers: int,
    prepare: Callable[[], None],
) -> Iterator[tuple[Task, Result | None]]:
    """Yield every task with its result, as they finish; ``None`` for a task that kills.

    An exception raised by ``function`` is raised here and stops the run.
    """
    waiting = iter(tasks)
    suspects: list[Task] = []
    while True:
        under_way: dict[Future[Result], Task] = {}
        pool = _pool(workers, prepare)
        try:
            yield from _drain(pool, function, waiting, under_way, 2 * workers)
            break
        except BrokenProcessPool:
            suspects.extend(under_way.values())
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        for task in suspects:
            yield task, _alone(function, task, prepare)
        suspects.clear()


def _drain(
    pool: ProcessPoolExecutor,
    function: Callable[[Task], Result],
    waiting: Iterator[Task],
    under_way: dict[Future[Result], Task],
    depth: int,
) -> Iterator[tuple[Task, Result]]:
    """Keep ``depth`` tasks under way until none is left; ``under_way`` shows which."""
    while True:
        for task in islice(waiting, depth - len(under_way)):
            try:
                under_way[pool.submit(function, task)] = task
            except BrokenProcessPool:
                under_way[Future()] = task
                raise
        if not under_way:
            return
        done, _ = wait(under_way, return_when=FIRST_COMPLETED)
        for future in done:
            result = future.result()
            yield under_way.pop(future), result


def _alone(function: Callable[[Task], Result], task: Task, prepare: Callable[[], None]) -> Result | None:
    """The result of a task run in a process of its own, or None when it kills that too.

    Raises ``CarnetError`` when no process starts at all: that is no fault of the task.
    """
    with _pool(1, prepare) as pool:
        try:
            pool.submit(os.getpid).result()
        except BrokenProcessPool as error:
            raise CarnetError(
                "Les processus de lecture ne démarrent pas sur cette machine. Vérifiez la mémoire libre, puis "
                "relancez : rien n'est perdu, la lecture reprendra où elle en est."
            ) from error
        try:
            return pool.submit(function, task).result()
        except BrokenProcessPool:
            return None


def _pool(workers: int, prepare: Callable[[], None]) -> ProcessPoolExecutor:
    """Fresh processes, not forks: native libraries keep threads and locks."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(os.getpid(), prepare))


def _start(parent: int, prepare: Callable[[], None]) -> None:
    """A worker dies with the run that started it, however that ends, and leaves Ctrl-C to it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prepare()
