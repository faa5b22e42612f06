"""Tasks over a crew of workers, so that no worker's death loses or doubles anything.

A crew opens executors of ``concurrent.futures``: processes of this machine (``LocalCrew``)
or a cluster (``batch.cluster``).  The guarantee is the same on both: tasks that were under
way when a worker died are done again one at a time, each alone, and a task that kills its
worker even then is given back as ``None``.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Protocol, TypeVar

from pipeline.errors import CarnetError

Task = TypeVar("Task")
Result = TypeVar("Result")
Prepare = Callable[[], None]
PATIENCE_S = 30.0
"""How long nothing may finish before the crew is asked whether anybody is still there."""
_PR_SET_PDEATHSIG = 1


class Crew(Protocol):
    """Where tasks run.  ``remote`` tells that workers share neither memory nor current folder with us."""

    remote: bool

    def open(self, workers: int, prepare: Prepare) -> AbstractContextManager[Executor]:
        """An executor whose workers were prepared; what is not begun is dropped on the way out."""

    def size(self, workers: int) -> int:
        """How many tasks run at a time when ``workers`` were asked for."""

    def call(self, function: Callable[[Task], Result], prepare: Prepare) -> Callable[[Task], Result]:
        """What to submit so that ``function`` runs in a prepared worker."""

    def died(self, error: BaseException) -> bool:
        """Whether a task failed because its worker died; ``CarnetError`` when the whole crew is gone."""

    def require_alive(self) -> None:
        """Raise ``CarnetError`` when nobody is left to work."""


class LocalCrew:
    """Processes of this machine.  The standard library loses its whole pool with one worker: it is made again."""

    remote = False

    @contextmanager
    def open(self, workers: int, prepare: Prepare) -> Iterator[Executor]:
        """Fresh processes, not forks: native libraries keep threads and locks."""
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(os.getpid(), prepare))
        try:
            yield pool
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def size(self, workers: int) -> int:
        """As many as asked for."""
        return workers

    def call(self, function: Callable[[Task], Result], prepare: Prepare) -> Callable[[Task], Result]:
        """The function itself: workers are prepared as they start."""
        return function

    def died(self, error: BaseException) -> bool:
        """The pool breaks when a worker dies, whoever's fault it is."""
        return isinstance(error, BrokenProcessPool)

    def require_alive(self) -> None:
        """A pool that loses a process says so by itself."""


LOCAL = LocalCrew()


def run_tasks(
    function: Callable[[Task], Result],
    tasks: Iterable[Task],
    *,
    workers: int,
    prepare: Prepare,
    crew: Crew = LOCAL,
    alone: bool = False,
) -> Iterator[tuple[Task, Result | None]]:
    """Yield every task with its result, as they finish; ``None`` for a task that kills.

    Tasks are taken from the iterator as workers come free; with ``alone`` one at a time,
    each blamed for the first worker that it kills.  An exception raised by ``function`` is
    raised here and stops the run.
    """
    waiting = iter(tasks)
    while True:
        suspects: list[Task] = []
        with crew.open(workers, prepare) as executor:
            call = crew.call(function, prepare)
            depth = 1 if alone else 2 * crew.size(workers)
            yield from _drain(executor, crew, call, waiting, suspects, depth=depth)
        if not suspects:
            return
        if alone:
            _require_start(prepare, crew)
            yield from ((task, None) for task in suspects)
        else:
            yield from run_tasks(function, suspects, workers=1, prepare=prepare, crew=crew, alone=True)


def _drain(
    executor: Executor,
    crew: Crew,
    call: Callable[[Task], Result],
    waiting: Iterator[Task],
    suspects: list[Task],
    *,
    depth: int,
) -> Iterator[tuple[Task, Result]]:
    """Keep ``depth`` tasks under way until none is left, or until a worker died and the others came back.

    ``suspects`` receives the tasks that were lost with a worker.
    """
    under_way: dict[Future[Result], Task] = {}
    while True:
        for task in islice(waiting, 0 if suspects else depth - len(under_way)):
            try:
                under_way[executor.submit(call, task)] = task
            except BrokenProcessPool:
                suspects.append(task)
                break
        if not under_way:
            return
        done, _ = wait(under_way, timeout=PATIENCE_S, return_when=FIRST_COMPLETED)
        if not done:
            crew.require_alive()
        while done:  # a result is let go before others are asked for
            future = done.pop()
            task = under_way.pop(future)
            try:
                result = future.result()
            except BaseException as error:
                if not crew.died(error):
                    raise
                suspects.append(task)
            else:
                del future
                yield task, result


def _require_start(prepare: Prepare, crew: Crew) -> None:
    """Raise ``CarnetError`` when no worker starts at all: that is no fault of a task."""
    with crew.open(1, prepare) as executor:
        if not list(_drain(executor, crew, crew.call(_still_here, prepare), iter([None]), [], depth=1)):
            raise CarnetError(
                "Les processus de lecture ne démarrent pas sur cette machine. Vérifiez la mémoire libre, puis "
                "relancez : rien n’est perdu, la lecture reprendra où elle en est."
            )


def _still_here(_: None) -> int:
    """The process that answers."""
    return os.getpid()


def _start(parent: int, prepare: Prepare) -> None:
    """A worker dies with the run that started it, however that ends, and leaves Ctrl-C to it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prepare()
