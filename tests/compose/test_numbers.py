from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.compose.numbers import draw_numbers
from pipeline.errors import UsageError
from pipeline.model.identity import carnet_number, parse_carnet_number

serials = st.sets(st.integers(0, 999_999), max_size=30)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=5), st.integers(0, 9), serials)
def test_no_number_is_ever_drawn_twice_even_with_the_same_seed(counts, seed, known):
    issued = {carnet_number(26, serial) for serial in known}
    for count in counts:
        drawn = draw_numbers(count, 2026, issued, seed)
        assert len(set(drawn)) == count
        assert not issued & set(drawn)
        assert all(parse_carnet_number(number) == number and number.startswith("26-") for number in drawn)
        issued |= set(drawn)


def test_a_seed_makes_the_draw_repeatable():
    assert draw_numbers(20, 2026, set(), 7) == draw_numbers(20, 26, set(), 7)
    assert draw_numbers(20, 2026, set(), 7) != draw_numbers(20, 2026, set(), 8)


def test_without_a_seed_draws_differ():
    assert draw_numbers(20, 2026, set()) != draw_numbers(20, 2026, set())


def test_numbers_do_not_follow_one_another():
    serials = [int(number[3:9]) for number in draw_numbers(200, 2026, set(), 1)]
    assert serials != sorted(serials)
    assert all(abs(a - b) > 1 for a, b in pairwise(serials))
    assert min(serials) < 100_000
    assert max(serials) > 900_000


def test_the_last_numbers_of_a_year_are_found_and_then_no_more(monkeypatch):
    monkeypatch.setattr("pipeline.compose.numbers.SERIALS", range(1, 1000))
    free = {5, 777, 999}
    taken = {carnet_number(26, serial) for serial in range(1, 1000) if serial not in free}
    assert set(draw_numbers(3, 2026, taken, 1)) == {carnet_number(26, serial) for serial in free}
    with pytest.raises(UsageError) as caught:
        draw_numbers(4, 2026, taken, 1)
    assert caught.value.evidence == {"left": 3, "asked": 4}
    assert len(draw_numbers(4, 2027, taken, 1)) == 4
