"""The same page met several times."""

import itertools
import zlib

import numpy as np
import pytest

from pipeline.decide.pages import stand, writings
from pipeline.decide.sameink import same_ink
from pipeline.model.result import Disposition
from pipeline.settings import DecideSettings
from tests.decide import papers as p

WRITING = [(30, 40, 6), (60, 80, 8), (100, 150, 5)]


def shifted(dx, dy):
    return p.ink_of(*((x + dx, y + dy, side) for x, y, side in WRITING))


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (1, 0), (0, 1), (1, 1), (-1, 1)])
def test_a_millimetre_is_the_same_ink(dx, dy):
    assert same_ink(p.ink_of(*WRITING), shifted(dx, dy), p.WIDTH, p.SETTINGS)


def test_specks_are_the_same_ink():
    assert same_ink(p.ink_of(*WRITING), p.ink_of(*WRITING, (120, 20, 1), (20, 120, 1)), p.WIDTH, p.SETTINGS)


def test_folds_at_the_edge_and_streaks_are_not_writing():
    fold = [(147, y, 1) for y in range(200)]
    streak = [(70, y, 1) for y in range(210)]
    assert same_ink(p.ink_of(*WRITING), p.ink_of(*WRITING, *fold, *streak), p.WIDTH, p.SETTINGS)


def test_one_more_answer_is_another_ink():
    assert not same_ink(p.ink_of(*WRITING), p.ink_of(*WRITING, (120, 20, 4)), p.WIDTH, p.SETTINGS)
    assert not same_ink(p.ink_of(*WRITING, (120, 20, 4)), p.ink_of(*WRITING), p.WIDTH, p.SETTINGS)


def test_two_pages_bare_of_ink_are_the_same_and_a_missing_map_is_bare():
    assert same_ink(p.ink_of(), p.ink_of((50, 50, 1)), p.WIDTH, p.SETTINGS)
    assert same_ink(b"", p.ink_of(), p.WIDTH, p.SETTINGS)
    assert not same_ink(b"", p.ink_of(*WRITING), p.WIDTH, p.SETTINGS)


def outcome(pages):
    return {s.page.key: s.disposition for s in stand(writings(pages, p.WIDTH, p.SETTINGS))}


def test_of_one_writing_the_best_scan_is_placed_whatever_the_order():
    pages = [
        p.a_page(side=side, residual=residual, ink_map=p.ink_of(*WRITING))
        for side, residual in ((1, 0.3), (2, 0.1), (3, 0.2))
    ]
    for order in itertools.permutations(pages):
        assert outcome(order) == {
            pages[0].key: Disposition.DUPLICATE,
            pages[1].key: Disposition.PLACED,
            pages[2].key: Disposition.DUPLICATE,
        }


def test_two_writings_are_in_conflict_and_none_is_placed():
    pages = [
        p.a_page(side=1, ink_map=p.ink_of(*WRITING)),
        p.a_page(side=2, ink_map=shifted(1, 0), residual=0.2),
        p.a_page(side=3, ink_map=p.ink_of((70, 20, 6))),
    ]
    for order in itertools.permutations(pages):
        assert outcome(order) == {
            pages[0].key: Disposition.CONFLICT,
            pages[1].key: Disposition.DUPLICATE,
            pages[2].key: Disposition.CONFLICT,
        }


def test_other_pages_are_left_alone():
    pages = [p.a_page(side=1, page=2, ink_map=p.ink_of(*WRITING)), p.a_page(side=2, page=5, ink_map=p.ink_of())]
    assert set(outcome(pages).values()) == {Disposition.PLACED}


def _map_with(draw):
    ink = np.zeros((210, 148), np.uint8)
    draw(ink)
    return zlib.compress(ink.tobytes())


@pytest.mark.parametrize("turned", [False, True])
def test_a_streak_from_edge_to_edge_is_no_writing(turned):
    def streaked(ink):
        ink[40:43, 20:60] = 120
        if turned:
            ink[:, 70] = 90
        else:
            ink[120, :] = 90

    def clean(ink):
        ink[40:43, 20:60] = 120

    assert same_ink(_map_with(streaked), _map_with(clean), 148, DecideSettings())


def test_a_line_written_between_the_margins_is_writing():
    def struck(ink):
        ink[120:122, 12:136] = 90

    assert not same_ink(_map_with(struck), _map_with(lambda ink: None), 148, DecideSettings())


def test_a_page_marked_all_over_is_not_taken_for_streaks():
    def grey(ink):
        ink[:, :] = 90

    def other(ink):
        ink[:, :] = 90
        ink[60:80, 30:60] = 0

    assert not same_ink(_map_with(grey), _map_with(other), 148, DecideSettings())
