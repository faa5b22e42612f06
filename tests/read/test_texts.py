"""Free text: zones with ink cut into lines, letters set side by side, guesses kept as guesses."""

from dataclasses import replace

import pytest

from pipeline import read
from pipeline.read.engines import text
from pipeline.read.texts import suggest
from tests.read.drawn_pages import draw_blank
from tests.read.test_page import BLANK, FORM, PAGE, SETTINGS, filled, page_of


@pytest.fixture
def seen(monkeypatch):
    """Lines shown to the engine, which guesses « ligne 1 », « ligne 2 »…"""
    lines = []

    def guess(given):
        lines.extend(given)
        return [
            text.Guess(text=f"ligne {len(lines) - len(given) + n + 1}", score=0.9 - 0.1 * n) for n in range(len(given))
        ]

    monkeypatch.setattr(text, "guess_lines", guess)
    return lines


def suggested(sheet):
    page = page_of(sheet)
    readings = read.read_page(page, FORM, BLANK, SETTINGS)
    return {one.name: one for one in suggest(page, FORM, BLANK, readings, SETTINGS)}


def test_text_with_ink_gets_a_guess_and_the_rest_none(seen):
    found = suggested(filled())
    assert found["act01_texte"].suggestion.startswith("ligne")
    assert found["act01_texte"].suggestion_score == pytest.approx(0.9)
    assert {name for name, one in found.items() if one.suggestion} == {"act01_texte", "lettres"}
    assert found["act01_date"].suggestion == ""
    for line in seen:
        assert line.ndim == 2
        assert line.max() == 255
        assert (line < 150).mean() > 0.005


def test_letters_of_a_comb_are_one_line(seen):
    sheet = filled()
    one = suggested(sheet)["lettres"]
    assert one.suggestion
    assert one.cells
    assert len(seen) == 2


def test_a_blank_page_costs_nothing(seen):
    found = suggested(draw_blank(FORM))
    assert not seen
    assert not any(one.suggestion for one in found.values())


def test_two_lines_of_a_zone_are_two_pictures(seen):
    fields = tuple(replace(f, lines=2) if f.name == "act01_texte" else f for f in FORM.definition.fields)
    form = replace(FORM, definition=replace(FORM.definition, fields=fields))
    sheet = draw_blank(FORM)
    box = next(field.box for field in PAGE.fields if field.name == "act01_texte")
    for share in (0.25, 0.75):
        y = box.y + share * box.h
        for step in range(6):
            x = box.x + 4 + 5 * step
            sheet.line([(x, y - 1.1), (x + 2.5, y + 1.1)], 0.45, 40)
    page = page_of(sheet)
    readings = read.read_page(page, form, BLANK, SETTINGS)
    found = {one.name: one for one in suggest(page, form, BLANK, readings, SETTINGS)}
    assert len(found["act01_texte"].suggestion.split("ligne")) - 1 == 2
    assert found["act01_texte"].suggestion_score == pytest.approx(0.8)
