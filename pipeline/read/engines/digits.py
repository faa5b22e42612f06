"""One handwritten digit a cell, read by small networks of our own.

The cell is brought to what the networks were trained on (paper levelled, cropped to the
ink, aspect kept, ink centred by its mass on 28 × 28) and all cells of a call go through
``cv2.dnn`` in one batch.  A first, cheap network sees every cell; where it is not sure, a
second one, itself a mean of two, is asked and all scores averaged.  One
temperature for each way turns scores into probabilities that mean what they say.

The networks know eleven classes: the ten digits and *no digit* (scribble, struck-out
digit, two digits, letter, blot).  What they give to *no digit* is taken away from all ten:
**a row sums to 1 minus the probability of no digit**, so that a scribble is never a
confident digit.  A cell without ink yields 0.1 for each digit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.errors import DependencyError
from pipeline.model.scan import Grey

Probabilities = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]

GLANCE = Path(__file__).with_name("digits.onnx")
DOUBT = Path(__file__).with_name("digits-doubt.onnx")
CARD = Path(__file__).with_name("digits.json")

SIDE = 28
"""Side of the network's input."""
EXTENT = 20
"""Longest side of the ink on that input."""
BATCH = 512
"""Cells a forward pass takes at most, so that memory stays flat."""
SURE = 0.995
"""Probability from which the first network alone is believed."""

_PAPER_SHARE = 0.9  # a felt pen may blacken half of a narrow cell; a tenth of paper is always left
_INK_SHARE = 0.005  # a hair line in a wide cell covers hardly more
_FAINTEST = 24  # grey levels between paper and pencil under which a cell holds no ink
_NOISE = 0.18  # share of the contrast that grain and JPEG ripples reach
_STROKE = 0.38  # share of the contrast from which a pixel belongs to a stroke
_SPECK = 0.06  # a component smaller than this share of the largest does not stretch the crop
_LARGEST = 96  # bigger cells are shrunk first: nothing of a digit is lost, time is


def _card() -> dict[str, Any]:
    """The model card; a missing or damaged one is an incomplete installation."""
    try:
        card: dict[str, Any] = json.loads(CARD.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DependencyError(
            f"La fiche du lecteur de chiffres est introuvable ou illisible ({CARD}) : réinstallez le programme.",
            file=str(CARD),
        ) from error
    return card


ENGINE: str = _card()["engine"]
"""Name and version of the engine, kept with every reading."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reader:
    """Both networks, ready to read.

    ``doubt`` gives the mean score of ``doubters`` members; ``temperatures`` belong to the
    scores of the first network alone and to the mean of all members.
    """

    glance: Any
    doubt: Any
    doubters: int
    temperatures: tuple[float, float]

    def probabilities(self, batch: npt.NDArray[np.float32]) -> Probabilities:
        """The eleven calibrated probabilities of prepared cells ``(n, 28, 28)``."""
        first = self.first_scores(batch)
        result = shares(first, self.temperatures[0])
        doubted = np.flatnonzero(result.max(axis=1) < SURE)
        if doubted.size:
            result[doubted] = shares(self._together(first[doubted], batch[doubted]), self.temperatures[1])
        return result

    def first_scores(self, batch: npt.NDArray[np.float32]) -> Scores:
        """What the first network says of prepared cells, before calibration: ``(n, 11)``."""
        return _forward(self.glance, batch)

    def all_scores(self, batch: npt.NDArray[np.float32]) -> Scores:
        """The mean of all members."""
        return self._together(self.first_scores(batch), batch)

    def _together(self, first: Scores, batch: npt.NDArray[np.float32]) -> Scores:
        return (first + self.doubters * _forward(self.doubt, batch)) / (1 + self.doubters)


@lru_cache(maxsize=1)
def _reader() -> Reader:
    """The networks and their temperatures, loaded once a process and checked against the card."""
    card = _card()
    glance, doubt = (_network(path, card["sha256"][path.name]) for path in (GLANCE, DOUBT))
    first, together = card["temperatures"]
    return Reader(glance=glance, doubt=doubt, doubters=int(card["doubters"]), temperatures=(first, together))


def _network(path: Path, expected: str) -> Any:  # noqa: ANN401 - cv2 has no public type
    """One network; a file that is not that of the card is refused."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DependencyError(
            f"Le lecteur de chiffres est introuvable ({path}) : réinstallez le programme.", file=str(path)
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != expected:
        raise DependencyError(
            f"Le lecteur de chiffres ({path}) n’est pas celui que décrit sa fiche : réinstallez le programme.",
            file=str(path),
            found=digest,
            expected=expected,
        )
    return cv2.dnn.readNetFromONNX(np.frombuffer(content, np.uint8))


def read_digits(cells: Sequence[Grey]) -> Probabilities:
    """Calibrated probabilities of the digits 0–9 for each cell, float32 ``(n, 10)``.

    ``cells``: grey images of any size, dark ink on light paper, the printed frame
    removed; bytes, or fractions from 0 (black) to 1 (white).  Rows sum to 1 minus the
    probability that the ink is no digit; a cell without ink yields 0.1 everywhere.
    """
    result = np.full((len(cells), 10), 0.1, np.float32)
    inputs = [prepare(_bytes(cell)) for cell in cells]
    inked = [index for index, image in enumerate(inputs) if image is not None]
    for start in range(0, len(inked), BATCH):
        rows = inked[start : start + BATCH]
        batch = np.stack([image for row in rows if (image := inputs[row]) is not None])
        result[rows] = probabilities(batch)[:, :10]
    return result


def _bytes(cell: Grey) -> Grey:
    """The image in bytes; one of fractions is spread over 0 to 255."""
    if cell.dtype == np.uint8:
        return cell
    values = np.asarray(cell, np.float64)
    scale = 255.0 if values.max(initial=0.0) <= 1.0 else 1.0
    return np.asarray(np.clip(np.rint(values * scale), 0, 255), np.uint8)


def probabilities(batch: npt.NDArray[np.float32]) -> Probabilities:
    """The eleven calibrated probabilities of prepared cells ``(n, 28, 28)``."""
    return _reader().probabilities(batch)


def _forward(network: Any, batch: npt.NDArray[np.float32]) -> Scores:  # noqa: ANN401 - cv2 has no public type
    """The scores of one network, ``(n, 11)``."""
    network.setInput(np.ascontiguousarray(batch[:, None]))
    return np.asarray(network.forward(), np.float64).reshape(len(batch), -1)


def shares(scored: Scores, temperature: float) -> Probabilities:
    """Scores as probabilities that sum to 1."""
    heat = scored / temperature
    weights = np.exp(heat - heat.max(axis=1, keepdims=True))
    # Rounded, because the last bits of a float depend on how many cells share a batch.
    result: Probabilities = np.round(weights / weights.sum(axis=1, keepdims=True), 6).astype(np.float32)
    return result


def prepare(cell: Grey) -> npt.NDArray[np.float32] | None:
    """The cell as the network sees it, ink 1 on paper 0, or ``None`` without ink."""
    ink = _level(_shrunk(cell))
    if ink is None:
        return None
    crop = _crop(ink)
    return None if crop is None else _centred(crop)


def _shrunk(cell: Grey) -> Grey:
    """A large cell made smaller, others as they are."""
    longest = max(cell.shape)
    if longest <= _LARGEST or min(cell.shape) == 0:
        return cell
    scale = _LARGEST / longest
    size = (max(1, round(cell.shape[1] * scale)), max(1, round(cell.shape[0] * scale)))
    smaller: Grey = cv2.resize(cell, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return smaller


def _level(cell: Grey) -> npt.NDArray[np.float32] | None:
    """Ink between 0 and 1 against this cell's own paper and its own darkest ink."""
    if min(cell.shape) < 2:
        return None
    counts = np.bincount(cell.ravel(), minlength=256).cumsum()
    paper = int(np.searchsorted(counts, _PAPER_SHARE * cell.size))
    dark = int(np.searchsorted(counts, max(3.0, _INK_SHARE * cell.size)))
    contrast = paper - dark
    if contrast < _FAINTEST:
        return None
    table = ((paper - np.arange(256)) / contrast - _NOISE) / (1 - _NOISE)
    return np.asarray(cv2.LUT(cell, np.clip(table, 0, 1).astype(np.float32)), np.float32)


def _crop(ink: npt.NDArray[np.float32]) -> npt.NDArray[np.float32] | None:
    """The rectangle of the ink, specks around it left out."""
    strokes = (ink > _STROKE).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8, ltype=cv2.CV_16U)
    if count < 2:
        return None
    parts = stats[1:]
    kept = parts[parts[:, cv2.CC_STAT_AREA] >= _SPECK * parts[:, cv2.CC_STAT_AREA].max()]
    left, top = kept[:, 0].min(), kept[:, 1].min()
    right, bottom = (kept[:, 0] + kept[:, 2]).max(), (kept[:, 1] + kept[:, 3]).max()
    return ink[top:bottom, left:right]


def _centred(crop: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The ink at its size on the input, centred by its mass, its darkest at 1."""
    height, width = crop.shape
    scale = EXTENT / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    shrinks = scale < 1
    small = cv2.resize(crop, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    darkest = np.partition(small.ravel(), -min(12, small.size))[-min(12, small.size) :].mean()
    small = np.minimum(small / max(float(darkest), 1e-3), 1)
    x, y = _start(small.sum(axis=0)), _start(small.sum(axis=1))
    centred = np.zeros((SIDE, SIDE), np.float32)
    centred[y : y + size[1], x : x + size[0]] = small
    return centred


def _start(profile: npt.NDArray[np.float32]) -> int:
    """Where the ink begins along one axis, so that its centre of mass is that of the input."""
    centre = float(profile @ np.arange(len(profile), dtype=np.float32) / profile.sum())
    return min(max(round((SIDE - 1) / 2 - centre), 0), SIDE - len(profile))
