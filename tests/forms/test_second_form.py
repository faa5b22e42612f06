"""A form of another shape goes all the way round: no line of Python knows it."""

import csv
from pathlib import Path

import cv2
import numpy as np
import openpyxl
import pdf2image
import pytest
from PIL import Image

from pipeline.cli import main
from pipeline.define import load_form
from pipeline.model.layout import Box
from pipeline.rehearse.glyphs import DIGITS, smooth
from pipeline.store import open_store

pytestmark = pytest.mark.slow

FORMS = Path(__file__).parent
DPI = 300
PX = DPI / 25.4
TICKED = {
    "publics": ("ENF", "ADU"),
    "inscription": ("OBL",),
    "mat01_avant": ("1",),
    "mat01_apres": ("3",),
    "mat04_apres": ("2",),
    "satisfaction": ("3",),
}
WRITTEN = {
    "inscrits": "123",
    "ouverture": "12092026",
    "sea01_jour": "010926",
    "sea01_presents": "12",
    "sea01_genre": "2",
    "sea01_duree": "0230",
    "achat": "032019",
}
VALUES = {
    "publics": "ENF|ADU",
    "inscription": "OBL",
    "mat01_avant": "1",
    "mat01_apres": "3",
    "mat04_apres": "2",
    "satisfaction": "3",
    "inscrits": "123",
    "ouverture": "2026-09-12",
    "sea01_presents": "12",
    "sea01_genre": "2",
    "sea01_duree": "2.5",
    "achat": "2019-03",
}


def draw_line(page: np.ndarray, points_mm: np.ndarray) -> None:
    points = np.round(points_mm * PX * 16).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(page, [points], False, 40, 5, cv2.LINE_AA, shift=4)


def draw_cross(page: np.ndarray, box: Box) -> None:
    inner = box.grown(-0.6)
    draw_line(page, np.array([[inner.x, inner.y], [inner.right, inner.bottom]]))
    draw_line(page, np.array([[inner.right, inner.y], [inner.x, inner.bottom]]))


def draw_digit(page: np.ndarray, cell: Box, digit: str) -> None:
    shape = DIGITS[digit][0]
    height = 4.6
    width = height * shape.aspect
    corner = np.array([cell.centre[0] - width / 2, cell.centre[1] - height / 2])
    for stroke in shape.strokes:
        draw_line(page, smooth(stroke) * [width, height] + corner)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("atelier")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARNET_FORMES", str(FORMS))
        order = ["imprimer", "--forme", "atelier", "--quantite", "1", "--imposition", "a5", "--graine", "5"]
        assert main([*order, "--sortie", str(folder / "print"), "--dossier", str(folder / "d")]) == 0
        sides = pdf2image.convert_from_path(folder / "print/carnets.pdf", dpi=DPI, grayscale=True)
        scans = folder / "scans"
        scans.mkdir()
        for page, side in zip(load_form(FORMS / "atelier/1.0").layout.pages, sides, strict=True):
            pixels = np.array(side)
            for field in page.fields:
                for option in field.options:
                    if option.value in TICKED.get(field.name, ()):
                        draw_cross(pixels, option.box)
                for cell, digit in zip(field.cells, WRITTEN.get(field.name, ""), strict=False):
                    draw_digit(pixels, cell, digit)
                if field.name == "visa" and field.box is not None:
                    draw_cross(pixels, field.box.grown(-8))
            Image.fromarray(pixels).save(scans / f"face{page.number}.png", dpi=(DPI, DPI))
        read = ["lire", str(scans), "--dossier", str(folder / "d"), "--date-numerisation", "2026-11-18"]
        assert main(read) == 0
        assert main(["consolider", "--dossier", str(folder / "d")]) == 0
    return folder / "d"


def rows(campaign: Path, name: str) -> list[dict[str, str]]:
    with (campaign / "export" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_every_page_is_placed(campaign):
    assert [(row["disposition"], row["form"], row["page"]) for row in rows(campaign, "pages.csv")] == [
        ("placed", "atelier", str(number)) for number in range(1, 5)
    ]


def test_answers_are_read_and_none_is_silently_wrong(campaign):
    found = {row["field"]: row for row in rows(campaign, "lectures.csv")}
    accepted = {name: found[name]["value"] for name in VALUES if found[name]["status"] == "accepted"}
    assert accepted == {name: VALUES[name] for name in accepted}
    assert len(accepted) >= len(VALUES) - 2
    assert found["visa"]["raw"] == "present"
    assert "animateur" not in found
    untouched = {name for name, row in found.items() if row["status"] == "blank"}
    assert untouched >= {"salle", "reference", "remarques", "mat02_avant", "sea05_jour"}


def test_the_workbook_has_the_tables_of_this_form(campaign):
    book = openpyxl.load_workbook(campaign / "analyse.xlsx")
    assert {"Seances", "Materiel", "Carnets", "Dictionnaire"} <= set(book.sheetnames)
    assert "Actions" not in book.sheetnames
    sessions = list(book["Seances"].values)
    assert len([row for row in sessions[1:] if any(row)]) == 1
    with open_store(campaign) as store:
        assert len(store.printed_numbers()) == 1
