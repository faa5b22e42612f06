"""What is drawn is what is published, and nothing is printed where people or machines write."""

import importlib
import itertools
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pikepdf
import pytest

from pipeline.compose.geometry import layout_text, publish_layout
from pipeline.compose.publish import main, release
from pipeline.compose.typeset import blank_pages, blanks_path, kept_blanks, rest_blanks, typeset
from pipeline.define import load_form
from pipeline.errors import FormError
from pipeline.model.form import PublishedForm
from pipeline.model.layout import Box, FieldBox, PageLayout
from pipeline.model.scan import PX_PER_MM

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [
    ROOT / "forms/carnet/2026.1",
    ROOT / "forms/volet_nominatif/2026.1",
    ROOT / "tests/forms/atelier/1.0",
]
ATELIER = FOLDERS[2]
SMALLEST_TEXT_PT = 11.5
TICK_GAP_MM = 2.0
CELL_GAP_MM = 1.0


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.parent.name)
def form(request) -> PublishedForm:
    return load_form(request.param)


def boxes_of(field: FieldBox) -> list[Box]:
    return [option.box for option in field.options] + list(field.cells) + ([field.box] if field.box else [])


def crop(page: np.ndarray, box: Box) -> np.ndarray:
    left, top, right, bottom = (side * PX_PER_MM for side in (box.x, box.y, box.right, box.bottom))
    return page[round(top) : round(bottom), round(left) : round(right)]


def test_the_committed_layout_is_what_is_drawn(form):
    committed = (form.folder / "layout.json").read_text(encoding="utf-8")
    drawn, known = publish_layout(form.folder), json.loads(committed)
    assert [page["number"] for page in drawn["pages"]] == [page["number"] for page in known["pages"]]
    for page, other in zip(drawn["pages"], known["pages"], strict=True):
        assert _without_places(page) == _without_places(other)
        np.testing.assert_allclose(_places(page), _places(other), atol=0.05)
    assert layout_text(known) == committed


def _without_places(value):
    if isinstance(value, dict):
        return {key: _without_places(child) for key, child in value.items() if not key.endswith("_mm")}
    return [_without_places(child) for child in value] if isinstance(value, list) else value


def _places(page) -> list[list[float]]:
    found = []
    for field in page["fields"]:
        found += [option["box_mm"] for option in field.get("options", [])]
        found += field.get("cells_mm", []) + ([field["box_mm"]] if "box_mm" in field else [])
    return found


def test_a_field_is_published_as_the_contract_says():
    fields = {field["name"]: field for page in publish_layout(FOLDERS[0])["pages"] for field in page["fields"]}
    public = fields["prof_public"]
    assert list(public) == ["name", "type", "multiple", "options"]
    assert list(public["options"][0]) == ["value", "box_mm", "exclusive"]
    arrondissement = fields["prof_arrondissement"]
    assert {key: arrondissement[key] for key in ("alphabet", "kind", "min", "max")} == {
        "alphabet": "digits",
        "kind": "integer",
        "min": 0,
        "max": 20,
    }
    assert [fields[name]["format"] for name in ("act01_date", "str1_depuis", "act01_duree")] == [
        "DDMMYY",
        "MMYYYY",
        "HHMM",
    ]
    assert len(fields["act01_mission"]["values"]) == 10
    assert fields["ref_top2"]["distinct_from"] == ["ref_top1", "ref_top3"]
    assert fields["act01_texte"]["lines"] == 1
    assert [fields[f"att1_{name}"]["type"] for name in ("signature", "signataire")] == ["signature", "masked"]
    assert fields["ref_formation"]["options"][0]["exclusive"]


def test_the_pdf_is_tagged_and_has_every_page(form, tmp_path):
    target = tmp_path / "form.pdf"
    target.write_bytes(typeset(form))
    with pikepdf.open(target) as pdf:
        assert len(pdf.pages) == len(form.definition.pages)
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith("fr")
        for page in pdf.pages:
            width, height = (float(side) / 72 * 25.4 for side in page.mediabox[2:])
            assert (width, height) == pytest.approx((148, 210), abs=0.01)


def test_the_same_form_gives_the_same_bytes():
    form = load_form(ATELIER)
    assert typeset(form) == typeset(form)


def test_no_text_is_smaller_than_a_tired_eye_reads(form, tmp_path):
    target = tmp_path / "form.pdf"
    target.write_bytes(typeset(form))
    with pikepdf.open(target) as pdf:
        sizes = {
            round(float(operands[1]), 2)
            for page in pdf.pages
            for operands, operator in pikepdf.parse_content_stream(page)
            if str(operator) == "Tf"
        }
    assert min(sizes) >= SMALLEST_TEXT_PT


def test_blanks_lie_on_the_canonical_grid(form):
    pages = blank_pages(form)
    assert list(pages) == [page.number for page in form.definition.pages]
    assert {page.shape for page in pages.values()} == {(1240, 874)}
    assert blank_pages(form) is pages


def test_nothing_is_printed_inside_a_box_and_its_outline_is_where_it_is_said_to_be(form):
    for page in form.layout.pages:
        blank = blank_pages(form)[page.number]
        for field in page.fields:
            for box in boxes_of(field):
                assert crop(blank, box.grown(-0.4)).min() == 255, field.name
                middle_y = round((box.y + box.h / 2) * PX_PER_MM - 0.5)
                for edge in (box.x, box.right):
                    strip = blank[middle_y, round((edge - 0.5) * PX_PER_MM) : round((edge + 0.5) * PX_PER_MM)]
                    ink = 255.0 - strip
                    assert ink.sum() > 100, field.name
                    start = round((edge - 0.5) * PX_PER_MM)
                    centre = (np.arange(len(strip)) + start + 0.5) @ ink / ink.sum() / PX_PER_MM
                    assert centre == pytest.approx(edge, abs=0.05), field.name


def test_machine_zones_stay_white(form):
    stamp = form.layout.stamp
    reserved = [marker.grown(2.0) for marker in stamp.markers]
    reserved += [code.grown(1.5) for code in stamp.codes] + list(stamp.numbers)
    for number, blank in blank_pages(form).items():
        for zone in reserved:
            assert crop(blank, zone).min() == 255, (number, zone)


def test_nothing_is_printed_beside_the_content(form):
    for number, blank in blank_pages(form).items():
        margin = round(11.8 * PX_PER_MM)
        assert blank[:, :margin].min() == 255, number
        assert blank[:, -margin:].min() == 255, number


def _pairs(page: PageLayout):
    return itertools.combinations([(field, box) for field in page.fields for box in boxes_of(field)], 2)


def test_elements_stand_apart(form):
    for page in form.layout.pages:
        for (field, box), (other, second) in _pairs(page):
            gap = CELL_GAP_MM if field.name == other.name and field.type == "comb" else TICK_GAP_MM
            if "comb" in (field.type, other.type) and field.name != other.name:
                gap = CELL_GAP_MM
            assert not box.grown(gap - 0.01).overlaps(second), (page.number, field.name, other.name)


def test_sizes_of_boxes_and_cells(form):
    for page in form.layout.pages:
        for field in page.fields:
            assert {(option.box.w, option.box.h) for option in field.options} <= {(5.0, 5.0)}
            assert {(cell.w, cell.h) for cell in field.cells} <= {(5.0, 7.0)}
            lefts = [cell.x for cell in field.cells]
            assert all(b - a >= 6 - 0.001 for a, b in itertools.pairwise(lefts))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    target = tmp_path / "atelier" / "1.0"
    shutil.copytree(ATELIER, target)
    return target


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_typography_that_moved_since_the_layout_was_frozen_is_not_printed(copied):
    replace_in(copied / "form.typ", '  v(8mm)\n  ask("visa"', '  v(9mm)\n  ask("visa"')
    with pytest.raises(FormError) as caught:
        typeset(load_form(copied))
    assert caught.value.evidence["moved"] == ("visa",)


def test_a_text_that_overflows_is_refused(copied):
    replace_in(copied / "form.typ", 'writing("remarques", 124mm, 40mm)', 'writing("remarques", 124mm, 140mm)')
    with pytest.raises(FormError) as caught:
        publish_layout(copied)
    assert "overflows" in str(caught.value.evidence["diagnostic"])


def test_a_page_left_out_is_refused(copied):
    path = copied / "form.typ"
    path.write_text(path.read_text(encoding="utf-8").split("#page-of(4,")[0], encoding="utf-8")
    with pytest.raises(FormError) as caught:
        publish_layout(copied)
    assert (caught.value.evidence["printed"], caught.value.evidence["wanted"]) == (3, 4)


def test_a_fault_of_the_typography_is_told(copied):
    replace_in(copied / "form.typ", 'inline("inscrits"', 'inline("inscriptions"')
    with pytest.raises(FormError) as caught:
        publish_layout(copied)
    assert "inscriptions" in caught.value.message


def test_a_released_layout_is_not_written_again(copied, capsys):
    assert main([str(copied)]) == 0
    release(copied)
    assert load_form(copied).key == ("atelier", "1.0")
    before = (copied / "layout.json").read_bytes()
    assert main([str(copied)]) == 3
    assert "version" in capsys.readouterr().err
    assert (copied / "layout.json").read_bytes() == before


@pytest.mark.parametrize("folder", FOLDERS[:2], ids=lambda folder: folder.parent.name)
def test_forms_in_service_are_released(folder):
    """Loading checks the digest; without the release, a layout could change unseen."""
    assert (folder / "released.toml").is_file()


def test_no_sentence_stands_in_the_typography():
    """Strings of a form's typst files are names and codes; words come from the TOML (the note is no form)."""
    files = [path for path in sorted((ROOT / "pipeline/compose/typst").glob("*.typ")) if path.name != "note.typ"]
    files += [path for folder in FOLDERS for path in sorted(folder.glob("*.typ"))]
    for path in files:
        code = "\n".join(line.split("//")[0] for line in path.read_text(encoding="utf-8").splitlines())
        for literal in re.findall(r'"([^"]*)"', code):
            allowed = literal == "Atkinson Hyperlegible" or re.search(r"not in form.toml|overflows|^page $", literal)
            assert allowed or " " not in literal.strip(), (path.name, literal)
        assert not re.search(r"[À-ÿ]", code), path.name


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_french_typography(folder):
    lines = (folder / "form.toml").read_text(encoding="utf-8").splitlines()
    strings = [text for line in lines if not line.startswith("#") for text in re.findall(r'"([^"]*)"', line)]
    assert strings
    for text in strings:
        assert "'" not in text, text
        assert not re.search(r" [:;!?»]|« ", text), text
        assert not re.search(r"(?<![0-9\u00a0])[;!?»](?<!\u00a0.)", text), text


def test_kept_blanks_are_the_rendered_ones_and_survive_a_torn_file(form, tmp_path):
    drawn = blank_pages(form)
    path = blanks_path(form, tmp_path)
    assert not path.exists()
    for tear in (False, True):
        if tear:
            path.write_bytes(path.read_bytes()[:5000])
            importlib.import_module("pipeline.compose.typeset")._mapped.clear()
        kept = kept_blanks(form, tmp_path)
        assert list(kept) == list(drawn)
        assert all((kept[number] == drawn[number]).all() for number in drawn)
    assert kept_blanks(form, tmp_path)[1] is kept[1]
    rest_blanks()
    assert all((kept[number] == drawn[number]).all() for number in drawn)


def test_blanks_at_rest_take_no_memory(form, tmp_path):
    kept = kept_blanks(form, tmp_path)
    size = sum(page.nbytes for page in kept.values())
    rest_blanks()
    before = _resident_bytes()
    assert sum(int(page.sum()) for page in kept.values())
    looked_at = _resident_bytes()
    rest_blanks()
    assert looked_at - before > 0.8 * size
    assert _resident_bytes() - before < 0.2 * size


def _resident_bytes() -> int:
    """Pages of files that this process holds in memory."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssFile")) * 1024
