"""The blind sample: how many answers are wrong though nobody doubted them.

Answers drawn among those of which the machine was sure were read by a person who could not
tell them from doubts.  They are counted apart from corrections, which tell nothing of what
is never asked.
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

SURE, EMPTY = "aveugle", "vides_aveugle"
WRONG, WRITTEN = "aveugle_fausses", "vides_aveugle_ecrites"


def _number(name: str, short: str, meaning: str, width: float = 0) -> Variable:
    return Variable(name=name, short=short, kind="integer", meaning=meaning, width=width)


def _estimates(prefix: str, short: str, of: str) -> tuple[Variable, ...]:
    """An estimate for a kind of field, and its interval."""
    return (
        _number(
            f"{prefix}_10000",
            f"{short} pour 10\u00a0000 (tout le genre)",
            f"Erreurs estimées sur 10 000 {of}, pour toutes les réponses de ce genre",
            14,
        ),
        _number(f"{prefix}_de", "… au moins", "Bas de l’intervalle de confiance à 95 % (Wilson)"),
        _number(f"{prefix}_a", "… au plus", "Haut de l’intervalle de confiance à 95 % (Wilson)"),
    )


GENRE = Variable(name="genre", short="Genre", kind="text", width=20, meaning="Genre de réponse : lu d’une même façon")
VARIABLES = (
    GENRE,
    _number(
        SURE,
        "Relues à l’aveugle",
        "Valeurs acceptées par la machine, tirées au hasard et relues par une personne qui ne le savait pas",
    ),
    _number(WRONG, "… dont fausses", "Valeurs relues à l’aveugle où la personne a lu autre chose que la machine"),
    *_estimates("erreurs", "Erreurs silencieuses", "valeurs acceptées"),
    _number(
        EMPTY,
        "Vides relus à l’aveugle",
        "Réponses que la machine croit vides, tirées au hasard et relues par une personne qui ne le savait pas",
    ),
    _number(WRITTEN, "… où l’on a écrit", "Vides relus à l’aveugle où la personne a lu une réponse"),
    *_estimates("oublis", "Réponses oubliées", "réponses crues vides"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentErrors:
    """Estimated wrong answers among 10,000 of one kind, with a 95 % interval."""

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
    """Blind readings counted answer after answer, by question and by kind of field.

    Values that were read and answers found empty are counted apart: they were drawn apart.
    """

    def __init__(self) -> None:
        self._by_question: Counter[tuple[str, str]] = Counter()
        self._by_kind: Counter[tuple[str, str]] = Counter()

    def add(self, name: str, field: Field, fact: Fact) -> None:
        """One answer; one that nobody could read says nothing of the machine."""
        if not fact.blind or fact.state == "illisible":
            return
        if fact.found_empty:
            read, missed = EMPTY, WRITTEN
            wrong = fact.state != "vide" and fact.text != "absent"
        else:
            read, missed = SURE, WRONG
            wrong = fact.state != "lu"
        for what, count in ((read, 1), (missed, int(wrong))):
            self._by_question[name, what] += count
            self._by_kind[kind_of(field), what] += count

    def cells(self, name: str, field: Field) -> list[Value]:
        """The cells of a question under ``VARIABLES``."""
        kind = kind_of(field)
        found: list[Value] = [wording.KINDS[kind].title]
        for read, missed in ((SURE, WRONG), (EMPTY, WRITTEN)):
            count = self._by_question[name, read]
            found += [count, self._by_question[name, missed] if count else None]
            found += self._estimate(kind, read, missed)
        return found

    def _estimate(self, kind: str, read: str, missed: str) -> list[Value]:
        """Wrong ones among 10,000 of a kind, and the interval; nothing where nothing was read blindly."""
        found = silent_errors({kind: self._by_kind[kind, read]}, {kind: self._by_kind[kind, missed]}).get(kind)
        return [None] * 3 if found is None else [round(found.per_10000), math.floor(found.low), math.ceil(found.high)]
