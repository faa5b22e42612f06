"""What is printed on a page and where its fields lie, prepared once per page of the form.

Everything here depends on the blank and on the layout alone: it is computed on the first
page met and kept for the thousands that follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.form import PublishedForm
from pipeline.model.layout import Box, Layout, PageLayout
from pipeline.model.scan import PX_PER_MM, Grey

BLOCK = 6
"""Side of the blocks on which the paper level is estimated, in pixels: about 1 mm."""

_OUTLINE_MM = 0.45
_BLUR_PX = 0.6
_DARKENING = 1.25
_FAR_SHARE = 0.5
_FIRM = 72  # contrast of a fine line after its blur, a quarter of black; pale rules stay below
_SURROUND_MM = 1.0
_LINE_PX, _RING_PX = 300, 1200
_ZONES = 126  # fields whose rings can be told apart in one byte
_SOLID = 215  # no fine line is so dark after its blur
KEPT = 24
"""Grounds kept in memory: every page of a form or two."""

Places = npt.NDArray[np.uint8] | npt.NDArray[np.int16]
Indices = npt.NDArray[np.int32]
Window = tuple[slice, slice]
"""Rows and columns of a part of the page."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outline:
    """The printed frame of one place: where it is, its pixels and their mean contrast."""

    at: Window
    core: Grey
    expected: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surround:
    """The frames of one field and the rings around them, as pixels of the whole page.

    ``lines`` are a few hundred pixels of the printed lines themselves and ``darkness``
    their mean contrast; ``rings`` a thousand or so of either ring; ``zone`` is the number
    of the field in ``Ground.zones``.
    """

    at: Window
    zone: int
    lines: Indices
    darkness: float
    rings: tuple[Indices, Indices]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """The printed page as the measures need it, padded to whole blocks.

    ``print_level`` is the contrast of solid and of pale print (0–255), widened by the
    registration tolerance; fine firm lines are judged by what each page shows.  ``zones``
    says at each pixel how far firm print is and whose frame it is: 0 far from it, else
    2 · zone + ring, ring 1 on it or beside it, 2 a pixel further off, zone 0 on print
    that is no field's; ``surrounds`` are the frames of the fields, where toner, blur and
    shift show how far they spread; ``bare``, at half size, is 255 where there is surely no
    print and ``bare_share`` its share of each block (0–255).  ``place_of`` numbers the field
    parts that own ink, from 1; ``hidden`` are stamps and masked fields, where nothing is ever
    measured.  ``outlines`` are the frames of boxes and cells, by place.  ``band_bits`` and
    ``owned`` are ``band`` and ``places`` as they are kept: a page in use is spread out, a
    form's others take a tenth of the room.
    """

    print_level: Grey
    zones: Grey
    surrounds: tuple[Surround, ...]
    band_bits: Grey
    bare: Grey
    bare_share: Grey
    owned: tuple[Window, ...]
    place_of: dict[tuple[str, int], int]
    outlines: dict[int, Outline]
    hidden: tuple[Window, ...]

    @property
    def band(self) -> Grey:
        """1 where there is print, else 0."""
        return _spread_out(self)[0]

    @property
    def places(self) -> Places:
        """At each pixel the number of the field part that owns it, 0 for none."""
        return _spread_out(self)[1]


@lru_cache(maxsize=1)
def _spread_out(ground: Ground) -> tuple[Grey, Places]:
    """The print and the places of the page in use, pixel by pixel."""
    shape = ground.print_level.shape
    places = np.zeros(shape, np.uint8 if len(ground.owned) < 256 else np.int16)
    for number, window in enumerate(ground.owned, start=1):
        places[window] = number
    return grey(np.unpackbits(ground.band_bits)).reshape(shape), places


_grounds: dict[tuple[str, str, str, int], tuple[Grey, Ground]] = {}


def ground_of(form: PublishedForm, layout_page: int, blank: Grey) -> Ground:
    """The prepared blank of a page, computed once per process and form version."""
    key = (*form.key, form.layout.fingerprint, layout_page)
    known = _grounds.get(key)
    if known is not None and known[0] is blank:
        return known[1]
    ground = prepare(blank, form.layout, form.layout.page(layout_page))
    if len(_grounds) >= KEPT:
        _grounds.pop(next(iter(_grounds)))
    _grounds[key] = (blank, ground)
    return ground


def prepare(blank: Grey, layout: Layout, page: PageLayout) -> Ground:
    """Everything the measures need to know of one printed page."""
    sharp = grey(cv2.bitwise_not(pad(blank)))
    soft = softened(sharp)
    rings = _rings(soft)
    surrounds = tuple(_surrounds(page, rings, soft))
    # One pixel of misregistration either way, then the scanner's own blur: full strength
    # close to the print (copiers darken greys), half of it one pixel further.
    near, far = cv2.dilate(soft, square(3)), cv2.dilate(soft, square(5))
    level = grey(np.maximum(cv2.convertScaleAbs(near, alpha=_DARKENING), cv2.convertScaleAbs(far, alpha=_FAR_SHARE)))
    level[(rings > 0) & (grey(far) <= _SOLID)] = 0  # fine firm lines: as dark as this page shows them
    bare = cv2.bitwise_not(cv2.dilate(_above(soft, 6), square(5)))
    bare_half = grey(cv2.threshold(halved(grey(bare)), 254, 255, cv2.THRESH_BINARY)[1])
    owned, place_of = _owned(sharp.shape, page)
    return Ground(
        print_level=grey(level),
        zones=_zones(rings, surrounds),
        surrounds=surrounds,
        band_bits=np.packbits(grey(cv2.dilate(_above(soft, 16), square(3)))),
        bare=bare_half,
        bare_share=by_block(bare_half),
        owned=owned,
        place_of=place_of,
        outlines={
            place_of[field.name, rank]: _outline(box, sharp)
            for field in page.fields
            if field.options or field.cells
            for rank, box in enumerate(field.parts)
        },
        hidden=_hidden(sharp.shape, blank.shape, layout, page),
    )


def pad(pixels: Grey) -> Grey:
    """The image grown to whole blocks at the right and at the bottom."""
    height, width = pixels.shape
    return grey(cv2.copyMakeBorder(pixels, 0, -height % BLOCK, 0, -width % BLOCK, cv2.BORDER_REPLICATE))


def softened(pixels: Grey) -> Grey:
    """The image blurred as little as tames grain: blank and page alike."""
    return grey(cv2.GaussianBlur(pixels, (3, 3), _BLUR_PX))


def halved(pixels: Grey) -> Grey:
    """Half the size, every pixel the mean of four."""
    return grey(cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))


def by_block(half: Grey) -> Grey:
    """The mean of every block of an image at half size."""
    return grey(cv2.resize(half, None, fx=2 / BLOCK, fy=2 / BLOCK, interpolation=cv2.INTER_AREA))


def grey(pixels: npt.ArrayLike) -> Grey:
    """What OpenCV returns, typed: no copy of what is bytes already."""
    return np.asarray(pixels, dtype=np.uint8)


def window(box: Box, shape: tuple[int, ...]) -> Window:
    """Rows and columns of a box on the grid, clipped to the page."""
    return _window(box, shape[0], shape[1])


@lru_cache(maxsize=16384)
def _window(box: Box, height: int, width: int) -> Window:
    top, bottom = round(box.y * PX_PER_MM), round(box.bottom * PX_PER_MM)
    left, right = round(box.x * PX_PER_MM), round(box.right * PX_PER_MM)
    return (
        slice(min(max(top, 0), height), min(max(bottom, 0), height)),
        slice(min(max(left, 0), width), min(max(right, 0), width)),
    )


def relative(inner: Window, outer: Window) -> Window:
    """A window in the coordinates of the one that contains it."""
    rows, columns = (
        slice(max(0, a.start - b.start), max(0, a.stop - b.start)) for a, b in zip(inner, outer, strict=True)
    )
    return rows, columns


def _owned(shape: tuple[int, ...], page: PageLayout) -> tuple[tuple[Window, ...], dict[tuple[str, int], int]]:
    """The pixels of each field part, neighbours sharing the gap between them, and their numbers."""
    windows: list[Window] = []
    place_of: dict[tuple[str, int], int] = {}
    for field in page.fields:
        boxes = field.parts
        margin = _margin(boxes)
        for rank, box in enumerate(boxes):
            windows.append(window(box.grown(margin), shape))
            place_of[field.name, rank] = len(windows)
    return tuple(windows), place_of


def _rings(soft: Grey) -> Grey:
    """Distance from firm print: 1 on it or one pixel beside, 2 a pixel further off, 0 beyond."""
    firm = _above(soft, _FIRM)
    near, far = (grey(cv2.dilate(firm, square(side))) for side in (3, 5))
    return grey((far & 2) - (near & 1))


def _surrounds(page: PageLayout, rings: Grey, soft: Grey) -> Iterator[Surround]:
    """Where the spread of each field's own frames can be seen."""
    fields = [field for field in page.fields if field.type != "masked"]
    width = rings.shape[1]
    for number, field in enumerate(fields, start=1):
        at = window(field.extent.grown(_SURROUND_MM), rings.shape)
        near = np.zeros(rings[at].shape, bool)
        for box in field.parts:
            near[relative(window(box.grown(_OUTLINE_MM), rings.shape), at)] = True
            near[relative(window(box.grown(-_OUTLINE_MM), rings.shape), at)] = False
        rows, columns = np.nonzero(near)
        pixels = (rows + at[0].start) * width + columns + at[1].start
        ring = rings.ravel()[pixels]
        first, second = (pixels[ring == distance] for distance in (1, 2))
        lines = _some(first[soft.ravel()[first] > _FIRM], _LINE_PX)
        yield Surround(
            at=at,
            zone=number if number <= _ZONES else 0,
            lines=lines,
            darkness=float(soft.ravel()[lines].mean()) if lines.size else 0.0,
            rings=(_some(first, _RING_PX), _some(second, _RING_PX)),
        )


def _some(at: npt.NDArray[np.intp], most: int) -> Indices:
    """A part of many pixels, drawn so that no pattern of the print is met or missed."""
    if at.size > most:
        at = np.sort(np.random.default_rng(at.size).choice(at, most, replace=False))
    return at.astype(np.int32)


def _zones(rings: Grey, surrounds: tuple[Surround, ...]) -> Grey:
    """Rings told apart by the field to which they belong."""
    zones = rings.copy()
    for around in surrounds:
        part = rings[around.at]
        zones[around.at] = np.where(part > 0, part + np.uint8(2 * around.zone), 0)
    return zones


def _outline(box: Box, printed: Grey) -> Outline:
    """The frame of a box or cell, as the blank shows it."""
    shape = (printed.shape[0], printed.shape[1])
    at = window(box.grown(_OUTLINE_MM), shape)
    core = _above(printed[at], 64)
    rows, columns = relative(window(box.grown(-_OUTLINE_MM), shape), at)
    core[rows, columns] = 0
    return Outline(at=at, core=core, expected=float(cv2.mean(printed[at], mask=core)[0]))


def _margin(boxes: tuple[Box, ...]) -> float:
    """Half the gap between the parts of a field, half a millimetre at most."""
    gaps = [max(b.x - a.right, b.y - a.bottom, 0.0) for a, b in pairwise(boxes)]
    return min([0.5, *(gap / 2 for gap in gaps)])


def _hidden(shape: tuple[int, ...], size: tuple[int, ...], layout: Layout, page: PageLayout) -> tuple[Window, ...]:
    """Stamps, nominative zones and padding."""
    stamp = layout.stamp
    stamped = [box.grown(1.0) for box in (*stamp.markers, *stamp.codes, *stamp.numbers)]
    masked = [field.extent.grown(0.5) for field in page.fields if field.type == "masked"]
    everything = slice(None)
    padding = [(slice(size[0], None), everything), (everything, slice(size[1], None))]
    return (*(window(box, shape) for box in (*stamped, *masked)), *padding)


def _above(pixels: Grey, level: int) -> Grey:
    return grey(cv2.threshold(pixels, level, 255, cv2.THRESH_BINARY)[1])


def square(side: int) -> Grey:
    """The neighbourhood of a pixel, as OpenCV's morphology takes it."""
    return np.ones((side, side), np.uint8)
