"""A page that lost a marker is judged where something is read, and nowhere else."""

import numpy as np
import pytest

from pipeline.model.layout import Box, FieldBox, PageLayout
from pipeline.model.scan import Displacement
from pipeline.register.anchors import Anchors, Prints
from pipeline.register.field import fit_bend
from pipeline.register.match import Matches
from pipeline.register.verify import _runaway_mm, _Search
from pipeline.settings import RegisterSettings

NO_PRINT = Prints(px_per_mm=4.0, patches=[], corners_px=[])
MARKERS = np.array([[9.0, 9.0], [139.0, 9.0], [139.0, 201.0], [9.0, 201.0]])
WAVE = Displacement(dx=(0.0,) * 11, dy=(0.0, 0.0, 0.0, 3.0, 0.0, 0.0, -12.0, 0.0, 0.0, 0.0, 10.0))
"""A bend along the page's width that a field of order 3 cannot follow."""


def search(markers, anchors_up_to_mm):
    """A bent page, its print found up to some distance from the left edge."""
    lattice = np.meshgrid(np.linspace(15, anchors_up_to_mm, 7), np.linspace(20, 190, 9))
    points = np.stack(lattice, axis=-1).reshape(-1, 2)
    corners = Matches(
        centres_mm=MARKERS[:markers], shifts_mm=WAVE.shifts_at(MARKERS[:markers]), likeness=np.ones(markers)
    )
    anchors = Anchors(centres_mm=points, coarse=NO_PRINT, fine=NO_PRINT)
    found = _Search(
        anchors=anchors,
        corners=corners,
        settings=RegisterSettings(),
        shifts=WAVE.shifts_at(points),
        likeness=np.ones(len(points)),
    )
    bend = fit_bend(
        Matches(centres_mm=points, shifts_mm=found.shifts, likeness=found.likeness), 0.5, 0.3, corners, highest_order=4
    )
    return found, bend


def page(*boxes):
    return PageLayout(
        number=1, fields=tuple(FieldBox(name=f"f{n}", type="text", box=box) for n, box in enumerate(boxes)), frames=()
    )


NEAR, FAR = Box(x=40, y=90, w=20, h=10), Box(x=122, y=150, w=12, h=40)


@pytest.mark.parametrize(
    ("markers", "boxes", "expected"),
    [(2, (NEAR,), False), (2, (NEAR, FAR), True), (4, (NEAR, FAR), False), (2, (), False)],
)
def test_only_what_is_read_far_from_all_print_counts(markers, boxes, expected):
    found, bend = search(markers, anchors_up_to_mm=110.0)
    assert (_runaway_mm(found, bend, page(*boxes)) > RegisterSettings().runaway_limit_mm) is expected
