"""Versions of the same pages, settled in Excel: a workbook written, edited as a person does, read back."""

import csv
import dataclasses
import datetime
import random

import cv2
import numpy as np
import pytest
from openpyxl import load_workbook

from pipeline.batch import consolidating, reading, registering
from pipeline.batch.consolidating import ConsolidatingRequest, consolidate_campaign
from pipeline.errors import OutputError
from pipeline.model.identity import parse_carnet_number
from pipeline.model.result import RegisterEntry
from pipeline.model.scan import SourceRef
from pipeline.review import ANSWER, KEY, REMARK, WHO
from pipeline.review.versions import BETTER, LATER, OTHER, REOPEN
from pipeline.settings import Settings
from pipeline.store import StoredFile, open_store
from pipeline.workbook.registre import FILE_NAME as REGISTRE
from tests.decide import papers as p

PAGES = (2, 5, 7)
FIELDS = [p.a_choice(f"q{page}{n}", "ABC", page=page) for page in PAGES for n in range(4)]
SHELF = p.a_shelf(p.a_form(*FIELDS, pages=PAGES))
WHY = "Réponse non comprise (non_comprise)"


pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def small_shelf(monkeypatch):
    for module in (consolidating, reading):
        monkeypatch.setattr(module.define, "open_shelf", lambda _folders: SHELF)


def scan(name, page, ticked="", side=1, spots=(), **more):
    """One page of file ``name``: ``ticked`` answers in order (a dot for none), ink where it is ticked."""
    readings = tuple(
        p.ticks(f"q{page}{n}", **{o: p.CROSS if o == answer else p.EMPTY for o in "ABC"})
        for n, answer in enumerate(ticked.ljust(4, "."))
    )
    readings = tuple(dataclasses.replace(one, box=(100 + 250 * n, 300, 200, 60)) for n, one in enumerate(readings))
    ink = [(10 + 30 * n, 30 + 40 * "ABC".index(answer), 6) for n, answer in enumerate(ticked) if answer != "."]
    found = p.a_page(*readings, page=page, side=side, sha=name.ljust(8, "0"), ink_map=p.ink_of(*ink, *spots), **more)
    return dataclasses.replace(
        found,
        source=SourceRef(path=f"{name}.pdf", sha256=name.ljust(8, "0"), side=side),
        image=f"pages/{name}-{side}.jpg",
    )


def take(folder, *pages, day="2026-11-18"):
    """Store pages as a reading does."""
    (folder / "pages").mkdir(exist_ok=True)
    with open_store(folder) as store:
        if not store.register():
            entry = RegisterEntry(
                carnet=p.CARNET, form="carnet", version="2026.1", variant="standard", printed_on="2026-09-01", lot="L"
            )
            store.register_printed([entry])
        for one in pages:
            source = one.source
            store.add_file(StoredFile(sha256=source.sha256, path=source.path, sides=40, problem="", first_read=day))
            store.add_sides(source.sha256, [source.side], [one])
            pixels = np.full((1240, 874), 245, np.uint8)
            cv2.putText(pixels, source.path, (110, 375), cv2.FONT_HERSHEY_SIMPLEX, 2.25, 40, 6)
            cv2.imwrite(str(folder / one.image), pixels)


def run(folder, **more):
    request = ConsolidatingRequest(folder=folder, made_at=datetime.datetime(2026, 11, 22, 9, 30), draw_seed=3, **more)
    return consolidate_campaign(request, Settings(), lambda *_: None, lambda: None)


def asked(folder):
    """Rows of ARelire as dictionaries by heading, with their line."""
    sheet = load_workbook(folder / "analyse.xlsx")["ARelire"]
    heads = [cell.value for cell in sheet[1]]
    rows = [
        dict(zip(heads, (cell.value for cell in line), strict=True), line=line[0].row)
        for line in sheet.iter_rows(min_row=2)
    ]
    return [row for row in rows if row[KEY]]


def versions(folder):
    return [row for row in asked(folder) if "|version-" in row[KEY]]


def answer(folder, *typed):
    """Type answers into rows as a person does: (row, answer) or (row, answer, remark, who)."""
    book = load_workbook(folder / "analyse.xlsx")
    sheet = book["ARelire"]
    at = {cell.value: cell.column for cell in sheet[1]}
    for row, *cells in typed:
        for head, value in zip((ANSWER, REMARK, WHO), cells, strict=False):
            sheet.cell(row["line"], at[head]).value = value
    book.save(folder / "analyse.xlsx")


def table(folder, name):
    with (folder / "export" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def fates(folder):
    """What became of each scan that was read: file and side, carnet, disposition and reason."""
    return {
        (row["source_file"].removesuffix(".pdf"), row["source_page"]): (
            row["carnet_id"] == p.CARNET, row["disposition"], row["reason"]
        )
        for row in table(folder, "pages.csv")
        if row["reason"] != "not_read_yet"
    }  # fmt: skip


def values(folder, number=p.CARNET):
    return {row["field"]: row["value"] for row in table(folder, "lectures.csv") if row["carnet_id"] == number}


FIRST = [scan("aa", 2, "AAAA", 1), scan("aa", 5, "BBBB", 2), scan("aa", 7, "", 3)]
COPY = [scan("bb", 2, "CBCB", 1), scan("bb", 5, "CCAC", 2), scan("bb", 7, "", 3)]
LATER_ON = [scan("cc", 2, "AAAA", 1), scan("cc", 5, "BBBB", 2, spots=[(70, 160, 9)]), scan("cc", 7, "AB", 3)]


def second(folder):
    with open_store(folder) as store:
        return [entry for entry in store.register() if entry.copy_of]


def test_a_photocopied_carnet_is_two_questions_with_pictures_and_lists(tmp_path):
    take(tmp_path, *FIRST, *COPY)
    report = run(tmp_path)
    rows = versions(tmp_path)
    assert [row["Page (page)"] for row in rows] == ["2, 5"] * 2
    assert [row["Fichier (fichier)"] for row in rows] == ["aa.pdf", "bb.pdf"]
    assert [row["Face (face)"] for row in rows] == ["1, 2"] * 2
    assert "autre personne" in rows[1]["La machine propose (proposition)"]
    assert report.conflicts == 2
    book = load_workbook(tmp_path / "analyse.xlsx")
    lists = book["Listes"]
    offered = {tuple(cell.value for cell in column if cell.value) for column in lists.iter_cols()}
    assert (BETTER, LATER, OTHER) in offered
    assert (len(book["ARelire"]._images), report.to_settle) == (6, 2), "single pages need no answer"


def test_another_person_gets_a_number_and_all_pages_scanned_with_it(tmp_path):
    take(tmp_path, *FIRST, *COPY)
    run(tmp_path)
    answer(tmp_path, (versions(tmp_path)[1], OTHER, "vu avec l'association", "M. L."))
    report = run(tmp_path)
    assert (report.versions_settled, report.carnets, report.conflicts) == (1, 2, 0)
    (entry,) = second(tmp_path)
    assert parse_carnet_number(entry.carnet)
    assert (entry.copy_of, entry.remarque) == (p.CARNET, f"Photocopie du carnet {p.CARNET}")
    assert report.second_numbers == ((p.CARNET, entry.carnet),)
    assert set(fates(tmp_path).values()) == {(True, "placed", ""), (False, "placed", "")}
    assert values(tmp_path)["q20"] == "A"
    assert values(tmp_path, entry.carnet) == {
        **dict(zip(["q20", "q21", "q22", "q23"], "CBCB", strict=True)),
        **dict(zip(["q50", "q51", "q52", "q53"], "CCAC", strict=True)),
        **dict.fromkeys(["q70", "q71", "q72", "q73"], ""),
    }
    with open_store(tmp_path) as store:
        (choice,) = store.choices()
        assert (choice.who, choice.day, choice.remark) == ("M. L.", "2026-11-22", "vu avec l'association")
    numbers = [row[0].value for row in load_workbook(tmp_path / REGISTRE)["Registre"].iter_rows(min_row=2)]
    assert entry.carnet in numbers
    carnets = load_workbook(tmp_path / "analyse.xlsx")["Carnets"]
    assert carnets.max_row == 3


def test_the_same_page_better_scanned_is_a_choice_and_nothing_is_lost(tmp_path):
    take(tmp_path, *FIRST, *COPY)
    run(tmp_path)
    answer(tmp_path, (versions(tmp_path)[0], BETTER))
    run(tmp_path)
    assert fates(tmp_path)["aa", "1"] == (True, "placed", "")
    assert fates(tmp_path)["bb", "1"] == (True, "duplicate", "worse_scan")
    assert values(tmp_path)["q50"] == "B"
    assert versions(tmp_path) == []
    with open_store(tmp_path) as store:
        assert len(list(store.pages())) == 6


def test_a_later_state_replaces_and_verdicts_on_the_earlier_one_do_not_hold_on_it(tmp_path):
    doubtful = scan("aa", 5, "BBBB", 2)
    first = p.ticks("q50", A=p.PENCIL, B=p.PENCIL, C=p.EMPTY)
    doubtful = dataclasses.replace(
        doubtful, readings=(dataclasses.replace(first, box=(100, 300, 200, 60)), *doubtful.readings[1:])
    )
    take(tmp_path, FIRST[0], doubtful, FIRST[2])
    run(tmp_path)
    (row,) = [row for row in asked(tmp_path) if row[KEY].endswith("|q50")]
    answer(tmp_path, (row, "C"))
    run(tmp_path)
    assert values(tmp_path)["q50"] == "C"
    take(tmp_path, *LATER_ON, day="2026-12-02")
    run(tmp_path)
    rows = versions(tmp_path)
    assert [row["Page (page)"] for row in rows] == ["5, 7"] * 2
    assert "02/12/2026" in rows[1]["Question (question)"]
    answer(tmp_path, (rows[1], LATER))
    run(tmp_path)
    assert fates(tmp_path)["aa", "2"] == (True, "duplicate", "earlier_state")
    assert fates(tmp_path)["aa", "3"] == (True, "duplicate", "earlier_state")
    assert fates(tmp_path)["cc", "1"] == (True, "duplicate", "same_ink")
    assert values(tmp_path)["q50"] == "B", "what was settled on the earlier state says nothing of the later one"
    assert values(tmp_path)["q70"] == "A"


def test_a_verdict_follows_its_writing_to_a_better_scan_and_to_a_second_number(tmp_path):
    unsure = dataclasses.replace(p.ticks("q50", A=p.PENCIL, B=p.PENCIL, C=p.EMPTY), box=(100, 300, 200, 60))
    one = scan("aa", 5, "BBBB", 2, residual=0.3)
    take(tmp_path, FIRST[0], dataclasses.replace(one, readings=(unsure, *one.readings[1:])))
    run(tmp_path)
    (row,) = [row for row in asked(tmp_path) if row[KEY].endswith("|q50")]
    answer(tmp_path, (row, "C"))
    run(tmp_path)
    take(tmp_path, scan("dd", 5, "BBBB", 1))
    run(tmp_path)
    assert fates(tmp_path)["aa", "2"] == (True, "duplicate", "same_ink")
    assert values(tmp_path)["q50"] == "C"
    take(tmp_path, *COPY)
    run(tmp_path)
    (mine,) = [row for row in versions(tmp_path) if "aa.pdf" in row["Fichier (fichier)"]]
    answer(tmp_path, (mine, OTHER))
    run(tmp_path)
    (entry,) = second(tmp_path)
    assert values(tmp_path, entry.carnet)["q50"] == "C"
    assert values(tmp_path)["q50"] == "C", "that of the photocopy, ticked so"


@pytest.mark.parametrize(
    ("first", "other", "word"),
    [(BETTER, LATER, "Une seule"), (OTHER, OTHER, "garde le numéro"), ("celle-ci", "", "Choisissez dans la liste")],
)
def test_what_does_not_fit_together_is_refused_in_words_and_stays(tmp_path, first, other, word):
    take(tmp_path, *FIRST, *COPY)
    run(tmp_path)
    rows = versions(tmp_path)
    answer(tmp_path, (rows[0], first), (rows[1], other or None))
    report = run(tmp_path)
    assert report.versions_settled == 0
    again = versions(tmp_path)
    assert [row[ANSWER] for row in again] == [first, other or None]
    assert word in again[0][WHY]
    assert second(tmp_path) == []


def test_an_answer_given_before_a_third_version_came_is_asked_again(tmp_path):
    take(tmp_path, *FIRST, *COPY)
    run(tmp_path)
    answer(tmp_path, (versions(tmp_path)[1], LATER))
    take(tmp_path, scan("ee", 2, "BBAA", 1))
    report = run(tmp_path)
    assert (report.versions_settled, report.not_understood) == (0, 1)
    assert len(versions(tmp_path)) == 4, "three versions, and the answer that was given for two"
    assert fates(tmp_path)["aa", "1"] == (True, "conflict", "page_conflict")


def test_a_third_version_opens_the_question_again_and_only_that(tmp_path):
    take(tmp_path, *FIRST, *COPY)
    run(tmp_path)
    answer(tmp_path, (versions(tmp_path)[0], BETTER))
    run(tmp_path)
    take(tmp_path, scan("ee", 2, "BBAA", 1))
    report = run(tmp_path)
    assert report.conflicts == 2
    assert fates(tmp_path)["bb", "1"] == (True, "duplicate", "worse_scan")
    assert fates(tmp_path)["aa", "2"] == (True, "placed", "")
    assert {row["Page (page)"] for row in versions(tmp_path)} == {2}


def test_what_arrives_later_follows_its_writing_whatever_the_order(tmp_path):
    again = [scan("ff", 2, "CBCB", 9), scan("ff", 5, "CCAC", 10), scan("ff", 7, "", 11), scan("fa", 5, "BBBB", 4)]
    seen = []
    for turn, order in enumerate((again, again[::-1])):
        folder = tmp_path / str(turn)
        folder.mkdir()
        take(folder, *FIRST, *COPY)
        run(folder)
        answer(folder, (versions(folder)[1], OTHER))
        run(folder)
        for one in order:
            take(folder, one)
            with open_store(folder) as store:
                reading.decide_pending(store, Settings(), lambda *_: None)
        run(folder)
        assert versions(folder) == []
        seen.append(fates(folder))
    assert seen[0] == seen[1]
    assert seen[0]["ff", "9"] == (False, "duplicate", "same_ink")
    assert seen[0]["ff", "11"] == (False, "duplicate", "same_ink"), "bare, but scanned with the other person's pages"
    assert seen[0]["fa", "4"] == (True, "duplicate", "same_ink")


def test_pages_answered_for_alone_are_exceptions(tmp_path):
    take(tmp_path, *FIRST, *COPY)
    run(tmp_path)
    alone = [row for row in asked(tmp_path) if "|page-" in row[KEY]]
    assert [row["Page (page)"] for row in alone] == [2, 2, 5, 5]
    assert asked(tmp_path)[-4:] == alone, "at the foot of the sheet"
    mine = next(row for row in alone if (row["Page (page)"], row["Fichier (fichier)"]) == (5, "aa.pdf"))
    answer(tmp_path, (versions(tmp_path)[1], OTHER), (mine, LATER))
    run(tmp_path)
    (entry,) = second(tmp_path)
    assert fates(tmp_path)["bb", "1"] == (False, "placed", "")
    assert values(tmp_path, entry.carnet)["q50"] == "C"
    assert values(tmp_path)["q50"] == "B"


def test_what_was_settled_can_be_taken_back(tmp_path):
    take(tmp_path, *FIRST, *COPY)
    run(tmp_path)
    before = fates(tmp_path)
    answer(tmp_path, (versions(tmp_path)[1], OTHER, "sûr ?", "M. L."))
    report = run(tmp_path)
    (row,) = [row for row in asked(tmp_path) if "|reglee-" in row[KEY]]
    assert report.to_settle == 0
    assert row["Question (question)"] == "Réglé le 22/11/2026 par M. L.\u00a0: pages 2, 5, 7"
    answer(tmp_path, (row, "oui"))
    assert run(tmp_path).not_understood == 1
    (row,) = [row for row in asked(tmp_path) if "|reglee-" in row[KEY]]
    answer(tmp_path, (row, REOPEN))
    assert run(tmp_path).conflicts == 2
    assert fates(tmp_path) == before
    assert not [row for row in asked(tmp_path) if "|reglee-" in row[KEY]]
    with open_store(tmp_path) as store:
        assert [one.choice.value for one in store.choices()] == ["other_person", "reopened"]


def test_three_versions_of_three_people_and_a_known_photocopy(tmp_path):
    third = [scan("ee", 2, "BBAA", 1), scan("ee", 5, "AAAC", 2)]
    take(tmp_path, *FIRST, *COPY, *third)
    run(tmp_path)
    rows = versions(tmp_path)
    answer(tmp_path, (rows[1], OTHER), (rows[2], "Même personne que la version B"))
    run(tmp_path)
    again = versions(tmp_path)
    assert again[0][ANSWER] is None, "two versions of one other person are in conflict under the second number"
    assert len(second(tmp_path)) == 1
    assert {row["Page (page)"] for row in again} == {"2, 5"}
    answer(tmp_path, (again[1], LATER))
    run(tmp_path)
    assert versions(tmp_path) == []
    take(tmp_path, scan("fb", 2, "CCCC", 1))
    run(tmp_path)
    _, theirs = versions(tmp_path)
    book = load_workbook(tmp_path / "analyse.xlsx")
    known = next(
        cell.value for row in book["Listes"].iter_rows() for cell in row if "celle du carnet" in str(cell.value)
    )
    answer(tmp_path, (theirs, known))
    run(tmp_path)
    assert len(second(tmp_path)) == 1
    assert len(versions(tmp_path)) == 2, "asked again, now of the second carnet"
    assert values(tmp_path)["q20"] == "A"


def test_without_initials_the_name_that_excel_notes_is_kept(tmp_path):
    take(tmp_path, *FIRST, *COPY)
    run(tmp_path)
    (path, row) = tmp_path / "analyse.xlsx", versions(tmp_path)[0]
    book = load_workbook(path)
    sheet = book["ARelire"]
    at = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(row["line"], at[ANSWER]).value = BETTER
    book.properties.lastModifiedBy = "Accueil & numérisation"
    book.save(path)
    run(tmp_path)
    with open_store(tmp_path) as store:
        assert [one.who for one in store.choices()] == ["Accueil & numérisation"]


def test_a_register_open_elsewhere_blocks_before_a_number_is_used(tmp_path):
    take(tmp_path, *FIRST, *COPY)
    run(tmp_path)
    answer(tmp_path, (versions(tmp_path)[1], OTHER))
    (tmp_path / f".~lock.{REGISTRE}#").touch()
    with pytest.raises(OutputError):
        run(tmp_path)
    assert second(tmp_path) == []
    (tmp_path / f".~lock.{REGISTRE}#").unlink()
    run(tmp_path)
    assert len(second(tmp_path)) == 1


def test_a_crash_before_the_register_is_made_up_for_by_the_next_run(tmp_path, monkeypatch):
    take(tmp_path, *FIRST, *COPY)
    run(tmp_path)
    answer(tmp_path, (versions(tmp_path)[1], OTHER))
    with monkeypatch.context() as broken:
        broken.setattr(registering, "add_to_registre", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(tmp_path)
    (entry,) = second(tmp_path)
    run(tmp_path)
    assert second(tmp_path) == [entry], "no second draw"
    lines = load_workbook(tmp_path / REGISTRE)["Registre"].iter_rows(min_row=2, values_only=True)
    assert entry.carnet in {line[0] for line in lines}
    assert fates(tmp_path)["bb", "1"] == (False, "placed", "")


def test_reading_the_same_answers_twice_changes_nothing(tmp_path):
    take(tmp_path, *FIRST, *COPY)
    run(tmp_path)
    answer(tmp_path, (versions(tmp_path)[1], OTHER))
    kept = (tmp_path / "analyse.xlsx").read_bytes()
    run(tmp_path)
    before = fates(tmp_path), table(tmp_path, "lectures.csv")
    (tmp_path / "analyse.xlsx").write_bytes(kept)
    report = run(tmp_path)
    assert (report.versions_settled, report.not_understood) == (0, 0)
    assert (fates(tmp_path), table(tmp_path, "lectures.csv")) == before
    assert len(second(tmp_path)) == 1


def test_two_copies_in_one_file_are_two_versions(tmp_path):
    pages = [scan("ab", 2, "AAAA", 1), scan("ab", 5, "BBBB", 2), scan("ab", 2, "CBCB", 3), scan("ab", 5, "CCAC", 4)]
    random.Random(5).shuffle(pages)
    take(tmp_path, *pages)
    run(tmp_path)
    assert [row["Face (face)"] for row in versions(tmp_path)] == ["1, 2", "3, 4"]
