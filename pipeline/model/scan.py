"""Sides of paper as pixels, and pages found on them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.model.identity import PageIdentity
from pipeline.model.layout import Box

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

PX_PER_MM = 150 / 25.4
"""Resolution of the canonical grid, on which every page is read and kept: half that of an office scan at 300 dpi."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRef:
    """One side of one file: ``side`` counts from 1; 0 means the file as a whole."""

    path: str
    sha256: str
    side: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScanImage:
    """Grey pixels (h, w) of one side, as scanned; never modified.

    ``dpi`` is what the file claims, when it does.  ``warnings`` are stable codes
    (``bitonal``, ``low_resolution``, ``lossy_jbig2``, …).  ``merged`` pixels of the scan,
    each way, are one here: ``dpi`` is what is left of its resolution.
    """

    pixels: Grey
    dpi: float | None
    source: SourceRef
    warnings: tuple[str, ...] = ()
    merged: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """How a page lies on its side.

    ``matrix`` is row-major 3 × 3, from page millimetres to scan pixels.  ``rotation_deg``
    in [0, 360) is the clockwise turn of the page on the side.  ``print_scale`` is the
    printed size over the nominal size of the variant, None when the resolution of the
    scan is unknown.  ``residual_mm`` is the root mean square over marker corners, or over
    anchors once the displacement field was fitted.
    """

    matrix: tuple[float, ...]
    markers: int
    rotation_deg: float
    print_scale: float | None
    residual_mm: float

    @property
    def slant(self) -> float:
        """How much farther away the page lies 100 mm on, as a share: 0 on the glass of a scanner."""
        return 100 * math.hypot(self.matrix[6], self.matrix[7]) / abs(self.matrix[8])


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """Where the feed of a scanner slipped: what lies farther along it is seen shifted by so much.

    ``feed`` is a unit vector of the page, ``at_mm`` how far along it the middle of the slip
    lies, ``over_mm`` the length over which the shift of ``by_mm`` grows.
    """

    feed: tuple[float, float]
    at_mm: float
    over_mm: float
    by_mm: float

    def shifts_at(self, points_mm: Floats) -> Floats:
        """Shifts (n, 2) in mm at points (n, 2) of the page: half against the feed before, half along it beyond."""
        feed = np.array(self.feed)
        grown = self.ramp((points_mm @ feed - self.at_mm) / self.over_mm)
        return np.asarray(self.by_mm * grown[:, None] * feed, np.float64)

    @staticmethod
    def ramp(along: Floats) -> Floats:
        """From −½ to ½, smoothly, where ``along`` goes from −½ to ½."""
        share = np.clip(along + 0.5, 0.0, 1.0)
        return np.asarray(share * share * (3.0 - 2.0 * share) - 0.5, np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Displacement:
    """Local shift of the paper: where the print lies, beyond the pose.

    Polynomials in x/100, y/100 (mm), terms ordered by total degree then by power of y:
    1, x, y, x², xy, y², x³, x²y, xy², y³, x⁴…, as many as there are coefficients.  Empty
    tuples mean no shift.  A feed that slipped adds to them.
    """

    dx: tuple[float, ...] = ()
    dy: tuple[float, ...] = ()
    slip: Slip | None = None

    def at(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """Shift in mm (dx, dy) at a point of the page."""
        dx, dy = self.shifts_at(np.array([[x_mm, y_mm]]))[0]
        return float(dx), float(dy)

    def shifts_at(self, points_mm: Floats) -> Floats:
        """Shifts (n, 2) in mm at points (n, 2) of the page."""
        shifts = np.zeros((len(points_mm), 2)) if self.slip is None else self.slip.shifts_at(points_mm)
        if not self.dx:
            return shifts
        bend = terms_at(points_mm / 100.0, len(self.dx)) @ np.array([self.dx, self.dy]).T
        return np.asarray(shifts + bend, np.float64)


def terms_at(points: Floats, count: int) -> Floats:
    """The first ``count`` terms 1, x, y, x², xy, y²… at points (n, 2): an array (n, ``count``)."""
    of_x, of_y = _exponents(count)
    powers = np.ones((int(of_x.max()) + 1, *points.shape))
    powers[1:] = points
    np.multiply.accumulate(powers, axis=0, out=powers)
    return np.asarray((powers[of_x, :, 0] * powers[of_y, :, 1]).T, np.float64)


@lru_cache(maxsize=16)
def _exponents(count: int) -> npt.NDArray[np.intp]:
    """Exponents of x and of y (2, ``count``), by total degree, then by power of y."""
    return np.array([(degree - power, power) for degree in range(count) for power in range(degree + 1)][:count]).T


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegisteredPage:
    """One A5 page on the canonical grid (``PX_PER_MM``, whatever the variant), straightened.

    A thing printed at (x, y) mm is found at (x · k, y · k) with k = ``PX_PER_MM``; on the
    scan it lies where ``pose`` puts (x + dx, y + dy), with (dx, dy) = ``displacement.at(x, y)``.
    ``layout_page`` is the page of the layout; it differs from ``identity.page`` on the
    second and further continuation sheets.  ``slot`` counts 1, 2… left to right, top to
    bottom once upright.  ``identified_by``: ``code_a``, ``code_b`` or ``printed_number``.
    ``evidence``: the numbers that the words of its warnings show, by name.
    """

    pixels: Grey
    identity: PageIdentity
    layout_page: int
    pose: Pose
    displacement: Displacement
    slot: int
    identified_by: str
    source: SourceRef
    warnings: tuple[str, ...] = ()
    evidence: tuple[tuple[str, float], ...] = ()


def box_px(box: Box, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """A box of the canonical grid as whole pixels x, y, w, h, clipped to an image."""
    height, width = shape[:2]
    left, top = max(0, round(box.x * PX_PER_MM)), max(0, round(box.y * PX_PER_MM))
    right, bottom = min(width, round(box.right * PX_PER_MM)), min(height, round(box.bottom * PX_PER_MM))
    return left, top, max(0, right - left), max(0, bottom - top)
