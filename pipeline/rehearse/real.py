"""Digits of real hands, from a folder of public sets: bench and training only.

Pen trajectories (``digits_pendigits_dev.npz``) are drawn with the writer's own pen;
images (``digits_semeion_dev.npz``, ``digits_mnist_train10k.npz``) are laid as ink.  The
split keeps writers apart, with the same borders as the training of the digit network:
what ``test`` gives, the network has never seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.errors import InputError
from pipeline.model.scan import Floats, Grey
from pipeline.rehearse.hands import DigitSource, Glyph

PEN_TEST = frozenset({3, 8, 12})
SEMEION_TEST_FROM = 600
MNIST_TEST_PER_DIGIT = 200
_FILES = ("digits_pendigits_dev.npz", "digits_semeion_dev.npz", "digits_mnist_train10k.npz")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RealDigits:
    """The digits of one writer, or of a group whose writers are not known apart."""

    group: str
    drawn: Mapping[str, tuple[tuple[Floats, ...], ...]]
    images: Mapping[str, tuple[Grey, ...]]

    def glyph(self, digit: str, rng: np.random.Generator) -> Glyph:
        """One of this writer's own digits, as it was written."""
        if self.drawn:
            choice = self.drawn[digit]
            return Glyph(strokes=choice[int(rng.integers(len(choice)))])
        pictures = self.images[digit]
        return Glyph(bitmap=pictures[int(rng.integers(len(pictures)))])


def load_hands(folder: Path, *, test: bool = True) -> tuple[DigitSource, ...]:
    """All writers of a split, pen trajectories first.  ``InputError`` when a file is missing."""
    for name in _FILES:
        if not (folder / name).is_file():
            raise InputError(
                f"{folder} : le fichier d’écritures « {name} » manque. "
                "Indiquez avec --mains le dossier qui le contient.",
                file=str(folder / name),
            )
    return (*_pendigits(folder / _FILES[0], test), _semeion(folder / _FILES[1], test), _mnist(folder / _FILES[2], test))


def _pendigits(path: Path, test: bool) -> list[RealDigits]:
    """Each writer's trajectories, in units of the digit's height."""
    stored = np.load(path)
    points, labels, writers = stored["points"].astype(np.float64), stored["y"], stored["writer"]
    starts = np.append(stored["stroke_start"], len(points))
    samples = np.append(stored["sample_start"], len(starts) - 1)
    hands = []
    for writer in sorted(set(writers.tolist())):
        if (writer in PEN_TEST) != test:
            continue
        drawn: dict[str, list[tuple[Floats, ...]]] = {str(digit): [] for digit in range(10)}
        for index in np.flatnonzero(writers == writer):
            strokes = [points[starts[s] : starts[s + 1]] for s in range(samples[index], samples[index + 1])]
            drawn[str(labels[index])].append(_unit(strokes))
        hands.append(
            RealDigits(
                group=f"pendigits-{writer}", drawn={digit: tuple(known) for digit, known in drawn.items()}, images={}
            )
        )
    return hands


def _unit(strokes: list[Floats]) -> tuple[Floats, ...]:
    """Strokes with their top left corner at the origin and a height of one."""
    every = np.vstack(strokes)
    low, high = every.min(axis=0), every.max(axis=0)
    height = max(high[1] - low[1], (high[0] - low[0]) / 1.2, 1.0)
    return tuple((stroke - low) / height for stroke in strokes)


def _semeion(path: Path, test: bool) -> RealDigits:
    """Italian digits; their stretched boxes are given back a digit's proportions."""
    stored = np.load(path)
    rows = np.arange(len(stored["y"]))
    kept = (rows >= SEMEION_TEST_FROM) == test
    images: Grey = (np.asarray(stored["x"])[kept] > 0).astype(np.uint8) * 255
    narrow = [np.repeat(np.repeat(image, 3, axis=0), 2, axis=1) for image in images]
    return _group("semeion", narrow, stored["y"][kept])


def _mnist(path: Path, test: bool) -> RealDigits:
    """American digits cut to their ink; the last two hundred of each are held out."""
    stored = np.load(path)
    labels = stored["y"]
    held = np.zeros(len(labels), bool)
    for digit in range(10):
        held[np.flatnonzero(labels == digit)[-MNIST_TEST_PER_DIGIT:]] = True
    kept = held == test
    return _group("mnist", [_cut(image) for image in stored["x"][kept]], labels[kept])


def _cut(image: Grey) -> Grey:
    """An image cut to its ink."""
    rows, columns = np.flatnonzero(image.max(axis=1) > 60), np.flatnonzero(image.max(axis=0) > 60)
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _group(name: str, pictures: list[Grey], labels: npt.NDArray[np.generic]) -> RealDigits:
    """Pictures by digit."""
    by_digit: dict[str, list[Grey]] = {str(digit): [] for digit in range(10)}
    for picture, label in zip(pictures, labels, strict=True):
        by_digit[str(label)].append(picture)
    return RealDigits(group=name, drawn={}, images={digit: tuple(known) for digit, known in by_digit.items()})
