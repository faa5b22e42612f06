"""A page sampled once from its scan: pose and displacement together."""

import cv2
import numpy as np
import pytest

from pipeline.model.scan import PX_PER_MM, Displacement, Slip
from pipeline.register.anchors import LOOK_PX_PER_MM
from pipeline.register.frame import apply
from pipeline.register.resample import Halvings, page_at, straightened

SIZE = (148.0, 210.0)
BULGE = Displacement(
    dx=(0.1, 0.5, -0.3, 0.2, 0.1, -0.2, 0.0, 0.1, 0.0, -0.1, 0.3, -0.2, 0.1, 0.2, -0.1), dy=(0.0, 0.2) + (0.0,) * 13
)
STRONG = Displacement(
    dx=(0.0, 0.0, 0.0, 2.0, 0.0, -2.0) + (0.0,) * 9, dy=(0.0, 0.0, 0.0, -1.5, 0.0, 1.0, 0.0, 0.9) + (0.0,) * 7
)

SLIPPED = Displacement(dx=BULGE.dx, dy=BULGE.dy, slip=Slip(feed=(0.02, 0.9998), at_mm=108.0, over_mm=10.0, by_mm=1.6))


def posed(dpi, turn_deg, perspective=0.0):
    """From page millimetres to the pixels of a square glass of 300 mm, the page in its middle."""
    k, angle = dpi / 25.4, np.deg2rad(turn_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    to_middle = np.array([[1, 0, -74], [0, 1, -105], [perspective, 0, 1]])
    return np.array([[k, 0, 150 * k - 0.5], [0, k, 150 * k - 0.5], [0, 0, 1]]) @ turn @ to_middle


def ramps(dpi):
    """Glasses on which brightness says how far right, and how far down, each pixel lies."""
    side = round(300 * dpi / 25.4)
    ramp = np.tile(np.linspace(20, 235, side, dtype=np.float32), (side, 1))
    return side, [np.rint(ramp).astype(np.uint8), np.rint(ramp.T).astype(np.uint8)]


def worst_mm(image, expected_px, axis, dpi, side):
    """How far the brightness of a page is from the place that it should have been taken from."""
    said = (image.astype(float) - 20) / 215 * (side - 1)
    level = 215 / (side - 1)
    return float(np.abs(said - expected_px[..., axis]).max() - 1.1 / level) * 25.4 / dpi


@pytest.mark.slow
@pytest.mark.parametrize(
    "displacement", [Displacement(), BULGE, STRONG, SLIPPED], ids=["flat", "bulge", "strong", "slipped"]
)
@pytest.mark.parametrize("turn_deg", [0.0, 1.7, 90.6, 180.0, 268.0])
def test_every_pixel_comes_from_where_pose_and_displacement_say(displacement, turn_deg):
    dpi = 200
    matrix = posed(dpi, turn_deg, 2e-4)
    side, glasses = ramps(dpi)
    rows, columns = np.mgrid[0:1240, 0:874]
    mm = (np.stack([columns, rows], axis=-1).reshape(-1, 2) + 0.5) / PX_PER_MM
    expected = apply(matrix, mm + displacement.shifts_at(mm)).reshape(1240, 874, 2)
    for axis, glass in enumerate(glasses):
        page = straightened(Halvings(glass), matrix, displacement, SIZE)
        assert page.shape == (1240, 874)
        assert worst_mm(page, expected, axis, dpi, side) < (0.06 if displacement.slip is None else 0.1)


def whole(look):
    """All of a page that is looked at."""
    return next(look.parts(np.array([[0, 0]]), np.array([look.size])))


def test_a_flat_page_is_the_same_by_either_way():
    rng = np.random.default_rng(3)
    glass = cv2.GaussianBlur(rng.integers(0, 256, (3543, 3543), np.uint8), (0, 0), 4)
    matrix = posed(300, 0.8)
    plain = whole(page_at(Halvings(glass), matrix, SIZE, PX_PER_MM))
    once = straightened(Halvings(glass), matrix, Displacement(), SIZE)
    assert np.abs(plain.astype(int) - once).max() <= 3


def test_beyond_the_side_there_is_white():
    page = straightened(Halvings(np.zeros((600, 600), np.uint8)), posed(300, 0.0), Displacement(), SIZE)
    assert page[750, 825] == 255


@pytest.mark.parametrize("dpi", [150, 300, 600])
def test_the_look_for_anchors_lies_on_its_own_grid(dpi):
    matrix = posed(dpi, 0.0)
    side, glasses = ramps(dpi)
    rows, columns = np.mgrid[0:827, 0:582]
    expected = apply(matrix, (np.stack([columns, rows], axis=-1).reshape(-1, 2) + 0.5) / LOOK_PX_PER_MM)
    for axis, glass in enumerate(glasses):
        page = page_at(Halvings(glass), matrix, SIZE, LOOK_PX_PER_MM)
        look = whole(page)
        assert look.shape == (827, 582)
        assert worst_mm(look, expected.reshape(827, 582, 2), axis, dpi, side) < 0.1
