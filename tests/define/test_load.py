"""Forms are found, loaded, and held against what the carnet must ask."""

import shutil
from pathlib import Path

import pytest

from pipeline.define import form_folders, load_definition, load_form, open_shelf
from pipeline.errors import FormError
from pipeline.model.form import FormDefinition

ROOT = Path(__file__).resolve().parents[2]
CARNET = ROOT / "forms/carnet/2026.1"
SHEET = ROOT / "forms/volet_nominatif/2026.1"
ATELIER = ROOT / "tests/forms/atelier/1.0"


@pytest.fixture(scope="module")
def carnet() -> FormDefinition:
    return load_definition(CARNET / "form.toml")


def expected_names() -> dict[int, set[str]]:
    """Every field of the carnet by page, as the evaluation names them."""

    def rows(group: str, numbers: range, digits: int, columns: str) -> set[str]:
        return {f"{group}{number:0{digits}d}_{column}" for number in numbers for column in columns.split()}

    act = "date structure mission duree texte"
    att = "structure rna du au date heures role cmp1 cmp2 cmp3 signataire signature tampon"
    opinions = "comprendre mots place temps competences utile reconnu confiance emploi continuer"
    return {
        1: {"couv_nom_imprime"},
        2: {
            f"prof_{name}"
            for name in ["date_debut", "arrondissement", "public", "tranche_age", "situation", "diplome", "anciennete"]
        },
        3: {"couv_nom"},
        4: rows("str", range(1, 4), 1, "nom type role domaine arrondissement depuis"),
        5: rows("act", range(1, 7), 2, act),
        6: rows("act", range(7, 13), 2, act),
        7: {"cmp_date_debut", "cmp_date_fin"} | rows("cmp", range(1, 13), 2, "debut fin"),
        8: rows("cmp", range(13, 25), 2, "debut fin"),
        9: {
            f"ref_{name}"
            for name in ["fierte", "appris", "autre_cmp", "top1", "top2", "top3", "formation", "formation_heures"]
        },
        10: rows("att", range(1, 2), 1, att),
        11: {
            *("sou_objectifs", "sou_accompagnement", "sou_support", "rendu_choix", "rendu_date"),
            *("avis_moment", "avis_aide", "avis_minutes"),
        },
        12: {f"avis_{name}" for name in [*opinions.split(), "recommander", "aime", "change"]},
        21: rows("act", range(13, 20), 2, act),
        31: rows("att", range(2, 3), 1, att),
    }


def test_the_carnet_asks_what_the_evaluation_names(carnet):
    asked: dict[int, set[str]] = {}
    for field in carnet.fields:
        asked.setdefault(field.page, set()).add(field.name)
    assert asked == expected_names()


def test_names_are_unique_and_the_fingerprint_is_that_of_the_file(carnet):
    names = [field.name for field in carnet.fields]
    assert len(names) == len(set(names))
    assert load_definition(CARNET / "form.toml").fingerprint == carnet.fingerprint
    assert len(carnet.fingerprint) == 64


def test_every_field_has_a_purpose(carnet):
    assert [field.name for field in carnet.fields if not field.purpose.indicators and not field.purpose.use] == []


def test_what_the_city_has_still_to_write_is_known(carnet, tmp_path):
    office = "[délégué à la protection des données de la Ville]"
    assert carnet.to_complete == (office, "[6]", "[24]")
    source = (CARNET / "form.toml").read_text("utf-8")
    completed = tmp_path / "form.toml"
    completed.write_text(source.replace('"[6]"', '"6"').replace('"[24]"', '"24"'), "utf-8")
    assert load_definition(completed).to_complete == (office,)


def test_what_must_be_answered(carnet):
    always = {field.name for field in carnet.fields if field.required == "O" and not field.group}
    assert always == {"prof_public", "rendu_choix"}
    assert carnet.field("act01_date").required == carnet.field("act13_duree").required == "O"
    personal = {field.name for field in carnet.fields if field.required == "F"}
    assert personal >= {"prof_tranche_age", "prof_situation", "prof_diplome"}


def test_free_texts_are_sensitive_and_names_are_masked(carnet):
    assert {field.type for field in carnet.fields if field.name in {"couv_nom", "att1_signataire"}} == {"masked"}
    texts = [field for field in carnet.fields if field.type == "text"]
    assert texts
    assert all(field.sensitive for field in texts)


def test_lists_are_resolved(carnet):
    top = carnet.field("ref_top2")
    assert top.values == tuple(f"{number:02d}" for number in range(1, 25))
    assert top.labels["24"] == "Expliquer ce que je sais faire"
    assert top.distinct_from == ("ref_top1", "ref_top3")
    assert carnet.field("cmp03_fin").label == "Respecter chacun et garder un secret : à la fin".replace(" :", "\u00a0:")
    assert carnet.field("att1_rna").prefix == "W"
    assert carnet.field("act01_duree").cells == 4
    assert "MVAC" in carnet.lexicons["canal"]


def test_skills_are_a_melted_table_with_families(carnet):
    table = next(table for table in carnet.tables if table.sheet == "Competences")
    assert table.melt == ("debut", "fin")
    assert table.row_labels[19] == "Comprendre comment marche la ville ou l’association"
    assert table.families[1] == "A – Aller vers les autres"


def test_continuation_sheets_carry_rows_on(carnet):
    page, ordinal = carnet.layout_page(22)
    assert (page.name, ordinal) == ("suite_journal", 2)
    assert carnet.name_on_sheet("act13_date", 2) == "act20_date"
    assert carnet.name_on_sheet("att2_du", 3) == "att4_du"
    assert carnet.resolve("att4_du").row == 4
    assert carnet.booklet == tuple(range(1, 13))
    assert carnet.jacket == (1, 2, 11, 12)


def test_the_nominative_sheet_is_a_form_of_its_own():
    sheet = load_form(SHEET)
    assert sheet.definition.nominative
    assert {field.type for field in sheet.definition.fields} == {"masked"}
    assert (sheet.definition.code, sheet.definition.version_code) == (2, 261)


def test_the_shelf_holds_all_forms(monkeypatch):
    monkeypatch.setenv("CARNET_FORMES", str(ATELIER.parents[1]))
    shelf = open_shelf(form_folders())
    assert [form.key for form in shelf.forms] == [
        ("atelier", "1.0"),
        ("carnet", "2026.1"),
        ("volet_nominatif", "2026.1"),
    ]
    found = shelf.by_code(1, 261)
    assert found is not None
    assert found.folder == CARNET


def test_a_folder_of_forms_that_does_not_exist(monkeypatch, tmp_path):
    monkeypatch.setenv("CARNET_FORMES", str(tmp_path / "absent"))
    with pytest.raises(FormError) as caught:
        form_folders()
    assert caught.value.evidence["key"] == "CARNET_FORMES"


def test_two_forms_cannot_carry_the_same_codes(tmp_path):
    for version in ("1.0", "2.0"):
        folder = tmp_path / "atelier" / version
        shutil.copytree(ATELIER, folder)
        for name in ("form.toml", "layout.json"):
            path = folder / name
            path.write_text(path.read_text(encoding="utf-8").replace('"1.0"', f'"{version}"'), encoding="utf-8")
    with pytest.raises(FormError) as caught:
        open_shelf([tmp_path])
    assert caught.value.evidence["key"] == "form.version_code"
