"""Where the feed slipped is found, along either way of the scan; a flat sheet has not slipped."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.model.scan import Displacement, Slip
from pipeline.register.slip import best_slip, feeds_of

GRID = np.stack(np.meshgrid(np.linspace(18, 130, 9), np.linspace(22, 188, 14)), axis=-1).reshape(-1, 2)
GRID += np.random.default_rng(5).uniform(-5, 5, GRID.shape)  # anchors stand where the print is strong
TURN = np.deg2rad(1.3)
FEEDS = feeds_of(8 * np.array([[np.cos(TURN), -np.sin(TURN), 3], [np.sin(TURN), np.cos(TURN), 5], [0, 0, 0.125]]))
BEND = Displacement(dx=(0.3, -0.4, 0.5, 0.6, -0.3, -0.5), dy=(-0.1, 0.5, -0.2, -0.4, 0.6, 0.3))


def stretched(along_mm: np.ndarray, at_mm: float, over_mm: float, by_mm: float) -> np.ndarray:
    """What a motor loses: evenly, unlike the ramp of the program."""
    return by_mm * (np.clip((along_mm - at_mm) / over_mm + 0.5, 0, 1) - 0.5)


@pytest.mark.parametrize("way", [0, 1])
@pytest.mark.parametrize("by_mm", [-2.0, 0.7, 1.3])
@pytest.mark.parametrize(("at_mm", "over_mm"), [(60.0, 14.0), (81.0, 30.0), (95.0, 20.0)])
def test_a_slip_across_a_bend_is_found_and_measured(way, by_mm, at_mm, over_mm):
    feed = FEEDS[way]
    shifts = BEND.shifts_at(GRID) + stretched(GRID @ feed, at_mm, over_mm, by_mm)[:, None] * feed
    shifts += np.random.default_rng(7).normal(0, 0.04, shifts.shape)
    slip = best_slip(GRID, shifts, FEEDS)
    assert slip.feed == pytest.approx(tuple(feed))
    assert slip.at_mm == pytest.approx(at_mm, abs=6)
    assert slip.by_mm == pytest.approx(by_mm, rel=0.35)


def test_of_a_sheet_that_only_bends_a_slip_explains_next_to_nothing():
    noise = np.random.default_rng(9).normal(0, 0.04, GRID.shape)
    assert abs(best_slip(GRID, BEND.shifts_at(GRID) + noise, FEEDS).by_mm) < 0.2


def test_a_slip_shifts_half_before_and_half_beyond():
    slip = Slip(feed=(0.0, 1.0), at_mm=80.0, over_mm=20.0, by_mm=1.2)
    points = np.array([[10.0, 5.0], [10.0, 70.0], [99.0, 80.0], [10.0, 90.0], [10.0, 200.0]])
    assert slip.shifts_at(points)[:, 1] == pytest.approx([-0.6, -0.6, 0.0, 0.6, 0.6])
    assert not slip.shifts_at(points)[:, 0].any()
    both = Displacement(dx=BEND.dx, dy=BEND.dy, slip=slip)
    assert both.shifts_at(points) == pytest.approx(BEND.shifts_at(points) + slip.shifts_at(points))
    assert Displacement(slip=slip).at(10.0, 200.0) == pytest.approx((0.0, 0.6))
