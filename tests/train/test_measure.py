"""The figures of the model card."""

import numpy as np
import pytest

from pipeline.model.interval import wilson
from pipeline.train import measure


def test_wilson_bounds():
    low, high = wilson(197, 200)
    assert (round(low, 4), round(high, 4)) == (0.9568, 0.9949)
    assert wilson(0, 500)[1] == pytest.approx(0.0076, abs=1e-4)


def test_a_perfectly_honest_confidence_has_no_error():
    rng = np.random.default_rng(3)
    confidence = rng.uniform(0.2, 1, 60_000)
    right = rng.random(60_000) < confidence
    assert measure.calibration_error(confidence, right) < 0.01
    assert measure.calibration_error(np.minimum(confidence + 0.1, 1.1), right) == pytest.approx(0.1, abs=0.01)


def test_the_temperature_of_overheated_scores_is_found():
    rng = np.random.default_rng(4)
    scores = rng.normal(0, 2, (20_000, 11))
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    y = (p.cumsum(axis=1) > rng.random((len(p), 1))).argmax(axis=1).astype(np.uint8)
    assert measure.temperature(scores * 2.5, y) == pytest.approx(2.5, rel=0.05)


def test_the_accepted_share_keeps_one_error_in_a_thousand():
    confidence = np.linspace(1, 0, 4000)
    right = np.ones(4000, bool)
    right[[1500, 2200, 3000, 3001, 3002, 3003]] = False
    assert measure._accepted(confidence, right) == pytest.approx(3000 / 4000, abs=1e-3)
