"""Whether what is hidden stays hidden from somebody who reads several tables of one question.

Two tables of a question share more than their total: how many people of a public are of an
age is published too, so that what an age answered bounds what a public did.  Suppose that two
people of hidden groups exchange their answers, and that they stand together in every other
table, in one shown group or both among the hidden: every published figure stays as it is, and
a hidden one changes.  All that such exchanges reach is possible for every reader, whatever
else is known of who belongs where.  A hidden line must be left that much room.

This is the swapping of records (Dalenius & Reiss 1982), used here to prove what suppression
protects and never to change a figure.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.consolidate.disclosure.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One table of a question: the people of each group (sets of bits) and the places of hidden lines."""

    groups: tuple[int, ...]
    hidden: frozenset[int]

    @property
    def concealed(self) -> int:
        """Everybody in a hidden line."""
        return _together(self.groups[place] for place in self.hidden)

    def shows(self, given: Given) -> bool:
        """Whether a line with answers in it is shown."""
        return any(people & given.answered for place, people in enumerate(self.groups) if place not in self.hidden)

    @property
    def blocks(self) -> list[int]:
        """People that a reader cannot tell apart in this table."""
        shown = [people for place, people in enumerate(self.groups) if place not in self.hidden]
        return [block for block in (*shown, self.concealed) if block]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Who answered a question, and who gave each answer (sets of bits); ``several`` answers a person."""

    answered: int
    by_answer: tuple[int, ...]
    several: bool


def weak(tables: Mapping[str, Told], given: Given, rules: Rules) -> str | None:
    """The table of which one more line must be hidden, so that other tables tell too little of it.

    A table that is hidden whole can give no more: then it is another's turn.  None when all
    is protected, or all hidden.
    """
    for name, table in tables.items():
        others = [other.blocks for key, other in tables.items() if key != name]
        if table.hidden and not _protected(table, _strata(table.concealed, others), given, rules):
            return next((key for key in (name, *tables) if tables[key].shows(given)), None)
    return None


def _strata(people: int, others: Sequence[Sequence[int]]) -> list[int]:
    """People who stand together in all other tables."""
    strata = [people]
    for blocks in others:
        strata = [part for stratum in strata for block in blocks if (part := stratum & block)]
    return strata


def _protected(table: Told, strata: Sequence[int], given: Given, rules: Rules) -> bool:
    """Whether exchanges leave every hidden line of a table the room that the rules ask for."""
    concealed = table.concealed
    for place in table.hidden:
        group = table.groups[place]
        if not group & given.answered:
            continue
        if _reach(group, given.answered, strata)[1] < rules.threshold:
            return False
        for answer in given.by_answer:
            rest = given.answered & ~answer
            if _reach(group, rest, strata)[1] <= rules.spared:
                return False
            if not concealed & answer:
                continue  # nobody hidden gave it: everybody may know
            low, high = _reach(group, answer, strata)
            if high - low < _room(group, answer, given, rules):
                return False
    return True


def _room(group: int, answer: int, given: Given, rules: Rules) -> int:
    """How many values a hidden figure must be left with, less one."""
    size = (group & given.answered).bit_count()
    base = size if given.several else sum((group & one).bit_count() for one in given.by_answer)
    alike = size >= rules.threshold and base - (group & answer).bit_count() <= rules.spared
    return rules.spared + 1 if alike else 1


def _reach(group: int, wanted: int, strata: Sequence[int]) -> tuple[int, int]:
    """Fewest and most people of a group who may be among the wanted once answers are exchanged."""
    low = high = 0
    for stratum in strata:
        everyone, inside, met = stratum.bit_count(), (stratum & group).bit_count(), (stratum & wanted).bit_count()
        low += max(0, met + inside - everyone)
        high += min(met, inside)
    return low, high


def _together(parts: Iterable[int]) -> int:
    """Everybody in some sets of people."""
    return functools.reduce(operator.or_, parts, 0)
