"""Digits written along their frame stay whole; a bare frame is nobody's ink."""

import numpy as np
import pytest

from pipeline import read
from tests.read.drawn_pages import curve
from tests.read.test_page import BLANK, BLANK_SHEET, FORM, PAGE, SETTINGS, page_of

CELL = PAGE.fields[0].cells[0]
SCANS = ("grey300", "jpeg", "bitonal")


def first_cell(engine, sheet, scanner):
    """Its measures, and its picture as the engine saw it."""
    engine.clear()
    readings = read.read_page(page_of(sheet, scanner), FORM, BLANK, SETTINGS)
    pictures = engine[0] if engine else []
    return next(one for one in readings if one.name == "act01_date").cells[0], pictures


def two_along_the_side(sheet):
    """A 2 whose back runs along the right side of its cell."""
    x, y, right = CELL.x, CELL.y, CELL.right
    points = [(x + 1, y + 1.6), (x + 3, y + 0.7), (right - 0.3, y + 1.2), (right, y + 2.2), (right, y + 3.6)]
    points += [(right - 1, y + 4.8), (x + 0.8, y + 6.2), (right - 0.5, y + 6.1)]
    sheet.line(curve(points, np.random.default_rng(3), 0.0), 0.45, 50)


@pytest.mark.parametrize("scanner", SCANS[:2])
def test_a_digit_along_its_frame_is_one_piece(engine, scanner):
    sheet = BLANK_SHEET.copy()
    two_along_the_side(sheet)
    cell, pictures = first_cell(engine, sheet, scanner)
    assert cell.height_ratio > 0.7
    assert len(pictures) == 1
    rows = np.flatnonzero((pictures[0] < 160).any(axis=1))
    assert rows[-1] - rows[0] + 1 == rows.size, "no row between head and foot is without ink"


@pytest.mark.parametrize("scanner", SCANS)
def test_a_small_digit_takes_nothing_of_the_frame(engine, scanner):
    sheet = BLANK_SHEET.copy()
    x, y = CELL.centre
    sheet.line([(x, y - 1.8), (x, y + 1.8)], 0.45, 50)
    cell, _ = first_cell(engine, sheet, scanner)
    assert cell.width_ratio < 0.3
    assert 0.4 < cell.height_ratio < 0.75
