"""Scores → probabilities: the best fit that never falls as the score rises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from operator import itemgetter

Knot = tuple[float, float]
"""A score and the probability at it."""


def isotonic(judged: Iterable[tuple[float, bool]], *, least: int = 25) -> tuple[Knot, ...]:
    """Knots of a rising curve through what was right and wrong at each score.

    Neighbouring scores are pooled while the share of right ones falls (pool adjacent
    violators) or while fewer than ``least`` are together.  No pool is ever called
    certain: half a case is added on either side.
    """
    pools: list[list[float]] = []
    for score, at_score in groupby(sorted(judged), key=itemgetter(0)):
        outcomes = [right for _, right in at_score]
        pools.append([score * len(outcomes), float(len(outcomes)), float(sum(outcomes))])
        while len(pools) > 1 and (_share(pools[-2]) >= _share(pools[-1]) or pools[-2][1] < least):
            total, count, sure = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += count
            pools[-1][2] += sure
    return tuple((total / count, (sure + 0.5) / (count + 1.0)) for total, count, sure in pools)


def _share(pool: Sequence[float]) -> float:
    return pool[2] / pool[1]


def at(knots: Sequence[Knot], score: float) -> float:
    """The probability at a score: straight between knots, level beyond the ends."""
    if score <= knots[0][0]:
        return knots[0][1]
    for (low, below), (high, above) in pairwise(knots):
        if score <= high:
            return below + (above - below) * (score - low) / (high - low)
    return knots[-1][1]
