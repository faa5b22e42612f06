"""The same tasks on a Dask cluster (``carnet lire --ordonnanceur tcp://…``, optional).

Workers run what local processes run.  They need the same version of this program, and must
reach the scans and the campaign folder under the same paths as this machine: a kept page
image is written by the worker that read the page.  The store itself is opened here alone,
on a local disk that the other machines may mount.
"""

from __future__ import annotations

import concurrent.futures
import functools
import importlib
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from typing import Any

from pipeline import __version__
from pipeline.batch.pool import LOCAL, Crew, Prepare, Result, Task
from pipeline.errors import DependencyError, UsageError

ANSWER_S, WORKERS_S = 10, 60
_SCHEMES = ("tcp://", "tls://")
Client = Any
"""``distributed.Client``, which is optional and brings no types."""
_prepared: set[bytes] = set()


class ClusterExecutor(concurrent.futures.Executor):
    """Calls on a cluster.  Equal calls are never merged; every future comes to an end.

    ``Client.get_executor()`` is nearly this, but leaves a future pending for ever when its
    result was lost with the worker that held it, before it could be fetched.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def submit(self, fn: Callable[..., Result], /, *args: object, **kwargs: object) -> Future[Result]:
        """A call on any worker of the cluster."""
        here: Future[Result] = Future()
        self._client.submit(fn, *args, pure=False, **kwargs).add_done_callback(functools.partial(_pass_on, here))
        return here


def _pass_on(here: Future[Any], there: Any) -> None:  # noqa: ANN401 - a distributed.Future
    """What became of a call, to the future that is waited for."""
    try:
        result = there.result()
    except BaseException as error:
        here.set_exception(error)
    else:
        here.set_result(result)


class DaskCrew:
    """Workers of a cluster.  The scheduler tries a task on several workers before it calls it a killer."""

    remote = True

    def __init__(self, client: Client, address: str) -> None:
        self._client, self._address = client, address

    @contextmanager
    def open(self, workers: int, prepare: Prepare) -> Iterator[Executor]:
        """An executor over the whole cluster; what a run leaves undone goes when its client closes."""
        yield ClusterExecutor(self._client)

    def size(self, workers: int) -> int:
        """As many tasks as the cluster has threads."""
        threads: int = sum(self._client.nthreads().values())
        return max(1, threads)

    def call(self, function: Callable[[Task], Result], prepare: Prepare) -> Callable[[Task], Result]:
        """The function, after the worker that receives it was prepared."""
        return functools.partial(_call, pickle.dumps(prepare), function)

    def died(self, error: BaseException) -> bool:
        """Workers died of the task, or beside it; ``DependencyError`` when the scheduler is gone."""
        distributed = importlib.import_module("distributed")
        lost = isinstance(error, CancelledError | distributed.comm.CommClosedError)
        if lost and self._client.status != "running":
            raise DependencyError(
                f"L’ordonnanceur « {self._address} » ne répond plus. Rien de ce qui était lu n’est perdu : relancez "
                "la même commande quand il est revenu, ou sans --ordonnanceur.",
                address=self._address,
            ) from error
        return lost or isinstance(error, distributed.KilledWorker)

    def require_alive(self) -> None:
        """Raise ``DependencyError`` when no worker is left and none comes back."""
        if not self._client.nthreads():
            _wait_for_workers(self._client, self._address)


@contextmanager
def crew_at(address: str) -> Iterator[Crew]:
    """The crew of a scheduler's address; processes of this machine when it is empty.

    Raises ``UsageError`` when it is no address, ``DependencyError`` when ``distributed`` is
    not installed, nobody answers there, or its workers run another version.
    """
    if not address:
        yield LOCAL
        return
    if not address.startswith(_SCHEMES) or ":" not in address.removeprefix("tcp://").removeprefix("tls://"):
        raise UsageError(
            f"« {address} » n’est pas l’adresse d’un ordonnanceur. Elle s’écrit comme « tcp://127.0.0.1:8786 ».",
            address=address,
        )
    client = _connect(address)
    try:
        _wait_for_workers(client, address)
        _require_same_version(client, address)
        yield DaskCrew(client, address)
    finally:
        client.close(timeout=ANSWER_S)


def _connect(address: str) -> Client:
    """A client of the scheduler."""
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        raise DependencyError(
            "La lecture sur plusieurs machines demande le composant « distributed », qui n’est pas installé. "
            "Installez-le avec « .venv/bin/python -m pip install 'distributed>=2026.1' », ou relancez sans "
            "--ordonnanceur.",
            package="distributed",
        ) from error
    try:
        return distributed.Client(address, timeout=ANSWER_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise DependencyError(
            f"Aucun ordonnanceur ne répond à l’adresse « {address} ». Vérifiez qu’il est démarré (« dask scheduler ») "
            "et que l’adresse est la bonne, ou relancez sans --ordonnanceur.",
            address=address,
        ) from error


def _wait_for_workers(client: Client, address: str) -> None:
    """Raise ``DependencyError`` when the scheduler has nobody to give work to."""
    try:
        client.wait_for_workers(1, timeout=WORKERS_S)
    except TimeoutError as error:
        raise DependencyError(
            f"L’ordonnanceur « {address} » répond, mais aucune machine de calcul ne lui est rattachée. "
            f"Démarrez-en avec « dask worker {address} », puis relancez : ce qui était lu est gardé.",
            address=address,
        ) from error


def _require_same_version(client: Client, address: str) -> None:
    """Raise ``DependencyError`` when a worker has another version of this program, or none."""
    versions = set(client.run(_version, on_error="return").values())
    if versions != {__version__}:
        raise DependencyError(
            f"Les machines de calcul de « {address} » n’ont pas toutes la version {__version__} de ce programme. "
            "Installez-la sur chacune, puis relancez.",
            address=address,
            versions=tuple(map(str, versions)),
        )


def _version() -> object:
    """The version of this program where it runs."""
    return importlib.import_module("pipeline").__version__  # not ours: this is called elsewhere


def _call(prepare: bytes, function: Callable[[Task], Result], task: Task) -> Result:
    """Run a task in a worker, prepared once in its life."""
    if prepare not in _prepared:
        pickle.loads(prepare)()
        _prepared.add(prepare)
    return function(task)
