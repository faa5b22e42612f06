"""Cells: every kind of comb, by the rules of the form."""

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.decide.combs import Known, decide_comb
from pipeline.model.decision import Status
from pipeline.model.value import comb_text, comb_value, hours_text
from tests.decide import papers as p

TODAY = datetime.date(2026, 9, 30)
DATE = p.a_comb("d", "date", 8, format="DDMMYYYY", minimum=2025)
DATE6 = p.a_comb("d", "date", 6, format="DDMMYY")
MONTH = p.a_comb("d", "date", 6, format="MMYYYY", minimum=1950)
HOURS = p.a_comb("h", "duration", 4, format="HHMM")
NUMBER = p.a_comb("n", "integer", 3, minimum=0, maximum=999)
AREA = p.a_comb("n", "integer", 2, minimum=0, maximum=20)
SKILL = p.a_comb("c", "code", 2, values=tuple(f"{k:02d}" for k in range(1, 25)))
MISSION = p.a_comb("c", "code", 1, values=tuple("0123456789"))
RNA = p.a_comb("r", "text", 9, prefix="W")
ALL = (DATE, DATE6, MONTH, HOURS, NUMBER, AREA, SKILL, MISSION, RNA)


def decide(field, text, latest=None, **changed):
    return decide_comb(field, p.cells(field.name, text, **changed), Known(latest=latest), p.SETTINGS)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (DATE, "05032026", "2026-03-05"),
        (DATE, " 5032026", "2026-03-05"),
        (DATE6, "311225", "2025-12-31"),
        (MONTH, "091998", "1998-09"),
        (MONTH, " 91998", "1998-09"),
        (HOURS, "0230", "2.5"),
        (HOURS, "2 30", "2.5"),
        (HOURS, " 230", "2.5"),
        (HOURS, "12  ", "12.0"),
        (HOURS, " 3  ", "3.0"),
        (HOURS, "3   ", "3.0"),
        (HOURS, "  45", "0.75"),
        (NUMBER, "12 ", "12"),
        (NUMBER, " 12", "12"),
        (NUMBER, "007", "7"),
        (NUMBER, " 7 ", "7"),
        (AREA, "00", "0"),
        (SKILL, "07", "07"),
        (SKILL, " 7", "07"),
        (SKILL, "7 ", "07"),
        (MISSION, "0", "0"),
        (RNA, "751234567", "W751234567"),
    ],
)
def test_whole_legal_values_are_accepted_as_they_stand(field, text, value):
    decision = decide(field, text, TODAY)
    assert (decision.status, decision.raw, decision.value) == (Status.ACCEPTED, text, value)
    assert decision.confidence > 0.98


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        (DATE, "32032026", "impossible_value"),
        (DATE, "30022026", "impossible_value"),
        (DATE, "05032024", "impossible_value"),
        (DATE, "01102026", "future_date"),
        (DATE6, "5 0326", "gap_between_digits"),
        (DATE6, " 5 326", "gap_between_digits"),
        (DATE6, "0503  ", "incomplete_value"),
        (DATE6, "  0326", "incomplete_value"),
        (HOURS, "0000", "impossible_value"),
        (HOURS, "0275", "impossible_value"),
        (HOURS, "2  5", "gap_between_digits"),
        (HOURS, "2 3 ", "incomplete_value"),
        (HOURS, "   5", "incomplete_value"),
        (NUMBER, "1 2", "gap_between_digits"),
        (AREA, "75", "impossible_value"),
        (SKILL, "25", "impossible_value"),
        (SKILL, "0 ", "impossible_value"),
        (RNA, "75123456 ", "incomplete_value"),
        (RNA, "7512 4567", "gap_between_digits"),
    ],
)
def test_what_is_read_and_not_legal_is_asked_as_it_stands(field, text, reason):
    decision = decide(field, text, TODAY)
    assert (decision.status, decision.reasons, decision.raw) == (Status.REVIEW, (reason,), text)


def test_an_impossible_value_is_proposed_without_a_value():
    assert decide(DATE, "32032026").value == ""


def test_no_ink_is_blank():
    decision = decide(DATE, " " * 8)
    assert (decision.status, decision.value, decision.reasons) == (Status.BLANK, "", ())
    assert decision.confidence > 0.99


@pytest.mark.parametrize(
    ("measures", "reason"),
    [
        ({"scribble_ratio": 1.0}, "struck_out"),
        ({"struck_ratio": 0.9, "above_ratio": 0.006}, "struck_out"),
        ({"struck_ratio": 0.4, "above_ratio": 0.006}, "struck_out"),
        ({"above_ratio": 0.2}, "rewritten_above"),
        ({"scribble_ratio": 1.0, "above_ratio": 0.2}, "rewritten_above"),
        ({"height_ratio": 0.1}, "uncertain_ink"),
        ({"spill_ratio": 0.9}, "uncertain_digit"),
    ],
)
def test_ink_that_is_no_plain_digit_is_asked_however_sure_the_engine(measures, reason):
    decision = decide(NUMBER, "123", c1=p.a_cell(p.sure(2, 1.0), **measures))
    assert decision.reasons == (reason,)
    assert decision.status is Status.REVIEW


@pytest.mark.parametrize(("digit", "width", "struck"), [(7, 1.0, True), (7, 0.8, False), (4, 1.0, False)])
def test_a_7_barred_from_side_to_side_may_be_struck_out(digit, width, struck):
    decision = decide(NUMBER, f"1{digit}3", c1=p.a_cell(p.sure(digit, 1.0), struck_ratio=0.4, width_ratio=width))
    assert (decision.reasons == ("struck_out",)) is struck
    assert (decision.status is Status.REVIEW) is struck


@pytest.mark.parametrize(
    ("digit", "probability", "status"),
    [
        (2, 0.99, Status.ACCEPTED),
        (5, 0.99, Status.ACCEPTED),
        (2, 0.97, Status.REVIEW),
        (7, 1.0, Status.REVIEW),  # what a strike looks like
        (1, 1.0, Status.REVIEW),
    ],
)
def test_a_line_through_a_digit_is_its_own_only_where_such_a_digit_is_read_for_sure(digit, probability, status):
    decision = decide(NUMBER, f"1{digit}3", c1=p.a_cell(p.sure(digit, probability), struck_ratio=0.9))
    assert decision.status is status
    assert (decision.reasons == ("struck_out",)) is (status is Status.REVIEW)


@pytest.mark.parametrize("measures", [{"struck_ratio": 0.4}, {"above_ratio": 0.006}])
def test_a_bar_or_a_trace_above_alone_strikes_nothing(measures):
    assert decide(NUMBER, "123", c1=p.a_cell(p.sure(2, 1.0), **measures)).status is Status.ACCEPTED


def test_a_scribbled_cell_never_becomes_a_digit():
    assert decide(NUMBER, "123", c1=p.a_cell(p.sure(2, 1.0), scribble_ratio=1.0)).raw == "1?3"


@pytest.mark.parametrize(("probability", "status"), [(0.9, Status.REVIEW), (0.999, Status.ACCEPTED)])
def test_a_cell_full_of_ink_is_a_digit_only_where_the_engine_reads_one(probability, status):
    decision = decide(NUMBER, "123", c1=p.a_cell(p.sure(2, probability), scribble_ratio=0.9))
    assert decision.status is status
    assert (decision.reasons == ("struck_out",)) is (status is Status.REVIEW)


def test_ink_above_empty_cells_is_asked():
    assert decide(NUMBER, "   ", c0=p.a_cell(above_ratio=0.2)).reasons == ("rewritten_above",)


def test_ink_without_a_reading_is_asked():
    assert decide(NUMBER, " 12", c0=p.a_cell(ink_ratio=0.1, height_ratio=0.8)).reasons == ("uncertain_ink",)


def test_letters_go_to_a_person():
    field = p.a_comb("t", "text", 3, alphabet="letters")
    assert decide(field, "123").reasons == ("no_engine",)


def test_torn_between_two_legal_digits_is_asked():
    decision = decide(NUMBER, "123", c1=p.a_cell(p.torn(1, 7)))
    assert (decision.status, decision.reasons) == (Status.REVIEW, ("uncertain_digit",))
    assert decision.confidence == pytest.approx(0.5, abs=0.01)


def test_the_field_settles_what_the_cell_leaves_open():
    # 47 or 17 as a number of the list 01–24: only 17 is one.
    decision = decide(SKILL, "17", c0=p.a_cell(p.torn(1, 4)))
    assert (decision.status, decision.value) == (Status.ACCEPTED, "17")


def test_what_is_surely_read_is_never_repaired_into_something_legal():
    decision = decide(SKILL, "47", c0=p.a_cell(p.torn(4, 1, 0.9)))
    assert (decision.reasons, decision.raw, decision.value) == (("impossible_value",), "47", "")


VECTORS = st.lists(st.floats(0.0, 1.0), min_size=10, max_size=10).map(
    lambda weights: tuple(w / (sum(weights) or 1.0) for w in weights)
)


@given(st.sampled_from(ALL), st.data())
def test_only_legal_values_are_accepted_and_asked_goes_with_a_reason(field, data):
    drawn = [
        data.draw(st.one_of(st.just(()), VECTORS, st.integers(0, 9).map(p.sure)), label="cell")
        for _ in range(field.cells)
    ]
    reading = p.cells(field.name, " " * field.cells, **{f"c{i}": p.a_cell(v) for i, v in enumerate(drawn)})
    decision = decide_comb(field, reading, Known(latest=TODAY), p.SETTINGS)
    assert (decision.status is Status.REVIEW) == bool(decision.reasons)
    assert 0.0 <= decision.confidence <= 1.0
    if decision.status is Status.ACCEPTED:
        assert comb_value(field, decision.raw) == decision.value != ""
        assert decision.confidence >= 1 - p.SETTINGS.comb_border_ratio * p.SETTINGS.comb_silent_error_max


VALUES = {
    "date8": (DATE, st.dates(datetime.date(2025, 1, 1), TODAY).map(datetime.date.isoformat)),
    "date6": (DATE6, st.dates(datetime.date(2000, 1, 1), TODAY).map(datetime.date.isoformat)),
    "month": (MONTH, st.dates(datetime.date(1950, 1, 1), TODAY).map(lambda day: day.isoformat()[:7])),
    "hours": (HOURS, st.integers(1, 99 * 60 + 59).map(hours_text)),
    "number": (NUMBER, st.integers(0, 999).map(str)),
    "code": (SKILL, st.sampled_from(SKILL.values)),
    "rna": (RNA, st.integers(0, 10**9 - 1).map(lambda n: f"W{n:09d}")),
}


@pytest.mark.parametrize("kind", sorted(VALUES))
@given(data=st.data())
def test_what_is_plainly_written_comes_back(kind, data):
    field, values = VALUES[kind]
    value = data.draw(values)
    decision = decide(field, comb_text(field, value), TODAY)
    assert (decision.status, decision.value) == (Status.ACCEPTED, value)


def test_one_setting_says_how_much_silent_error_is_tolerated():
    doubtful = p.cells("c", "7", c0=p.a_cell(p.torn(7, 2, 0.98)))
    field = p.a_comb("c", "code", 1, values=tuple("0123456789"))
    tolerant, strict = (replace(p.SETTINGS, comb_silent_error_max=share) for share in (0.004, 0.0005))
    assert decide_comb(field, doubtful, Known(), tolerant).status is Status.ACCEPTED
    assert decide_comb(field, doubtful, Known(), strict).status is Status.REVIEW


@pytest.mark.parametrize(("first", "poor"), [(0.999, Status.ACCEPTED), (0.98, Status.REVIEW), (0.9, Status.REVIEW)])
def test_a_number_of_a_page_poorly_seen_must_be_surer(first, poor):
    reading = p.cells("c", "7", c0=p.a_cell(p.torn(7, 2, first)))
    well, badly = (decide_comb(MISSION, reading, Known(poor=poor), p.SETTINGS) for poor in (False, True))
    assert well.status is (Status.ACCEPTED if first > 0.95 else Status.REVIEW)
    assert badly.status is poor
    assert badly.confidence == well.confidence


@pytest.mark.parametrize("share", [0.98, 0.9, 0.8, 0.6])
def test_ink_that_may_be_no_digit_weighs_less_than_the_engine_learnt_and_still_weighs(share):
    lone = p.a_cell(share if value == 7 else 0.0 for value in range(10))
    confidence = decide(MISSION, "7", c0=lone).confidence
    assert (1 - share) / 4 < 1 - confidence < 1 - share


def test_minutes_in_steps_of_five_are_surer_than_others():
    field = p.a_comb("act01_duree", "duration", 4, format="HHMM")
    five = p.cells(field.name, "0135", c3=p.a_cell(p.torn(5, 6, 0.9)))
    six = p.cells(field.name, "0136", c3=p.a_cell(p.torn(6, 5, 0.9)))
    other = p.cells(field.name, "0135", c2=p.a_cell(p.torn(3, 2, 0.9)))
    found = [decide_comb(field, reading, Known(), p.SETTINGS) for reading in (five, six, other)]
    assert [one.status for one in found] == [Status.ACCEPTED, Status.REVIEW, Status.REVIEW]
    assert found[1].raw == "0136"  # never read otherwise for being rare
