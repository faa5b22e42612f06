"""The samples read as they did when the golden files were last looked at."""

import difflib

import pytest

from tests.golden import HERE, KEPT, read_samples


@pytest.fixture(scope="module")
def today(tmp_path_factory):
    return read_samples(tmp_path_factory.mktemp("echantillon"))


@pytest.mark.slow
@pytest.mark.parametrize("name", KEPT)
def test_samples_read_as_before(today, name):
    golden = (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    change = list(difflib.unified_diff(golden, today[name].splitlines(), "golden", "today", lineterm="", n=0))
    assert not change, "\n".join(["`make golden` writes this change; read it first:", *change[:60]])
