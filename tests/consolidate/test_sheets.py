"""Sheets follow from the form definition alone."""

import datetime
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.consolidate import build_sheets, collect, find, index_campaign
from pipeline.errors import FormError
from pipeline.model.decision import Status
from pipeline.model.derived import Derived
from pipeline.model.result import Disposition
from pipeline.wording import scan_name
from pipeline.workbook import ROWS_MAX, Cell, Sheet
from tests.consolidate.campaigns import campaign, carnet, outcome, page, random_campaign, shelf, small_form, verdict

FORM = small_form()


def plain(entry):
    return entry.value if isinstance(entry, Cell) else entry


def build(found, *forms, sensitive=True):
    return {sheet.name: sheet for sheet in made(found, *forms, sensitive=sensitive) if isinstance(sheet, Sheet)}


def made(found, *forms, sensitive=True):
    known = shelf(*(forms or (FORM,)))
    tables = collect(found, index_campaign(found, known), known, sensitive=sensitive)
    return build_sheets(found, tables, find(tables), {}, sensitive=sensitive, rows_max=ROWS_MAX)


def rows(sheet):
    """Rows as dictionaries by variable name (what stands in brackets in the header)."""
    names = [column.header.rpartition("(")[2].rstrip(")") for column in sheet.columns]
    return [dict(zip(names, map(plain, row), strict=True)) for row in sheet.rows]


def action(row, page_number=2, **given):
    return [outcome(FORM, f"act{row}_{column}", value) for column, value in given.items()]


def whole(*, first=(), second=(), third=(), fourth=(), extra=(), **more):
    pages = [page(FORM, number, found) for number, found in enumerate((first, second, third, fourth), start=1)]
    return carnet(FORM, *pages, *extra, **more)


def test_the_sheets_are_those_of_the_form():
    assert list(build(campaign(whole()))) == [
        "Indicateurs", "ProgressionDetail", "Controle", "ControleComptes", "Carnets", "Lieux", "Actions", "Competences",
        "Avis", "Remplissage", "Etats", "Lots", "Textes", "Numerisations", "QualiteDetail", "Dictionnaire", "Modalites",
        "Pages", "Journal",
    ]  # fmt: skip


def test_one_row_a_carnet_with_its_answers_and_states():
    found = rows(build(campaign(whole(first=[
        outcome(FORM, "prof_public", "BEN"),
        outcome(FORM, "prof_age", "2"),
        outcome(FORM, "prof_minutes", "12", reasons=("uncertain_digit",)),
    ])))["Carnets"])  # fmt: skip
    assert len(found) == 1
    row = found[0]
    assert (row["cle"], row["canal"], row["depot"], row["pages_lues"]) == ("CAAAAAAAAA", "forum", "tout", 4)
    assert (row["prof_public__BEN"], row["prof_public__VDP"]) == (1, 0)
    assert row["prof_age"] == "2 – Avec de l’aide"
    assert (row["prof_minutes"], row["prof_minutes__etat"]) == (None, "a_relire")
    assert (row["prof_debut"], row["prof_debut__etat"]) == (None, "vide")
    assert row["n_a_relire"] == 1


def test_options_of_a_blank_question_are_empty_and_not_zero():
    row = rows(build(campaign(whole()))["Carnets"])[0]
    assert (row["prof_public__BEN"], row["prof_public__etat"]) == (None, "vide")


def test_the_outer_sheet_alone_is_complete_and_the_rest_absent():
    row = rows(build(campaign(carnet(FORM, page(FORM, 1), page(FORM, 4))))["Carnets"])[0]
    assert (row["depot"], row["pages_absentes"]) == ("feuille", None)
    assert (row["heures_total"], row["heures_total__etat"]) == (None, "absent")
    assert (row["nb_actions"], row["nb_actions__etat"]) == (None, "absent")


def test_a_missing_page_is_named():
    row = rows(build(campaign(carnet(FORM, page(FORM, 1), page(FORM, 2), page(FORM, 4))))["Carnets"])[0]
    assert (row["depot"], row["pages_absentes"]) == ("incomplet", "3")


def test_only_used_rows_are_listed_and_continued_rows_too():
    extra = page(FORM, 21, action(3, date="2026-04-02", duree="2.0"))
    sheets = build(campaign(whole(second=action(1, date="2026-03-01", place="2", duree="1.5"), extra=[extra])))
    found = rows(sheets["Actions"])
    assert [(row["ligne"], row["act_date"], row["act_duree"]) for row in found] == [
        (1, datetime.date(2026, 3, 1), 1.5),
        (3, datetime.date(2026, 4, 2), 2.0),
    ]
    carnets = rows(sheets["Carnets"])[0]
    assert (carnets["heures_total"], carnets["nb_actions"], carnets["jours"]) == (3.5, 2, 32)
    assert carnets["premiere"] == datetime.date(2026, 3, 1)


def test_a_further_continuation_sheet_goes_on_counting():
    extra = page(FORM, 22, action(5, date="2026-04-02", duree="2.0"))
    assert [row["ligne"] for row in rows(build(campaign(whole(extra=[extra])))["Actions"])] == [5]


def test_a_sum_is_unknown_while_one_of_its_parts_is():
    second = [*action(1, duree="1.5"), outcome(FORM, "act2_duree", "3.0", reasons=("uncertain_digit",))]
    row = rows(build(campaign(whole(second=second)))["Carnets"])[0]
    assert (row["heures_total"], row["heures_total__etat"]) == (None, "a_relire")
    assert (row["nb_actions"], row["nb_actions__etat"]) == (None, "a_relire"), "a row of doubts may be no action"


def test_no_action_means_no_hours():
    row = rows(build(campaign(whole()))["Carnets"])[0]
    assert (row["heures_total"], row["nb_actions"], row["nb_places"]) == (0, 0, 0)
    assert (row["premiere"], row["premiere__etat"]) == (None, "vide")


def test_a_value_is_looked_up_in_the_row_that_it_points_to():
    second = [*action(1, place="2"), *action(2, place="1"), outcome(FORM, "str2_type", "V")]
    found = rows(build(campaign(whole(second=second)))["Actions"])
    assert [(row["act_type"], row["act_type__etat"]) for row in found] == [("ville", "lu"), (None, "vide")]


def test_skills_list_every_row_and_moment_with_the_gain():
    third = [outcome(FORM, "cmp1_debut", "3"), outcome(FORM, "cmp1_fin", "1"), outcome(FORM, "cmp2_fin", "2")]
    found = rows(build(campaign(whole(third=third)))["Competences"])
    assert [(row["libelle"], row["famille"], row["moment"], row["cmp_rang"], row["cmp_gain"]) for row in found] == [
        ("Écouter", "A", "debut", 3, None),
        ("Écouter", "A", "fin", 1, -2),
        ("Parler", "B", "debut", None, None),
        ("Parler", "B", "fin", 2, None),
    ]
    assert [row["cmp_reponse__etat"] for row in found] == ["lu", "lu", "vide", "lu"]


def test_opinions_are_rows():
    found = rows(build(campaign(whole(fourth=[outcome(FORM, "avis_utile", "3")])))["Avis"])
    assert [(row["champ"], row["avis_rang"], row["avis_reponse"]) for row in found] == [
        ("avis_mots", None, None),
        ("avis_utile", 3, "3 – Seul"),
    ]


def test_bands_and_same_day():
    first = [outcome(FORM, "prof_debut", "2026-03-01"), outcome(FORM, "prof_fin", "2026-03-01")]
    row = rows(build(campaign(whole(first=first, fourth=[outcome(FORM, "avis_note", "10")])))["Carnets"])[0]
    assert (row["meme_jour"], row["classe"], row["avis_note"]) == (1, "7 à 10", 10)


def test_a_calculation_over_nothing_is_a_fault_of_the_form():
    wrong = replace(FORM, derived=(Derived(name="x", label="X", op="sum", table="act", fields=("heures",)),))
    with pytest.raises(FormError) as caught:
        build(campaign(whole()), wrong)
    assert caught.value.evidence["derived"] == "x"


def test_a_form_that_is_gone_is_named():
    with pytest.raises(FormError) as caught:
        index_campaign(campaign(whole()), shelf(small_form("2")))
    assert caught.value.evidence == {"form": "petit", "version": "1"}


def test_sensitive_content_shows_only_when_asked():
    typed = verdict("prof_mot", "mon secret")
    found = campaign(whole(first=[outcome(FORM, "prof_mot", "", raw="", reasons=("free_text",), verdict=typed)]))

    def everything(sensitive):
        sheets = build(found, sensitive=sensitive)
        return " ".join(str(plain(entry)) for sheet in sheets.values() for row in sheet.rows for entry in row)

    assert "mon secret" in everything(True)
    assert "mon secret" not in everything(False)


def test_pages_say_the_numbers_behind_a_reason():
    one = whole(first=[outcome(FORM, "prof_age", "2")])
    row = replace(
        one.pages[0].row,
        warnings=("dirty_glass", "print_scale"),
        evidence=(("print_percent", 94.0), ("streak_mm", 63.0)),
    )
    sheet = build(campaign(one, balance=[row]))["Pages"]
    told = [column.header for column in sheet.columns].index("Avertissements (avertissements)")
    assert plain(list(sheet.rows)[-1][told]) == "vitre sale à 63 mm du bord ; imprimé à 94\u00a0%"


def test_no_sheet_holds_the_carnet_number():
    one = whole(first=[outcome(FORM, "prof_age", "2")])
    row = replace(one.pages[0].row, source_file="lot/26-004271-20.pdf", disposition=Disposition.DUPLICATE)
    sheets = build(campaign(one, balance=[row]))
    everything = " ".join(str(plain(entry)) for sheet in sheets.values() for line in sheet.rows for entry in line)
    assert "004271" not in everything
    assert scan_name("a/b/x 26-004271-20 recto.pdf") == "x … recto.pdf"


def test_a_page_in_conflict_gives_no_value():
    doubt = [outcome(FORM, "prof_age", "2", reasons=("page_conflict",))]
    versions = [page(FORM, 1, doubt, disposition=Disposition.CONFLICT, sha=sha * 64) for sha in "ab"]
    row = rows(build(campaign(carnet(FORM, *versions, page(FORM, 4))))["Carnets"])[0]
    assert (row["prof_age"], row["prof_age__etat"], row["pages_en_conflit"]) == (None, "a_relire", "1")


def test_two_versions_of_a_form_share_their_columns():
    newer = small_form("2")
    newer = replace(newer, fields=tuple(field for field in newer.fields if field.name != "prof_minutes"))
    old = whole(first=[outcome(FORM, "prof_minutes", "5")])
    new = carnet(newer, *(page(newer, n) for n in (1, 2, 3, 4)), cle="CBBBBBBBBB", number="26-000001-26")
    sheets = build(campaign(old, new), FORM, newer)
    found = rows(sheets["Carnets"])
    assert [(row["prof_minutes"], row["prof_minutes__etat"]) for row in found] == [(5, "lu"), (None, "sans_objet")]
    meaning = next(row for row in rows(sheets["Dictionnaire"]) if row["nom"] == "prof_minutes")
    assert meaning["versions"] == "1"


def test_a_sheet_of_an_older_printing_in_a_carnet_is_read_by_its_own_form():
    newer = small_form("2")
    newer = replace(newer, fields=tuple(field for field in newer.fields if field.name != "avis_note"))
    mixed = carnet(newer, page(newer, 1), page(FORM, 4, [outcome(FORM, "avis_note", "3")]))
    row = rows(build(campaign(mixed), FORM, newer)["Carnets"])[0]
    assert row["avis_note"] == 3


def test_what_is_unusual_is_told_beside_the_values():
    first = [outcome(FORM, "prof_age", "2", warnings=("unusual_minutes",))]
    row = rows(build(campaign(whole(first=first)))["Carnets"])[0]
    assert row["remarques"] == "minutes inhabituelles : Âge"
    assert row["prof_age"] == "2 – Avec de l’aide"


def test_quality_counts_every_answer_once():
    found = random_campaign(FORM, 30)
    quality = rows(build(found)["QualiteDetail"])
    states = ("lu", "corrige", "vide", "a_relire", "illisible", "absent")
    assert quality
    for row in quality:
        assert row["n"] == sum(row[state] for state in states)
    assert sum(row["n"] for row in quality if row["champ"] == "prof_age") == 30


def test_quality_holds_the_balance_of_pages():
    """As many pages as came in, each with what became of it; answers by kind add up to those of the questions."""
    found = random_campaign(FORM, 30)
    first = found.balance[0]
    more = [
        replace(first, disposition=Disposition.BLANK, reason="", carnet_id=""),
        replace(first, disposition=Disposition.FOREIGN, reason="unknown_version"),
        replace(first, disposition=Disposition.FOREIGN, reason="nominative_sheet"),
        replace(first, disposition=Disposition.FOREIGN, reason="nominative_sheet"),
    ]
    found = replace(found, balance=(*found.balance, *more))
    sheets = made(found)
    pages, kinds, silent, hard = next(sheet for sheet in sheets if sheet.name == "Qualite").blocks
    told = {row[0]: row[1] for row in pages.rows}
    assert told["Pages placées"] == len(found.balance) - 4
    assert (told["Faces blanches"], told["Pages étrangères"], told["Doublons"]) == (1, 3, 0)
    assert told["… volet nominatif"] == 2
    assert told["Ensemble"] == len(found.balance)
    assert sum(told[name] for name in told if not name.startswith("…")) == 2 * len(found.balance)
    details = rows(next(sheet for sheet in sheets if sheet.name == "QualiteDetail"))
    assert [sum(row[place] for row in kinds.rows[:-1]) for place in range(1, 7)] == list(kinds.rows[-1][1:7])
    assert kinds.rows[-1][1] == sum(row["lu"] for row in details)
    assert silent.rows == ()
    assert "Pas encore mesuré" in silent.note
    assert [row[7] for row in hard.rows]


def test_each_scan_file_tells_how_it_was_read():
    """Of one name but not of one content: two files; a text to transcribe is no doubt of the scanner."""
    doubtful = [
        outcome(FORM, "prof_age", "2", reasons=("uncertain_mark",)),
        outcome(FORM, "prof_minutes", "12", reasons=("uncertain_digit",), verdict=verdict("prof_minutes", "17")),
        outcome(FORM, "prof_mot", "", raw="", reasons=("free_text",)),
    ]
    told = carnet(FORM, page(FORM, 1, doubtful, sha="a" * 64), page(FORM, 4, sha="b" * 64))
    first, second = rows(build(campaign(told))["Numerisations"])
    asked = sum(one.page == 1 and one.type not in ("masked", "text") for one in FORM.fields)
    assert (first["fichier"], second["fichier"]) == ("SCAN0001.pdf", "SCAN0001.pdf (2)")
    assert (first["pages"], first["reponses"], first["a_relire"], first["reglees"], first["changees"]) == (
        1, asked, 1, 1, 1,
    )  # fmt: skip
    assert first["part_demandees"] == pytest.approx(2 / asked)
    assert (second["a_relire"], second["part_demandees"], second["part_changees"]) == (0, 0, None)


def test_codes_of_older_versions_stay_among_the_answers():
    old = replace(FORM, version="1", version_code=1)
    gone = tuple(replace(one, options=one.options[:2]) if one.name == "prof_age" else one for one in FORM.fields)
    new = replace(FORM, version="2", version_code=2, fields=gone)
    first = carnet(old, *(page(old, n) for n in (1, 2, 3, 4)))
    second = carnet(new, *(page(new, n) for n in (1, 2, 3, 4)), cle="CBBBBBBBBB", number="26-000001-26")
    found = {
        row["code"]: row["versions"]
        for row in rows(build(campaign(first, second), old, new)["Modalites"])
        if row["question"] == "prof_age"
    }
    assert found == {"1": "1, 2", "2": "1, 2", "3": "1"}


def test_every_code_has_its_words():
    codes = rows(build(campaign(whole()))["Modalites"])
    assert {row["code"] for row in codes if row["question"] == "prof_public"} == {"BEN", "VDP"}
    assert sum(row["question"] == "cmp_debut" for row in codes) == 3


def test_every_column_stands_in_the_dictionary():
    sheets = build(random_campaign(FORM, 3))
    described = {(row["feuille"], row["nom"]) for row in rows(sheets["Dictionnaire"])}
    described |= {(row["feuille"], row["colonne_etat"]) for row in rows(sheets["Dictionnaire"])}
    hidden = {("Carnets", name) for name in ("prof_public__etat",)}
    for name in ("Carnets", "Lieux", "Actions", "Competences", "Avis"):
        headers = {column.header.rpartition("(")[2].rstrip(")") for column in sheets[name].columns}
        assert {(name, header) for header in headers} - described - hidden == set()


@pytest.mark.slow
@settings(deadline=None, max_examples=12)
@given(st.integers(min_value=0, max_value=10**6))
def test_the_order_of_pages_and_carnets_changes_nothing(seed):
    found = random_campaign(FORM, 4, seed=7)
    luck = random.Random(seed)
    shuffled = [replace(one, pages=tuple(luck.sample(one.pages, len(one.pages)))) for one in found.carnets]
    luck.shuffle(shuffled)
    other = replace(found, carnets=tuple(shuffled))

    def content(campaign_):
        return {
            name: (sheet.columns, [tuple(map(plain, row)) for row in sheet.rows])
            for name, sheet in build(campaign_).items()
        }

    assert content(other) == content(found)


def test_verdicts_count_as_read():
    settled = verdict("prof_age", "3")
    doubt = outcome(FORM, "prof_age", "2", reasons=("several_marks",), verdict=settled)
    row = rows(build(campaign(whole(first=[doubt])))["Carnets"])[0]
    assert (row["prof_age"], row["prof_age__etat"]) == ("3 – Seul", "corrige")
    assert doubt.status is Status.VERIFIED
