"""A value appears only where it was read; a state always says why not."""

import datetime

import pytest

from pipeline.consolidate import values
from pipeline.model.decision import Status
from pipeline.model.form import Option
from pipeline.model.label import answers, labelled, rank
from tests.consolidate.campaigns import LEVELS, field, outcome, small_form, verdict

FORM = small_form()


def state(name, value="", **more):
    return values.fact(outcome(FORM, name, value, **more)).state


def test_every_status_has_its_state():
    assert state("prof_age", "2") == "lu"
    assert state("prof_age") == "vide"
    assert state("prof_age", "2", reasons=("uncertain_mark",)) == "a_relire"
    assert state("prof_age", "2", verdict=verdict("prof_age", "3")) == "corrige"
    assert state("prof_age", "2", verdict=verdict("prof_age", "2")) == "lu"
    assert state("prof_age", "2", verdict=verdict("prof_age", "", status=Status.ILLEGIBLE)) == "illisible"


def test_what_a_person_finds_empty_is_empty():
    assert state("prof_age", "2", reasons=("stray_mark",), verdict=verdict("prof_age", "")) == "vide"


def test_transcribing_a_text_is_no_correction():
    settled = verdict("prof_mot", "bonjour")
    assert state("prof_mot", "", raw="", reasons=("free_text",), verdict=settled) == "lu"
    assert state("prof_mot", "", raw="bonsoir", reasons=("free_text",), verdict=settled) == "corrige"


@pytest.mark.parametrize("hidden", ["a_relire", "illisible", "absent"])
def test_no_value_of_a_doubtful_field_shows(hidden):
    doubtful = {
        "a_relire": outcome(FORM, "prof_age", "2", reasons=("uncertain_mark",)),
        "illisible": outcome(FORM, "prof_age", "2", verdict=verdict("prof_age", "2", status=Status.ILLEGIBLE)),
    }
    fact = values.fact(doubtful[hidden]) if hidden in doubtful else values.ABSENT
    cell = values.cell(FORM.field("prof_age"), fact)
    assert cell.value is None
    assert cell.look


def test_ink_makes_a_row_used_and_an_absent_signature_does_not():
    assert values.fact(outcome(FORM, "prof_signe", "present")).inked
    assert not values.fact(outcome(FORM, "prof_signe", "absent")).inked
    assert values.fact(outcome(FORM, "prof_mot", "", raw="", reasons=("free_text",))).inked
    assert not values.fact(outcome(FORM, "prof_mot", "x", verdict=verdict("prof_mot", ""))).inked


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("prof_debut", "2026-03-12", datetime.date(2026, 3, 12)),
        ("prof_depuis", "2019-09", datetime.date(2019, 9, 1)),
        ("act1_duree", "2.5", 2.5),
        ("prof_minutes", "45", 45),
        ("prof_arr", "7", "07"),
        ("prof_arr", "0", "00 – hors Paris"),
        ("prof_rna", "W012345678", "W012345678"),
        ("prof_age", "2", "2 – Avec de l’aide"),
        ("avis_note", "10", 10),
        ("prof_signe", "present", 1),
        ("prof_signe", "absent", 0),
        ("prof_minutes", "", None),
    ],
)
def test_values_are_typed(name, text, expected):
    typed = values.typed(FORM.field(name), text)
    assert typed == expected
    assert type(typed) is type(expected)


def test_a_value_of_another_shape_is_kept_as_text():
    assert values.typed(FORM.field("prof_debut"), "vers mars") == "vers mars"


def test_ordered_labels_sort_as_on_paper():
    scale = field(
        "x", 1, "choice", ordered=True, options=tuple(Option(value=v, label=v.lower()) for v in "ZYXWVUTSRQPO")
    )
    shown = [label for _, label in answers(scale)]
    assert shown == sorted(shown)
    assert shown[0] == "01 – z"
    assert rank(scale, "Y") == 2


def test_several_answers_read_as_a_list():
    public = FORM.field("prof_public")
    assert labelled(public, "BEN|VDP") == "bénévole ; volontaire"
    assert labelled(FORM.field("prof_age"), "1|3") == "1 – Je découvre ; 3 – Seul", "two marks where one is asked"
    assert answers(FORM.field("prof_age"))[0] == ("1", f"1 – {LEVELS[0].label}")
