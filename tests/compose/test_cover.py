import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from pipeline.compose.cover import NAME_SIZES_PT, name_problem, place_name
from pipeline.compose.typeface import MM_PER_PT, text_width_mm
from tests.compose.fake_form import NAME_ZONE, fake_form

letters = st.text("abcdefghijklmnopqrstuvwxyzéèçïÉŁş'’- ABCDEF", min_size=1, max_size=120)


@given(letters.filter(str.strip))
def test_a_name_lies_within_its_zone_or_is_refused(name):
    form = fake_form()
    problem = name_problem(form, name)
    if problem is not None:
        assert problem.code == "too_long"
        return
    lines = place_name(form, name)
    assert " ".join(line.text for line in lines) == " ".join(name.split())
    for line in lines:
        assert line.size_pt in NAME_SIZES_PT
        assert NAME_ZONE.x <= line.x_mm
        assert line.x_mm + text_width_mm(line.text, line.size_pt) <= NAME_ZONE.right
        assert line.y_mm - 0.8 * line.size_pt * MM_PER_PT >= NAME_ZONE.y
        assert line.y_mm + 0.25 * line.size_pt * MM_PER_PT <= NAME_ZONE.bottom


def test_a_short_name_is_set_large_on_one_line():
    (line,) = place_name(fake_form(), "Amélie Dupré")
    assert line.size_pt == NAME_SIZES_PT[0]


def test_a_name_that_cannot_be_broken_or_shrunk_is_refused():
    problem = name_problem(fake_form(), "X" * 90)
    assert problem is not None and problem.code == "too_long"


def test_characters_that_the_typeface_lacks_are_named_once():
    problem = name_problem(fake_form(), "Amélie Ива Ива")
    assert problem is not None
    assert (problem.code, problem.characters) == ("missing_characters", "Ива")


def test_accents_typed_apart_are_joined():
    assert name_problem(fake_form(), "Ame\u0301lie") is None
    assert place_name(fake_form(), "Ame\u0301lie")[0].text == "Amélie"


def test_a_form_without_a_masked_zone_takes_no_name():
    problem = name_problem(fake_form(named=False), "Amélie")
    assert problem is not None and problem.code == "no_zone"
    assert "Amélie" not in repr(dataclasses.asdict(problem))
