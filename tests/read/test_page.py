"""A whole page: names, boxes, one call of the engine, the ink map and the kept image."""

import zlib

import numpy as np
import pytest

from pipeline import read
from pipeline.model.decision import FieldDecision, Status
from pipeline.model.scan import box_px
from pipeline.overlay import draw
from pipeline.settings import ReadSettings
from tests.read.drawn_pages import FINE, comb_form, curve, draw_blank, registered, scan, write

FORM = comb_form()
PAGE = FORM.layout.page(1)
BLANK_SHEET = draw_blank(FORM)
BLANK = BLANK_SHEET.pixels()
SETTINGS = ReadSettings()


def filled(hand=0):
    """A page filled by one of many hands: same answers, other strokes."""
    rng = np.random.default_rng(hand)
    sheet = BLANK_SHEET.copy()
    for field, digits in ((PAGE.fields[0], "120326"), (PAGE.fields[4], "7")):
        for cell, digit in zip(field.cells, digits, strict=False):
            dx, dy = rng.normal(0, 0.4, 2)
            write(
                sheet, type(cell)(x=cell.x + dx, y=cell.y + dy, w=cell.w, h=cell.h), digit, float(rng.uniform(0.3, 0.6))
            )
    x, y = PAGE.fields[2].box.x + 3, PAGE.fields[2].box.y + 5
    sheet.line(curve([(x + 4 * i, y + (2 if i % 2 else -2) + rng.normal(0, 0.5)) for i in range(12)], rng), 0.45, 40)
    x, y = PAGE.fields[5].box.centre
    sheet.line(curve([(x + rng.normal(0, 12), y + rng.normal(0, 5)) for _ in range(8)], rng), 0.5, 40)
    sheet.text(25, 107, "Nom Prenom", 4)
    return sheet


def page_of(sheet, scanner="grey300", seed=1, shift=(0.0, 0.0), **more):
    return registered(scan(sheet, scanner, np.random.default_rng(seed), shift_mm=shift), **more)


def test_every_field_is_read_but_masked_ones(engine):
    readings = read.read_page(page_of(filled()), FORM, BLANK, SETTINGS)
    assert [reading.name for reading in readings] == [f.name for f in PAGE.fields if f.type != "masked"]
    by_name = {reading.name: reading for reading in readings}
    assert len(by_name["act01_date"].cells) == 6
    assert by_name["act01_texte"].ink.strokes >= 1
    assert by_name["signe"].ink.extent_ratio > 0.2
    assert [mark.option for mark in by_name["choix"].marks] == ["A", "B"]


def test_inked_digit_cells_go_to_the_engine_in_one_call(engine):
    readings = {r.name: r for r in read.read_page(page_of(filled()), FORM, BLANK, SETTINGS)}
    assert [len(call) for call in engine] == [6]
    assert all(np.isclose(cell.probabilities[3], 0.91) for cell in readings["act01_date"].cells)
    assert all(cell.probabilities == () for cell in readings["act02_date"].cells)
    assert readings["act01_date"].engine
    assert readings["lettres"].cells[0].ink_ratio > 0
    assert readings["lettres"].cells[0].probabilities == ()
    assert readings["lettres"].engine == ""


def test_the_engine_is_not_called_for_an_empty_page(engine):
    read.read_page(page_of(BLANK_SHEET), FORM, BLANK, SETTINGS)
    assert engine == []


def test_rows_carry_on_on_a_second_continuation_sheet(engine):
    page = registered(filled().pixels(), page=2, sheet=2, layout_page=1)
    names = [reading.name for reading in read.read_page(page, FORM, BLANK, SETTINGS)]
    assert names[:3] == ["act03_date", "act04_date", "act03_texte"]


def test_every_reading_says_where_it_stands_on_the_kept_image(engine):
    readings = read.read_page(page_of(filled()), FORM, BLANK, SETTINGS)
    expected = [box_px(field.extent, BLANK.shape) for field in PAGE.fields if field.type != "masked"]
    assert [reading.box for reading in readings] == expected
    assert all(cell.probabilities for cell in readings[0].cells)


def test_missing_paper_shows_in_its_level(engine):
    sheet = filled()
    left, top, width, height = (v * FINE for v in box_px(PAGE.fields[1].extent.grown(12), BLANK.shape))
    sheet.fine[top : top + height, left : left + width] = 10
    readings = {r.name: r for r in read.read_page(page_of(sheet, "clean"), FORM, BLANK, SETTINGS)}
    assert readings["act02_date"].paper_ratio < 0.3
    assert readings["choix"].paper_ratio > 0.9


def test_a_row_struck_through_is_one_long_line(engine):
    sheet = filled()
    plain = read.read_page(page_of(sheet), FORM, BLANK, SETTINGS)[0].ink.struck_ratio
    extent = PAGE.fields[0].extent
    sheet.line([(extent.x - 4, extent.y + 3.2), (extent.right + 4, extent.y + 4)], 0.45, 40)
    struck = read.read_page(page_of(sheet), FORM, BLANK, SETTINGS)[0].ink.struck_ratio
    assert plain < 0.5
    assert struck > 0.9


def unpacked(sheet, **more):
    page = page_of(sheet, **more)
    return np.frombuffer(zlib.decompress(read.ink_map(page, FORM, BLANK, SETTINGS)), np.uint8).astype(float)


def test_the_ink_map_knows_a_rescan_from_another_hand():
    first = unpacked(filled(1))
    assert first.size == 148 * 210
    again = unpacked(filled(1), scanner="noisy", seed=9, shift=(0.1, -0.1))
    other = unpacked(filled(2))
    assert np.corrcoef(first, again)[0, 1] > 0.9
    assert np.corrcoef(first, other)[0, 1] < 0.75


def test_the_ink_map_shows_no_stamp_and_no_name():
    sheet = BLANK_SHEET.copy()
    sheet.text(25, 107, "Nom Prenom", 4)
    sheet.line([(72, 8), (76, 12)], 1.0, 0)
    assert not unpacked(sheet).any()


def test_the_kept_image_is_black_where_names_stand_and_whole_elsewhere():
    page = page_of(filled())
    kept = read.masked_image(page, FORM)
    masked = PAGE.fields[3].box
    x, y, w, h = box_px(masked, kept.shape)
    assert not kept[y : y + h, x : x + w].any()
    assert not kept[y - 7, x : x + w].any()
    for field in PAGE.fields:
        if field.type != "masked":
            fx, fy, fw, fh = box_px(field.extent, kept.shape)
            assert np.array_equal(kept[fy : fy + fh, fx : fx + fw], page.pixels[fy : fy + fh, fx : fx + fw])
    assert page.pixels[y : y + h, x : x + w].any()


@pytest.mark.parametrize("status", list(Status))
def test_the_overlay_frames_fields_by_status(engine, status):
    page = page_of(filled())
    readings = read.read_page(page, FORM, BLANK, SETTINGS)
    decision = FieldDecision(
        field="act01_date", type="comb", raw="120326", value="2026-03-12", status=status, confidence=0.99,
        reasons=("uncertain_digit",) if status is Status.REVIEW else (),
    )  # fmt: skip
    picture = draw(page.pixels, readings, [decision], PAGE)
    assert picture.shape == (*page.pixels.shape, 3)
    x, y, _, _ = readings[0].box
    assert not np.array_equal(picture[y - 3, x - 3], picture[readings[1].box[1] - 3, readings[1].box[0] - 3])
