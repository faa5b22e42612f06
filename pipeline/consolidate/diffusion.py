"""What may be published of a campaign: every table of the publication plan, protected, as one edition.

The first edition is free; each later one is protected together with all that came before,
and is refused when too little changed: two editions that differ by three carnets describe
three people.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.consolidate.collect import Tables
from pipeline.consolidate.disclosure.batteries import concerned, hours, levels, tops
from pipeline.consolidate.disclosure.editions import Newcomers
from pipeline.consolidate.disclosure.grouping import Partition
from pipeline.consolidate.disclosure.questions import questions
from pipeline.consolidate.disclosure.rules import Line, Rules
from pipeline.consolidate.disclosure.source import Lot, Source, open_source
from pipeline.consolidate.disclosure.survey import Question, membership, rungs
from pipeline.consolidate.disclosure.tables import (
    PEOPLE,
    Frame,
    ShownTable,
    battery,
    by_group,
    crossed,
    figures,
    for_all,
    partition,
    people_question,
    profile,
    share_hidden,
)
from pipeline.consolidate.disclosure.together import by_groups
from pipeline.model.edition import Edition, GroupsUsed, ToldTable
from pipeline.model.publication import Publication

_CANAL = "canal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """Carnets printed, handed out (None when nobody noted it) and returned, of one place of hand-out or all.

    ``registered`` are those returned whose number is in the register.
    """

    label: str
    printed: int
    handed: int | None
    returned: int
    registered: int

    @property
    def comparable(self) -> bool:
        """Whether what returned is part of what was printed; else no share may be told."""
        return self.registered == self.returned <= self.printed


@dataclass(frozen=True, slots=True, kw_only=True)
class Diffusion:
    """One edition: its tables, the groupings that could not be used, and how much is hidden."""

    title: str
    edition: Edition
    rules: Rules
    tables: tuple[ShownTable, ...]
    returns: tuple[Returns, ...]
    left_out: tuple[str, ...]
    labels: Mapping[str, str]

    @property
    def figures(self) -> tuple[int, int]:
        """Numbers of people and of answers: all of them, and those hidden."""
        return figures(self.tables)

    @property
    def share_hidden(self) -> float:
        """Share of all numbers that are hidden."""
        return share_hidden(self.tables)

    def table(self, question: str, grouping: str = "") -> ShownTable | None:
        """The table of a question for all or by a grouping; None when there is none."""
        return next((t for t in self.tables if t.question.key == question and t.grouping == grouping), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Why there is no new edition.

    ``few``: too few carnets for a first one.  ``close``: ``changed`` carnets came or went
    since edition ``last``, too few not to be recognised by difference.  ``hidden``: too much
    would have to be hidden.
    """

    why: Literal["few", "close", "hidden"]
    carnets: int
    needed: int = 0
    changed: int = 0
    share: float = 0.0
    last: Edition | None = None


def build_diffusion(
    tables: Tables,
    publication: Publication,
    rules: Rules,
    editions: Sequence[Edition],
    *,
    day: str,
    hidden_max: float,
) -> Diffusion | Kept:
    """The edition of this day, the last one again when nothing changed, or why there is none."""
    source = open_source(tables, publication.form)
    count = len(source.keys)
    if count < rules.threshold:
        return Kept(why="few", carnets=count, needed=rules.threshold)
    found = _published(source, publication, rules, editions, day=day)
    if not editions:
        return found
    last = editions[-1]
    if found.edition.fingerprint == last.fingerprint:
        return replace(found, edition=replace(found.edition, number=last.number, day=last.day))
    changed = min(_changed(edition, found.edition) for edition in editions)
    if changed < rules.threshold:
        return Kept(why="close", carnets=count, needed=rules.threshold, changed=changed, last=last)
    if found.share_hidden > hidden_max:
        return Kept(why="hidden", carnets=count, share=found.share_hidden, last=last)
    return found


def _changed(earlier: Edition, now: Edition) -> int:
    """Carnets that came since an edition; those that went, when none came."""
    came = set(now.keys) - set(earlier.keys)
    return len(came) if came else len(set(earlier.keys) - set(now.keys))


def _published(
    source: Source,
    publication: Publication,
    rules: Rules,
    editions: Sequence[Edition],
    *,
    day: str,
) -> Diffusion:
    """Every table, protected with all that earlier editions told."""
    frame = _frame(source, publication, rules, editions)
    asked = _asked(source, publication)
    wholes = {question.key: for_all(frame, question) for question, _ in asked}
    frame, usable = _grouped(source, publication, frame, asked, wholes)
    answers = _answers(publication, frame, usable, [(wholes[question.key], by) for question, by in asked])
    tables = (*_people(publication, frame, usable), *answers, *_batteries(source, publication, frame, wholes))
    returns = tuple(_returns(source, publication, frame))
    keys = source.keys
    told = tuple(
        ToldTable(question=table.question.key, grouping=table.grouping, blocks=table.blocks)
        for table in tables
        if table.blocks
    )
    groups = tuple(
        GroupsUsed(grouping=table.grouping, groups=tuple(tuple(sorted(group.codes)) for group in table.groups))
        for table in tables
        if table.question.key == PEOPLE and table.groups
    )
    edition = Edition(
        number=max((one.number for one in editions), default=0) + 1,
        day=day,
        carnets=len(keys),
        fingerprint=hashlib.sha256(repr((told, groups, returns)).encode()).hexdigest(),
        keys=keys,
        groups=groups,
        tables=told,
    )
    return Diffusion(
        title=publication.title,
        edition=edition,
        rules=rules,
        tables=tables,
        returns=returns,
        left_out=tuple(one.label for one in publication.groupings if one.name not in frame.partitions),
        labels={one.name: one.label for one in publication.groupings},
    )


def _frame(source: Source, publication: Publication, rules: Rules, editions: Sequence[Edition]) -> Frame:
    """Who is described, and after which editions."""
    earlier = tuple(
        Newcomers(
            edition=edition,
            people=sum(1 << person for cle, person in source.place.items() if cle not in frozenset(edition.keys)),
        )
        for edition in editions
    )
    return Frame(
        everybody=(1 << len(source.keys)) - 1,
        memberships={one.name: membership(one, source) for one in publication.groupings},
        rules=rules,
        earlier=earlier,
    )


def _asked(source: Source, publication: Publication) -> list[tuple[Question, tuple[str, ...]]]:
    """Every question with its groupings."""
    asked = [(question, one.by) for one in publication.asked for question in questions(source, one)]
    if publication.skills:
        asked += [(question, publication.skills.by) for question in concerned(source, publication.skills)]
        asked += [(question, ()) for question in tops(source, publication.skills)]
    return asked


def _grouped(
    source: Source,
    publication: Publication,
    frame: Frame,
    asked: Sequence[tuple[Question, tuple[str, ...]]],
    wholes: Mapping[str, ShownTable],
) -> tuple[Frame, dict[str, list[Partition]]]:
    """The frame with its groups, the finest that hide little; and the coarser ones, for crossings.

    A grouping made of a question that is hidden whole would tell its answers: it is left out.
    """
    usable: dict[str, list[Partition]] = {}
    for one in publication.groupings:
        above = wholes.get(one.field)
        if above is not None and above.hidden.whole:
            continue
        own = [wholes[question.key] for question, by in asked if one.name in by]
        found = partition(frame, one.name, rungs(one, source))
        shares = [_share(frame, own, one.name, groups) for groups in found]
        place = _finest(shares, frame.rules)
        if place is not None:
            usable[one.name] = found[place:]
            frame = frame.using(one.name, found[place])
    return frame, usable


def _finest(shares: Sequence[float], rules: Rules) -> int | None:
    """The first that hides little; else the one that hides least, unless even that hides too much."""
    for place, share in enumerate(shares):
        if share <= rules.merge_above:
            return place
    least = min(range(len(shares)), key=lambda place: shares[place], default=None)
    return least if least is not None and shares[least] <= rules.leave_above else None


def _share(frame: Frame, wholes: Sequence[ShownTable], name: str, groups: Partition) -> float:
    """Share of figures hidden in all tables by these groups."""
    using = frame.using(name, groups)
    return share_hidden([by_group(using, whole, name) for whole in wholes if not whole.hidden.whole])


def _people(
    publication: Publication,
    frame: Frame,
    usable: Mapping[str, Sequence[Partition]],
) -> Iterator[ShownTable]:
    """How many people: profile and crossings."""
    yield ShownTable(question=people_question("Carnets rendus"), whole=Line(people=frame.everybody))
    yield from (profile(frame, one.name) for one in publication.groupings if one.name in usable)
    for rows, columns in publication.crossings:
        if rows in usable and columns in usable:
            table = crossed(frame, rows, columns, usable)
            if table is not None:
                yield table


def _answers(
    publication: Publication,
    frame: Frame,
    usable: Mapping[str, Sequence[Partition]],
    asked: Sequence[tuple[ShownTable, Sequence[str]]],
) -> Iterator[ShownTable]:
    """Every question for all and by its groupings; questions that bound each other are protected together."""
    by = {whole.question.key: (whole, [name for name in names if name in usable]) for whole, names in asked}
    bound = [set(keys) & set(by) for keys in publication.bound]
    found: dict[str, list[ShownTable]] = {}
    for key in by:
        keys = sorted(next((keys for keys in bound if key in keys), {key}))
        if key not in found:
            found |= dict(zip(keys, by_groups(frame, [by[one] for one in keys]), strict=True))
        yield by[key][0]
        yield from found[key]


def _batteries(
    source: Source, publication: Publication, frame: Frame, wholes: Mapping[str, ShownTable]
) -> Iterator[ShownTable]:
    """Skills by family, hours by domain."""
    for one in levels(source, publication.skills) if publication.skills else ():
        yield from battery(frame, one)
    above = wholes.get(publication.hours.total) if publication.hours else None
    if publication.hours and above is not None:
        for one in hours(source, publication.hours, above.question):
            yield from battery(frame, one, closed=above.hidden.whole)


def _returns(source: Source, publication: Publication, frame: Frame) -> Iterator[Returns]:
    """Print register against what came back, for all and by place of hand-out."""
    lots = source.lots()
    noted = any(lot.handed for lot in lots)
    yield _return("Ensemble", lots, len(source.keys), noted=noted)
    grouping = next((one.name for one in publication.groupings if one.register == _CANAL), "")
    groups = frame.partitions.get(grouping, ())
    known = frozenset(code for group in groups for code in group.codes)
    for group in groups:
        own = [lot for lot in lots if (lot.canal if lot.canal in known else "") in group.codes]
        returned = frame.memberships[grouping].members(group).bit_count()
        yield _return(group.label, own, returned, noted=noted)


def _return(label: str, lots: Sequence[Lot], returned: int, *, noted: bool) -> Returns:
    return Returns(
        label=label,
        printed=sum(lot.printed for lot in lots),
        handed=sum(lot.handed for lot in lots) if noted else None,
        returned=returned,
        registered=sum(lot.read for lot in lots),
    )
