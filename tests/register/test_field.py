"""A smooth field keeps what the anchors agree on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.model.scan import Displacement
from pipeline.register.field import fit_bend
from pipeline.register.match import Matches

GRID = np.stack(np.meshgrid(np.linspace(18, 130, 6), np.linspace(22, 188, 8)), axis=-1).reshape(-1, 2)


def truth(coefficients) -> np.ndarray:
    x, y = (GRID - [74.0, 105.0]).T / 100
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y, x**3, x * x * y, x * y * y, y**3], axis=1)
    return terms @ np.array(coefficients).reshape(2, 10).T


def matches(shifts: np.ndarray, likeness: float = 0.9) -> Matches:
    return Matches(centres_mm=GRID, shifts_mm=shifts, likeness=np.full(len(GRID), likeness))


@given(st.lists(st.floats(-0.7, 0.7), min_size=20, max_size=20), st.integers(0, 2**31))
@hypothesis_settings(max_examples=40, deadline=None)
def test_cubic_fields_are_found_through_a_few_captured_anchors(coefficients, seed):
    shifts = truth(coefficients)
    wrong = np.random.default_rng(seed).choice(len(GRID), 4, replace=False)
    spoilt = shifts.copy()
    spoilt[wrong] += [2.4, -1.5]
    bend = fit_bend(matches(spoilt), 0.45, 0.25)
    assert np.abs(bend.at(GRID) - shifts).max() < 0.1
    assert not bend.kept[wrong].any()
    assert bend.residual_mm < 0.05


def test_the_displacement_says_what_the_field_says():
    bend = fit_bend(matches(truth(np.linspace(-0.5, 0.5, 20))), 0.45, 0.25)
    for point, shift in zip(GRID, bend.at(GRID), strict=True):
        assert bend.displacement.at(*point) == pytest.approx(tuple(shift), abs=1e-9)


def test_few_anchors_carry_a_plain_field_only():
    for keep, terms in ((2, 1), (7, 3), (15, 6), (48, 15)):
        likeness = np.full(len(GRID), -1.0)
        likeness[np.linspace(0, len(GRID) - 1, keep).astype(int)] = 0.9
        found = Matches(centres_mm=GRID, shifts_mm=np.full((len(GRID), 2), 0.3), likeness=likeness)
        bend = fit_bend(found, 0.45, 0.25)
        assert len(bend.displacement.dx) <= terms
        assert bend.displacement.at(74, 105) == pytest.approx((0.3, 0.3), abs=0.01)


def test_a_narrow_bulge_is_followed_where_many_anchors_lie_between_four_markers():
    """Seen closely, a page whose outer margins are bare still tells of a bulge in its middle."""
    points = np.stack(np.meshgrid(np.linspace(19, 129, 9), np.linspace(26, 184, 12)), axis=-1).reshape(-1, 2)
    corners = np.array([[10.0, 10.0], [138.0, 10.0], [138.0, 200.0], [10.0, 200.0]])

    def bulge(at):
        return np.outer(1.2 * np.exp(-(((at - [84.0, 110.0]) / 50.0) ** 2).sum(axis=1)), [0.6, -0.8])

    found = Matches(centres_mm=points, shifts_mm=bulge(points), likeness=np.full(len(points), 0.9))
    every, three = (
        Matches(centres_mm=at, shifts_mm=bulge(at), likeness=np.ones(len(at))) for at in (corners, corners[:3])
    )
    bend, sober = (fit_bend(found, 0.45, 0.25, markers) for markers in (every, three))
    assert (bend.order, sober.order) == (6, 4)
    assert np.hypot(*(bend.at(points) - bulge(points)).T).max() < 0.1


def test_nothing_found_is_no_field():
    bend = fit_bend(matches(np.zeros((len(GRID), 2)), likeness=-1.0), 0.45, 0.25)
    assert not bend.kept.any()
    assert bend.residual_mm == float("inf")


def test_anchors_that_agree_on_nothing_are_not_explained():
    noise = np.random.default_rng(3).uniform(-2.6, 2.6, (len(GRID), 2))
    assert fit_bend(matches(noise), 0.45, 0.25).kept.mean() < 0.45


def test_markers_hold_the_corners():
    near = GRID[:, 0] < 110
    found = Matches(centres_mm=GRID, shifts_mm=np.zeros((len(GRID), 2)), likeness=np.where(near, 0.9, -1.0))
    corner = np.array([[138.0, 10.0], [138.0, 200.0]])
    sure = Matches(centres_mm=corner, shifts_mm=np.array([[0.4, 0.0], [0.4, 0.0]]), likeness=np.ones(2))
    bend = fit_bend(found, 0.45, 0.25, sure)
    assert len(bend.kept) == len(GRID)
    assert bend.displacement.at(138, 10)[0] > 0.1


@given(st.lists(st.floats(-1, 1), min_size=15, max_size=15), st.floats(0, 148), st.floats(0, 210))
def test_displacement_terms_are_ordered_by_degree_then_by_power_of_y(coefficients, x, y):
    u, v = x / 100, y / 100
    terms = [1, u, v, u * u, u * v, v * v, u**3, u * u * v, u * v * v, v**3]
    terms += [u**4, u**3 * v, u * u * v * v, u * v**3, v**4]
    for count in (0, 1, 3, 6, 10, 15):
        moved = Displacement(dx=tuple(coefficients[:count]), dy=tuple(coefficients[:count]))
        expected = sum(c * t for c, t in zip(coefficients[:count], terms, strict=False))
        assert moved.at(x, y) == pytest.approx((expected, expected), abs=1e-9)
