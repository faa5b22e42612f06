"""Which lines of a table are hidden together, so that their sum tells no more than a group may.

A table has one line for each group of a partition and a line for all; the groups' lines add
up to it.  Hiding one line alone is useless: it is the total less the others.  Whole lines
are therefore hidden, at least two, and what a reader can still work out is exactly their
sum.  That sum must itself pass the rules of a line, as if the groups had been merged.  The
bounds left on a hidden line are then those of a table of two rows with known margins
(Fréchet's), which the sum keeps wide.  What other tables of the same question say of them is
the matter of ``exchange``.

Sources of the idea: complementary suppression as in Cox (1980) and Fischetti & Salazar
(1999), here in one dimension where the least loss is found by looking; merging before
hiding as official statistics do for tables of persons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.consolidate.disclosure.rules import Line, Reason, Rules, sensitive, union

Objection = Callable[[frozenset[int]], frozenset[int] | None]
"""Lines that must be hidden as well when these are; None when the whole table must."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """Places of hidden lines with the reason; ``whole`` when the line for all is hidden too."""

    lines: Mapping[int, Reason]
    whole: bool = False


SHOWN = Hidden(lines={})


def hide(
    lines: Sequence[Line],
    rules: Rules,
    *,
    several: bool = False,
    objection: Objection | None = None,
    also: frozenset[int] = frozenset(),
) -> Hidden:
    """The lines to hide; their union with any other hidden line passes the rules.

    ``objection`` tells what an earlier edition forbids to show, ``also`` are places that
    other tables ask to hide.
    """
    everything = Hidden(lines=dict.fromkeys(range(len(lines)), Reason.PARTNER), whole=True)
    if not lines or sensitive(union(lines), rules, several=several):
        return everything
    found: dict[int, Reason] = dict.fromkeys(also, Reason.PARTNER)
    for place, line in enumerate(lines):
        why = sensitive(line, rules, several=several)
        if why:
            found[place] = why
    while True:
        more = objection(frozenset(found)) if objection else frozenset()
        if more is None:
            return everything
        if more - set(found):
            found |= dict.fromkeys(more - set(found), Reason.DIFFERENCE)
            continue
        if _safe(frozenset(found), lines, rules, several=several):
            return Hidden(lines=dict(sorted(found.items())))
        partner = partner_of(frozenset(found), lines, rules, several=several)
        if partner is None:
            return everything
        found[partner] = Reason.PARTNER


def _safe(places: frozenset[int], lines: Sequence[Line], rules: Rules, *, several: bool) -> bool:
    """Whether the sum of these lines may be worked out by anybody."""
    if not places:
        return True
    met = [lines[place] for place in places if lines[place].people]
    return len(met) > 1 and sensitive(union(met), rules, several=several) is None


def partner_of(places: frozenset[int], lines: Sequence[Line], rules: Rules, *, several: bool) -> int | None:
    """The next line to hide, that costs least: one that makes the sum safe if any does, and the fewest people."""
    others = [place for place, line in enumerate(lines) if place not in places and line.people]
    return min(
        others,
        key=lambda place: (
            not _safe(places | {place}, lines, rules, several=several),
            lines[place].size,
            place,
        ),
        default=None,
    )
