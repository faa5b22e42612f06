"""The blind sample: drawn into ARelire, read as any doubt, counted apart."""

import dataclasses
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from pipeline.batch import consolidating, reading
from pipeline.consolidate import collect, index_campaign
from pipeline.consolidate.blind import silent_errors
from pipeline.model.decision import Status
from pipeline.review import ANSWER, KEY
from pipeline.store import open_store
from tests.batch import test_versions as v
from tests.consolidate.campaigns import campaign, carnet, outcome, page, shelf, small_form, verdict
from tests.decide import papers as p

FIELDS = [
    *(p.a_choice(f"q{n}", "AB", page=2) for n in range(4)),
    *(p.a_comb(f"n{n}", "integer", 2, page=2) for n in range(4)),
    p.a_field("visa", "signature"),
]
SMALL = small_form()
SHELF = p.a_shelf(p.a_form(*FIELDS, pages=(2,)))

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def small_shelf(monkeypatch):
    for module in (consolidating, reading):
        monkeypatch.setattr(module.define, "open_shelf", lambda _folders: SHELF)


def taken(folder, doubtful="", blank=()):
    """One page, all of it plain but the questions named."""
    readings = [p.ticks(f"q{n}", A=p.CROSS if f"q{n}" not in blank else p.EMPTY, B=p.EMPTY) for n in range(4)]
    readings += [p.cells(f"n{n}", f"1{n}" if f"n{n}" not in blank else "  ") for n in range(4)]
    readings += [p.ink("visa", "signature", 0.05 if "visa" not in blank else 0.0)]
    readings = [p.ticks(one.name, A=p.PENCIL, B=p.PENCIL) if one.name == doubtful else one for one in readings]
    placed = [dataclasses.replace(one, box=(100 + 90 * n, 300, 60, 60)) for n, one in enumerate(readings)]
    page = v.scan("aa", 2)
    v.take(folder, dataclasses.replace(page, readings=tuple(placed)))


def fields(folder):
    return {row[KEY].rpartition("|")[2]: row for row in v.asked(folder)}


def quality(folder):
    sheet = load_workbook(folder / "analyse.xlsx")["QualiteDetail"]
    heads = [cell.value.rpartition("(")[2].rstrip(")") for cell in sheet[1]]
    rows = [dict(zip(heads, (cell.value for cell in line), strict=True)) for line in sheet.iter_rows(min_row=2)]
    return {row["champ"]: row for row in rows}


def test_the_sample_looks_like_doubts_and_is_spread_over_kinds(tmp_path):
    taken(tmp_path, doubtful="q0")
    report = v.run(tmp_path, sample=3)
    rows = fields(tmp_path)
    assert (report.to_settle, len(rows)) == (4, 4)
    assert "q0" in rows
    assert "visa" in rows
    assert sum(name.startswith("n") for name in rows) == 1
    drawn = next(row for name, row in rows.items() if name.startswith("q") and name != "q0")
    assert drawn["La machine propose (proposition)"].endswith("Réponse A")
    assert drawn["Pourquoi, et que faire (pourquoi)"]
    assert not drawn[ANSWER]


def test_the_draw_is_the_same_again_and_waits_until_it_is_read(tmp_path):
    taken(tmp_path)
    v.run(tmp_path, sample=4)
    first = set(fields(tmp_path))
    v.run(tmp_path)
    assert set(fields(tmp_path)) == first, "rows stay without being asked for again"
    v.run(tmp_path, sample=4)
    assert set(fields(tmp_path)) == first, "no more than asked for"
    v.run(tmp_path, sample=99)
    assert set(fields(tmp_path)) == {field.name for field in FIELDS}


def test_readings_of_the_sample_are_counted_apart_and_a_disagreement_counts(tmp_path):
    taken(tmp_path, doubtful="q0")
    v.run(tmp_path, sample=99)
    rows = fields(tmp_path)
    said = {"q0": "A", "q1": "A", "q2": "B", "n0": "10", "n1": "17", "n2": "illisible", "visa": "présent"}
    v.answer(tmp_path, *((rows[name], text) for name, text in said.items()))
    v.run(tmp_path)
    with open_store(tmp_path) as store:
        assert {one.field: one.blind for one in store.verdicts()} == {name: name != "q0" for name in said}
        assert {one.field: one.status for one in store.verdicts()}["n2"] is Status.ILLEGIBLE
    values = {
        row["field"]: (row["value"], row["machine_value"], row["status"]) for row in v.table(tmp_path, "lectures.csv")
    }
    assert values["q2"] == ("B", "A", "verified")
    assert values["q1"] == ("A", "A", "verified")
    found = quality(tmp_path)
    assert (found["q0"]["reglees"], found["q2"]["reglees"]) == (1, 0), "corrections are doubts that were settled"
    assert (found["q2"]["aveugle"], found["q2"]["aveugle_fausses"]) == (1, 1)
    assert (found["n2"]["aveugle"], found["n2"]["aveugle_fausses"]) == (0, None)
    assert {found[name]["erreurs_10000"] for name in ("q0", "q1", "q2", "q3")} == {5000}
    assert (found["n0"]["erreurs_10000"], found["visa"]["erreurs_10000"]) == (5000, 0)
    assert found["q1"]["erreurs_de"] < 5000 < found["q1"]["erreurs_a"]
    assert set(fields(tmp_path)) == {"q3", "n3"}


def test_the_estimate_has_wilsons_interval():
    found = silent_errors({"date": 200, "code": 10, "integer": 0}, {"date": 3})
    assert set(found) == {"date", "code"}
    assert (round(found["date"].per_10000), round(found["date"].low), round(found["date"].high)) == (150, 51, 432)
    assert (found["code"].per_10000, found["code"].low, round(found["code"].high)) == (0, 0, 2775)


def test_answers_found_empty_are_drawn_among_the_others_and_counted_apart(tmp_path):
    empty = ("q2", "q3", "n2", "n3", "visa")
    taken(tmp_path, blank=empty)
    v.run(tmp_path, sample=4)
    few = fields(tmp_path)
    assert {name in empty for name in few} == {True, False}, "values and empty answers are drawn apart"
    v.run(tmp_path, sample=99)
    rows = fields(tmp_path)
    assert set(rows) == {field.name for field in FIELDS}
    assert all(rows[name]["Pourquoi, et que faire (pourquoi)"] and not rows[name][ANSWER] for name in empty)
    said = {"q0": "A", "q2": "vide", "q3": "B", "n2": "vide", "n3": "illisible", "visa": "présent"}
    v.answer(tmp_path, *((rows[name], text) for name, text in said.items()))
    v.run(tmp_path)
    found = quality(tmp_path)
    assert (found["q0"]["aveugle"], found["q0"]["aveugle_fausses"], found["q0"]["erreurs_10000"]) == (1, 0, 0)
    assert (found["q2"]["vides_aveugle"], found["q2"]["vides_aveugle_ecrites"]) == (1, 0)
    assert (found["q3"]["vides_aveugle"], found["q3"]["vides_aveugle_ecrites"]) == (1, 1)
    assert (found["q3"]["oublis_10000"], found["n2"]["oublis_10000"], found["visa"]["oublis_10000"]) == (5000, 0, 10000)
    assert (found["n3"]["vides_aveugle"], found["n3"]["vides_aveugle_ecrites"]) == (0, None), "nobody could read it"
    assert found["q3"]["reglees"] == 0


def test_an_empty_answer_of_a_row_that_nobody_used_counts():
    """Drawn from all rows: were only used ones counted, every empty answer counted would be a wrong one."""
    blank = replace(outcome(SMALL, "act2_duree"), verdict=replace(verdict("act2_duree", "", page=2), blind=True))
    written = replace(outcome(SMALL, "act1_duree"), verdict=replace(verdict("act1_duree", "2.0", page=2), blind=True))
    told = campaign(carnet(SMALL, *(page(SMALL, n, [blank, written] if n == 2 else ()) for n in (1, 2, 3, 4))))
    known = shelf(SMALL)
    frame = collect(told, index_campaign(told, known), known, sensitive=False).frames["QualiteDetail"]
    (row,) = [dict(zip(frame.columns, line, strict=True)) for line in frame.to_numpy() if line[0] == "act_duree"]
    assert (row["vides_aveugle"], row["vides_aveugle_ecrites"], row["oublis_10000"]) == (2, 1, 5000)
