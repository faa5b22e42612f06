"""The same guarantee on a Dask cluster: a killed worker costs nothing, poison only itself."""

import json
import sys

import pytest

from pipeline.batch.cluster import crew_at
from pipeline.batch.pool import LOCAL, run_tasks
from pipeline.cli import main
from pipeline.errors import DependencyError, ExitCode, UsageError
from tests.batch import stand_in
from tests.batch.scenarios import FILES, PAGES, completes, exports, make_desk
from tests.batch.stand_in import FAULTS
from tests.batch.test_pool import die_once, poison, ready


@pytest.fixture(scope="module")
def cluster():
    """Two workers; the stand-in for the eyes dies of one side."""
    wrong = {"poison": "2:3"}
    distributed = pytest.importorskip("distributed")
    dask = pytest.importorskip("dask")
    calm = {
        "distributed.scheduler.allowed-failures": 1,
        "distributed.worker.multiprocessing-method": "spawn",
        "distributed.deploy.lost-worker-timeout": "120s",  # a busy machine takes long to start a worker anew
    }
    patch = pytest.MonkeyPatch()
    patch.setenv(FAULTS, json.dumps(wrong))
    with (
        dask.config.set(calm),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None, silence_logs=50
        ) as started,
    ):
        yield started.scheduler_address
    patch.undo()


@pytest.mark.slow
def test_the_pool_keeps_its_promise_on_a_cluster(cluster, tmp_path):
    with crew_at(cluster) as crew:
        tasks = [(n, str(tmp_path)) for n in range(8)]
        once = sorted(run_tasks(die_once, tasks, workers=2, prepare=ready, crew=crew))
        assert once == [(task, task[0]) for task in tasks]
        outcome = dict(run_tasks(poison, range(8), workers=2, prepare=ready, crew=crew))
        assert outcome == {n: None if n == 3 else n for n in range(8)}


@pytest.mark.slow
def test_a_reading_on_a_cluster_loses_the_poisoned_side_alone(cluster, tmp_path, monkeypatch, capsys):
    desk = make_desk(tmp_path)
    for name, value in (
        ("read_apart", stand_in.read_apart),
        ("prepare_worker", stand_in.prepare),
        ("ready_blanks", stand_in.no_blanks),
    ):
        monkeypatch.setattr(f"pipeline.batch.taking.{name}", value)
    monkeypatch.setattr("pipeline.batch.taking.SIDES_PER_TASK", 3)
    campaign = desk.campaign()
    command = ["lire", str(desk.scans), "--ordonnanceur", cluster, "--date-numerisation", "2026-11-18"]
    assert main([*command, "--dossier", str(campaign)]) == ExitCode.INCOMPLETE, capsys.readouterr()
    assert "lot-2.tif face 3" in capsys.readouterr().out
    assert exports(campaign)[1].count(b";placed;") == FILES * PAGES - 1
    completes(desk, campaign)


def test_an_address_is_an_address():
    with pytest.raises(UsageError), crew_at("localhost"):
        pass


def test_without_an_address_this_machine_works():
    with crew_at("") as crew:
        assert crew is LOCAL


def test_the_optional_part_missing_is_told_with_its_remedy(monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(sys.modules, "distributed", None)
    (tmp_path / "a.pdf").write_bytes(b"x")
    code = main(["lire", str(tmp_path), "--ordonnanceur", "tcp://127.0.0.1:8786", "--dossier", str(tmp_path / "c")])
    assert code == ExitCode.DEPENDENCY
    told = capsys.readouterr().err
    assert "pip install" in told
    assert "distributed" in told


@pytest.mark.slow
def test_nobody_at_the_address_is_told(monkeypatch):
    monkeypatch.setattr("pipeline.batch.cluster.ANSWER_S", 1)
    with pytest.raises(DependencyError, match="ne répond"), crew_at("tcp://127.0.0.1:9"):
        pass
