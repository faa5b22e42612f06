"""Character cells: overshoot kept, neighbours' tails dropped, strikes and corrections measured."""

from functools import lru_cache

import numpy as np
import pytest

from pipeline.model.scan import PX_PER_MM
from pipeline.read.cells import read_cells
from pipeline.read.ground import ground_of
from pipeline.read.inkmap import ink_of
from pipeline.settings import ReadSettings
from tests.read.drawn_pages import comb_form, curve, draw_blank, registered, scan, write

FORM = comb_form()
FIELD = FORM.layout.page(1).fields[0]
CELLS = FIELD.cells
BLANK_SHEET = draw_blank(FORM)
BLANK = BLANK_SHEET.pixels()


def read(sheet, scanner="grey300", shift=(0.05, -0.05)):
    pixels = scan(sheet, scanner, np.random.default_rng(3), shift_mm=shift)
    layer = ink_of(registered(pixels), ground_of(FORM, 1, BLANK), ReadSettings())
    return read_cells(FIELD, layer)


@lru_cache(maxsize=16)
def written(digits, scanner="grey300"):
    sheet = BLANK_SHEET.copy()
    for cell, digit in zip(CELLS, digits, strict=False):
        write(sheet, cell, digit)
    return read(sheet, scanner)


@pytest.mark.parametrize("scanner", ["clean", "noisy", "dark_paper", "shadow", "bitonal", "low_toner"])
def test_empty_cells_hold_nothing_and_no_picture(scanner):
    for cell in read(BLANK_SHEET, scanner):
        assert cell.picture is None
        assert cell.reading.ink_ratio == cell.reading.above_ratio == cell.reading.strokes == 0
        assert cell.reading.probabilities == ()


def test_each_digit_stays_in_its_cell():
    cells = written("0123456789")[: len(CELLS)]
    for cell in cells:
        assert cell.picture is not None
        assert 0.03 < cell.reading.ink_ratio < 0.6
        assert cell.reading.height_ratio > 0.5
        assert cell.reading.spill_ratio < 0.05
        assert cell.reading.above_ratio == 0


def test_the_picture_is_dark_ink_on_white_paper_without_the_frame():
    for cell in written("1111"):
        if cell.picture is not None:
            assert cell.picture.dtype == np.uint8
            assert np.median(cell.picture) == 255
            assert cell.picture.min() < 160
            rows = np.flatnonzero((cell.picture < 200).any(axis=0))
            assert rows.size < 0.5 * cell.picture.shape[1]


def test_a_digit_that_overshoots_its_frame_is_kept_whole():
    sheet = BLANK_SHEET.copy()
    x, y = CELLS[2].centre
    sheet.line([(x, y - 4.6), (x + 0.3, y + 4.9)], 0.5, 40)
    cells = read(sheet)
    rows = np.flatnonzero((cells[2].picture < 200).any(axis=1))
    assert rows[-1] - rows[0] > 0.93 * 9.5 * PX_PER_MM
    assert cells[2].reading.height_ratio == 1.0
    assert cells[2].reading.above_ratio == 0
    assert [cell.picture is None for cell in cells] == [rank != 2 for rank in range(len(cells))]


def test_a_neighbours_tail_is_dropped_from_an_empty_cell_and_from_a_digit():
    rng = np.random.default_rng(1)
    for neighbour in ("", "3"):
        sheet = BLANK_SHEET.copy()
        x, y = CELLS[1].centre
        sheet.line(curve([(x - 1.5, y - 2.5), (x + 1, y - 2), (x, y + 1), (x + 4.1, y + 2.9)], rng), 0.5, 40)
        if neighbour:
            write(sheet, CELLS[2], neighbour)
        cells = read(sheet)
        assert (cells[2].picture is not None) == bool(neighbour)
        if neighbour:
            alone = read(written_alone(2, neighbour))[2]
            assert abs(cells[2].reading.width_ratio - alone.reading.width_ratio) < 0.1


def written_alone(rank, digit):
    sheet = BLANK_SHEET.copy()
    write(sheet, CELLS[rank], digit)
    return sheet


def test_a_digit_that_hangs_out_below_is_perhaps_a_correction_of_the_row_beneath():
    sheet = BLANK_SHEET.copy()
    (x, _), bottom = CELLS[2].centre, CELLS[2].bottom
    sheet.line([(x - 1, bottom - 1.6), (x + 1, bottom - 1.6), (x + 1, bottom + 2.4)], 0.5, 40)
    low, plain = read(sheet)[2].reading, read(written_alone(2, "7"))[2].reading
    assert low.spill_ratio == 1.0
    assert plain.spill_ratio < 0.5


def test_an_outline_that_came_out_thick_is_no_digit():
    sheet = BLANK_SHEET.copy()
    box = CELLS[2]
    sheet.line([(box.x + 0.25, box.y), (box.x + 0.25, box.bottom)], 0.5, 0)
    reading = read(sheet)[2].reading
    assert not reading.probabilities
    assert reading.ink_ratio == 0 or reading.spill_ratio == 1.0


def test_touching_digits_are_cut_between_their_cells():
    sheet = BLANK_SHEET.copy()
    (x1, y1), (x2, y2) = CELLS[1].centre, CELLS[2].centre
    sheet.line([(x1 - 1.5, y1 + 2), (x1 + 1.5, y1 - 2), (x2 - 1.5, y2 + 2), (x2 + 1.5, y2 - 2)], 0.5, 40)
    cells = read(sheet)
    for rank in (1, 2):
        assert cells[rank].picture is not None
        dark = np.flatnonzero((cells[rank].picture < 200).any(axis=0))
        assert 0.5 * 39 < dark[-1] - dark[0] < 1.25 * 39


def test_a_struck_digit_is_told_from_plain_ones():
    plain = [
        cell.reading.struck_ratio
        for digits in ("012345", "678901")
        for cell in written(digits)
        if cell.picture is not None
    ]
    for digit in "0235689":
        sheet = written_alone(3, digit)
        x, y = CELLS[3].centre
        sheet.line([(x - 2.7, y + 0.3), (x + 2.7, y - 0.4)], 0.45, 40)
        assert read(sheet)[3].reading.struck_ratio > max(plain)


def test_a_scribbled_cell_is_told_from_plain_digits():
    plain = [
        cell.reading.scribble_ratio
        for digits in ("012345", "678901")
        for cell in written(digits)
        if cell.picture is not None
    ]
    sheet = written_alone(3, "5")
    x, y = CELLS[3].centre
    zigzag = [(x + (2.2 if step % 2 else -2.2), y - 3 + step * 0.5) for step in range(13)]
    sheet.line(zigzag, 0.45, 40)
    assert read(sheet)[3].reading.scribble_ratio > max(0.5, *plain)


def test_a_correction_above_is_measured_there_and_not_in_the_cell():
    sheet = written_alone(3, "5")
    box = CELLS[3]
    before = read(sheet)[3].reading
    write(sheet, type(box)(x=box.x + 0.5, y=box.y - 4.6, w=4, h=4.4), "2")
    after = read(sheet)[3].reading
    assert before.above_ratio == 0
    assert after.above_ratio > 0.05
    assert after.height_ratio == before.height_ratio
    assert all(cell.reading.above_ratio == 0 for rank, cell in enumerate(read(sheet)) if rank != 3)


def test_a_correction_is_seen_though_its_strike_runs_into_the_neighbours_digit():
    sheet = written_alone(2, "8")
    write(sheet, CELLS[3], "4")
    (left, _), (x, y) = CELLS[2].centre, CELLS[3].centre
    sheet.line([(left, y + 0.4), (x + 2.4, y + 0.2)], 0.45, 40)
    assert max(cell.reading.above_ratio for cell in read(sheet)) == 0
    box = CELLS[3]
    write(sheet, type(box)(x=box.x + 0.5, y=box.y - 4.6, w=4, h=4.4), "0")
    sheet.line([(x, box.y - 1.2), (x, y)], 0.45, 40)  # the correction touches the digit under it
    cells = read(sheet)
    assert cells[3].reading.above_ratio > 0.05
    assert all(cell.reading.above_ratio == 0 for rank, cell in enumerate(cells) if rank != 3)


@pytest.mark.parametrize(("turns", "low", "high"), [(0, 0, 0), (2, 0.002, 0.03), (4, 0.03, 1)])
def test_a_stroke_of_the_row_above_counts_as_far_as_it_stands_above_the_cell(turns, low, high):
    sheet = BLANK_SHEET.copy()
    box = FORM.layout.page(1).fields[1].cells[3]
    x, y = box.centre[0], box.y
    zigzag = [(x + (1.5 if turn % 2 else -1.5), y - 3 + 2.4 * turn / max(turns, 1)) for turn in range(turns + 1)]
    sheet.line([(x, y - 17), (x, y - 13), (x, y - 5), *zigzag], 0.45, 40)
    layer = ink_of(
        registered(scan(sheet, "grey300", np.random.default_rng(3))), ground_of(FORM, 1, BLANK), ReadSettings()
    )
    found = [cell.reading.above_ratio for cell in read_cells(FORM.layout.page(1).fields[1], layer)]
    assert low <= found[3] <= high
    assert found[:3] == [0, 0, 0]


def test_a_streak_of_the_scanner_above_a_cell_is_no_correction():
    sheet = written_alone(3, "5")
    box = CELLS[3]
    x = box.x + 2.2
    sheet.line([(x, 2), (x, box.y - 0.3)], 0.2, 120)
    sheet.line([(x, box.bottom + 0.3), (x, 200)], 0.2, 120)
    assert read(sheet)[3].reading.above_ratio == 0


def test_the_foot_of_a_digit_that_fell_apart_stays_with_it():
    sheet = written_alone(0, "5")
    box = CELLS[3]
    sheet.line([(box.x + 1, box.y + 2), (box.centre[0], box.y + 1), (box.right - 1, box.y + 2.5)], 0.4, 40)
    sheet.line([(box.x + 1, box.bottom - 1), (box.right - 1, box.bottom - 0.8)], 0.4, 40)
    found = read(sheet)[3].reading
    assert found.strokes == 2
    assert found.height_ratio > 0.6
    assert found.foreign_ratio == 0


def test_ink_that_belongs_elsewhere_is_measured_as_foreign():
    sheet = written_alone(0, "5")
    box = CELLS[4]
    # A long stroke of the neighbour whose tail ends in this cell.
    sheet.line(
        [(box.right - 1.0, box.y + 3.5), (CELLS[5].right - 1, box.y + 3.5), (CELLS[5].x + 1, box.y + 5)], 0.5, 40
    )
    cells = read(sheet)
    assert cells[4].picture is None
    assert cells[4].reading.foreign_ratio > 0.004
    assert cells[5].reading.foreign_ratio == cells[2].reading.foreign_ratio == 0


def test_a_fold_along_the_foot_of_a_row_is_in_no_cell():
    sheet = BLANK_SHEET.copy()
    foot = CELLS[0].bottom
    sheet.line([(8, foot + 0.35), (140, foot + 0.55)], 0.3, 120)
    for cell in read(sheet):
        assert cell.picture is None
        assert cell.reading.ink_ratio == 0
