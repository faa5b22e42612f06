"""Lines from edge to edge of the page are no strokes; what people write stays."""

import numpy as np
import pytest

from pipeline.read.creases import creases
from pipeline.read.ground import ground_of
from pipeline.read.inkmap import ink_of
from pipeline.read.marks import read_marks
from pipeline.settings import ReadSettings
from tests.read.drawn_pages import boxes_form, draw_blank, mark, registered, scan

FORM = boxes_form(rows=6)
BLANK_SHEET = draw_blank(FORM)
BLANK = BLANK_SHEET.pixels()
ROW = FORM.layout.page(1).fields[2]
Y = ROW.options[0].box.centre[1]
ACROSS = [(0, Y - 0.6), (148, Y + 0.6)]


def layer_of(sheet, scanner="grey300", form=FORM, blank=BLANK):
    pixels = scan(sheet, scanner, np.random.default_rng(3))
    return ink_of(registered(pixels), ground_of(form, 1, blank), ReadSettings())


def marks_of(layer, field=ROW):
    return read_marks((field,), layer)[field.name]


def drawn_px(sheet, blank=BLANK_SHEET):
    """How many pixels of the grid were drawn on the blank."""
    return np.count_nonzero(blank.pixels().astype(int) - sheet.pixels() > 40)


@pytest.mark.parametrize("scanner", ["grey300", "bitonal"])
@pytest.mark.parametrize("points", [ACROSS, [(40, 0), (44, 210)], [(0, 30), (148, 60)]])
def test_a_line_from_edge_to_edge_leaves_no_ink(points, scanner):
    sheet = BLANK_SHEET.copy()
    sheet.line(points, 0.3, 90)
    layer = layer_of(sheet, scanner)
    assert layer.ink.sum() < 0.05 * drawn_px(sheet)
    for field in FORM.layout.page(1).fields:
        assert max(reading.ink_ratio for reading in marks_of(layer, field)) < 0.02


@pytest.mark.parametrize("scanner", ["grey300", "bitonal"])
@pytest.mark.parametrize("grey", [60, 130, 200])
def test_no_ink_is_left_where_a_line_runs_through_printed_words(scanner, grey):
    printed = BLANK_SHEET.copy()
    for row in range(8):
        printed.text(16, 22 + 4.5 * row, "les actions de la semaine et du mois", size_mm=3.5, grey=60 * (row % 2))
    blank = printed.pixels()
    sheet = printed.copy()
    sheet.line([(60, 0), (61, 210)], 0.35, grey)
    sheet.line([(0, 21), (148, 23)], 0.35, grey)
    # A layout of its own: what is known of a printed page is kept by the layout's fingerprint.
    layer = layer_of(sheet, scanner, boxes_form(columns=6), blank)
    assert layer.ink.sum() < 0.05 * drawn_px(sheet, printed)


@pytest.mark.parametrize("scanner", ["grey300", "bitonal"])
def test_a_mark_that_such_a_line_crosses_is_still_a_mark(scanner):
    sheet = BLANK_SHEET.copy()
    for option in ROW.options[::2]:
        mark(sheet, option.box, "cross", np.random.default_rng(2))
    plain = marks_of(layer_of(sheet, scanner))
    sheet.line(ACROSS, 0.25, 110)
    found = marks_of(layer_of(sheet, scanner))
    for rank, (alone, crossed) in enumerate(zip(plain, found, strict=True)):
        if rank % 2:
            assert crossed.ink_ratio < 0.02
        else:
            assert crossed.ink_ratio > 0.6 * alone.ink_ratio
            assert crossed.extent_ratio > 0.9
            assert crossed.core_ratio > 0.1


@pytest.mark.parametrize("points", [[(10, Y), (138, Y)], [(0, Y), (120, Y)], [(40, 15), (40, 120)]])
def test_what_stays_between_the_margins_is_somebody_s_line(points):
    sheet = BLANK_SHEET.copy()
    sheet.line(points, 0.4, 60)
    layer = layer_of(sheet)
    assert creases(layer.ink, layer.contrast, layer.ground) == []
    assert layer.ink.sum() > 0.8 * drawn_px(sheet)


def test_a_page_without_ink_has_no_crease():
    layer = layer_of(BLANK_SHEET)
    assert creases(layer.ink, layer.contrast, layer.ground) == []


def test_strokes_keep_their_places_and_sizes():
    sheet = BLANK_SHEET.copy()
    mark(sheet, ROW.options[1].box, "cross", np.random.default_rng(4))
    sheet.line(ACROSS, 0.25, 110)
    clean = layer_of(sheet)
    strokes = np.unique(clean.labels[clean.ink > 0])
    assert 0 not in strokes
    for stroke in strokes:
        assert clean.area[stroke] == np.count_nonzero(clean.labels == stroke)
        assert clean.owner[stroke] in (0, clean.ground.place_of[ROW.name, 1])
    assert np.array_equal(clean.at, np.flatnonzero(clean.ink))
