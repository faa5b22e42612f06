"""``carnet imprimer`` as typed, with the real carnet."""

import json
import re
import subprocess
import sys

import pytest

from pipeline.cli import main
from pipeline.model.identity import parse_carnet_number


@pytest.fixture
def carnet(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        code = main(["imprimer", "--sortie", "sortie", "--dossier", "dossier", *arguments])
        return code, capfd.readouterr()

    return run


def test_named_carnets_with_the_real_form(carnet, tmp_path):
    (tmp_path / "participants.csv").write_text(
        "prénom;nom;lot;mail\nZoé;Dupré;A;x@y\n;;;z@y\nAmélie;d’Été;B;\n", "cp1252"
    )
    code, said = carnet("--participants", "participants.csv", "--graine", "1")
    assert code == 10
    assert "2\u00a0carnets imprimés" in said.out
    assert "Colonnes ignorées : « mail »" in said.out.replace("\u00a0", " ")
    assert "ligne 3" in said.out
    assert "À compléter par la Ville avant de distribuer : « [délégué" in said.out.replace("\u00a0", " ")
    assert "supprimez « sortie/carnets.pdf »" in said.out.replace("\u00a0", " ")
    assert not re.search("Zoé|Dupré|Amélie|Été", said.out + said.err)
    manifest = json.loads((tmp_path / "sortie/manifest.json").read_text("utf-8"))
    assert (manifest["form"], manifest["imposition"], len(manifest["pages"])) == ("carnet", "livret", 12)
    text = subprocess.run(
        ["pdftotext", "-f", "1", "-l", "1", "sortie/carnets.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Zoé Dupré" in text
    assert manifest["pages"][0]["slots"][0]["carnet_id"] in text


def test_numbers_to_print_again_may_be_typed_one_after_the_other(carnet, tmp_path):
    assert carnet("--quantite", "2")[0] == 0
    manifest = json.loads((tmp_path / "sortie/manifest.json").read_text("utf-8"))
    numbers = list(dict.fromkeys(slot["carnet_id"] for page in manifest["pages"] for slot in page["slots"]))
    assert len(numbers) == 2 and all(map(parse_carnet_number, numbers))
    code, said = carnet("--numeros", *numbers, "--feuille", "suite_attestation")
    assert code == 0
    assert "2\u00a0carnets réimprimés" in said.out
    assert "A5 recto seul" in said.out, "two people's sheets never share a paper"
    again = json.loads((tmp_path / "sortie/manifest.json").read_text("utf-8"))
    assert [[slot["carnet_id"] for slot in page["slots"]] for page in again["pages"]] == [
        [number] for number in numbers
    ]
    assert {slot["page"] for page in again["pages"] for slot in page["slots"]} == {31}


def test_the_nominative_sheet_of_an_existing_carnet(carnet, tmp_path):
    carnet("--quantite", "1", "--imposition", "a5")
    manifest = json.loads((tmp_path / "sortie/manifest.json").read_text("utf-8"))
    number = manifest["pages"][0]["slots"][0]["carnet_id"]
    assert carnet("--forme", "volet_nominatif", "--numeros", number)[0] == 0
    sheet = json.loads((tmp_path / "sortie/manifest.json").read_text("utf-8"))
    assert sheet["form"] == "volet_nominatif"
    assert {slot["carnet_id"] for page in sheet["pages"] for slot in page["slots"]} == {number}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 2),
        (("--quantite", "1", "surplus"), 2),
        (("--participants", "absent.csv"), 4),
        (("--quantite", "1", "--sortie", "/proc/non"), 6),
    ],
)
def test_exit_codes(carnet, arguments, code):
    found, said = carnet(*arguments)
    assert found == code
    assert "No such" not in said.err, "the system's reasons are told in French"
    assert said.err.strip().endswith((".", "»."))
    assert "Traceback" not in said.err


def test_options_have_french_help(capfd):
    assert main(["imprimer", "--help"]) == 0
    text = capfd.readouterr().out
    for option in ("--participants", "--quantite", "--forme", "--variante", "--imposition", "--separer", "--lot",
                   "--canal", "--public", "--numeros", "--feuille", "--graine", "--dossier", "--sortie"):  # fmt: skip
        assert option in text


@pytest.mark.slow
@pytest.mark.parametrize("imposition", ["livret", "a5"])
def test_a_thousand_named_carnets_stay_within_time_memory_and_size(tmp_path, imposition):
    rows = [f"Prénom{row};Łukasz-O’Neil {row};L{row % 5}" for row in range(1000)]
    (tmp_path / "p.csv").write_text("\n".join(["prenom;nom;lot", *rows]), "utf-8")
    # VmHWM and not ru_maxrss: the latter remembers the process that started this one.
    program = (
        "import resource, sys; from pipeline.cli import main; code = main(sys.argv[1:]); "
        "used = resource.getrusage(resource.RUSAGE_SELF); "
        "peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1]; "
        "print(code, used.ru_utime + used.ru_stime, int(peak) / 1024)"
    )
    arguments = ["imprimer", "--participants", "p.csv", "--sortie", ".", "--dossier", "d", "--imposition", imposition]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    code, seconds, megabytes = map(float, done.stdout.splitlines()[-1].split())
    assert code == 0
    assert seconds <= 30
    assert megabytes <= 300
    assert (tmp_path / "carnets.pdf").stat().st_size <= 10e6
