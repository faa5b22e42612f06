"""When a line of a table tells too much about the people it describes.

The thresholds are those that French official statistics publish for tax data on persons
(fewer than 11 withheld) and for sums (one contributor above 85 %), applied to the group
described; inside a large enough group an answer is hidden only when it is everybody's, or
everybody's but one or two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """Why a line cannot be shown."""

    FEW = "few"
    SAME = "same"
    DOMINANT = "dominant"
    DIFFERENCE = "difference"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Thresholds of the rules.

    ``threshold`` people make a group; an answer is everybody's when no more than ``spared``
    people gave another; ``dominance`` is the largest share of a sum that one person may have.
    Groups are merged further while more than ``merge_above`` of their figures would be hidden,
    and given up when more than ``leave_above`` would be whatever the merge.
    """

    threshold: int = 11
    spared: int = 2
    dominance: float = 0.85
    merge_above: float = 0.15
    leave_above: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one group said.

    ``people`` are the persons who answered, as a set of bits; ``counts`` their answers in
    the order of the question; ``amounts`` a quantity by person (bit number), when the table
    sums one.
    """

    people: int = 0
    counts: tuple[int, ...] = ()
    amounts: Mapping[int, float] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of persons."""
        return self.people.bit_count()

    @property
    def total(self) -> float:
        """Sum of the amounts."""
        return sum(self.amounts.values())


def union(lines: Iterable[Line]) -> Line:
    """What several groups said together."""
    people = 0
    counts: tuple[int, ...] = ()
    amounts: dict[int, float] = {}
    for line in lines:
        people |= line.people
        counts = tuple(a + b for a, b in zip(counts, line.counts, strict=True)) if counts else line.counts
        for person, amount in line.amounts.items():
            amounts[person] = amounts.get(person, 0.0) + amount
    return Line(people=people, counts=counts, amounts=amounts)


def sensitive(line: Line, rules: Rules, *, several: bool = False) -> Reason | None:
    """Why a line may not be shown alone; None when it may.  Nobody at all may always be shown.

    ``several`` says that a person may give several answers: then each answer given is
    compared with the number of persons; a box left blank is not an answer given.
    """
    if not line.people:
        return None
    if line.size < rules.threshold:
        return Reason.FEW
    if unanimous(line.counts, line.size if several else sum(line.counts), rules):
        return Reason.SAME
    if line.amounts and max(line.amounts.values()) > rules.dominance * line.total:
        return Reason.DOMINANT
    return None


def unanimous(counts: Iterable[int], base: int, rules: Rules) -> bool:
    """Whether all of ``base``, or all but the spared few, gave one same answer."""
    found = tuple(counts)
    return bool(found) and base - max(found) <= rules.spared
