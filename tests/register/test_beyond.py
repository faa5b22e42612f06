"""What lies beyond the edge of the glass is told, and is never called empty."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.model.scan import PX_PER_MM, Displacement, RegisteredPage, box_px
from pipeline.register.beyond import blacken_beyond
from tests.register.paper import LAYOUT, Lying, Sheet, lay

BOXES = [box for field in LAYOUT.page(2).fields for box in field.parts]


def level(page: RegisteredPage, box) -> float:
    left, top, width, height = box_px(box.grown(-1.0), page.pixels.shape)
    return float(page.pixels[top : top + height, left : left + width].mean())


@pytest.mark.parametrize("turn", [0.0, 180.0])
def test_fields_beyond_the_glass_are_black_and_the_page_says_so(find, turn):
    edge_mm = 112.0
    centre = (74.0, 105.0) if turn == 0 else (edge_mm - 74.0, 105.0)
    sheet = (Sheet(page=2, ticks=False), Lying(centre_mm=centre, turn_deg=turn))
    (page,) = find(lay([sheet], glass_mm=(edge_mm, 210.0), dpi=200.0))
    assert isinstance(page, RegisteredPage)
    assert "page_cut" in page.warnings
    gone = [box for box in BOXES if box.x > edge_mm]
    seen = [box for box in BOXES if box.right < edge_mm - 1]
    assert gone
    assert seen
    assert max(level(page, box) for box in gone) < 40
    assert min(level(page, box) for box in seen) > 200


def test_a_whole_page_is_left_as_it_is(find):
    sheet = (Sheet(page=2), Lying(centre_mm=(74.5, 105.8), turn_deg=0.7))
    (page,) = find(lay([sheet], glass_mm=(148.0, 210.0), dpi=200.0))
    assert page.warnings == ()


def test_a_bent_field_is_cut_where_it_is_seen():
    """The edge of the side runs through the page where the paper's shift puts it, not where it is printed."""
    page = np.full((round(210 * PX_PER_MM), int(148 * PX_PER_MM)), 200, np.uint8)
    side = np.zeros(((210 * 4), (100 * 4)), np.uint8)
    matrix = np.diag([4.0, 4.0, 1.0])
    assert blacken_beyond(page, LAYOUT.page(2), matrix, Displacement(dx=(-8.0,), dy=(0.0,)), side)
    columns = np.flatnonzero((page == 0).any(axis=0)) / PX_PER_MM
    assert columns.min() >= 107.8
