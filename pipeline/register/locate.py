"""Pages on a side, by their markers: expected places first, then everywhere.

Looking only where a scanner usually leaves the corners costs a tenth of searching the
whole side; the whole is searched as soon as anything is missing.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.model.layout import Layout
from pipeline.model.scan import Floats, Grey
from pipeline.register.frame import apply, corners_of, page_corners, scale_at
from pipeline.register.groups import group_markers
from pipeline.register.markers import Marker, Window, detect, distinct, moved, rescale, sharpen
from pipeline.register.pose import Fit, fit_pose
from pipeline.register.resample import Halvings
from pipeline.settings import RegisterSettings

_WORKING_DPI = 130.0
_WORKING_LONG_PX = 1500
_QUICK_DPI = 95.0
_QUICK_LONG_PX = 1100
_ENOUGH_FOR_SCALE = 3
_QUICK_PERIMETER = 0.2
"""Least outline of a marker over a window's longer side: markers are 24 mm round, windows 27 to 43 mm."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Located:
    """A page found by its markers: its pose, or None when the markers contradict each other."""

    group: tuple[Marker, ...]
    fit: Fit | None

    @property
    def centre(self) -> Floats:
        """Middle of the page, or of its markers, in pixels of the side."""
        if self.fit is None:
            return np.asarray(np.mean([marker.centre for marker in self.group], axis=0), np.float64)
        width, height = self.fit.layout.page_size_mm
        return np.asarray(apply(self.fit.matrix, np.array([[width / 2, height / 2]]))[0], np.float64)

    @property
    def quad(self) -> Floats | None:
        """Corners of the page in pixels of the side."""
        return None if self.fit is None else apply(self.fit.matrix, page_corners(self.fit.layout.page_size_mm))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """A side under search: its pixels at several sizes, what is known of its scale, the layouts to try."""

    levels: Halvings
    dpi: float | None
    layouts: tuple[Layout, ...]
    settings: RegisterSettings

    @property
    def pixels(self) -> Grey:
        """The side at full size."""
        return self.levels.level(0)

    @property
    def working_level(self) -> int:
        """How often the side is halved before markers are looked for."""
        level, long_side = 0, max(self.pixels.shape)
        while (
            self.dpi / 2 ** (level + 1) >= _WORKING_DPI
            if self.dpi
            else long_side / 2 ** (level + 1) >= _WORKING_LONG_PX
        ):
            level += 1
        return level


def locate_quickly(side: Side) -> list[Located]:
    """Pages whose markers lie where a scanned sheet, or a single page, usually has them."""
    found: list[Marker] = []
    step = max(1, int(side.dpi / _QUICK_DPI if side.dpi else max(side.pixels.shape) / _QUICK_LONG_PX))
    for left, top, right, bottom in _expected_windows(side):
        crop = side.pixels[max(0, top) : bottom, max(0, left) : right]
        size = crop.shape[1] // step, crop.shape[0] // step
        small = cv2.resize(crop[: size[1] * step, : size[0] * step], size, interpolation=cv2.INTER_AREA)
        found += [
            moved(rescale(marker, 1 / step), (max(0, left), max(0, top)))
            for marker in detect(np.asarray(small, np.uint8), least_perimeter=_QUICK_PERIMETER)
        ]
    return _pages(side, found)


def locate_everywhere(side: Side, known: list[Located], *, thorough: bool) -> list[Located]:
    """Pages from a search of the whole side, added to those known.

    ``thorough`` searches at two sizes with several thresholds: full size for markers that
    resist, and reduced, where the grain of a noisy black-and-white scan averages out.
    """
    found: list[Marker] = []
    for level in sorted({0, 1, side.working_level}) if thorough else [side.working_level]:
        seen = detect(side.levels.level(level), thorough=thorough)
        found += [rescale(marker, 0.5**level) for marker in seen]
    before = [marker for page in known for marker in page.group]
    return _pages(side, found, before)


def complete(side: Side, pages: list[Located]) -> list[Located]:
    """The same pages with the markers that were missed, looked for at full size in their places."""
    windows = [window for page in pages if page.fit is not None for window in _missing_windows(side, page.fit)]
    if not windows:
        return pages
    found = detect(side.pixels, windows, thorough=True)
    return _pages(side, found, [marker for page in pages for marker in page.group])


def _expected_windows(side: Side) -> list[Window]:
    """Where markers lie when two A5 pages, or one page of any size, fill the side."""
    height, width = side.pixels.shape
    reach = side.settings.corner_window_ratio * max(height, width)
    across, down = round(reach), round(reach)
    windows = [
        (0, 0, across, down),
        (width - across, 0, width, down),
        (width - across, height - down, width, height),
        (0, height - down, across, height),
    ]
    if width >= height:
        left, right = round(width / 2 - 0.8 * reach), round(width / 2 + 0.8 * reach)
        return [*windows, (left, 0, right, down), (left, height - down, right, height)]
    top, bottom = round(height / 2 - 0.8 * reach), round(height / 2 + 0.8 * reach)
    return [*windows, (0, top, across, bottom), (width - across, top, width, bottom)]


def _missing_windows(side: Side, fit: Fit) -> list[Window]:
    """Windows at full size around the markers of a page that were not seen."""
    seen = {marker.corner for marker in fit.markers}
    windows: list[Window] = []
    for corner, box in enumerate(fit.layout.stamp.markers):
        if corner in seen:
            continue
        area = apply(fit.matrix, corners_of(box.grown(side.settings.missing_marker_reach_mm)))
        left, top = np.floor(area.min(axis=0)).astype(int)
        right, bottom = np.ceil(area.max(axis=0)).astype(int)
        windows.append((int(left), int(top), int(right), int(bottom)))
    return windows


def _pages(side: Side, found: list[Marker], before: list[Marker] | None = None) -> list[Located]:
    """Markers sharpened, grouped and fitted; what overlaps a better page is dropped."""
    fresh = [sharpen(side.pixels, marker) for marker in found]
    markers = distinct([*(before or []), *fresh])
    pages = [_located(side, group, side.dpi) for group in group_markers(markers, side.layouts[0], side.settings)]
    pages.sort(key=lambda page: -(len(page.fit.markers) if page.fit else 0))
    kept: list[Located] = []
    for page in pages:
        if not any(_is_mistake(page, other, side.settings) for other in kept):
            kept.append(page)
    return _at_common_scale(side, kept)


def _at_common_scale(side: Side, pages: list[Located]) -> list[Located]:
    """The same pages, those with a lone marker at the scale of the others on the side.

    Sheets of one batch are printed alike, at 94 % perhaps; a lone marker's own size is good
    to one percent only.
    """
    sound = [page.fit for page in pages if page.fit is not None and len(page.fit.markers) >= _ENOUGH_FOR_SCALE]
    if not sound or side.dpi is None:
        return pages
    scale = float(np.median([scale_at(fit.matrix, _middle(fit)) for fit in sound]))
    return [
        _located(side, list(page.group), scale * 25.4) if page.fit is not None and len(page.fit.markers) == 1 else page
        for page in pages
    ]


def _middle(fit: Fit) -> tuple[float, float]:
    """The middle of the page in mm."""
    return fit.layout.page_size_mm[0] / 2, fit.layout.page_size_mm[1] / 2


def _located(side: Side, group: list[Marker], dpi: float | None) -> Located:
    """A group with the pose that fits it best among the stamps of the shelf."""
    fits = [fit_pose(group, layout, dpi, side.settings) for layout in side.layouts]
    sound = [fit for fit in fits if fit is not None]
    best = min(sound, key=lambda fit: (-len(fit.markers), fit.residual_mm), default=None)
    return Located(group=tuple(group), fit=best)


def _is_mistake(page: Located, other: Located, settings: RegisterSettings) -> bool:
    """Whether a page is a mistake upon another: a sticker, a false hit, a marker out of its place.

    A page with a marker well outside the other is a page indeed, even where its middle lies
    under it: of two sheets that overlap, neither may be lost.
    """
    if other.fit is None:
        return False
    back = np.asarray(np.linalg.inv(other.fit.matrix), np.float64)
    size, margin = np.array(other.fit.layout.page_size_mm), settings.overlap_margin_mm

    def outside_by(points: Floats) -> Floats:
        on_page = apply(back, points)
        return np.asarray(np.maximum(-on_page, on_page - size).max(axis=1), np.float64)

    markers = outside_by(np.array([marker.centre for marker in page.group], np.float64))
    middle = float(outside_by(page.centre.reshape(1, 2))[0])
    return bool((markers < 0).all() or (middle < -margin and (markers < margin).all()))


def overlap_ratio(page: Located, other: Located) -> float:
    """Share of a page that lies where another page lies as well."""
    one, two = page.quad, other.quad
    if one is None or two is None:
        return 0.0
    common, _ = cv2.intersectConvexConvex(one.astype(np.float32), two.astype(np.float32))
    return float(common) / max(1.0, cv2.contourArea(one.astype(np.float32)))


def covered_ratio(side: Side, pages: list[Located]) -> float:
    """Share of the side that the pages found fill."""
    area = 0.0
    for page in pages:
        quad = page.quad
        if quad is not None:
            x, y = quad[:, 0], quad[:, 1]
            area += abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2
    return area / side.pixels.size
