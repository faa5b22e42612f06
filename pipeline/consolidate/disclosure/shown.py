"""What may be read of a protected table: everything downstream sees these rows and nothing else."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.consolidate.disclosure.rules import Line
from pipeline.consolidate.disclosure.survey import Question, persons
from pipeline.consolidate.disclosure.tables import ShownTable


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """One line of a table.  A figure that is hidden is None.

    ``size`` is the number of persons; ``base`` that of answers, the denominator of shares;
    ``quartiles`` are the first, the middle and the third; ``total`` and ``mean`` those of a sum.
    """

    label: str
    hidden: bool
    size: int | None
    base: int | None
    counts: tuple[int | None, ...]
    quartiles: tuple[float, float, float] | None = None
    total: float | None = None
    mean: float | None = None

    def share(self, places: Sequence[int]) -> float | None:
        """Share of some answers; None when hidden or when nobody answered."""
        found = self.sum(places)
        return found / self.base if found is not None and self.base else None

    def sum(self, places: Sequence[int]) -> int | None:
        """Number of some answers; None when one of them is hidden."""
        if self.hidden:
            return None
        return sum(self.counts[place] or 0 for place in places)


def shown_rows(table: ShownTable) -> list[ShownRow]:
    """The lines of a table with people in them."""
    return [
        _row(table, label, line, table.known(place) if shut else None)
        for place, (label, line, shut) in enumerate(table.rows)
        if line.people or not table.lines
    ]


def _row(table: ShownTable, label: str, line: Line, known: frozenset[int] | None) -> ShownRow:
    """One line; ``known`` are the answers that can be worked out of a hidden one."""
    question = table.question
    if known is not None:
        counts = tuple(count if place in known else None for place, count in enumerate(line.counts))
        return ShownRow(label=label, hidden=True, size=None, base=None, counts=counts)
    return ShownRow(
        label=label,
        hidden=False,
        size=line.size,
        base=line.size if question.several else sum(line.counts),
        counts=line.counts,
        quartiles=_quartiles(question, line),
        total=round(line.total) if question.summed else None,
        mean=round(line.total / line.size, 1) if question.summed and line.size else None,
    )


def _quartiles(question: Question, line: Line) -> tuple[float, float, float] | None:
    """Quartiles rounded to the question's step: nobody's own number stands in the file."""
    known = sorted(question.values[person] for person in persons(line.people) if person in question.values)
    if not question.step or len(known) < 2:
        return None
    low, middle, high = (_rounded(cut, question.step) for cut in statistics.quantiles(known, n=4, method="inclusive"))
    return low, middle, high


def _rounded(value: float, step: float) -> float:
    """The nearest multiple of a step, halves upwards."""
    return math.floor(value / step + 0.5) * step
