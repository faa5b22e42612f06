"""Nothing is ever lost: each fault once, on the real command with a stand-in for the eyes."""

import random

import pytest

from tests.batch.scenarios import SCENARIOS, digest, make_desk

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return make_desk(tmp_path_factory.mktemp("desk"))


@pytest.mark.parametrize("fault", SCENARIOS, ids=lambda fault: fault.__name__)
def test_nothing_is_lost_and_nothing_doubled(fault, desk):
    before = digest(desk.scans)
    try:
        fault(desk, random.Random(1))
    except PermissionError as error:
        pytest.skip(f"no disk of its own here: {error}")
    assert digest(desk.scans) == before, "no scan is ever altered"
