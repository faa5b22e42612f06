"""Somebody who holds the published file, and wants the hidden figures.

Nothing of the program is used here but the workbook that it wrote and the printed form.
For every hidden figure two linear programmes, over every published equation of its question,
give the interval that is left: totals and margins, groups that add up to them, people of a
group, sums that the classes bound, shares and means; ``attack_links`` adds what the questions say of each
other.  With a second file, the people who came between are unknowns too.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from openpyxl import load_workbook
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

ALL = "Ensemble"
SEVERAL = {"Avec ce carnet, je veux", "Familles où un niveau est donné", "Mes points forts"}
MARKS = "Compétences"
FAMILIES = {f"{n:02d}": "ABCDEFGH"[(n - 1) // 3] for n in range(1, 25)}
HOUR_CLASSES = ((0, 1), (1, 5), (5, 10), (10, 20), (20, 50), (50, 1200))


@dataclass
class Row:
    """One published line; None stands for ``c``."""

    size: float | None
    counts: dict[str, float | None]
    total: float | None = math.nan
    mean: float | None = math.nan


@dataclass
class File:
    """A published workbook: people by group, and lines by question, grouping and group."""

    people: dict[tuple[str, str], int] = field(default_factory=dict)
    rows: dict[tuple[str, str, str], Row] = field(default_factory=dict)

    def questions(self) -> list[str]:
        return list(dict.fromkeys(question for question, _, _ in self.rows))

    def groups(self, question: str, grouping: str) -> list[str]:
        return [g for q, name, g in self.rows if (q, name) == (question, grouping)]

    def answers(self, question: str) -> list[str]:
        return list(next(row.counts for (q, _, _), row in self.rows.items() if q == question))

    def groupings(self, question: str) -> list[str]:
        return list(dict.fromkeys(name for q, name, _ in self.rows if q == question and name != ALL))


def read(path: Path) -> File:
    book = load_workbook(path, read_only=True)
    found = File()
    for sheet in book.worksheets:
        lines = list(sheet.iter_rows(values_only=True))
        body = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
        if sheet.title == "Profil":
            found.people |= {(line["Regroupement"], line["Groupe"]): line["Personnes"] for line in body}
        elif sheet.title == "Mesures":
            for line in body:
                row = _row(found, line, line["Personnes"])
                row.total, row.mean = _figure(line["Total"]), _figure(line["Moyenne"])
        elif sheet.title not in ("LisezMoi", "Retours"):
            _read_answers(found, lines[0], body)
    return found


def _read_answers(found: File, head: tuple, body: list[dict]) -> None:
    """A sheet with one line an answer, or one column an answer."""
    for line in body:
        row = _row(found, line, line["Répondants"])
        if "Réponse" in head:
            row.counts[line["Réponse"]] = _figure(line["Effectif"])
            _check_share(line["Effectif"], line["Part"])
            continue
        for name in (h for h in head if h.endswith(" : effectif")):
            if " + " not in name:
                row.counts[name.removesuffix(" : effectif")] = _figure(line[name])
            _check_share(line[name], line[name.replace(" : effectif", " : part")], line["Répondants"])


def _row(found: File, line: dict, size: object) -> Row:
    key = (line["Question"], line["Regroupement"], line["Groupe"])
    return found.rows.setdefault(key, Row(size=_figure(size), counts={}))


def _figure(value: object) -> float | None:
    if value is None:
        return math.nan
    return None if value == "c" else float(value)


def _check_share(count: object, share: object, size: object = None) -> None:
    """No share, whole or rounded, stands beside a hidden count."""
    if count == "c" or size == "c":
        assert share == "c"


def width(low: float, high: float) -> float:
    """Whole numbers between two bounds, less one."""
    return math.inf if math.isinf(high) else math.floor(high + 1e-6) - math.ceil(low - 1e-6)


@dataclass
class Cell:
    """A figure that is hidden, and what is left of it."""

    question: str
    grouping: str
    group: str
    answer: str
    low: float
    high: float

    @property
    def width(self) -> float:
        return width(self.low, self.high)


class System:
    """Unknowns and what is known of them."""

    def __init__(self) -> None:
        self.index: dict[tuple, int] = {}
        self.equal: list[tuple[dict[int, float], float]] = []
        self.below: list[tuple[dict[int, float], float]] = []
        self._built: tuple | None = None

    def at(self, *name) -> int:
        return self.index.setdefault(name, len(self.index))

    def equals(self, terms: Iterable[tuple[int, float]], value: float = 0.0) -> None:
        self.equal.append((_added(terms), value))

    def at_most(self, terms: Iterable[tuple[int, float]], value: float = 0.0) -> None:
        self.below.append((_added(terms), value))

    def extreme(self, terms: Iterable[tuple[int, float]], sign: int) -> float:
        """The least (1) or greatest (-1) value that the published figures allow."""
        if self._built is None or self._built[0] != (len(self.index), len(self.equal), len(self.below)):
            state = len(self.index), len(self.equal), len(self.below)
            self._built = (state, self._matrix(self.equal), self._matrix(self.below))
        _, equal, below = self._built
        cost = np.zeros(len(self.index))
        for place, factor in terms:
            cost[place] += sign * factor
        solved = linprog(
            cost,
            A_eq=equal, b_eq=[v for _, v in self.equal] or None,
            A_ub=below, b_ub=[v for _, v in self.below] or None,
            bounds=(0, None), method="highs",
        )  # fmt: skip
        if solved.status == 3:
            return math.inf if sign < 0 else -math.inf
        assert solved.status == 0, solved.message
        return sign * solved.fun

    def _matrix(self, lines: list[tuple[dict[int, float], float]]):
        if not lines:
            return None
        found = lil_matrix((len(lines), len(self.index)))
        for number, (terms, _) in enumerate(lines):
            for place, factor in terms.items():
                found[number, place] = factor
        return found.tocsr()


def _added(terms: Iterable[tuple[int, float]]) -> dict[int, float]:
    found: dict[int, float] = defaultdict(float)
    for place, factor in terms:
        found[place] += factor
    return found


Known = Callable[[System, File, str], None]


def equations(system: System, file: File, question: str, mark: str = "") -> None:
    """Everything that one file says about a question, as equations between its unknowns."""
    answers = file.answers(question)
    for (q, grouping, group), row in file.rows.items():
        if q == question:
            at = {name: system.at(mark, question, grouping, group, name) for name in (*answers, "size", "total")}
            _figures(system, at, row)
            relations(system, at, question, answers)
            if question.startswith(MARKS):
                most = {"Compétence": 1, "Famille": 3}.get(grouping, 24)
                system.at_most([*((at[answer], 1) for answer in answers), (at["size"], -most)])
            people = file.people.get((grouping, group)) if grouping != ALL else file.people[ALL, ALL]
            if people is not None:
                system.at_most([(at["size"], 1)], people)
    for grouping in file.groupings(question):
        _margins(system, file, question, grouping, mark)


def _margins(system: System, file: File, question: str, grouping: str, mark: str) -> None:
    """Lines that add up to another: groups to all people, skills to their family, families to all skills."""
    parents = defaultdict(list)
    for group in file.groups(question, grouping):
        family = FAMILIES.get(group[:2]) if grouping == "Compétence" else None
        whole = next((g for g in file.groups(question, "Famille") if family and g.startswith(family)), ALL)
        parents["Famille" if family else ALL, whole].append(group)
    apart = grouping not in ("Famille", "Compétence", "Domaine")
    for (above, whole), parts in parents.items():
        for answer in (*file.answers(question), "total", *(("size",) if apart else ())):
            down = [(system.at(mark, question, grouping, group, answer), 1.0) for group in parts]
            system.equals([*down, (system.at(mark, question, above, whole, answer), -1.0)])


def _figures(system: System, at: dict[str, int], row: Row) -> None:
    """The figures that one line shows; sums are rounded."""
    for answer, count in [*row.counts.items(), ("size", row.size)]:
        if count is not None:
            system.equals([(at[answer], 1)], count)
    if row.total is not None and not math.isnan(row.total):
        system.at_most([(at["total"], 1)], row.total + 0.5)
        system.at_most([(at["total"], -1)], 0.5 - row.total)


def relations(system: System, at: dict[str, int], question: str, answers: list[str]) -> None:
    """What the figures of a line are to each other: one answer a person, several, or hours in classes."""
    if question in SEVERAL:
        for answer in answers:
            system.at_most([(at[answer], 1), (at["size"], -1)])
        system.at_most([(at["size"], 1)] + [(at[answer], -1) for answer in answers])
    elif answers and not question.startswith(MARKS):
        system.equals([(at[answer], 1) for answer in answers] + [(at["size"], -1)])
    if answers and answers[0] == "1 heure au plus":
        for sign, bound in ((-1, 1), (1, 0)):
            terms = [(at[answer], sign * limits[bound]) for answer, limits in zip(answers, HOUR_CLASSES, strict=True)]
            system.at_most([*terms, (at["total"], -sign)])


def hidden_cells(file: File, known: Known | None = None) -> Iterator[Cell]:
    """The interval left of every hidden figure of a file; ``known`` is what the reader writes down of a question."""
    for question in file.questions():
        hidden = [
            (grouping, group, answer)
            for (q, grouping, group), row in file.rows.items()
            if q == question
            for answer, count in [*row.counts.items(), ("total", row.total)]
            if count is None
        ]
        if not hidden:
            continue
        system = System()
        (known or equations)(system, file, question)
        for grouping, group, answer in hidden:
            terms = [(system.at("", question, grouping, group, answer), 1.0)]
            yield Cell(
                question=question, grouping=grouping, group=group, answer=answer,
                low=system.extreme(terms, 1), high=system.extreme(terms, -1),
            )  # fmt: skip
