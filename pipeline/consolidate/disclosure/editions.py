"""What earlier editions of the published file told, and what a new one may add.

Somebody who holds two editions subtracts them.  For every group that both describe, or
whose description can be added up in both, the difference describes the people who came
between: they too must be nobody, or a group that passes the rules.  Partitions of two
editions must be nested, or else their difference would describe a group that neither shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.consolidate.disclosure.hiding import Objection
from pipeline.consolidate.disclosure.rules import Line, Rules, unanimous, union
from pipeline.model.edition import Block, Edition
from pipeline.model.publication import GroupClass

Codes = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomers:
    """Carnets that an edition did not hold, as a set of bits."""

    edition: Edition
    people: int


def nested(partition: Sequence[GroupClass], earlier: Iterable[Iterable[str]]) -> bool:
    """Whether every group contains, is contained in, or is apart from every earlier group.

    Codes that only one of them knows say nothing: nobody had them.
    """
    old = [frozenset(codes) for codes in earlier]
    common = frozenset().union(*old)
    for group in partition:
        codes = group.codes & common
        for other in old:
            if codes & other and not (codes <= other or other <= codes):
                return False
    return True


def people_differ_enough(
    partition: Sequence[GroupClass], sizes: Mapping[str, int], earlier: Sequence[Block], rules: Rules
) -> bool:
    """Whether the number of people of every common group is unchanged, or changed by enough of them."""
    for codes, old in _joins([group.codes for group in partition], earlier):
        now = sum(size for code, size in sizes.items() if codes is None or code in codes)
        if 0 < abs(now - sum(block.size for block in old)) < rules.threshold:
            return False
    return True


def objections(
    lines: Sequence[Line],
    groups: Sequence[GroupClass],
    earlier: Sequence[tuple[Newcomers, Sequence[Block]]],
    rules: Rules,
    *,
    several: bool = False,
) -> Objection | None:
    """What earlier editions forbid for the lines of a table; None when there is none."""
    if not any(blocks for _, blocks in earlier):
        return None

    def objection(hidden: frozenset[int]) -> frozenset[int] | None:
        told = _told(hidden, len(lines))
        more: set[int] = set()
        for newcomers, blocks in earlier:
            more |= _crossed(told, groups, blocks)
            for codes, old in _joins([_codes(groups, places) for places in told], blocks):
                inside = [places for places in told if codes is None or _codes(groups, places) <= codes]
                found = _objectionable(inside, old, lines, newcomers, rules, several=several)
                if found is None and len(inside) == len(told):
                    return None
                more |= frozenset().union(*inside) if found is None else found
        return frozenset(more) | hidden

    return objection


def _told(hidden: frozenset[int], count: int) -> list[frozenset[int]]:
    """What a reader can work out: every shown line, and the hidden ones together."""
    alone = [frozenset((place,)) for place in range(count) if place not in hidden]
    return [*alone, hidden] if hidden else alone


def _codes(groups: Sequence[GroupClass], places: Iterable[int]) -> Codes:
    return frozenset().union(*(groups[place].codes for place in places))


def _joins(new: Sequence[Codes], old: Sequence[Block]) -> list[tuple[Codes | None, list[Block]]]:
    """Groups that both editions tell, alone or by adding up: their codes and the earlier blocks in them."""
    if not old:
        return []
    if any(block.codes is None for block in old):
        return [(None, [block for block in old if block.codes is None])]
    left = [frozenset(block.codes or ()) for block in old] + [frozenset(codes) for codes in new]
    joined: list[set[str]] = []
    for codes in left:
        met = [one for one in joined if one & codes]
        joined = [one for one in joined if not one & codes] + [set(codes).union(*met)]
    return [(frozenset(codes), [block for block in old if set(block.codes or ()) & codes]) for codes in joined]


def _crossed(told: Sequence[frozenset[int]], groups: Sequence[GroupClass], blocks: Sequence[Block]) -> set[int]:
    """Lines that neither contain, nor are contained in, nor are apart from an earlier sum."""
    found: set[int] = set()
    for block in blocks:
        if block.codes is None:
            continue
        known = frozenset(code for other in blocks for code in other.codes or ())
        old = frozenset(block.codes)
        for places in told:
            codes = _codes(groups, places) & known
            if codes & old and not (codes <= old or old <= codes):
                found |= places | {place for place, group in enumerate(groups) if group.codes & old}
    return found


def _objectionable(
    inside: Sequence[frozenset[int]],
    old: Sequence[Block],
    lines: Sequence[Line],
    newcomers: Newcomers,
    rules: Rules,
    *,
    several: bool,
) -> frozenset[int] | None:
    """Lines of a common group to hide as well; None when the difference of the whole group tells too much."""
    now = union(lines[place] for places in inside for place in places)
    before = _sum(old)
    if not _may_differ(now, before, newcomers, rules, several=several):
        return None
    if len(old) != 1 or len(inside) < 2:
        return frozenset()
    parts = [union(lines[place] for place in places) for places in inside]
    if old[0].hidden and not _still_hidden(parts, before):
        return frozenset().union(*inside)
    finer: set[int] = set()
    for places, part in zip(inside, parts, strict=True):
        if not several and part.counts and not _leaves_doubt(part, before, rules):
            finer |= places
    return frozenset(finer)


def _still_hidden(parts: Sequence[Line], before: Block) -> bool:
    """Whether lines once hidden together keep their figures, now that what they became is told apart.

    What each held then is at most what it holds now, and at least the earlier sum less what
    the others hold now.
    """
    for answer, then in enumerate(before.counts):
        now = [part.counts[answer] for part in parts]
        for count in now:
            if then and min(count, then) - max(0, then - sum(now) + count) < 1:
                return False
    return True


def worked_out(
    lines: Sequence[Line],
    groups: Sequence[GroupClass],
    hidden: frozenset[int],
    earlier: Sequence[tuple[Newcomers, Sequence[Block]]],
) -> frozenset[tuple[int, int]]:
    """Answers of hidden lines that everybody can work out: (place of the line, place of the answer).

    Nobody gave the answer in any hidden line; or nobody gave it since an edition that told
    what the line held then.
    """
    if not hidden:
        return frozenset()
    now = union(lines[place] for place in hidden)
    found = {(place, answer) for answer, count in enumerate(now.counts) if not count for place in hidden}
    for _, blocks in earlier:
        found |= _unchanged(now, groups, hidden, blocks)
    return frozenset(found)


def _unchanged(
    now: Line, groups: Sequence[GroupClass], hidden: frozenset[int], blocks: Sequence[Block]
) -> set[tuple[int, int]]:
    """Answers that nobody gave in the hidden lines since an edition that told what those lines held."""
    codes = _codes(groups, hidden)
    inside = [block for block in blocks if block.codes is not None and codes & set(block.codes)]
    told = [frozenset(block.codes or ()) for block in inside]
    if not inside or frozenset().union(*told) - codes:
        return set()
    same = [at for at, (a, b) in enumerate(zip(now.counts, _sum(inside).counts, strict=True)) if a == b]
    whole = [
        place for place in hidden if all(part <= groups[place].codes for part in told if part & groups[place].codes)
    ]
    return {(place, answer) for place in whole for answer in same}


def _sum(blocks: Sequence[Block]) -> Block:
    counts = tuple(map(sum, zip(*(block.counts for block in blocks), strict=True))) if blocks else ()
    return Block(
        codes=None,
        size=sum(block.size for block in blocks),
        counts=counts,
        hundredths=sum(block.hundredths for block in blocks),
    )


def _may_differ(now: Line, before: Block, newcomers: Newcomers, rules: Rules, *, several: bool) -> bool:
    """Whether what changed is nothing, or told of enough people who did not all answer the same."""
    if not _amounts_may_differ(now, before, newcomers, rules):
        return False
    if len(before.counts) != len(now.counts):
        return not before.counts or not now.counts
    changes = [after - earlier for after, earlier in zip(now.counts, before.counts, strict=True)]
    people = now.size - before.size
    if several:
        if not people:
            return not any(changes)
        sign = 1 if people > 0 else -1
        moved = [sign * change for change in changes]
        return abs(people) >= rules.threshold and min(moved) >= 0 and not unanimous(moved, abs(people), rules)
    for sign in (1, -1):
        moved = [max(0, sign * change) for change in changes]
        if any(moved) and (sum(moved) < rules.threshold or unanimous(moved, sum(moved), rules)):
            return False
    return not people or abs(people) >= rules.threshold


def _amounts_may_differ(now: Line, before: Block, newcomers: Newcomers, rules: Rules) -> bool:
    """The same for a sum: nothing, or enough newcomers of whom none brought nearly all of it."""
    change = now.total - before.hundredths / 100
    if abs(change) < 0.01:
        return True
    came = [amount for person, amount in now.amounts.items() if newcomers.people >> person & 1]
    return len(came) >= rules.threshold and max(came) <= rules.dominance * abs(change)


def _leaves_doubt(part: Line, before: Block, rules: Rules) -> bool:
    """Whether people who were hidden in a larger group may still have differed, once their group is shown.

    At the most, those of this group who were there before gave what the group gives now,
    and no more than the larger group gave then.
    """
    most = [min(now, then) for now, then in zip(part.counts, before.counts, strict=True)]
    return not unanimous(most, sum(most), rules)
