"""Markers grouped into pages, by page number and by geometry.

Two carnets on one glass may both show page 7: each marker, by its own four corners,
says roughly where the middle of its page lies, and only markers that agree belong
together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from pipeline.model.layout import Layout
from pipeline.model.scan import Floats
from pipeline.register.frame import corners_of
from pipeline.register.markers import Marker
from pipeline.settings import RegisterSettings

Group = list[Marker]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sight:
    """A marker, where it puts the middle of its page (px), and its pixels a millimetre."""

    marker: Marker
    middle: complex
    px_per_mm: float


def group_markers(markers: list[Marker], layout: Layout, settings: RegisterSettings) -> list[Group]:
    """Groups of markers that belong to one page, largest first, then by page number.

    Those that agree best come together first: where two pages of one number overlap, each
    marker goes with its own page, not with the one met first.
    """
    sights = _sights(markers, layout)
    apart = {
        (i, j): distance
        for (i, one), (j, other) in combinations(enumerate(sights), 2)
        if (distance := _apart_mm(one, other, settings)) is not None
    }
    group_of = {i: [i] for i in range(len(sights))}
    for i, j in sorted(apart, key=lambda pair: (apart[pair], pair)):
        one, other = group_of[i], group_of[j]
        if one is not other and all((min(a, b), max(a, b)) in apart for a in one for b in other):
            one += other
            group_of.update(dict.fromkeys(other, one))
    groups = {id(group): group for group in group_of.values()}.values()
    found = [[sights[i].marker for i in sorted(group)] for group in groups]
    return sorted(found, key=lambda group: (-len(group), group[0].page, *group[0].centre))


def _apart_mm(one: _Sight, other: _Sight, settings: RegisterSettings) -> float | None:
    """How far apart two markers put the middle of their page; None when they cannot be of one page.

    The tolerance covers a telephone's perspective; two pages side by side lie farther apart.
    """
    if one.marker.page != other.marker.page or one.marker.corner == other.marker.corner:
        return None
    small, large = sorted((one.px_per_mm, other.px_per_mm))
    if large > settings.group_scale_ratio * small:
        return None
    distance = abs(one.middle - other.middle) / math.sqrt(small * large)
    return distance if distance <= settings.group_distance_mm else None


def _sights(markers: list[Marker], layout: Layout) -> list[_Sight]:
    """What each marker says of its page, by the similarity through its own four corners."""
    if not markers:
        return []
    printed = _as_complex([corners_of(layout.stamp.markers[marker.corner]) for marker in markers])
    seen = _as_complex([marker.corners for marker in markers])
    middle_mm = complex(*layout.page_size_mm) / 2
    own, there = printed.mean(axis=1), seen.mean(axis=1)
    arms = printed - own[:, None]
    turns = ((seen - there[:, None]) * arms.conj()).sum(axis=1) / (np.abs(arms) ** 2).sum(axis=1)
    middles = (there + turns * (middle_mm - own)).tolist()
    return [
        _Sight(marker=marker, middle=middle, px_per_mm=abs(turn))
        for marker, middle, turn in zip(markers, middles, turns.tolist(), strict=True)
    ]


def _as_complex(corners: list[Floats]) -> npt.NDArray[np.complex128]:
    """Points (n, 4, 2) of the plane as complex numbers (n, 4)."""
    points = np.array(corners)
    return np.asarray(points[..., 0] + 1j * points[..., 1], np.complex128)
