"""The file on disk: open elsewhere, whole or not at all, never lost."""

import datetime
import os

import pytest

from pipeline.errors import ExitCode, OutputError
from pipeline.workbook import dated_beside, require_closed, write_whole


@pytest.mark.parametrize("mark", [".~lock.analyse.xlsx#", "~$analyse.xlsx"])
def test_a_workbook_open_elsewhere_is_not_replaced(tmp_path, mark):
    path = tmp_path / "analyse.xlsx"
    path.write_text("ancien")
    (tmp_path / mark).touch()
    with pytest.raises(OutputError) as caught:
        require_closed(path)
    assert caught.value.exit_code == ExitCode.OUTPUT
    assert caught.value.evidence["mark"].endswith(mark)
    assert path.read_text() == "ancien"


def test_a_closed_workbook_may_be_replaced(tmp_path):
    require_closed(tmp_path / "analyse.xlsx")


def test_a_file_is_written_whole(tmp_path):
    path = tmp_path / "export" / "a.csv"
    write_whole(path, lambda beside: beside.write_text("tout"))
    assert path.read_text() == "tout"
    assert [found.name for found in path.parent.iterdir()] == ["a.csv"]
    assert path.stat().st_mode & 0o077 == 0


def test_a_failure_leaves_the_earlier_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("ancien")

    def fail(beside):
        beside.write_text("à moitié")
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError) as caught:
        write_whole(path, fail)
    assert caught.value.evidence["why"] == "le disque est plein"
    assert path.read_text() == "ancien"
    assert [found.name for found in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError):
        write_whole(tmp_path / "a.csv", lambda beside: beside.write_text("x"))


def test_a_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "export").write_text("x")
    with pytest.raises(OutputError):
        write_whole(tmp_path / "export" / "a.csv", lambda beside: beside.write_text("x"))


def test_a_dated_name_is_free(tmp_path):
    path, at = tmp_path / "analyse.xlsx", datetime.datetime(2026, 11, 22, 9, 30)
    for name in ("analyse-2026-11-22-0930.xlsx", "analyse-2026-11-22-0930-2.xlsx"):
        found = dated_beside(path, at)
        assert found.name == name
        found.touch()
