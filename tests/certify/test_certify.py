"""The certification itself: small runs, told truly, taken up again."""

import json
from collections import Counter

import numpy as np
import pytest

from pipeline.model.interval import wilson
from pipeline.model.layout import Box
from pipeline.rehearse import damage
from pipeline.settings import Settings
from tests.certify import __main__ as certify
from tests.certify import boxes, chunks, covering, report
from tests.certify.page import printed
from tests.certify.stamp import stamp

SETTINGS = Settings()


def counts(task, scan, number=0):
    sheet, page = boxes.one_page(task, scan, (9_000_000, number), SETTINGS)
    return boxes.tally(sheet, boxes.decide_sheet(page, SETTINGS))


def outcomes(found, kind=""):
    return {
        o: sum(n for (k, out), n in found.items() if out == o and kind in ("", k)) for o in ("right", "asked", "silent")
    }


@pytest.mark.slow
@pytest.mark.parametrize("scan", ["grey_300", "bitonal_200"])
def test_what_is_ticked_as_instructed_is_read_without_an_error(scan):
    of = outcomes(counts(boxes.INSTRUCTED, scan))
    assert sum(of.values()) == len(printed().fields) * boxes.OPTIONS
    assert of["silent"] == 0
    assert of["asked"] < 0.06 * sum(of.values())


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["dot", "circle", "cancelled", "fill"])
def test_hard_kinds_are_asked(kind):
    of = outcomes(counts(kind, "grey_300"), kind)
    assert of["asked"] > 0
    assert of["silent"] == 0


@pytest.mark.slow
def test_the_same_seed_gives_the_same_page():
    first, second = counts(boxes.INSTRUCTED, "grey_200", 3), counts(boxes.INSTRUCTED, "grey_200", 3)
    assert first == second


def test_blank_paper_is_blank():
    pixels = np.where(printed().blank < 128, 30, 240).astype(np.uint8)
    decisions = boxes.decide_sheet(boxes.read_sheet(pixels, SETTINGS), SETTINGS)
    assert {str(decision.status) for decision in decisions} == {"blank"}


def test_a_chunk_is_kept_whole_and_found_again(tmp_path):
    desk = chunks.Desk(folder=tmp_path, stamp="abc")
    key = chunks.Key(part="a", scan="grey_300", number=7)
    assert not desk.holds(key)
    desk.keep(key, Counter({("cross", "right"): 12, ("cross", "silent"): 1}), 3.0)
    assert desk.holds(key)
    assert list(desk.chunks()) == [("a", "grey_300", Counter({("cross", "right"): 12, ("cross", "silent"): 1}), 3.0)]
    assert not chunks.Desk(folder=tmp_path, stamp="other").holds(key)
    assert list(chunks.Desk(folder=tmp_path, stamp="other").chunks()) == []


def test_every_task_has_a_key_of_its_own_and_bars_are_reached():
    options = certify._options([])
    keys = [task.key for task in certify._tasks(options, SETTINGS)]
    assert len({key.name for key in keys}) == len(keys)
    per_chunk = certify.PAGES_A_CHUNK * len(printed().fields) * boxes.OPTIONS
    assert sum(key.part == "a" for key in keys) * per_chunk >= certify.VVSG
    assert {key.kind for key in keys if key.part == "c"} == set(boxes.HARD)


def test_two_shares_make_every_chunk_once(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(certify, "_drawn", lambda task, scan, seed, *_: lambda: made.append((task, seed)) or Counter())
    monkeypatch.setattr(certify.os, "nice", lambda _: 0)
    common = ["--parts", "ac", "--positions", "200000", "--desk", str(tmp_path)]
    certify.main([*common, "--share", "1/2"])
    first = len(made)
    certify.main([*common, "--share", "2/2"])
    tasks = list(certify._tasks(certify._options(common), SETTINGS))
    assert 0 < first < len(made) == len(set(made)) == len(tasks)
    certify.main(common)
    assert len(made) == len(tasks)


def test_what_a_note_hides_is_known_and_what_a_stain_darkens_is_not_hidden():
    side = np.full((2480, 1748), 200, np.uint8)
    plain = side.copy()
    with covering.watched() as covers:
        for name in ("sticky_note", "coffee", "low_toner"):
            damage.DAMAGES[name](side, 2480 / 210, np.random.default_rng(3))
    damage.DAMAGES["sticky_note"](plain, 2480 / 210, np.random.default_rng(3))
    boxes_mm = [Box(x=x, y=y, w=5, h=5) for x in range(10, 140, 8) for y in range(10, 200, 8)]
    hidden = [sum(cover.hides(box) for box in boxes_mm) for cover in covers]
    assert 40 < hidden[0] < 130
    assert hidden[1:] == [0, 0]
    assert (plain != 200).any()


@pytest.mark.slow
def test_the_stamp_changes_with_what_is_read_and_the_seed_only(tmp_path):
    from dataclasses import replace

    def stamped(settings, seed=1):
        return stamp(settings, seed, tmp_path, [(boxes.INSTRUCTED, "grey_300"), ("dot", "bitonal_200")], [])

    ticks = replace(SETTINGS, read=replace(SETTINGS.read, ink_floor_ratio=0.2))
    others = replace(SETTINGS, decide=replace(SETTINGS.decide, comb_silent_error_max=0.01))
    assert len({stamped(SETTINGS), stamped(ticks), stamped(SETTINGS, 2)}) == 3
    assert stamped(others) == stamped(SETTINGS)


def test_the_report_says_partial_runs_and_errors(tmp_path):
    desk = chunks.Desk(folder=tmp_path, stamp="abc")
    desk.keep(chunks.Key(part="a", scan="grey_300"), Counter({("cross", "right"): 990, ("empty", "silent"): 10}), 1.0)
    desk.keep(
        chunks.Key(part="c", scan="grey_300", kind="dot"), Counter({("dot", "asked"): 9, ("dot", "spared"): 9}), 1.0
    )
    text = report.text(desk, 1, SETTINGS)
    assert "10 silent errors in 1,000 positions (0 % of the positions asked for: a partial run)" in text
    assert "9 (100.0 %; bar 90 %)" in text


def test_the_report_adds_up_false_ticks_of_strays_and_folds(tmp_path):
    desk = chunks.Desk(folder=tmp_path, stamp="abc")
    instructed = {("empty, stray end", "right"): 90, ("empty, fold", "right"): 50, ("tick, fold", "silent"): 5}
    desk.keep(chunks.Key(part="a", scan="grey_300"), Counter(instructed), 1.0)
    hard = {("stray", "silent"): 1, ("stray", "asked"): 9, ("fold through the box", "asked"): 50}
    desk.keep(chunks.Key(part="c", scan="grey_300", kind="stray"), Counter(hard), 1.0)
    text = report.text(desk, 1, SETTINGS)
    assert "| stray end | 100 | 90 | 9 (9.00 %) | 1 |" in text
    assert "| fold | 100 | 50 | 50 (50.00 %) | 0 |" in text


def test_wilson_bounds_hold_the_share():
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(5, 100)
    assert low < 0.05 < high
    assert wilson(0, 1_549_703)[1] < 3e-6


def test_the_committed_report_tells_its_seed_and_versions():
    if report.PATH.exists():
        text = report.PATH.read_text(encoding="utf-8")
        assert f"seed {certify.SEED}" in text
        assert "opencv-python" in text
        assert json.dumps("stamp")[1:-1] in text
