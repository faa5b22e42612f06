import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.compose.imposition import booklet_sheets, impose
from pipeline.errors import UsageError
from pipeline.model.order import PrintOrder
from tests.compose.fake_form import fake_form

CARNET = "26-004271-20"
A5 = (148.0, 210.0)


def sides(form, *, variant="standard", imposition="livret", sheets=()):
    order = PrintOrder(carnet=CARNET, sheets=sheets)
    return impose(form.definition, order, variant=variant, imposition=imposition, page_size_mm=A5)


def pages(found):
    return [tuple(slot.page for slot in side.slots) for side in found]


def test_twelve_pages_lie_as_the_booklet_is_folded():
    found = sides(fake_form())
    assert pages(found) == [(12, 1), (2, 11), (10, 3), (4, 9), (8, 5), (6, 7)]
    assert {side.size_mm for side in found} == {(297.0, 210.0)}
    assert [slot.origin_mm for slot in found[0].slots] == [(0.0, 0.0), (148.5, 0.0)]
    assert [side.fold_mm for side in found] == [None, 148.5] * 3


@given(st.integers(1, 20))
def test_a_folded_booklet_reads_in_order(sheets):
    """Leaves, taken from the stack as it is folded, give every page once and in order."""
    stack = booklet_sheets(range(1, 4 * sheets + 1))
    first_half = [page for _, right, left, _ in stack for page in (right, left)]
    second_half = [page for front_left, _, _, back_right in reversed(stack) for page in (back_right, front_left)]
    assert first_half + second_half == list(range(1, 4 * sheets + 1))


def test_a5_gives_one_page_a_side():
    found = sides(fake_form(4), imposition="a5")
    assert pages(found) == [(1,), (2,), (3,), (4,)]
    assert {side.size_mm for side in found} == {A5}


def test_large_print_is_the_same_page_on_a4():
    (side, *_) = sides(fake_form(4), imposition="a5", variant="gros_caracteres")
    assert side.size_mm == (210.0, 297.0)
    assert side.slots[0].scale == 1.414
    assert 1.414 * A5[0] <= 210 and 1.414 * A5[1] <= 297


def test_a_sheet_of_the_booklet_comes_whole():
    assert pages(sides(fake_form(), sheets=((9, 0),))) == [(10, 3), (4, 9)]
    assert pages(sides(fake_form(), sheets=((1, 0), (2, 0), (11, 0), (12, 0)))) == [(12, 1), (2, 11)]
    assert pages(sides(fake_form(), sheets=((9, 0), (10, 0)), imposition="a5")) == [(9,), (10,)]


def test_a_continuation_sheet_is_a_single_page():
    (side,) = sides(fake_form(), sheets=((21, 2),))
    assert side.size_mm == A5
    assert (side.slots[0].page, side.slots[0].ordinal) == (21, 2)


@pytest.mark.parametrize(("count", "variant"), [(6, "standard"), (12, "gros_caracteres")])
def test_what_cannot_be_folded_is_refused(count, variant):
    with pytest.raises(UsageError) as caught:
        sides(fake_form(count), variant=variant)
    assert caught.value.evidence["imposition"] == "livret"
    assert "--imposition a5" in caught.value.message
