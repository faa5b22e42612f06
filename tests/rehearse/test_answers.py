"""Meant answers are legal, consistent within a carnet, and spread as the habits say."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import define
from pipeline.model.form import Field, Purpose
from pipeline.model.value import comb_value
from pipeline.rehearse.answers import write_duration, write_integer
from pipeline.rehearse.respondents import draw_respondent, fields_on_sheet
from tests.rehearse.small_form import small_form

pytestmark = pytest.mark.slow

CARNET = "26-004271-20"


@pytest.fixture(scope="module")
def carnet():
    return define.open_shelf(define.form_folders()).latest("carnet").definition


def _numbered(rank):
    from pipeline.model.identity import carnet_number

    return carnet_number(26, 1000 + rank)


def test_every_answer_to_the_carnet_is_legal(carnet):
    for rank in range(25):
        answers = draw_respondent(carnet, _numbered(rank), carnet.booklet, 3).answers
        for field in carnet.fields:
            if field.page not in carnet.booklet:
                continue
            answer = answers[field.name]
            if field.type == "comb" and answer.raw:
                assert answer.value, field.name
                assert len(answer.raw) == field.cells
            elif field.type == "choice":
                codes = list(filter(None, answer.raw.split("|")))
                order = [option.value for option in field.options]
                assert codes == sorted(codes, key=order.index)
                assert field.multiple or len(codes) < 2
                exclusive = {option.value for option in field.options if option.exclusive}
                assert len(codes) == 1 or not exclusive & set(codes)


def test_distinct_codes_stay_distinct(carnet):
    for rank in range(25):
        answers = draw_respondent(carnet, _numbered(rank), carnet.booklet, 4).answers
        for field in carnet.fields:
            raw = answers[field.name].raw if field.name in answers else ""
            assert not raw or all(answers[other].raw != raw for other in field.distinct_from)


def test_answers_spread_as_the_habits_say(carnet):
    publics, rows = Counter(), []
    for rank in range(150):
        answers = draw_respondent(carnet, _numbered(rank), carnet.booklet, 5).answers
        publics.update(filter(None, answers["prof_public"].raw.split("|")))
        rows.append(sum(bool(answers[f"act{row:02d}_date"].raw) for row in range(1, 13)))
    assert publics["BEN"] > publics["VDP"] > publics["INS"] > 0
    assert 4 <= sorted(rows)[75] <= 8
    assert max(rows) > 9


def test_rows_go_on_over_continuation_sheets(carnet):
    sheet = next(page for page in carnet.pages if page.continues == "act")
    respondent = draw_respondent(carnet, CARNET, (*carnet.booklet, sheet.number), 1)
    used = [name for name in fields_on_sheet(carnet, sheet.number) if respondent.answers[name].raw]
    assert any(name.endswith("_date") for name in used)


def test_a_form_without_habits_is_answered_too():
    form = small_form().definition
    found = [draw_respondent(form, _numbered(rank), (1, 2), 1).answers for rank in range(20)]
    assert all(any(answers[field.name].raw for answers in found) for field in form.fields)


def test_the_order_of_carnets_changes_nothing(carnet):
    alone = draw_respondent(carnet, CARNET, carnet.booklet, 9).answers
    draw_respondent(carnet, _numbered(3), carnet.booklet, 9)
    assert draw_respondent(carnet, CARNET, carnet.booklet, 9).answers == alone
    assert draw_respondent(carnet, CARNET, carnet.booklet, 10).answers != alone


def _comb(kind, cells, pattern=""):
    names = dict.fromkeys(("name", "label", "short"), "x")
    return Field(**names, page=1, type="comb", required="R", purpose=Purpose(), kind=kind, cells=cells, format=pattern)


@given(half_hours=st.integers(1, 20), way=st.sampled_from(["full", "short_hour", "no_minutes"]))
def test_every_way_of_writing_a_duration_means_it(half_hours, way):
    field = _comb("duration", 4, "HHMM")
    raw = write_duration(half_hours / 2, way)
    assert len(raw) == 4
    assert float(comb_value(field, raw)) == half_hours / 2


@given(number=st.integers(1, 999), way=st.sampled_from(["right", "left", "zeros"]))
def test_every_way_of_writing_a_number_means_it(number, way):
    assert comb_value(_comb("integer", 3), write_integer(number, 3, way)) == str(number)
