"""The loop: doubts go out in the workbook, answers come back as verdicts, nothing typed is lost."""

import csv
import datetime
import re
import sys
import zipfile
from contextlib import contextmanager
from dataclasses import replace

import pandas
import pytest
from openpyxl import load_workbook

from pipeline.batch import binding, consolidating
from pipeline.batch.consolidating import ConsolidatingRequest, consolidate_campaign
from pipeline.errors import DependencyError, ExitCode, InputError
from pipeline.model.decision import Status
from pipeline.model.form import Rule
from pipeline.model.identity import PageIdentity, carnet_number
from pipeline.model.reading import FieldReading
from pipeline.model.result import DecidedPage, Disposition, PageResult, RegisterEntry
from pipeline.model.scan import SourceRef
from pipeline.review import ANSWER, KEY, REMARK
from pipeline.settings import ConsolidateSettings, Settings
from pipeline.store import StoredFile, open_store
from pipeline.workbook import Board, Trace
from pipeline.workbook.carry import Additions
from pipeline.workbook.registre import add_to_registre
from tests.consolidate.campaigns import outcome, page, published, shelf, small_form

pytestmark = pytest.mark.slow

FORM = small_form()
NUMBER = "26-004271-20"
SHA = "f" * 64


def doubt(name, value="2", reason="uncertain_mark"):
    return outcome(FORM, name, value, reasons=(reason,))


def store_pages(folder, **by_page):
    """Pages of one carnet, decided, without any scan behind them."""
    entry = RegisterEntry(carnet=NUMBER, form="petit", version="1", variant="standard", printed_on="2026-09-01")
    with open_store(folder) as store:
        store.register_printed([entry])
        store.add_file(StoredFile(sha256=SHA, path="SCAN1.pdf", sides=4, problem="", first_read="2026-11-18"))
        decided = []
        for number in (1, 2, 3, 4):
            record = page(FORM, number, by_page.get(f"p{number}", ()))
            readings = [
                FieldReading(name=name, type=FORM.field(name).type, box=box) for name, box in record.boxes.items()
            ]
            result = PageResult(
                source=SourceRef(path="SCAN1.pdf", sha256=SHA, side=number),
                slot=1,
                form="petit",
                version="1",
                identity=PageIdentity(form_code=7, version_code=1, variant=0, carnet=NUMBER, page=number),
                layout_page=number,
                readings=tuple(readings),
            )
            store.add_sides(SHA, [number], [result])
            decisions = tuple(one.decision for one in record.outcomes)
            decided.append(DecidedPage(key=result.key, disposition=Disposition.PLACED, reason="", decisions=decisions))
        store.save_decisions(NUMBER, decided)
    return folder


@pytest.fixture(autouse=True)
def small_shelf(monkeypatch):
    monkeypatch.setattr(consolidating.define, "open_shelf", lambda _folders: shelf(FORM))
    monkeypatch.setattr(consolidating, "decide_pending", lambda *_: None)
    assert published(FORM).key == ("petit", "1")


def run(folder, *, settings=None, **more):
    request = ConsolidatingRequest(folder=folder, made_at=datetime.datetime(2026, 11, 22, 9, 30), **more)
    return consolidate_campaign(request, settings or Settings(), lambda *_: None, lambda: None)


@contextmanager
def opened(folder, sheet="ARelire"):
    """The workbook as a person edits it."""
    path = folder / "analyse.xlsx"
    book = load_workbook(path)
    yield book[sheet]
    book.save(path)


def columns(sheet):
    return {cell.value: cell.column for cell in sheet[1]}


def type_in(folder, field, answer=None, remark=None):
    with opened(folder) as sheet:
        at = columns(sheet)
        for row in range(2, sheet.max_row + 1):
            if str(sheet.cell(row, at[KEY]).value).endswith(f"|{field}"):
                sheet.cell(row, at[ANSWER]).value = answer
                sheet.cell(row, at[REMARK]).value = remark


def asked(folder):
    with opened(folder) as sheet:
        at = columns(sheet)
        return {
            str(sheet.cell(row, at[KEY]).value).rpartition("|")[2]: (
                sheet.cell(row, at[ANSWER]).value,
                sheet.cell(row, at[REMARK]).value,
            )
            for row in range(2, sheet.max_row + 1)
            if sheet.cell(row, at[KEY]).value
        }


def readings(folder):
    text = (folder / "export" / "lectures.csv").read_text(encoding="utf-8-sig")
    return {row["field"]: row for row in csv.DictReader(text.splitlines(), delimiter=";")}


def test_sheets_and_files(tmp_path):
    report = run(store_pages(tmp_path, p1=[doubt("prof_age")]))
    assert (report.carnets, report.to_settle, report.taken_over) == (1, 1, 0)
    book = load_workbook(tmp_path / "analyse.xlsx")
    assert book.sheetnames == [
        "LisezMoi", "Indicateurs", "Graphiques", "Croisements", "Progression", "ProgressionDetail", "Controle",
        "ControleComptes", "Carnets", "Lieux", "Actions", "Competences", "Avis", "Remplissage", "Etats", "Lots",
        "Textes", "ARelire",
        "Numerisations", "Qualite", "QualiteDetail", "Dictionnaire", "Modalites", "Pages", "Journal", "Listes",
    ]  # fmt: skip
    assert len((tmp_path / "export" / "pages.csv").read_text(encoding="utf-8-sig").splitlines()) == 5
    assert (tmp_path / "analyse.xlsx").stat().st_mode & 0o077 == 0


def test_an_answer_typed_in_excel_counts_from_the_next_run(tmp_path):
    run(store_pages(tmp_path, p1=[doubt("prof_age"), doubt("prof_minutes", "12", "uncertain_digit")]))
    type_in(tmp_path, "prof_age", "3 – Seul")
    report = run(tmp_path)
    assert (report.taken_over, report.to_settle) == (1, 1)
    assert set(asked(tmp_path)) == {"prof_minutes"}
    row = readings(tmp_path)["prof_age"]
    assert (row["value"], row["status"], row["machine_value"]) == ("3", "verified", "2")
    assert row["reasons"] == "uncertain_mark"
    assert readings(tmp_path)["prof_minutes"]["status"] == "review"
    with open_store(tmp_path) as store:
        assert [(v.field, v.day, v.replaced) for v in store.verdicts()] == [("prof_age", "2026-11-22", "2")]


def test_running_again_without_typing_changes_nothing(tmp_path):
    run(store_pages(tmp_path, p1=[doubt("prof_age")]))
    before = readings(tmp_path)
    assert run(tmp_path).taken_over == 0
    assert readings(tmp_path) == before


def test_sorting_the_rows_does_not_mix_the_answers(tmp_path):
    run(store_pages(tmp_path, p1=[doubt("prof_age"), doubt("prof_minutes", "12", "uncertain_digit")]))
    type_in(tmp_path, "prof_age", "1")
    with opened(tmp_path) as sheet:
        first, second = ([cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=3))
        for column, (a, b) in enumerate(zip(first, second, strict=True), start=1):
            sheet.cell(2, column).value, sheet.cell(3, column).value = b, a
    run(tmp_path)
    assert readings(tmp_path)["prof_age"]["value"] == "1"
    assert set(asked(tmp_path)) == {"prof_minutes"}


def test_what_is_not_understood_stays_until_it_is(tmp_path):
    run(store_pages(tmp_path, p1=[doubt("prof_age")]))
    type_in(tmp_path, "prof_age", "entre 1 et 2", "voir le papier")
    report = run(tmp_path)
    assert (report.taken_over, report.not_understood) == (0, 1)
    assert asked(tmp_path) == {"prof_age": ("entre 1 et 2", "voir le papier")}
    run(tmp_path)
    assert asked(tmp_path) == {"prof_age": ("entre 1 et 2", "voir le papier")}
    type_in(tmp_path, "prof_age", "illisible", "voir le papier")
    assert run(tmp_path).taken_over == 1
    assert readings(tmp_path)["prof_age"]["status"] == Status.ILLEGIBLE.value
    assert asked(tmp_path) == {}, "the remark is kept with the verdict, not at the foot of the sheet"
    with open_store(tmp_path) as store:
        assert [verdict.remark for verdict in store.verdicts()] == ["voir le papier"]


def test_a_workbook_open_elsewhere_is_left_and_a_dated_one_written(tmp_path):
    run(store_pages(tmp_path, p1=[doubt("prof_age")]))
    type_in(tmp_path, "prof_age", "3")
    before = (tmp_path / "analyse.xlsx").read_bytes()
    (tmp_path / ".~lock.analyse.xlsx#").touch()
    report = run(tmp_path)
    assert report.blocked
    assert "ouvert" in report.kept_why
    assert report.workbook.name == "analyse-2026-11-22-0930.xlsx"
    assert (tmp_path / "analyse.xlsx").read_bytes() == before
    assert report.taken_over == 1
    (tmp_path / ".~lock.analyse.xlsx#").unlink()
    later = run(tmp_path)
    assert (later.taken_over, later.blocked, later.workbook.name) == (0, False, "analyse.xlsx")
    assert readings(tmp_path)["prof_age"]["value"] == "3"


def test_a_workbook_that_cannot_be_read_back_is_kept(tmp_path):
    run(store_pages(tmp_path, p1=[doubt("prof_age")]))
    (tmp_path / "analyse.xlsx").write_bytes(b"broken")
    report = run(tmp_path)
    assert (tmp_path / "analyse.xlsx").read_bytes() == b"broken"
    assert report.kept_why
    assert not report.blocked
    assert load_workbook(report.workbook)["ARelire"].max_row == 2


def test_a_column_renamed_by_mistake_loses_nothing(tmp_path):
    run(store_pages(tmp_path, p1=[doubt("prof_age")]))
    type_in(tmp_path, "prof_age", "3")
    with opened(tmp_path) as sheet:
        sheet.cell(1, columns(sheet)[ANSWER]).value = "Ma colonne"
    report = run(tmp_path)
    assert report.workbook.name != "analyse.xlsx"
    assert "Valeur juste" in report.kept_why


def add_column(folder, sheet, header, values):
    with opened(folder, sheet) as found:
        place = found.max_column + 1
        for row, value in enumerate((header, *values), start=1):
            found.cell(row, place).value = value


def test_columns_that_people_add_are_carried_over(tmp_path):
    run(store_pages(tmp_path, p2=[outcome(FORM, "act1_duree", "2.5"), outcome(FORM, "act2_duree", "1.0")]))
    add_column(tmp_path, "Carnets", "Mon avis", ["à citer"])
    add_column(tmp_path, "Actions", "Note", [7, None])
    add_column(tmp_path, "Indicateurs", "Vu le", [datetime.date(2026, 11, 20)])
    for _ in range(2):  # carried over again, though nothing was typed in between
        report = run(tmp_path)
        assert (report.kept_why, report.workbook.name) == ("", "analyse.xlsx")
        book = load_workbook(tmp_path / "analyse.xlsx")
        actions = book["Actions"]
        assert [row[columns(actions)["Note"] - 1].value for row in actions.iter_rows(min_row=2)] == [7, None]
        assert book["Carnets"].cell(2, columns(book["Carnets"])["Mon avis"]).value == "à citer"
        figures = book["Indicateurs"]
        assert str(figures.cell(2, columns(figures)["Vu le"]).value).startswith("2026-11-20")


def test_an_added_column_follows_its_rows_when_they_are_sorted(tmp_path):
    run(store_pages(tmp_path, p2=[outcome(FORM, "act1_duree", "2.5"), outcome(FORM, "act2_duree", "1.0")]))
    add_column(tmp_path, "Actions", "Note", ["première", "seconde"])
    with opened(tmp_path, "Actions") as sheet:
        first, second = ([cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=3))
        for column, (a, b) in enumerate(zip(first, second, strict=True), start=1):
            sheet.cell(2, column).value, sheet.cell(3, column).value = b, a
    assert run(tmp_path).kept_why == ""
    actions = load_workbook(tmp_path / "analyse.xlsx")["Actions"]
    at = columns(actions)
    assert [(r[at["Action (ligne)"] - 1].value, r[at["Note"] - 1].value) for r in actions.iter_rows(min_row=2)] == [
        (1, "première"),
        (2, "seconde"),
    ]


def change_value(folder):
    with opened(folder, "Carnets") as sheet:
        sheet.cell(2, columns(sheet)["Pages lues (pages_lues)"]).value = 99


def add_sheet(folder):
    path = folder / "analyse.xlsx"
    book = load_workbook(path)
    book.create_sheet("Mes calculs")["A1"] = "=1+1"
    book.save(path)


def add_formula(folder):
    add_column(folder, "Carnets", "Double", ["=2*3"])


def drop_row(folder):
    with opened(folder, "Competences") as sheet:
        sheet.delete_rows(2)


@pytest.mark.parametrize(
    ("change", "told"),
    [(change_value, "Carnets"), (add_sheet, "Mes calculs"), (add_formula, "formules"), (drop_row, "Competences")],
)
def test_what_cannot_be_carried_over_is_never_overwritten(tmp_path, change, told):
    run(store_pages(tmp_path, p1=[doubt("prof_age")]))
    type_in(tmp_path, "prof_age", "3")
    change(tmp_path)
    before = (tmp_path / "analyse.xlsx").read_bytes()
    report = run(tmp_path)
    assert told in report.kept_why
    assert not report.blocked
    assert (tmp_path / "analyse.xlsx").read_bytes() == before
    assert report.workbook.name == "analyse-2026-11-22-0930.xlsx"
    assert report.taken_over == 1, "answers count all the same"


def test_answers_typed_in_a_dated_workbook_count_too(tmp_path):
    run(store_pages(tmp_path, p1=[doubt("prof_age"), doubt("prof_minutes", "12", "uncertain_digit")]))
    add_sheet(tmp_path)
    dated = run(tmp_path).workbook
    book = load_workbook(dated)
    at = columns(book["ARelire"])
    for row in range(2, book["ARelire"].max_row + 1):
        if str(book["ARelire"].cell(row, at[KEY]).value).endswith("|prof_age"):
            book["ARelire"].cell(row, at[ANSWER]).value = "3"
    book.save(dated)
    assert run(tmp_path).taken_over == 1
    assert readings(tmp_path)["prof_age"]["value"] == "3"


def test_notes_beside_a_row_that_is_gone_are_kept(tmp_path):
    run(store_pages(tmp_path, p1=[doubt("prof_age")]))
    add_column(tmp_path, "ARelire", "Qui relit", ["moi"])
    type_in(tmp_path, "prof_age", "3")
    assert run(tmp_path).kept_why == ""
    kept = load_workbook(tmp_path / "analyse.xlsx")["NotesGardees"]
    assert [cell.value for cell in kept[2]][2:] == ["Qui relit", "moi"]
    with opened(tmp_path, "NotesGardees") as sheet:
        sheet.cell(2, 4).value = "moi, le 3"
    for _ in range(2):  # read back as edited, and kept when nothing was typed in between
        report = run(tmp_path)
        assert (report.kept_why, report.workbook.name) == ("", "analyse.xlsx")
        kept = load_workbook(tmp_path / "analyse.xlsx")["NotesGardees"]
        assert [[cell.value for cell in row][2:] for row in kept.iter_rows(min_row=2)] == [["Qui relit", "moi, le 3"]]
    add_column(tmp_path, "NotesGardees", "Réponse", ["non"])
    assert "NotesGardees" in run(tmp_path).kept_why


OLD_HEADERS = {
    "Pages": (
        "Fichier", "Face", "Place", "Sort de la page", "Motif", "Que faire", "Clé (cle)", "Version", "Page du carnet",
        "Rotation (degrés)", "Échelle d’impression", "Écart de recalage (mm)", "Avertissements", "Image (image)",
    ),
    "Journal": ("Quand", "Commande", "Ce qui a été fait"),
    "Dictionnaire": (
        "Feuille", "Nom", "Libellé court", "Sens", "Nature", "Source", "Colonne d’état", "Question du carnet", "Page",
        "Réponse", "Sensible", "Sert à", "Versions",
    ),
    "Modalites": (
        "Question", "Libellé", "Code sur le papier", "Réponse dans les feuilles", "Ordre", "Seule réponse possible",
        "Versions",
    ),
    "ARelire": (
        "Image", "Question", "La machine propose", ANSWER, REMARK, "Par (initiales)", "Pourquoi, et que faire",
        "Réponse non comprise", "Fichier", "Face", "Page", KEY,
    ),
    "Textes": (
        "Clé (cle)", "Champ (champ)", "Question (question)", "Réponse transcrite (texte)", "État (texte__etat)",
        "Image (image)", "Thème 1", "Thème 2", "Thème 3", "Codeur", "Note du codeur", "Repère (repere)",
    ),
}  # fmt: skip


def with_old_headers(folder):
    """The workbook and its trace as they were when these sheets bore short labels alone."""
    book = load_workbook(folder / "analyse.xlsx")
    for name, old in OLD_HEADERS.items():
        assert len(old) == book[name].max_column, name
        for cell, header in zip(book[name][1], old, strict=True):
            cell.value = header
    book.save(folder / "analyse.xlsx")
    with open_store(folder) as store:
        trace = Trace.loaded(store.note("classeur:analyse.xlsx"))
        for name, old in OLD_HEADERS.items():
            known = trace.sheets[name]
            titles = dict(zip(known.headers, old, strict=True))
            for told in ("headers", "free", "key"):
                setattr(known, told, [titles[header] for header in getattr(known, told)])
        store.set_note("classeur:analyse.xlsx", trace.sealed(folder / "analyse.xlsx").dumped())


@pytest.mark.parametrize("carried_before", [False, True])
def test_what_was_typed_under_the_headers_of_before_survives(tmp_path, carried_before):
    text = outcome(FORM, "prof_mot", "", raw="", reasons=("free_text",))
    store_pages(tmp_path, p1=[text, doubt("prof_age"), doubt("prof_minutes", "12", "uncertain_digit")])
    run(tmp_path, sensitive=True)
    with_old_headers(tmp_path)
    typed = []
    for name in OLD_HEADERS:
        with opened(tmp_path, name) as sheet:
            place = sheet.max_column + 1
            sheet.cell(1, place).value = "Mon avis"
            for row in range(2, sheet.max_row + 1):
                sheet.cell(row, place).value = f"{name} {row}"
                typed.append((name, row))
    if carried_before:  # by the program of before: the columns are in its trace
        with open_store(tmp_path) as store:
            trace = Trace.loaded(store.note("classeur:analyse.xlsx"))
            for name in OLD_HEADERS:
                trace.sheets[name].headers.append("Mon avis")
                trace.sheets[name].free.append("Mon avis")
                trace.sheets[name].added.append("Mon avis")
            store.set_note("classeur:analyse.xlsx", trace.sealed(tmp_path / "analyse.xlsx").dumped())
    else:
        type_in(tmp_path, "prof_age", "3")
        with opened(tmp_path, "Textes") as sheet:
            sheet.cell(2, columns(sheet)["Thème 1"]).value = "accueil"
    report = run(tmp_path, sensitive=True)
    assert (report.kept_why, report.workbook.name) == ("", "analyse.xlsx")
    assert report.taken_over == (0 if carried_before else 1)
    book = load_workbook(tmp_path / "analyse.xlsx")
    for name in OLD_HEADERS:
        heads = columns(book[name])
        assert all(head.endswith(")") for head in heads if head != "Mon avis"), name
        kept = [book[name].cell(row, heads["Mon avis"]).value for row in range(2, book[name].max_row + 1)]
        there = [f"{name} {row}" for sheet, row in typed if sheet == name]
        settled = [] if carried_before or name != "ARelire" else [there.pop(0)]
        assert list(dict.fromkeys(one for one in kept if one)) == there, name  # the journal may say a thing twice
        if settled:
            notes = [row[3] for row in book["NotesGardees"].iter_rows(min_row=2, values_only=True)]
            assert notes == settled
    if not carried_before:
        assert book["Textes"].cell(2, columns(book["Textes"])["Thème 1 (theme_1)"]).value == "accueil"


def test_codings_of_open_answers_are_carried_over(tmp_path):
    text = outcome(FORM, "prof_mot", "", raw="", reasons=("free_text",))
    run(store_pages(tmp_path, p1=[text]), sensitive=True)
    type_in(tmp_path, "prof_mot", "=bonjour")
    run(tmp_path, sensitive=True)
    with opened(tmp_path, "Textes") as sheet:
        at = columns(sheet)
        texte = sheet.cell(2, at["Réponse transcrite (texte)"])
        assert (texte.value, texte.data_type) == ("=bonjour", "s")
        sheet.cell(2, at["Thème 1 (theme_1)"]).value = "accueil"
    run(tmp_path, sensitive=True)
    with opened(tmp_path, "Textes") as sheet:
        assert sheet.cell(2, columns(sheet)["Thème 1 (theme_1)"]).value == "accueil"


def test_codings_survive_a_run_without_sensitive_content(tmp_path):
    text = outcome(FORM, "prof_mot", "", raw="", reasons=("free_text",))
    run(store_pages(tmp_path, p1=[text]), sensitive=True)
    with opened(tmp_path, "Textes") as sheet:
        sheet.cell(2, columns(sheet)["Thème 1 (theme_1)"]).value = "accueil"
    assert run(tmp_path).kept_why == ""
    run(tmp_path, sensitive=True)
    with opened(tmp_path, "Textes") as sheet:
        assert sheet.cell(2, columns(sheet)["Thème 1 (theme_1)"]).value == "accueil"


def test_open_answers_are_counted_and_kept_back(tmp_path):
    text = outcome(FORM, "prof_mot", "", raw="", reasons=("free_text",))
    report = run(store_pages(tmp_path, p1=[text]))
    assert (report.to_settle, report.hidden_texts) == (0, 1)
    assert readings(tmp_path)["prof_mot"]["status"] == "review"


def test_sensitive_content_is_noted_in_the_journal(tmp_path):
    run(store_pages(tmp_path), sensitive=True)
    with open_store(tmp_path) as store:
        assert "sensible" in store.journal()[-1].message


def test_columns_added_to_a_sheet_that_has_become_a_page_to_read_are_kept():
    page = Board(name="Qualite", about="", title="Qualité", lead="", blocks=(), widths=(10.0,))
    typed = Additions(columns={"Qualite": {"Mon avis": {("prof_age",): "à revoir"}}})
    *_, kept = binding._with_additions([page], typed)
    assert kept.name == "NotesGardees"
    assert list(kept.rows) == [["Qualite", "prof_age", "Mon avis", "à revoir"]]


def test_the_workbook_bears_one_kind_of_apostrophe(tmp_path):
    """Typographic everywhere, as on paper: in what the program writes, cells and charts, headers and notes."""
    pages = store_pages(tmp_path, p1=[doubt("prof_age"), doubt("prof_minutes", "12", "uncertain_digit")])
    run(pages, sensitive=True, sample=2)
    straight = re.compile(r"[^\W\d]'[^\W\d]")
    book = load_workbook(tmp_path / "analyse.xlsx")
    told = [
        (sheet.title, cell.coordinate, text)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        for text in (cell.value, cell.comment.text if cell.comment else "")
        if isinstance(text, str) and not text.startswith("=") and straight.search(text)
    ]
    assert told == []
    with zipfile.ZipFile(tmp_path / "analyse.xlsx") as parts:
        drawn = [name for name in parts.namelist() if "chart" in name or "validation" in name]
        prompts = [
            text for sheet in book for one in sheet.data_validations.dataValidation for text in [one.prompt or ""]
        ]
        assert [
            name for name in drawn if straight.search(re.sub(r"<[^>]*:?f>[^<]*</", "", parts.read(name).decode()))
        ] == []
    assert not any(straight.search(text) for text in prompts)


@pytest.mark.parametrize("parquet", [False, True])
def test_a_table_too_long_for_excel_is_whole_elsewhere(tmp_path, parquet):
    settings = Settings(consolidate=ConsolidateSettings(rows_max=4))
    report = run(store_pages(tmp_path), settings=settings, parquet=parquet)
    assert report.cut["Competences"].rows == 4
    whole = (tmp_path / "export" / "tables" / "competences.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(whole) == 5
    book = load_workbook(tmp_path / "analyse.xlsx")
    warned = {row[0].value: str(row[1].value) for row in book["LisezMoi"].iter_rows()}["Attention : Competences"]
    for told in (warned, book["Competences"]["A2"].value):
        named = [name.strip() for name in re.findall("«([^»]*)»", told)]
        assert named == [f"export/tables/competences.{kind}" for kind in ("csv", "parquet")[: 1 + parquet]]
        assert all((tmp_path / name).exists() for name in named)


def test_beyond_many_carnets_the_workbook_keeps_its_aggregates(tmp_path):
    settings = Settings(consolidate=ConsolidateSettings(carnets_max=0))
    report = run(store_pages(tmp_path, p1=[outcome(FORM, "prof_age", "2")]), settings=settings)
    assert report.cut["Carnets"].rows == 1
    book = load_workbook(tmp_path / "analyse.xlsx")
    checked = {row[0]: row[6] for row in book["Controle"].iter_rows(min_row=2, values_only=True)}
    assert checked["R4"] == "lignes hors du classeur"
    assert checked["R1"].startswith("=(SUMIFS(t_lots"), "the lots are few, and stay"
    assert book["Indicateurs"].max_row > 2
    assert run(tmp_path, settings=settings).kept_why == ""


def test_tables_stand_beside_the_workbook_in_csv_and_parquet(tmp_path):
    run(
        store_pages(tmp_path, p2=[outcome(FORM, "act1_duree", "2.5"), outcome(FORM, "act1_date", "2026-03-12")]),
        parquet=True,
    )
    tables = tmp_path / "export" / "tables"
    names = {path.name for path in tables.iterdir()}
    assert {"carnets.csv", "actions.csv", "actions.parquet", "dictionnaire.csv", "modalites.csv"} <= names
    found = pandas.read_parquet(tables / "actions.parquet")
    assert found["act_duree"].tolist() == [2.5]
    assert found["act_date"].dt.date.tolist() == [datetime.date(2026, 3, 12)]
    (row,) = csv.DictReader((tables / "actions.csv").read_text(encoding="utf-8-sig").splitlines(), delimiter=";")
    assert (row["act_duree"], row["act_date"]) == ("2.5", "2026-03-12")
    pictures = list((tmp_path / "export" / "graphiques").iterdir())
    assert pictures
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures)


def test_parquet_without_its_library_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DependencyError) as caught:
        run(store_pages(tmp_path), parquet=True)
    assert caught.value.exit_code == ExitCode.DEPENDENCY
    assert "pyarrow" in caught.value.message


def test_a_value_typed_in_excel_is_cross_checked_like_one_that_was_read(tmp_path, monkeypatch):
    ruled = replace(FORM, rules=(Rule(kind="over", fields=("prof_minutes",), code="long_duration", limit=60),))
    monkeypatch.setattr(consolidating.define, "open_shelf", lambda _folders: shelf(ruled))
    run(store_pages(tmp_path, p1=[doubt("prof_minutes", "12", "uncertain_digit")]))
    type_in(tmp_path, "prof_minutes", "72")
    run(tmp_path)
    row = readings(tmp_path)["prof_minutes"]
    assert (row["value"], row["status"], row["warnings"]) == ("72", "verified", "long_duration")


def test_what_staff_note_in_the_register_is_taken_over(tmp_path):
    store_pages(tmp_path)
    with open_store(tmp_path) as store:
        add_to_registre(tmp_path / "registre.xlsx", store.register())
    book = load_workbook(tmp_path / "registre.xlsx")
    at = {cell.value: cell.column for cell in book["Registre"][1]}
    book["Registre"].cell(2, at["Remis le"]).value = datetime.date(2026, 9, 12)
    book["Registre"].cell(2, at["Canal"]).value = "forum"
    book.save(tmp_path / "registre.xlsx")
    run(tmp_path)
    with open_store(tmp_path) as store:
        assert [(e.remis_le, e.canal) for e in store.register()] == [("2026-09-12", "forum")]
    carnets = load_workbook(tmp_path / "analyse.xlsx")["Carnets"]
    assert carnets.cell(2, columns(carnets)["Lieu de remise (canal)"]).value == "forum"


def test_a_nominative_sheet_with_a_number_of_its_own_is_no_carnet(tmp_path, monkeypatch):
    both = shelf(FORM, replace(FORM, id="volet_nominatif", nominative=True))
    monkeypatch.setattr(consolidating.define, "open_shelf", lambda _folders: both)
    store_pages(tmp_path)
    with open_store(tmp_path) as store:
        sheet = replace(store.register()[0], carnet=carnet_number(26, 999_999), form="volet_nominatif")
        before = len(store.register())
        store.register_printed([sheet])
    run(tmp_path)
    lots = load_workbook(tmp_path / "analyse.xlsx")["Lots"]
    at = columns(lots)["Imprimés (imprimes)"]
    assert sum(lots.cell(row, at).value or 0 for row in range(2, lots.max_row + 1)) == before


def test_a_folder_without_a_campaign_is_told(tmp_path):
    with pytest.raises(InputError) as caught:
        run(tmp_path / "ailleurs")
    assert caught.value.exit_code == ExitCode.INPUT
    assert not (tmp_path / "ailleurs").exists()


def test_an_empty_campaign_gives_an_empty_workbook(tmp_path):
    with open_store(tmp_path):
        pass
    assert run(tmp_path).carnets == 0
    assert load_workbook(tmp_path / "analyse.xlsx")["Carnets"].tables["t_carnets"].ref.endswith("2")
