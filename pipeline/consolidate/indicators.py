"""Indicators: a numerator, a denominator, what could not be read, and how far chance may carry them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.consolidate.counting import Condition, Tally
from pipeline.model.interval import wilson

CAUTION = 30
"""Answers below which a share is to be read with caution."""
Kind = Literal["share", "ratio", "summary", "difference"]
Part = Literal["", "ensemble", "famille", "ligne"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The distribution of a number: extremes, quartiles (as Excel's QUARTILE) and mean."""

    n: int
    low: float
    q1: float
    median: float
    q3: float
    high: float
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One figure.

    ``code`` and ``label`` name the indicator, ``measure`` what is counted, ``field`` its
    question.  ``group`` is the grouping's name, empty for all carnets.  Of the cells
    concerned, ``denominator`` were read (or left blank, when a blank says no), ``blank``
    left without answer, ``unread`` neither read nor known to be empty, ``not_lent`` on a
    page that the person kept; ``turning`` were read in part and may yet join the numerator.
    ``others_in`` to ``unread_in`` are the answers of people whose group was not read, and who
    may belong to it: those that do not count, those that do, those not read either.

    ``kind``: a ``share`` has an interval; a ``ratio`` of sums and a ``difference`` of shares
    have none; a ``summary`` has quartiles and no numerator.  ``linked`` counts several
    answers of one person.  ``part`` is that of a paired table: all of it, a family, or one row.
    """

    code: str
    label: str
    measure: str
    field: str = ""
    kind: Kind = "share"
    part: Part = ""
    group: str = ""
    group_label: str = ""
    group_value: str = ""
    identifying: bool = False
    numerator: float = 0
    denominator: float = 0
    blank: int = 0
    unread: int = 0
    not_lent: int = 0
    turning: int = 0
    others_in: float = 0
    hits_in: float = 0
    unread_in: int = 0
    summary: Summary | None = None
    linked: bool = False
    note: str = ""
    group_from: tuple[Condition, ...] = ()
    numerator_from: tuple[tuple[int, Tally], ...] = ()
    denominator_from: tuple[tuple[int, Tally], ...] = ()
    median_from: tuple[str, str, tuple[Condition, ...]] | None = None

    @property
    def sheets(self) -> set[str]:
        """The tables of which it is made."""
        made = {tally.sheet for _, tally in (*self.numerator_from, *self.denominator_from)}
        return {self.median_from[0]} if self.median_from else made

    @property
    def share(self) -> float | None:
        """Numerator over denominator."""
        return self.numerator / self.denominator if self.denominator and self.kind != "summary" else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval of a share."""
        if self.kind != "share" or not self.denominator or not 0 <= self.numerator <= self.denominator:
            return None
        return wilson(self.numerator, self.denominator)

    @property
    def unsorted(self) -> int:
        """Answers, read or not, of people who may belong to the group."""
        return round(self.others_in + self.hits_in + self.unread_in)

    @property
    def doubted(self) -> bool:
        """Whether anything that was not read could change the figure."""
        return bool(self.unread or self.turning or self.unsorted)

    @property
    def worst(self) -> float | None:
        """The share, were no unread cell to count, and were those of the group whose answers do not count."""
        others = self.unread + self.others_in + self.unread_in
        if self.kind != "share":
            return None
        if not self.denominator + others:
            return 1.0 if self.hits_in else None
        return self.numerator / (self.denominator + others)

    @property
    def best(self) -> float | None:
        """The share, were every unread cell to count, and were those of the group whose answers count."""
        hits = self.unread + self.hits_in + self.unread_in
        if self.kind != "share":
            return None
        if not self.denominator + hits:
            return 0.0 if self.others_in else None
        return (self.numerator + self.turning + hits) / (self.denominator + hits)

    @property
    def remark(self) -> str:
        """How to read it."""
        count = self.summary.n if self.summary else self.denominator
        if not count:
            return self.note or "Aucune réponse lue."
        found = []
        if count < CAUTION and self.kind != "ratio":
            found.append(f"À lire avec prudence (n < {CAUTION}).")
        if self.kind == "share" and self.numerator > self.denominator:
            found.append("Plus de carnets revenus que notés comme remis : compléter le registre.")
        if self.linked:
            found.append("Plusieurs réponses par personne : l’intervalle est trop étroit.")
        if self.doubted and self.best is not None and self.worst is not None:
            found.append(f"De {percent(self.worst)} à {percent(self.best)} selon {self._doubts}.")
        return " ".join([*found, *([self.note] if self.note else [])])

    @property
    def _doubts(self) -> str:
        """What the best and the worst case depend on."""
        if not self.unsorted:
            return "les réponses non lues"
        return "les réponses et les groupes non lus" if self.unread or self.turning else "les groupes non lus"


def percent(share: float) -> str:
    """A share as people write it: « 61,4 % »."""
    return f"{share * 100:.1f}\u00a0%".replace(".", ",")
