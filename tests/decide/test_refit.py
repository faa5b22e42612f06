"""Trust in the engine fitted again on verified digits: honest, cautious, the same each time."""

import random

import pytest

from pipeline.decide.refit import (
    VerifiedCell,
    calibration_error,
    engine_number,
    refit,
    reliability,
    tempered,
)

pytestmark = pytest.mark.slow

FLOOR = 0.0002


def cells(count, temperature, seed=1):
    """Cells of an engine whose honest probabilities lie at ``temperature`` of what it says."""
    rng = random.Random(seed)
    found = []
    for _ in range(count):
        said = [rng.random() ** 8 + 1e-4 for _ in range(10)]
        said[rng.randrange(10)] += rng.choice([0.3, 2, 20])
        said = tuple(value / sum(said) for value in said)
        honest = tempered(said, temperature)
        digit = rng.choices(range(10), honest)[0]
        found.append(VerifiedCell(probabilities=said, digit=digit))
    return found


@pytest.mark.parametrize("temperature", [0.7, 1.0, 1.8])
def test_the_temperature_that_makes_the_engine_honest_is_found(temperature):
    found = refit(cells(4000, temperature), FLOOR)
    assert found.temperature == pytest.approx(temperature, rel=0.12)
    assert found.error_after <= found.error_before + 0.002
    assert found.error_after < 0.02


def test_few_digits_hardly_move_it():
    few, many = refit(cells(60, 2.5), FLOOR), refit(cells(6000, 2.5), FLOOR)
    assert 1.0 <= few.temperature < many.temperature


def test_sure_digits_that_were_wrong_raise_the_floor():
    vector = (0.999, *[0.0001] * 9)
    right = [VerifiedCell(probabilities=vector, digit=0)] * 3000
    wrong = [VerifiedCell(probabilities=vector, digit=1)] * 12
    assert refit(right, FLOOR).floor < FLOOR
    assert refit([*right, *wrong], FLOOR).floor > 5 * FLOOR


def test_weights_count_as_so_many_cells():
    some = cells(400, 1.5)
    heavy = [VerifiedCell(probabilities=c.probabilities, digit=c.digit, weight=3.0) for c in some]
    assert refit(heavy, FLOOR).temperature == refit(some * 3, FLOOR).temperature


def test_the_same_verdicts_give_the_same_numbers():
    assert refit(cells(500, 1.3), FLOOR) == refit(cells(500, 1.3), FLOOR)


def test_tempering_keeps_order_and_what_is_no_digit():
    vector = (0.6, 0.2, *[0.01] * 8)
    for temperature in (0.5, 1.0, 2.0):
        found = tempered(vector, temperature)
        assert sum(found) <= 1 + 1e-9
        assert found.index(max(found)) == 0
        assert found[1] > found[2]
    assert tempered(vector, 1.0) == vector
    assert tempered((0.0,) * 10, 2.0) == (0.0,) * 10


def test_reliability_puts_alike_together_and_loses_nobody():
    judged = [(0.3, False), (0.97, True), (0.96, True), (1.0, True), (0.9995, False)]
    bins = reliability(judged)
    assert sum(one.count for one in bins) == len(judged)
    assert [one.low for one in bins] == [0.0, 0.95, 0.999]
    assert calibration_error([(0.75, True)] * 3 + [(0.75, False)]) == pytest.approx(0.0)
    assert calibration_error([]) == 0.0


def test_the_number_of_an_engine():
    assert engine_number("digits-b4ecf9b9") == 0xB4ECF9B9
    assert engine_number("") == engine_number("tesseract") == 0
