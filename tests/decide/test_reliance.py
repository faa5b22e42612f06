"""Calibrated confidences: rising curves, borders, and what staff are told to expect."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.decide import forecasts
from pipeline.decide.isotonic import at, isotonic
from pipeline.decide.marks import Sight, decide_choice
from pipeline.decide.reliance import TOLERANCES, reliance
from pipeline.decide.writer import Writer
from pipeline.model.decision import FieldDecision, Status
from tests.decide import papers as p

JUDGED = st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=1, max_size=200)


@given(JUDGED, st.lists(st.floats(-6, 6), min_size=2, max_size=10))
def test_a_fitted_curve_never_falls_and_is_never_certain(judged, scores):
    knots = isotonic(judged, least=5)
    found = [at(knots, score) for score in sorted(scores)]
    assert found == sorted(found) or max(a - b for a, b in pairwise(found)) < 0.2
    assert all(0 < share < 1 for share in found)


@given(JUDGED)
def test_a_fitted_curve_keeps_the_share_of_right_ones(judged):
    knots = isotonic(judged, least=1000)
    assert len(knots) == 1
    assert knots[0][1] == pytest.approx((sum(right for _, right in judged) + 0.5) / (len(judged) + 1))


def test_every_sight_has_a_curve_and_its_provenance():
    table = reliance()
    assert set(table.curves) == {str(sight) for sight in Sight}
    for sight in Sight:
        assert all(0 < table.sure(sight, score) < 1 for score in (0.0, 3.0, 9.0, 40.0))


def test_more_errors_tolerated_never_ask_more():
    borders = [reliance().border(tolerated) for tolerated in (0.0, *TOLERANCES, 1e6)]
    assert borders == sorted(borders, reverse=True)
    assert borders[0] < 1


def test_the_setting_moves_doubts_and_never_rules():
    field = p.a_choice("q", "ABCD")
    lax = replace(p.SETTINGS, tick_errors_tolerated=1e6)
    writer = Writer(darkness=0.57, ink=0.3)

    def status(settings, **marks):
        reading = p.ticks("q", **{code: marks.get(code, p.EMPTY) for code in "ABCD"})
        return decide_choice(field, reading, writer, settings).status

    assert status(p.SETTINGS, B=p.DOT) is Status.REVIEW
    assert status(lax, B=p.DOT) is Status.ACCEPTED
    for marks in ({"A": p.CROSS, "B": p.CROSS}, {"B": p.BLACK}, {"B": p.CIRCLE}, {"B": p.PENCIL}):
        assert status(lax, **marks) is Status.REVIEW


def a_decision(confidence, *reasons):
    status = Status.REVIEW if reasons else Status.ACCEPTED
    return FieldDecision(
        field="q", type="choice", raw="A", value="A", status=status, confidence=confidence, reasons=reasons
    )


def test_forecasts_count_questions_at_each_tolerance():
    decisions = [a_decision(0.9999)] * 10 + [a_decision(0.4, "stray_mark"), a_decision(0.9999, "several_marks")]
    decisions.append(replace(a_decision(0.2, "uncertain_digit"), type="comb"))
    found = forecasts(decisions, p.SETTINGS)
    assert found[0].tolerated == p.SETTINGS.tick_errors_tolerated
    assert found[0].questions == 2
    assert [forecast.questions for forecast in found] == sorted((f.questions for f in found), reverse=True)
    assert found[0].errors == pytest.approx(10 * 0.0001, abs=1e-6)


def test_the_table_says_from_what_it_was_made():
    from pipeline.decide import reliance as module

    table = Path(module.__file__).with_name("ticks.json")
    provenance = json.loads(table.read_text(encoding="utf-8"))["provenance"]
    assert provenance["boxes"] > 50_000
    assert len(provenance["seeds"]) == 2
