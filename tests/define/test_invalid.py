"""An invalid form stops the run with a French sentence that names file and key."""

import json
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.define import load_definition, load_form
from pipeline.errors import ExitCode, FormError

ATELIER = Path(__file__).resolve().parents[1] / "forms/atelier/1.0"
TEXT = (ATELIER / "form.toml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "atelier" / "1.0"
    shutil.copytree(ATELIER, target)
    return target


def refused(folder: Path) -> FormError:
    with pytest.raises(FormError) as caught:
        load_form(folder)
    error = caught.value
    assert error.exit_code is ExitCode.FORM
    assert str(error.evidence["file"]) in error.message
    return error


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (
            'short = "Visa"\nrequired = "R"\nuse = "La fiche est validée."',
            'short = "Visa"\nrequired = "R"',
            "fields.visa",
        ),
        ('kind = "integer"', 'kind = "entier"', "fields.inscrits.kind"),
        ('required = "O"', 'required = "X"', "fields.ouverture.required"),
        ('list = "genre"\n', 'list = "genres"\n', "groups.sea.genre.list"),
        ('indicators = ["A2"]', 'indicators = ["Z9"]', "fields.satisfaction.indicators"),
        ('name = "salle"', 'name = "animateur"', "fields"),
        ("code = 90", "code = 900", "form.code"),
        ("code = 90", 'code = "90"', "form.code"),
        ('title = "Le bilan"', 'title = "Le bilan"\ncolour = "bleu"', "pages.4.colour"),
        ("page = 3\n", "page = 9\n", "fields.achat.page"),
        ('"ouverture", "sea{r}_jour"', '"fermeture", "sea{r}_jour"', "rules[2].fields"),
        ('melt = ["avant", "apres"]', 'melt = ["avant", "pendant"]', "tables.Materiel.melt"),
        ('op = "sum"', 'op = "somme"', "derived.heures_atelier.op"),
        ('fields = ["duree"]', 'fields = ["durees"]', "derived.heures_atelier.fields"),
        ('value = "02", family', 'value = "01", family', "lists.outil"),
        ("rows = 4 }]", "rows = 5 }]", "groups.mat.row_list"),
        ('format = "DDMMYYYY"', 'format = "YYYYMMDD"', "fields.ouverture"),
        ("cells = 3\nminimum = 1", "minimum = 1", "fields.inscrits"),
        ('h = "h"', 'h = "{heure}"', "texts.h"),
        ('sheet = "Seances"', 'sheet = "Séances : toutes"', "tables.Séances : toutes.sheet"),
    ],
)
def test_a_wrong_key_is_named(folder, old, new, key):
    assert old in TEXT
    (folder / "form.toml").write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    error = refused(folder)
    assert error.evidence["key"] == key
    assert key in error.message
    assert "' or '" not in error.message


def test_a_field_without_a_purpose_says_what_to_add(folder):
    changed = TEXT.replace('required = "R"\nuse = "La fiche est validée."', 'required = "R"')
    (folder / "form.toml").write_text(changed, encoding="utf-8")
    message = refused(folder).message
    assert "raison d’être" in message
    assert "indicators" in message


def test_broken_toml_and_absent_files(folder):
    (folder / "form.toml").write_text("[form\n", encoding="utf-8")
    refused(folder)
    (folder / "form.toml").unlink()
    refused(folder)


def test_a_form_without_layout(folder):
    (folder / "layout.json").unlink()
    assert refused(folder).evidence["file"] == str(folder / "layout.json")


def changed_layout(folder: Path, change) -> None:
    path = folder / "layout.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content, {field["name"]: field for page in content["pages"] for field in page["fields"]})
    path.write_text(json.dumps(content), encoding="utf-8")


def drop_field(content, fields):
    content["pages"][3]["fields"] = [field for field in content["pages"][3]["fields"] if field["name"] != "visa"]


def rename_field(content, fields):
    fields["visa"]["name"] = "tampon"


def swap_options(content, fields):
    fields["inscription"]["options"].reverse()


def lose_exclusive(content, fields):
    fields["publics"]["options"][3]["exclusive"] = False


def drop_cell(content, fields):
    fields["inscrits"]["cells_mm"].pop()


def into_the_fold(content, fields):
    fields["visa"]["box_mm"][0] = 11.0


def into_the_band(content, fields):
    fields["visa"]["box_mm"][1] = 170.0


def onto_another(content, fields):
    fields["visa"]["box_mm"] = fields["remarques"]["box_mm"]


def other_type(content, fields):
    fields["visa"]["type"] = "text"


def other_version(content, fields):
    content["version"] = "2.0"


def lose_page(content, fields):
    content["pages"].pop()


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (drop_field, "visa"),
        (rename_field, "tampon"),
        (swap_options, "inscription"),
        (lose_exclusive, "publics"),
        (drop_cell, "inscrits"),
        (into_the_fold, "visa"),
        (into_the_band, "visa"),
        (onto_another, "remarques"),
        (other_type, "visa"),
        (other_version, "form"),
        (lose_page, "pages"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_layout_that_does_not_fit_its_definition(folder, change, key):
    changed_layout(folder, change)
    assert key in refused(folder).evidence["keys"]


def test_a_box_on_a_quiet_zone(folder):
    def over_the_code(content, fields):
        content["stamp"]["codes_mm"][1] = [*fields["visa"]["box_mm"][:2], 8, 8]

    changed_layout(folder, over_the_code)
    assert "visa" in refused(folder).evidence["keys"]


def test_a_released_layout_never_changes(folder):
    (folder / "released.toml").write_text(f'layout_sha256 = "{"0" * 64}"\n', encoding="utf-8")
    assert refused(folder).evidence["keys"] == ("layout_sha256",)


@given(st.integers(min_value=0, max_value=len(TEXT) - 1))
def test_a_truncated_file_is_a_form_error_or_a_form(tmp_path_factory, length):
    """Whatever is cut, the fault is told as a form error, never as a crash."""
    path = tmp_path_factory.mktemp("cut") / "form.toml"
    path.write_text(TEXT[:length], encoding="utf-8")
    try:
        load_definition(path)
    except FormError as error:
        assert re.search(r"form\.toml", error.message)
