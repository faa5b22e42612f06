"""Every code that can reach a person has French words."""

import ast
import dataclasses
import re
from pathlib import Path

import pytest

import pipeline
from pipeline import wording
from pipeline.model.decision import Status
from pipeline.model.result import Disposition

SOURCES = sorted(Path(pipeline.__file__).parent.rglob("*.py"))
CATALOGUES = (wording.DISPOSITIONS, wording.STATUSES, wording.PROBLEMS, wording.REASONS, wording.WARNINGS)


ELISION = re.compile(
    r"(?<![\w’'])(?:[ldnscjmt]|qu|jusqu|lorsqu|puisqu|quelqu|aujourd|quoiqu|presqu)'(?=[^\W\d_])", re.I
)
NOT_SHOWN = ("settings/read.py", "rehearse/handover.py")
"""Quotes what is printed on paper; draws the papers of the rehearsed hand-over, which are as they are."""


def shown_texts(path):
    """Every text of a module that is no docstring; those of commands are their help."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and path.parent.name != "cli":
            silent.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.value


def test_what_people_read_bears_one_kind_of_apostrophe():
    straight = [
        (path.name, text)
        for path in SOURCES
        if not path.as_posix().endswith(NOT_SHOWN)
        for text in shown_texts(path)
        if ELISION.search(text)
    ]
    assert straight == []
    guide = (Path(__file__).parents[1] / "GUIDE.md").read_text("utf-8")
    assert ELISION.findall(re.sub(r"`[^`]*`", "", guide)) == []


def emitted_codes():
    """Codes written as text at a place where codes are made."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name == "PageError" and node.args and isinstance(node.args[0], ast.Constant):
                    yield path.name, node.args[0].value
                for keyword in node.keywords:
                    if keyword.arg in ("problem", "reason") and isinstance(keyword.value, ast.Constant):
                        yield path.name, keyword.value.value
                    if keyword.arg in ("reasons", "warnings") and isinstance(keyword.value, ast.Tuple):
                        for item in keyword.value.elts:
                            if isinstance(item, ast.Constant):
                                yield path.name, item.value


@pytest.mark.parametrize(
    ("place", "code"), sorted({pair for pair in emitted_codes() if pair[1] and " " not in pair[1]})
)
def test_codes_have_words(place, code):
    assert wording.words(code).title, place


TO_COME: set[str] = set()
"""Words agreed with the room that does not emit them yet; whoever emits one takes it out of here."""
MADE_OF_PARTS = {"canal_unknown", "public_unknown"}


def constants():
    """Every text constant of the program and of the released forms, the catalogues aside."""
    found = set()
    for path in SOURCES:
        if not {"wording", "rehearse", "train", "samples.py"} & set(path.parts):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    for path in sorted(Path(pipeline.__file__).parent.parent.glob("forms/*/*/form.toml")):
        found |= set(re.findall(r'"(\w+)"', path.read_text(encoding="utf-8")))
    return found


def test_no_words_for_a_code_that_nothing_emits():
    catalogued = {code for catalogue in (*CATALOGUES, wording.ROWS) for code in catalogue}
    idle = catalogued - constants() - MADE_OF_PARTS
    assert idle == TO_COME


def test_titles_hold_their_numbers_where_they_are_known():
    assert wording.told("print_scale", [("print_percent", 94.2)]) == "imprimé à 94\u00a0%"
    assert wording.told("dirty_glass", [("streak_mm", 62.8)]) == "vitre sale à 63 mm du bord"
    assert wording.told("torn_corner", [("corner", 3.0)]) == "coin arraché en bas à gauche"
    assert wording.told("not_registered", [("residual_mm", 0.45)]) == "page déformée, de 0,5 mm en moyenne"
    assert wording.told("print_not_found", [("matched", 0.412)]) == "impression retrouvée à 41\u00a0% seulement"
    assert wording.told("dirty_glass") == "vitre sale"


@pytest.mark.parametrize("code", [*Disposition, *Status])
def test_states_have_words(code):
    assert wording.words(code.value).title


def test_words_are_real_french_sentences():
    for catalogue in CATALOGUES:
        for code, words in catalogue.items():
            assert words.title, code
            for sentence in (words.explanation, words.remedy):
                assert not sentence or sentence.endswith((".", "»")), (code, sentence)


def test_words_have_one_kind_of_apostrophe():
    """They stand in workbooks beside questions, which bear the typographic one."""
    catalogues = (*CATALOGUES, wording.ROWS, wording.KINDS)
    told = [text for known in catalogues for words in known.values() for text in dataclasses.astuple(words)]
    assert [text for text in told if "'" in text] == []
