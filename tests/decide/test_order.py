"""A doubtful date of a journal kept in order is weighed by the dates around it, and never read otherwise."""

import dataclasses

import pytest

from pipeline.decide import decide_carnet
from pipeline.decide.order import follows
from pipeline.model.decision import Status
from tests.decide import papers as p

ROWS = ("act01_date", "act02_date", "act03_date", "act04_date", "act05_date")
DATE = p.a_comb("act01_date", "date", 6, format="DDMMYY", group="act", row=1, column="date")
FORM = p.a_form(*(dataclasses.replace(DATE, name=name, row=row + 1) for row, name in enumerate(ROWS)))
JULY_OR_JANUARY = p.a_cell(p.torn(7, 1, 0.9))


def the_third(*others, third="200726", doubtful=JULY_OR_JANUARY):
    texts = [*others[:2], third, *others[2:]]
    readings = [
        p.cells(name, text, **({"c3": doubtful} if name == ROWS[2] else {}))
        for name, text in zip(ROWS, texts, strict=True)
    ]
    (page,) = decide_carnet([p.a_page(*readings)], p.a_shelf(FORM), p.CONTEXT, p.SETTINGS)
    return {decision.field: decision for decision in page.decisions}[ROWS[2]]


def test_between_rows_in_order_the_date_that_fits_is_surer():
    found = the_third("050626", "020726", "240726", "050826")
    assert (found.status, found.value) == (Status.ACCEPTED, "2026-07-20")


@pytest.mark.parametrize(
    "others",
    [("240726", "020726", "050626", "050826"), ("050626", "", "240726", ""), ("050626", "020726", "050726", "050826")],
    ids=["no order", "too few rows", "the other one fits no better"],
)
def test_where_the_rows_say_nothing_the_date_is_asked(others):
    assert the_third(*others).status is Status.REVIEW


def test_order_never_makes_another_date_of_the_ink():
    found = the_third("050126", "120126", "240126", "050226")  # January would fit; July is what was seen
    assert (found.status, found.raw) == (Status.REVIEW, "200726")


def test_a_sure_date_out_of_order_is_accepted_as_it_stands():
    found = the_third("050126", "120126", "240126", "050226", doubtful=p.a_cell(p.sure(7)))
    assert (found.status, found.value) == (Status.ACCEPTED, "2026-07-20")


def test_the_ends_of_a_column_are_open():
    assert follows("2026-07-20", ("", "2026-07-20"))
    assert follows("2026-07-20", ("2026-07-20", ""))
    assert not follows("2026-07-20", ("2026-07-21", ""))
    assert not follows("2026-07-20", ("", "2026-07-19"))
