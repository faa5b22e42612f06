"""How often a box seen so is read right: curves fitted on rehearsed writers, and borders of review.

``ticks.json`` holds both with their provenance; ``make calibration`` fits them again.  The
curves make confidences of questions honest; the levels say how many doubtful boxes in
10,000 each border lets through wrongly, so that one setting, the errors tolerated, moves
the border.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pipeline.decide.isotonic import Knot, at
from pipeline.model.decision import FieldDecision, Status
from pipeline.settings import DecideSettings

MOVABLE = frozenset({"uncertain_mark", "stray_mark"})
"""Reasons that are doubts about what the ink is: the border decides whether they are asked."""
TOLERANCES = (0.1, 1.0, 5.0, 20.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One border of review, and what it lets through and asks of rehearsed writers."""

    border: float
    errors_per_10000: float
    asked_per_1000: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliance:
    """The fitted curves by what a box looks like, and the levels, from the strictest border down."""

    curves: Mapping[str, Sequence[Knot]]
    levels: tuple[Level, ...]

    def sure(self, sight: str, score: float) -> float:
        """Probability that a box seen so is read right."""
        return at(self.curves[sight], score)

    def border(self, tolerated: float) -> float:
        """The lowest confidence accepted for so many wrong boxes in 10,000.

        Of levels that ask as little, the strictest.
        """
        fair = [level for level in self.levels if level.errors_per_10000 <= tolerated] or [self.levels[0]]
        return min(fair, key=lambda level: (level.asked_per_1000, -level.border)).border


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Questions with tick boxes to ask at one tolerance, and wrong boxes to expect among the others."""

    tolerated: float
    questions: int
    errors: float


@cache
def reliance() -> Reliance:
    """The packaged curves and levels, read once."""
    stored = json.loads(resources.files("pipeline.decide").joinpath("ticks.json").read_text(encoding="utf-8"))
    return Reliance(
        curves={sight: tuple((s, p) for s, p in knots) for sight, knots in stored["curves"].items()},
        levels=tuple(Level(**level) for level in stored["levels"]),
    )


def forecasts(decisions: Iterable[FieldDecision], settings: DecideSettings) -> tuple[Forecast, ...]:
    """How many questions staff would see at several tolerances, the one set now first.

    Counts the choices among ``decisions`` that nobody has settled.
    """
    choices = [decision for decision in decisions if decision.type == "choice"]
    tolerances = dict.fromkeys((settings.tick_errors_tolerated, *TOLERANCES))
    return tuple(_forecast(choices, tolerated) for tolerated in tolerances)


def _forecast(choices: Iterable[FieldDecision], tolerated: float) -> Forecast:
    border, questions, errors = reliance().border(tolerated), 0, 0.0
    for decision in choices:
        doubt = decision.status is not Status.REVIEW or MOVABLE.issuperset(decision.reasons)
        if not doubt or decision.confidence < border:
            questions += 1
        else:
            errors += 1.0 - decision.confidence
    return Forecast(tolerated=tolerated, questions=questions, errors=errors)
