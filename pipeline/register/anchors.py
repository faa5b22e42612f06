"""Places of the printed blank that a page can be held against.

An anchor is a patch of print with edges in both directions: a box, a table's corner, a
few letters.  Patches are spread over the page, and keep clear of what people fill in
and of what is stamped on each copy.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.layout import Layout, PageLayout
from pipeline.model.scan import PX_PER_MM, Floats, Grey
from pipeline.register.resample import halved

Strength = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

PATCH_MM = 8.0
LOOK_PX_PER_MM = 100 / 25.4
"""Where anchors are looked for: print is placed there to a twentieth of a millimetre."""
GLANCE, CLOSELY = (5, 8), (9, 14)
"""Columns and rows of the grid with one anchor a cell: what tells a flat sheet, and what tells where one slipped."""
_WEAKEST_SHARE = 0.06
_CACHED_PAGES = 64
_STAMP_CLEARANCE_MM = 1.0
_WRITABLE_WEIGHT = 0.35
_BESIDE_MM = (0.4, 1.5)
"""How far off a sheet's own bend or a small fold can put print."""
_LIKE_ITSELF = 0.8
"""Correlation with the print beside it of the most ambiguous thirtieth of anchors; half of them stay under 0.6."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prints:
    """Square patches of print at one resolution, ready to be compared, and their top-left pixels (n, 2)."""

    px_per_mm: float
    size_px: int
    patches: list[Strength]
    corners_px: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Anchors:
    """Patches of one blank page: centres (n, 2) in mm, pixels at half the resolution of looking and at it.

    ``distinct`` (n,): those that are unlike the print beside them, so that what looks like
    them lies where it is seen; a piece of a rule slides along it.
    """

    centres_mm: Floats
    distinct: Flags
    coarse: Prints
    fine: Prints

    def __len__(self) -> int:
        return len(self.centres_mm)


_cache: OrderedDict[tuple[int, tuple[int, int]], tuple[Grey, Anchors]] = OrderedDict()


def anchors_of(blank: Grey, page: PageLayout, layout: Layout, cells: tuple[int, int] = GLANCE) -> Anchors:
    """The anchors of a blank page, kept as long as the same blank is in use."""
    key = id(blank), cells
    known = _cache.get(key)
    if known is not None and known[0] is blank:
        _cache.move_to_end(key)
        return known[1]
    chosen = choose_anchors(blank, page, layout, cells)
    _cache[key] = (blank, chosen)
    if len(_cache) > _CACHED_PAGES:
        _cache.popitem(last=False)
    return chosen


def choose_anchors(blank: Grey, page: PageLayout, layout: Layout, cells: tuple[int, int] = GLANCE) -> Anchors:
    """The strongest patch in each of so many cells, across and down, of a grid over the page."""
    look = _at_look(blank)
    k = LOOK_PX_PER_MM
    size = round(PATCH_MM * k / 2) * 2
    strength = _strength(look, page, size)
    allowed = _allowed(look.shape, layout, size)
    strength[~allowed] = 0
    least = _WEAKEST_SHARE * float(np.percentile(strength[strength > 0][::7], 98)) if (strength > 0).any() else np.inf
    places = list(dict.fromkeys([*_strongest(strength, least, cells), *_outermost(strength, least, size)]))
    corners = [((x - size // 2) // 2 * 2, (y - size // 2) // 2 * 2) for x, y in places]
    centres = [(x + size / 2, y + size / 2) for x, y in corners]
    return Anchors(
        centres_mm=np.array(centres, np.float64).reshape(-1, 2) / k,
        distinct=np.array([_is_distinct(look, corner, size) for corner in corners], bool),
        coarse=_prints(halved(look), [(x // 2, y // 2) for x, y in corners], size // 2, k / 2),
        fine=_prints(look, corners, size, k),
    )


def _at_look(blank: Grey) -> Grey:
    """A blank of the canonical grid at the resolution of looking."""
    ratio = LOOK_PX_PER_MM / PX_PER_MM
    return np.asarray(cv2.resize(blank, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA), np.uint8)


def _strongest(strength: Strength, least: float, cells: tuple[int, int]) -> list[tuple[int, int]]:
    """The strongest place of each cell of the grid, where it is strong enough."""
    found = []
    for rows in np.array_split(np.arange(strength.shape[0]), cells[1]):
        for columns in np.array_split(np.arange(strength.shape[1]), cells[0]):
            cell = strength[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            y, x = np.unravel_index(int(cell.argmax()), cell.shape)
            if cell[y, x] > least:
                found.append((int(columns[0] + x), int(rows[0] + y)))
    return found


def _outermost(strength: Strength, least: float, size: int) -> list[tuple[int, int]]:
    """The strong places nearest to the page's corners: they hold the field where a marker may be lost."""
    height, width = strength.shape
    strong = strength > 2 * least
    rows = np.flatnonzero(strong.any(axis=1))
    if not rows.size:
        return []
    firsts, lasts = strong[rows].argmax(axis=1), width - 1 - strong[rows, ::-1].argmax(axis=1)
    found = []
    for x, y, ends in ((0, 0, firsts), (width, 0, lasts), (width, height, lasts), (0, height, firsts)):
        far = (ends - x) ** 2 + (rows - y) ** 2
        nearest = int(far.argmin())
        if min(abs(int(ends[nearest]) - x), abs(int(rows[nearest]) - y)) < 5 * size:
            found.append((int(ends[nearest]), int(rows[nearest])))
    return found


def _is_distinct(look: Grey, corner: tuple[int, int], size: int) -> bool:
    """Whether the print beside a patch is unlike it."""
    near, far = (round(reach * LOOK_PX_PER_MM) for reach in _BESIDE_MM)
    x, y = corner
    left, top = max(0, x - far), max(0, y - far)
    area = look[top : y + size + far, left : x + size + far]
    alike = cv2.matchTemplate(area, look[y : y + size, x : x + size], cv2.TM_CCOEFF_NORMED)
    cv2.circle(alike, (x - left, y - top), near - 1, -1.0, cv2.FILLED)
    return float(alike.max()) < _LIKE_ITSELF


def _prints(image: Grey, corners: list[tuple[int, int]], size: int, px_per_mm: float) -> Prints:
    """Square patches of an image."""
    return Prints(
        px_per_mm=px_per_mm,
        size_px=size,
        patches=[image[y : y + size, x : x + size].astype(np.float32) for x, y in corners],
        corners_px=np.array(corners, np.int64).reshape(-1, 2),
    )


def _strength(look: Grey, page: PageLayout, size: int) -> Strength:
    """How well a patch around each pixel fixes both directions: the structure tensor's lesser eigenvalue."""
    smooth = cv2.GaussianBlur(look, (0, 0), 1.0)
    dx, dy = (np.asarray(cv2.Sobel(smooth, cv2.CV_32F, *axes), np.float32) for axes in ((1, 0), (0, 1)))
    weight = np.ones(look.shape, np.float32)
    k = LOOK_PX_PER_MM
    for field in page.fields:
        for box in field.parts:  # where people write or tick
            left, top = round(box.x * k), round(box.y * k)
            right, bottom = round(box.right * k), round(box.bottom * k)
            weight[max(0, top) : bottom, max(0, left) : right] = _WRITABLE_WEIGHT

    def around(one: Strength, other: Strength) -> Strength:
        return np.asarray(cv2.boxFilter(cv2.multiply(one, other), -1, (size, size)), np.float32)

    across, down = (np.asarray(cv2.multiply(one, weight), np.float32) for one in (dx, dy))
    xx, yy, xy = around(across, dx), around(down, dy), around(across, dy)
    mean, lean = cv2.addWeighted(xx, 0.5, yy, 0.5, 0.0), cv2.addWeighted(xx, 0.5, yy, -0.5, 0.0)
    return np.asarray(cv2.subtract(mean, cv2.magnitude(lean, xy)), np.float32)


def _allowed(shape: tuple[int, ...], layout: Layout, size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Centres whose patch stays on the page and clear of what is stamped on each copy."""
    k = LOOK_PX_PER_MM
    allowed = np.zeros(shape, bool)
    edge = size // 2 + 1
    allowed[edge : shape[0] - edge, edge : shape[1] - edge] = True
    for box in (*layout.stamp.markers, *layout.stamp.codes, *layout.stamp.numbers):
        near = box.grown(_STAMP_CLEARANCE_MM + PATCH_MM / 2)
        allowed[
            max(0, round(near.y * k)) : max(0, round(near.bottom * k)),
            max(0, round(near.x * k)) : max(0, round(near.right * k)),
        ] = False
    return allowed
