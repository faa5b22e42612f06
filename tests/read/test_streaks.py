"""Straight lines of a dirty glass leave no ink, however pale; what people write stays."""

import numpy as np
import pytest

from pipeline.read.ground import ground_of
from pipeline.read.inkmap import ink_of
from pipeline.read.streaks import streaks
from pipeline.settings import ReadSettings
from tests.read.drawn_pages import boxes_form, draw_blank, mark, registered, scan

FORM = boxes_form(rows=6)
BLANK_SHEET = draw_blank(FORM)
BLANK = BLANK_SHEET.pixels()
BOX = FORM.layout.page(1).fields[2].options[3].box
RUNS = [
    [(40, 0), (43, 210)],
    [(BOX.centre[0], 0), (BOX.centre[0], 210)],
    [(75, 0), (73, 210)],  # through both codes of the page
    [(0, 90), (148, 93)],
]


def layer_of(pixels):
    return ink_of(registered(pixels), ground_of(FORM, 1, BLANK), ReadSettings())


def found_in(layer):
    return list(streaks(layer.contrast, layer.floor, layer.ground))


def streaked(points, share, width_mm=0.2, seed=5, sheet=BLANK_SHEET):
    """A scan with a line that takes away a share of the light."""
    drawn = sheet.copy()
    drawn.fine = np.full_like(drawn.fine, 255)
    drawn.line(points, width_mm, round(255 * (1 - share)))
    pixels = scan(sheet, "grey300", np.random.default_rng(seed))
    return (pixels.astype(np.float64) * drawn.pixels() / 255).astype(np.uint8)


@pytest.mark.parametrize("share", [0.15, 0.25, 0.45])
@pytest.mark.parametrize("points", RUNS)
def test_a_pale_line_leaves_no_ink(points, share):
    layer = layer_of(streaked(points, share))
    assert layer.ink.sum() <= layer_of(streaked(points, 0)).ink.sum() + 10


@pytest.mark.parametrize("points", RUNS)
def test_it_is_found_where_it_runs(points):
    (line,) = found_in(layer_of(streaked(points, 0.35)))
    (x0, y0), (x1, y1) = np.array(points) * BLANK.shape[1] / 148
    along, ends = (1, (x0, x1)) if abs(y1 - y0) > abs(x1 - x0) else (0, (y0, y1))
    expected = np.interp(line.points[:, along], [0, BLANK.shape[1 - along]], ends)
    assert np.abs(line.points[:, 1 - along] - expected).max() <= 2.5
    assert line.width_px <= 4


@pytest.mark.parametrize(
    "points",
    [[(40, 12), (40, 210)], [(40, 0), (40, 195)], [(12, 90), (138, 90)], [(40, 0), (60, 210)], [(30, 9), (31, 200)]],
)
def test_what_does_not_run_straight_through_both_margins_is_no_streak(points):
    assert found_in(layer_of(streaked(points, 0.35))) == []


def test_two_marks_in_opposite_margins_are_no_streak():
    sheet = BLANK_SHEET.copy()
    sheet.line([(40, 0), (40, 14)], 0.3, 60)
    sheet.line([(41, 190), (41, 210)], 0.3, 60)
    assert found_in(layer_of(scan(sheet, "grey300", np.random.default_rng(4)))) == []


@pytest.mark.parametrize("kind", ["grey300", "noisy", "dark_paper", "shadow", "jpeg", "bitonal", "low_toner"])
def test_scans_without_a_streak_have_none(kind):
    for seed in range(4):
        assert found_in(layer_of(scan(BLANK_SHEET, kind, np.random.default_rng(seed)))) == []


def test_a_cross_on_a_pale_line_stays():
    sheet = BLANK_SHEET.copy()
    mark(sheet, BOX, "cross", np.random.default_rng(2))
    plain = layer_of(streaked(RUNS[1], 0, sheet=sheet))
    crossed = layer_of(streaked(RUNS[1], 0.25, sheet=sheet))
    assert crossed.ink.sum() > 0.85 * plain.ink.sum()
