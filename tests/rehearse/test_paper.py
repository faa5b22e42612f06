"""Where a sheet lies, what a scanner makes of it, and the files that hold it."""

import cv2
import numpy as np
import pikepdf
import pytest
from PIL import Image

from pipeline.rehearse.damage import DAMAGES
from pipeline.rehearse.degrade import PROFILES, SheetSide, draw_scanner, scan, scan_sheet
from pipeline.rehearse.paper import Fold, Laid, Placement, lay_down
from pipeline.rehearse.scanfiles import write_scans

pytestmark = pytest.mark.slow

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


PLACEMENTS = {
    "skewed": Placement(skew_deg=1.2, shift_mm=(0.7, -0.4), margin_mm=3.0),
    "stretched": Placement(stretch=(0.99, 1.015), margin_mm=2.0),
    "slipped": Placement(slip_mm=1.5, slip_at=0.45, slip_over_mm=25.0),
    "bulging": Placement(bulge_mm=(0.6, -1.1), bulge_at=(0.4, 0.6)),
    "curled": Placement(curl_mm=1.4, perspective=(0.02, 0.01, -0.03, 0.02, 0.0, -0.02, 0.015, 0.0), margin_mm=14.0),
    "folded": Placement(fold=Fold(at=(0.2, 0.3), angle_deg=70.0, along_mm=1.5, under_mm=0.4)),
}


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("name", sorted(PLACEMENTS))
def test_a_laid_sheet_says_where_its_points_are_seen(name, turns):
    side = SheetSide(pixels=_sheet(), folded=False, quarter_turns=turns, placement=PLACEMENTS[name])
    rng = np.random.default_rng(2)
    found = scan_sheet(side, draw_scanner(PROFILES["bureau_200"], rng), rng)
    rows, columns = np.nonzero(cv2.GaussianBlur(found.pixels, (0, 0), 2) < 128)
    k = 200 / 25.4
    square = np.stack(np.meshgrid(np.linspace(50, 56, 9), np.linspace(70, 76, 9)), axis=-1).reshape(-1, 2)
    assert (columns.mean() / k, rows.mean() / k) == pytest.approx(
        tuple(found.seen_at(square).mean(axis=0) / k), abs=0.15
    )


@pytest.mark.parametrize("name", sorted(PLACEMENTS))
def test_looking_up_and_looking_down_are_inverse(name):
    laid = Laid(placement=PLACEMENTS[name], size_mm=np.array([105.0, 148.0]), px_per_mm=K)
    points = np.random.default_rng(3).uniform(10, 90, (40, 2))
    seen = laid.seen_at(points)
    sheet = laid.smooth_sheet_mm((seen + 0.5) / K)
    fold = PLACEMENTS[name].fold
    moved = np.zeros(len(points), bool)
    if fold is not None:
        moved = (sheet - np.asarray(fold.at) * laid.size_mm) @ fold.normal > 0
        sheet[moved] += fold.move_mm
        assert moved.any()
        assert not moved.all()
    kept = np.isfinite(seen).all(axis=1)
    assert kept.sum() > 30
    assert np.abs(sheet - points)[kept].max() < 1e-6


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
