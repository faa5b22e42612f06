"""The same page met several times: the same writing scanned again, or two writings."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.model.result import Disposition, PageResult
from pipeline.settings import DecideSettings

_SPOT_MM = 5
_NO_POSE_MM = 1e3
_STREAK_MM = 4  # a streak leans by this much over a page scanned askew
_EDGE_MM, _MARGIN_MM = 2, 9  # margins that nobody writes in; the very edge may be shadow
_NEARLY_ALL = 0.7  # share of a margin that a streak marks: thin ones break
_MOST_OF_PAGE = 0.3

InkMap = npt.NDArray[np.uint8]
PageKey = tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What becomes of one stored page among its likes."""

    page: PageResult
    disposition: Disposition
    reason: str


def stand(pages: Iterable[PageResult], width_mm: int, settings: DecideSettings) -> list[Standing]:
    """Placed, duplicate or conflict, for all pages of one carnet and one form version.

    Nothing depends on the order of arrival: pages are ordered by printed page, then by
    quality.  Of the scans of one writing the best is kept; two writings are in conflict.
    """
    same: dict[int, list[PageResult]] = defaultdict(list)
    for page in sorted(pages, key=_quality):
        if page.identity is not None:
            same[page.identity.page].append(page)
    return [standing for number in sorted(same) for standing in _sort_out(same[number], width_mm, settings)]


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


def _quality(page: PageResult) -> tuple[float, str]:
    """Best first: the smallest residual, then the key, which never changes."""
    return (page.pose.residual_mm if page.pose else _NO_POSE_MM), page.key


def _sort_out(pages: Sequence[PageResult], width_mm: int, settings: DecideSettings) -> list[Standing]:
    writings = _writings(pages, width_mm, settings)
    conflict = len(writings) > 1
    kept = Disposition.CONFLICT if conflict else Disposition.PLACED
    standings = []
    for writing in writings:
        standings.append(Standing(page=writing[0], disposition=kept, reason="page_conflict" if conflict else ""))
        standings += [Standing(page=page, disposition=Disposition.DUPLICATE, reason="same_ink") for page in writing[1:]]
    return standings


def _writings(pages: Sequence[PageResult], width_mm: int, settings: DecideSettings) -> list[list[PageResult]]:
    """Scans grouped by writing: whatever is linked by a chain of equal ink is one."""
    groups: list[list[PageResult]] = []
    for page in pages:
        apart, merged = [], [page]
        for group in groups:
            if any(same_ink(page.ink_map, other.ink_map, width_mm, settings) for other in group):
                merged += group
            else:
                apart.append(group)
        groups = [*apart, sorted(merged, key=_quality)]
    return sorted(groups, key=lambda group: _quality(group[0]))


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
