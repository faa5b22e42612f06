"""How well the network reads writers it has never met: right, calibrated, and silent on scribbles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.model.interval import wilson
from pipeline.model.scan import Grey
from pipeline.read.engines.digits import prepare
from pipeline.train.ink import Pen, drawn
from pipeline.train.negatives import NO_DIGIT
from pipeline.train.paper import clean
from pipeline.train.recipe import SHARES, Examples, Recipe, examples
from pipeline.train.sets import Drawings, Images, Sets

Looks = Callable[[npt.NDArray[np.float32]], npt.NDArray[Any]]
"""Prepared cells to scores or probabilities (n, 11)."""

PENS = (0.045, 0.08, 0.14)
"""Widths of trace with which each held-out pen drawing is drawn."""

ACCEPTED_ERROR = 0.001
SURE = 0.99
DRAWN = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Result on one held-out set.  ``accepted``: share of cells above the confidence that leaves one error in 1000."""

    name: str
    n: int
    right: int
    low: float
    high: float
    ece: float
    accepted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Cells that hold no digit, and how many of them look like a sure one."""

    n: int
    sure: int
    high: float


def calibration_error(confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], bins: int = 15) -> float:
    """Expected calibration error over bins of equal number."""
    order = np.argsort(confidence, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return float(sum(len(p) * abs(confidence[p].mean() - right[p].mean()) for p in parts) / len(confidence))


def temperature(raw: npt.NDArray[np.float64], y: npt.NDArray[np.uint8]) -> float:
    """The one number that makes validation writers' probabilities honest."""
    best = min(np.geomspace(0.3, 4, 260), key=lambda t: _loss(raw / t, y))
    return round(float(best), 4)


def _loss(heat: npt.NDArray[np.float64], y: npt.NDArray[np.uint8]) -> float:
    """Mean negative log-likelihood."""
    top = heat.max(axis=1, keepdims=True)
    total = np.log(np.exp(heat - top).sum(axis=1)) + top[:, 0]
    return float((total - heat[np.arange(len(y)), y]).mean())


def score(name: str, reads: Looks, found: Examples) -> Score:
    """Accuracy and calibration of the ten digits on one set, cells that hold no digit left out."""
    found = Examples(x=found.x[found.y != NO_DIGIT], y=found.y[found.y != NO_DIGIT])
    p = probabilities(reads, found)[:, :10]
    right = p.argmax(axis=1) == found.y
    confidence = p.max(axis=1).astype(np.float64)
    low, high = wilson(int(right.sum()), len(right))
    return Score(
        name=name,
        n=len(right),
        right=int(right.sum()),
        low=low,
        high=high,
        ece=calibration_error(confidence, right),
        accepted=_accepted(confidence, right),
    )


def silence(reads: Looks, found: Examples) -> Silence:
    """How often something that is no digit looks like a sure one."""
    sure = int((probabilities(reads, found)[:, :10].max(axis=1) >= SURE).sum())
    return Silence(n=len(found.y), sure=sure, high=wilson(sure, len(found.y))[1])


def _accepted(confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> float:
    """The largest share of cells, surest first, among which at most one in 1000 is wrong."""
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    fine = np.flatnonzero(wrong <= ACCEPTED_ERROR)
    return float((fine[-1] + 1) / len(order)) if len(fine) else 0.0


def probabilities(reads: Looks, found: Examples) -> npt.NDArray[np.float64]:
    """All eleven probabilities of a set."""
    return batched(reads, np.divide(found.x, 255, dtype=np.float32))


def batched(looks: Looks, x: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """What a network says of many prepared cells."""
    return np.concatenate([np.asarray(looks(x[i : i + 512]), np.float64) for i in range(0, len(x), 512)])


def held_out(sets: Sets, *, seed: int, processes: int = 1) -> dict[str, Examples]:
    """The sets to report on: as they are, drawn cleanly, and drawn as a scanner returns them."""
    found = plain(sets, seed)
    for source in SHARES:
        recipe = Recipe(shares={source: 1.0}, negative_share=0, hand_seed=seed)
        found[f"{source} scanned"] = examples(sets, recipe, count=DRAWN, seed=seed, processes=processes)
    return found


def no_digits(sets: Sets, *, seed: int, processes: int = 1) -> Examples:
    """Things that are no digit, made with held-out digits."""
    recipe = Recipe(negative_share=1, hand_seed=seed)
    return examples(sets, recipe, count=DRAWN, seed=seed + 1000, processes=processes)


def plain(sets: Sets, seed: int) -> dict[str, Examples]:
    """The real digits as they are."""
    return {
        "MNIST": images(sets.mnist),
        "Semeion": images(sets.semeion),
        "Pendigits": drawings(sets.pendigits, seed),
    }


def images(found: Images) -> Examples:
    """Small images as they are, dark on light."""
    return _prepared([255 - image for image in found.x], found.y)


def drawings(found: Drawings, seed: int) -> Examples:
    """Every drawing with three pens on white paper."""
    rng = np.random.default_rng([seed, 77])
    cells = [
        clean(drawn(strokes, Pen(height=44, width=width, tremor=0), rng), rng)
        for strokes in found.strokes
        for width in PENS
    ]
    return _prepared(cells, np.repeat(found.y, len(PENS)))


def _prepared(cells: list[Grey], y: npt.NDArray[np.uint8]) -> Examples:
    """Cells as the network sees them; one without ink counts as an empty image."""
    inputs = [prepare(cell) for cell in cells]
    x = np.stack([np.zeros((28, 28), np.float32) if image is None else image for image in inputs])
    return Examples(x=np.round(x * 255).astype(np.uint8), y=y)


def joined(parts: list[Examples]) -> Examples:
    """Several sets as one."""
    return Examples(x=np.concatenate([part.x for part in parts]), y=np.concatenate([part.y for part in parts]))


__all__ = [
    "NO_DIGIT",
    "Score",
    "Silence",
    "batched",
    "held_out",
    "no_digits",
    "score",
    "silence",
    "temperature",
]
