"""A stepped fold shows as a step, a bend never does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.register.fold import best_step

GRID = np.stack(np.meshgrid(np.linspace(18, 130, 5), np.linspace(22, 188, 8)), axis=-1).reshape(-1, 2)
GRID += np.random.default_rng(5).uniform(-8, 8, GRID.shape)  # anchors stand where the print is strong
MIDDLE = np.array([74.0, 105.0])


def bent(coefficients, noise_mm: float, seed: int) -> np.ndarray:
    """A smooth field of the third order, of up to some millimetres, and the noise of its measures."""
    x, y = (GRID - MIDDLE).T / 100
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y, x**3, x * x * y, x * y * y, y**3], axis=1)
    noise = np.random.default_rng(seed).normal(0, noise_mm, GRID.shape)
    return terms @ np.array(coefficients).reshape(2, 10).T + noise


COEFFICIENTS = st.lists(st.floats(-1.0, 1.0), min_size=20, max_size=20)


@given(COEFFICIENTS, st.integers(0, 2**31))
@hypothesis_settings(max_examples=40, deadline=None)
def test_no_bend_is_taken_for_a_fold(coefficients, seed):
    step = best_step(GRID, bent(coefficients, 0.03, seed))
    assert step.stepped_error_mm > 0.5 * step.smooth_error_mm or step.size_mm < 0.2


@pytest.mark.parametrize("angle", [0.0, 37.0, 90.0, 141.0])
@pytest.mark.parametrize("offset", [-17.0, 11.0])
@pytest.mark.parametrize("size", [1.0, 2.0])
def test_a_step_across_a_bend_is_found_and_measured(angle, offset, size):
    normal = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])
    beyond = (GRID - MIDDLE) @ normal > offset
    move = size * np.array([0.6, 0.8])
    shifts = bent(np.linspace(-0.8, 0.8, 20), 0.03, 3)
    step = best_step(GRID, shifts + beyond[:, None] * move)
    assert step.size_mm == pytest.approx(size, rel=0.25)
    assert step.stepped_error_mm < 0.5 * step.smooth_error_mm


def test_a_few_points_hold_no_step():
    step = best_step(GRID[:4], np.ones((4, 2)))
    assert step.size_mm == 0.0
    assert step.stepped_error_mm == step.smooth_error_mm
