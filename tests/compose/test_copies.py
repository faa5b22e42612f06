"""Printed pages looked at as a scanner would: rendered, found again, measured."""

import json
import re
import subprocess

import cv2
import numpy as np
import pikepdf
import pytest
import zxingcpp

from pipeline.compose import print_carnets
from pipeline.errors import FormError, OutputError
from pipeline.model.identity import VARIANTS, PageIdentity, marker_id
from pipeline.model.order import PrintOrder
from tests.compose.fake_form import STAMP, fake_form

DPI = 200
PX_PER_MM = DPI / 25.4
NAME = "Zoé O’Ñandú-Łęcka"
ORDERS = (PrintOrder(carnet="26-004271-20", name=NAME), PrintOrder(carnet="26-000001-26"))


def rendered(pdf, first, last, dpi=DPI):
    folder = pdf.parent / f"render-{first}"
    folder.mkdir()
    command = [
        "pdftoppm",
        "-r",
        str(dpi),
        "-gray",
        "-png",
        "-f",
        str(first),
        "-l",
        str(last),
        str(pdf),
        str(folder / "p"),
    ]
    subprocess.run(command, check=True)
    return [cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) for path in sorted(folder.iterdir())]


def text_of(pdf, *options):
    return subprocess.run(["pdftotext", *options, str(pdf), "-"], check=True, capture_output=True, text=True).stdout


def find_markers(image):
    """Corners in px by id, with the origin at the corner of the first pixel."""
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
    corners, ids, _ = cv2.aruco.ArucoDetector(dictionary, parameters).detectMarkers(image)
    found = {int(i): c.reshape(4, 2) + 0.5 for i, c in zip(ids.reshape(-1), corners, strict=True)}
    assert len(found) == len(corners)
    return found


def expected_corners(box, slot):
    x, y = slot["origin_mm"]
    points = [(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)]
    return np.array([(x + slot["scale"] * px, y + slot["scale"] * py) for px, py in points])


def check_side(image, entry, form, variant):
    markers = find_markers(image)
    codes = [
        (code.text, (code.position.top_left.x + code.position.bottom_right.x) / 2 / PX_PER_MM,
         (code.position.top_left.y + code.position.bottom_right.y) / 2 / PX_PER_MM)
        for code in zxingcpp.read_barcodes(image, zxingcpp.BarcodeFormat.DataMatrix)
    ]  # fmt: skip
    assert len(markers) == 4 * len(entry["slots"])
    assert len(codes) == 2 * len(entry["slots"])
    for slot in entry["slots"]:
        for corner, box in enumerate(STAMP.markers):
            found = markers[marker_id(slot["page"], corner)] / PX_PER_MM
            assert np.abs(found - expected_corners(box, slot)).max() < 0.1
        payload = PageIdentity(
            form_code=form.definition.code,
            version_code=form.definition.version_code,
            variant=VARIANTS[variant],
            carnet=slot["carnet_id"],
            page=slot["page"],
            sheet=slot["page"] - 20 if slot["page"] > 20 else 0,
        ).encode()
        for box in STAMP.codes:
            x, y = expected_corners(box, slot).mean(axis=0)
            assert any(text == payload and abs(cx - x) < 0.5 and abs(cy - y) < 0.5 for text, cx, cy in codes)


@pytest.mark.parametrize(
    ("variant", "imposition", "sides", "size_mm"),
    [
        ("standard", "livret", 12, (297, 210)),
        ("standard", "a5", 24, (148, 210)),
        ("gros_caracteres", "a5", 24, (210, 297)),
    ],
)
def test_every_marker_and_code_is_found_where_the_manifest_says(tmp_path, variant, imposition, sides, size_mm):
    form = fake_form()
    printed = print_carnets(form, ORDERS, variant=variant, imposition=imposition, out_dir=tmp_path)
    manifest = json.loads(printed.manifest.read_text("utf-8"))
    assert {key: manifest[key] for key in ("form", "version", "variant", "imposition")} == {
        "form": "carnet",
        "version": "2026.1",
        "variant": variant,
        "imposition": imposition,
    }
    assert [entry["pdf_page"] for entry in manifest["pages"]] == list(range(1, sides + 1))
    assert printed.sides == sides
    for first, entries in ((1, manifest["pages"][:2]), (sides, manifest["pages"][-1:])):
        images = rendered(printed.pdf, first, first + len(entries) - 1)
        for image, entry in zip(images, entries, strict=True):
            assert image.shape == pytest.approx((size_mm[1] * PX_PER_MM, size_mm[0] * PX_PER_MM), abs=1)
            check_side(image, entry, form, variant)


def test_the_second_continuation_sheet_bears_its_own_page_number(tmp_path):
    form = fake_form()
    order = PrintOrder(carnet="26-004271-20", sheets=((21, 2),))
    printed = print_carnets(form, [order], imposition="a5", out_dir=tmp_path)
    (entry,) = json.loads(printed.manifest.read_text("utf-8"))["pages"]
    assert entry["slots"][0]["page"] == 22
    (image,) = rendered(printed.pdf, 1, 1)
    check_side(image, entry, form, "standard")
    assert "carnet 2026.1 · page 22" in text_of(printed.pdf)


def test_typeset_pages_are_upright_and_in_their_place(tmp_path):
    """The fake page 7 holds a grey bar 7 mm high that rises from 174.7 mm, 21 mm from the left."""
    printed = print_carnets(fake_form(), ORDERS[1:], imposition="a5", out_dir=tmp_path)
    (image,) = rendered(printed.pdf, 7, 7)
    image[: int(20 * PX_PER_MM)] = image[int(190 * PX_PER_MM) :] = 255
    grey = np.argwhere(image < 200)
    (top, left), (bottom, right) = grey.min(axis=0) / PX_PER_MM, (grey.max(axis=0) + 1) / PX_PER_MM
    assert (left, bottom - top, right - left) == pytest.approx((60 / 72 * 25.4, 7, 20 / 72 * 25.4), abs=0.15)
    assert bottom == pytest.approx(210 - 100 / 72 * 25.4, abs=0.15)


def test_number_page_and_name_can_be_read_as_text(tmp_path):
    printed = print_carnets(fake_form(), ORDERS, imposition="a5", out_dir=tmp_path)
    cover, second = (text_of(printed.pdf, "-f", str(page), "-l", str(page)) for page in (1, 2))
    assert cover.count("26-004271-20") == 2 and cover.count("carnet 2026.1 · page 1\n") == 2
    assert NAME in cover
    assert NAME not in second
    assert len(re.findall(r"26-000001-26", text_of(printed.pdf))) == 24


def test_a_zero_has_no_stroke_across_it(tmp_path):
    """White paper in the middle of every zero: engines read a struck zero as 8 or 6."""
    printed = print_carnets(fake_form(), [PrintOrder(carnet="26-000001-26")], imposition="a5", out_dir=tmp_path)
    (image,) = rendered(printed.pdf, 1, 1, dpi=600)
    k = 600 / 25.4
    line = image[int(7.0 * k) : int(10.1 * k), int(80 * k) : int(105 * k)] < 128
    _, _, boxes, _ = cv2.connectedComponentsWithStats(255 - line.astype(np.uint8) * 255)
    tall = [box for box in boxes[1:] if box[2] < 40 and box[3] > 40]
    assert len(tall) == 5  # the counters of the zeros, whole; those of the sixes are lower


def test_the_pdf_asks_for_true_size_and_the_right_turn(tmp_path):
    for imposition, turn in (("livret", "/DuplexFlipShortEdge"), ("a5", "/DuplexFlipLongEdge")):
        printed = print_carnets(fake_form(), ORDERS, imposition=imposition, out_dir=tmp_path)
        with pikepdf.open(printed.pdf) as pdf:
            assert pdf.Root.ViewerPreferences.PrintScaling == "/None"
            assert pdf.Root.ViewerPreferences.Duplex == turn
            assert str(pdf.Root.Lang) == "fr-FR"


def test_separate_files_hold_one_carnet_each(tmp_path):
    printed = print_carnets(fake_form(), ORDERS, separate=True, out_dir=tmp_path)
    assert [path.name for path in printed.separate] == ["26-004271-20.pdf", "26-000001-26.pdf"]
    for path, order in zip(printed.separate, ORDERS, strict=True):
        assert set(re.findall(r"\d\d-\d{6}-\d\d", text_of(path))) == {order.carnet}
        with pikepdf.open(path) as pdf:
            assert len(pdf.pages) == 6


def test_the_name_is_in_the_pdf_alone_and_not_in_its_properties(tmp_path):
    printed = print_carnets(fake_form(), ORDERS, separate=True, out_dir=tmp_path)
    assert "Zo" not in printed.manifest.read_text("utf-8")
    assert NAME not in repr(ORDERS)
    assert not [path for path in tmp_path.rglob("*") if "Zo" in path.name]
    with pikepdf.open(printed.pdf) as pdf:
        assert set(pdf.docinfo.keys()) == {"/Title"}
        assert "Zo" not in str(pdf.docinfo["/Title"])
        assert "/Metadata" not in pdf.Root


def test_the_same_orders_give_the_same_bytes(tmp_path):
    first = print_carnets(fake_form(), ORDERS, out_dir=tmp_path)
    before = first.pdf.read_bytes(), first.manifest.read_bytes()
    again = print_carnets(fake_form(), ORDERS, out_dir=tmp_path)
    assert (again.pdf.read_bytes(), again.manifest.read_bytes()) == before


def test_a_copy_costs_few_bytes(tmp_path):
    orders = [PrintOrder(carnet=f"26-{serial:06d}-00") for serial in range(40)]
    one = print_carnets(fake_form(), orders[:1], out_dir=tmp_path).pdf.stat().st_size
    forty = print_carnets(fake_form(), orders, out_dir=tmp_path).pdf.stat().st_size
    assert (forty - one) / 39 / 12 < 500


def test_a_missing_folder_is_an_output_error(tmp_path):
    with pytest.raises(OutputError) as caught:
        print_carnets(fake_form(), ORDERS, out_dir=tmp_path / "absent")
    assert str(tmp_path) in str(caught.value.evidence["file"])


def test_pages_that_do_not_match_the_definition_are_a_form_error(tmp_path, monkeypatch):
    from tests.compose.fake_form import fake_typeset

    monkeypatch.setattr("pipeline.compose.press.typeset", lambda form: fake_typeset(fake_form(4)))
    with pytest.raises(FormError) as caught:
        print_carnets(fake_form(), ORDERS, out_dir=tmp_path)
    assert caught.value.evidence["defined"] == 13
