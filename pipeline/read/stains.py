"""Stains that no pen made: broad, pale and taller than two rows, such as the ring of a cup.

Pens are dark, or leave thin strokes; who shades a box with a pencil stays within it; a
highlighter runs along the line; a digit crossed out in pencil, its correction above it, is
broad and tall as well, but shows the paper between its strokes.  What is broad, pale, tall
and closed is taken out of the ink before boxes and cells are measured; strokes darker than
the stain stay where they cross it.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.scan import PX_PER_MM, Grey
from pipeline.read.ground import Window, grey, halved, square
from pipeline.read.inkmap import InkLayer, Labels, relabelled

_LEAST_MM2 = 15.0
_TALL_MM = 10.0
_PIECE_MM2, _PALE, _STRONG = 2.0, 0.2, 0.3
"""Pieces of faint stains are so large and so pale; strong coffee is as dark as that at most."""
_STAINED = round(0.05 * 255), round(0.4 * 255)  # contrast of a stain at its edge, and where two lie over each other
_BRIDGE_PX = 5  # at half the size, 1.7 mm: over the printed lines that part a stain
_MEDIAN_PX = 7  # at half the size, 2.4 mm: half of so wide a window is stain, never a pen's stroke
_FLAT = 0.4  # share of its contrast that a stain keeps in their median; a thin stroke keeps less
_BROAD_PX = 3  # at half the size, 1 mm
_BROAD_SHARE = 0.6
_BARE = 0.2  # paper has so little of the contrast around it
_BARE_SHARE = 0.07  # of a digit crossed out with 1 mm of pencil more is paper, of nine in ten rings of cups less
_SOFT_PX = 5  # at half the size: how far a stain fades beyond its broad part, both sides together
_DARKEST, _DARKER = 90, 1.15  # percentile of a stain's contrast, and how far its grain goes beyond

Mask = npt.NDArray[np.bool_]


def without_stains(layer: InkLayer) -> InkLayer:
    """The layer without the ink of stains."""
    if not _may_be_stained(layer):
        return layer
    stained = np.zeros(layer.ink.shape, bool)
    for at, under, level in _stains(layer):
        stained[at] |= under & ~_strokes_over(layer, at, level)
    gone = stained.ravel()[layer.at]
    return relabelled(layer, gone) if gone.any() else layer


def _strokes_over(layer: InkLayer, at: Window, level: float) -> Mask:
    """Ink that is darker than a stain.  On the print, where both add up, it is what such strokes cross."""
    band = layer.ground.band[at] > 0
    dark = grey((layer.ink[at] > 0) & ~band & (layer.contrast[at] > level))
    return np.where(band, cv2.dilate(dark, square(2 * _BRIDGE_PX - 1)), dark) > 0


def _may_be_stained(layer: InkLayer) -> bool:
    """Whether there is much pale ink: what must be looked at closer."""
    piece, least = _PIECE_MM2 * PX_PER_MM**2, _LEAST_MM2 * PX_PER_MM**2
    if not (layer.area >= piece).any():
        return False
    stroke = layer.labels.ravel()[layer.at]
    area = np.bincount(stroke, minlength=layer.area.size)
    total = np.bincount(stroke, weights=layer.contrast.ravel()[layer.at], minlength=area.size)
    pieces = area[(area >= piece) & (total <= _PALE * 255 * area)]
    return bool(pieces.sum() >= least or ((area >= least) & (total <= _STRONG * 255 * area)).any())


def _stains(layer: InkLayer) -> Iterator[tuple[Window, Mask, float]]:
    """Where each stain is, the pixels there that it darkens, and how dark it makes them at most.

    Looked for at half the size: what is broad is seen there too.
    """
    page = _without_print(layer)
    part = _where_broad(page)
    if part is None:
        return
    bare = page[part]
    smooth = grey(cv2.medianBlur(bare, _MEDIAN_PX))
    flat = smooth >= grey(cv2.convertScaleAbs(bare, alpha=_FLAT))
    labels, spots = _tall_spots(grey(cv2.inRange(smooth, *_STAINED)) * grey(flat))
    for number, spot in spots.items():
        rows, columns = _around(spot, bare.shape)
        own = grey(labels[rows, columns] == number)
        firm = grey(cv2.morphologyEx(own, cv2.MORPH_OPEN, square(_BROAD_PX))) * grey(smooth[rows, columns] > 0)
        if cv2.countNonZero(firm) >= _BROAD_SHARE * cv2.countNonZero(own) and _is_closed(
            bare[rows, columns], smooth[rows, columns], firm
        ):
            darkest = np.percentile(smooth[rows, columns][firm > 0], _DARKEST)
            under = cv2.resize(cv2.dilate(own, square(_SOFT_PX)), None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
            top, left = 2 * (part[0].start + rows.start), 2 * (part[1].start + columns.start)
            at = slice(top, top + under.shape[0]), slice(left, left + under.shape[1])
            yield at, grey(under).view(bool), float(darkest * _DARKER + layer.floor / 2)


def _is_closed(bare: Grey, smooth: Grey, firm: Grey) -> bool:
    """Whether hardly any paper is seen within a spot, as between the strokes of a pen it is."""
    paper = cv2.compare(bare, grey(cv2.convertScaleAbs(smooth, alpha=_BARE)), cv2.CMP_LT)
    return cv2.countNonZero(cv2.bitwise_and(paper, paper, mask=firm)) < _BARE_SHARE * cv2.countNonZero(firm)


def _where_broad(bare: Grey) -> Window | None:
    """The part of the page in which a median may be that of a stain, over something tall; None without any.

    Counting how many of a pixel's neighbours are darker says on which side of a level their median
    lies, at a tenth of the cost of the median.
    """
    low, high = _STAINED
    half = _MEDIAN_PX**2 // 2
    _, spots = _tall_spots(grey(_darker_around(bare, low - 1) > half) & grey(_darker_around(bare, high) <= half))
    if not spots:
        return None
    boxes, room = np.array(list(spots.values())), _MEDIAN_PX + 2 * _BRIDGE_PX
    left, top = np.maximum(boxes[:, :2].min(axis=0) - room, 0).tolist()
    right, bottom = ((boxes[:, :2] + boxes[:, 2:4]).max(axis=0) + room).tolist()
    return slice(top, bottom), slice(left, right)


def _darker_around(bare: Grey, level: int) -> Grey:
    """How many of the pixels of its median are darker than a level, for each pixel."""
    darker = cv2.threshold(bare, level, 1, cv2.THRESH_BINARY)[1]
    window = (_MEDIAN_PX, _MEDIAN_PX)
    return grey(cv2.boxFilter(darker, -1, window, normalize=False, borderType=cv2.BORDER_REPLICATE))


def _tall_spots(broad: Grey) -> tuple[Labels, dict[int, Labels]]:
    """Spots numbered, what the print parts joined, and the statistics of those as tall and as large as a stain."""
    joined = cv2.morphologyEx(broad, cv2.MORPH_CLOSE, square(_BRIDGE_PX))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8, ltype=cv2.CV_32S)
    stats = np.asarray(stats, np.int32)
    tall = (stats[:, 3] >= _TALL_MM * PX_PER_MM / 2) & (stats[:, 4] >= _LEAST_MM2 * PX_PER_MM**2 / 4)
    return np.asarray(labels, np.int32), {int(n): stats[n] for n in np.flatnonzero(tall) if n}


def _without_print(layer: InkLayer) -> Grey:
    """The contrast of the page at half its size, on the print that of what surrounds it."""
    band = halved(layer.ground.band * np.uint8(255)) > 0
    bare = grey(np.where(band, 0, halved(layer.contrast)))
    return grey(np.where(band, cv2.morphologyEx(bare, cv2.MORPH_CLOSE, square(_BRIDGE_PX)), bare))


def _around(stats: npt.NDArray[np.int32], shape: tuple[int, ...]) -> Window:
    """The window of a stain, with room for what fades around it."""
    left, top, width, height = (int(number) for number in stats[:4])
    return (
        slice(max(0, top - _SOFT_PX), min(shape[0], top + height + _SOFT_PX)),
        slice(max(0, left - _SOFT_PX), min(shape[1], left + width + _SOFT_PX)),
    )
