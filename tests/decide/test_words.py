"""Every code that this room or a published form can raise has French words."""

import ast
import re
from pathlib import Path

import pytest

import pipeline.decide
from pipeline import define
from pipeline.decide.rules import CHECKS
from pipeline.wording import PROBLEMS, REASONS, WARNINGS, words

CODE = re.compile(r"[a-z]+(_[a-z]+)+")
KINDS = {*CHECKS, "not_future"}


def literals():
    for path in sorted(Path(pipeline.decide.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                yield node.value


@pytest.mark.parametrize("code", sorted(set(literals()) - KINDS - set(pipeline.decide.__all__)))
def test_every_code_of_the_room_has_words(code):
    assert code in {**REASONS, **WARNINGS, **PROBLEMS}
    assert words(code).title


def test_every_rule_of_a_published_form_is_known_and_its_code_has_words():
    for folder in define.form_folders():
        for form in define.open_shelf([folder]).forms:
            for rule in form.definition.rules:
                assert rule.kind in KINDS, (form.key, rule)
                assert rule.code in {**WARNINGS, **REASONS}, (form.key, rule)
