"""Where a sheet lies, what a scanner makes of it, and the files that hold it."""

import cv2
import numpy as np
import pikepdf
import pytest
from PIL import Image

from pipeline.rehearse.damage import DAMAGES
from pipeline.rehearse.degrade import PROFILES, SheetSide, draw_scanner, scan
from pipeline.rehearse.paper import Placement, lay_down
from pipeline.rehearse.scanfiles import write_scans

K = 300 / 25.4


def _sheet(colour=False):
    """A sheet of 105 × 148 mm with one black square at (50, 70) mm."""
    pixels = np.full((round(148 * K), round(105 * K)), 255, np.uint8)
    pixels[round(70 * K) : round(76 * K), round(50 * K) : round(56 * K)] = 0
    return np.repeat(pixels[..., None], 3, axis=2) if colour else pixels


def _centre(image, k):
    rows, columns = np.nonzero(image < 128)
    return (columns.mean() + 0.5) / k, (rows.mean() + 0.5) / k


def test_a_flat_straight_sheet_stays_as_it_is():
    laid, inside = lay_down(_sheet(), 300, 300, Placement(), 255)
    assert np.abs(laid.astype(int) - _sheet()).max() <= 1
    assert inside[:-1, :-1].all()


@pytest.mark.parametrize("dpi", [150, 200, 300])
def test_a_shift_is_in_millimetres_at_any_resolution(dpi):
    laid, _ = lay_down(_sheet(), 300, dpi, Placement(shift_mm=(2.0, -3.0)), 255)
    assert _centre(laid, dpi / 25.4) == pytest.approx((55.0, 70.0), abs=0.09)


def test_a_skew_turns_about_the_middle():
    laid, _ = lay_down(_sheet(), 300, 300, Placement(skew_deg=1.0), 255)
    turn, x, y = np.deg2rad(1.0), 53 - 52.5, 73 - 74
    expected = 52.5 + x * np.cos(turn) - y * np.sin(turn), 74 + x * np.sin(turn) + y * np.cos(turn)
    assert _centre(laid, K) == pytest.approx(expected, abs=0.06)


def test_a_bulge_moves_the_middle_and_not_the_corners():
    bulge = Placement(bulge_mm=(0.0, 1.2), bulge_at=(0.5, 0.5))
    laid, _ = lay_down(_sheet(), 300, 300, bulge, 255)
    assert _centre(laid, K)[1] == pytest.approx(73 - 1.2, abs=0.15)
    corner = np.full((round(148 * K), round(105 * K)), 255, np.uint8)
    corner[: round(4 * K), : round(4 * K)] = 0
    moved, _ = lay_down(corner, 300, 300, bulge, 255)
    assert _centre(moved, K) == pytest.approx(_centre(corner, K), abs=0.05)


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_every_profile_scans_the_same_from_the_same_seed(name):
    profile = PROFILES[name]
    images = []
    for _ in range(2):
        rng = np.random.default_rng(8)
        images.append(scan(SheetSide(pixels=_sheet(profile.colour)), draw_scanner(profile, rng), rng))
    assert np.array_equal(images[0], images[1])
    assert images[0].dtype == np.uint8
    assert images[0].ndim == (3 if profile.colour else 2)
    if profile.bitonal:
        assert set(np.unique(images[0])) == {0, 255}
    assert images[0].mean() > 60


@pytest.mark.parametrize("name", sorted(DAMAGES))
def test_every_damage_shows_on_grey_and_colour(name):
    for colour in (False, True):
        changed = 0
        for seed in range(4):
            sheet = _sheet(colour)
            DAMAGES[name](sheet, K, np.random.default_rng(seed))
            changed += (sheet != _sheet(colour)).any()
        assert changed >= 2


def test_show_through_is_the_mirrored_back():
    back = np.full_like(_sheet(), 255)
    back[:, : round(30 * K)] = 0
    white = np.full_like(back, 255)
    for seed in range(20):
        rng = np.random.default_rng(seed)
        seen = scan(SheetSide(pixels=white, back=back, folded=False), draw_scanner(PROFILES["bureau_300"], rng), rng)
        left, right = seen[:, 300:600].mean(), seen[:, -600:-300].mean()
        if left - right > 1.5:
            return
    pytest.fail("the back never showed through, or not mirrored")


def test_a_pdf_holds_the_scanner_s_own_jpeg_images(tmp_path):
    images = [np.full((120 + 10 * i, 80), 40 * i, np.uint8) for i in range(3)]
    path = tmp_path / "lot.pdf"
    assert write_scans(path, "pdf", iter(images), 200, 90) == 3
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) == 3
        for page, image in zip(pdf.pages, images, strict=True):
            assert float(page.mediabox[2]) == pytest.approx(80 / 200 * 72, abs=0.01)
            (embedded,) = page.get_images().values()
            pixels = cv2.imdecode(np.frombuffer(embedded.read_raw_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)
            assert np.abs(pixels.astype(int) - image).max() <= 2


def test_black_and_white_tiff_is_compressed_as_a_fax_is(tmp_path):
    page = np.full((300, 200), 255, np.uint8)
    page[50:60] = 0
    path = tmp_path / "lot.tif"
    assert write_scans(path, "tiff", [page, 255 - page], 200, 75) == 2
    with Image.open(path) as stored:
        assert stored.n_frames == 2
        assert stored.info["compression"] == "group4"
        assert round(stored.info["dpi"][0]) == 200
        assert np.array_equal(np.asarray(stored) * np.uint8(255), page)


def test_a_jpeg_file_holds_one_image(tmp_path):
    page = np.zeros((20, 20), np.uint8)
    with pytest.raises(ValueError, match="one image"):
        write_scans(tmp_path / "x.jpg", "jpeg", [page, page], 200, 75)
