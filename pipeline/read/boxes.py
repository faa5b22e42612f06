"""Where the ink of tick boxes is looked for: geometry of a box, and the ink in the windows of many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.model.layout import Box
from pipeline.model.scan import PX_PER_MM
from pipeline.read.ground import Ground, Indices, Window, window
from pipeline.read.inkmap import InkLayer

SECTORS = 24
_RING_GAP_MM = 0.45  # between the outline and the ring: the outline's own blur
_CLEAR_MM = 0.6  # from the outline: what toner leaves beside it lies nearer
_SEEN_PX = 7  # unprinted pixels of the ring from which a direction can be seen into

Mask = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stencil:
    """Geometry of a box of one size in its window: inside, its middle, ring, directions.

    ``sectors`` counts directions from 1 in the ring and is 0 elsewhere; ``heart`` are the
    rows and columns of the inside.
    """

    inside: Mask
    heart: Window
    core: Mask
    core_room: int
    ring: Mask
    sectors: npt.NDArray[np.uint8]
    room: int
    half_px: float
    diagonal_px: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spot:
    """All about one box of a printed page that does not depend on the scan.

    ``at``: its window on the page; ``clear``: its inside, clear of the outline's ragged edge;
    ``room``: pixels of the ring less other fields; ``seen``: directions that are not wholly
    printed, into which one can see.
    """

    place: int
    at: Window
    clear: Window
    stencil: Stencil
    room: int
    seen: Mask


@lru_cache(maxsize=4096)
def spot_of(box: Box, place: int, ground: Ground, margin_mm: float, ring_mm: float) -> Spot:
    """A box on its printed page; it keeps its size wherever it stands on the pixel grid."""
    stencil = _stencil(round(box.w * PX_PER_MM), round(box.h * PX_PER_MM), margin_mm, ring_mm)
    shape, (height, width) = stencil.inside.shape, ground.band.shape
    x, y = box.centre
    top = min(max(round(y * PX_PER_MM - shape[0] / 2), 0), height - shape[0])
    left = min(max(round(x * PX_PER_MM - shape[1] / 2), 0), width - shape[1])
    at = slice(top, top + shape[0]), slice(left, left + shape[1])
    places = ground.places[at]
    free = stencil.ring & ((places == 0) | (places == place))
    bare = np.bincount(stencil.sectors[ground.band[at] == 0], minlength=SECTORS + 1)[1:]
    return Spot(
        place=place,
        at=at,
        clear=window(box.grown(-_CLEAR_MM), (height, width)),
        stencil=stencil,
        room=int(np.count_nonzero(free)),
        seen=bare >= _SEEN_PX,
    )


@lru_cache(maxsize=64)
def _stencil(width: int, height: int, margin_mm: float, ring_mm: float) -> Stencil:
    gap, reach = round(_RING_GAP_MM * PX_PER_MM), round((_RING_GAP_MM + ring_mm) * PX_PER_MM)
    margin = round(margin_mm * PX_PER_MM)
    shape = (height + 2 * reach, width + 2 * reach)
    heart = slice(reach + margin, reach + height - margin), slice(reach + margin, reach + width - margin)
    inside, core, ring = np.zeros(shape, bool), np.zeros(shape, bool), np.ones(shape, bool)
    inside[heart] = True
    ring[reach - gap : reach + height + gap, reach - gap : reach + width + gap] = False
    rows, columns = ((side - 2 * margin) // 4 for side in (height, width))
    start = reach + margin
    core[start + rows : start + 3 * rows, start + columns : start + 3 * columns] = True
    y, x = np.indices(shape)
    angle = np.arctan2(y - (shape[0] - 1) / 2, x - (shape[1] - 1) / 2)
    sectors = np.floor((angle / (2 * np.pi) + 0.5) * SECTORS).astype(np.int64) % SECTORS + 1
    return Stencil(
        inside=inside,
        heart=heart,
        core=core,
        core_room=4 * rows * columns,
        ring=ring,
        sectors=np.where(ring, sectors, 0).astype(np.uint8),
        room=int(np.count_nonzero(inside)),
        half_px=min(width, height) / 2 - margin,
        diagonal_px=float(np.hypot(width - 2 * margin, height - 2 * margin)),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Pixels:
    """Some of the ink pixels of many windows, window by window: its number, place in it, place on the page."""

    count: int
    window: Indices
    at: Indices
    page: Indices

    def where(self, stencil: npt.NDArray[np.bool_]) -> Pixels:
        """Those that lie in a part of their window."""
        return self.kept(stencil.ravel()[self.at])

    def kept(self, kept: Mask) -> Pixels:
        """Some of them."""
        return Pixels(count=self.count, window=self.window[kept], at=self.at[kept], page=self.page[kept])

    @cached_property
    def each(self) -> Counts:
        """How many lie in each window."""
        return np.bincount(self.window, minlength=self.count)

    def mean(self, values: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
        """Mean of an image of the page over the pixels of each window, 0 where there are none."""
        total = np.bincount(self.window, weights=values.ravel()[self.page], minlength=self.count)
        return np.asarray(total / np.maximum(self.each, 1), np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Windows:
    """The ink in the windows of boxes of one size: as images, and as a list of pixels."""

    spots: Sequence[Spot]
    ink: Mask
    pixels: Pixels

    @classmethod
    def of(cls, spots: Sequence[Spot], layer: InkLayer) -> Windows:
        """Boxes of one size, all with ink somewhere in their window."""
        ink = np.stack([layer.ink[spot.at] for spot in spots]).view(bool)
        across, page_across = ink.shape[2], layer.ink.shape[1]
        window, at = np.divmod(np.flatnonzero(ink).astype(np.int32), np.int32(ink.shape[1] * across))
        rows, columns = np.divmod(at, np.int32(across))
        starts = np.array([spot.at[0].start * page_across + spot.at[1].start for spot in spots], np.int32)
        page = np.asarray(starts[window] + rows * np.int32(page_across) + columns, np.int32)
        return cls(spots=spots, ink=ink, pixels=Pixels(count=len(spots), window=window, at=at, page=page))
