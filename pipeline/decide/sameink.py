"""Whether two scans of one page show one writing, by their ink on a grid of 1 mm."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

from pipeline.settings import DecideSettings

_SPOT_MM = 5
_STREAK_MM = 4  # a streak leans by this much over a page scanned askew
_EDGE_MM, _MARGIN_MM = 2, 9  # margins that nobody writes in; the very edge may be shadow
_NEARLY_ALL = 0.7  # share of a margin that a streak marks: thin ones break
_MOST_OF_PAGE = 0.3

InkMap = npt.NDArray[np.uint8]


def same_ink(first: bytes, second: bytes, width_mm: int, settings: DecideSettings) -> bool:
    """Whether two ink maps show one writing, scanned twice.

    Looked for is one spot of ink that the other scan lacks within ``same_ink_shift_mm``:
    two people who answer alike still differ somewhere, and two pages nearly bare of ink
    are the same.
    """
    if first == second:
        return True
    one, other = _decompress(first, width_mm), _decompress(second, width_mm)
    if one.shape != other.shape:
        # A page without an ink map counts as bare of ink.
        one, other = (np.zeros_like(other), other) if one.size == 0 else (one, np.zeros_like(one))
    dirty = _streaks(one, settings) | _streaks(other, settings)
    one, other = np.where(dirty, 0, one), np.where(dirty, 0, other)
    return not _has_more(one, other, settings) and not _has_more(other, one, settings)


def is_bare(ink_map: bytes, width_mm: int, settings: DecideSettings) -> bool:
    """Whether a page bears no writing that would tell it from the same page left empty."""
    return same_ink(ink_map, b"", width_mm, settings)


def _decompress(ink_map: bytes, width_mm: int) -> InkMap:
    flat = np.frombuffer(zlib.decompress(ink_map) if ink_map else b"", dtype=np.uint8)
    return flat[: flat.size - flat.size % width_mm].reshape(-1, width_mm)


def _streaks(ink: InkMap, settings: DecideSettings) -> npt.NDArray[np.bool_]:
    """Bands of the page that a line crosses from edge to edge: dirt on the glass or a crease.

    People write between the margins; what runs through both of them at one height is no
    writing.  Where much of the page looks so, it is something else and nothing is left out.
    """
    marked = ink >= round(settings.same_ink_level) // 2
    return _crossed(marked) | _crossed(marked.T).T


def _crossed(marked: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Rows beside a band ``_STREAK_MM`` high in which both margins are marked throughout."""
    height, width = marked.shape
    rows = np.zeros(height, bool)
    if min(height, width) > 4 * _MARGIN_MM:
        near, far = marked[:, _EDGE_MM:_MARGIN_MM], marked[:, -_MARGIN_MM:-_EDGE_MM]
        for last in np.flatnonzero(_throughout(near) & _throughout(far)):
            rows[max(0, last - 2 * _STREAK_MM + 1) : last + _STREAK_MM + 1] = True
    if rows.mean() > _MOST_OF_PAGE:
        rows[:] = False
    return np.repeat(rows[:, None], width, axis=1)


def _throughout(margin: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Per row, whether the band that ends there is marked in nearly every column."""
    sums = np.pad(margin.astype(np.int64), ((_STREAK_MM, 0), (0, 0))).cumsum(0)
    return np.asarray((sums[_STREAK_MM:] - sums[:-_STREAK_MM] > 0).mean(1) >= _NEARLY_ALL)


def _has_more(one: InkMap, other: InkMap, settings: DecideSettings) -> bool:
    """Whether ``one`` has a spot of ink of which ``other`` shows nothing nearby."""
    level = round(settings.same_ink_level)
    # Faint traces in the other scan explain ink here: pens fade in a light scan.
    nearby = _widen(other >= level // 2, round(settings.same_ink_shift_mm))
    alone = _within((one >= level) & ~nearby, round(settings.same_ink_margin_mm))
    return bool(_window_sums(alone, _SPOT_MM).max() >= settings.same_ink_spot_mm2)


def _within(ink: npt.NDArray[np.bool_], margin: int) -> npt.NDArray[np.bool_]:
    """The page without a margin; all of it when it is no wider than its margins."""
    inside = ink[margin : ink.shape[0] - margin, margin : ink.shape[1] - margin]
    return inside if inside.size else ink


def _widen(ink: npt.NDArray[np.bool_], reach: int) -> npt.NDArray[np.bool_]:
    """Every square millimetre within ``reach`` of ink, in all directions."""
    return _window_sums(np.pad(ink, ((0, reach), (0, reach))), 2 * reach + 1)[reach:, reach:] > 0


def _window_sums(marked: npt.NDArray[np.bool_], side: int) -> npt.NDArray[np.int64]:
    """Number of marked squares in the square window that ends at each of them."""
    sums: npt.NDArray[np.int64] = np.pad(marked.astype(np.int64), ((side, 0), (side, 0))).cumsum(0).cumsum(1)
    return np.asarray(sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side])
