"""A drop folder hands over what has stopped growing, each state of a file once."""

import os
from pathlib import Path

import pytest

from pipeline.ingest.watch import DropFolder
from pipeline.settings import IngestSettings

SETTLE = IngestSettings().settle_seconds


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def waits(self, seconds: float = SETTLE) -> None:
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def drop(tmp_path, clock):
    return DropFolder(tmp_path, IngestSettings(), clock)


def names(paths):
    return [path.name for path in paths]


def test_what_is_there_at_the_start_settles_like_the_rest(tmp_path, drop, clock):
    (tmp_path / "sous").mkdir()
    for name in ("b.pdf", "a.pdf", "sous/c.tif"):
        (tmp_path / name).write_bytes(b"x")
    assert drop.settled() == ()
    assert drop.is_waiting()
    clock.waits(SETTLE - 0.1)
    assert drop.settled() == ()
    clock.waits(0.1)
    assert names(drop.settled()) == ["a.pdf", "b.pdf", "c.tif"]
    assert not drop.is_waiting()
    clock.waits()
    assert drop.settled() == ()


def test_a_file_that_grows_is_waited_for(tmp_path, drop, clock):
    path = tmp_path / "a.pdf"
    for length in range(1, 5):
        path.write_bytes(b"x" * length)
        assert drop.settled() == ()
        clock.waits(SETTLE - 1)
    clock.waits(1)
    assert drop.settled() == (path,)


def test_a_file_whose_time_moves_is_waited_for(tmp_path, drop, clock):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x")
    drop.settled()
    clock.waits()
    os.utime(path, ns=(1, 1))
    assert drop.settled() == ()
    clock.waits()
    assert drop.settled() == (path,)


@pytest.mark.parametrize("name", ["a.pdf.part", "a.tmp", "A.TMP", "a.crdownload", ".a.pdf", "~$a.xlsx", "Thumbs.db"])
def test_a_file_still_being_written_by_name_is_left_alone(name, tmp_path, drop, clock):
    (tmp_path / name).write_bytes(b"x")
    drop.settled()
    clock.waits()
    assert drop.settled() == ()
    assert not drop.is_waiting()
    (tmp_path / name).rename(tmp_path / "fini.pdf")
    assert drop.settled() == ()
    clock.waits()
    assert names(drop.settled()) == ["fini.pdf"]


def test_a_file_replaced_is_handed_over_again_even_of_the_same_size_and_time(tmp_path, drop, clock):
    path, other = tmp_path / "a.pdf", tmp_path.parent / f"{tmp_path.name}-autre"
    path.write_bytes(b"x")
    other.write_bytes(b"y")
    drop.settled()
    clock.waits()
    assert drop.settled() == (path,)
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)
    assert drop.settled() == ()
    clock.waits()
    assert drop.settled() == (path,)


def test_a_file_moved_away_and_back_is_handed_over_again(tmp_path, drop, clock):
    path, away = tmp_path / "a.pdf", tmp_path.parent / f"{tmp_path.name}-ailleurs"
    path.write_bytes(b"x")
    drop.settled()
    clock.waits()
    assert drop.settled() == (path,)
    path.rename(away)
    assert drop.settled() == ()
    away.rename(path)
    drop.settled()
    clock.waits()
    assert drop.settled() == (path,)


def test_a_folder_that_goes_away_gives_nothing_and_comes_back(tmp_path, clock):
    drop = DropFolder(tmp_path / "depot", IngestSettings(), clock)
    assert drop.settled() == ()
    (tmp_path / "depot").mkdir()
    Path(tmp_path / "depot" / "a.pdf").write_bytes(b"x")
    drop.settled()
    clock.waits()
    assert names(drop.settled()) == ["a.pdf"]
