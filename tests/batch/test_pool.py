"""No worker's death loses or doubles a task."""

import os
import signal
from pathlib import Path

import pytest

from pipeline.batch.pool import run_tasks
from pipeline.errors import CarnetError

pytestmark = pytest.mark.slow


def ready():
    pass


def double(task):
    return 2 * task


def die_once(task):
    number, folder = task
    mark = Path(folder) / "died"
    if number == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def poison(task):
    if task == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def complain(task):
    raise ValueError(task)


def test_every_task_comes_back_once():
    assert sorted(run_tasks(double, range(7), workers=2, prepare=ready)) == [(n, 2 * n) for n in range(7)]


def test_a_killed_worker_costs_nothing(tmp_path):
    tasks = [(n, str(tmp_path)) for n in range(8)]
    assert sorted(run_tasks(die_once, tasks, workers=2, prepare=ready)) == [(task, task[0]) for task in tasks]


def test_a_poisoned_task_is_given_back_and_the_others_done():
    outcome = dict(run_tasks(poison, range(8), workers=2, prepare=ready))
    assert outcome == {n: None if n == 3 else n for n in range(8)}


def test_an_exception_stops_the_run():
    with pytest.raises(ValueError, match="0"):
        list(run_tasks(complain, [0], workers=1, prepare=ready))


def stillborn():
    os.kill(os.getpid(), signal.SIGKILL)


def test_when_no_worker_starts_no_task_is_blamed():
    with pytest.raises(CarnetError, match="démarrent"):
        list(run_tasks(double, range(3), workers=2, prepare=stillborn))


def die_with_company(task):
    number, folder = task
    with (Path(folder) / f"{number}-{os.getpid()}").open("w"):
        pass
    if number in (2, 5):
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.slow
def test_two_poisoned_tasks_cost_no_other_and_each_is_tried_again(tmp_path):
    tasks = [(n, str(tmp_path)) for n in range(12)]
    outcome = dict(run_tasks(die_with_company, tasks, workers=2, prepare=ready))
    assert outcome == {task: None if task[0] in (2, 5) else task[0] for task in tasks}
    assert len(list(tmp_path.glob("2-*"))) >= 2


def count_up(task):
    return task


def test_tasks_are_taken_as_workers_come_free():
    """A run over thousands of files holds a few of them at a time."""
    taken = []

    def endless():
        for number in range(200):
            taken.append(number)
            yield number

    results = run_tasks(count_up, endless(), workers=2, prepare=ready)
    for _ in range(3):
        next(results)
    assert len(taken) <= 8
    results.close()
