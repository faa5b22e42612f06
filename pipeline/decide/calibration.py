"""From the cells of a comb to the probability of what they say.

The cells' vectors, mixed with ``cell_error_floor`` (what no network can see: a digit
written in the wrong cell, a stain that looks like one), give every string its
probability.  Strings that mean nothing legal are written rarely: they count for
``illegal_weight`` of themselves.  The confidence is the share of the best legal string.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.settings import DecideSettings

_PRUNE = 1e-3
_BEAM = 32

Vector = Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The best legal string of a comb, and the best of all.

    ``text`` and ``value`` are empty when no legal string is anywhere near the ink.
    ``confidence`` is that of ``text``; ``seen`` is the unconstrained reading,
    ``seen_confidence`` its own probability.  ``odds`` is how many times likelier the
    unconstrained reading is than the best legal one (1 when they are the same).
    """

    text: str
    value: str
    confidence: float
    seen: str
    seen_confidence: float
    odds: float


def decode(
    vectors: Sequence[Vector | None],
    typed: Callable[[str], str],
    alphabet: str,
    settings: DecideSettings,
    usual: Callable[[str], float] = lambda value: 1.0,
) -> Decoded:
    """The legal string with the highest sum of log-probabilities over the cells.

    ``vectors`` holds None for an empty cell.  ``typed`` gives the value of a string, or
    an empty text when it is not legal.  ``usual`` weighs values by what is known besides
    the ink (1 for a usual one): it bears on the confidence, never on the choice.
    """
    strings = _likeliest(vectors, alphabet, settings.cell_error_floor)
    seen_probability, seen = strings[0]
    legal = [(probability, text, value) for probability, text in strings if (value := typed(text))]
    mass = sum(probability for probability, _ in strings)
    legal_mass = sum(probability for probability, _, _ in legal)
    weighed = sum(probability * usual(value) for probability, _, value in legal)
    if not legal:
        return Decoded(text="", value="", confidence=0.0, seen=seen, seen_confidence=seen_probability, odds=math.inf)
    probability, text, value = legal[0]
    beside = settings.illegal_weight * (mass - legal_mass) + settings.no_digit_weight * max(0.0, 1.0 - mass)
    return Decoded(
        text=text,
        value=value,
        confidence=min(1.0, probability * usual(value) / (weighed + beside)),
        seen=seen,
        seen_confidence=seen_probability,
        odds=seen_probability / probability,
    )


def _likeliest(vectors: Sequence[Vector | None], alphabet: str, floor: float) -> list[tuple[float, str]]:
    """The likeliest strings with their probability, best first; ties are settled by the text."""
    beam: list[tuple[float, str]] = [(1.0, "")]
    for vector in vectors:
        choices = [(1.0, " ")] if vector is None else _choices(vector, alphabet, floor)
        beam = [(p * q, text + letter) for p, text in beam for q, letter in choices]
        if len(beam) > 1:
            beam.sort(reverse=True)
            del beam[_BEAM:]
    return beam


def _choices(vector: Vector, alphabet: str, floor: float) -> list[tuple[float, str]]:
    """The characters of one cell worth following.

    What the vector lacks of one is the chance that the ink is no character at all.
    """
    scale = (1.0 - floor) / max(1.0, sum(vector))
    least, spread = max(vector) * _PRUNE, floor / len(alphabet)
    return [(p * scale + spread, letter) for p, letter in zip(vector, alphabet, strict=True) if p >= least]
