"""Measures of tick boxes: kinds of marks are told apart by their numbers, not by verdicts."""

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.model.reading import MarkReading
from pipeline.model.scan import PX_PER_MM
from pipeline.read.ground import ground_of
from pipeline.read.inkmap import ink_of
from pipeline.read.marks import read_marks
from pipeline.settings import ReadSettings
from tests.read.drawn_pages import KINDS, boxes_form, draw_blank, make_form, mark, registered, scan

FORM = boxes_form(rows=6)
BLANK_SHEET = draw_blank(FORM)
BLANK = BLANK_SHEET.pixels()
RATIOS = [name for name in MarkReading.__dataclass_fields__ if name not in ("option", "specks")]
FRAMES = ("frame_ratio", "side_ratio")


@lru_cache(maxsize=64)
def readings(kind, scanner="grey300"):
    """42 boxes, all with one kind of mark."""
    rng = np.random.default_rng(5)
    sheet = BLANK_SHEET.copy()
    for field in FORM.layout.page(1).fields:
        for option in field.options:
            mark(sheet, option.box, kind, rng)
    return read_all(scan(sheet, scanner, rng, shift_mm=(0.06, -0.05)))


def read_all(pixels):
    ground = ground_of(FORM, 1, BLANK)
    layer = ink_of(registered(pixels), ground, ReadSettings())
    return [reading for marks in read_marks(FORM.layout.page(1).fields, layer).values() for reading in marks]


def values(kind, name, scanner="grey300"):
    return np.array([getattr(reading, name) for reading in readings(kind, scanner)])


@pytest.mark.parametrize("scanner", ["clean", "noisy", "dark_paper", "shadow", "bitonal", "low_toner"])
def test_empty_boxes_read_nothing_at_all(scanner):
    for name in RATIOS:
        if name not in FRAMES:
            assert not values("empty", name, scanner).any(), name
    assert values("empty", "specks", scanner).max() < 1.7


@pytest.mark.parametrize("scanner", ["grey300", "noisy", "dark_paper", "shadow", "low_toner"])
@pytest.mark.parametrize("kind", ["cross", "tick", "pencil_cross", "pencil_tick", "light_blue", "felt_cross", "fill"])
def test_every_mark_leaves_far_more_ink_than_an_empty_box(kind, scanner):
    assert values(kind, "ink_ratio", scanner).min() > 0.06


def test_a_dot_is_seen_and_is_small():
    assert values("dot", "ink_ratio").min() > 0.015
    assert values("dot", "extent_ratio").max() < values("tick", "extent_ratio").min()


def test_a_cross_crosses_and_a_tick_does_not():
    assert np.percentile(values("cross", "crossing_ratio"), 5) > np.percentile(values("tick", "crossing_ratio"), 95)


def test_blackened_boxes_are_more_solid_than_any_cross():
    for kind in ("fill", "scribble", "cancelled"):
        assert values(kind, "solidity_ratio").min() > values("felt_cross", "solidity_ratio").max()


def test_pencil_is_paler_than_pen():
    assert np.median(values("pencil_cross", "darkness")) < 0.7 * np.median(values("cross", "darkness"))


def test_a_circle_goes_all_round_and_leaves_the_inside_empty():
    assert values("circle", "ring_ratio").min() > 0.9
    assert values("circle", "ink_ratio").max() == 0
    for kind in ("tick_big", "stray", "neighbour_tail", "tick_outside"):
        assert values(kind, "ring_ratio").max() < 0.5


@pytest.mark.parametrize("kind", ["fold", "streak", "staple"])
def test_what_runs_right_through_is_straight(kind):
    inked = values(kind, "ink_ratio") > 0
    assert np.percentile(values(kind, "straight_ratio")[inked], 5) > 0.6
    assert values("tick", "straight_ratio").max() < 0.5
    assert np.percentile(values("cross", "straight_ratio"), 95) < 0.2


@pytest.mark.parametrize("kind", ["stray", "neighbour_tail"])
def test_a_stray_end_lies_mostly_outside(kind):
    assert np.percentile(values(kind, "inside_ratio"), 90) < 0.5
    assert values("cross", "inside_ratio").min() > 0.8
    assert values(kind, "extent_ratio").max() < np.percentile(values("tick", "extent_ratio"), 2)


def test_a_stain_is_pale_and_spreads_around():
    inked = values("stain", "ink_ratio") > 0
    assert values("stain", "darkness")[inked].max() < values("fill", "darkness").min()
    assert np.percentile(values("stain", "inside_ratio")[inked], 95) < 0.5 < values("fill", "inside_ratio").min()


def test_a_box_read_beside_itself_shows_by_its_frame():
    pixels = scan(BLANK_SHEET, "grey300", np.random.default_rng(1), shift_mm=(1.0, 1.0))
    beside = np.array([reading.frame_ratio for reading in read_all(pixels)])
    assert beside.max() < values("empty", "frame_ratio").min() - 0.2


@pytest.mark.parametrize("scanner", ["grey300", "low_toner", "bitonal"])
def test_lines_of_a_note_over_a_box_leave_a_side_of_its_outline_unseen(scanner):
    sheet = BLANK_SHEET.copy()
    (first, *_), *_ = (field.options for field in FORM.layout.page(1).fields)
    box, hidden = first.box, first.box.grown(1.5)
    sheet.line([(hidden.x, box.centre[1]), (hidden.right, box.centre[1])], hidden.h, 255)
    for y in (box.y, box.centre[1]):
        sheet.line([(hidden.x, y), (hidden.right, y)], 0.6, 60)
    covered, *visible = read_all(scan(sheet, scanner, np.random.default_rng(3)))
    assert covered.frame_ratio > 0.3
    assert covered.side_ratio < 0.2 * min(reading.side_ratio for reading in visible)


@pytest.mark.parametrize("kind", KINDS)
def test_ratios_stay_between_0_and_1(kind):
    for scanner in ("grey300", "bitonal"):
        for name in RATIOS:
            found = values(kind, name, scanner)
            assert found.min() >= 0
            assert found.max() <= 1


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.floats(5, 140), st.floats(18, 120), st.floats(5, 140), st.floats(18, 120)), max_size=12),
    st.integers(0, 255),
    st.floats(0.2, 6.0),
)
def test_whatever_is_scrawled_ratios_stay_between_0_and_1(lines, grey, width):
    sheet = BLANK_SHEET.copy()
    for x0, y0, x1, y1 in lines:
        sheet.line([(x0, y0), (x1, y1)], width, grey)
    for reading in read_all(sheet.pixels()):
        for name in RATIOS:
            assert 0 <= getattr(reading, name) <= 1


@pytest.mark.parametrize("scanner", ["grey300", "bitonal"])
def test_boxes_measured_together_and_one_question_at_a_time_give_the_same(scanner):
    rng = np.random.default_rng(8)
    sheet = BLANK_SHEET.copy()
    fields = FORM.layout.page(1).fields
    for number, option in enumerate(option for field in fields for option in field.options):
        mark(sheet, option.box, sorted(KINDS)[number % len(KINDS)], rng)
    layer = ink_of(registered(scan(sheet, scanner, rng)), ground_of(FORM, 1, BLANK), ReadSettings())
    together = read_marks(fields, layer)
    assert list(together) == [field.name for field in fields]
    assert together == {field.name: read_marks((field,), layer)[field.name] for field in fields}
    assert len({reading.ink_ratio for marks in together.values() for reading in marks}) > 20


def test_boxes_of_two_sizes_are_measured_each_by_its_own():
    small = boxes_form(rows=6, size=3.5)
    both = small.layout.page(1).fields[0], *FORM.layout.page(1).fields[1:]
    form = make_form([(1, list(both))], small.definition.fields)
    sheet = draw_blank(form)
    for field in both:
        mark(sheet, field.options[0].box, "cross", np.random.default_rng(4))
    layer = ink_of(
        registered(scan(sheet, "grey300", np.random.default_rng(4))),
        ground_of(form, 1, draw_blank(form).pixels()),
        ReadSettings(),
    )
    for field in both:
        crossed, *others = read_marks(both, layer)[field.name]
        assert crossed.extent_ratio > 0.5
        assert crossed == read_marks((field,), layer)[field.name][0]
        assert not any(other.ink_ratio for other in others)


@pytest.mark.parametrize("tilt_mm", [0.0, 0.6, -0.6])
def test_a_level_line_right_through_shows_and_no_other_line_does(tilt_mm):
    sheet = BLANK_SHEET.copy()
    field = FORM.layout.page(1).fields[3]
    struck, slanted, short, crossed = field.options[:4]
    for option in (struck, slanted, short, crossed):
        mark(sheet, option.box, "cross", np.random.default_rng(7))
    x, y = struck.box.centre
    sheet.line([(x - 4.8, y - tilt_mm), (x + 4.8, y + tilt_mm)], 0.45, 40)
    x, y = slanted.box.centre
    sheet.line([(x - 4, y - 4), (x + 4, y + 4)], 0.45, 40)
    x, y = short.box.centre
    sheet.line([(x - 1.8, y), (x + 1.8, y)], 0.45, 40)
    layer = ink_of(
        registered(scan(sheet, "grey300", np.random.default_rng(2))), ground_of(FORM, 1, BLANK), ReadSettings()
    )
    levels = [reading.level_ratio for reading in read_marks((field,), layer)[field.name]]
    assert levels[0] > 0.22
    assert max(levels[1:]) < 0.1


def spotted(places):
    """A clean page with dark spots of two pixels, too small to be strokes, at places in mm."""
    pixels = scan(BLANK_SHEET, "clean", np.random.default_rng(2))
    for x, y in places:
        row, column = round(y * PX_PER_MM), round(x * PX_PER_MM)
        pixels[row, column : column + 2] = 90
    return pixels


def test_spots_too_small_to_be_strokes_are_counted_in_the_box_that_holds_them():
    first, second = (field.options[0].box for field in FORM.layout.page(1).fields[:2])
    inside = [(first.x + dx, first.y + dy) for dx, dy in ((1.5, 1.5), (3.2, 2.0), (2.0, 3.5))]
    beside_outline = [(second.x + 0.2, second.y + 2.0)]
    found = read_all(spotted([*inside, *beside_outline]))
    counts = [reading.specks for reading in found]
    assert counts[0] == pytest.approx(3, abs=0.2)
    assert sum(count > 0.5 for count in counts) == 1
    assert found[0].ink_ratio == 0


def test_spots_all_over_the_paper_are_the_scanner_s_and_count_in_no_box():
    rng = np.random.default_rng(4)
    everywhere = [(rng.uniform(2, 146), rng.uniform(2, 208)) for _ in range(2500)]
    counts = [reading.specks for reading in read_all(spotted(everywhere))]
    assert np.mean(np.array(counts) >= 1.7) < 0.02
