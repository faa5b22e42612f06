"""Digits that one writer draws alike are asked wherever both are legal."""

import datetime

from pipeline.decide.combs import Known, decide_comb, drawn_alike
from pipeline.model.decision import Status
from tests.decide import papers as p

TODAY = datetime.date(2026, 9, 30)
DATE6 = p.a_comb("d", "date", 6, format="DDMMYY")
MISSION = p.a_comb("c", "code", 1, values=tuple("0123456789"))
ONE_LIKE_SEVEN = p.torn(7, 1, 0.7)


def a_reading(field, text, place, vector):
    return p.cells(field.name, text, **{f"c{place}": p.a_cell(vector)})


def test_a_seven_where_only_a_one_is_legal_tells_of_the_hand():
    day = a_reading(DATE6, "150326", 0, ONE_LIKE_SEVEN)
    assert drawn_alike(DATE6, day, Known(latest=TODAY), p.SETTINGS) == {("7", "1")}
    assert decide_comb(DATE6, day, Known(latest=TODAY), p.SETTINGS).status is Status.REVIEW


def test_an_impossible_number_written_plainly_tells_nothing():
    day = a_reading(DATE6, "150326", 0, p.sure(7))
    assert drawn_alike(DATE6, day, Known(latest=TODAY), p.SETTINGS) == set()


def test_the_same_digit_elsewhere_is_asked_when_it_might_be_the_other():
    pairs = frozenset({("7", "1")})
    doubtful = a_reading(MISSION, "7", 0, p.torn(7, 1, 0.995))
    plain = a_reading(MISSION, "7", 0, p.sure(7, 0.9999))
    other = a_reading(MISSION, "4", 0, p.sure(4))
    assert decide_comb(MISSION, doubtful, Known(), p.SETTINGS).status is Status.ACCEPTED
    assert decide_comb(MISSION, doubtful, Known(alike=pairs), p.SETTINGS).status is Status.REVIEW
    for reading in (plain, other):
        assert decide_comb(MISSION, reading, Known(alike=pairs), p.SETTINGS).status is Status.ACCEPTED


def test_what_is_legal_never_overrules_the_ink_unseen():
    torn = a_reading(DATE6, "150326", 0, p.torn(7, 1, 0.6))
    found = decide_comb(DATE6, torn, Known(latest=TODAY), p.SETTINGS)
    assert (found.status, found.raw) == (Status.REVIEW, "150326")


def test_an_unusual_year_needs_plainer_ink():
    def year(text, place, vector):
        return decide_comb(DATE6, a_reading(DATE6, text, place, vector), Known(latest=TODAY), p.SETTINGS)

    assert year("150326", 5, p.torn(6, 0, 0.987)).status is Status.ACCEPTED
    assert year("150320", 5, p.torn(0, 6, 0.987)).status is Status.REVIEW
    assert year("150320", 5, p.sure(0)).status is Status.ACCEPTED


def test_a_cell_that_lost_its_ink_to_a_streak_is_asked():
    reading = p.cells("d", "      ")
    lost = p.cells("d", "      ", c2=p.a_cell(foreign_ratio=0.3))
    found = decide_comb(DATE6, lost, Known(latest=TODAY), p.SETTINGS)
    assert (found.status, found.reasons) == (Status.REVIEW, ("uncertain_ink",))
    assert decide_comb(DATE6, reading, Known(latest=TODAY), p.SETTINGS).status is Status.BLANK
