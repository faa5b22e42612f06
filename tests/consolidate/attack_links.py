"""What the questions of a published file say of each other, as an attentive reader would write it down.

The same people stand in several tables: how many of a public are of an age is published, who was helped
is asked as a question and describes people elsewhere, a family of skills at two moments concerns the same
carnets, hours follow from actions.  Every relation holds for what was read, whatever was not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product

from tests.consolidate import attack
from tests.consolidate.attack import ALL, File, System

HELP, HELPED_BY = "Je l’ai rempli", "Aide pour remplir"
HELPED = {"rempli seul ou seule": "seul ou seule", "rempli avec de l’aide": "avec de l’aide"}
CONCERNED = "Familles où un niveau est donné"
START, END = "Compétences : niveau au début", "Compétences : niveau à la fin"
CHANGES = ("Compétences : évolution, deux dates différentes", "Compétences : évolution, même jour")
SKILLS = (CONCERNED, START, END, *CHANGES)
OF_ANSWERS = ("Famille", "Compétence", "Domaine")
ACTIONS, HOURS, DOMAINS = "Nombre d’actions", "Heures en tout", "Heures par domaine"
USES = (ACTIONS, HOURS, "Durée de suivi (jours)", DOMAINS)


def everything(system: System, file: File, question: str, mark: str = "") -> None:
    """All that a file says about a question: its own tables, and those of the questions tied to it."""
    tied = next((several for several in (SKILLS, USES) if question in several), (question,))
    if question == HELP:
        tied = (HELP, *(one for one in file.questions() if HELPED_BY in file.groupings(one)))
    known = [one for one in tied if one in file.questions()]
    helped = HELP in file.questions() and any(HELPED_BY in file.groupings(one) for one in known)
    for one in {*known, *([HELP] if helped else [])}:
        attack.equations(system, file, one, mark)
    if question in SKILLS:
        _skills(system, file, known, mark)
    elif question in USES:
        _uses(system, file, known, mark)
    for one in known:
        people = [grouping for grouping in file.groupings(one) if grouping not in OF_ANSWERS]
        for first, second in combinations(people, 2):
            _both(system, _Pair(file, one, first, second), mark)
            if helped and second == HELPED_BY:
                _helped(system, file, one, first, mark)


# The same people by two groupings


@dataclass
class _Pair:
    """One question by two groupings at once: nobody publishes it, but people are in both."""

    file: File
    question: str
    first: str
    second: str

    @property
    def name(self) -> str:
        return f"{self.first} × {self.second}"

    def cells(self) -> Iterator[tuple[str, str]]:
        return product(self.file.groups(self.question, self.first), self.file.groups(self.question, self.second))


def _both(system: System, pair: _Pair, mark: str) -> None:
    """What a group answered is what its parts by the other grouping answered."""
    names = (*pair.file.answers(pair.question), "size", "total")
    for place, grouping in enumerate((pair.first, pair.second)):
        for group in pair.file.groups(pair.question, grouping):
            inside = [cell for cell in pair.cells() if cell[place] == group]
            for name in names:
                parts = [(system.at(mark, pair.question, pair.name, *cell, name), 1.0) for cell in inside]
                system.equals([*parts, (system.at(mark, pair.question, grouping, group, name), -1.0)])
    for cell in pair.cells():
        at = {name: system.at(mark, pair.question, pair.name, *cell, name) for name in names}
        attack.relations(system, at, pair.question, list(names[:-2]))
    crossings = {grouping: count for grouping, count in pair.file.people.items() if " × " in grouping[0]}
    listed = [(both, people) for (crossing, both), people in crossings.items() if crossing.lower() == pair.name.lower()]
    alone = set(pair.cells()) if listed else set()
    for both, people in listed:
        left, _, right = both.partition(" × ")
        inside = [cell for cell in pair.cells() if _holds(left, cell[0]) and _holds(right, cell[1])]
        sizes = [(system.at(mark, pair.question, pair.name, *cell, "size"), 1.0) for cell in inside]
        system.at_most(sizes, people)
        alone -= set(inside)
    for cell in alone:  # nobody is both: such a pair is not listed
        system.equals([(system.at(mark, pair.question, pair.name, *cell, "size"), 1.0)])


def _holds(merged: str, group: str) -> bool:
    """Whether a printed group is part of a merged one: « A ; B » holds « B »."""
    return set(group.lower().split(" ; ")) <= set(merged.lower().split(" ; "))


def _helped(system: System, file: File, question: str, grouping: str, mark: str) -> None:
    """People helped, of a group: asked as a question by the same groups."""
    pair = _Pair(file, question, grouping, HELPED_BY)
    if grouping not in file.groupings(HELP):
        return
    for group, helped in pair.cells():
        people = file.people.get((grouping, group))
        answers = {HELPED[part] for part in helped.lower().split(" ; ") if part in HELPED}
        rest = [answer for answer in file.answers(HELP) if answer not in answers]
        size = (system.at(mark, question, pair.name, group, helped, "size"), 1.0)
        if len(answers) == len(helped.split(" ; ")):
            system.at_most([size, *((system.at(mark, HELP, grouping, group, a), -1.0) for a in answers)])
        elif people is not None:  # those without an answer to it, too
            system.at_most([size, *((system.at(mark, HELP, grouping, group, a), 1.0) for a in rest)], people)


# The same carnets at two moments, and what follows from actions


def _skills(system: System, file: File, known: list[str], mark: str) -> None:
    """Who gave a level at a moment is concerned; who changed gave one at both; what rose could rise."""

    def at(question: str, family: str, *names: str) -> list[tuple[int, float]]:
        grouping = ALL if family == ALL else "Famille"
        return [(system.at(mark, question, grouping, family, name), 1.0) for name in names]

    def less(terms: list[tuple[int, float]]) -> list[tuple[int, float]]:
        return [(place, -factor) for place, factor in terms]

    scale = file.answers(START) if START in known else []
    families = file.groups(START, "Famille") if START in known else []
    moments = [one for one in (START, END) if one in known]
    changes = [one for one in CHANGES if one in known]
    for family in (ALL, *families):
        if CONCERNED in known:
            whole = [(system.at(mark, CONCERNED, ALL, ALL, "size" if family == ALL else family), 1.0)]
            for moment in moments:
                system.at_most([*at(moment, family, "size"), *less(whole)])
            if len(moments) > 1:
                system.at_most([*whole, *(less(at(START, family, "size")) + less(at(END, family, "size")))])
        if family != ALL and any(family not in file.groups(one, "Famille") for one in (*moments, *changes)):
            continue
        pairs = [term for one in changes for term in at(one, family, "size")]
        for moment in moments:
            system.at_most([*pairs, *less(at(moment, family, "size"))])
            low, same, high = ([t for one in changes for t in at(one, family, name)] for name in _CHANGED)
            all_marks = less(at(moment, family, *scale))
            system.at_most([*low, *same, *high, *all_marks])
            first = moment == START
            system.at_most([*high, *less(at(moment, family, *(scale[:-1] if first else scale[1:])))])
            system.at_most([*low, *less(at(moment, family, *(scale[1:] if first else scale[:-1])))])


_CHANGED = ("plus bas à la fin", "pareil", "plus haut à la fin")


def _uses(system: System, file: File, known: list[str], mark: str) -> None:
    """Without an action there is no hour; hours by domain are the hours."""
    if ACTIONS in known and HOURS in known:
        none, few = file.answers(ACTIONS)[0], file.answers(HOURS)[0]
        for grouping in (ALL, *(set(file.groupings(ACTIONS)) & set(file.groupings(HOURS)))):
            for group in set(file.groups(ACTIONS, grouping)) & set(file.groups(HOURS, grouping)):
                terms = [(system.at(mark, ACTIONS, grouping, group, none), 1.0)]
                system.at_most([*terms, (system.at(mark, HOURS, grouping, group, few), -1.0)])
    if DOMAINS in known and HOURS in known:
        whole = system.at(mark, DOMAINS, ALL, ALL, "total")
        system.equals([(whole, 1.0), (system.at(mark, HOURS, ALL, ALL, "total"), -1.0)])
        size = [(system.at(mark, DOMAINS, ALL, ALL, "size"), 1.0)]
        system.at_most([*size, (system.at(mark, HOURS, ALL, ALL, "size"), -1.0)])
