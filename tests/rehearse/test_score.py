"""A truth and a reading set against each other: every outcome is counted where it belongs."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.interval import wilson
from pipeline.rehearse import summary
from pipeline.rehearse.score import ReadField, Reading, ReadSide, score
from pipeline.rehearse.truth import FieldTruth, PageTruth, SideTruth, Truth, load_truth, merge, save_truth

CARNET = "26-004271-20"
TICK = FieldTruth(field="q", type="choice", raw="A", value="A", options=3)
COMB = FieldTruth(field="d", type="comb", raw="0230", value="2.5")


def _truth(*fields, expect="placed", pages=((CARNET, 2),)):
    return Truth(
        form="carnet",
        version="1",
        seed=1,
        sides=(SideTruth(file="a.pdf", side=1, profile="bureau_300", pages=pages, expect=expect),),
        pages=(PageTruth(carnet=CARNET, page=2, ticking="cross", pen="felt", fields=fields),),
    )


def _side(disposition="placed", carnet=CARNET, page=2, reason=""):
    return ReadSide(file="/x/a.pdf", side=1, disposition=disposition, reason=reason, carnet=carnet, page=page)


def _read(name, raw, value, status="accepted"):
    return {(CARNET, 2, name): ReadField(raw=raw, value=value, status=status, reasons="")}


def _scored(known, read, **side):
    return score(_truth(known), Reading(fields=read, sides=(_side(**side),)))


def test_a_right_tick_counts_every_box():
    found = _scored(TICK, _read("q", "A", "A"))
    assert found.tally("ticks", "definite").right == 1
    assert found.tally("ticks", "empty").right == 2
    assert not found.misses


def test_a_wrong_tick_is_two_silent_errors():
    found = _scored(TICK, _read("q", "B", "B"))
    assert found.tally("ticks", "definite").silent == 1
    assert found.tally("ticks", "empty").silent == 1
    assert found.tally("ticks", "empty").right == 1
    assert [miss.read_raw for miss in found.misses] == ["B"]


def test_a_missed_tick_is_silent_and_a_question_is_not():
    assert _scored(TICK, _read("q", "", "", "blank")).tally("ticks", "definite").silent == 1
    asked = _scored(TICK, _read("q", "", "", "review"))
    assert (asked.tally("ticks", "definite").asked, asked.tally("ticks", "empty").asked) == (1, 2)
    assert not asked.misses


def test_a_field_that_was_never_read_is_silent():
    found = _scored(TICK, {})
    assert found.total("ticks").silent == 3


def test_what_must_be_asked_may_not_be_accepted():
    both = dataclasses.replace(TICK, raw="A|B", value="", kind="double", expect="ask")
    assert _scored(both, _read("q", "A|B", "")).misses
    assert not _scored(both, _read("q", "A|B", "", "review")).misses


def test_digits_are_compared_cell_by_cell():
    found = _scored(COMB, _read("d", "0280", "2.8"))
    assert (found.tally("digits", "plain").right, found.tally("digits", "plain").silent) == (3, 1)
    assert len(found.misses) == 1


def test_numbers_are_compared_as_numbers_and_spaces_at_the_end_do_not_count():
    known = FieldTruth(field="d", type="comb", raw="02  ", value="2.0")
    assert not _scored(known, _read("d", "02", "2")).misses
    assert _scored(known, _read("d", "02", "20")).misses


def test_signatures_are_present_or_absent():
    known = FieldTruth(field="s", type="signature", raw="absent", value="absent")
    assert not _scored(known, _read("s", "", "", "blank")).misses
    assert _scored(known, _read("s", "present", "present")).misses


def test_pages_are_placed_refused_lost_or_wrong():
    reading = Reading(fields={}, sides=(_side(disposition="unreadable", carnet="", page=0, reason="no_identity"),))
    refused = score(_truth(TICK), reading)
    assert (refused.fate("refused"), refused.fate("lost"), refused.refused["no_identity"]) == (1, 0, 1)
    lost = score(_truth(TICK), Reading(fields={}, sides=()))
    assert lost.fate("lost") == 1
    wrong = score(_truth(TICK), Reading(fields={}, sides=(_side(page=3),)))
    assert (wrong.fate("wrong"), wrong.fate("placed")) == (1, 0)


def test_fields_of_pages_that_were_not_placed_are_not_scored():
    found = score(_truth(TICK), Reading(fields={}, sides=(_side(disposition="unreadable", carnet="", page=0),)))
    assert found.total("ticks").total == 0


@given(count=st.integers(1, 10_000), share=st.floats(0, 1))
def test_the_bound_is_above_the_share_and_falls_with_n(count, share):
    errors = int(share * count)
    bound = wilson(errors, count)[1]
    assert errors / count <= bound + 1e-12
    assert bound <= 1
    assert wilson(errors * 10, count * 10)[1] <= bound + 1e-12


def test_the_bound_of_no_error_in_three_hundred():
    assert wilson(0, 300)[1] == pytest.approx(0.01264, abs=1e-4)


def test_a_truth_survives_its_file(tmp_path):
    truth = merge([_truth(TICK, dataclasses.replace(COMB, kind="corrected", expect="doubt"))])
    path = tmp_path / "truth.json"
    save_truth(truth, path)
    assert load_truth(path) == truth


@pytest.mark.parametrize("kind", ["corrected", "cancelled", "double", "stray", "circled", "faint", "filled", "circle"])
def test_every_kind_is_shown_in_french(kind):
    found = _scored(dataclasses.replace(TICK, kind=kind, expect="doubt"), _read("q", "A", "A"))
    titles = [row[0] for row in summary.mark_rows(found)]
    assert not any(kind in title for title in titles)
    assert len(summary.sentences(found)) == 3
    assert summary.markdown(summary.page_rows(found)).count("\n") == 2
