"""Tables as they may be shown: groups large enough, lines hidden where they tell too much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.consolidate.disclosure.batteries import Battery
from pipeline.consolidate.disclosure.editions import (
    Newcomers,
    nested,
    objections,
    people_differ_enough,
    worked_out,
)
from pipeline.consolidate.disclosure.grouping import Partition, candidates, crossing
from pipeline.consolidate.disclosure.hiding import SHOWN, Hidden, Objection, hide
from pipeline.consolidate.disclosure.rules import Line, Reason, Rules, union
from pipeline.consolidate.disclosure.survey import Membership, Question, persons
from pipeline.model.edition import Block
from pipeline.model.publication import GroupClass

PEOPLE = "people"
EVERYTHING = Hidden(lines={}, whole=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTable:
    """One question for all (no ``lines``) or for each group; ``hidden`` says which lines may not be shown."""

    question: Question
    grouping: str = ""
    label: str = "Ensemble"
    groups: Partition = ()
    lines: tuple[Line, ...] = ()
    whole: Line
    hidden: Hidden = SHOWN
    open: frozenset[tuple[int, int]] = frozenset()

    @property
    def rows(self) -> list[tuple[str, Line, bool]]:
        """Label, content and whether it is hidden, of every line."""
        if not self.lines:
            return [(self.label, self.whole, self.hidden.whole)]
        return [
            (group.label, line, place in self.hidden.lines)
            for place, (group, line) in enumerate(zip(self.groups, self.lines, strict=True))
        ]

    def known(self, place: int) -> frozenset[int]:
        """Answers of a hidden line that everybody can work out, and which are therefore shown."""
        return frozenset(answer for line, answer in self.open if line == place)

    @property
    def figures(self) -> tuple[int, int]:
        """Numbers of people and of answers: all of them, and those hidden."""
        every = hidden = 0
        for place, (_, line, shut) in enumerate(self.rows):
            every += 1 + len(line.counts)
            hidden += 1 + len(line.counts) - len(self.known(place)) if shut else 0
        return every, hidden

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What a reader can work out of this table."""
        if self.hidden.whole:
            return ()
        if not self.lines:
            return (_block(None, self.whole),)
        shown = [
            _block(group.codes, line)
            for place, (group, line) in enumerate(zip(self.groups, self.lines, strict=True))
            if place not in self.hidden.lines
        ]
        if self.hidden.lines:
            codes = frozenset().union(*(self.groups[place].codes for place in self.hidden.lines))
            together = union(self.lines[place] for place in self.hidden.lines)
            shown.append(replace(_block(codes, together), hidden=True))
        return tuple(shown)


def _block(codes: frozenset[str] | None, line: Line) -> Block:
    return Block(
        codes=None if codes is None else tuple(sorted(codes)),
        size=line.size,
        counts=line.counts,
        hundredths=round(line.total * 100),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Who is described, by which groups, under which rules, after which editions."""

    everybody: int
    memberships: Mapping[str, Membership]
    rules: Rules
    earlier: tuple[Newcomers, ...] = ()
    partitions: Mapping[str, Partition] = field(default_factory=dict)

    def using(self, name: str, groups: Partition) -> Frame:
        """The same with one more grouping in use."""
        return replace(self, partitions={**self.partitions, name: groups})

    def told(self, question: str, grouping: str) -> list[tuple[Newcomers, Sequence[Block]]]:
        """What each earlier edition told of a table."""
        return [(newcomers, newcomers.edition.told(question, grouping)) for newcomers in self.earlier]


def line_of(question: Question, people: int) -> Line:
    """What some people answered to a question."""
    counts = [0] * len(question.answers)
    answered = 0
    for person in persons(people):
        places = question.replies.get(person)
        if places is not None:
            answered |= 1 << person
            for place in places:
                counts[place] += 1
    amounts = {}
    if question.summed:
        amounts = {person: question.values[person] for person in persons(answered)}
    return Line(people=answered, counts=tuple(counts), amounts=amounts)


# Groups


def partition(frame: Frame, name: str, rungs: Sequence[Partition]) -> list[Partition]:
    """Partitions that may be used for a grouping, the finest first; those of earlier editions are tried last."""
    member = frame.memberships[name]
    sizes = member.sizes
    found = candidates(rungs, member.grouping, sizes, frame.rules.threshold)
    return [one for one in found if _follows(frame, name, one, sizes)]


def _follows(frame: Frame, name: str, partition: Partition, sizes: Mapping[str, int]) -> bool:
    """Whether a partition tells nothing by difference with an earlier edition."""
    return all(
        nested(partition, newcomers.edition.groups_of(name))
        and people_differ_enough(partition, sizes, newcomers.edition.told(PEOPLE, name), frame.rules)
        for newcomers in frame.earlier
    )


def people_question(label: str) -> Question:
    """The number of people of a group."""
    return Question(key=PEOPLE, sheet="Profil", label=label, answers=(), replies={})


def profile(frame: Frame, name: str) -> ShownTable:
    """How many people stand in each group of a grouping."""
    member, groups = frame.memberships[name], frame.partitions[name]
    return ShownTable(
        question=people_question("Personnes"),
        grouping=name,
        label=member.grouping.label,
        groups=groups,
        lines=tuple(Line(people=member.members(group)) for group in groups),
        whole=Line(people=frame.everybody),
    )


def crossed(frame: Frame, rows: str, columns: str, coarser: Mapping[str, Sequence[Partition]]) -> ShownTable | None:
    """How many people stand in each pair of groups, merged until no pair is small; None when that leaves nothing."""
    left, right = frame.memberships[rows], frame.memberships[columns]
    name = f"{rows}×{columns}"
    sizes = {f"{a}|{b}": (left.people[a] & right.people[b]).bit_count() for a in left.people for b in right.people}

    def accept(pairs: Partition) -> bool:
        return _follows(frame, name, pairs, sizes)

    groups = crossing(coarser[rows], coarser[columns], sizes, frame.rules.threshold, accept)
    if groups is None:
        return None
    lines = tuple(Line(people=_pairs(left, right, group)) for group in groups)
    return ShownTable(
        question=people_question("Personnes"),
        grouping=name,
        label=f"{left.grouping.label} × {right.grouping.label.lower()}",
        groups=groups,
        lines=lines,
        whole=Line(people=frame.everybody),
    )


def _pairs(left: Membership, right: Membership, group: GroupClass) -> int:
    found = 0
    for pair in group.codes:
        first, second = pair.split("|")
        found |= left.people.get(first, 0) & right.people.get(second, 0)
    return found


# Answers


def for_all(frame: Frame, question: Question) -> ShownTable:
    """A question for everybody."""
    whole = line_of(question, frame.everybody)
    objection = _objection(frame, question, "", (GroupClass(label="", codes=frozenset()),), [whole])
    found = hide([whole], frame.rules, several=question.several, objection=objection)
    return ShownTable(question=question, whole=whole, hidden=EVERYTHING if found.whole else SHOWN)


def by_group(frame: Frame, whole: ShownTable, name: str, also: frozenset[int] = frozenset()) -> ShownTable:
    """A question for each group of a grouping; ``also`` are places of lines to hide whatever they tell."""
    member, groups = frame.memberships[name], frame.partitions[name]
    lines = tuple(line_of(whole.question, member.members(group)) for group in groups)
    return _table(frame, whole, member.grouping.label, groups, lines, grouping=name, also=also)


def battery(frame: Frame, asked: Battery, *, closed: bool = False) -> list[ShownTable]:
    """A battery as a whole, by item, and the batteries behind its items; nothing of it when ``closed``.

    A level of detail of which too much would be hidden is left out.
    """
    whole = for_all(frame, asked.whole)
    if closed:
        whole = replace(whole, hidden=EVERYTHING)
    items = _items(frame, asked, whole)
    inner = _inner(frame, asked, items)
    limit = frame.rules.leave_above
    if not whole.hidden.whole and share_hidden([items]) > limit:
        return [whole]
    return [whole, items, *(inner if share_hidden(inner) <= limit else ())]


def _inner(frame: Frame, asked: Battery, items: ShownTable) -> list[ShownTable]:
    """The batteries behind the items of another."""
    found = []
    for place, item in enumerate(asked.items):
        if item.code in asked.inner:
            line, shut = items.lines[place], items.hidden.whole or place in items.hidden.lines
            above = ShownTable(question=item.question, whole=line, hidden=EVERYTHING if shut else SHOWN)
            found.append(_items(frame, asked.inner[item.code], above))
    return found


def figures(tables: Iterable[ShownTable]) -> tuple[int, int]:
    """Numbers of people and of answers in some tables: all of them, and those hidden."""
    counted = [table.figures for table in tables]
    return sum(every for every, _ in counted), sum(hidden for _, hidden in counted)


def share_hidden(tables: Iterable[ShownTable]) -> float:
    """Share of the numbers of some tables that are hidden."""
    every, hidden = figures(tables)
    return hidden / every if every else 0.0


def _items(frame: Frame, asked: Battery, whole: ShownTable) -> ShownTable:
    """The items of a battery as lines that add up to a line already treated."""
    groups = tuple(GroupClass(label=item.label, codes=frozenset((item.code,))) for item in asked.items)
    lines = tuple(line_of(item.question, frame.everybody) for item in asked.items)
    return _table(frame, whole, asked.name, groups, lines, grouping=asked.name.lower())


def _table(
    frame: Frame,
    whole: ShownTable,
    label: str,
    groups: Partition,
    lines: tuple[Line, ...],
    *,
    grouping: str,
    also: frozenset[int] = frozenset(),
) -> ShownTable:
    """Lines that add up to a line already treated, with what must be hidden of them."""
    question, hidden = whole.question, EVERYTHING
    known: frozenset[tuple[int, int]] = frozenset()
    if not whole.hidden.whole:
        objection = _objection(frame, question, grouping, groups, lines)
        hidden = hide(lines, frame.rules, several=question.several, objection=objection, also=also)
        known = worked_out(lines, groups, frozenset(hidden.lines), frame.told(question.key, grouping))
    return ShownTable(
        question=question,
        grouping=grouping,
        label=label,
        groups=groups,
        lines=lines,
        whole=whole.whole,
        hidden=replace(hidden, lines=dict.fromkeys(range(len(lines)), Reason.PARTNER)) if hidden.whole else hidden,
        open=frozenset() if hidden.whole else known,
    )


def _objection(
    frame: Frame, question: Question, grouping: str, groups: Partition, lines: Sequence[Line]
) -> Objection | None:
    earlier = frame.told(question.key, grouping)
    return objections(lines, groups, earlier, frame.rules, several=question.several)
