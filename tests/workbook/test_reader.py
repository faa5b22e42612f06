import datetime
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from pipeline.errors import InputError
from pipeline.workbook.reader import plain, read_table

KNOWN = ("prenom", "nom", "lot")


def rows(table):
    return [(row.line, row.cells) for row in table.rows]


def save(path, *lines, sheets=1):
    book = Workbook()
    for place in range(1, sheets):
        book.create_sheet(f"Vide {place}", 0)
    for line in lines:
        book.worksheets[-1].append(line)
    book.save(path)
    return path


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_csv_of_any_office(tmp_path, separator, encoding, ending):
    path = tmp_path / "participants.csv"
    text = ending.join(["Prénom;Nom", "Zoé;Œuvre", "Léa;d’Été", ""]).replace(";", separator)
    path.write_bytes(text.encode(encoding))
    table = read_table(path, KNOWN)
    assert table.columns == ("Prénom", "Nom")
    assert rows(table) == [(2, ("Zoé", "Œuvre")), (3, ("Léa", "d’Été"))]


def test_lines_are_those_of_the_file(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text('Liste 2026;\n\nNom;Lot\n"Sur\ndeux lignes";A\n;\nDupré;B;de trop\n;;\n', "utf-8")
    table = read_table(path, KNOWN)
    assert table.columns == ("Nom", "Lot", "")
    assert rows(table) == [
        (4, ("Sur deux lignes", "A", "")),
        (5, ("", "", "")),
        (6, ("", "", "")),
        (7, ("Dupré", "B", "de trop")),
    ]
    assert [row.is_empty for row in table.rows] == [False, True, True, False]


def test_a_separator_told_by_excel(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("sep=,\nNom,Lot\nDupré;Durand,B\n", "utf-8")
    assert rows(read_table(path)) == [(3, ("Dupré;Durand", "B"))]


def test_a_workbook_keeps_its_line_numbers_and_types(tmp_path):
    path = save(
        tmp_path / "p.xlsx",
        ["Participants du forum"],
        [],
        ["PRÉNOM ", " Nom", "Lot"],
        ["Zoé", None, 12.0],
        [None, None, None],
        ["Léa", "=1+1", datetime.datetime(2026, 3, 2)],
        sheets=2,
    )
    table = read_table(path, KNOWN)
    assert table.columns == ("PRÉNOM", "Nom", "Lot")
    assert rows(table) == [(4, ("Zoé", "", "12")), (5, ("", "", "")), (6, ("Léa", "", "2026-03-02"))]


def test_headings_are_compared_without_case_accents_and_spaces():
    assert plain("  PRÉNOM ") == plain("Pre\u0301nom") == plain("prénom*") == "prenom"
    assert plain("Public_cible\u00a0:") == "public cible"


@given(st.text())
def test_a_plain_heading_is_its_own_plain_form(text):
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("vide.csv", b""),
        ("blancs.csv", b" \r\n ;;\r\n"),
        ("abime.xlsx", b"PK\x03\x04 coupe"),
        ("renomme.xlsx", "Nom;Lot\nDupré;A\n".encode()),
        ("protege.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600)),
        ("image.csv", b"\x89PNG\r\n\x1a\n\0\0\0"),
    ],
)
def test_what_is_no_table_is_refused_by_name(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_table(path)
    assert caught.value.evidence["file"] == str(path)


def test_another_zip_file_is_refused(tmp_path):
    path = tmp_path / "texte.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<x/>")
    with pytest.raises(InputError):
        read_table(path)


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir()])
def test_a_missing_file_and_a_folder_are_refused(tmp_path, make):
    make(tmp_path / "p.csv")
    with pytest.raises(InputError):
        read_table(tmp_path / "p.csv")
