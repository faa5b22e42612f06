"""What is said to be on the page is on the page, for a form that rehearsal has never met."""

import dataclasses

import numpy as np
import pytest

from pipeline.model.value import comb_value
from pipeline.rehearse.answers import Answer
from pipeline.rehearse.fill import fill_page
from pipeline.rehearse.habits import Habits, habits_of
from pipeline.rehearse.ink import Surface
from pipeline.rehearse.respondents import carnet_rng, draw_respondent, fields_on_sheet
from tests.rehearse.small_form import small_form

CARNET = "26-004271-20"
K = 200 / 25.4
FORM = small_form()


def _certain(**mistakes) -> Habits:
    """Habits in which a kind of mistake always or never happens."""
    general = dict(habits_of("essai").general)
    general["mistakes"] = dict.fromkeys(general["mistakes"], 0.0) | mistakes
    return Habits(general=general, special={})


def _filled(seed, habits, page=1, ticking="cross", answers=None):
    surface = Surface(np.full((1654, 1165), 255, np.uint8), K, (0.0, 0.0), 1.0)
    respondent = draw_respondent(FORM.definition, CARNET, (1, 2), seed)
    writer = dataclasses.replace(respondent.writer, ticking=ticking, care=0.9)
    respondent = dataclasses.replace(
        respondent, writer=writer, clumsiness=1.0, answers={**respondent.answers, **(answers or {})}
    )
    truth = fill_page(
        surface,
        FORM.layout.page(page),
        fields_on_sheet(FORM.definition, page),
        respondent=respondent,
        printed=page,
        habits=habits,
        rng=carnet_rng(seed, CARNET, page),
    )
    return surface.pixels, {known.field: known for known in truth.fields}


def _ink(pixels, box):
    inner = box.grown(-0.5)
    part = pixels[int(inner.y * K) : int(inner.bottom * K), int(inner.x * K) : int(inner.right * K)]
    return (part < 215).mean()


@pytest.mark.parametrize("seed", range(6))
def test_plain_truth_is_where_the_ink_is(seed):
    pixels, truth = _filled(seed, _certain())
    for box in FORM.layout.page(1).fields:
        if box.type == "choice":
            ticked = {option.value for option in box.options if _ink(pixels, option.box) > 0.03}
            assert ticked == set(filter(None, truth[box.name].raw.split("|")))
        elif box.type == "comb":
            raw = truth[box.name].raw.ljust(len(box.cells))
            assert [_ink(pixels, cell) > 0.01 for cell in box.cells] == [character != " " for character in raw]
            assert truth[box.name].value == comb_value(FORM.definition.field(box.name), truth[box.name].raw)
        elif box.type in ("text", "signature"):
            assert (_ink(pixels, box.box) > 0) == (truth[box.name].raw not in ("", "absent"))


def test_masked_fields_have_no_truth():
    assert "nom" not in _filled(1, _certain())[1]


def test_a_corrected_tick_blackens_one_box_and_ticks_another():
    answers = {"couleur": Answer(raw="V", value="V")}
    pixels, truth = _filled(2, _certain(choice_corrected=1.0), answers=answers)
    boxes = {option.value: option.box for option in FORM.layout.page(1).fields[0].options}
    assert (truth["couleur"].raw, truth["couleur"].kind, truth["couleur"].expect) == ("V", "corrected", "doubt")
    black = [value for value, box in boxes.items() if _ink(pixels, box) > 0.7]
    assert len(black) == 1
    assert black != ["V"]


def test_two_ticks_for_one_answer_must_be_asked():
    _, truth = _filled(2, _certain(choice_double=1.0), answers={"couleur": Answer(raw="V", value="V")})
    known = truth["couleur"]
    assert (len(known.raw.split("|")), known.value, known.expect) == (2, "", "ask")


def test_a_lone_black_box_must_be_asked():
    _, truth = _filled(2, _certain(choice_cancelled=1.0), answers={"couleur": Answer(raw="V", value="V")})
    assert (truth["couleur"].raw, truth["couleur"].expect) == ("", "ask")


def test_who_blackens_to_tick_takes_nothing_back_by_blackening():
    answers = {"couleur": Answer(raw="V", value="V")}
    _, truth = _filled(2, _certain(choice_corrected=1.0), ticking="filled", answers=answers)
    assert (truth["couleur"].raw, truth["couleur"].kind, truth["couleur"].expect) == ("V", "filled", "doubt")


def test_a_corrected_digit_is_struck_and_rewritten_above():
    answers = {"age": Answer(raw=" 42", value="42")}
    pixels, truth = _filled(4, _certain(comb_corrected=1.0), answers=answers)
    cells = FORM.layout.page(1).fields[2].cells
    above = [_ink(pixels, dataclasses.replace(cell, y=cell.y - 5, h=4.5)) > 0.01 for cell in cells]
    assert (truth["age"].raw, truth["age"].value, truth["age"].kind) == (" 42", "42", "corrected")
    assert sum(above) == 1


def test_an_illegible_digit_has_no_value():
    _, truth = _filled(4, _certain(comb_illegible=1.0), answers={"age": Answer(raw=" 42", value="42")})
    assert truth["age"].value == ""
    assert "?" in truth["age"].raw
    assert truth["age"].expect == "ask"


def test_a_struck_row_counts_for_nothing():
    habits = _certain(row_struck=1.0)
    habits = dataclasses.replace(habits, special={"rows": {"tour": [0, 1]}})
    answers = {"tour1_temps": Answer(raw="0230", value="2.5")}
    _, truth = _filled(1, habits, page=2, answers=answers)
    assert {(known.raw, known.kind, known.expect) for known in truth.values()} == {("", "row_struck", "doubt")}


def test_same_page_same_ink_whatever_came_before():
    first, _ = _filled(3, _certain())
    _filled(9, _certain())
    again, _ = _filled(3, _certain())
    assert np.array_equal(first, again)
