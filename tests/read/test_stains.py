"""Broad, pale, tall stains are no strokes; whatever people draw stays."""

import cv2
import numpy as np
import pytest

from pipeline.read.ground import ground_of
from pipeline.read.inkmap import ink_of
from pipeline.read.marks import read_marks
from pipeline.read.stains import without_stains
from pipeline.settings import ReadSettings
from tests.read.drawn_pages import K, Sheet, boxes_form, draw_blank, mark, registered, scan

pytestmark = pytest.mark.slow

FORM = boxes_form(rows=6)
BLANK_SHEET = draw_blank(FORM)
BLANK = BLANK_SHEET.pixels()
FIELDS = FORM.layout.page(1).fields
ROW = FIELDS[2]
BOX = ROW.options[3].box
REACH_MM = 25.0


def ringed(sheet, level, width_mm=2.0):
    """The ring of a cup through a box of the third row, darkening what lies under it."""
    x, y = BOX.centre
    mask = np.full_like(sheet.fine, 255)
    centre = round((x + REACH_MM) * K), round(y * K)
    cv2.ellipse(mask, centre, (round(REACH_MM * K),) * 2, 0, 0, 360, level, round(width_mm * K))
    soft = cv2.GaussianBlur(mask, (0, 0), 0.4 * K)
    return Sheet(cv2.multiply(sheet.fine, soft, scale=1 / 255))


def layer_of(sheet, scanner="grey300"):
    pixels = scan(sheet, scanner, np.random.default_rng(3))
    return ink_of(registered(pixels), ground_of(FORM, 1, BLANK), ReadSettings())


def marks_of(layer):
    return [mark for marks in read_marks(FIELDS, layer).values() for mark in marks]


@pytest.mark.parametrize("scanner", ["grey300", "noisy", "jpeg", "dark_paper"])
@pytest.mark.parametrize("level", [180, 195, 210])
def test_the_ring_of_a_cup_leaves_every_box_empty(level, scanner):
    stained = layer_of(ringed(BLANK_SHEET, level), scanner)
    assert max(found.ink_ratio for found in marks_of(stained)) > 0.1
    assert max(found.ink_ratio for found in marks_of(without_stains(stained))) < 0.03


@pytest.mark.parametrize("kind", ["cross", "tick", "pencil_cross", "light_blue", "felt_cross"])
def test_marks_under_a_stain_are_still_marks(kind):
    sheet = BLANK_SHEET.copy()
    for field in FIELDS:
        for option in field.options[1::2]:
            mark(sheet, option.box, kind, np.random.default_rng(2))
    plain = marks_of(layer_of(sheet))
    found = marks_of(without_stains(layer_of(ringed(sheet, 200))))
    for alone, under in zip(plain, found, strict=True):
        if alone.ink_ratio:
            assert under.ink_ratio > 0.6 * alone.ink_ratio
            assert under.extent_ratio > 0.8 * alone.extent_ratio
        else:
            assert under.ink_ratio < 0.02


@pytest.mark.parametrize("kind", ["pencil_cross", "pencil_tick", "light_blue", "fill", "circle", "fold"])
def test_pale_pens_and_dark_surfaces_are_no_stains(kind):
    sheet = BLANK_SHEET.copy()
    rng = np.random.default_rng(6)
    for field in FIELDS:
        for option in field.options:
            mark(sheet, option.box, kind, rng)
    layer = layer_of(sheet)
    assert without_stains(layer) is layer


def test_boxes_shaded_with_a_pencil_and_a_highlighted_line_stay():
    sheet = BLANK_SHEET.copy()
    for option in ROW.options:
        cv2.rectangle(sheet.fine, *((round(x * K), round(y * K)) for x, y in _corners(option.box)), 190, -1)
    y = FIELDS[4].options[0].box.centre[1]
    sheet.line([(12, y), (120, y)], 5.0, 205)
    layer = layer_of(sheet)
    assert without_stains(layer) is layer


@pytest.mark.parametrize("level", [165, 180, 195])
@pytest.mark.parametrize("width", [0.6, 0.8, 1.0])
def test_digits_crossed_out_in_pencil_and_their_corrections_stay(width, level):
    sheet = BLANK_SHEET.copy()
    for option in ROW.options[::2]:
        x, y = option.box.centre
        cv2.ellipse(
            sheet.fine, (round(x * K), round(y * K)), (round(2 * K), round(3 * K)), 0, 0, 360, level, round(width * K)
        )
        sheet.line([(x - 2.2, y - 3), (x + 2.2, y + 3)], width, level)
        sheet.line([(x + 2.2, y - 3), (x - 2.2, y + 3)], width, level)
        sheet.line(
            [(x - 1.5, y - 7.5), (x, y - 8.5), (x + 1.5, y - 7), (x - 1.8, y - 3.6), (x + 2, y - 3.8)], width, level
        )
    layer = layer_of(sheet)
    assert without_stains(layer).ink.sum() == layer.ink.sum()


def test_a_long_pencil_line_down_the_page_stays():
    sheet = BLANK_SHEET.copy()
    sheet.line([(30, 25), (110, 110)], 0.7, 150)
    sheet.line([(110, 25), (30, 110)], 0.7, 150)
    layer = layer_of(sheet)
    assert without_stains(layer).ink.sum() == layer.ink.sum()


def test_a_scan_in_black_and_white_says_nothing_of_stains():
    layer = layer_of(ringed(BLANK_SHEET, 120), "bitonal")
    assert without_stains(layer) is layer


def _corners(box):
    return (box.x, box.y), (box.right, box.bottom)
