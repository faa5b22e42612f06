"""Whatever lies on the glass is placed exactly, or refused with its reason."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest

from pipeline.model.form import FormShelf
from pipeline.model.identity import PrintedLine
from pipeline.model.result import Disposition, PageResult
from pipeline.model.scan import PX_PER_MM, RegisteredPage, ScanImage
from tests.register.paper import (
    CARNET,
    LAYOUT,
    NOMINATIVE,
    OTHER_CARNET,
    SHELF,
    STAMP,
    Lying,
    Sheet,
    errors_mm,
    glass_of,
    lay,
    spread,
)

A5 = (148.0, 210.0)


def alone(sheet: Sheet, *, glass=A5, dpi=300.0, image=None, **lying: object) -> tuple[ScanImage, Lying]:
    how = Lying(centre_mm=(glass[0] / 2, glass[1] / 2), **lying)
    return lay([(sheet, how)], glass_mm=glass, dpi=dpi, **(image or {})), how


def placed(entries) -> list[RegisteredPage]:
    assert all(isinstance(entry, RegisteredPage) for entry in entries), entries
    return entries


def refused(entries) -> list[tuple[str, str]]:
    return [(entry.disposition.value, entry.problem) for entry in entries if isinstance(entry, PageResult)]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("skew", [-2.5, 0.7])
def test_a_spread_in_any_turn(find, turn, skew):
    pages = spread(Sheet(page=4), Sheet(page=1), turn, skew)
    left, right = placed(find(lay(pages, glass_mm=glass_of(turn))))
    assert [(p.slot, p.identity.page, p.identified_by) for p in (left, right)] == [(1, 4, "code_a"), (2, 1, "code_a")]
    for page, (_, lying) in zip((left, right), pages, strict=True):
        assert page.pose.markers == 4
        assert page.pose.rotation_deg == pytest.approx((turn + skew) % 360, abs=0.05)
        assert page.pose.print_scale == pytest.approx(1, abs=0.001)
        assert errors_mm(page, lying, 300).max() < 0.06
        assert page.pixels.shape == (1240, 874)
        assert page.warnings == ()


@pytest.mark.parametrize("bulge", [1.0, -1.0, 2.0])
def test_bulging_paper(find, bulge):
    image, lying = alone(Sheet(page=2), bulge_mm=bulge, turn_deg=0.6)
    (page,) = placed(find(image))
    errors = errors_mm(page, lying, 300)
    assert np.median(errors) < 0.1
    assert np.percentile(errors, 99) < 0.3
    assert page.pose.residual_mm < 0.15


@pytest.mark.parametrize("dpi", [150.0, 200.0, 300.0, 400.0])
def test_resolutions(find, dpi):
    image, lying = alone(Sheet(page=2), dpi=dpi, turn_deg=1.0)
    (page,) = placed(find(image))
    assert np.percentile(errors_mm(page, lying, dpi), 99) < 0.1


@pytest.mark.parametrize("lost", [(0,), (2,), (0, 2), (1, 2), (0, 1), (1, 2, 3), (0, 1, 3)])
def test_lost_markers(find, lost):
    image, lying = alone(Sheet(page=2, lost_markers=lost), turn_deg=1.4)
    (page,) = placed(find(image))
    assert page.pose.markers == 4 - len(lost)
    assert page.warnings == ("torn_corner",)  # nothing is there, not even what would cover a marker
    assert page.evidence == (("corner", float(lost[0])),)
    assert np.percentile(errors_mm(page, lying, 300), 99) < 0.3


def test_one_marker_and_no_resolution(find):
    image, lying = alone(Sheet(page=2, lost_markers=(0, 1, 2)), image={"claimed_dpi": None})
    (page,) = placed(find(image))
    assert page.pose.print_scale is None
    assert np.percentile(errors_mm(page, lying, 300), 99) < 0.5


def test_no_marker_but_a_code_is_unreadable_not_foreign(find):
    image, _ = alone(Sheet(page=2, lost_markers=(0, 1, 2, 3)))
    assert refused(find(image)) == [("unreadable", "markers_missing")]


def test_four_pages_of_two_carnets_on_one_glass(find):
    places = [((74.0, 105.0), 0.5), ((223.0, 105.0), 0.2), ((74.0, 316.0), -0.8), ((223.0, 316.0), 0.0)]
    sheets = [Sheet(page=2), Sheet(page=3), Sheet(page=2, carnet=OTHER_CARNET), Sheet(page=21, sheet=1)]
    pages = [(sheet, Lying(centre_mm=at, turn_deg=turn)) for sheet, (at, turn) in zip(sheets, places, strict=True)]
    found = placed(find(lay(pages, glass_mm=(297.0, 420.0), dpi=200.0)))
    assert [(p.slot, p.identity.page, p.identity.carnet) for p in found] == [
        (1, 2, CARNET),
        (2, 3, CARNET),
        (3, 2, OTHER_CARNET),
        (4, 21, CARNET),
    ]


@pytest.mark.parametrize("turn", [0, 180])
def test_the_same_page_of_two_carnets_side_by_side(find, turn):
    pages = spread(Sheet(page=3), Sheet(page=3, carnet=OTHER_CARNET), turn, 0.4)
    found = placed(find(lay(pages)))
    assert [(p.slot, p.identity.carnet) for p in found] == [(1, CARNET), (2, OTHER_CARNET)]
    for page, (_, lying) in zip(found, pages, strict=True):
        assert page.pose.markers == 4
        assert errors_mm(page, lying, 300).max() < 0.06


def test_the_same_page_twice_with_markers_lost_does_not_merge(find):
    pages = spread(Sheet(page=3, lost_markers=(1, 2)), Sheet(page=3, carnet=OTHER_CARNET, lost_markers=(0, 3)))
    found = placed(find(lay(pages)))
    assert [(p.identity.carnet, p.pose.markers) for p in found] == [(CARNET, 2), (OTHER_CARNET, 2)]


def test_pages_lying_in_different_turns_on_one_glass(find):
    pages = [
        (Sheet(page=2), Lying(centre_mm=(80.0, 110.0), turn_deg=12.0)),
        (Sheet(page=3), Lying(centre_mm=(300.0, 120.0), turn_deg=97.0)),
    ]
    found = placed(find(lay(pages, glass_mm=(420.0, 297.0), dpi=200.0)))
    assert [p.identity.page for p in found] == [2, 3]


def test_a_small_page_anywhere_on_a_large_glass_has_no_other_half(find):
    page = (Sheet(page=2), Lying(centre_mm=(110.0, 150.0), turn_deg=21.0))
    (found,) = placed(find(lay([page], glass_mm=(210.0, 297.0))))
    assert found.pose.rotation_deg == pytest.approx(21, abs=0.1)


def test_a_page_without_markers_beside_others_on_a_large_glass_is_not_lost(find):
    gone = (0, 1, 2, 3)
    pages = [
        (Sheet(page=2), Lying(centre_mm=(90.0, 120.0), turn_deg=8.0)),
        (Sheet(page=3, lost_markers=gone), Lying(centre_mm=(300.0, 130.0), turn_deg=3.0)),
    ]
    found = find(lay(pages, glass_mm=(420.0, 297.0), dpi=200.0))
    assert refused(found) == [("unreadable", "markers_missing")]
    assert [entry.slot for entry in found] == [1, 2]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("kept", [0, 1])
def test_a_blank_half_has_its_own_row(find, turn, kept):
    page = spread(Sheet(page=2), Sheet(page=3), turn, 0.5)[kept]
    found = find(lay([page], glass_mm=glass_of(turn)))
    assert [entry.slot for entry in found] == [1, 2]
    assert isinstance(found[kept], RegisteredPage)
    assert refused(found) == [("blank", "unprinted_side")]


def _beside_a_letter(sheet: Sheet) -> ScanImage:
    """A page on the left half of a sheet, lines of print without a marker on the right."""
    (page, _) = spread(sheet, Sheet(page=3))
    image = lay([page])
    pixels = image.pixels.copy()
    for row in range(20):
        cv2.putText(pixels, "lettre de la mairie, suite", (1900, 300 + 90 * row), 2, 2.0, 20, 3)
    return dataclasses.replace(image, pixels=pixels)


@pytest.mark.slow
def test_the_half_beside_a_page_of_a_booklet_is_never_taken_for_a_letter(find):
    found = find(_beside_a_letter(Sheet(page=2)))
    assert refused(found) == [("unreadable", "hidden_half")]
    assert [entry.slot for entry in found] == [1, 2]


@pytest.mark.slow
def test_the_half_beside_a_refused_page_of_a_booklet_is_never_taken_for_a_letter(find):
    found = find(_beside_a_letter(Sheet(page=2, lost_codes=(0, 1))))
    assert refused(found) == [("unreadable", "no_identity"), ("unreadable", "hidden_half")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sheet", "rows"),
    [
        (Sheet(page=21, sheet=1), [("foreign", "no_marker")]),
        (Sheet(page=2, form_code=8), [("foreign", "nominative_sheet"), ("foreign", "no_marker")]),
        (Sheet(page=2, form_code=9), [("foreign", "unknown_version"), ("foreign", "no_marker")]),
    ],
)
def test_beside_a_single_or_a_foreign_sheet_a_letter_is_a_letter(find, sheet, rows):
    assert refused(find(_beside_a_letter(sheet))) == rows


@pytest.mark.slow
@pytest.mark.parametrize("turn", [14.0, 38.0, 60.0])
def test_a_refused_page_lying_askew_on_a_sheet_of_its_size_has_no_other_half(find, turn):
    """Half of the glass holds a part of the page itself: its codes are not another page's."""
    page = (Sheet(page=2, print_of=0, ticks=False), Lying(centre_mm=(150.0, 105.0), turn_deg=turn))
    assert refused(find(lay([page], glass_mm=(297.0, 210.0), dpi=200.0))) == [("unreadable", "print_not_found")]


def test_a_half_whose_markers_are_gone_is_not_lost(find):
    found = find(lay(spread(Sheet(page=2), Sheet(page=3, lost_markers=(0, 1, 2, 3)))))
    assert refused(found) == [("unreadable", "markers_missing")]
    assert [entry.slot for entry in found] == [1, 2]


@pytest.mark.parametrize("lost", [(), (0, 1, 3)])
def test_a_small_print_tells_no_other_size_of_its_sheet(find, lost):
    (page, _) = spread(Sheet(page=2, lost_markers=lost), Sheet(page=3), scale=0.93)
    found = find(lay([page]))
    assert refused(found) == [("blank", "unprinted_side")]
    assert [entry.slot for entry in found] == [1, 2]


def test_continuation_sheets_share_a_page_of_the_layout(find):
    image, _ = alone(Sheet(page=23, sheet=3))
    (page,) = placed(find(image))
    assert (page.identity.page, page.identity.sheet, page.layout_page) == (23, 3, 21)


def test_a_sheet_whose_ordinal_does_not_fit_is_refused(find):
    image, _ = alone(Sheet(page=23, sheet=1))
    assert refused(find(image)) == [("unreadable", "unknown_page")]


@pytest.mark.parametrize("scale", [0.94, 0.97, 1.03])
def test_print_at_another_size_is_placed_and_said(find, scale):
    image, lying = alone(Sheet(page=2), scale=scale)
    (page,) = placed(find(image))
    assert page.pose.print_scale == pytest.approx(scale, abs=0.002)
    assert "print_scale" in page.warnings
    assert errors_mm(page, lying, 300).max() < 0.1


def test_large_print_is_read_on_the_same_grid(find):
    image, lying = alone(Sheet(page=2, variant=1), scale=1.414, glass=(210.0, 297.0))
    (page,) = placed(find(image))
    assert page.pose.print_scale == pytest.approx(1, abs=0.002)
    assert page.pixels.shape == (1240, 874)
    assert page.warnings == ()
    assert errors_mm(page, lying, 300).max() < 0.1


def test_a_stretched_feed(find):
    image, lying = alone(Sheet(page=2, lost_markers=(2, 3)), stretch=1.006)
    (page,) = placed(find(image))
    assert np.percentile(errors_mm(page, lying, 300), 99) < 0.15


def test_mirrored_pages_are_refused(find):
    image, _ = alone(Sheet(page=2), mirrored=True)
    assert refused(find(image)) == [("unreadable", "mirrored")]


def test_bitonal(find):
    image, lying = alone(Sheet(page=2), dpi=200.0, image={"noise": 12.0}, turn_deg=0.8)
    pixels = np.where(image.pixels > 140, 255, 0).astype(np.uint8)
    (page,) = placed(find(dataclasses.replace(image, pixels=pixels, warnings=("bitonal",))))
    assert page.warnings == ("bitonal",)
    assert np.percentile(errors_mm(page, lying, 200), 99) < 0.15


def test_noise_and_pale_print(find):
    image, lying = alone(Sheet(page=2), image={"noise": 20.0})
    pale = (255 - (255 - image.pixels.astype(np.float32)) * 0.35).astype(np.uint8)
    (page,) = placed(find(dataclasses.replace(image, pixels=pale)))
    assert np.percentile(errors_mm(page, lying, 300), 99) < 0.15


def photographed(image: ScanImage, tilt: float) -> tuple[ScanImage, np.ndarray]:
    height, width = image.pixels.shape
    seen = np.array(
        [[300 + tilt, 200], [width - tilt, 150], [width + 120, height - 60], [180, height + 40]], np.float32
    )
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    view = cv2.getPerspectiveTransform(corners, seen)
    shadow = np.linspace(0.55, 1.0, width + 300, dtype=np.float32)
    pixels = cv2.warpPerspective(image.pixels, view, (width + 300, height + 300), borderValue=90) * shadow
    return dataclasses.replace(image, pixels=pixels.astype(np.uint8), dpi=None), view


@pytest.mark.parametrize("lost", [(), (1,), (3,)])
def test_a_telephone_photograph_with_three_markers_or_more(find, lost):
    image, lying = alone(Sheet(page=2, lost_markers=lost), dpi=250.0)
    photo, view = photographed(image, 130)
    (page,) = placed(find(photo))
    back = dataclasses.replace(
        page.pose, matrix=tuple((np.linalg.inv(view) @ np.array(page.pose.matrix).reshape(3, 3)).ravel())
    )
    errors = errors_mm(dataclasses.replace(page, pose=back), lying, 250)
    assert page.pose.print_scale is None
    assert np.percentile(errors, 99) < 0.25


def test_a_photograph_of_an_open_spread(find):
    image = lay(spread(Sheet(page=2), Sheet(page=3)), dpi=250.0)
    photo, _ = photographed(image, 200)
    assert [page.identity.page for page in placed(find(photo))] == [2, 3]


def test_one_dead_code_is_no_loss(find):
    image, _ = alone(Sheet(page=2, lost_codes=(0,)))
    (page,) = placed(find(image))
    assert page.identified_by == "code_b"


def test_two_codes_that_disagree_are_refused(find):
    image, _ = alone(Sheet(page=2, code_b_carnet=OTHER_CARNET))
    (found,) = find(image)
    assert (found.disposition, found.problem, found.identity) == (Disposition.UNREADABLE, "codes_disagree", None)


def test_markers_and_code_must_agree(find):
    image, _ = alone(Sheet(page=2, code_page=3))
    assert refused(find(image)) == [("unreadable", "page_mismatch")]


def test_a_marker_that_contradicts_is_dropped(find):
    image, lying = alone(Sheet(page=2, marker_page={1: 3}))
    (page,) = placed(find(image))
    assert page.pose.markers == 3
    assert errors_mm(page, lying, 300).max() < 0.1


def test_two_markers_that_contradict_each_other_make_no_page(find):
    """One of them lies turned, as on a corner folded over or glued on: which is right, nothing tells."""
    image, _ = alone(Sheet(page=2, lost_markers=(2, 3)))
    pixels, k = image.pixels.copy(), 300 / 25.4
    x, y = (round(k * value) for value in LAYOUT.stamp.markers[1].centre)
    reach = round(5 * k)
    corner = pixels[y - reach : y + reach, x - reach : x + reach]
    turn = cv2.getRotationMatrix2D((reach, reach), 20, 1.0)
    corner[:] = cv2.warpAffine(corner, turn, corner.shape, borderValue=246)
    found = find(dataclasses.replace(image, pixels=pixels))
    assert ("unreadable", "markers_contradict") in refused(found)
    assert len(refused(found)) == len(found), "nothing is placed"


class Reader:
    """Reads the printed line as told, and counts how often it was asked."""

    def __init__(self, *lines: PrintedLine | None) -> None:
        self.lines, self.crops = list(lines), []

    def __call__(self, crop):
        self.crops.append(crop)
        return self.lines[(len(self.crops) - 1) % len(self.lines)]


LINE = PrintedLine(carnet=CARNET, form="essai", version="1", page=2)
DEAD = Sheet(page=2, lost_codes=(0, 1))


def test_the_printed_number_is_the_last_resort(find):
    reader = Reader(LINE)
    image, _ = alone(DEAD)
    (page,) = placed(find(image, reader))
    assert (page.identity, page.identified_by) == (DEAD.identity, "printed_number")
    zone = STAMP.numbers[0]
    assert reader.crops[0].shape[0] / reader.crops[0].shape[1] == pytest.approx(
        (zone.h + 1.6) / (zone.w + 1.6), rel=0.02
    )
    assert reader.crops[0].min() < 80
    unasked = Reader(LINE)
    find(alone(Sheet(page=2))[0], unasked)
    assert unasked.crops == []


def test_a_name_cut_off_on_one_line_is_read_on_the_other(find):
    image, _ = alone(DEAD)
    (page,) = placed(find(image, Reader(dataclasses.replace(LINE, form="ssai"), LINE)))
    assert page.identity == DEAD.identity


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ((LINE, dataclasses.replace(LINE, version="9")), ("unreadable", "codes_disagree")),
        ((dataclasses.replace(LINE, form="ssai"),), ("unreadable", "no_identity")),
        ((None,), ("unreadable", "no_identity")),
        ((PrintedLine(carnet=CARNET),), ("unreadable", "no_identity")),
        ((LINE, dataclasses.replace(LINE, carnet=OTHER_CARNET)), ("unreadable", "codes_disagree")),
        ((dataclasses.replace(LINE, page=3),), ("unreadable", "page_mismatch")),
        ((dataclasses.replace(LINE, version="9"),), ("unreadable", "no_identity")),
        ((dataclasses.replace(LINE, form="volet"),), ("foreign", "nominative_sheet")),
    ],
)
def test_a_printed_number_is_believed_only_when_whole(find, lines, problem):
    image, _ = alone(DEAD)
    assert refused(find(image, Reader(*lines))) == [problem]


def test_large_print_known_by_its_printed_number(find):
    image, _ = alone(Sheet(page=2, variant=1, lost_codes=(0, 1)), scale=1.414, glass=(210.0, 297.0))
    (page,) = placed(find(image, Reader(LINE)))
    assert page.identity.variant == 1


def test_an_unknown_version_is_foreign(find):
    image, _ = alone(Sheet(page=2, version_code=999))
    assert refused(find(image)) == [("foreign", "unknown_version")]


def test_a_nominative_sheet_is_refused_by_name(find):
    image, _ = alone(Sheet(page=1, form_code=8))
    (found,) = find(image)
    assert (found.disposition, found.problem) == (Disposition.FOREIGN, "nominative_sheet")
    assert (found.form, found.version, found.identity) == ("volet", "1", None)


def test_another_print_under_the_stamp_is_refused(find):
    image, _ = alone(Sheet(page=2, print_of=3, ticks=False))
    (found,) = find(image)
    assert (found.disposition, found.problem) == (Disposition.UNREADABLE, "print_not_found")
    assert found.identity.page == 2
    assert found.pose is not None


def test_a_stamp_without_print_is_refused(find):
    image, _ = alone(Sheet(page=2, print_of=0, ticks=False))
    assert refused(find(image)) == [("unreadable", "print_not_found")]


def plain(width=2480, height=3508, level=245, noise=3.0) -> ScanImage:
    return lay([], glass_mm=(width / 300 * 25.4, height / 300 * 25.4), noise=noise, background=level)


def test_blank_sides_in_all_their_states(find):
    clean = plain()
    (found,) = find(clean)
    assert (found.slot, found.disposition, found.problem) == (1, Disposition.BLANK, "blank_side")
    for change in (_specks, _punched, _shadow, _show_through, _grey_lid):
        pixels = clean.pixels.copy()
        change(pixels)
        assert refused(find(dataclasses.replace(clean, pixels=pixels))) == [("blank", "blank_side")], change.__name__


def _specks(pixels):
    for x, y in np.random.default_rng(1).integers(100, 2400, (60, 2)):
        pixels[y : y + 5, x : x + 5] = 30


def _punched(pixels):
    for y in (1280, 2220):
        cv2.circle(pixels, (142, y), 36, 10, -1)


def _shadow(pixels):
    pixels[:, :40] = 60
    pixels[:] = (pixels * np.linspace(0.8, 1, pixels.shape[1])).astype(np.uint8)


def _show_through(pixels):
    for row in range(30):
        cv2.putText(pixels, "ecriture du verso vue au travers", (200, 300 + 90 * row), 2, 2.0, 226, 4)


def _grey_lid(pixels):
    pixels[:, 1800:] = 70


@pytest.mark.slow
def test_a_letter_is_foreign(find):
    image = plain()
    pixels = image.pixels.copy()
    for row in range(25):
        cv2.putText(pixels, "Madame, Monsieur, veuillez trouver", (200, 300 + 100 * row), 2, 2.0, 20, 3)
    assert refused(find(dataclasses.replace(image, pixels=pixels))) == [("foreign", "no_marker")]


def test_one_pencilled_word_is_not_blank(find):
    image = plain()
    pixels = image.pixels.copy()
    cv2.putText(pixels, "merci beaucoup", (700, 900), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 4.0, 170, 6, cv2.LINE_AA)
    assert refused(find(dataclasses.replace(image, pixels=pixels))) == [("foreign", "no_marker")]


def test_a_form_stamped_elsewhere_is_found_on_the_same_shelf(find):
    other_stamp = dataclasses.replace(
        STAMP, markers=tuple(dataclasses.replace(box, w=7.0, h=7.0) for box in STAMP.markers)
    )
    other = dataclasses.replace(
        NOMINATIVE,
        definition=dataclasses.replace(NOMINATIVE.definition, nominative=False),
        layout=dataclasses.replace(LAYOUT, stamp=other_stamp),
    )
    image, lying = alone(Sheet(page=2))
    (page,) = placed(find(image, shelf=FormShelf(forms=(other, *SHELF.forms[:1]))))
    assert errors_mm(page, lying, 300).max() < 0.06


def test_the_side_is_left_as_it_was_and_reading_is_repeatable(find):
    image, _ = alone(Sheet(page=2), turn_deg=0.4)
    before = image.pixels.copy()
    first, second = find(image)[0], find(image)[0]
    assert (image.pixels == before).all()
    assert first.pose == second.pose
    assert first.displacement == second.displacement
    assert (first.pixels == second.pixels).all()


def test_print_is_found_where_the_grid_says(find):
    image, _ = alone(Sheet(page=2, ticks=False), turn_deg=1.1)
    (page,) = placed(find(image))
    box = STAMP.markers[0]
    k = PX_PER_MM
    inside = page.pixels[
        round(box.y * k) + 2 : round((box.y + 0.75) * k) - 1, round(box.x * k) + 2 : round(box.right * k) - 2
    ]
    above = page.pixels[round((box.y - 1) * k) : round(box.y * k) - 2, round(box.x * k) : round(box.right * k)]
    assert inside.mean() < 70
    assert above.mean() > 220
