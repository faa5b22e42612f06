import datetime
import zipfile
from dataclasses import replace

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from pipeline.errors import InputError, OutputError
from pipeline.model.identity import carnet_number
from pipeline.model.result import RegisterEntry
from pipeline.workbook.registre import LotEntry, UnreadCell, add_to_registre, check_registre, read_registre

ENTRY = RegisterEntry(
    carnet="26-004271-20",
    form="carnet",
    version="2026.1",
    variant="gros_caracteres",
    printed_on="2026-03-02",
    lot="Forum",
    canal="FORUM",
    public="BEN",
)


def entry(serial, **changes):
    return replace(ENTRY, carnet=carnet_number(26, serial), **changes)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "registre.xlsx"


def test_what_is_written_is_read_back(path):
    entries = (ENTRY, entry(1, lot="", variant="standard"), entry(2, canal="=A1", remarque="-1", public=""))
    add_to_registre(path, entries)
    found = read_registre(path)
    assert found.entries == entries
    assert found.lots == (LotEntry(lot="Forum", printed=2, handed_out=None, returned=None, remark=""),)
    assert found.unread == ()


def test_sheets_that_are_no_carnets_are_counted_in_no_lot(path):
    add_to_registre(path, [ENTRY, entry(1, form="volet_nominatif")], {"volet_nominatif"})
    found = read_registre(path)
    assert [one.form for one in found.entries] == [ENTRY.form, "volet_nominatif"]
    assert [(lot.lot, lot.printed) for lot in found.lots] == [("Forum", 1)]


def test_a_missing_register_is_empty(path):
    assert read_registre(path).entries == ()


def test_it_is_a_sheet_that_staff_can_work_with(path):
    add_to_registre(path, [ENTRY, entry(1)])
    book = load_workbook(path)
    assert book.sheetnames == ["Registre", "Lots"]
    sheet = book["Registre"]
    assert [cell.value for cell in sheet[1]] == [
        "Numéro", "Forme", "Version", "Variante", "Lot", "Canal", "Public",
        "Imprimé le", "Remis le", "Rendu le", "Remarque",
    ]  # fmt: skip
    assert [cell.value for cell in book["Lots"][1]] == ["Lot", "Imprimés", "Remis", "Rendus", "Remarque"]
    assert sheet.freeze_panes == "B2"
    assert sheet.tables["t_registre"].ref == "A1:K3"
    assert book["Lots"].tables["t_lots"].ref == "A1:E2"
    assert sheet["H2"].value == datetime.datetime(2026, 3, 2)
    assert {sheet[f"{column}3"].number_format for column in "HIJ"} == {"dd/mm/yyyy"}
    assert sheet["A2"].number_format == "@"


def typed_in(path):
    """A register as a busy office leaves it."""
    book = load_workbook(path)
    sheet, lots = book["Registre"], book["Lots"]
    sheet["I2"], sheet["J2"] = datetime.date(2026, 4, 1), "3/6/26"
    sheet["K2"] = "Rendu par Mme l'hôtesse\nsans enveloppe"
    sheet["K2"].comment = Comment("à rappeler", "accueil")
    sheet["K3"].fill = PatternFill("solid", fgColor="FFFFFF00")
    sheet["L1"], sheet["L2"] = "Étagère", 12
    sheet["A6"] = "Carton 2 : rien dedans"
    lots["C2"], lots["D2"], lots["E2"] = 40, "une dizaine", "salle des fêtes"
    lots["B2"] = 48
    book.create_sheet("Mes notes")["B2"] = "ne pas perdre"
    book.save(path)


def test_nothing_that_staff_typed_is_lost_when_rows_are_added(path):
    add_to_registre(path, [ENTRY, entry(1)])
    typed_in(path)
    before = {
        (sheet.title, cell.coordinate): cell.value for sheet in load_workbook(path) for row in sheet for cell in row
    }
    add_to_registre(path, [ENTRY, entry(1), entry(2, lot="Autre"), entry(3)])
    book = load_workbook(path)
    after = {(sheet.title, cell.coordinate): cell.value for sheet in book for row in sheet for cell in row}
    assert after.pop(("Lots", "B2")) == before.pop(("Lots", "B2")) + 1
    assert {key: after[key] for key, value in before.items() if value is not None} == {
        key: value for key, value in before.items() if value is not None
    }
    assert book["Registre"]["K2"].comment.text == "à rappeler"
    assert book["Registre"]["K3"].fill.fgColor.rgb == "FFFFFF00"
    assert [book["Registre"][f"A{line}"].value for line in (7, 8)] == [entry(2).carnet, entry(3).carnet]
    assert book["Registre"].tables["t_registre"].ref == "A1:K8"
    assert [cell.value for cell in book["Lots"][3]] == ["Autre", 1, None, None, None]


def test_what_staff_typed_is_understood(path):
    add_to_registre(path, [ENTRY, entry(1)])
    typed_in(path)
    found = read_registre(path)
    assert (found.entries[0].remis_le, found.entries[0].rendu_le) == ("2026-04-01", "2026-06-03")
    assert found.entries[0].remarque == "Rendu par Mme l'hôtesse sans enveloppe"
    assert found.lots == (LotEntry(lot="Forum", printed=48, handed_out=40, returned=None, remark="salle des fêtes"),)
    assert found.unread == (
        UnreadCell(sheet="Registre", line=6, heading="Numéro"),
        UnreadCell(sheet="Lots", line=2, heading="Rendus"),
    )


def test_columns_may_be_moved_and_removed(path):
    book = Workbook()
    book.active.title = "Registre 2026"
    for line in (
        ["Suivi des carnets"],
        [],
        ["Remis le", "NUMERO", "à moi", "forme"],
        ["avril", ENTRY.carnet, "x", "carnet"],
    ):
        book.active.append(line)
    book.save(path)
    add_to_registre(path, [ENTRY, entry(1)])
    sheet = load_workbook(path)["Registre 2026"]
    assert [cell.value for cell in sheet[4]] == ["avril", ENTRY.carnet, "x", "carnet"]
    assert [cell.value for cell in sheet[5]] == [None, entry(1).carnet, None, "carnet"]
    found = read_registre(path)
    assert [found.carnet for found in found.entries] == [ENTRY.carnet, entry(1).carnet]
    assert found.entries[0].remis_le == "avril"
    assert UnreadCell(sheet="Registre", line=4, heading="Remis le") in found.unread


def test_a_register_that_was_thrown_away_is_made_again(path):
    add_to_registre(path, [ENTRY])
    path.unlink()
    add_to_registre(path, [replace(ENTRY, remis_le="2026-04-01", rendu_le="juin"), entry(1)])
    assert [(e.carnet, e.remis_le, e.rendu_le) for e in read_registre(path).entries] == [
        (ENTRY.carnet, "2026-04-01", "juin"),
        (entry(1).carnet, "", ""),
    ]


def with_part(path, name):
    """The workbook with one more part, of a kind that openpyxl drops."""
    parts = {}
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in {**parts, name: b"<x/>"}.items():
            archive.writestr(part, content)


def test_a_copy_is_kept_when_something_cannot_be_written_back(path):
    add_to_registre(path, [ENTRY])
    with_part(path, "xl/threadedComments/threadedComment1.xml")
    before = path.read_bytes()
    kept = add_to_registre(path, [entry(1)])
    assert kept == path.with_name("registre-copie-1.xlsx")
    assert kept.read_bytes() == before
    assert add_to_registre(path, [entry(2)]) is None


def test_a_chart_goes_back_into_the_file(path):
    add_to_registre(path, [ENTRY])
    book = load_workbook(path)
    chart = BarChart()
    chart.add_data(Reference(book["Lots"], min_col=2, min_row=1, max_row=2))
    book["Lots"].add_chart(chart, "H2")
    book.save(path)
    assert add_to_registre(path, [entry(1)]) is None
    with zipfile.ZipFile(path) as archive:
        assert "xl/charts/chart1.xml" in archive.namelist()


def test_nothing_new_leaves_the_file_alone(path):
    add_to_registre(path, [ENTRY])
    before = path.stat().st_ino, path.read_bytes()
    add_to_registre(path, [ENTRY])
    assert (path.stat().st_ino, path.read_bytes()) == before


@pytest.mark.parametrize("mark", [".~lock.registre.xlsx#", "~$registre.xlsx"])
def test_a_register_open_elsewhere_is_left_alone(path, mark):
    add_to_registre(path, [ENTRY])
    before = path.read_bytes()
    path.with_name(mark).write_text("quelqu'un")
    for attempt in (lambda: check_registre(path), lambda: add_to_registre(path, [entry(1)])):
        with pytest.raises(OutputError) as caught:
            attempt()
        assert mark in caught.value.message
    assert path.read_bytes() == before


def test_a_damaged_register_is_left_alone(path):
    path.write_bytes(b"PK\x03\x04 coupe")
    for attempt in (lambda: check_registre(path), lambda: add_to_registre(path, [ENTRY])):
        with pytest.raises(OutputError) as caught:
            attempt()
        assert caught.value.evidence["file"] == str(path)
    with pytest.raises(InputError):
        read_registre(path)
    assert path.read_bytes() == b"PK\x03\x04 coupe"


def test_headings_that_were_overwritten_are_told(path):
    add_to_registre(path, [ENTRY])
    book = load_workbook(path)
    book["Registre"]["A1"] = "?"
    book.save(path)
    with pytest.raises(OutputError) as caught:
        check_registre(path)
    assert caught.value.evidence["sheet"] == "Registre"


def test_a_crash_while_writing_leaves_the_file_whole(path, monkeypatch):
    add_to_registre(path, [ENTRY])
    before = path.read_bytes()

    def fail(target, content):
        target.write_bytes(content[:100])
        raise OSError(28, "plus de place")

    monkeypatch.setattr("pipeline.workbook.registre._put", fail)
    with pytest.raises(OutputError):
        add_to_registre(path, [entry(1)])
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
