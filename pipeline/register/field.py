"""A smooth displacement field through the anchors of a page.

Each match alone is dangerous (a crossed box or a table's next row attracts it), while
paper bends smoothly: a low polynomial, fitted robustly, keeps what the anchors agree on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.model.scan import Displacement, Floats, terms_at
from pipeline.register.match import Matches

HIGHEST_ORDER = 6
_TERMS = {order: (order + 1) * (order + 2) // 2 for order in range(HIGHEST_ORDER + 1)}
_ALL_TERMS = _TERMS[HIGHEST_ORDER]
_CENTRE_MM = np.array([74.0, 105.0])
_HALF_MM = 100.0
_CARRIED = (
    (6, 72, (34.0, 48.0)),
    (6, 36, (38.0, 52.0)),
    (5, 30, (38.0, 52.0)),
    (4, 24, (30.0, 42.0)),
    (3, 16, (25.0, 32.0)),
    (2, 9, (18.0, 22.0)),
    (1, 4, (8.0, 8.0)),
)
"""Each order, how many anchors carry it, and how far spread (standard deviation across and down, mm).

The first, many anchors that leave a margin empty, needs a marker in every corner.
"""
ALL_CORNERS = 4
_STIFFNESS = (1e-9, 0.0003, 0.001, 0.001, 0.001, 0.003, 0.003)
_STIFF = np.repeat(_STIFFNESS, np.arange(1, HIGHEST_ORDER + 2))
_ROUNDS = ((1.6, 1), (0.9, 2), (0.5, 4), (0.0, 4), (0.0, 6), (0.0, 6))
"""Tolerance in mm and highest order of each round."""
_PLAIN_MM = 0.05
"""Mean error under which the fourth order says all, where it leaves nothing out: flat sheets need no higher terms."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bend:
    """A fitted field: its ``displacement``, which matches it ``kept``, and their residual in mm."""

    displacement: Displacement
    kept: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    residual_mm: float
    order: int

    def at(self, points_mm: Floats) -> Floats:
        """Shifts (n, 2) at points (n, 2)."""
        return self.displacement.shifts_at(points_mm)


def fit_bend(
    matches: Matches,
    least_likeness: float,
    tolerance_mm: float,
    sure: Matches | None = None,
    highest_order: int = HIGHEST_ORDER,
) -> Bend:
    """The field that the matches agree on; ``sure`` points (markers) count but are not reported.

    Rounds of least squares: the tolerance shrinks from a millimetre and a half (a bulge
    seen by a straight line) to ``tolerance_mm``, twice that for a perfect likeness, while
    the order of the polynomial grows as far as the anchors left are many and well spread.
    """
    count, held = len(matches.likeness), sure is not None and len(sure.likeness) == ALL_CORNERS
    joined = matches if sure is None else _joined(matches, sure)
    points, shifts = joined.centres_mm, joined.shifts_mm
    basis = terms_at(_centred(points), _ALL_TERMS)
    alike = joined.likeness >= least_likeness
    weights = np.clip(joined.likeness, 0.05, 1.0) ** 2
    trust = 1 + np.clip((joined.likeness - least_likeness) / (1 - least_likeness), 0, 1)
    kept = alike & _near_median(shifts, alike, 3.0)
    coefficients, order, distance = np.zeros((_ALL_TERMS, 2)), 0, np.zeros(len(points))
    carried = _order(points[kept], held)
    for limit, round_order in _ROUNDS:
        highest = min(round_order, highest_order)
        order = min(carried, highest)
        coefficients = _solve(basis[kept], shifts[kept], weights[kept], order)
        distance = np.hypot(*(basis @ coefficients - shifts).T)
        before, kept = kept, alike & (distance <= np.maximum(tolerance_mm * trust, limit))
        if not kept[:count].any():
            break
        if not np.array_equal(kept, before):
            carried = _order(points[kept], held)
            continue
        settled = limit <= tolerance_mm and order == highest
        plain = bool(kept[alike].all()) and _mean_error(distance[kept]) < _PLAIN_MM
        if settled and (plain or order == highest_order):
            break
    mine = kept[:count]
    residual = _mean_error(distance[:count][mine]) if mine.any() else float("inf")
    return Bend(displacement=_displacement(coefficients, order), kept=mine, residual_mm=residual, order=order)


def _mean_error(distance: Floats) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(distance**2)))


def _joined(one: Matches, other: Matches) -> Matches:
    """Two lists of matches in one."""
    return Matches(
        centres_mm=np.vstack([one.centres_mm, other.centres_mm]),
        shifts_mm=np.vstack([one.shifts_mm, other.shifts_mm]),
        likeness=np.concatenate([one.likeness, other.likeness]),
    )


def _near_median(
    shifts: Floats, among: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], limit_mm: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which shifts lie within a distance of the median shift."""
    if not among.any():
        return among
    ranked = np.sort(shifts[among], axis=0)
    middle = (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2
    return np.asarray(np.hypot(*(shifts - middle).T) <= limit_mm)


def _order(points: Floats, held: bool) -> int:
    """The highest order that so many anchors, so spread, can carry; ``held`` when every corner has its marker."""
    if not len(points):
        return 0
    count, spread = len(points), points.std(axis=0)
    carried = (order for order, least, far in _CARRIED[not held :] if count >= least and (spread >= far).all())
    return next(carried, 0)


def _centred(points: Floats) -> Floats:
    """Points around the middle of the page, in units of 100 mm."""
    return np.asarray((points - _CENTRE_MM) / _HALF_MM, np.float64)


def _solve(basis: Floats, shifts: Floats, weights: Floats, order: int) -> Floats:
    """Weighted least squares in centred coordinates, higher terms held back a little."""
    count = _TERMS[order]
    used = basis[:, :count]
    normal = used.T @ (used * weights[:, None])
    normal.ravel()[:: count + 1] += _STIFF[:count]
    coefficients = np.zeros((_ALL_TERMS, 2))
    coefficients[:count] = np.linalg.solve(normal, used.T @ (shifts * weights[:, None]))
    return coefficients


_SAMPLES_MM = np.array([[x, y] for x in np.linspace(0, 148, 9) for y in np.linspace(0, 210, 9)])
_UNCENTRED = np.linalg.pinv(terms_at(_SAMPLES_MM / 100.0, _ALL_TERMS)) @ terms_at(_centred(_SAMPLES_MM), _ALL_TERMS)


def _displacement(coefficients: Floats, order: int) -> Displacement:
    """The field in the coordinates of ``Displacement``; exact, as both bases span the same polynomials."""
    plain = _UNCENTRED @ coefficients
    count = _TERMS[order]
    return Displacement(dx=tuple(plain[:count, 0].tolist()), dy=tuple(plain[:count, 1].tolist()))
