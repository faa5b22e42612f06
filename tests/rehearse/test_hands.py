"""Writers: alike within a carnet, unlike between carnets, and inside their cells."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.layout import Box
from pipeline.rehearse import marks
from pipeline.rehearse.glyphs import DIGITS, smooth
from pipeline.rehearse.hands import TICKING, draw_writer
from pipeline.rehearse.ink import Pen, Surface

K = 200 / 25.4
CELL = Box(x=20, y=20, w=5, h=7)
PEN = Pen(kind="felt", width_mm=0.6, colour=(40, 40, 40), pressure=0.0, grain=0.0)


def _paper(channels=1):
    shape = (400, 400) if channels == 1 else (400, 400, 3)
    return Surface(np.full(shape, 255, np.uint8), K, (0.0, 0.0), 1.0)


def _extent(pixels):
    rows, columns = np.nonzero(pixels < 200)
    return columns.min() / K, rows.min() / K, (columns.max() + 1) / K, (rows.max() + 1) / K


def test_every_digit_has_its_shapes():
    assert sorted(DIGITS) == list("0123456789")
    barred = [shape for shape in DIGITS["7"] if len(shape.strokes) == 2]
    assert sum(shape.weight for shape in barred) > 0.8 * sum(shape.weight for shape in DIGITS["7"])


@pytest.mark.parametrize("digit", "0123456789")
def test_shapes_lie_about_in_their_unit_box(digit):
    for shape in DIGITS[digit]:
        points = np.vstack([smooth(stroke) for stroke in shape.strokes])
        assert points.min() > -0.15
        assert points.max() < 1.15


def test_a_doubled_point_is_a_sharp_corner():
    bent = smooth(((0.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 1.0)))
    assert bent[:, 0].max() == pytest.approx(1.0)
    assert np.abs(bent[:, 1][bent[:, 0] < 0.999]).max() == pytest.approx(0.0)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), digit=st.sampled_from("0123456789"))
def test_a_digit_keeps_to_its_cell(seed, digit):
    rng = np.random.default_rng(seed)
    paper = _paper()
    draw_writer(rng, "w").digit(paper, CELL, digit, rng)
    left, top, right, bottom = _extent(paper.pixels)
    assert left > CELL.x - 2.5
    assert right < CELL.right + 2.5
    assert top > CELL.y - 3.0
    assert bottom < CELL.bottom + 3.0


def test_same_seed_same_ink_and_other_seed_other_ink():
    drawn = []
    for seed in (5, 5, 6):
        rng, paper = np.random.default_rng(seed), _paper()
        draw_writer(rng, "w").digit(paper, CELL, "3", rng)
        drawn.append(paper.pixels)
    assert np.array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])


@pytest.mark.parametrize("way", sorted(TICKING))
def test_ticks_lie_where_the_rule_says(way):
    rng, paper = np.random.default_rng(3), _paper()
    box = Box(x=20, y=20, w=4.8, h=4.8)
    paper.draw(marks.tick(way, box, 0.9, rng), PEN, rng)
    inside = paper.pixels[int(20.6 * K) : int(24.2 * K), int(20.6 * K) : int(24.2 * K)]
    share = (inside < 128).mean()
    if way == "circle":
        assert share == 0
        assert (paper.pixels < 128).sum() > 100
    elif way == "filled":
        assert share > 0.85
    else:
        assert 0.04 < share < 0.6


def test_ink_multiplies_and_never_lightens():
    rng, paper = np.random.default_rng(1), _paper()
    paper.pixels[:, 200:] = 100
    before = paper.pixels.copy()
    paper.draw([np.array([[10.0, 25.0], [45.0, 25.0]])], PEN, rng)
    assert (paper.pixels <= before).all()
    assert paper.pixels[int(25 * K), 250] < 100


def test_colour_ink_is_blue_on_a_colour_page():
    rng, paper = np.random.default_rng(1), _paper(channels=3)
    blue = Pen(kind="ballpoint_blue", width_mm=0.6, colour=(150, 70, 50), pressure=0.0, grain=0.0)
    paper.draw([np.array([[10.0, 25.0], [40.0, 25.0]])], blue, rng)
    middle = paper.pixels[int(25 * K), int(25 * K)]
    assert middle[0] > middle[1] > middle[2]


def test_large_print_moves_places_and_not_pens():
    rng = np.random.default_rng(1)
    widths = []
    for scale in (1.0, 1.414):
        paper = Surface(np.full((600, 600), 255, np.uint8), K, (5.0, 0.0), scale)
        paper.draw([np.array([[10.0, 20.0], [30.0, 20.0]])], PEN, rng)
        column = paper.pixels[:, int((5 + 20 * scale) * K)]
        rows = np.flatnonzero(column < 128)
        assert rows.mean() / K == pytest.approx(20 * scale, abs=0.15)
        widths.append(len(rows))
    assert abs(widths[0] - widths[1]) <= 1
