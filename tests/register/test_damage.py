"""What paper suffers: each page is placed exactly all the same, or refused with the right reason."""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
import pytest

from pipeline.model.result import PageResult
from pipeline.model.scan import RegisteredPage, ScanImage
from pipeline.register.frame import apply, scale_at
from pipeline.register.locate import Side, locate_everywhere
from pipeline.register.resample import Halvings
from tests.register.paper import (
    CARNET,
    LAYOUT,
    OTHER_CARNET,
    SIZE_MM,
    Lying,
    Sheet,
    errors_mm,
    glass_of,
    held_out,
    lay,
    spread,
)

pytestmark = pytest.mark.slow

DPI = 200.0
K = DPI / 25.4


def alone(sheet: Sheet, glass=SIZE_MM, **lying: object) -> tuple[ScanImage, Lying]:
    how = Lying(centre_mm=(glass[0] / 2, glass[1] / 2), **lying)
    return lay([(sheet, how)], glass_mm=glass, dpi=DPI), how


def changed(image: ScanImage, pixels: np.ndarray) -> ScanImage:
    return dataclasses.replace(image, pixels=np.ascontiguousarray(pixels))


def px(*values_mm: float) -> list[int]:
    return [round(value * K) for value in values_mm]


def is_placed(entries, lying: Lying, within_mm: float = 0.3) -> RegisteredPage:
    (page,) = entries
    assert isinstance(page, RegisteredPage), page.problem
    assert errors_mm(page, lying, DPI).max() < within_mm
    return page


def refusals(entries) -> list[str]:
    return [entry.problem for entry in entries if isinstance(entry, PageResult)]


# ------------------------------------------------------------------ geometry


@pytest.mark.parametrize("step_mm", [0.6, 1.0, -2.0])
@pytest.mark.parametrize(("axis", "at_mm"), [(1, 62.0), (0, 88.0), (0, 130.0)])
def test_a_stepped_fold_is_never_misread_in_silence(find, step_mm, axis, at_mm):
    image, lying = alone(Sheet(page=2))
    pixels, (at, step) = image.pixels.copy(), px(at_mm, step_mm)
    farther = pixels[:, at:] if axis else pixels[at:]
    farther[:] = np.roll(farther, step, axis=1 - axis)
    (entry,) = find(changed(image, pixels))
    if isinstance(entry, PageResult):
        assert entry.problem == "not_registered"
        assert dict(entry.evidence)["residual_mm"] > 0.2
        return
    moved = dataclasses.replace(
        lying, centre_mm=(lying.centre_mm[0] + step / K * (axis == 0), lying.centre_mm[1] + step / K * (axis == 1))
    )
    best = np.minimum(errors_mm(entry, lying, DPI), errors_mm(entry, moved, DPI))
    assert best.max() < 0.5


@pytest.mark.parametrize("stretch", [0.98, 0.99, 1.01, 1.02])
@pytest.mark.parametrize("lost", [(), (0, 1), (0, 1, 3)])
def test_a_feed_that_stretches(find, stretch, lost):
    image, lying = alone(Sheet(page=2, lost_markers=lost), stretch=stretch)
    is_placed(find(image), lying, 0.4)


@pytest.mark.parametrize(("across", "along"), [(0.94, 0.94), (0.94, 0.955), (0.97, 0.955)])
def test_fit_to_page(find, across, along):
    image, lying = alone(Sheet(page=2), scale=across, stretch=along / across)
    page = is_placed(find(image), lying)
    assert "print_scale" in page.warnings
    assert page.pose.print_scale == pytest.approx(math.sqrt(across * along), abs=0.003)


def test_one_marker_of_a_page_printed_smaller(find):
    image, lying = alone(Sheet(page=2, lost_markers=(0, 1, 2)), scale=0.94)
    is_placed(find(image), lying, 0.5)


def test_a_lone_marker_takes_the_scale_of_the_page_beside(find, settings):
    pages = spread(Sheet(page=4), Sheet(page=1, lost_markers=(0, 1, 3)), scale=0.94)
    side = Side(levels=Halvings(lay(pages, dpi=DPI).pixels), dpi=DPI, layouts=(LAYOUT,), settings=settings)
    found = locate_everywhere(side, [], thorough=True)
    assert [len(page.fit.markers) for page in found] == [4, 1]
    assert scale_at(found[1].fit.matrix, (74.0, 105.0)) / K == pytest.approx(0.94, abs=0.001)


@pytest.mark.parametrize("lost", [(), (0, 1, 2)])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("slip", [(105.0, 20.0, 1.4), (70.0, 30.0, -2.0), (60.0, 15.0, 0.7)])
def test_a_feed_that_slips(find, lost, axis, slip):
    """Evenly over some centimetres, along either way of the page: boxes are where they are seen."""
    at_mm, over_mm, by_mm = slip
    image, lying = alone(Sheet(page=2, lost_markers=lost))
    lines = [np.arange(count, dtype=np.float32) for count in image.pixels.shape]

    def lost_before(seen_mm):
        return by_mm * (np.clip((seen_mm - at_mm) / over_mm + 0.5, 0, 1) - 0.5)

    lines[axis] = (lines[axis] + K * lost_before((lines[axis] + 0.5) / K)).astype(np.float32)
    pixels = cv2.remap(image.pixels, *np.meshgrid(lines[1], lines[0]), cv2.INTER_LINEAR, borderValue=246)
    (page,) = find(changed(image, pixels))
    assert isinstance(page, RegisteredPage), page.problem

    points = held_out()
    seen = lying.to_glass(points)
    for _ in range(20):
        seen[:, 1 - axis] = lying.to_glass(points)[:, 1 - axis] - lost_before(seen[:, 1 - axis])
    on_page = apply(np.linalg.inv(np.array(page.pose.matrix).reshape(3, 3)), seen * K - 0.5)
    off = np.linalg.norm(on_page - points - page.displacement.shifts_at(points), axis=1)
    assert off.max() < (0.5 if lost else 0.2)


@pytest.mark.parametrize("turn", [0.0, 37.0, 90.0, 151.0, 180.0, 233.0, 270.0, 322.0])
def test_a_page_anywhere_on_the_glass_at_any_angle(find, turn):
    how = Lying(centre_mm=(142.0, 118.0), turn_deg=turn)
    image = lay([(Sheet(page=2), how)], glass_mm=(297.0, 235.0), dpi=DPI)
    page = is_placed(find(image), how, 0.1)
    assert page.pose.rotation_deg == pytest.approx(turn, abs=0.1)


def test_three_pages_on_one_glass(find):
    places = [((80.0, 108.0), 3.0), ((240.0, 110.0), 184.0), ((395.0, 109.0), -4.0)]
    sheets = [Sheet(page=1), Sheet(page=2, carnet=OTHER_CARNET), Sheet(page=3)]
    pages = [(sheet, Lying(centre_mm=at, turn_deg=turn)) for sheet, (at, turn) in zip(sheets, places, strict=True)]
    found = find(lay(pages, glass_mm=(480.0, 220.0), dpi=DPI))
    assert [(page.identity.page, page.identity.carnet) for page in found] == [
        (1, CARNET),
        (2, OTHER_CARNET),
        (3, CARNET),
    ]


# ------------------------------------------------------------------ holes, tears, stains


def _staples(pixels):
    for x, y in ((10.0, 10.0), (74.0, 10.0), (40.0, 60.0), (138.0, 200.0)):
        cv2.circle(pixels, px(x, y), max(1, round(0.35 * K)), 60, -1)


def _punch(pixels):
    cv2.circle(pixels, px(10, 10), round(3 * K), 20, -1)


def _torn(pixels):
    cv2.fillPoly(pixels, [np.array([px(148, 210), px(118, 210), px(126, 199), px(131, 190), px(148, 186)])], 246)


def _coffee(pixels):
    ring = np.zeros_like(pixels)
    cv2.circle(ring, px(40, 60), round(36 * K), 70, round(3 * K))
    cv2.circle(ring, px(12, 12), round(9 * K), 60, -1)
    np.copyto(pixels, cv2.subtract(pixels, cv2.GaussianBlur(ring, (0, 0), 0.5 * K)))


def _stamp_on_marker(pixels):
    cv2.rectangle(pixels, px(4, 4), px(38, 18), 90, round(0.7 * K))
    cv2.putText(pixels, "RECU", px(6, 14), cv2.FONT_HERSHEY_DUPLEX, 2.0, 90, 6)


def _black_edges(pixels):
    pixels[: px(3)[0]] = 15
    pixels[:, : px(4)[0]] = 25


def _show_through(pixels):
    back = cv2.flip(pixels, 1)
    np.copyto(pixels, cv2.addWeighted(pixels, 1.0, cv2.GaussianBlur(back, (0, 0), 2), 0.1, -24.6))


def _dog_ear(pixels):
    cv2.fillPoly(pixels, [np.array([px(0, 0), px(24, 0), px(0, 26)])], 250)
    cv2.fillPoly(pixels, [np.array([px(24, 0), px(0, 26), px(23, 23)])], 238)
    cv2.polylines(pixels, [np.array([px(24, 0), px(0, 26), px(23, 23)])], True, 170, 2)


def _crease(pixels):
    cv2.line(pixels, px(5, 0), px(140, 210), 150, 3, cv2.LINE_AA)


def _note(pixels):
    cv2.fillPoly(pixels, [np.array([px(60, 90), px(126, 94), px(122, 160), px(56, 156)])], 215)
    cv2.line(pixels, px(66, 110), px(110, 113), 60, 4)


@pytest.mark.parametrize(
    ("damage", "markers"),
    [
        (_staples, 4),
        (_punch, 3),
        (_torn, 3),
        (_coffee, 4),
        (_stamp_on_marker, 3),
        (_black_edges, 4),
        (_show_through, 4),
        (_dog_ear, 3),
        (_crease, 3),
        (_note, 4),
    ],
)
def test_a_page_survives(find, damage, markers):
    image, lying = alone(Sheet(page=2), turn_deg=0.7)
    pixels = image.pixels.copy()
    damage(pixels)
    page = is_placed(find(changed(image, pixels)), lying)
    assert page.pose.markers >= markers - 1
    assert page.identity.carnet == CARNET


@pytest.mark.parametrize("lost", [(), (1, 2, 3)])
def test_the_ink_of_an_office_stamp_upon_a_marker_hides_it_not(find, lost):
    """Two of its lines run over the marker and its border."""
    image, lying = alone(Sheet(page=2, lost_markers=lost))
    pixels = image.pixels.copy()
    for top in (8.6, 11.2):
        area = pixels[px(top)[0] : px(top + 1.6)[0], px(4)[0] : px(36)[0]]
        area[:] = (area * 0.45).astype(np.uint8)
    page = is_placed(find(changed(image, pixels)), lying)
    assert page.pose.markers == 4 - len(lost)


def test_a_torn_corner_is_told_and_a_covered_marker_is_not_torn(find):
    image, _ = alone(Sheet(page=2))
    for damage, warning, evidence in (
        (_torn, "torn_corner", (("corner", 2.0),)),
        (_stamp_on_marker, "markers_lost", (("markers", 3.0),)),
    ):
        pixels = image.pixels.copy()
        damage(pixels)
        (page,) = find(changed(image, pixels))
        assert (page.warnings, page.evidence) == ((warning,), evidence)


@pytest.mark.parametrize("turned", [False, True])
def test_dirt_on_the_glass_is_told_with_its_place(find, turned):
    image, lying = alone(Sheet(page=2), turn_deg=0.4)
    pixels = image.pixels.copy()
    line = pixels if not turned else pixels.T
    line[:, 490:492] = (line[:, 490:492] * 0.7).astype(np.uint8)
    page = is_placed(find(changed(image, pixels)), lying)
    assert page.warnings == ("dirty_glass",)
    assert dict(page.evidence)["streak_mm"] == pytest.approx(490 / K, abs=0.5)


def test_a_fold_between_two_pages_is_no_dirt(find):
    image = lay(spread(Sheet(page=4), Sheet(page=1)), dpi=DPI)
    pixels = image.pixels.copy()
    middle = pixels.shape[1] // 2
    pixels[:, middle - 1 : middle + 1] = 170
    assert [page.warnings for page in find(changed(image, pixels))] == [(), ()]


@pytest.mark.parametrize("strength", [0.55, 0.3, 0.12])
def test_pale_toner_in_black_and_white_is_placed_or_refused(find, strength):
    image, lying = alone(Sheet(page=2), turn_deg=0.5)
    pale = 246 - (246 - image.pixels.astype(np.float32)) * strength
    pixels = np.where(pale > 165, 255, 0).astype(np.uint8)
    found = find(changed(dataclasses.replace(image, warnings=("bitonal",)), pixels))
    if refusals(found):
        assert refusals(found)[0] in ("print_not_found", "no_marker", "blank_side", "no_identity", "markers_missing")
        assert strength < 0.5
    else:
        is_placed(found, lying)


@pytest.mark.parametrize(("ripple_mm", "told"), [(0.0, False), (0.24, True)])
def test_a_rippled_page_is_read_and_told(find, ripple_mm, told):
    """Waves of 30 mm, shorter than any field follows: boxes may lie a little off, and no fold is seen."""
    image, _ = alone(Sheet(page=2))
    rows, columns = (np.indices(image.pixels.shape, np.float32)).astype(np.float32)
    wave = rows + np.float32(ripple_mm * K) * np.sin(rows / np.float32(30 * K) * np.float32(2 * math.pi))
    rippled = cv2.remap(image.pixels, columns, wave, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    (page,) = find(changed(image, rippled))
    assert isinstance(page, RegisteredPage), page.problem
    assert ("page_uneven" in page.warnings) is told
    assert not told or dict(page.evidence)["residual_mm"] == page.pose.residual_mm


# ------------------------------------------------------------------ two sheets, foreign things


def over(under: ScanImage, upper: ScanImage, lying: Lying) -> ScanImage:
    """An opaque page upon another on the same glass."""
    corners = np.array([[0.0, 0.0], [148.0, 0.0], [148.0, 210.0], [0.0, 210.0]])
    mask = np.zeros_like(under.pixels)
    cv2.fillPoly(mask, [np.round(lying.to_glass(corners) * K).astype(np.int32)], 255)
    return changed(under, np.where(mask > 0, upper.pixels, under.pixels))


@pytest.mark.parametrize("shift_mm", [40.0, 70.0, 100.0, 125.0])
@pytest.mark.parametrize("page", [3, 2])
def test_a_page_of_another_carnet_lying_half_over_loses_neither(find, shift_mm, page):
    below = Lying(centre_mm=(90.0, 120.0), turn_deg=0.5)
    above = Lying(centre_mm=(90.0 + shift_mm, 124.0), turn_deg=-1.0)
    glass = (330.0, 240.0)
    under = lay([(Sheet(page=2), below)], glass_mm=glass, dpi=DPI)
    upper = lay([(Sheet(page=page, carnet=OTHER_CARNET), above)], glass_mm=glass, dpi=DPI)
    found = find(over(under, upper, above))
    placed = {entry.identity.carnet for entry in found if isinstance(entry, RegisteredPage)}
    assert OTHER_CARNET in placed
    assert len(found) == 2
    if CARNET not in placed:
        assert refusals(found)[0] == "two_sheets"


def test_a_sticker_with_a_marker_of_another_page_is_dropped(find):
    tags = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36H11)
    image, lying = alone(Sheet(page=2))
    pixels = image.pixels.copy()
    x, y = px(90, 100)
    pixels[y - 12 : y + 64, x - 12 : x + 64] = 250
    pixels[y : y + 48, x : x + 48] = cv2.resize(
        cv2.aruco.generateImageMarker(tags, 3 * 4 + 1, 8), (48, 48), interpolation=cv2.INTER_NEAREST
    )
    page = is_placed(find(changed(image, pixels)), lying)
    assert page.identity.page == 2
    assert page.pose.markers == 4


def test_codes_of_two_carnets_are_never_guessed(find):
    for sheet in (
        Sheet(page=2, code_b_carnet=OTHER_CARNET),
        Sheet(page=2, code_b_carnet=OTHER_CARNET, lost_markers=(1, 2)),
    ):
        image, _ = alone(sheet)
        (entry,) = find(image)
        assert (entry.problem, entry.identity) == ("codes_disagree", None)


@pytest.mark.parametrize("kept", [0, 1])
def test_a_page_is_never_known_by_its_neighbour(find, kept):
    gone = (0, 1)
    sheets = [Sheet(page=4, lost_codes=() if kept == 0 else gone), Sheet(page=1, lost_codes=() if kept == 1 else gone)]
    found = find(lay(spread(*sheets), dpi=DPI))
    assert isinstance(found[kept], RegisteredPage)
    assert refusals(found) == ["no_identity"]
    assert found[1 - kept].identity is None


def test_a_blank_half_beside_a_single_sheet_misses_nothing(find):
    page = spread(Sheet(page=21, sheet=1), Sheet(page=3), 0, 0.3)[0]
    assert refusals(find(lay([page], glass_mm=glass_of(0), dpi=DPI))) == ["blank_side"]


# ------------------------------------------------------------------ telephones


def photographed(image: ScanImage, corners: list[tuple[float, float]], curl_px: float = 0.0) -> ScanImage:
    """A sheet on a dark, grained table: perspective, curl, shadow, a lens that dims its corners, a soft focus."""
    height, width = image.pixels.shape
    size = (width + 400, height + 400)
    view = cv2.getPerspectiveTransform(
        np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32), np.array(corners, np.float32)
    )
    table = np.random.default_rng(4).normal(95, 14, (size[1] // 8, size[0] // 3)).astype(np.float32)
    table = np.clip(cv2.resize(table, size), 0, 255).astype(np.uint8)
    paper = cv2.warpPerspective(image.pixels, view, size, borderValue=0)
    mask = cv2.warpPerspective(np.full_like(image.pixels, 255), view, size, borderValue=0)
    seen = np.where(mask > 128, paper, table)
    x, y = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
    seen = cv2.remap(
        seen,
        x,
        y + np.float32(curl_px) * np.sin(x / size[0] * np.pi),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    dim = (1 - 0.3 * ((x / size[0] - 0.5) ** 2 + (y / size[1] - 0.5) ** 2) * 2) * np.linspace(0.6, 1.0, size[0])
    seen = cv2.GaussianBlur(seen, (0, 0), 1.2) * dim
    return dataclasses.replace(image, pixels=np.clip(seen, 0, 255).astype(np.uint8), dpi=None)


@pytest.mark.parametrize("lost", [(), (2,)])
@pytest.mark.parametrize("curl_px", [0.0, 14.0])
def test_a_photograph_of_one_page(find, lost, curl_px):
    image = lay([(Sheet(page=2, lost_markers=lost), Lying(centre_mm=(74.0, 105.0)))], glass_mm=SIZE_MM, dpi=250.0)
    height, width = image.pixels.shape
    corners = [(260.0, 190.0), (width + 130.0, 150.0), (width + 210.0, height + 160.0), (150.0, height + 240.0)]
    (page,) = find(photographed(image, corners, curl_px))
    assert isinstance(page, RegisteredPage), page.problem
    assert page.pose.residual_mm < 0.15
    assert page.pose.print_scale is None


def test_a_photograph_of_a_spread_loses_no_page_without_markers(find):
    image = lay(spread(Sheet(page=2), Sheet(page=3, lost_markers=(0, 1, 2, 3))), dpi=250.0)
    height, width = image.pixels.shape
    corners = [(240.0, 200.0), (width + 150.0, 170.0), (width + 190.0, height + 180.0), (180.0, height + 220.0)]
    found = find(photographed(image, corners))
    assert [type(entry) for entry in found] == [RegisteredPage, PageResult]
    assert refusals(found) == ["markers_missing"]
