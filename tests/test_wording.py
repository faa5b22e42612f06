"""Every code that can reach a person has French words."""

import ast
from pathlib import Path

import pytest

import pipeline
from pipeline import wording
from pipeline.model.decision import Status
from pipeline.model.result import Disposition

SOURCES = sorted(Path(pipeline.__file__).parent.rglob("*.py"))
CATALOGUES = (wording.DISPOSITIONS, wording.STATUSES, wording.PROBLEMS, wording.REASONS, wording.WARNINGS)


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


@pytest.mark.parametrize("code", [*Disposition, *Status])
def test_states_have_words(code):
    assert wording.words(code.value).title


def test_words_are_real_french_sentences():
    for catalogue in CATALOGUES:
        for code, words in catalogue.items():
            assert words.title, code
            for sentence in (words.explanation, words.remedy):
                assert not sentence or sentence.endswith((".", "»")), (code, sentence)
