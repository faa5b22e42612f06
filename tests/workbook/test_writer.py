"""Sheets as Excel finds them."""

import datetime
import subprocess
import warnings
import zipfile

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from pipeline.workbook import Cell, Column, DropDown, Line, Picture, Prose, Sheet, write_workbook
from pipeline.workbook.cells import TEXT_MAX, clean

NOW = datetime.datetime(2026, 11, 22, 9, 30)
COLUMNS = (
    Column(header="Clé (cle)"),
    Column(header="Texte (texte)", kind="prose", width=20),
    Column(header="Heures (h)", kind="hours"),
    Column(header="Date (d)", kind="date"),
    Column(header="Mois (m)", kind="month"),
    Column(header="Coché (c)", kind="flag"),
    Column(header="État (e)", kind="state", level=1),
    Column(header="Réponse (r)", kind="typed"),
)
ROW = ("C1", "bonjour", 2.5, datetime.date(2026, 3, 12), datetime.date(2019, 9, 1), 1, "lu", None)


def sheet(*rows, **more):
    given_ = {"name": "Essai", "table": "t_essai", "columns": COLUMNS, "rows": rows, "length": len(rows)}
    return Sheet(**(given_ | more))


def write(path, *sheets, **more):
    write_workbook(path, sheets, made_at=NOW, title="Essai", **more)
    return load_workbook(path)


def test_a_native_table_with_its_header_in_view(tmp_path):
    found = write(tmp_path / "a.xlsx", sheet(ROW, ROW))["Essai"]
    table = found.tables["t_essai"]
    assert table.ref == "A1:H3"
    assert [column.name for column in table.tableColumns] == [column.header for column in COLUMNS]
    assert table.autoFilter.ref == "A1:H3"
    assert found.freeze_panes == "B2"
    assert found.print_title_rows == "$1:$1"
    assert (found.page_setup.orientation, found.page_setup.fitToWidth) == ("landscape", 1)


def test_values_have_their_types_and_formats(tmp_path):
    row = write(tmp_path / "a.xlsx", sheet(ROW))["Essai"][2]
    assert [cell.data_type for cell in row[:6]] == ["s", "s", "n", "d", "d", "n"]
    assert [cell.number_format for cell in row[2:6]] == ["0.00", "dd/mm/yyyy", "mm/yyyy", "0"]
    assert row[3].value == datetime.datetime(2026, 3, 12)
    assert row[7].number_format == "@"


def test_states_are_folded_away(tmp_path):
    found = write(tmp_path / "a.xlsx", sheet(ROW))["Essai"]
    assert found.column_dimensions["G"].hidden
    assert found.column_dimensions["G"].outlineLevel == 1


@pytest.mark.parametrize("text", ["=1+1", "+33", "-5", "@x", "\tx", "#N/A", "=cmd|' /C calc'!A0", "'=1"])
def test_text_stays_text(tmp_path, text):
    cell = write(tmp_path / "a.xlsx", sheet(("C1", text, *ROW[2:])))["Essai"]["B2"]
    assert (cell.data_type, cell.value) == ("s", text)
    assert cell.quotePrefix == text.startswith(("=", "+", "-", "@", "\t", "'"))


def test_a_header_that_a_person_typed_stays_text_too(tmp_path):
    columns = (*COLUMNS[:1], Column(header="=cmd|' /C calc'!A0", kind="typed"))
    cell = write(tmp_path / "a.xlsx", sheet(("C1", None), columns=columns))["Essai"]["B1"]
    assert (cell.data_type, cell.value) == ("s", "=cmd|' /C calc'!A0")


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=40))
def test_any_text_can_be_written(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "a.xlsx"
    cell = write(path, sheet(("C1", text, *ROW[2:])))["Essai"]["B2"]
    assert cell.data_type in {"s", "n"}  # n: an empty cell
    assert (cell.value or "") == clean(text)


def test_an_endless_text_is_cut_and_says_so():
    kept = clean("a" * 40_000)
    assert len(kept) == TEXT_MAX
    assert kept.endswith("(texte coupé)")


def test_an_empty_table_is_still_a_table(tmp_path):
    assert write(tmp_path / "a.xlsx", sheet())["Essai"].tables["t_essai"].ref == "A1:H2"


def test_rows_beyond_the_limit_are_left_out(tmp_path):
    found = write(tmp_path / "a.xlsx", sheet(*[ROW] * 10), rows_max=5)["Essai"]
    assert found.max_row == 5
    assert found.tables["t_essai"].ref == "A1:H5"


def test_the_look_of_an_empty_cell_says_why(tmp_path):
    looks = ("review", "absent", "illegible")
    found = write(tmp_path / "a.xlsx", sheet(*[(Cell(value=None, look=look), *ROW[1:]) for look in looks]))["Essai"]
    patterns = [found.cell(row=n, column=1).fill.patternType for n in (2, 3, 4)]
    assert len(set(patterns)) == 3
    assert "solid" not in patterns


def test_lists_propose_and_never_forbid(tmp_path):
    answers = ("1 – Solidarité, entraide", "vide", "illisible")
    drop = DropDown(column=7, options=answers, rows=(0, 1, 3), prompt="Choisissez.")
    book = write(tmp_path / "a.xlsx", sheet(*[ROW] * 4, drop_downs=(drop,)))
    (validation,) = book["Essai"].data_validations.dataValidation
    assert str(validation.sqref) == "H2:H3 H5"
    assert not validation.showErrorMessage
    assert validation.formula1 == "Listes!$A$1:$A$3"
    assert [cell.value for cell in book["Listes"]["A"]] == list(answers)
    assert book["Listes"].sheet_state == "hidden"


def test_pictures_stand_in_their_rows(tmp_path):
    content = cv2.imencode(".png", np.full((30, 60), 128, np.uint8))[1].tobytes()
    picture = Picture(row=1, column=0, content=content, width_px=60, height_px=30)
    path = tmp_path / "a.xlsx"
    book = write(path, sheet(ROW, ROW, pictures=(picture,), heights={1: 60.0}))
    (found,) = book["Essai"]._images
    assert found.anchor._from.row == 2
    assert book["Essai"].row_dimensions[3].height == 60
    with zipfile.ZipFile(path) as archive:
        assert archive.read("xl/media/image1.png") == content


def test_long_texts_get_the_height_that_they_need(tmp_path):
    found = write(tmp_path / "a.xlsx", sheet(ROW, ("C1", "mot " * 40, *ROW[2:])))["Essai"]
    assert found.row_dimensions[2].height is None
    assert found.row_dimensions[3].height > 60


def test_a_page_to_read(tmp_path):
    lines = (
        Line(style="title", left="Titre"),
        Line(style="figure", left="Carnets", right=12),
        Line(style="link", left="Essai", right="La feuille"),
    )
    found = write(tmp_path / "a.xlsx", Prose(name="LisezMoi", lines=lines), sheet(ROW))["LisezMoi"]
    assert found["B2"].value == 12
    assert found["A3"].hyperlink.location == "'Essai'!A1"
    assert not found.tables


def test_writing_warns_of_nothing(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write(tmp_path / "a.xlsx", sheet(ROW))


@pytest.mark.slow
def test_libreoffice_opens_it(tmp_path):
    path, again = tmp_path / "a.xlsx", tmp_path / "again"
    write(path, sheet(ROW, ("C2", "=1+1", *ROW[2:])))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(again), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    found = load_workbook(again / "a.xlsx")["Essai"]
    assert found.tables["t_essai"].ref == "A1:H3"
    assert found["D2"].value == datetime.datetime(2026, 3, 12)
    assert (found["B3"].value, found["B3"].data_type) == ("=1+1", "s")
