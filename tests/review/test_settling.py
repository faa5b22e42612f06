"""Typed answers become verdicts; what is not understood stays, and nothing typed is lost."""

import datetime

from pipeline.model.decision import Status
from pipeline.model.result import Disposition
from pipeline.review import Leftover, TypedAnswer, settle
from tests.consolidate.campaigns import campaign, carnet, outcome, page, shelf, small_form, verdict

FORM = small_form()
SHELF = shelf(FORM)
KEY = "CAAAAAAAAA|1|"


def settled(*answers, outcomes=(), disposition=Disposition.PLACED):
    found = campaign(carnet(FORM, page(FORM, 1, outcomes, disposition=disposition)))
    typed = {key: TypedAnswer(answer=answer, remark=remark) for key, answer, remark in answers}
    return settle(found, SHELF, typed, "2026-11-22")


def doubt(name, value="1", **more):
    return outcome(FORM, name, value, reasons=("uncertain_mark",), **more)


def test_an_answer_becomes_a_verdict_beside_the_machine_value():
    done = settled((KEY + "prof_age", "3", ""), outcomes=[doubt("prof_age", "2")])
    (one,) = done.verdicts
    assert (one.carnet, one.page, one.field, one.value, one.status) == (
        "26-004271-20",
        1,
        "prof_age",
        "3",
        Status.VERIFIED,
    )
    assert (one.replaced, one.day) == ("2", "2026-11-22")
    assert not done.leftovers


def test_an_answer_of_the_list_is_its_code():
    done = settled((KEY + "prof_age", "2 – Avec de l’aide", ""), outcomes=[doubt("prof_age", "1")])
    assert done.verdicts[0].value == "2"


def test_illegible_and_empty_are_answers():
    done = settled(
        (KEY + "prof_age", "illisible", ""),
        (KEY + "prof_arr", "vide", ""),
        outcomes=[doubt("prof_age"), doubt("prof_arr")],
    )
    assert [(one.field, one.status, one.value) for one in done.verdicts] == [
        ("prof_age", Status.ILLEGIBLE, ""),
        ("prof_arr", Status.VERIFIED, ""),
    ]


def test_a_date_that_excel_made_is_a_date():
    done = settled(
        (KEY + "prof_debut", datetime.datetime(2026, 3, 12), ""), outcomes=[doubt("prof_debut", "2026-03-13")]
    )
    assert done.verdicts[0].value == "2026-03-12"


def test_what_is_not_understood_stays_with_a_sentence():
    done = settled((KEY + "prof_age", "peut-être", "à revoir"), outcomes=[doubt("prof_age")])
    assert not done.verdicts
    left = done.leftovers[KEY + "prof_age"]
    assert (left.answer, left.remark) == ("peut-être", "à revoir")
    assert left.why
    assert done.not_understood == 1


def test_a_remark_goes_into_its_verdict():
    done = settled((KEY + "prof_age", "3", "écriture pâle"), outcomes=[doubt("prof_age")])
    assert [one.remark for one in done.verdicts] == ["écriture pâle"]
    assert not done.leftovers


def test_a_remark_without_an_answer_waits_beside_the_question():
    done = settled((KEY + "prof_age", "", "à montrer"), outcomes=[doubt("prof_age")])
    assert not done.verdicts
    assert done.leftovers[KEY + "prof_age"] == Leftover(remark="à montrer")


def test_a_remark_on_what_was_settled_joins_the_verdict_that_stands():
    before = doubt("prof_age", "2", verdict=verdict("prof_age", "3"))
    done = settled((KEY + "prof_age", "", "vu avec la personne"), outcomes=[before])
    assert [(one.value, one.remark) for one in done.verdicts] == [("3", "vu avec la personne")]
    assert not done.leftovers


def test_the_verdict_names_the_scan_and_who_answered():
    found = campaign(carnet(FORM, page(FORM, 1, [doubt("prof_age")])))
    typed = {KEY + "prof_age": TypedAnswer(answer="3", who="M. L.")}
    (one,) = settle(found, SHELF, typed, "2026-11-22").verdicts
    assert (one.key, one.who, one.blind) == (f"{'a' * 64}:1:1", "M. L.", False)


def test_rows_that_lead_nowhere_keep_what_was_typed():
    done = settled(("CZZZ|1|prof_age", "3", ""), ("abîmé", "3", ""), (KEY + "prof_inconnu", "3", ""))
    assert not done.verdicts
    assert {left.answer for left in done.leftovers.values()} == {"3"}
    assert done.not_understood == 3


def test_reading_the_same_workbook_twice_changes_nothing():
    before = doubt("prof_age", "2", verdict=verdict("prof_age", "3"))
    assert not settled((KEY + "prof_age", "3", ""), outcomes=[before]).verdicts
    assert len(settled((KEY + "prof_age", "1", ""), outcomes=[before]).verdicts) == 1


def test_an_answer_to_a_version_never_met_stays():
    key = KEY + "version-aaaaaaaa-1-1-abcdef"
    done = settled((key, "C'est la bonne : même page, mieux numérisée", ""))
    assert not done.choices
    assert "une autre version" in done.leftovers[key].why


def test_a_field_of_a_page_in_conflict_is_not_settled():
    assert not settled(
        (KEY + "prof_age", "3", ""), outcomes=[doubt("prof_age")], disposition=Disposition.CONFLICT
    ).verdicts
