"""What each source of digits is worth: small networks trained without it, read by the same test writers.

``python -m pipeline.train.ablation --donnees DIR`` prints a table.  Each network is one
member trained from the same seed on as many examples, far fewer than for the networks
that are shipped: the differences between lines are what counts, not their level.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from pipeline.read.engines import digits
from pipeline.train import export, measure, network, sets
from pipeline.train.fit import Material, Schedule, train
from pipeline.train.pages import page_cells
from pipeline.train.rebuild import TEST_SEED, TRAIN_SEED, VALIDATION_SEED
from pipeline.train.recipe import SHARES, Examples, Recipe, examples

EXAMPLES, EPOCHS, SHEETS = 60_000, 4, 60
EUROPE = ("semeion", "pendigits")

EVERYTHING = Recipe(hand_seed=TRAIN_SEED)


def _without(*sources: str) -> dict[str, float]:
    """The shares of the other sources."""
    return {name: share for name, share in SHARES.items() if name not in sources}


RECIPES: Mapping[str, Recipe] = {
    "everything": EVERYTHING,
    "without European digits (Semeion, pendigits)": replace(EVERYTHING, shares=_without(*EUROPE)),
    "without drawn strokes (own hands, upstrokes and bars)": replace(
        EVERYTHING, shares=_without("hands"), france_share=0.0
    ),
    "without both": replace(EVERYTHING, shares=_without("hands", *EUROPE), france_share=0.0),
}


def table(folder: Path) -> Iterator[str]:
    """The lines of the table, each as soon as its network is trained."""
    found = sets.load(folder)
    validation = examples(found["validation"], Recipe(hand_seed=VALIDATION_SEED), count=4000, seed=VALIDATION_SEED)
    tests = measure.held_out(found["test"], seed=TEST_SEED)
    tests["printed pages"] = page_cells(found["test"], sheets=SHEETS, seed=TEST_SEED)
    yield "| trained on | " + " | ".join(f"{name} ({_count(part)})" for name, part in tests.items()) + " |"
    yield "|---" * (1 + len(tests)) + "|"
    for title, recipe in RECIPES.items():
        reads = _reader(found["train"], recipe, validation).probabilities
        scores = [measure.score(name, reads, part) for name, part in tests.items()]
        yield f"| {title} | " + " | ".join(f"{100 * one.right / one.n:.2f} %" for one in scores) + " |"


def _count(part: Examples) -> int:
    return int(np.count_nonzero(part.y != measure.NO_DIGIT))


def _reader(found: sets.Sets, recipe: Recipe, validation: Examples) -> digits.Reader:
    """One member trained by this recipe, alone."""
    drawn = examples(found, recipe, count=EXAMPLES, seed=TRAIN_SEED)
    member = train([Material(examples=drawn)], validation, Schedule(epochs=EPOCHS), 0, layers=network.GLANCE)
    content = np.frombuffer(export.graph([network.frozen(member, network.GLANCE)]), np.uint8)
    alone = cv2.dnn.readNetFromONNX(content)
    return digits.Reader(glance=alone, doubt=alone, doubters=1, temperatures=(1.0, 1.0))


def main() -> None:
    """Reads the command line and prints the table."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.train.ablation", description="Mesure ce que vaut chaque source de chiffres."
    )
    parser.add_argument("--donnees", type=Path, required=True, help="dossier des écritures d’entraînement")
    for line in table(parser.parse_args().donnees):
        print(line, flush=True)  # noqa: T201 - a tool for developers


if __name__ == "__main__":
    main()
