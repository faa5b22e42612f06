"""Examples for the network: which hand, which pen, which paper, drawn from one seed."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat
from multiprocessing import get_context

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.scan import Grey
from pipeline.read.engines.digits import SIDE, prepare
from pipeline.rehearse.hands import draw_digits
from pipeline.train import hands, ink, negatives, paper
from pipeline.train.sets import Sets, Strokes, unit

SHARES = {"mnist": 0.38, "semeion": 0.16, "pendigits": 0.20, "hands": 0.26}
"""How often each source of digits is drawn."""

NEGATIVE_SHARE = 0.13
CLEAN_SHARE = 0.4
FRANCE_SHARE = 0.4  # of the American 1 and 7
FRENCH = np.array([2, 5, 2, 2, 2, 2, 2, 4, 2, 2]) / 25
"""How often our own hands draw each digit: the 1 with its upstroke and the barred 7 come from them alone."""
REHEARSED_SHARE = 0.4  # of our own hands, those that the rehearsal writes with
UNTOUCHED_SHARE = 0.12  # of the images, neither bent nor written anew
CHUNK = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What is mixed; switching a source off is the ablation."""

    shares: dict[str, float] = field(default_factory=lambda: dict(SHARES))
    negative_share: float = NEGATIVE_SHARE
    clean_share: float = CLEAN_SHARE
    france_share: float = FRANCE_SHARE
    hand_seed: int = 0  # other seeds are other writers


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Prepared cells as bytes, their class (10 = no digit)."""

    x: Grey
    y: npt.NDArray[np.uint8]


def examples(sets: Sets, recipe: Recipe, *, count: int, seed: int, processes: int = 1) -> Examples:
    """``count`` examples; the same for the same seed, however many processes draw them."""
    chunks = range((count + CHUNK - 1) // CHUNK)
    if processes == 1:
        parts = [_chunk(sets, recipe, seed, chunk) for chunk in chunks]
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            parts = list(pool.map(_chunk, repeat(sets), repeat(recipe), repeat(seed), chunks, chunksize=4))
    x, y = (np.concatenate([part[i] for part in parts])[:count] for i in (0, 1))
    return Examples(x=x, y=y)


def _chunk(sets: Sets, recipe: Recipe, seed: int, chunk: int) -> tuple[Grey, npt.NDArray[np.uint8]]:
    """One share of the examples, with its own generator."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng([seed, chunk])
    x = np.zeros((CHUNK, SIDE, SIDE), np.uint8)
    y = np.zeros(CHUNK, np.uint8)
    row = 0
    while row < CHUNK:
        cell, label = cell_of(sets, recipe, rng)
        prepared = prepare(cell)
        if prepared is not None:
            x[row], y[row] = np.round(prepared * 255), label
            row += 1
    return x, y


def cell_of(sets: Sets, recipe: Recipe, rng: np.random.Generator) -> tuple[Grey, int]:
    """One cell as a scanner returns it, and its class."""

    def draw() -> tuple[ink.Ink, int]:
        return _digit(sets, recipe, rng)

    def letter() -> ink.Ink:
        return _letter(sets, rng)

    if rng.random() < recipe.negative_share:
        return paper.scanned(negatives.no_digit(draw, letter, rng), rng), negatives.NO_DIGIT
    image, label = draw()
    if rng.random() < recipe.clean_share:
        return paper.clean(image, rng), label
    neighbour = draw()[0] if rng.random() < 0.12 else None
    return paper.scanned(image, rng, neighbour), label


def _digit(sets: Sets, recipe: Recipe, rng: np.random.Generator) -> tuple[ink.Ink, int]:
    """A digit of one of the sources."""
    names = list(recipe.shares)
    weights = np.array([recipe.shares[name] for name in names])
    source = names[rng.choice(len(names), p=weights / weights.sum())]
    if source == "hands":
        digit = int(rng.choice(10, p=FRENCH))
        return _strokes(_own_strokes(recipe, digit, rng), rng, strength=0.4), digit
    if source == "pendigits":
        row = int(rng.integers(len(sets.pendigits.y)))
        return _strokes(sets.pendigits.strokes[row], rng, strength=1), int(sets.pendigits.y[row])
    images = sets.mnist if source == "mnist" else sets.semeion
    row = int(rng.integers(len(images.y)))
    image, digit = images.x[row], int(images.y[row])
    if rng.random() < UNTOUCHED_SHARE:
        return np.divide(image, 255, dtype=np.float32), digit
    if source == "semeion":
        # Stretched boxes: half of them are given back a plausible width, a 1 less than others.
        aspect = rng.uniform(0.2, 0.9) if digit == 1 else rng.uniform(0.5, 1.05)
        return ink.warped(image, rng, aspect=1.0 if rng.random() < 0.45 else aspect), digit
    if rng.random() < recipe.france_share:
        image = ink.france(image, digit, rng)
    return ink.warped(image, rng, aspect=1.0), digit


def _own_strokes(recipe: Recipe, digit: int, rng: np.random.Generator) -> Strokes:
    """A digit of an imagined writer; ``hand_seed`` keeps those of training and test apart."""
    writer = np.random.default_rng([recipe.hand_seed, int(rng.integers(1 << 20))])
    if rng.random() < REHEARSED_SHARE:
        glyph = draw_digits(writer, float(writer.uniform(0.012, 0.04))).glyph(str(digit), rng)
        return unit(tuple(line.astype(np.float32) for line in glyph.strokes))
    return hands.hand(writer).draw(digit, rng)


def _strokes(strokes: Strokes, rng: np.random.Generator, *, strength: float) -> ink.Ink:
    """A drawing bent and written with some pen."""
    return ink.drawn(ink.bend(strokes, rng, strength=strength), ink.pen(rng), rng)


def _letter(sets: Sets, rng: np.random.Generator) -> ink.Ink:
    """A capital that resembles no digit."""
    row = int(rng.integers(len(sets.letters.y)))
    return ink.warped(sets.letters.x[row], rng, aspect=1.0)
