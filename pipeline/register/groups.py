"""Markers grouped into pages, by page number and by geometry.

Two carnets on one glass may both show page 7: each marker, by its own four corners,
says roughly where the middle of its page lies, and only markers that agree belong
together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pipeline.model.layout import Layout
from pipeline.register.frame import apply, corners_of, similarity
from pipeline.register.markers import Marker
from pipeline.settings import RegisterSettings

Group = list[Marker]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sight:
    """A marker, where it puts the middle of its page (px), and its pixels a millimetre."""

    marker: Marker
    middle: tuple[float, float]
    px_per_mm: float


def group_markers(markers: list[Marker], layout: Layout, settings: RegisterSettings) -> list[Group]:
    """Groups of markers that belong to one page, largest first, then by page number."""
    groups: list[list[_Sight]] = []
    for sight in (_sight(marker, layout) for marker in markers):
        for group in groups:
            if _belongs(sight, group, settings):
                group.append(sight)
                break
        else:
            groups.append([sight])
    found = [[sight.marker for sight in group] for group in groups]
    return sorted(found, key=lambda group: (-len(group), group[0].page, *group[0].centre))


def _belongs(sight: _Sight, group: list[_Sight], settings: RegisterSettings) -> bool:
    """Whether a marker shows the same page as the group's markers, in the same place."""
    marker = sight.marker
    if marker.page != group[0].marker.page or any(marker.corner == other.marker.corner for other in group):
        return False
    return all(_agree(sight, other, settings) for other in group)


def _agree(one: _Sight, other: _Sight, settings: RegisterSettings) -> bool:
    """Whether two markers put the middle of their page in the same place.

    The tolerance covers a telephone's perspective; two pages lie farther apart.
    """
    small, large = sorted((one.px_per_mm, other.px_per_mm))
    if large > settings.group_scale_ratio * small:
        return False
    return math.dist(one.middle, other.middle) <= settings.group_distance_mm * math.sqrt(small * large)


def _sight(marker: Marker, layout: Layout) -> _Sight:
    """What a marker says of its page, by its own four corners."""
    matrix = similarity(corners_of(layout.stamp.markers[marker.corner]), marker.corners)
    middle = apply(matrix, np.array([[layout.page_size_mm[0] / 2, layout.page_size_mm[1] / 2]]))[0]
    return _Sight(
        marker=marker,
        middle=(float(middle[0]), float(middle[1])),
        px_per_mm=math.hypot(matrix[0, 0], matrix[1, 0]),
    )
