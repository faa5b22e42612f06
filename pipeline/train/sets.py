"""The handwriting on disk, cut into training, validation and test by writer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.errors import InputError
from pipeline.model.scan import Grey

Strokes = tuple[npt.NDArray[np.float32], ...]
"""Pen strokes of one digit: points x, y with y downwards, height about 1."""

SPLITS = ("train", "validation", "test")

FILES = {
    "mnist": "digits_mnist_train10k.npz",
    "semeion": "digits_semeion_dev.npz",
    "pendigits": "digits_pendigits_dev.npz",
    "letters": "capitals_fr_pupils_dev.npz",
}

MNIST_TEST = 200  # last images of each class
MNIST_VALIDATION = 40  # the images of each class just before them
SEMEION_BLOCK, SEMEION_CLASS, SEMEION_VALIDATION = 200, 20, 4
PEN_VALIDATION = frozenset({4, 9})
PEN_TEST = frozenset({3, 8, 12})
NOT_DIGITS = "AEHKMNPRWX"  # capitals that nobody takes for a digit


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """Digits as small images, ink 255 on 0."""

    x: Grey
    y: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawings:
    """Digits as pen strokes."""

    strokes: tuple[Strokes, ...]
    y: npt.NDArray[np.uint8]
    writer: npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sets:
    """One split of all the real handwriting."""

    mnist: Images
    semeion: Images
    pendigits: Drawings
    letters: Images


def load(folder: Path) -> dict[str, Sets]:
    """All splits of the handwriting in ``folder``; ``InputError`` names a missing file."""
    files = {name: _open(folder / file) for name, file in FILES.items()}
    mnist, semeion = _mnist(files["mnist"]), _semeion(files["semeion"])
    pendigits, letters = _pendigits(files["pendigits"]), _letters(files["letters"])
    return {
        split: Sets(mnist=mnist[split], semeion=semeion[split], pendigits=pendigits[split], letters=letters[split])
        for split in SPLITS
    }


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file the training reads, for the card."""
    return {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in FILES.values()}


def _open(path: Path) -> Mapping[str, npt.NDArray[np.generic]]:
    """The arrays of one file."""
    try:
        with np.load(path) as content:
            return {key: content[key] for key in content}
    except (OSError, ValueError) as error:
        raise InputError(f"{path} : ce fichier d’écritures est introuvable ou illisible.", file=str(path)) from error


def _split(part: npt.NDArray[np.str_], content: Mapping[str, npt.NDArray[np.generic]]) -> dict[str, Images]:
    """Images by the split that ``part`` names for each row."""
    x, y = content["x"].astype(np.uint8), content["y"].astype(np.uint8)
    return {split: Images(x=x[part == split], y=y[part == split]) for split in SPLITS}


def _mnist(content: Mapping[str, npt.NDArray[np.generic]]) -> dict[str, Images]:
    """The last images of each class are held out; the file is sorted by class."""
    y = content["y"]
    part = np.full(len(y), "train", dtype="<U10")
    for digit in range(10):
        rows = np.flatnonzero(y == digit)
        part[rows[-MNIST_TEST:]] = "test"
        part[rows[-MNIST_TEST - MNIST_VALIDATION : -MNIST_TEST]] = "validation"
    return _split(part, content)


def _semeion(content: Mapping[str, npt.NDArray[np.generic]]) -> dict[str, Images]:
    """The last block of 200 rows is test; the last rows of each class of the block before, validation."""
    row = np.arange(len(content["y"]))
    block, place = row // SEMEION_BLOCK, row % SEMEION_CLASS
    part = np.full(len(row), "train", dtype="<U10")
    part[block == 3] = "test"
    part[(block == 2) & (place >= SEMEION_CLASS - SEMEION_VALIDATION)] = "validation"
    return _split(part, content)


def _letters(content: Mapping[str, npt.NDArray[np.generic]]) -> dict[str, Images]:
    """Capitals that resemble no digit; a tenth each for validation and test (pupils are not known apart)."""
    wanted = np.isin(content["y"], [ord(letter) - ord("A") for letter in NOT_DIGITS])
    kept = {key: content[key][wanted] for key in ("x", "y")}
    tenth = np.arange(len(kept["y"])) % 10
    return _split(np.select([tenth == 8, tenth == 9], ["validation", "test"], "train"), kept)


def _pendigits(content: Mapping[str, npt.NDArray[np.generic]]) -> dict[str, Drawings]:
    """Pen strokes, apart by writer."""
    points = content["points"].astype(np.float32)
    stroke_ends = np.append(content["stroke_start"].astype(int), len(points))
    sample_ends = np.append(content["sample_start"].astype(int), len(stroke_ends) - 1)
    y, writer = content["y"].astype(np.uint8), content["writer"].astype(np.int16)
    drawn = [
        unit(tuple(points[stroke_ends[s] : stroke_ends[s + 1]] for s in range(sample_ends[i], sample_ends[i + 1])))
        for i in range(len(y))
    ]
    result = {}
    for split in SPLITS:
        rows = [i for i in range(len(y)) if _pen_split(int(writer[i])) == split]
        result[split] = Drawings(strokes=tuple(drawn[i] for i in rows), y=y[rows], writer=writer[rows])
    return result


def _pen_split(writer: int) -> str:
    """The split a pendigits writer belongs to."""
    if writer in PEN_TEST:
        return "test"
    return "validation" if writer in PEN_VALIDATION else "train"


def unit(strokes: Strokes) -> Strokes:
    """Strokes moved to the origin and brought to height 1 (a flat drawing: to width 1.5)."""
    points = np.concatenate(strokes)
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    scale = max(float(span[1]), float(span[0]) / 1.5, 1e-6)
    return tuple(((stroke - low) / scale).astype(np.float32) for stroke in strokes)
