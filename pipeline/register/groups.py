"""Markers grouped into pages, by page number and by geometry.

Two carnets on one glass may both show page 7: each marker, by its own four corners,
says roughly where the middle of its page lies, and only markers that agree belong
together.
"""

from __future__ import annotations

import numpy as np

from pipeline.model.layout import Layout
from pipeline.model.scan import Floats
from pipeline.register.frame import apply, corners_of, similarity
from pipeline.register.markers import Marker
from pipeline.settings import RegisterSettings

Group = list[Marker]


def group_markers(markers: list[Marker], layout: Layout, settings: RegisterSettings) -> list[Group]:
    """Groups of markers that belong to one page, largest first, then by page number."""
    groups: list[Group] = []
    for marker in markers:
        for group in groups:
            if _belongs(marker, group, layout, settings):
                group.append(marker)
                break
        else:
            groups.append([marker])
    return sorted(groups, key=lambda group: (-len(group), group[0].page, *group[0].centre))


def _belongs(marker: Marker, group: Group, layout: Layout, settings: RegisterSettings) -> bool:
    """Whether a marker shows the same page as the group's markers, in the same place."""
    if marker.page != group[0].page or any(marker.corner == other.corner for other in group):
        return False
    return all(_agree(marker, other, layout, settings) for other in group)


def _agree(one: Marker, other: Marker, layout: Layout, settings: RegisterSettings) -> bool:
    """Whether two markers put the middle of their page in the same place.

    The tolerance covers a telephone's perspective; two pages lie farther apart.
    """
    (a, scale_a), (b, scale_b) = _middle(one, layout), _middle(other, layout)
    scale = (scale_a * scale_b) ** 0.5
    if max(scale_a, scale_b) > settings.group_scale_ratio * min(scale_a, scale_b):
        return False
    return bool(np.linalg.norm(a - b) <= settings.group_distance_mm * scale)


def _middle(marker: Marker, layout: Layout) -> tuple[Floats, float]:
    """Where a marker puts the middle of its page, in pixels, and its pixels a millimetre."""
    box = layout.stamp.markers[marker.corner]
    matrix = similarity(corners_of(box), marker.corners)
    middle = np.array([[layout.page_size_mm[0] / 2, layout.page_size_mm[1] / 2]])
    return apply(matrix, middle)[0], float(np.hypot(matrix[0, 0], matrix[1, 0]))
