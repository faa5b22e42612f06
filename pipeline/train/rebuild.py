"""From handwriting to network and card, in one go."""

from __future__ import annotations

import logging
import os
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from pipeline.read.engines import digits
from pipeline.train import card, export, measure, sets
from pipeline.train.fit import Schedule, train
from pipeline.train.network import frozen
from pipeline.train.recipe import Examples, Recipe, examples

log = logging.getLogger(__name__)

TRAIN_SEED, VALIDATION_SEED, TEST_SEED = 1, 2, 3


def rebuild(folder: Path, out: Path, *, count: int, epochs: int, members: int, processes: int) -> dict[str, Any]:
    """Draws the examples, trains the members, writes network and card; returns the card."""
    started = _cpu()
    found = sets.load(folder)
    drawn = examples(found["train"], Recipe(), count=count, seed=TRAIN_SEED, processes=processes)
    validation = _validation(found["validation"], processes)
    log.info("%d exemples dessinés", len(drawn.y))
    schedule = Schedule(epochs=epochs)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        trained = list(pool.map(_member, repeat(drawn), repeat(validation), repeat(schedule), range(members)))
    content = export.graph(trained)
    spent = _cpu() - started
    network = cv2.dnn.readNetFromONNX(np.frombuffer(content, np.uint8))

    def scorer(batch: np.ndarray) -> np.ndarray:
        return digits.scores(network, batch)

    heat = measure.temperature(measure.scored(scorer, validation), validation.y)
    tests = measure.held_out(found["test"], seed=TEST_SEED, processes=processes)
    training = {
        "data": sets.digests(folder),
        "seed": TRAIN_SEED,
        "examples": count,
        "epochs": epochs,
        "members": members,
        "weights": sum(part.weight.size + part.bias.size for part in (*trained[0][0], trained[0][1])),
        "torch": torch.__version__,
        "cpu_minutes": round(spent / 60),
        "cpu_ms_per_cell": _pace(network, found["test"]),
        "validation_writers": sorted(sets.PEN_VALIDATION),
        "test_writers": sorted(sets.PEN_TEST),
    }
    result = card.card(
        content,
        temperature=heat,
        training=training,
        scores=[measure.score(name, scorer, part, heat) for name, part in tests.items()],
        silence=measure.silence(scorer, measure.no_digits(found["test"], seed=TEST_SEED, processes=processes), heat),
    )
    card.write(out, content, result)
    log.info("%s", card.text(result))
    return result


def _validation(found: sets.Sets, processes: int) -> Examples:
    """Validation writers on all kinds of paper."""
    mixed = examples(found, Recipe(hand_seed=VALIDATION_SEED), count=8000, seed=VALIDATION_SEED, processes=processes)
    plain = [measure.images(found.mnist), measure.images(found.semeion)]
    return measure.joined([mixed, *plain, measure.drawings(found.pendigits, VALIDATION_SEED)])


def _member(drawn: Examples, validation: Examples, schedule: Schedule, index: int) -> export.Member:
    """One member, in its own process."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    return frozen(train(drawn, validation, schedule, index))


def _pace(network: cv2.dnn.Net, found: sets.Sets) -> float:
    """CPU milliseconds a cell, preparation included, the best of a few runs."""
    cv2.setNumThreads(1)
    cells = [cv2.resize(255 - image, (40, 56)) for image in found.mnist.x[::10]]
    best = np.inf
    for _ in range(7):
        before = time.process_time()
        prepared = [image for cell in cells if (image := digits.prepare(cell)) is not None]
        digits.scores(network, np.stack(prepared))
        best = min(best, (time.process_time() - before) / len(cells))
    return round(1000 * float(best), 2)


def _cpu() -> float:
    """CPU seconds of this process and of those it has ended."""
    times = os.times()
    return float(times.user + times.system + times.children_user + times.children_system)
