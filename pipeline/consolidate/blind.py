"""The blind sample: how many accepted values are wrong though nobody doubted them.

Values drawn among the accepted ones were read by a person who could not tell them from
doubts.  They are counted apart from corrections, which tell nothing of what is never asked.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline import wording
from pipeline.consolidate.values import Fact
from pipeline.consolidate.variable import Variable
from pipeline.model.form import Field
from pipeline.model.interval import wilson
from pipeline.model.kinds import kind_of
from pipeline.workbook import Value

_SCALE = 10_000

VARIABLES = (
    Variable(name="genre", short="Genre", kind="text", width=20, meaning="Genre de réponse : lu d'une même façon"),
    Variable(
        name="aveugle",
        short="Relues à l'aveugle",
        kind="integer",
        meaning="Valeurs acceptées par la machine, tirées au hasard et relues par une personne qui ne le savait pas",
    ),
    Variable(
        name="aveugle_fausses",
        short="… dont fausses",
        kind="integer",
        meaning="Valeurs relues à l'aveugle où la personne a lu autre chose que la machine",
    ),
    Variable(
        name="erreurs_10000",
        short="Erreurs silencieuses pour 10 000 (tout le genre)",
        kind="integer",
        width=14,
        meaning="Erreurs estimées sur 10 000 valeurs acceptées, pour toutes les réponses de ce genre",
    ),
    Variable(
        name="erreurs_de",
        short="… au moins",
        kind="integer",
        meaning="Bas de l'intervalle de confiance à 95 % (Wilson)",
    ),
    Variable(
        name="erreurs_a",
        short="… au plus",
        kind="integer",
        meaning="Haut de l'intervalle de confiance à 95 % (Wilson)",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentErrors:
    """Estimated wrong values among 10,000 accepted ones of one kind, with a 95 % interval."""

    read: int
    wrong: int
    per_10000: float
    low: float
    high: float


def silent_errors(read: Mapping[str, int], wrong: Mapping[str, int]) -> dict[str, SilentErrors]:
    """The estimate for each kind of field of which any value was read blindly."""
    return {kind: _estimate(count, wrong.get(kind, 0)) for kind, count in sorted(read.items()) if count}


def _estimate(read: int, wrong: int) -> SilentErrors:
    low, high = wilson(wrong, read)
    return SilentErrors(read=read, wrong=wrong, per_10000=_SCALE * wrong / read, low=_SCALE * low, high=_SCALE * high)


class BlindTally:
    """Blind readings counted answer after answer, by question and by kind of field."""

    def __init__(self) -> None:
        self._read: Counter[str] = Counter()
        self._wrong: Counter[str] = Counter()
        self._read_of_kind: Counter[str] = Counter()
        self._wrong_of_kind: Counter[str] = Counter()

    def add(self, name: str, field: Field, fact: Fact) -> None:
        """One answer; one that nobody could read says nothing of the machine."""
        if not fact.blind or fact.state == "illisible":
            return
        wrong = fact.state != "lu"
        self._read[name] += 1
        self._wrong[name] += wrong
        self._read_of_kind[kind_of(field)] += 1
        self._wrong_of_kind[kind_of(field)] += wrong

    def cells(self, name: str, field: Field) -> list[Value]:
        """The cells of a question under ``VARIABLES``."""
        kind = kind_of(field)
        found = silent_errors(self._read_of_kind, self._wrong_of_kind).get(kind)
        read = self._read[name]
        estimate: list[Value] = [None, None, None]
        if found is not None:
            estimate = [round(found.per_10000), math.floor(found.low), math.ceil(found.high)]
        return [wording.KINDS[kind].title, read, self._wrong[name] if read else None, *estimate]
