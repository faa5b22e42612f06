"""``carnet consolider`` as staff see it."""

import pytest
from openpyxl import load_workbook

from pipeline.cli import main
from pipeline.store import open_store
from pipeline.workbook.registre import add_to_registre
from tests.cli.campaign import entry


@pytest.mark.slow
def test_a_cell_of_the_register_that_is_no_date_is_named_with_what_to_write(tmp_path, capsys):
    with open_store(tmp_path) as store:
        store.register_printed([entry(900_000, "A")])
        add_to_registre(tmp_path / "registre.xlsx", store.register())
    book = load_workbook(tmp_path / "registre.xlsx")
    at = {cell.value: cell.column for cell in book["Registre"][1]}
    book["Registre"].cell(2, at["Remis le"]).value = "hier"
    book.save(tmp_path / "registre.xlsx")
    assert main(["consolider", "--dossier", str(tmp_path)]) == 0
    told = capsys.readouterr().out.replace("\u00a0", " ")
    assert "feuille Registre, ligne 2, colonne « Remis le » : contenu non compris" in told
    assert "JJ/MM/AAAA" in told
    kept = load_workbook(tmp_path / "registre.xlsx")["Registre"]
    assert kept.cell(2, at["Remis le"]).value == "hier", "what staff typed is never lost"
