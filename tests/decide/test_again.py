"""Warnings follow the values that stand, whoever read them."""

import dataclasses

import pytest

from pipeline.decide import checked_again
from pipeline.model.decision import Outcome, Status, Verdict
from pipeline.model.result import BalanceRow, CarnetRecord, Disposition, PageRecord
from tests.decide import papers as p
from tests.decide.test_carnet import fields, run

LONG = p.a_rule("over", ["act{r}_duree"], "long_duration", limit=12.0)
DURATION = p.a_field(
    "act01_duree", "comb", page=2, group="act", row=1, column="duree", kind="duration", format="HHMM", cells=4
)
SHELF = p.a_shelf(p.a_form(DURATION, rules=(LONG,)))
NUMBER = "26-004271-20"


def settled(value, raw, status=Status.VERIFIED):
    return Verdict(carnet=NUMBER, page=2, field="act01_duree", raw=raw, value=value, status=status, day="2026-11-22")


def carnet(digits, verdict, disposition=Disposition.PLACED):
    decision = fields(run(p.a_page(p.cells("act01_duree", digits)), shelf=SHELF))["act01_duree"]
    row = BalanceRow(
        source_file="a.pdf", source_page=1, slot=1, disposition=disposition, reason="", carnet_id=NUMBER,
        form="carnet", version="2026.1", page=2, rotation_deg=0.0, print_scale=1.0, residual_mm=0.1, sha256="f" * 64,
    )  # fmt: skip
    page = PageRecord(row=row, outcomes=(Outcome(decision=decision, verdict=verdict),))
    return CarnetRecord(
        carnet=NUMBER, cle="k", form="carnet", version="2026.1", entry=None, scanned_on="2026-11-22", pages=(page,)
    )


def warned(found):
    return "long_duration" in found.pages[0].outcomes[0].decision.warnings


@pytest.mark.parametrize(
    ("digits", "verdict", "expected"),
    [
        ("2600", None, True),
        ("0230", None, False),
        ("0230", settled("26.0", "2600"), True),
        ("2600", settled("2.5", "0230"), False),
        ("2600", settled("", "    "), False),
        ("2600", settled("", "", Status.ILLEGIBLE), False),
    ],
)
def test_a_warning_is_of_the_value_that_stands(digits, verdict, expected):
    before = carnet(digits, verdict)
    after = checked_again(before, SHELF)
    assert warned(after) is expected
    one, other = before.pages[0].outcomes[0], after.pages[0].outcomes[0]
    assert dataclasses.replace(one.decision, warnings=()) == dataclasses.replace(other.decision, warnings=())
    assert other.verdict == verdict


def test_other_warnings_stay():
    before = carnet("0230", settled("26.0", "2600"))
    page = before.pages[0]
    decision = dataclasses.replace(page.outcomes[0].decision, warnings=("unknown_number", "corrected_mark"))
    outcome = dataclasses.replace(page.outcomes[0], decision=decision)
    known = dataclasses.replace(before, pages=(dataclasses.replace(page, outcomes=(outcome,)),))
    found = checked_again(known, SHELF).pages[0].outcomes[0].decision.warnings
    assert found == ("unknown_number", "corrected_mark", "long_duration")


def test_pages_in_conflict_and_unknown_forms_are_left_as_they_are():
    torn = carnet("0230", settled("26.0", "2600"), Disposition.CONFLICT)
    assert checked_again(torn, SHELF) == torn
    strange = carnet("0230", settled("26.0", "2600"))
    row = dataclasses.replace(strange.pages[0].row, version="1900.1")
    strange = dataclasses.replace(strange, pages=(dataclasses.replace(strange.pages[0], row=row),))
    assert checked_again(strange, SHELF) == strange
