"""A page that lost a marker is judged where something is read, and nowhere else."""

import numpy as np
import pytest

from pipeline.model.layout import Box, FieldBox, PageLayout
from pipeline.model.scan import Displacement
from pipeline.register.anchors import Anchors, Prints
from pipeline.register.field import fit_bend
from pipeline.register.match import Matches
from pipeline.register.resample import Look
from pipeline.register.verify import _broken_mm, _runaway_mm, _Search
from pipeline.settings import RegisterSettings

NO_PRINT = Prints(px_per_mm=4.0, size_px=32, patches=[], corners_px=np.zeros((0, 2), np.int64))
MARKERS = np.array([[9.0, 9.0], [139.0, 9.0], [139.0, 201.0], [9.0, 201.0]])
WAVE = Displacement(dx=(0.0,) * 11, dy=(0.0, 0.0, 0.0, 4.8, 0.0, 0.0, -19.2, 0.0, 0.0, 0.0, 16.0))
"""A bend along the page's width that a field of order 3 cannot follow."""


def search(markers, anchors_up_to_mm):
    """A bent page, its print found up to some distance from the left edge."""
    lattice = np.meshgrid(np.linspace(15, anchors_up_to_mm, 7), np.linspace(20, 190, 9))
    points = np.stack(lattice, axis=-1).reshape(-1, 2)
    corners = Matches(
        centres_mm=MARKERS[:markers], shifts_mm=WAVE.shifts_at(MARKERS[:markers]), likeness=np.ones(markers)
    )
    anchors = Anchors(centres_mm=points, distinct=np.ones(len(points), bool), coarse=NO_PRINT, fine=NO_PRINT)
    found = _Search(
        anchors=anchors,
        corners=corners,
        settings=RegisterSettings(),
        shifts=WAVE.shifts_at(points),
        likeness=np.ones(len(points)),
        astray_mm=RegisterSettings().astray_mm,
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


ONE = 23
"""An anchor with few others beyond it: alone astray, it looks like a step across the page."""


def held(likeness_of_one, off_mm, others=(), rule=-1):
    """A flat page of 40 anchors of which one is seen ``off_mm`` from its place, and others off by so much.

    ``rule`` is the number of an anchor that is like the print beside it.
    """
    points = np.random.default_rng(3).uniform((14, 20), (134, 190), (40, 2))
    shifts, likeness = np.zeros_like(points), np.full(len(points), 0.95)
    shifts[ONE], likeness[ONE] = (0.8 * off_mm, 0.6 * off_mm), likeness_of_one
    for number, off in enumerate(others):
        shifts[number] = (0.0, off)
    corners = Matches(centres_mm=MARKERS, shifts_mm=np.zeros((4, 2)), likeness=np.ones(4))
    found = _Search(
        anchors=Anchors(centres_mm=points, distinct=np.arange(len(points)) != rule, coarse=NO_PRINT, fine=NO_PRINT),
        corners=corners,
        settings=RegisterSettings(),
        shifts=shifts,
        likeness=likeness,
        astray_mm=RegisterSettings().astray_mm,
    )
    return found, found.field()


@pytest.mark.parametrize(
    ("likeness", "off_mm"), [(0.61, 4.6), (0.68, 1.6), (0.62, 4.3), (0.77, 2.0), (0.85, 3.2), (0.62, 0.9), (0.95, 0.3)]
)
def test_one_anchor_captured_by_other_print_is_no_fold(likeness, off_mm):
    assert _broken_mm(*held(likeness, off_mm)) is None


@pytest.mark.parametrize(("likeness", "off_mm"), [(0.86, 1.2), (0.8, 0.7), (0.9, 0.6)])
def test_one_anchor_plainly_off_its_place_is_a_folded_corner(likeness, off_mm):
    assert _broken_mm(*held(likeness, off_mm)) == pytest.approx(off_mm, abs=0.2)


def test_a_piece_of_a_rule_alone_astray_slid_along_it():
    assert _broken_mm(*held(0.86, 0.6)) is not None
    assert _broken_mm(*held(0.86, 0.6, rule=ONE)) is None


def test_two_anchors_off_their_place_are_a_fold_however_alike(settings):
    assert _broken_mm(*held(0.62, 0.9, others=(0.7,))) is not None


@pytest.mark.parametrize("printed_there", [True, False])
def test_an_anchor_captured_by_other_print_is_claimed_back_where_it_looks_more_alike(printed_there):
    rng = np.random.default_rng(3)
    patch = rng.integers(0, 255, (24, 24)).astype(np.uint8)
    look = rng.integers(0, 255, (200, 200)).astype(np.uint8)
    if printed_there:
        look[80:104, 84:108] = patch  # a millimetre off its printed place, as the whole page is
    prints = Prints(
        px_per_mm=4.0, size_px=len(patch), patches=[patch.astype(np.float32)], corners_px=np.array([[80, 80]])
    )
    corners = Matches(centres_mm=MARKERS, shifts_mm=np.tile([1.0, 0.0], (4, 1)), likeness=np.ones(4))
    found = _Search(
        anchors=Anchors(centres_mm=np.array([[23.0, 23.0]]), distinct=np.array([True]), coarse=prints, fine=prints),
        corners=corners,
        settings=RegisterSettings(),
        shifts=np.array([[0.0, 0.0]]),
        likeness=np.array([0.8]),
        astray_mm=RegisterSettings().astray_mm,
    )
    bend = fit_bend(corners, 0.5, 0.3, corners, highest_order=1)
    astray = found.astray(bend)
    assert astray.tolist() == [True]
    found.claim(Look(pixels=look, to_source=np.eye(3), size=look.shape[::-1]), bend, astray)
    assert found.astray(bend).tolist() == [not printed_there]
