"""The samples read as they did when the golden files were last looked at."""

import difflib

import pytest

from pipeline.rehearse import load_truth, reading_from_csv, score
from tests.golden import HERE, KEPT, SAMPLES, read_samples

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    return tmp_path_factory.mktemp("echantillon")


@pytest.fixture(scope="module")
def today(campaign):
    return read_samples(campaign)


@pytest.mark.parametrize("name", KEPT)
def test_samples_read_as_before(today, name):
    golden = (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    change = list(difflib.unified_diff(golden, today[name].splitlines(), "golden", "today", lineterm="", n=0))
    assert not change, "\n".join(["`make golden` writes this change; read it first:", *change[:60]])


def test_the_samples_are_read_as_their_truth_says(today, campaign):
    export = campaign / "export"
    found = score(load_truth(SAMPLES / "truth.json"), reading_from_csv(export / "lectures.csv", export / "pages.csv"))
    assert (found.fate("lost"), found.fate("wrong")) == (0, 0)
    assert [miss for miss in found.misses if miss.kind != "faint"] == [], "only ink that the scanner lost may be missed"
    assert len(found.misses) <= 1
    assert found.total("ticks").right > 2500
    assert found.total("digits").right > 900
