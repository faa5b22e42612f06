"""ARelire: one row for each doubt, its image, and a cell to answer in."""

import cv2
import numpy as np
import pytest

from pipeline.model.result import Disposition
from pipeline.review import ANSWER, KEY, REMARK, Leftover, build_review, queue, said
from pipeline.workbook import Cell
from tests.consolidate.campaigns import campaign, carnet, outcome, page, shelf, small_form

FORM = small_form()
SHELF = shelf(FORM)
BLACK, COVER = 0, 205


def doubt(name, value="1"):
    return outcome(FORM, name, value, reasons=("uncertain_mark",))


def build(folder, *pages, leftovers=None, sensitive=False, pictures_max=100):
    asked = queue(campaign(carnet(FORM, *pages)), SHELF, sensitive=sensitive)
    return build_review(
        asked,
        leftovers or {},
        SHELF,
        folder,
        sensitive=sensitive,
        pictures_max=pictures_max,
        progress=lambda *_: None,
    )


def rows(review):
    headers = [column.header for column in review.sheet.columns]
    return [
        {h: entry.value if isinstance(entry, Cell) else entry for h, entry in zip(headers, row, strict=True)}
        for row in review.sheet.rows
    ]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pages").mkdir()
    pixels = np.full((1240, 874), 255, np.uint8)
    pixels[200:1200, 200:440] = BLACK
    cv2.imwrite(str(tmp_path / "pages" / "a.png"), pixels)
    return tmp_path


def pixels_of(picture):
    return cv2.imdecode(np.frombuffer(picture.content, np.uint8), cv2.IMREAD_GRAYSCALE)


def test_a_row_says_what_where_and_why(folder):
    review = build(folder, page(FORM, 1, [doubt("prof_age", "2")], image="pages/a.png"))
    (row,) = rows(review)
    assert row["Question (question)"] == "La question prof_age"
    assert row["La machine propose (proposition)"] == "2 – Avec de l’aide"
    assert row[KEY] == "CAAAAAAAAA|1|prof_age"
    assert row[ANSWER] is row[REMARK] is None
    assert "marque incertaine" in row["Pourquoi, et que faire (pourquoi)"].lower()
    assert review.sheet.drop_downs[0].options == (
        "1 – Je découvre", "2 – Avec de l’aide", "3 – Seul", "vide", "illisible"
    )  # fmt: skip


def test_each_doubt_has_its_picture(folder):
    review = build(folder, page(FORM, 1, [doubt("prof_age"), doubt("prof_arr", "7")], image="pages/a.png"))
    assert [picture.row for picture in review.sheet.pictures] == [0, 1]
    for picture in review.sheet.pictures:
        shown = pixels_of(picture)
        assert shown.shape == (picture.height_px, picture.width_px)
        assert shown.min() < 30


def test_open_answers_wait_until_they_are_asked_for(folder):
    text = outcome(FORM, "prof_mot", "", raw="", reasons=("free_text",))
    pages = page(FORM, 1, [text, doubt("prof_age")], image="pages/a.png")
    assert (build(folder, pages).shown, build(folder, pages).hidden_texts) == (1, 1)
    assert (build(folder, pages, sensitive=True).shown, build(folder, pages, sensitive=True).hidden_texts) == (2, 0)


def test_open_answers_are_covered_in_every_other_picture(folder):
    versions = [
        page(FORM, 1, [outcome(FORM, "prof_age", "2", reasons=("page_conflict",))], disposition=Disposition.CONFLICT,
             image="pages/a.png", sha=s * 64)
        for s in "ab"
    ]  # fmt: skip
    text_box = versions[0].boxes["prof_mot"]
    hidden, shown = (build(folder, *versions, sensitive=flag) for flag in (False, True))
    assert hidden.conflicts == 2

    def middle(review):
        picture = review.sheet.pictures[0]
        scale = picture.width_px / 874
        x, y, w, h = text_box
        return int(pixels_of(picture)[round((y + h / 2) * scale), round((x + w / 2) * scale)])

    assert abs(middle(hidden) - COVER) < 20
    assert middle(shown) < 30


def test_a_row_says_where_the_paper_is(folder):
    found = page(FORM, 1, [doubt("prof_age")], image="pages/a.png", side=7)
    (row,) = rows(build(folder, found))
    assert (row["Fichier (fichier)"], row["Face (face)"], row["Page (page)"]) == ("SCAN0001.pdf", 7, 1)


def faded(names, **more):
    return page(FORM, 1, [outcome(FORM, name, "", raw="1", reasons=("faded_ink",)) for name in names], **more)


def test_a_page_in_doubt_throughout_is_one_row_to_scan_again_and_its_doubts_come_last(folder):
    poor = [one.name for one in FORM.fields if one.page == 1 and one.type not in ("masked", "text")]
    plain = page(FORM, 2, [doubt("act1_place")], image="pages/a.png", side=2)
    review = build(folder, faded(poor, image="pages/a.png"), plain)
    found = rows(review)
    assert found[0]["Question (question)"] == "À renumériser\u00a0: page 1 de ce carnet"
    assert found[0]["La machine propose (proposition)"] == f"{len(poor)} réponses sur {len(poor)} sont en doute."
    assert "act1_place" in found[1][KEY]
    assert len(found) == len(poor) + 2
    assert 0 not in {row for one in review.sheet.drop_downs for row in one.rows}


def test_some_doubts_on_a_page_are_no_reason_to_scan_it_again(folder):
    few = faded(["prof_age", "prof_arr", "prof_minutes"], image="pages/a.png")
    assert not any("renumériser" in row["Question (question)"] for row in rows(build(folder, few)))


def test_whole_pages_hide_the_carnet_number(folder):
    versions = [
        page(FORM, 1, [outcome(FORM, "prof_age", "2", reasons=("page_conflict",))], disposition=Disposition.CONFLICT,
             image="pages/a.png", sha=s * 64)
        for s in "ab"
    ]  # fmt: skip
    picture = build(folder, *versions, sensitive=True).sheet.pictures[0]
    stamp = SHELF.get("petit", "1").layout.stamp.numbers[0]
    scale = picture.width_px / 148
    shown = int(pixels_of(picture)[round((stamp.y + 3) * scale), round((stamp.x + 3) * scale)])
    assert abs(shown - COVER) < 25


def test_answers_that_differ_are_counted(folder):
    def version(sha, **answers):
        said = [outcome(FORM, name, value, reasons=("page_conflict",)) for name, value in answers.items()]
        return page(FORM, 1, said, disposition=Disposition.CONFLICT, image="pages/a.png", sha=sha * 64)

    first, later = version("a", prof_age="2"), version("b", prof_age="2", prof_arr="7", prof_minutes="12")
    found = rows(build(folder, first, later))
    assert found[0]["La machine propose (proposition)"].endswith("Cela ressemble à un état antérieur du même carnet.")
    assert "1 réponse égale, 2 réponses de plus ici." in found[1]["La machine propose (proposition)"]
    assert found[1]["La machine propose (proposition)"].endswith("Cela ressemble au même carnet, rempli plus tard.")


def test_pages_in_a_row_are_told_by_their_ends():
    assert said.listed([3, 1, 2, 5, 9, 8]) == "1 à 3, 5, 8, 9"


def test_beyond_the_limit_rows_say_why_they_have_no_picture(folder):
    review = build(
        folder, page(FORM, 1, [doubt("prof_age"), doubt("prof_arr", "7")], image="pages/a.png"), pictures_max=1
    )
    assert len(review.sheet.pictures) == 1
    assert rows(review)[1]["Image (image)"].startswith("Image non jointe")


def test_a_lost_image_is_told(tmp_path):
    (row,) = rows(build(tmp_path, page(FORM, 1, [doubt("prof_age")], image="pages/gone.png")))
    assert "n’est plus" in row["Image (image)"]


def test_what_was_not_understood_is_shown_again(folder):
    key = "CAAAAAAAAA|1|prof_age"
    leftovers = {
        key: Leftover(answer="trois ?", remark="pâle", why="Réponse impossible."),
        "CZZZ|4|x": Leftover(remark="à garder"),
    }
    found = rows(build(folder, page(FORM, 1, [doubt("prof_age")], image="pages/a.png"), leftovers=leftovers))
    assert (found[0][ANSWER], found[0][REMARK], found[0]["Réponse non comprise (non_comprise)"]) == (
        "trois ?",
        "pâle",
        "Réponse impossible.",
    )
    assert (found[1][KEY], found[1][REMARK]) == ("CZZZ|4|x", "à garder")


def test_continued_rows_bear_their_own_number(folder):
    (row,) = rows(build(folder, page(FORM, 22, [doubt("act5_place")], image="pages/a.png")))
    assert row["Question (question)"].endswith("(ligne 5)") or "05" in row["Question (question)"]


def test_what_concerns_the_whole_carnet_is_said_once(folder):
    """A number that the register does not know stands on every field: it must not drown the doubts."""

    def unknown(number, asked):
        given = [
            outcome(FORM, one.name, "1" if one.name in asked else "", reasons=("uncertain_mark",)[: one.name in asked],
                    warnings=("unknown_number", *(("unusual_minutes",) if one.name == "avis_utile" else ())))
            for one in FORM.fields if one.page == number and one.type != "masked"
        ]  # fmt: skip
        return page(FORM, number, given, image="pages/a.png")

    found = rows(build(folder, unknown(1, ("prof_age", "prof_arr")), unknown(4, ("avis_mots", "avis_utile"))))
    why = {row[KEY].rpartition("|")[2]: row["Pourquoi, et que faire (pourquoi)"] for row in found}
    assert len(why) == 4
    told = [text for text in why.values() if "inconnu du registre" in text]
    assert len(told) == 1
    assert told[0].splitlines()[0].startswith("Marque incertaine")
    assert told[0].splitlines()[-1].startswith("Tout ce carnet")
    assert "inhabituelle" in why["avis_utile"].lower()
