"""What people type in a workbook."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.decision import Status
from pipeline.model.form import Field, Option, Purpose
from pipeline.model.value import comb_text, comb_value, hours_text
from pipeline.review import Answer, parse_answer


def a_field(type, **more):
    return Field(name="f", page=2, type=type, label="f", short="f", required="R", purpose=Purpose(), **more)


DIPLOMA = a_field(
    "choice",
    options=(
        Option(value="0", label="aucun"),
        Option(value="1", label="CAP, BEP"),
        Option(value="3", label="bac + 2"),
        Option(value="9", label="je ne dis pas"),
    ),
)
LEVEL = a_field(
    "choice", options=(Option(value="1", label="Je découvre"), Option(value="2", label="Je fais avec de l’aide"))
)
PUBLIC = a_field(
    "choice",
    multiple=True,
    options=(
        Option(value="BEN", label="bénévole dans une association parisienne"),
        Option(value="VDP", label="Volontaire de Paris"),
        Option(value="NON", label="non", exclusive=True),
    ),
)
DATE = a_field("comb", kind="date", format="DDMMYYYY", cells=8, minimum=2025)
MONTH = a_field("comb", kind="date", format="MMYYYY", cells=6)
HOURS = a_field("comb", kind="duration", format="HHMM", cells=4)
NUMBER = a_field("comb", kind="integer", cells=3, minimum=1, maximum=999)
SKILL = a_field("comb", kind="code", cells=2, values=("01", "07", "24"), labels={"07": "Faire ma part, et prévenir"})
RNA = a_field("comb", kind="text", cells=9, prefix="W")
TEXT = a_field("text")
SIGNATURE = a_field("signature")


def value(field, typed):
    answer = parse_answer(field, typed)
    return answer.value if isinstance(answer, Answer) else None


@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        (DIPLOMA, "1", "1"),
        (DIPLOMA, 1, "1"),
        (DIPLOMA, 1.0, "1"),
        (DIPLOMA, "CAP, BEP", "1"),
        (DIPLOMA, "cap,bep", "1"),
        (DIPLOMA, "1 – CAP, BEP", "1"),
        (DIPLOMA, "Bac + 2", "3"),
        (LEVEL, "2 – Je fais avec de l'aide", "2"),
        (LEVEL, "je decouvre", "1"),
        (PUBLIC, "VDP | BEN", "BEN|VDP"),
        (PUBLIC, "ben;vdp", "BEN|VDP"),
        (PUBLIC, "BEN, VDP", "BEN|VDP"),
        (PUBLIC, "BEN et VDP", "BEN|VDP"),
        (PUBLIC, "Volontaire de Paris ; BEN", "BEN|VDP"),
        (PUBLIC, "non", "NON"),
        (DATE, "12/03/2026", "2026-03-12"),
        (DATE, "12.3.26", "2026-03-12"),
        (DATE, "12032026", "2026-03-12"),
        (DATE, 5032026, "2026-03-05"),
        (DATE, "2026-03-12", "2026-03-12"),
        (DATE, "12 mars 2026", "2026-03-12"),
        (DATE, "1 août 2026", "2026-08-01"),
        (DATE, datetime.datetime(2026, 3, 12), "2026-03-12"),
        (DATE, datetime.date(2026, 3, 12), "2026-03-12"),
        (MONTH, "09/1998", "1998-09"),
        (MONTH, "septembre 1998", "1998-09"),
        (MONTH, "01/09/1998", "1998-09"),
        (MONTH, datetime.datetime(1998, 9, 1), "1998-09"),
        (HOURS, "2h30", "2.5"),
        (HOURS, "2 h", "2.0"),
        (HOURS, "2:30", "2.5"),
        (HOURS, "2,5", "2.5"),
        (HOURS, 2.5, "2.5"),
        (HOURS, 2, "2.0"),
        (HOURS, "2,33", "2.3333"),
        (HOURS, "45 min", "0.75"),
        (HOURS, "1 heure 15", "1.25"),
        (HOURS, datetime.time(2, 30), "2.5"),
        (HOURS, datetime.timedelta(hours=26, minutes=15), "26.25"),
        (NUMBER, "25", "25"),
        (NUMBER, 25.0, "25"),
        (SKILL, 7, "07"),
        (SKILL, "07", "07"),
        (SKILL, "07 – Faire ma part, et prévenir", "07"),
        (SKILL, "faire ma part, et prévenir", "07"),
        (RNA, "W751234567", "W751234567"),
        (RNA, "w 751 234 567", "W751234567"),
        (RNA, 751234567, "W751234567"),
        (TEXT, "  J'ai tenu la caisse. ", "J'ai tenu la caisse."),
        (TEXT, "=2+2", "=2+2"),
        (SIGNATURE, "présent", "present"),
        (SIGNATURE, "Absente", "absent"),
        (SIGNATURE, "vide", "absent"),
    ],
)
def test_what_people_type_is_understood(field, typed, expected):
    answer = parse_answer(field, typed)
    assert isinstance(answer, Answer), answer
    assert (answer.value, answer.status) == (expected, Status.VERIFIED)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        (DIPLOMA, "2"),
        (DIPLOMA, "0|1"),
        (PUBLIC, "BEN|NON"),
        (PUBLIC, "BEN|XXX"),
        (DATE, "31/02/2026"),
        (DATE, "12/03/2024"),
        (DATE, "hier"),
        (DATE, "03/2026"),
        (MONTH, "1998"),
        (HOURS, "2h75"),
        (HOURS, "2,30"),
        (HOURS, "0"),
        (HOURS, "100h"),
        (HOURS, "deux heures"),
        (NUMBER, "0"),
        (NUMBER, "1000"),
        (NUMBER, "2,5"),
        (NUMBER, "-4"),
        (SKILL, "25"),
        (RNA, "75123456"),
        (RNA, 51234567),
        (RNA, "W7512345678"),
        (SIGNATURE, "peut-être"),
        (TEXT, "   "),
    ],
)
def test_what_does_not_fit_gets_one_french_sentence(field, typed):
    problem = parse_answer(field, typed)
    assert isinstance(problem, str)
    assert problem.endswith(".")
    assert len(problem) > 20


@pytest.mark.parametrize("field", [DIPLOMA, DATE, HOURS, NUMBER, SKILL, RNA, TEXT, SIGNATURE])
def test_illegible_closes_any_question(field):
    assert parse_answer(field, " Illisible ") == Answer(raw="", value="", status=Status.ILLEGIBLE)


@pytest.mark.parametrize("field", [DIPLOMA, DATE, HOURS, NUMBER, SKILL, RNA, TEXT])
@pytest.mark.parametrize("typed", ["vide", "« VIDE »"])
def test_empty_can_be_said(field, typed):
    assert parse_answer(field, typed) == Answer(raw="", value="", status=Status.VERIFIED)


def test_the_raw_text_is_what_the_cells_would_hold():
    assert parse_answer(DATE, "5/3/2026").raw == "05032026"
    assert parse_answer(HOURS, "2h30").raw == "0230"
    assert parse_answer(NUMBER, "25").raw == "25".rjust(NUMBER.cells)
    assert parse_answer(RNA, "W751234567").raw == "751234567"


@given(st.sampled_from([DATE, MONTH, HOURS, NUMBER, SKILL, RNA, DIPLOMA, PUBLIC, SIGNATURE]), st.text(max_size=20))
def test_any_text_gives_a_legal_answer_or_a_sentence(field, text):
    answer = parse_answer(field, text)
    if isinstance(answer, str):
        assert answer
    elif field.type == "comb" and answer.value:
        assert comb_value(field, answer.raw.rjust(field.cells)) == answer.value


@given(st.dates(datetime.date(2025, 1, 1), datetime.date(2099, 12, 31)))
def test_a_date_shown_in_french_comes_back(day):
    assert value(DATE, day.strftime("%d/%m/%Y")) == day.isoformat() == value(DATE, day.isoformat())


@given(st.integers(1, 99 * 60 + 59))
def test_hours_and_minutes_come_back(minutes):
    assert value(HOURS, f"{minutes // 60}h{minutes % 60:02d}") == hours_text(minutes)
    assert comb_value(HOURS, comb_text(HOURS, hours_text(minutes))) == hours_text(minutes)
