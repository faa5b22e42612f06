"""Groups of people that are large enough to be described, merged from finer ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

from pipeline.model.publication import GroupClass, Grouping

Partition = tuple[GroupClass, ...]
UNKNOWN = ""


def candidates(
    rungs: Sequence[Partition], grouping: Grouping, sizes: Mapping[str, int], threshold: int
) -> list[Partition]:
    """Partitions of all people whose groups are all empty or large enough, the finest first.

    ``sizes`` is the number of persons by code.  The first rung that serves as it is comes
    first; then merges of neighbours, down to two groups.  Empty when no two groups can be
    told apart.
    """
    complete = [_complete(rung, sizes, grouping.unknown) for rung in rungs]
    found = [rung for rung in complete if _large(rung, sizes, threshold)][:1]
    last = found[0] if found else complete[-1]
    for partition in _merged(last, grouping, sizes):
        if _large(partition, sizes, threshold) and partition not in found:
            found.append(partition)
    return found


def size_of(group: GroupClass, sizes: Mapping[str, int]) -> int:
    """Persons in a group."""
    return sum(sizes.get(code, 0) for code in group.codes)


def _complete(rung: Partition, sizes: Mapping[str, int], unknown: str) -> Partition:
    """A rung with everybody in it: codes that it does not name join the people without an answer."""
    named = frozenset(code for group in rung for code in group.codes)
    left = frozenset(sizes) - named
    if not left:
        return rung
    if UNKNOWN in named:
        return tuple(
            GroupClass(label=group.label, codes=group.codes | left) if UNKNOWN in group.codes else group
            for group in rung
        )
    return (*rung, GroupClass(label=unknown, codes=left | {UNKNOWN}))


def _large(partition: Partition, sizes: Mapping[str, int], threshold: int) -> bool:
    """At least two groups with people, each of them large enough."""
    met = [size for group in partition if (size := size_of(group, sizes))]
    return len(met) > 1 and min(met) >= threshold


def _merged(partition: Partition, grouping: Grouping, sizes: Mapping[str, int]) -> list[Partition]:
    """The partition with ever more groups merged, the smallest first."""
    found = []
    apart = next((group for group in partition if UNKNOWN in group.codes), None) if grouping.ordered else None
    while len(partition) > 2:
        partition = _merge_once(partition, sizes, ordered=grouping.ordered, apart=apart)
        found.append(partition)
    return found


def _merge_once(
    partition: Partition, sizes: Mapping[str, int], *, ordered: bool, apart: GroupClass | None
) -> Partition:
    """The smallest group with its smaller neighbour (on a scale), or with the next smallest group.

    People without an answer (``apart``) stand on no scale until they are merged into it.
    """
    places = range(len(partition))
    small = min(places, key=lambda place: (size_of(partition[place], sizes), place))
    others = [place for place in places if place != small]
    if ordered and partition[small] != apart:
        near = [place for place in others if abs(place - small) == 1 and partition[place] != apart]
        others = near or others
    other = min(others, key=lambda place: (size_of(partition[place], sizes), abs(place - small)))
    first, second = sorted((small, other))
    joined = GroupClass(
        label=_joined(partition[first].label, partition[second].label),
        codes=partition[first].codes | partition[second].codes,
    )
    kept = [group for place, group in enumerate(partition) if place not in (first, second)]
    kept.insert(first, joined)
    return tuple(kept)


def _joined(first: str, second: str) -> str:
    """« Bac + 2 ; Diplôme non dit »."""
    return f"{first} ; {_inside(second)}"


def crossing(
    rows: Sequence[Partition],
    columns: Sequence[Partition],
    sizes: Mapping[str, int],
    threshold: int,
    accept: Callable[[Partition], bool],
) -> Partition | None:
    """The crossing with the most pairs, none of them small; None when there is none.

    ``rows`` and ``columns`` are coarsenings of two groupings, ``sizes`` the number of
    persons by pair of codes (``"a|b"``).
    """
    found = [_pairs(left, right) for left, right in product(rows, columns)]
    for pairs in sorted(found, key=len, reverse=True):
        if _large(pairs, sizes, threshold) and accept(pairs):
            return pairs
    return None


def _pairs(rows: Partition, columns: Partition) -> Partition:
    return tuple(
        GroupClass(
            label=f"{row.label} × {_inside(column.label)}",
            codes=frozenset(f"{a}|{b}" for a in row.codes for b in column.codes),
        )
        for row in rows
        for column in columns
    )


def _inside(label: str) -> str:
    """A label after another: without its capital, unless it begins with an abbreviation."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
