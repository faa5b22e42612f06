"""The tables of a question, or of questions that bound each other, hidden so that together they tell no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.consolidate.disclosure.exchange import Given, Told, weak
from pipeline.consolidate.disclosure.hiding import partner_of
from pipeline.consolidate.disclosure.survey import Question
from pipeline.consolidate.disclosure.tables import Frame, ShownTable, by_group

Places = frozenset[int]
Also = Mapping[str, Places]
"""Lines that must be hidden, by grouping."""


def by_groups(frame: Frame, asked: Sequence[tuple[ShownTable, Sequence[str]]]) -> list[list[ShownTable]]:
    """Each question by its groupings.

    Several questions are given at once when one bounds the other (without an action there is
    no hour): what one hides of a group, the others hide too.
    """
    also: dict[str, Places] = {}
    while True:
        found = [_of_question(frame, whole, {name: also.get(name, Places()) for name in by}) for whole, by in asked]
        grown = dict(also)
        for table in (table for tables in found for table in tables):
            if not table.hidden.whole:
                grown[table.grouping] = grown.get(table.grouping, Places()) | frozenset(table.hidden.lines)
        if len(asked) == 1 or grown == also:
            return found
        also = grown


def _of_question(frame: Frame, whole: ShownTable, also: Also) -> list[ShownTable]:
    """One question by groupings that share their people: as many lines are hidden as the others ask for."""
    given, hidden = _given(whole.question), dict(also)
    while True:
        tables = {name: by_group(frame, whole, name, hidden[name]) for name in also}
        name = None if whole.hidden.whole else weak(_told(frame, tables), given, frame.rules)
        if name is None:
            return list(tables.values())
        table = tables[name]
        hidden[name] = frozenset(table.hidden.lines)
        more = partner_of(hidden[name], table.lines, frame.rules, several=whole.question.several)
        if more is not None:
            hidden[name] |= {more}


def _told(frame: Frame, tables: Mapping[str, ShownTable]) -> dict[str, Told]:
    return {
        name: Told(
            groups=tuple(frame.memberships[name].members(group) for group in table.groups),
            hidden=frozenset(table.hidden.lines),
        )
        for name, table in tables.items()
    }


def _given(question: Question) -> Given:
    by_answer = [0] * len(question.answers)
    for person, places in question.replies.items():
        for place in places:
            by_answer[place] |= 1 << person
    answered = sum(1 << person for person in question.replies)
    return Given(answered=answered, by_answer=tuple(by_answer), several=question.several)
