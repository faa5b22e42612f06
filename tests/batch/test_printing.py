import json
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from pipeline.batch.printing import PrintRequest, print_batch
from pipeline.errors import ExitCode, InputError, OutputError, UsageError
from pipeline.model.form import FormShelf
from pipeline.model.identity import carnet_number
from pipeline.store import open_store
from pipeline.workbook.registre import read_registre
from tests.compose.fake_form import fake_form, fake_typeset

pytestmark = pytest.mark.slow

NAMES = ("Zoé", "Dupré", "Łukasz", "Wałęsa", "Petrov", "Ольга")
CSV = """Liste du forum;;;;;
PRÉNOM ; Nom;lot;Canal;Public cible;Téléphone
Zoé;Dupré;Forum;forum;bénévoles;0102
;;;;;
Łukasz;Wałęsa;;Mairie;ben;
Ольга;Petrov;;;;
;;;;;0606
{long};;;;;
;;Accueil;;;
;;;;;
""".format(long="X" * 90)


def shelf():
    form = fake_form()
    lexicons = {"canal": {"FORUM": "forum", "MVAC": "maison"}, "public_cible": {"BEN": "bénévoles", "MIX": "mêlés"}}
    old = replace(form.definition, lexicons=lexicons, version="2026.1")
    new = replace(old, version="2026.2", version_code=2)
    four = fake_form(4, named=False, continuation=False)
    plain = replace(four.definition, id="mini", version="1", code=7, jacket=())
    return FormShelf(
        forms=(
            replace(form, definition=old),
            replace(form, definition=new, layout=replace(form.layout, version="2026.2")),
            replace(four, definition=plain),
        )
    )


@pytest.fixture(autouse=True)
def forms(monkeypatch):
    monkeypatch.setattr("pipeline.define.open_shelf", lambda folders: shelf())
    monkeypatch.setattr("pipeline.compose.press.typeset", fake_typeset)


@pytest.fixture
def ask(tmp_path):
    """Print with these wishes into ``tmp_path``, campaign in ``tmp_path/dossier``."""

    def run(**wishes):
        request = PrintRequest(
            out_dir=tmp_path / "sortie", folder=tmp_path / "dossier", today=date(2026, 3, 2), at="2026-03-02T09:00:00"
        )
        return print_batch(replace(request, **wishes), lambda step, done, total: None, lambda: None)

    return run


def everything_but_the_pdfs(folder):
    return b"\n".join(
        str(path).encode() + path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pdf"
    )


def issued(folder):
    with open_store(folder) as store:
        return store.printed_numbers()


def test_a_quantity_is_printed_and_registered(ask, tmp_path):
    report = ask(quantity=3, lot="Forum", canal="forum", public="ben", form="carnet")
    assert (len(report.numbers), report.files.sides, report.exit_code) == (3, 18, ExitCode.DONE)
    assert report.files.pdf == tmp_path / "sortie/carnets.pdf"
    assert sorted(path.name for path in (tmp_path / "sortie").iterdir()) == ["carnets.pdf", "manifest.json"]
    with open_store(tmp_path / "dossier") as store:
        entries = store.register()
        (line,) = store.journal()
    assert {entry.carnet for entry in entries} == set(report.numbers)
    assert {(e.form, e.version, e.variant, e.lot, e.canal, e.public, e.printed_on) for e in entries} == {
        ("carnet", "2026.2", "standard", "Forum", "FORUM", "BEN", "2026-03-02")
    }
    assert [entry.carnet for entry in read_registre(tmp_path / "dossier/registre.xlsx").entries] == list(report.numbers)
    assert line.message == "3 carnet(s) imprimé(s) (carnet/2026.2, standard, livret)"
    assert not report.named


def test_the_same_seed_never_gives_the_same_number_twice(ask):
    numbers = [number for _ in range(3) for number in ask(quantity=4, seed=1).numbers]
    assert len(set(numbers)) == 12


def test_numbers_known_to_the_register_alone_are_not_drawn_again(ask, tmp_path):
    first = ask(quantity=4, seed=1).numbers
    for path in (tmp_path / "dossier").glob("carnets.sqlite*"):
        path.unlink()
    assert not set(ask(quantity=4, seed=1).numbers) & set(first)


def test_every_row_of_a_participants_file_is_printed_or_named(ask, tmp_path):
    path = tmp_path / "participants.csv"
    path.write_text(CSV, "utf-8-sig")
    report = ask(participants=path, lot="Défaut", separate=True)
    assert [(problem.line, problem.code) for problem in report.refused] == [
        (4, "row_empty"),
        (6, "name_characters"),
        (7, "row_unused"),
        (8, "name_too_long"),
    ]
    assert report.exit_code == ExitCode.INCOMPLETE
    assert report.job.ignored == ("Téléphone",)
    assert [(problem.line, problem.code, problem.detail) for problem in report.job.unusual] == [
        (5, "canal_unknown", "Mairie")
    ]
    entries = read_registre(tmp_path / "dossier/registre.xlsx").entries
    assert [(entry.lot, entry.canal, entry.public) for entry in entries] == [
        ("Forum", "FORUM", "BEN"),
        ("Défaut", "Mairie", "BEN"),
        ("Accueil", "", ""),
    ]
    assert len(report.files.separate) == 3
    assert report.named


def test_an_empty_row_alone_is_no_trouble(ask, tmp_path):
    path = tmp_path / "participants.csv"
    path.write_text("Nom\nDupré\n\nDurand\n", "utf-8")
    report = ask(participants=path)
    assert [problem.code for problem in report.refused] == ["row_empty"]
    assert report.exit_code == ExitCode.DONE


def test_names_are_printed_and_forgotten(ask, tmp_path, caplog):
    path = tmp_path / "p.xlsx"
    book = Workbook()
    for line in (["Prénom", "Nom"], ["Zoé", "Dupré"], ["Łukasz", "Wałęsa"], ["Ольга", "Petrov"]):
        book.active.append(line)
    book.save(path)
    report = ask(participants=path, separate=True)
    path.unlink()
    kept = everything_but_the_pdfs(tmp_path)
    cells = [str(cell.value) for sheet in load_workbook(report.register) for row in sheet for cell in row]
    told = f"{report!r} {caplog.text} {cells} {[str(p) for p in tmp_path.rglob('*')]}"
    for name in NAMES:
        assert name.encode() not in kept
        assert name not in told


def test_names_do_not_show_in_errors(ask, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("Nom\nОльга\n", "utf-8")
    with pytest.raises(UsageError) as caught:
        ask(participants=path)
    assert "Ольга" not in f"{caught.value.message} {caught.value.evidence}"
    assert issued(tmp_path / "dossier") == set()


def test_a_form_without_a_place_for_names_says_so(ask, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("Nom;Lot\nОльга;A\n", "utf-8")
    report = ask(participants=path, form="mini")
    assert report.job.nameless and not report.named and not report.refused


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({}, "--quantite"),
        ({"quantity": 0}, "au moins 1"),
        ({"quantity": 5001}, "5000"),
        ({"quantity": 1, "participants": Path("x.csv")}, "pas les deux"),
        ({"quantity": 1, "form": "inconnu"}, "carnet/2026.1"),
        ({"quantity": 1, "form": "carnet/2020.1"}, "carnet/2026.1"),
        ({"quantity": 1, "variant": "falc"}, "gros_caracteres"),
        ({"quantity": 1, "imposition": "a3"}, "livret, a5"),
        ({"quantity": 1, "variant": "gros_caracteres", "imposition": "livret"}, "--imposition a5"),
        ({"quantity": 1, "sheet": "suite_journal"}, "--numeros"),
        ({"numbers": ("26-004271-21",)}, "mal écrit"),
        ({"numbers": ("26-004271-20",)}, "absent du registre"),
        ({"numbers": ("26-004271-20",), "quantity": 2}, "retirez"),
        ({"numbers": ("26-004271-20",), "lot": "A"}, "registre.xlsx"),
    ],
)
def test_what_cannot_be_obeyed_uses_no_number(ask, tmp_path, wishes, said):
    with pytest.raises(UsageError) as caught:
        ask(**wishes)
    assert said in caught.value.message
    assert not (tmp_path / "sortie").exists()
    assert issued(tmp_path / "dossier") == set()


def test_no_known_column_is_a_usage_error(ask, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("Téléphone;Ville\n01;Paris\n", "utf-8")
    with pytest.raises(UsageError) as caught:
        ask(participants=path)
    assert "« Téléphone », « Ville »" in caught.value.message


def test_a_missing_participants_file_is_an_input_error(ask, tmp_path):
    with pytest.raises(InputError):
        ask(participants=tmp_path / "absent.xlsx")


def test_large_print_is_a5_pages_on_a4_unless_told_otherwise(ask):
    report = ask(quantity=1, variant="gros_caracteres")
    assert (report.job.imposition, report.files.sides) == ("a5", 12)


def test_an_existing_carnet_is_printed_again_in_its_own_version(ask, tmp_path):
    first = ask(quantity=2, form="carnet/2026.1")
    before = read_registre(first.register), issued(tmp_path / "dossier")
    report = ask(numbers=(first.numbers[1].replace("-", ""),))
    manifest = json.loads(report.files.manifest.read_text("utf-8"))
    assert manifest["version"] == "2026.1"
    assert {slot["carnet_id"] for page in manifest["pages"] for slot in page["slots"]} == {first.numbers[1]}
    assert (read_registre(first.register), issued(tmp_path / "dossier")) == before
    assert report.replaced
    with open_store(tmp_path / "dossier") as store:
        assert store.journal()[-1].message == "1 carnet(s) réimprimé(s) (carnet/2026.1, standard, livret)"


@pytest.mark.parametrize(
    ("sheet", "wishes", "pages"),
    [
        ("suite_journal", {}, [[21]]),
        ("suite_journal", {"ordinal": 3}, [[23]]),
        ("exterieure", {}, [[12, 1], [2, 11]]),
        ("exterieure", {"imposition": "a5"}, [[1], [2], [11], [12]]),
        ("9", {}, [[10, 3], [4, 9]]),
        ("9", {"imposition": "a5"}, [[9], [10]]),
        ("10", {"imposition": "a5", "variant": "gros_caracteres"}, [[9], [10]]),
    ],
)
def test_one_sheet_of_an_existing_carnet(ask, sheet, wishes, pages):
    numbers = ask(quantity=1).numbers
    report = ask(numbers=numbers, sheet=sheet, **wishes)
    manifest = json.loads(report.files.manifest.read_text("utf-8"))
    assert [[slot["page"] for slot in page["slots"]] for page in manifest["pages"]] == pages


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"sheet": "13"}, "de 1 à 12"),
        ({"sheet": "suite"}, "« suite_journal », « exterieure »"),
        ({"sheet": "9", "ordinal": 2}, "feuille de suite"),
        ({"sheet": "suite_journal", "ordinal": 10}, "1 à 9"),
        ({"sheet": "suite_journal", "imposition": "livret"}, "ne se plie pas"),
        ({"form": "mini"}, "carnet/2026.2"),
        ({"form": "carnet/2026.1"}, "carnet/2026.2"),
    ],
)
def test_a_sheet_that_does_not_exist_is_refused(ask, wishes, said):
    numbers = ask(quantity=1).numbers
    with pytest.raises(UsageError) as caught:
        ask(numbers=numbers, **wishes)
    assert said in caught.value.message


def test_an_open_register_blocks_printing_and_uses_no_number(ask, tmp_path):
    first = ask(quantity=1, seed=1)
    before = first.files.pdf.read_bytes()
    (tmp_path / "dossier/.~lock.registre.xlsx#").write_text("")
    with pytest.raises(OutputError):
        ask(quantity=1, seed=2)
    assert issued(tmp_path / "dossier") == set(first.numbers)
    assert first.files.pdf.read_bytes() == before


def test_a_register_opened_meanwhile_blocks_printing_and_uses_no_number(ask, tmp_path, monkeypatch):
    (tmp_path / "dossier").mkdir()
    real = fake_typeset

    def slow(form):
        (tmp_path / "dossier/~$registre.xlsx").write_text("")
        return real(form)

    monkeypatch.setattr("pipeline.compose.press.typeset", slow)
    with pytest.raises(OutputError):
        ask(quantity=1)
    assert issued(tmp_path / "dossier") == set()
    assert list((tmp_path / "sortie").iterdir()) == []


def test_an_output_that_is_a_file_blocks_printing_and_uses_no_number(ask, tmp_path):
    (tmp_path / "sortie").write_text("")
    with pytest.raises(OutputError):
        ask(quantity=1)
    assert issued(tmp_path / "dossier") == set()


@pytest.mark.parametrize("where", ["store.register_printed", "batch.printing._put_in_place"])
def test_a_crash_never_leads_to_a_number_used_twice(ask, tmp_path, monkeypatch, where):
    """Killed after the register, or after the store: the numbers are lost, not reused."""

    def crash(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        target = "pipeline.store.store.Store.register_printed" if where.startswith("store") else f"pipeline.{where}"
        patch.setattr(target, crash)
        with pytest.raises(KeyboardInterrupt):
            ask(quantity=3, seed=1)
    assert not (tmp_path / "sortie/carnets.pdf").exists()
    lost = {entry.carnet for entry in read_registre(tmp_path / "dossier/registre.xlsx").entries}
    assert len(lost) == 3
    report = ask(quantity=3, seed=1)
    assert not lost & set(report.numbers)


def test_what_a_killed_run_left_behind_is_removed(ask, tmp_path):
    desk = tmp_path / "sortie/.impression-en-cours"
    desk.mkdir(parents=True)
    (desk / "carnets.pdf").write_text("un nom")
    ask(quantity=1)
    assert not desk.exists()


def test_an_earlier_run_is_replaced_whole(ask, tmp_path):
    ask(quantity=2, separate=True)
    (tmp_path / "sortie/carnets/mes notes.pdf").write_text("à moi")
    report = ask(quantity=1)
    assert report.replaced
    assert [path.name for path in (tmp_path / "sortie/carnets").iterdir()] == ["mes notes.pdf"]


def test_a_lost_register_is_made_again_from_the_store(ask, tmp_path):
    first = ask(quantity=2)
    first.register.unlink()
    second = ask(quantity=1)
    numbers = [entry.carnet for entry in read_registre(second.register).entries]
    assert numbers == [*sorted(first.numbers), *second.numbers]


def test_a_number_met_in_a_scan_is_not_drawn(ask, tmp_path):
    expected = ask(quantity=5, seed=3).numbers
    shutil.rmtree(tmp_path / "dossier")
    with open_store(tmp_path / "dossier") as store:
        store._db.execute("INSERT INTO carnets (carnet, cle) VALUES (?, 'C1')", (expected[0],))
    drawn = ask(quantity=5, seed=3).numbers
    assert expected[0] not in drawn
    assert drawn[:4] == expected[1:]


def test_numbers_are_written_as_they_should_be(ask):
    (number,) = ask(quantity=1).numbers
    assert re.fullmatch(r"26-\d{6}-\d\d", number)
    assert number == carnet_number(26, int(number[3:9]))
