"""The whole training, from handwriting on disk to the networks and their card."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import nn

from pipeline.read.engines import digits
from pipeline.train import card, export, measure, network, sets
from pipeline.train.fit import Material, Schedule, train
from pipeline.train.pages import page_cells
from pipeline.train.recipe import Examples, Recipe, examples

log = logging.getLogger(__name__)

TRAIN_SEED, VALIDATION_SEED, TEST_SEED = 1, 2, 3
SHEETS, JUDGING_SHEETS = 400, 80
"""Printed pages filled for training; those for validation, and as many for the test."""
PAGES_TIMES = 2
"""How often an epoch shows each cell of those pages."""
PLAIN_TIMES = {"MNIST": 14, "Semeion": 20, "Pendigits": 2}
"""How often an epoch shows each real digit as it is, neither damaged nor written anew, only bent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is drawn and how long is trained: the first member, and each one asked in doubt."""

    examples: tuple[int, int] = (200_000, 110_000)
    epochs: tuple[int, int] = (6, 5)
    doubters: int = 2
    processes: int = 1


def rebuild(folder: Path, out: Path, effort: Effort) -> dict[str, Any]:
    """Draws the examples, trains the members, writes networks and card; returns the card.

    The members asked in doubt come first and teach the first one, which alone sees
    every cell of a reading.
    """
    started = _cpu()
    torch.set_num_threads(1)
    found = sets.load(folder)
    lifelike = _lifelike(found["validation"], effort.processes)
    validation = measure.joined([_mixed(found["validation"], effort.processes), lifelike])
    pages = page_cells(found["train"], sheets=SHEETS, seed=TRAIN_SEED, processes=effort.processes)
    drawn = _drawn(found["train"], effort)
    log.info("%d exemples dessinés, %d de pages imprimées", len(drawn.y), len(pages.y))
    plenty = [Material(examples=drawn, strength=0), Material(examples=pages)]
    some = Material(examples=Examples(x=drawn.x[: effort.examples[1]], y=drawn.y[: effort.examples[1]]))
    mixed = [some, Material(examples=pages, times=PAGES_TIMES), *_plain(found["train"])]
    quick, patient = (Schedule(epochs=epochs) for epochs in effort.epochs)
    wary = [train(mixed, validation, patient, seed, layers=network.DOUBT) for seed in range(effort.doubters)]
    first = train(plenty, validation, quick, effort.doubters, layers=network.GLANCE, teachers=wary)
    spent = _cpu() - started
    glance = export.graph([network.frozen(first, network.GLANCE)])
    doubt = export.graph([network.frozen(one, network.DOUBT) for one in wary])
    reader = fitted(glance, doubt, effort.doubters, lifelike)
    training = {
        "data": sets.digests(folder),
        "seed": TRAIN_SEED,
        "code": _commit(),
        "calibrated": _commit(),
        "examples": effort.examples,
        "page_cells": len(pages.y),
        "cells_sha256": {"drawn": fingerprint(drawn), "pages": fingerprint(pages)},
        "given_before_by": card.given_before_by(out, (glance, doubt)),
        "page_times": PAGES_TIMES,
        "plain_times": PLAIN_TIMES,
        "epochs": effort.epochs,
        "members": 1 + effort.doubters,
        "weights": [_weights(first), *(_weights(one) for one in wary)],
        "torch": torch.__version__,
        "cpu_minutes": round(spent / 60),
        "validation_writers": sorted(sets.PEN_VALIDATION),
        "test_writers": sorted(sets.PEN_TEST),
    }
    return report(
        out, (glance, doubt), reader=reader, test=found["test"], training=training, processes=effort.processes
    )


def calibrate(folder: Path, out: Path, processes: int) -> dict[str, Any]:
    """Temperatures and card once more for the networks in ``out``, after a change of what the reading cuts."""
    found = sets.load(folder)
    known = json.loads((out / digits.CARD.name).read_text(encoding="utf-8"))
    glance, doubt = ((out / path.name).read_bytes() for path in (digits.GLANCE, digits.DOUBT))
    reader = fitted(glance, doubt, known["doubters"], _lifelike(found["validation"], processes))
    training = known["training"] | {"calibrated": _commit()}
    return report(out, (glance, doubt), reader=reader, test=found["test"], training=training, processes=processes)


def fitted(glance: bytes, doubt: bytes, doubters: int, validation: Examples) -> digits.Reader:
    """The reader whose two temperatures suit the validation writers, on paper as it is mostly scanned."""
    networks = [cv2.dnn.readNetFromONNX(np.frombuffer(content, np.uint8)) for content in (glance, doubt)]
    cold = digits.Reader(glance=networks[0], doubt=networks[1], doubters=doubters, temperatures=(1.0, 1.0))
    x = np.divide(validation.x, 255, dtype=np.float32)
    first, together = (measure.batched(looks, x) for looks in (cold.first_scores, cold.all_scores))
    heat = measure.temperature(first, validation.y)
    doubted = digits.shares(first, heat).max(axis=1) < digits.SURE
    log.info("premier regard suffisant pour %.1f %% des cases", 100 * (1 - doubted.mean()))
    return digits.Reader(
        glance=networks[0],
        doubt=networks[1],
        doubters=doubters,
        temperatures=(heat, measure.temperature(together[doubted], validation.y[doubted])),
    )


def report(
    out: Path,
    contents: tuple[bytes, bytes],
    *,
    reader: digits.Reader,
    test: sets.Sets,
    training: dict[str, Any],
    processes: int,
) -> dict[str, Any]:
    """Measures on the writers held out; writes networks and card."""
    tests = measure.held_out(test, seed=TEST_SEED, processes=processes)
    tests["printed pages"] = page_cells(test, sheets=JUDGING_SHEETS, seed=TEST_SEED, processes=processes)
    quiet = measure.no_digits(test, seed=TEST_SEED, processes=processes)
    result = card.card(
        contents,
        temperatures=reader.temperatures,
        doubters=reader.doubters,
        training=training | {"cpu_ms_per_cell": _pace(reader, test)},
        scores=[measure.score(name, reader.probabilities, part) for name, part in tests.items()],
        silence=measure.silence(reader.probabilities, quiet),
    )
    card.write(out, contents, result)
    log.info("%s", card.text(result))
    return result


def _drawn(found: sets.Sets, effort: Effort) -> Examples:
    """Cells drawn one by one: all for the first member, the first of them for those asked in doubt."""
    recipe = Recipe(hand_seed=TRAIN_SEED)
    return examples(found, recipe, count=max(effort.examples), seed=TRAIN_SEED, processes=effort.processes)


def fingerprint(found: Examples) -> str:
    """SHA-256 of prepared cells and their classes: where it is the same, so is what training sees."""
    return hashlib.sha256(found.x.tobytes() + found.y.tobytes()).hexdigest()


def _plain(found: sets.Sets) -> list[Material]:
    """Real digits as they are, bent anew in every epoch as far as a digit stays the same."""
    known = measure.plain(found, TRAIN_SEED)
    return [Material(examples=part, times=PLAIN_TIMES[name], strength=1, share=1) for name, part in known.items()]


def _mixed(found: sets.Sets, processes: int) -> Examples:
    """Validation writers on paper as bad as in training."""
    return examples(found, Recipe(hand_seed=VALIDATION_SEED), count=8000, seed=VALIDATION_SEED, processes=processes)


def _lifelike(found: sets.Sets, processes: int) -> Examples:
    """Validation writers on printed pages and as they are: probabilities are to be honest there."""
    pages = page_cells(found, sheets=JUDGING_SHEETS, seed=VALIDATION_SEED, processes=processes)
    return measure.joined([pages, *measure.plain(found, VALIDATION_SEED).values()])


def _commit() -> str:
    """The commit whose code trains; empty outside a clone."""
    told = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    return subprocess.run(told, capture_output=True, text=True, check=False).stdout.strip()


def _weights(member: nn.Sequential) -> int:
    """Numbers that a member has learnt."""
    return sum(part.numel() for part in member.parameters())


def _pace(reader: digits.Reader, found: sets.Sets) -> float:
    """CPU milliseconds a cell, preparation included, the best of a few runs."""
    cv2.setNumThreads(1)
    cells = [cv2.resize(255 - image, (40, 56)) for image in found.mnist.x[::10]]
    best = np.inf
    for _ in range(7):
        before = time.process_time()
        prepared = [image for cell in cells if (image := digits.prepare(cell)) is not None]
        reader.probabilities(np.stack(prepared))
        best = min(best, (time.process_time() - before) / len(cells))
    return round(1000 * float(best), 2)


def _cpu() -> float:
    """CPU seconds of this process and of those it has ended."""
    times = os.times()
    return float(times.user + times.system + times.children_user + times.children_system)
