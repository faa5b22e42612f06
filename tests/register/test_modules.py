"""A scribbled code is read from its modules, or not at all."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.register.codes import read_anywhere, read_patiently, read_quickly
from tests.register.paper import CARNET, STAMP, Lying, Sheet, lay

pytestmark = pytest.mark.slow

K = 300 / 25.4
MATRIX = np.array([[K, 0, -0.5], [0, K, -0.5], [0, 0, 1]])


def page_with(*strokes, only=0, noise=4.0):
    sheet = Sheet(page=2, lost_codes=(1 - only,), ticks=False)
    image = lay([(sheet, Lying(centre_mm=(74.0, 105.0)))], glass_mm=(148.0, 210.0), noise=noise)
    pixels = image.pixels.copy()
    for (x1, y1), (x2, y2), width, grey in strokes:
        start, end = (round(x1 * K), round(y1 * K)), (round(x2 * K), round(y2 * K))
        cv2.line(pixels, start, end, grey, round(width * K), cv2.LINE_AA)
    return pixels


def patiently(pixels):
    return [(code.place, code.identity.carnet) for code in read_patiently(pixels, MATRIX, STAMP.codes)]


@pytest.mark.parametrize(
    "stroke",
    [
        ((66.0, 5.0), (80.0, 9.0), 0.6, 60),
        ((68.0, 10.0), (71.0, 10.0), 0.9, 60),
        ((72.0, 2.0), (73.0, 18.0), 0.7, 40),
        ((77.9, 4.0), (77.9, 16.0), 0.5, 30),
    ],
)
def test_a_pen_stroke_across_a_code(stroke):
    assert patiently(page_with(stroke)) == [(0, CARNET)]
    assert patiently(page_with(tuple((x, y + 190.0) for x, y in stroke[:2]) + stroke[2:], only=1)) == [(1, CARNET)]


@pytest.mark.parametrize("shift_mm", [(1.5, 0.0), (-1.0, 1.5), (0.0, -1.8)])
def test_a_code_off_its_place_by_a_bulge(shift_mm):
    moved = MATRIX.copy()
    moved[:2, 2] += np.array(shift_mm) * K
    stroke = ((68.0, 10.0), (71.0, 10.0), 0.9, 60)
    assert [code.place for code in read_patiently(page_with(stroke), moved, STAMP.codes)] == [0]


def test_a_code_blackened_is_not_guessed():
    assert patiently(page_with(((70.0, 10.0), (78.0, 10.0), 6.0, 30))) == []


def test_bare_paper_and_scribbles_hold_no_code():
    rng = np.random.default_rng(5)
    for _ in range(60):
        pixels = np.full((2480, 1748), 240, np.uint8)
        points = (rng.uniform(64, 84, 24) * K, rng.uniform(2, 18, 24) * K)
        cv2.polylines(pixels, [np.stack(points, axis=1).astype(np.int32)], False, 40, 7)
        assert patiently(pixels) == []
        assert read_anywhere(pixels) == []


def test_the_quick_look_reads_clean_codes_on_the_scan():
    assert [(code.place, code.identity.page) for code in read_quickly(page_with(), MATRIX, STAMP.codes)] == [(0, 2)]
