"""Free zones and straight lines: what is measured does not depend on where the frame runs."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read.ground import ground_of
from pipeline.read.ink import NO_INK, read_ink, struck
from pipeline.read.inkmap import ink_of
from pipeline.read.strokes import best_lines, solidities
from pipeline.settings import ReadSettings
from tests.read.drawn_pages import comb_form, draw_blank, registered, scan

FORM = comb_form()
TEXT = FORM.layout.page(1).fields[2]
BLANK_SHEET = draw_blank(FORM)
GROUND = ground_of(FORM, 1, BLANK_SHEET.pixels())


def read(sheet, scanner="grey300"):
    layer = ink_of(registered(scan(sheet, scanner, np.random.default_rng(2))), GROUND, ReadSettings())
    return read_ink(TEXT.box, {GROUND.place_of[TEXT.name, 0]}, layer)


def test_printed_writing_lines_are_no_ink():
    for scanner in ("clean", "noisy", "dark_paper", "shadow", "bitonal"):
        assert read(BLANK_SHEET, scanner) == NO_INK


def test_words_are_counted_as_strokes_and_measured_in_width():
    sheet = BLANK_SHEET.copy()
    for word in range(4):
        x = TEXT.box.x + 2 + 10 * word
        sheet.line([(x, 86), (x + 2, 82), (x + 4, 86), (x + 6, 82)], 0.4, 60)
    found = read(sheet)
    assert found.strokes == 4
    assert 0.3 < found.extent_ratio < 0.55
    assert found.struck_ratio < 0.3
    assert found.darkness > 0.3


def test_a_descender_from_above_is_ink_but_no_stroke_of_the_zone():
    sheet = BLANK_SHEET.copy()
    sheet.line([(51, 62.5), (54, 62.5), (52.5, 66.5), (52.5, 74), (52, 81.0)], 0.45, 40)
    found = read(sheet)
    assert found.ink_ratio > 0
    assert found.strokes == 0


def test_print_does_not_break_a_strike_and_bare_paper_does():
    ink = np.zeros((48, 400), bool)
    ink[22:26] = True
    nowhere = np.zeros_like(ink)
    assert struck(ink, nowhere) == 1.0
    ink[:, 180:220] = False
    assert struck(ink, nowhere) < 0.5
    printed = nowhere.copy()
    printed[:, 176:224] = True
    assert struck(ink, printed) == 1.0
    assert struck(nowhere, nowhere) == 0.0


@given(st.floats(0, 179), st.floats(9, 30))
def test_a_straight_line_is_found_at_any_angle(degrees, half):
    y, x = np.indices((72, 72)) - 36.0
    angle = np.deg2rad(degrees)
    across, along = x * np.sin(angle) - y * np.cos(angle), x * np.cos(angle) + y * np.sin(angle)
    ink = (np.abs(across) < 1.2) & (np.abs(along) < half)
    blank = np.zeros_like(ink)
    lines = best_lines(np.stack([blank, ink, blank]))
    assert np.array_equal(np.unique(lines.image), [1])
    assert lines.at.size > 0.88 * np.count_nonzero(ink)
    assert abs(lines.length_px[1] - 2 * half) < 6
    assert (lines.left + lines.right)[1] <= 0.05 * np.count_nonzero(ink)


@given(st.integers(2, 18))
def test_solidity_is_the_radius_of_a_disc(radius):
    y, x = np.indices((60, 60)) - 30
    disc = x * x + y * y <= radius * radius
    assert abs(solidities(disc[None], 20.0)[0] - min(1.0, radius / 20)) < 0.12


def test_no_line_on_an_empty_mask():
    lines = best_lines(np.zeros((1, 20, 20), bool))
    assert not lines.at.size
    assert lines.length_px == lines.left == lines.right == lines.beyond_px == 0
