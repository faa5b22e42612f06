"""A whole rehearsal: printed, filled, scanned, read and compared with what was written."""

import csv
import hashlib

import pytest

from pipeline.batch import samples
from pipeline.batch.rehearsing import (
    CAMPAIGN,
    SCANS,
    TRUTH,
    RehearsalRequest,
    make_handover,
    rehearse_campaign,
)
from pipeline.errors import UsageError
from pipeline.rehearse import load_truth
from pipeline.settings import load_settings


def _request(folder, **more):
    return RehearsalRequest(**{"quantity": 1, "out_dir": folder, "seed": 5, "profile": "bureau_300", **more})


def _nothing(*_):
    pass


def test_what_cannot_be_rehearsed_is_refused_before_anything_is_written(tmp_path):
    for wrong in ({"quantity": 0}, {"profile": "photocopie"}):
        with pytest.raises(UsageError):
            make_handover(_request(tmp_path / "r", **wrong), _nothing, _nothing)
    assert not (tmp_path / "r").exists()


def test_a_rehearsal_never_overwrites_another(tmp_path):
    (tmp_path / SCANS).mkdir()
    with pytest.raises(UsageError) as caught:
        make_handover(_request(tmp_path), _nothing, _nothing)
    assert caught.value.evidence["folder"] == str(tmp_path)


@pytest.mark.slow
def test_a_carnet_goes_all_the_way_round(tmp_path):
    found = rehearse_campaign(_request(tmp_path / "r"), load_settings(None), _nothing, _nothing)
    sides = sum(len(side.pages) for side in found.handover.truth.sides)
    assert found.score.fate("placed") == sides > 3
    assert found.score.fate("wrong") == found.score.fate("lost") == found.score.fate("refused") == 0
    ticks = found.score.tally("ticks", "definite")
    assert ticks.silent == 0
    assert found.score.tally("ticks", "empty").silent == 0
    assert load_truth(tmp_path / "r" / TRUTH) == found.handover.truth
    assert (tmp_path / "r" / CAMPAIGN / "carnets.sqlite").is_file()


@pytest.mark.slow
def test_same_seed_same_bytes(tmp_path):
    digests = []
    for name in ("a", "b"):
        handover = make_handover(_request(tmp_path / name), _nothing, _nothing)
        files = sorted(handover.scans.iterdir())
        digests.append([(file.name, hashlib.sha256(file.read_bytes()).hexdigest()) for file in files])
    assert digests[0] == digests[1]


def test_the_participants_of_the_samples_name_nobody():
    rows = list(csv.DictReader(samples.participants().splitlines(), delimiter=";"))
    assert len(rows) == samples.PARTICIPANTS
    assert {row["prénom"] for row in rows} == {"Exemple"}
