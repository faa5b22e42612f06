"""Scans that belong together, and whose they are, whatever the order in which they came."""

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import decide
from pipeline.decide.versions import runs
from pipeline.model.result import Disposition
from pipeline.model.versions import Choice, VersionVerdict
from tests.decide import papers as p

SECOND = "26-000001-26"
SHELF = p.a_shelf(p.a_form(p.a_choice("q", "AB"), pages=(2, 5, 7)))


def scan(sha, page, side, spot=None, **more):
    ink = p.ink_of(*([(*spot, 6)] if spot else []))
    return p.a_page(p.ticks("q", A=p.CROSS, B=p.EMPTY), page=page, side=side, ink_map=ink, sha=sha, **more)


MINE = [scan("aa", 2, 1, (20, 40)), scan("aa", 5, 2, (20, 40)), scan("aa", 7, 3)]
THEIRS = [scan("bb", 2, 1, (80, 40)), scan("bb", 5, 2, (80, 40)), scan("bb", 7, 3)]


def said(choice, pages, over=(), copy=""):
    return VersionVerdict(
        carnet=p.CARNET, choice=choice, pages=tuple(one.key for one in pages), over=tuple(one.key for one in over),
        copy=copy, day="2026-11-22",
    )  # fmt: skip


def run(pages, *choices):
    context = dataclasses.replace(p.CONTEXT, choices=choices)
    return {page.key: page for page in decide.decide_carnet(pages, SHELF, context, p.SETTINGS)}


def fate(found, page):
    one = found[page.key]
    return one.carnet, one.disposition, one.reason


def test_pages_that_follow_each_other_belong_together():
    far = scan("aa", 2, 9, (90, 90))
    twice = [scan("cc", 2, 1), scan("cc", 2, 2), scan("cc", 5, 3)]
    found = runs([*MINE, far, *twice])
    assert [[(page.source.sha256, page.source.side) for page in run] for run in found] == [
        [("aa", 1), ("aa", 2), ("aa", 3)],
        [("aa", 9)],
        [("cc", 1)],
        [("cc", 2), ("cc", 3)],
    ]


def test_pages_laid_on_the_glass_one_by_one_belong_together():
    def glass(number, page, sha):
        one = scan(sha, page, 1)
        return dataclasses.replace(one, source=dataclasses.replace(one.source, path=f"vitre/IMG_{number:04d}.jpg"))

    pages = [glass(9, 2, "cc"), glass(10, 5, "bb"), glass(11, 7, "aa"), glass(12, 2, "dd"), glass(17, 5, "ee")]
    assert [[page.source.sha256 for page in run] for run in runs(pages[::-1])] == [["cc", "bb", "aa"], ["dd"], ["ee"]]


def test_a_scan_of_what_gave_way_gives_way_too():
    later = said(Choice.LATER_STATE, THEIRS[:2], MINE[:2])
    again = scan("cc", 5, 1, (20, 40), residual=0.01)
    assert fate(run([*MINE, *THEIRS, again], later), again) == ("", Disposition.DUPLICATE, "earlier_state")


def test_versions_in_conflict_are_told_apart_by_what_was_scanned_together():
    found = run([*MINE, *THEIRS])
    assert {found[page.key].bundle for page in MINE} == {MINE[0].key}
    assert {found[page.key].bundle for page in THEIRS} == {THEIRS[0].key}
    assert not any(page.bundle for page in run(MINE).values()), "nothing to settle, nothing to put together"


def test_a_writing_scanned_twice_joins_its_scans_into_one_version():
    again = [scan("cc", 2, 8, (20, 40)), scan("cc", 5, 9, (20, 40))]
    found = run([*MINE, *THEIRS, *again])
    assert {found[page.key].bundle for page in (*MINE, *again)} == {MINE[0].key}


def test_a_carnet_given_back_and_filled_on_is_a_version_of_its_own():
    later = [scan("cc", 2, 1, (20, 40)), scan("cc", 5, 2, (60, 120))]
    found = run([*MINE, *later])
    assert found[later[1].key].bundle != found[MINE[1].key].bundle
    assert found[later[0].key].bundle == "", "page 2 is the same in both: it goes with neither"


def test_another_persons_pages_count_under_their_number_each_by_its_own_writer():
    found = run([*MINE, *THEIRS], said(Choice.OTHER_PERSON, THEIRS, copy=SECOND))
    assert {fate(found, page) for page in MINE} == {("", Disposition.PLACED, "")}
    assert {fate(found, page) for page in THEIRS} == {(SECOND, Disposition.PLACED, "")}


def test_what_comes_later_follows_its_writing_and_bare_pages_follow_what_they_were_scanned_with():
    moved = said(Choice.OTHER_PERSON, THEIRS, copy=SECOND)
    again, bare = scan("cc", 5, 1, (80, 40)), scan("cc", 7, 2)
    found = run([*MINE, *THEIRS, again, bare], moved)
    assert fate(found, again) == (SECOND, Disposition.DUPLICATE, "same_ink")
    assert fate(found, bare) == (SECOND, Disposition.DUPLICATE, "same_ink")
    alone = run([*MINE, *THEIRS, bare], moved)
    assert fate(alone, bare) == ("", Disposition.DUPLICATE, "same_ink"), "a bare page alone is nobody's in particular"


def test_a_mixed_run_carries_nothing_along():
    moved = said(Choice.OTHER_PERSON, THEIRS, copy=SECOND)
    theirs, mine, bare = scan("cc", 5, 1, (80, 40)), scan("cc", 2, 2, (20, 40)), scan("cc", 7, 3)
    found = run([*MINE, *THEIRS, theirs, mine, bare], moved)
    assert fate(found, theirs)[0] == SECOND
    assert {fate(found, page)[0] for page in (mine, bare)} == {""}


def test_of_two_answers_on_one_pair_the_later_counts_and_a_circle_is_a_conflict():
    first, second, third = MINE[0], THEIRS[0], scan("cc", 2, 1, (50, 150))
    better = said(Choice.BETTER_SCAN, [first], [second])
    later = said(Choice.LATER_STATE, [second], [first])
    found = run([first, second], better, later)
    assert fate(found, first) == ("", Disposition.DUPLICATE, "earlier_state")
    assert found[first.key].twin == "", "what was answered there does not hold for the later state"
    back = said(Choice.REOPENED, [second])
    assert fate(run([first, second], better, later, back), first)[1] is Disposition.CONFLICT
    three = [first, second, third]
    circle = [
        said(Choice.LATER_STATE, [one], [other]) for one, other in zip(three, [second, third, first], strict=True)
    ]
    assert {fate(run(three, *circle), one)[1] for one in three} == {Disposition.CONFLICT}


def test_verdicts_pass_from_a_worse_scan_to_the_better_one_through_every_step():
    first, second, third = MINE[0], THEIRS[0], scan("cc", 2, 1, (50, 150))
    steps = said(Choice.BETTER_SCAN, [second], [first]), said(Choice.BETTER_SCAN, [third], [second])
    found = run([first, second, third], *steps)
    assert found[first.key].twin == found[second.key].twin == third.key


@settings(deadline=None, max_examples=8)
@given(st.permutations([*MINE, *THEIRS, scan("cc", 5, 1, (80, 40)), scan("cc", 7, 2), scan("dd", 2, 4, (20, 40))]))
def test_the_order_of_arrival_changes_nothing(pages):
    choices = said(Choice.OTHER_PERSON, THEIRS, copy=SECOND), said(Choice.BETTER_SCAN, [MINE[0]], [THEIRS[0]])
    assert run(pages, *choices) == run(sorted(pages, key=lambda page: page.key), *choices)
