"""AprilTag markers on a side, with corners to a fraction of a pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from pipeline.model.scan import Floats, Grey

_CELLS = 8
_SUBPIX = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 30, 0.01)
_SAMPLE, _BLACK_AND_PAPER = 7, (0.2, 80.0)
_TONER_SHARE = 0.4
"""Of the way from black to paper: blue and red inks are paler on a grey scan, and stamps more so."""
Window = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Marker:
    """One marker: its id, and its corners (4, 2) in pixels of the side, clockwise from its own top left."""

    id: int
    corners: Floats

    @property
    def page(self) -> int:
        """The printed page number."""
        return self.id // 4

    @property
    def corner(self) -> int:
        """Which corner of the page: 0 top left, then clockwise."""
        return self.id % 4

    @property
    def centre(self) -> Floats:
        """Centre in pixels."""
        first, second, third, fourth = self.corners
        return np.asarray((first + second + third + fourth) / 4, np.float64)

    @property
    def side_px(self) -> float:
        """Mean length of a side in pixels."""
        points: list[list[float]] = self.corners.tolist()
        return sum(math.dist(points[n], points[n - 1]) for n in range(4)) / 4


@lru_cache(maxsize=4)
def _detector(thorough: bool, least_perimeter: float) -> cv2.aruco.ArucoDetector:
    """A detector: one threshold window, or three when a marker resists.

    ``least_perimeter`` is the least outline of a marker over the longer side of the image.
    """
    parameters = cv2.aruco.DetectorParameters()
    parameters.adaptiveThreshWinSizeMin = 9 if thorough else 23
    parameters.adaptiveThreshWinSizeMax = 45 if thorough else 23
    parameters.adaptiveThreshWinSizeStep = 12
    parameters.minMarkerPerimeterRate = least_perimeter
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_NONE
    return cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36H11), parameters)


def detect(
    image: Grey, windows: list[Window] | None = None, *, thorough: bool = False, least_perimeter: float = 0.02
) -> list[Marker]:
    """Markers of an image, or of windows (left, top, right, bottom) of it, to whole pixels.

    ``thorough`` looks with several thresholds, and once more at what is as dark as toner
    alone.  A marker seen twice is returned once.  Order does not depend on the detector's.
    """
    detector = _detector(thorough, least_perimeter)
    height, width = image.shape
    found: list[Marker] = []
    for left, top, right, bottom in windows if windows is not None else [(0, 0, width, height)]:
        crop = image[max(0, top) : bottom, max(0, left) : right]
        if min(crop.shape, default=0) < 2 * _CELLS:
            continue
        here = _seen(crop, detector)
        if thorough:
            here += _seen(_toner_alone(crop), _detector(thorough=False, least_perimeter=least_perimeter))
        found += [moved(marker, (max(0, left), max(0, top))) for marker in here]
    return distinct(found)


def _seen(image: Grey, detector: cv2.aruco.ArucoDetector) -> list[Marker]:
    """Markers that a detector sees, to whole pixels."""
    quads, ids, _ = detector.detectMarkers(np.ascontiguousarray(image))
    numbers = np.asarray(ids if ids is not None else [], np.int64).reshape(-1)
    return [
        Marker(id=int(number), corners=np.asarray(quad, np.float64).reshape(4, 2))
        for number, quad in zip(numbers, quads, strict=True)
    ]


def _toner_alone(image: Grey) -> Grey:
    """The image with all that is paler than toner as light as paper: the ink of an office stamp upon a marker fades."""
    black, paper = np.percentile(image[::_SAMPLE, ::_SAMPLE], _BLACK_AND_PAPER)
    ramp = (np.arange(256) - black) / max(1.0, _TONER_SHARE * (paper - black))
    return np.asarray(cv2.LUT(image, (np.clip(ramp, 0, 1) * 255).astype(np.uint8)), np.uint8)


def distinct(markers: list[Marker]) -> list[Marker]:
    """The markers sorted by id and place, each place once."""
    kept: list[Marker] = []
    for marker in sorted(markers, key=lambda m: (m.id, *m.centre)):
        if not any(m.id == marker.id and np.linalg.norm(m.centre - marker.centre) < m.side_px / 2 for m in kept):
            kept.append(marker)
    return kept


def rescale(marker: Marker, factor: float) -> Marker:
    """A marker found on an image reduced by ``factor``, in pixels of the full image."""
    return Marker(id=marker.id, corners=(marker.corners + 0.5) / factor - 0.5)


def moved(marker: Marker, by_px: tuple[int, int]) -> Marker:
    """A marker found in a part of an image, in pixels of the whole."""
    return Marker(id=marker.id, corners=marker.corners + np.array(by_px, np.float64))


def sharpen(image: Grey, marker: Marker) -> Marker:
    """The marker with corners refined on the gradients of the full image.

    The window stays within one cell of the marker's border, so that the inner pattern
    does not pull.  Corners that run away are left where they were.
    """
    cell = marker.side_px / _CELLS
    refined = marker.corners
    for reach in (0.9, 0.45):
        window = max(2, round(reach * cell))
        height, width = image.shape
        if (refined < window + 2).any() or (refined > np.array([width, height]) - window - 3).any():
            return marker
        points = refined.astype(np.float32).reshape(-1, 1, 2)
        sharp = cv2.cornerSubPix(image, points, (window, window), (-1, -1), _SUBPIX)
        moved = np.asarray(sharp, np.float64).reshape(4, 2)
        if np.abs(moved - marker.corners).max() > 1.5 * cell:
            return marker
        refined = moved
    return Marker(id=marker.id, corners=refined)
