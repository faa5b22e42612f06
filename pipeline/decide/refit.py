"""The campaign's own verified digits → how much to trust the engine here.

The engine's probabilities were made honest on writers of other countries.  Once people
have settled enough digits of a campaign, one temperature brings them closer to what these
hands and scanners deserve: above 1 the engine was too sure of itself, below 1 too timid.
The share of sure digits that were wrong all the same gives the floor of doubt that no
probability shows.  Both lean on what is known from elsewhere until there is evidence:
a hundred digits hardly move them, thousands do.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_TEMPERATURES = tuple(0.4 * 1.01**step for step in range(232))  # 0.4 to 4
_PRIOR_CELLS = 200.0
"""Digits that the temperature of the package is worth."""
_PRIOR_SURE = 5_000.0
"""Sure digits that the floor of the package is worth."""
_SURE = 0.99
_TINY = 1e-6
_BINS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 1.0 + _TINY)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCell:
    """What the engine said of a cell, and the digit that a person read in it.

    ``weight``: how many cells of the campaign this one stands for.
    """

    probabilities: tuple[float, ...]
    digit: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refit:
    """The two numbers, from how many cells, and how honest probabilities were before and after.

    ``error`` is the expected calibration error, ``loss`` the mean negative log-likelihood.
    """

    temperature: float
    floor: float
    cells: int
    error_before: float
    error_after: float
    loss_before: float
    loss_after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Cells or fields about as sure as each other: how sure, and how many were right."""

    low: float
    count: int
    confidence: float
    right: int


def engine_number(engine: str) -> int:
    """The number in the name of an engine, such as ``digits-b4ecf9b9``; 0 when it has none."""
    tail = engine.rpartition("-")[2]
    return int(tail, 16) if tail and all(character in "0123456789abcdef" for character in tail) else 0


def tempered(probabilities: Sequence[float], temperature: float) -> tuple[float, ...]:
    """The engine's digits at another temperature; what they lack of 1 is *no digit* and is tempered too."""
    if temperature == 1.0:
        return tuple(probabilities)
    rest = max(0.0, 1.0 - math.fsum(probabilities))
    powers = [max(p, 0.0) ** (1.0 / temperature) for p in (*probabilities, rest)]
    total = math.fsum(powers)
    return tuple(power / total for power in powers[:-1])


def refit(cells: Sequence[VerifiedCell], floor: float) -> Refit:
    """Temperature and floor for these cells; ``floor`` is what the package assumes."""
    before, weight = _loss(cells, 1.0), math.fsum(cell.weight for cell in cells)
    best = min(_TEMPERATURES, key=lambda t: (_loss(cells, t) * weight + _strain(t), abs(math.log(t))))
    temperature = round(best, 3)
    return Refit(
        temperature=temperature,
        floor=round(_floor(cells, temperature, floor), 6),
        cells=len(cells),
        error_before=calibration_error(_judged(cells, 1.0)),
        error_after=calibration_error(_judged(cells, temperature)),
        loss_before=before,
        loss_after=_loss(cells, temperature),
    )


def reliability(judged: Iterable[tuple[float, bool]]) -> tuple[Bin, ...]:
    """Confidences and whether they were right, put together by confidence; empty bins left out."""
    found: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in judged:
        place = max(index for index, low in enumerate(_BINS[:-1]) if confidence >= low)
        found.setdefault(place, []).append((confidence, right))
    return tuple(
        Bin(
            low=_BINS[place],
            count=len(found[place]),
            confidence=math.fsum(confidence for confidence, _ in found[place]) / len(found[place]),
            right=sum(right for _, right in found[place]),
        )
        for place in sorted(found)
    )


def calibration_error(judged: Iterable[tuple[float, bool]]) -> float:
    """Expected calibration error over the bins of ``reliability``; 0 when nothing was judged."""
    bins = reliability(judged)
    total = sum(one.count for one in bins)
    return math.fsum(abs(one.confidence * one.count - one.right) for one in bins) / total if total else 0.0


def _judged(cells: Iterable[VerifiedCell], temperature: float) -> list[tuple[float, bool]]:
    """Confidence of the likeliest digit of each cell, and whether it is the right one."""
    judged = []
    for cell in cells:
        vector = tempered(cell.probabilities, temperature)
        judged.append((max(vector), vector.index(max(vector)) == cell.digit))
    return judged


def _loss(cells: Sequence[VerifiedCell], temperature: float) -> float:
    """Weighted mean of −log of what the right digit was given."""
    told = [
        (cell.weight, -math.log(max(tempered(cell.probabilities, temperature)[cell.digit], _TINY))) for cell in cells
    ]
    weight = math.fsum(weight for weight, _ in told)
    return math.fsum(weight * loss for weight, loss in told) / weight if weight else 0.0


def _strain(temperature: float) -> float:
    """What it costs to leave the temperature of the package."""
    return _PRIOR_CELLS * 0.5 * math.log(temperature) ** 2


def _floor(cells: Iterable[VerifiedCell], temperature: float, floor: float) -> float:
    """Share of sure digits that are wrong, leaning on the package's."""
    sure = wrong = 0.0
    for cell in cells:
        vector = tempered(cell.probabilities, temperature)
        if max(vector) >= _SURE:
            sure += cell.weight
            wrong += cell.weight * (vector.index(max(vector)) != cell.digit)
    return (wrong + floor * _PRIOR_SURE) / (sure + _PRIOR_SURE)
