"""A correction written into the printed words above its cell, on the released form."""

import cv2
import numpy as np
import pytest

from pipeline import compose, define
from pipeline.model.scan import PX_PER_MM
from pipeline.read.cells import read_cells
from pipeline.read.ground import ground_of
from pipeline.read.inkmap import ink_of
from pipeline.settings import ReadSettings
from tests.read.drawn_pages import registered

FINE = 4
FORM = define.open_shelf(define.form_folders()).latest("carnet")
FIELD = "ref_top2"
"""Its cells stand close under a printed heading."""


def above(lowest_mm=None):
    """Ink above both cells: a 2 in the first, and a stroke from the heading down to so far above it."""
    number, box = next((page.number, one) for page in FORM.layout.pages for one in page.fields if one.name == FIELD)
    blank = compose.blank_pages(FORM)[number]
    fine = cv2.resize(blank, None, fx=FINE, fy=FINE, interpolation=cv2.INTER_CUBIC)
    x, y = box.cells[0].x + 2.3, box.cells[0].y
    strokes = [[(x - 1, y + 2), (x + 1, y + 2), (x - 1, y + 5.5), (x + 1.4, y + 5.5)]]
    if lowest_mm is not None:
        strokes.append([(x - 0.3, y - 5.6), (x, y - 4), (x, y - lowest_mm)])
    for stroke in strokes:
        points = np.round(np.array(stroke) * PX_PER_MM * FINE).astype(np.int32)
        cv2.polylines(fine, [points], False, 40, round(0.4 * PX_PER_MM * FINE), cv2.LINE_AA)
    pixels = cv2.resize(fine, blank.shape[::-1], interpolation=cv2.INTER_AREA)
    grain = np.random.default_rng(1).normal(0, 4, pixels.shape)
    page = registered(np.clip(pixels * 0.92 + grain, 0, 255).astype(np.uint8), page=number)
    layer = ink_of(page, ground_of(FORM, number, blank), ReadSettings())
    return [cell.reading.above_ratio for cell in read_cells(box, layer)]


def test_the_heading_alone_is_no_correction():
    assert above() == [0, 0]


@pytest.mark.parametrize("lowest_mm", [1.4, 1.6])
def test_what_hangs_out_of_the_heading_is_a_trace_of_a_correction(lowest_mm):
    first, second = above(lowest_mm)
    assert 0.002 <= first < 0.03
    assert second == 0


def test_what_hangs_far_out_of_it_is_a_correction():
    assert above(1.0)[0] > 0.05
