"""Batteries: skills by family, hours by domain.  Their lines add up, and are not groups of people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.consolidate.disclosure.source import Source
from pipeline.consolidate.disclosure.survey import Question
from pipeline.model.label import rank
from pipeline.model.publication import Hours, Skills

CHANGES = ("plus bas à la fin", "pareil", "plus haut à la fin")
_WHEN = {"debut": "au début", "fin": "à la fin"}
_DAYS = (("progression", "évolution, deux dates différentes", 0), ("progression_meme_jour", "évolution, même jour", 1))
Levels = Mapping[int, Mapping[int, int]]
"""Places of answers by number of the skill, then by person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a battery."""

    code: str
    label: str
    question: Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """Lines that add up to ``whole``; ``name`` is what they are (« Famille »).

    ``inner`` are the batteries behind items, by code: the skills of a family.
    """

    name: str
    label: str
    whole: Question
    items: tuple[Item, ...]
    inner: Mapping[str, Battery]


def levels(source: Source, skills: Skills) -> list[Battery]:
    """Levels at each moment by family and skill; how they changed by family, same-day pairs apart."""
    table = source.tables.get(skills.table)
    if table is None or len(table.melt) != 2 or not table.families:
        return []
    scale = _scale(source, skills.table, table.melt[0])
    moments = [_levels(source, skills.table, moment) for moment in table.melt]
    maker = _Maker(skills=skills, labels=table.row_labels, families=table.families)
    found = [
        maker.battery(moment, f"niveau {_WHEN.get(moment, moment)}", scale, given, detailed=True)
        for moment, given in zip(table.melt, moments, strict=True)
    ]
    same_day = source.column(skills.same_day)
    for key, label, wanted in _DAYS:
        kept = {person for person, value in same_day.items() if value == wanted}
        found.append(maker.battery(key, label, CHANGES, _changes(moments[0], moments[1], kept), detailed=False))
    return found


def tops(source: Source, skills: Skills) -> list[Question]:
    """Which skills people chose as their strong points."""
    table = source.tables.get(skills.table)
    if table is None or not skills.top:
        return []
    numbers = sorted(table.row_labels)
    named: dict[int, set[int]] = {}
    for name in skills.top:
        for person, value in source.column(name).items():
            code = str(value).split(" ")[0]
            if code.isdigit() and int(code) in numbers:
                named.setdefault(person, set()).add(numbers.index(int(code)))
    replies = {person: tuple(sorted(places)) for person, places in named.items()}
    answers = tuple(f"{number:02d} – {table.row_labels[number]}" for number in numbers)
    return [
        Question(
            key=f"{skills.table}_points_forts", sheet="PointsForts", label="Mes points forts", answers=answers,
            replies=replies, several=True,
        )
    ]  # fmt: skip


def concerned(source: Source, skills: Skills) -> list[Question]:
    """In which families people gave at least one level."""
    table = source.tables.get(skills.table)
    if table is None or not table.families:
        return []
    families = sorted(set(table.families.values()))
    found: dict[int, set[int]] = {}
    for moment in table.melt:
        for number, given in _levels(source, skills.table, moment).items():
            for person in given:
                found.setdefault(person, set()).add(families.index(table.families[number]))
    return [
        Question(
            key=f"{skills.table}_concernes", sheet=skills.sheet, label="Familles où un niveau est donné",
            answers=tuple(families), replies={person: tuple(sorted(places)) for person, places in found.items()},
            several=True,
        )
    ]  # fmt: skip


def hours(source: Source, asked: Hours, totals: Question) -> list[Battery]:
    """Hours by domain, of the carnets whose hours were all read: they add up to the same total."""
    found: dict[str, dict[int, float]] = {}
    for person, (domain, value) in source.rows(asked.table, asked.domain, f"{asked.table}_{asked.column}"):
        if person in totals.values and isinstance(value, int | float) and value:
            given = found.setdefault(str(domain or ""), {})
            given[person] = given.get(person, 0.0) + float(value)
    if not found:
        return []
    whole = _summed(asked.sheet, "heures", _together(found.values()))
    items = tuple(
        Item(code=domain, label=domain or "Domaine non dit", question=_summed(asked.sheet, f"heures_{domain}", given))
        for domain, given in sorted(found.items(), key=lambda pair: (not pair[0], pair[0]))
    )
    return [Battery(name="Domaine", label="Heures par domaine", whole=whole, items=items, inner={})]


def _summed(sheet: str, key: str, values: Mapping[int, float]) -> Question:
    return Question(
        key=key, sheet=sheet, label="Heures par domaine", answers=(), replies=dict.fromkeys(values, ()),
        values=values, summed=True, unit="heures",
    )  # fmt: skip


def _together(given: Iterable[Mapping[int, float]]) -> dict[int, float]:
    total: dict[int, float] = {}
    for values in given:
        for person, value in values.items():
            total[person] = total.get(person, 0.0) + value
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class _Maker:
    """Batteries over the families of one table of skills."""

    skills: Skills
    labels: Mapping[int, str]
    families: Mapping[int, str]

    def battery(self, key: str, label: str, answers: tuple[str, ...], given: Levels, *, detailed: bool) -> Battery:
        """One measure of all skills, by family and, when ``detailed``, by skill."""
        stem, title = f"{self.skills.table}_{key}", f"Compétences : {label}"
        items, inner = [], {}
        for family in sorted(set(self.families.values())):
            code = family.split(" ")[0]
            numbers = [number for number in sorted(self.labels) if self.families.get(number) == family]
            whole = self._question(f"{stem}_{code}", title, answers, given, numbers)
            items.append(Item(code=code, label=family, question=whole))
            if detailed:
                skills = tuple(
                    Item(
                        code=f"{number:02d}",
                        label=f"{number:02d} – {self.labels[number]}",
                        question=self._question(f"{stem}_{number:02d}", title, answers, given, [number]),
                    )
                    for number in numbers
                )
                inner[code] = Battery(name="Compétence", label=title, whole=whole, items=skills, inner={})
        whole = self._question(stem, title, answers, given, sorted(self.families))
        return Battery(name="Famille", label=title, whole=whole, items=tuple(items), inner=inner)

    def _question(
        self, key: str, label: str, answers: tuple[str, ...], given: Levels, numbers: Iterable[int]
    ) -> Question:
        replies: dict[int, tuple[int, ...]] = {}
        for number in numbers:
            for person, place in given.get(number, {}).items():
                replies[person] = (*replies.get(person, ()), place)
        return Question(key=key, sheet=self.skills.sheet, label=label, answers=answers, replies=replies)


def _levels(source: Source, group: str, moment: str) -> dict[int, dict[int, int]]:
    """Levels given at one moment, as places on the scale."""
    found: dict[int, dict[int, int]] = {}
    for person, (number, when, place) in source.rows(group, "ligne", "moment", f"{group}_rang"):
        if when == moment and isinstance(place, int | float) and isinstance(number, int | float):
            found.setdefault(int(number), {})[person] = int(place) - 1
    return found


def _scale(source: Source, group: str, column: str) -> tuple[str, ...]:
    """The words of the levels."""
    asked = next(
        field for form in source.forms for field in form.fields if (field.group, field.column) == (group, column)
    )
    return tuple(f"{rank(asked, option.value)} – {option.label}" for option in asked.options)


def _changes(before: Levels, after: Levels, kept: set[int]) -> dict[int, dict[int, int]]:
    """Lower, equal or higher at the end, of those who gave both."""
    found: dict[int, dict[int, int]] = {}
    for number, given in before.items():
        for person, first in given.items():
            last = after.get(number, {}).get(person)
            if last is not None and person in kept:
                found.setdefault(number, {})[person] = 1 + (last > first) - (last < first)
    return found
