"""What leaves the restricted folder, edition after edition, with ``carnet consolider``."""

import datetime
import re

import pikepdf
import pytest
from openpyxl import load_workbook

from pipeline import consolidate, define
from pipeline.batch import consolidating
from pipeline.batch.publishing import NOTE, WORKBOOK, publish
from pipeline.cli import main
from pipeline.settings import ConsolidateSettings, Settings
from pipeline.store import open_store
from tests.batch.stored import store_carnets
from tests.consolidate.respondents import many

MADE_AT = datetime.datetime(2026, 11, 22, 9, 30)


def run(folder, *, forget=False, **settings):
    """The publishing step alone, from the store."""
    shelf = define.open_shelf(define.form_folders())
    with open_store(folder) as store:
        campaign = store.campaign()
        records = consolidate.index_campaign(campaign, shelf)
        tables = consolidate.collect(campaign, records, shelf, sensitive=False)
        chosen = Settings(consolidate=ConsolidateSettings(**settings))
        return publish(store, shelf, tables, chosen, folder=folder, made_at=MADE_AT, forget=forget)


def lines_of(path, sheet):
    book = load_workbook(path, read_only=True)
    rows = list(book[sheet].iter_rows(values_only=True))
    book.close()
    return rows


@pytest.fixture(scope="module")
def forty(tmp_path_factory):
    return store_carnets(tmp_path_factory.mktemp("quarante"), many(40, 1))


def test_a_first_edition_is_written_and_the_next_run_says_that_nothing_changed(forty):
    first = run(forty)
    assert (first.edition, first.carnets, first.renewed) == (1, 40, True)
    before = [lines_of(forty / WORKBOOK, name) for name in ("Profil", "Avis")], (forty / NOTE).read_bytes()
    again = run(forty)
    assert (again.edition, again.renewed, again.kept) == (1, False, None)
    assert ([lines_of(forty / WORKBOOK, name) for name in ("Profil", "Avis")], (forty / NOTE).read_bytes()) == before


def test_the_threshold_is_a_setting(forty, tmp_path):
    assert run(store_carnets(tmp_path, many(12, 1)), threshold=15).kept.why == "few"


def test_three_more_carnets_leave_the_files_as_they_were_until_they_are_said_not_to_be_given(tmp_path):
    folder = store_carnets(tmp_path, many(30, 1))
    run(folder)
    before = (folder / WORKBOOK).read_bytes()
    store_carnets(folder, many(3, 1, first=30))
    kept = run(folder)
    assert (kept.kept.why, kept.kept.changed, kept.kept.last.number) == ("close", 3, 1)
    assert (folder / WORKBOOK).read_bytes() == before
    remade = run(folder, forget=True)
    assert (remade.forgotten, remade.edition, remade.carnets, remade.renewed) == (1, 1, 33, True)
    assert (folder / WORKBOOK).read_bytes() != before


def test_an_edition_is_remembered_before_its_file_is_written(tmp_path, monkeypatch):
    folder = store_carnets(tmp_path, many(30, 1))
    monkeypatch.setattr(
        "pipeline.batch.publishing.write_whole", lambda *_: (_ for _ in ()).throw(RuntimeError("power cut"))
    )
    with pytest.raises(RuntimeError, match="power cut"):
        run(folder)
    with open_store(folder) as store:
        assert [edition.number for edition in store.editions()] == [1]


@pytest.mark.slow
def test_the_command_writes_both_files_and_nothing_personal_stands_in_them(tmp_path, capsys):
    campaign = many(40, 1)
    folder = store_carnets(tmp_path, campaign)
    monkey = pytest.MonkeyPatch()
    monkey.setattr(consolidating, "decide_pending", lambda *_: None)
    assert main(["consolider", "--dossier", str(folder)]) == 0
    monkey.undo()
    told = " ".join(capsys.readouterr().out.split())
    assert "diffusion.xlsx" in told
    assert "note.pdf" in told
    book = load_workbook(folder / WORKBOOK, read_only=True)
    texts = [
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
    ]
    with open_store(folder) as store:
        keys = set(store.keys().values())
    assert not [text for text in texts if re.search(r"\b26-\d{6}-\d{2}\b", text) or text in keys or "encre" in text]
    assert any(re.fullmatch(r"\d+,\d %", text) for text in texts)
    with pikepdf.open(folder / NOTE) as pdf:
        assert len(pdf.pages) == 4


@pytest.mark.slow
def test_too_few_carnets_are_told_in_a_sentence(tmp_path, capsys):
    folder = store_carnets(tmp_path, many(4, 1))
    assert main(["consolider", "--dossier", str(folder)]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Rien à publier" in told
    assert "11" in told
    assert not (folder / WORKBOOK).exists()
    assert not (folder / NOTE).exists()
