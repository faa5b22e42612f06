"""What README and GUIDE tell people to type exists, and every command stands in both."""

import re
from pathlib import Path

import pytest
import typer

from pipeline.cli import app
from pipeline.settings import DecideSettings

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = {
    name: {option for parameter in command.params for option in parameter.opts if option.startswith("--")} | {"--help"}
    for name, command in typer.main.get_command(app).commands.items()
}
TYPED = re.compile(r"carnet ([a-z]+)([^`\n]*)")


@pytest.mark.parametrize("document", ["README.md", "GUIDE.md"])
def test_every_command_stands_there(document):
    text = (ROOT / document).read_text("utf-8")
    assert [name for name in COMMANDS if f"carnet {name}" not in text] == []


@pytest.mark.parametrize("document", ["README.md", "GUIDE.md", "samples/README.md"])
def test_what_is_typed_there_exists(document):
    text = (ROOT / document).read_text("utf-8")
    for spans in (re.findall(r"`(carnet [^`]*)`", text), re.findall(r"(?m)^(carnet .*)$", text)):
        for command, rest in (found for span in spans for found in TYPED.findall(span)):
            assert command in COMMANDS
            assert set(re.findall(r"--[a-z][a-z-]*", rest)) <= COMMANDS[command], f"carnet {command}{rest}"


def test_the_errors_that_are_tolerated_are_those_of_the_settings():
    (told,) = re.findall(r"il tolère ([\d,]+) erreur", (ROOT / "GUIDE.md").read_text("utf-8"))
    assert float(told.replace(",", ".")) == DecideSettings().tick_errors_tolerated


def test_targets_of_make_that_are_named_exist():
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8")))
    for document in ("README.md", "CONTRIBUTING.md", "samples/README.md"):
        named = re.findall(r"`make ([a-z-]+)", (ROOT / document).read_text("utf-8"))
        assert set(named) <= targets, document
