"""The model follows the number of markers, and never mirrors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.register.frame import apply, corners_of, rotation_deg, scale_at
from pipeline.register.groups import group_markers
from pipeline.register.markers import Marker, distinct
from pipeline.register.pose import fit_pose, known_scale
from pipeline.settings import RegisterSettings
from tests.register.paper import LAYOUT, STAMP, held_out

SETTINGS = RegisterSettings()
K = 300 / 25.4


def view(turn_deg=0.0, scale=K, shift=(40.0, 60.0), tilt=0.0) -> np.ndarray:
    angle = math.radians(turn_deg)
    c, s = scale * math.cos(angle), scale * math.sin(angle)
    return np.array([[c, -s, shift[0] + 3000], [s, c, shift[1] + 3000], [tilt, tilt / 2, 1.0]])


def markers(matrix: np.ndarray, corners=(0, 1, 2, 3), page=2, noise=0.0, seed=0) -> list[Marker]:
    grain = np.random.default_rng(seed)
    return [
        Marker(
            id=page * 4 + corner,
            corners=apply(matrix, corners_of(STAMP.markers[corner])) + grain.normal(0, noise, (4, 2)),
        )
        for corner in corners
    ]


@given(st.floats(0, 360), st.floats(3, 30), st.sets(st.integers(0, 3), min_size=1).map(sorted), st.floats(-2e-4, 2e-4))
@hypothesis_settings(max_examples=60, deadline=None)
def test_exact_markers_give_the_exact_pose(turn, scale, corners, tilt):
    tilt = tilt if len(corners) >= 3 else 0.0
    matrix = view(turn, scale, tilt=tilt)
    fit = fit_pose(markers(matrix, corners), LAYOUT, scale * 25.4, SETTINGS)
    assert fit is not None
    seen = apply(np.linalg.inv(fit.matrix), apply(matrix, held_out()))
    tolerance = 0.02 if tilt == 0.0 or len(corners) == 4 else 1.5
    assert np.abs(seen - held_out()).max() < tolerance
    back = apply(np.linalg.inv(fit.matrix), apply(fit.matrix, held_out()))
    assert np.abs(back - held_out()).max() < 0.01


@pytest.mark.parametrize("corners", [(0,), (0, 2), (0, 1), (0, 1, 2), (0, 1, 2, 3)])
def test_noisy_markers_are_not_amplified(corners):
    worst = 0.0
    for seed in range(20):
        fit = fit_pose(markers(view(1.0), corners, noise=0.1, seed=seed), LAYOUT, 300.0, SETTINGS)
        seen = apply(np.linalg.inv(fit.matrix), apply(view(1.0), held_out()))
        worst = max(worst, float(np.abs(seen - held_out()).max()))
    assert worst < {1: 0.6, 2: 0.1, 3: 0.05, 4: 0.1}[len(corners)]


def test_a_marker_that_contradicts_is_dropped_and_a_tie_refused():
    good = markers(view())
    moved = Marker(id=good[1].id, corners=good[1].corners + 60.0)
    far = Marker(id=good[1].id, corners=good[1].corners + 400.0)
    fit = fit_pose([good[0], moved, *good[2:]], LAYOUT, 300.0, SETTINGS)
    assert [marker.corner for marker in fit.markers] == [0, 2, 3]
    assert fit_pose([good[0], far], LAYOUT, 300.0, SETTINGS) is None


def test_mirrored_markers_make_no_page():
    flip = np.array([[-1.0, 0, 6000], [0, 1, 0], [0, 0, 1]])
    assert fit_pose(markers(flip @ view()), LAYOUT, 300.0, SETTINGS) is None


@pytest.mark.parametrize(("size", "expected"), [(1.0, K), (1.006, K), (1.414, K * 1.414), (0.94, K * 0.94)])
def test_a_lone_marker_takes_the_scale_of_the_scan(size, expected):
    (marker,) = markers(view(scale=K * size), (2,))
    assert known_scale(marker, STAMP, 300.0) == pytest.approx(expected, rel=1e-6)
    assert known_scale(marker, STAMP, None) == pytest.approx(K * size, rel=1e-6)


@given(st.floats(0, 359.9), st.floats(2, 40))
@hypothesis_settings(deadline=None)
def test_turn_and_scale_are_read_off_the_map(turn, scale):
    matrix = view(turn, scale)
    found = rotation_deg(matrix, (74.0, 105.0))
    assert min(abs(found - turn), 360 - abs(found - turn)) < 1e-6
    assert scale_at(matrix, (74.0, 105.0)) == pytest.approx(scale)


@given(st.permutations(range(8)), st.floats(0, 360))
@hypothesis_settings(max_examples=30, deadline=None)
def test_two_pages_of_one_number_are_told_apart_in_any_order(order, turn):
    here, there = view(turn), view(turn, shift=(40.0 + 150 * K * math.cos(math.radians(turn)), 60.0 + 150 * K * math.sin(math.radians(turn))))  # fmt: skip # noqa: E501
    seen = [*markers(here), *markers(there)]
    groups = group_markers([seen[n] for n in order], LAYOUT, SETTINGS)
    assert sorted(len(group) for group in groups) == [4, 4]
    for group in groups:
        assert fit_pose(group, LAYOUT, 300.0, SETTINGS) is not None


def test_a_marker_seen_twice_counts_once():
    good = markers(view())
    shaken = Marker(id=good[0].id, corners=good[0].corners + 1.0)
    assert len(distinct([*good, shaken])) == 4
