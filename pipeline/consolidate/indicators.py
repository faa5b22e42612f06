"""Indicators: a numerator, a denominator, what could not be read, and how far chance may carry them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.consolidate.counting import Condition, Tally
from pipeline.model.interval import wilson

CAUTION = 30
"""Answers below which a share is to be read with caution."""
Kind = Literal["share", "ratio", "summary", "difference"]


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
    page that the person kept.  ``kind``: a ``share`` has an interval; a ``ratio`` of sums
    and a ``difference`` of shares have none; a ``summary`` has quartiles and no numerator.
    ``linked`` counts several answers of one person.
    """

    code: str
    label: str
    measure: str
    field: str = ""
    kind: Kind = "share"
    group: str = ""
    group_label: str = ""
    group_value: str = ""
    identifying: bool = False
    numerator: float = 0
    denominator: float = 0
    blank: int = 0
    unread: int = 0
    not_lent: int = 0
    summary: Summary | None = None
    linked: bool = False
    note: str = ""
    numerator_from: tuple[tuple[int, Tally], ...] = ()
    denominator_from: tuple[tuple[int, Tally], ...] = ()
    median_from: tuple[str, str, tuple[Condition, ...]] | None = None

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
    def worst(self) -> float | None:
        """The share, were no unread cell to count."""
        return self._bound(0)

    @property
    def best(self) -> float | None:
        """The share, were every unread cell to count."""
        return self._bound(self.unread)

    def _bound(self, more: int) -> float | None:
        if self.kind != "share" or not self.denominator + self.unread:
            return None
        return (self.numerator + more) / (self.denominator + self.unread)

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
        if self.unread and self.best is not None and self.worst is not None:
            found.append(f"De {percent(self.worst)} à {percent(self.best)} selon les réponses non lues.")
        return " ".join([*found, *([self.note] if self.note else [])])


def percent(share: float) -> str:
    """A share as people write it: « 61,4 % »."""
    return f"{share * 100:.1f}\u00a0%".replace(".", ",")
