"""The machine's files."""

import csv

from hypothesis import given
from hypothesis import strategies as st

from pipeline.consolidate import export_pages, export_readings
from pipeline.consolidate.exports import PAGE_COLUMNS, READING_COLUMNS, safe
from pipeline.model.result import Disposition
from tests.consolidate.campaigns import campaign, carnet, outcome, page, random_campaign, small_form, verdict

FORM = small_form()


def read(path):
    text = path.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(text.decode("utf-8-sig").splitlines(keepends=True), delimiter=";"))


def test_one_row_for_each_field_of_each_page(tmp_path):
    found = random_campaign(FORM, 3)
    export_readings(found, tmp_path / "lectures.csv")
    rows = read(tmp_path / "lectures.csv")
    assert len(rows) == sum(len(p.outcomes) for one in found.carnets for p in one.pages)
    assert tuple(rows[0]) == READING_COLUMNS


def test_the_first_reading_stays_beside_the_settled_value(tmp_path):
    doubt = outcome(FORM, "prof_arr", "", raw="1 5", reasons=("gap_between_digits",), verdict=verdict("prof_arr", "15"))
    export_readings(campaign(carnet(FORM, page(FORM, 1, [doubt], image="pages/a.jpg"))), tmp_path / "l.csv")
    row = next(row for row in read(tmp_path / "l.csv") if row["field"] == "prof_arr")
    assert (row["raw"], row["value"], row["status"]) == ("15", "15", "verified")
    assert (row["machine_raw"], row["machine_value"], row["reasons"]) == ("1 5", "", "gap_between_digits")
    assert (row["confidence"], row["image"], row["source_page"]) == ("1.0000", "pages/a.jpg", "1")
    assert [int(n) for n in row["box_px"].split(",")] == [200, 380, 240, 60]


def test_empty_cells_keep_their_place(tmp_path):
    export_readings(
        campaign(carnet(FORM, page(FORM, 1, [outcome(FORM, "prof_arr", "7", raw=" 7")]))), tmp_path / "l.csv"
    )
    assert next(row for row in read(tmp_path / "l.csv") if row["field"] == "prof_arr")["raw"] == " 7"


def test_both_versions_of_a_page_in_conflict_are_listed(tmp_path):
    versions = [
        page(
            FORM,
            1,
            [outcome(FORM, "prof_age", "2", reasons=("page_conflict",))],
            disposition=Disposition.CONFLICT,
            sha=s * 64,
        )
        for s in "ab"
    ]
    export_readings(campaign(carnet(FORM, *versions)), tmp_path / "l.csv")
    found = [row for row in read(tmp_path / "l.csv") if row["field"] == "prof_age"]
    assert [row["status"] for row in found] == ["review", "review"]


def test_every_side_has_its_row(tmp_path):
    found = random_campaign(FORM, 3)
    assert export_pages(found.balance, tmp_path / "pages.csv") == len(found.balance)
    rows = read(tmp_path / "pages.csv")
    assert tuple(rows[0]) == PAGE_COLUMNS
    assert (rows[0]["rotation_deg"], rows[0]["print_scale"], rows[0]["residual_mm"]) == ("180.00", "1.0000", "0.040")


def test_a_text_is_never_a_formula_and_keeps_its_lines(tmp_path):
    typed = '=cmd|"/c calc"!A1;\nsuite'
    doubt = outcome(FORM, "prof_mot", "", raw="", reasons=("free_text",), verdict=verdict("prof_mot", typed))
    export_readings(campaign(carnet(FORM, page(FORM, 1, [doubt]))), tmp_path / "l.csv")
    row = next(row for row in read(tmp_path / "l.csv") if row["field"] == "prof_mot")
    assert row["value"] == "'" + typed


@given(st.text())
def test_removing_one_apostrophe_gives_the_text_back(text):
    written = safe(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert (written if written == text else written.removeprefix("'")) == text
