"""The command line speaks French, answers fast and keeps its exit codes."""

import re
import resource
import subprocess
import sys

import pytest

from pipeline.cli import app, main
from pipeline.errors import ExitCode

COMMANDS = [command.callback.__name__ for command in app.registered_commands]
ENGLISH = ("Usage", "Options:", "Show this message", "[default", "required", "Commands:")


def test_every_command_is_there():
    assert COMMANDS[:5] == ["imprimer", "lire", "consolider", "repeter", "diagnostic"]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_french(command, capsys):
    assert main([*([command] if command else []), "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Utilisation : " in shown
    assert not [word for word in ENGLISH if word in shown]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_whole_and_typeset(command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    main([*([command] if command else []), "--help"])
    shown = capsys.readouterr().out
    assert "..." not in shown, "no sentence is cut"
    assert not re.search(r"«\s*\n|\n\s*»|« | »", shown), "guillemets never part from their word"


def test_help_tells_every_exit_code(capsys):
    main(["--help"])
    told = {int(code) for code in re.findall(r"(\d+)\u00a0", capsys.readouterr().out.split("Codes de sortie")[1])}
    assert told == set(ExitCode)


def test_help_loads_nothing_heavy():
    script = (
        "import sys; from pipeline.cli import main; main(['--help'])\n"
        "heavy = {'cv2', 'numpy', 'pandas', 'openpyxl', 'typst', 'pikepdf', 'PIL', 'rich'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)


def test_help_takes_under_half_a_second_of_cpu():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "pipeline", "--help"], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["imprimmer"], "La commande « imprimmer » n’existe pas"),
        (["consolider", "surplus"], "« surplus » n’est pas attendu ici"),
        (["lire", "--inconnu", "x"], "--inconnu"),
        (["lire"], "SCAN…"),
        (
            ["lire", "x", "--travailleurs", "deux"],
            "« --travailleurs » ne convient pas : il faut un nombre entier.",
        ),
        (["repeter", "--sortie", "x", "--quantite", "0"], "il faut au moins 1."),
        (["imprimer", "--sortie", "x", "--quantite", "deux"], "il faut un nombre entier."),
    ],
)
def test_a_misunderstood_command_is_told_in_french(arguments, told, capsys):
    assert main(arguments) == ExitCode.USAGE
    shown = capsys.readouterr().err.replace("\u00a0", " ")
    assert told in shown
    assert "--help" in shown


def test_a_wrong_day_is_refused(tmp_path, capsys):
    assert main(["lire", str(tmp_path), "--date-numerisation", "18/11", "--dossier", str(tmp_path)]) == ExitCode.USAGE
    assert "18/11" in capsys.readouterr().err
