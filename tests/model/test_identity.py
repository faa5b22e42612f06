"""Numbers and page identities: what is written is what is read, and any slip is caught."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.identity import (
    CODE_LENGTH,
    PageIdentity,
    carnet_number,
    check_digits,
    is_checked,
    marker_id,
    parse_carnet_number,
)

NUMBERS = st.builds(carnet_number, st.integers(0, 99), st.integers(0, 999_999))
IDENTITIES = st.builds(
    PageIdentity,
    form_code=st.integers(0, 99),
    version_code=st.integers(0, 999),
    variant=st.integers(0, 9),
    carnet=NUMBERS,
    page=st.integers(0, 99),
    sheet=st.integers(0, 9),
)


@pytest.mark.parametrize("number", ["26-004271-20", "26-000001-26", "26-999999-48"])
def test_the_published_examples(number):
    assert carnet_number(int(number[:2]), int(number[3:9])) == number
    assert int(number.replace("-", "")) % 97 == 1


@given(IDENTITIES)
def test_decode_of_encode_is_the_identity(identity):
    text = identity.encode()
    assert len(text) == CODE_LENGTH
    assert text.isdigit()
    assert PageIdentity.decode(text) == identity


@given(IDENTITIES, st.integers(0, CODE_LENGTH - 1), st.integers(1, 9))
def test_any_single_wrong_character_is_caught(identity, place, shift):
    text = identity.encode()
    wrong = text[:place] + str((int(text[place]) + shift) % 10) + text[place + 1 :]
    assert PageIdentity.decode(wrong) is None


@given(NUMBERS, st.integers(0, 8))
def test_two_neighbours_swapped_are_caught(number, place):
    digits = number.replace("-", "")
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert swapped == digits or not is_checked(swapped)


@given(NUMBERS)
def test_a_number_is_understood_however_it_is_spaced(number):
    for written in (number, number.replace("-", " "), number.replace("-", ""), f"  {number}\n"):
        assert parse_carnet_number(written) == number


@given(st.text(max_size=14))
def test_anything_else_is_no_number(text):
    parsed = parse_carnet_number(text)
    assert parsed is None or is_checked(parsed.replace("-", ""))


@given(st.integers(0, 10**8 - 1))
def test_check_digits_make_the_remainder_one(body):
    assert int(f"{body:08d}{check_digits(f'{body:08d}')}") % 97 == 1


def test_marker_ids_tell_page_and_corner():
    assert sorted({marker_id(page, corner) for page in range(40) for corner in range(4)}) == list(range(160))
