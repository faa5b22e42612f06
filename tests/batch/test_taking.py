"""Sides into the store: memory that does not grow with a run, paths that other machines understand."""

import tracemalloc
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline import ingest
from pipeline.batch import taking
from pipeline.batch.enrolling import enrol
from pipeline.batch.reading import ReadingRequest, _is_ours
from pipeline.batch.taking import Desk, take_sides
from pipeline.settings import load_settings
from pipeline.store import open_store
from tests.batch.stand_in import scan


class Here(Executor):
    """Calls answered on the spot."""

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Nobody:
    """A crew of no process at all."""

    def __init__(self, remote: bool) -> None:
        self.remote = remote

    @contextmanager
    def open(self, workers, prepare):
        yield Here()

    def size(self, workers):
        return workers

    def call(self, function, prepare):
        return function

    def died(self, error):
        return False

    def require_alive(self):
        pass


@pytest.fixture
def take(monkeypatch):
    """Read some sides with a stand-in for the worker; the tasks it was given and the peak of memory."""

    def run(folder: Path, scans: Path, worker, *, remote: bool = False):
        tasks = []

        def read(task):
            tasks.append(task)
            return worker(task)

        monkeypatch.setattr(taking, "read_apart", read)
        monkeypatch.setattr(taking, "ready_blanks", lambda *_: None)
        settings = load_settings(None)
        (folder / "pages").mkdir(parents=True)
        found = ingest.inventory([scans], settings.ingest)
        with open_store(folder) as store:
            store._db.execute("PRAGMA synchronous = OFF")
            enrol(store, found, "2026-11-18", "")
            desk = Desk(
                store=store, folder=folder, settings=settings, workers=2, progress=lambda *_: None, crew=Nobody(remote)
            )
            tracemalloc.start()
            count, changed = take_sides(desk, found)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert changed == []
            assert len(store.balance()) == count
        return tasks, peak

    return run


def heavy(task):
    """Pages whose ink maps weigh 100 kB each, as many readings do."""
    from dataclasses import replace

    return [
        replace(taking.refused_side(task, side, "no_identity"), ink_map=bytes([side % 256]) * 100_000)
        for side in task.sides
    ]


def test_memory_does_not_grow_with_the_run(tmp_path, take):
    scan(tmp_path / "un.tif", [(1, 1)] * 96)
    scan(tmp_path / "dix.tif", [(1, 1)] * 500)
    few, small = take(tmp_path / "a", tmp_path / "un.tif", heavy)
    many, large = take(tmp_path / "b", tmp_path / "dix.tif", heavy)
    assert (len(few), len(many)) == (8, 42)
    assert large < 1.3 * small, (large, small)


def test_a_task_holds_ten_to_fifty_sides_of_one_file(tmp_path, take):
    scan(tmp_path / "a.tif", [(1, 1)] * 30)
    tasks, _ = take(tmp_path / "c", tmp_path / "a.tif", heavy)
    assert [len(task.sides) for task in tasks] == [12, 12, 6]


def test_a_campaign_among_the_scans_is_not_read_as_scans(tmp_path):
    request = ReadingRequest(scans=(tmp_path,), folder=tmp_path / "output", day="2026-11-18", at="")
    assert _is_ours(tmp_path / "output" / "pages" / "a.jpg", request)
    assert not _is_ours(tmp_path / "a.pdf", request)
    within = ReadingRequest(scans=(tmp_path / "output" / "recus",), folder=tmp_path / "output", day="", at="")
    assert not _is_ours(tmp_path / "output" / "recus" / "a.pdf", within), "named by a person"


def test_other_machines_are_given_whole_paths(tmp_path, take, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scan(Path("a.tif"), [(1, 1)])
    (task,), _ = take(Path("c"), Path("a.tif"), heavy, remote=True)
    assert task.file.path == tmp_path / "a.tif"
    assert task.folder == tmp_path / "c"
