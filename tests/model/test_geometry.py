"""Boxes and displacements."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.layout import Box
from pipeline.model.scan import Displacement, box_px

SIZES = st.floats(0.5, 60)
BOXES = st.builds(Box, x=st.floats(0, 80), y=st.floats(0, 140), w=SIZES, h=SIZES)


@given(BOXES, st.floats(0, 5))
def test_growing_and_shrinking_undo_each_other(box, margin):
    again = box.grown(margin).grown(-margin)
    pairs = ((box.x, again.x), (box.y, again.y), (box.w, again.w), (box.h, again.h))
    assert all(abs(before - after) < 1e-9 for before, after in pairs)


@given(BOXES, BOXES)
def test_overlap_is_mutual(one, other):
    assert one.overlaps(other) == other.overlaps(one)
    assert one.overlaps(one)


@given(BOXES)
def test_pixels_stay_inside_the_image(box):
    x, y, w, h = box_px(box, (1000, 700))
    assert 0 <= x <= x + w
    assert 0 <= y <= y + h
    assert x + w <= 700 or w == 0
    assert y + h <= 1000 or h == 0


def test_a_displacement_is_the_polynomial_it_says():
    assert Displacement().at(50, 50) == (0.0, 0.0)
    linear = Displacement(dx=(1.0, 2.0, 0.0), dy=(0.0, 0.0, 3.0))
    assert linear.at(50.0, 100.0) == (2.0, 3.0)
    cubic = Displacement(dx=(0,) * 9 + (1,), dy=(0,) * 10)
    assert cubic.at(0, 200) == (8.0, 0.0)
