"""A page whose toner is all but gone is never taken for blank paper, nor for a letter."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest

from pipeline.model.scan import RegisteredPage, ScanImage
from pipeline.register.content import coarse
from pipeline.register.traces import shows_stamp
from tests.register.paper import LAYOUT, STAMP, Lying, Sheet, glass_of, lay, spread
from tests.register.test_damage import refusals

DPI = 200.0
GHOST = Sheet(page=2, print_of=0, ticks=False)


def sprinkled(image: ScanImage, share: float, seed: int = 3) -> ScanImage:
    """The side in black and white, with this share left of each black dot's neighbours."""
    kept = np.random.default_rng(seed).random(image.pixels.shape) < share
    return dataclasses.replace(
        image, pixels=np.where((image.pixels < 128) & kept, 0, 255).astype(np.uint8), warnings=("bitonal",)
    )


@pytest.mark.parametrize("turn", [0.4, 180.0])
@pytest.mark.parametrize("share", [0.2, 0.35])
def test_a_page_of_which_only_the_ghost_of_its_stamp_is_left_is_not_blank(find, share, turn):
    ghost = lay([(GHOST, Lying(centre_mm=(74.0, 105.0), turn_deg=turn))], glass_mm=(148.0, 210.0), dpi=DPI)
    assert refusals(find(sprinkled(ghost, share))) == ["pale_print"]


@pytest.mark.parametrize("turn", [0, 90])
def test_a_half_of_which_only_the_ghost_of_its_stamp_is_left_is_not_blank(find, turn):
    left, right = spread(Sheet(page=2), Sheet(page=3, print_of=0, ticks=False), turn, 0.5)
    glass = glass_of(turn)
    whole, ghost = (lay([page], glass_mm=glass, dpi=DPI) for page in (left, right))
    pixels = np.minimum(whole.pixels, sprinkled(ghost, 0.25).pixels)
    found = find(dataclasses.replace(whole, pixels=pixels))
    assert isinstance(found[0], RegisteredPage)
    assert refusals(found) == ["pale_print"]


def test_a_ghost_beside_a_page_on_a_large_glass_has_its_row(find):
    glass = (420.0, 297.0)
    page = (Sheet(page=2), Lying(centre_mm=(90.0, 120.0), turn_deg=8.0))
    ghost = lay([(GHOST, Lying(centre_mm=(300.0, 130.0), turn_deg=3.0))], glass_mm=glass, dpi=DPI)
    whole = lay([page], glass_mm=glass, dpi=DPI)
    pixels = np.minimum(whole.pixels, sprinkled(ghost, 0.25).pixels)
    found = find(dataclasses.replace(whole, pixels=pixels))
    assert isinstance(found[0], RegisteredPage)
    assert refusals(found) == ["pale_print"]


def test_a_pale_page_with_writing_is_no_letter(find):
    ghost = sprinkled(lay([(GHOST, Lying(centre_mm=(74.0, 105.0)))], glass_mm=(148.0, 210.0), dpi=DPI), 0.3)
    for row in range(6):
        cv2.putText(ghost.pixels, "ecrit a la main", (200, 300 + 90 * row), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 0, 4)
    (found,) = find(ghost)
    assert (found.disposition.value, found.problem) == ("unreadable", "pale_print")


@pytest.mark.parametrize("size", [1.0, 1.414])
@pytest.mark.parametrize("hidden", [1, 2, 3])
def test_four_squares_of_six_are_a_stamp(settings, size, hidden):
    boxes = (*STAMP.markers, *STAMP.codes)[hidden:]
    pixels = np.full((1400, 1000), 250, np.uint8)
    for box in boxes:
        corner = np.array([box.x + 10, box.y + 20]) * size
        low, high = np.rint(corner * 4).astype(int), np.rint((corner + box.w * size) * 4).astype(int)
        cv2.rectangle(pixels, low.tolist(), high.tolist(), 200, -1)
    assert shows_stamp(coarse(pixels, 4 * 25.4), (LAYOUT,), settings) is (hidden < 3)


def test_a_form_full_of_boxes_has_no_stamp(settings):
    for page in LAYOUT.pages:
        pixels = np.full((1654, 1165), 250, np.uint8)
        for item in page.fields:
            for n, box in enumerate(item.parts):
                low, high = (
                    (round(x * DPI / 25.4), round(y * DPI / 25.4)) for x, y in ((box.x, box.y), (box.right, box.bottom))
                )
                cv2.rectangle(pixels, low, high, 30, -1 if n % 3 == 0 else 2)
        assert not shows_stamp(coarse(pixels, DPI), (LAYOUT,), settings)
