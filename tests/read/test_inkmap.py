"""The ink layer: blank print vanishes, strokes stay, whatever the paper and the scanner."""

import numpy as np
import pytest

from pipeline.model.layout import Box
from pipeline.model.scan import PX_PER_MM
from pipeline.read.ground import ground_of, window
from pipeline.read.inkmap import ink_of
from pipeline.read.paper import contrast_map, paper_level
from pipeline.settings import ReadSettings
from tests.read.drawn_pages import SCANS, Sheet, boxes_form, draw_blank, mark, registered, scan

SETTINGS = ReadSettings()
FORM = boxes_form(rows=4)
BLANK_SHEET = draw_blank(FORM)
BLANK = BLANK_SHEET.pixels()
GROUND = ground_of(FORM, 1, BLANK)


def ink(pixels):
    return ink_of(registered(pixels), GROUND, SETTINGS)


@pytest.mark.parametrize("kind", SCANS)
def test_the_blank_print_is_no_ink_on_any_paper(kind):
    layer = ink(scan(BLANK_SHEET, kind, np.random.default_rng(1), shift_mm=(0.08, -0.08)))
    assert not layer.ink.any()


@pytest.mark.parametrize("shift", [(0.3, 0.0), (0.0, -0.3), (0.21, 0.21)])
def test_print_a_third_of_a_millimetre_off_leaves_boxes_empty(shift):
    """Far more than registration leaves."""
    layer = ink(scan(BLANK_SHEET, "grey300", np.random.default_rng(2), shift_mm=shift))
    for field in FORM.layout.page(1).fields:
        for option in field.options:
            assert not layer.ink[window(option.box.grown(-0.35), layer.ink.shape)].any()


def test_ink_that_crosses_a_printed_line_stays_one_stroke():
    sheet = BLANK_SHEET.copy()
    box = FORM.layout.page(1).fields[1].options[2].box
    for x0, x1 in ((0.5, 0.5), (0.2, 0.8), (0.9, 0.3)):
        drawn = sheet.copy()
        drawn.line([(box.x + x0 * 5, box.y + 2), (box.x + x1 * 5, box.y - 3)], 0.45, 40)
        layer = ink(scan(drawn, "grey300", np.random.default_rng(4)))
        assert np.count_nonzero(layer.area[np.unique(layer.labels)[1:]] > 0) == 1


def test_light_pencil_is_ink_and_grain_is_not():
    sheet = BLANK_SHEET.copy()
    box = FORM.layout.page(1).fields[0].options[0].box
    mark(sheet, box, "pencil_cross", np.random.default_rng(5))
    layer = ink(scan(sheet, "noisy", np.random.default_rng(5)))
    at = window(box.grown(2), layer.ink.shape)
    inside = np.zeros(layer.ink.shape, bool)
    inside[at] = True
    assert layer.ink[at].sum() > 100
    assert not (layer.ink.astype(bool) & ~inside).any()


def test_paper_level_follows_a_shadow_and_not_the_writing():
    sheet = BLANK_SHEET.copy()
    for line in range(8):
        sheet.line([(20 + line, 150 + 3 * line), (120, 150 + 3 * line)], 0.6, 30)
    pixels = np.asarray(scan(sheet, "shadow", np.random.default_rng(6)))
    layer = ink(pixels)
    contrast = layer.contrast[window(Box(x=14, y=100, w=120, h=40), layer.ink.shape)]
    assert np.median(contrast) < 0.03 * 255
    level = paper_level(pad_of(pixels), GROUND)
    assert level[round(160 * PX_PER_MM / 8), round(70 * PX_PER_MM / 8)] > 220


def pad_of(pixels):
    from pipeline.read.ground import pad

    return pad(pixels)


def test_contrast_is_relative_to_the_paper():
    for paper in (250, 180, 120):
        pixels = np.full((80, 80), paper, np.uint8)
        pixels[40, 40] = paper // 2
        contrast = contrast_map(pixels, np.full((10, 10), paper, np.uint8))
        assert abs(int(contrast[40, 40]) - 128) <= 2
        assert contrast[10, 10] == 0


def test_nothing_is_measured_in_the_stamps():
    sheet = Sheet(BLANK_SHEET.fine.copy())
    sheet.line([(72, 8), (76, 12)], 1.0, 0)
    sheet.line([(8, 8), (12, 12)], 1.0, 0)
    assert not ink(scan(sheet, "clean", np.random.default_rng(7))).ink.any()
