"""How a page lies on its side, from the markers that survived.

The model follows their number: four carry a homography, three an affine map, two a
similarity, one a turn and a shift at a known scale.  A richer model than the markers
can bear is off by millimetres (a homography from two: 1.4 mm at 150 dpi), a poorer one
misses perspective, so a photograph's three or two markers fall back on the homography
of all their corners when the plain model does not fit them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from pipeline.model.layout import Layout, StampLayout
from pipeline.model.scan import Floats
from pipeline.register.frame import affine, apply, corners_of, page_corners, scale_at, similarity
from pipeline.register.markers import Marker
from pipeline.settings import RegisterSettings

LARGE_PRINT = 1.414
_NEXT = [1, 2, 3, 0]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """A pose by markers: ``matrix`` from page mm to side pixels, and what it rests on.

    ``residual_mm`` is the root mean square over the corners of the ``markers`` used.
    """

    matrix: Floats
    markers: tuple[Marker, ...]
    residual_mm: float
    layout: Layout


def fit_pose(markers: Sequence[Marker], layout: Layout, dpi: float | None, settings: RegisterSettings) -> Fit | None:
    """The pose that most of the markers agree on, or None when they contradict each other.

    A marker that contradicts the rest (a sticker, a false hit) is dropped; of sets as
    large, the one that fits best is kept.
    """
    by_corner = {marker.corner: marker for marker in markers}
    candidates = [by_corner[corner] for corner in sorted(by_corner)]
    if len(candidates) == 1:
        return _fit_all(tuple(candidates), layout, dpi, settings)
    for count in range(len(candidates), 1, -1):
        best = _best(candidates, count, layout, dpi, settings)
        if best is None:
            continue
        if count > 2 and best.residual_mm > settings.plain_residual_mm and _bends(best, settings):
            fewer = _best(candidates, count - 1, layout, dpi, settings)
            straight = fewer is not None and (count == 3 or not _bends(fewer, settings))
            if fewer is not None and straight and fewer.residual_mm < best.residual_mm / 2:
                return fewer
        return best
    return None


def _best(
    candidates: list[Marker], count: int, layout: Layout, dpi: float | None, settings: RegisterSettings
) -> Fit | None:
    """The set of so many markers that fits best."""
    fits = [_fit_all(chosen, layout, dpi, settings) for chosen in combinations(candidates, count)]
    return min((fit for fit in fits if fit is not None), key=lambda fit: fit.residual_mm, default=None)


def _bends(fit: Fit, settings: RegisterSettings) -> bool:
    """Whether the pose needs its last freedom: perspective with four markers, shear with three.

    A scanner gives neither.  A camera gives perspective, which shows in the shape of every
    marker; a marker out of place is absorbed by that freedom and shows in no shape.
    """
    page = np.vstack([corners_of(fit.layout.stamp.markers[marker.corner]) for marker in fit.markers])
    side = np.vstack([marker.corners for marker in fit.markers])
    plain = affine(page, side) if len(fit.markers) == 4 else similarity(page, side)
    scale = abs(scale_at(fit.matrix, (fit.layout.page_size_mm[0] / 2, fit.layout.page_size_mm[1] / 2)))
    errors = np.hypot(*(apply(plain, page) - side).T) / scale
    return float(np.sqrt(np.mean(errors**2))) > settings.marker_residual_mm


def _fit_all(markers: tuple[Marker, ...], layout: Layout, dpi: float | None, settings: RegisterSettings) -> Fit | None:
    """The pose of these markers together, None when their corners do not fit one page."""
    page = np.vstack([corners_of(layout.stamp.markers[marker.corner]) for marker in markers])
    side = np.vstack([marker.corners for marker in markers])
    centre = (layout.page_size_mm[0] / 2, layout.page_size_mm[1] / 2)
    chosen: Fit | None = None
    for model in _models(len(markers), markers, layout.stamp, dpi):
        matrix = model(page, side)
        scale = scale_at(matrix, centre) if matrix is not None else 0.0
        if matrix is None or scale <= 0 or not _is_plausible(matrix, layout):
            continue
        errors = np.hypot(*(apply(matrix, page) - side).T) / scale
        fit = Fit(matrix=matrix, markers=markers, residual_mm=float(np.sqrt(np.mean(errors**2))), layout=layout)
        if chosen is None or fit.residual_mm < chosen.residual_mm / 2:
            chosen = fit
        if chosen.residual_mm <= settings.plain_residual_mm:
            break
    return chosen if chosen is not None and chosen.residual_mm <= settings.marker_residual_mm else None


def posed_by_print(fit: Fit, printed_mm: Floats, found_mm: Floats) -> Fit | None:
    """The pose carried by the printed page itself, where too few markers put it slightly wrong.

    ``found_mm`` is where the old pose saw each printed point.  None when the points make
    no sound page.
    """
    seen = apply(fit.matrix, found_mm)
    page = np.vstack([printed_mm, *(corners_of(fit.layout.stamp.markers[marker.corner]) for marker in fit.markers)])
    side = np.vstack([seen, *(marker.corners for marker in fit.markers)])
    matrix = _homography(page, side)
    if matrix is None or not _is_plausible(matrix, fit.layout):
        return None
    return replace(fit, matrix=matrix)


_Model = Callable[[Floats, Floats], Floats | None]


def _models(count: int, markers: tuple[Marker, ...], stamp: StampLayout, dpi: float | None) -> list[_Model]:
    """The models to try for so many markers, the plainest first."""
    if count == 4:
        return [_homography]
    if count == 3:
        return [affine, _homography]
    if count == 2:
        return [similarity, affine, _homography]
    scale = known_scale(markers[0], stamp, dpi)
    return [lambda page, side: similarity(page, side, scale)]


def _homography(page: Floats, side: Floats) -> Floats | None:
    """Least-squares homography: the direct linear transform on normalised points."""
    (from_page, p), (from_side, q) = _normalised(page), _normalised(side)
    ones, nil = np.ones((len(p), 1)), np.zeros((len(p), 3))
    p1 = np.hstack([p, ones])
    rows = np.vstack([np.hstack([p1, nil, -q[:, :1] * p1]), np.hstack([nil, p1, -q[:, 1:] * p1])])
    values, vectors = np.linalg.eigh(rows.T @ rows)
    if values[1] <= 1e-12:
        return None
    matrix = np.linalg.inv(from_side) @ vectors[:, 0].reshape(3, 3) @ from_page
    return np.asarray(matrix / matrix[2, 2], np.float64)


def _normalised(points: Floats) -> tuple[Floats, Floats]:
    """The map that centres points and gives them unit spread, and the points through it."""
    middle, spread = points.mean(axis=0), float(points.std())
    shrink = np.array([[1 / spread, 0, -middle[0] / spread], [0, 1 / spread, -middle[1] / spread], [0, 0, 1]])
    return shrink, (points - middle) / spread


def known_scale(marker: Marker, stamp: StampLayout, dpi: float | None) -> float:
    """Pixels a page millimetre for a lone marker.

    The resolution of the scan is exact, a marker's own size good to about one percent:
    it only says whether the print is large, or the page was not printed at its size.  One
    percent is enough: print is looked for so far off, and the page posed anew by it.  The
    scale of the whole file, handed over, places no page more (44 lone markers of pages
    printed at 93 to 98 %) and would make a side depend on its neighbours.
    """
    measured = marker.side_px / stamp.markers[marker.corner].w
    if dpi is None:
        return measured
    for size in (1.0, LARGE_PRINT):
        nominal = dpi / 25.4 * size
        if abs(measured / nominal - 1) < 0.03:
            return nominal
    return measured


def _is_plausible(matrix: Floats, layout: Layout) -> bool:
    """Whether the page is convex and its opposite edges alike, as a camera may see it."""
    width, height = layout.page_size_mm
    quad = apply(matrix, page_corners(layout.page_size_mm))
    edges = quad[_NEXT] - quad
    turns = edges[:, 0] * edges[_NEXT, 1] - edges[:, 1] * edges[_NEXT, 0]
    lengths = np.hypot(*edges.T) / np.array([width, height, width, height])
    return bool((turns > 0).all() and lengths.max() < 2.0 * lengths.min())
