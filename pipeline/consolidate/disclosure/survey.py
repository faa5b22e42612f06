"""The carnets as respondents: which group each stands in, what each answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.consolidate.disclosure.grouping import UNKNOWN
from pipeline.consolidate.disclosure.source import Source
from pipeline.model.form import Field
from pipeline.model.label import labelled
from pipeline.model.publication import GroupClass, Grouping, NumberClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something asked of everybody, and what each person answered.

    ``replies`` are places in ``answers``, by person (bit number); nothing for a person who
    did not answer or could not be read.  ``values`` are numbers behind the answers, shown
    by their quartiles rounded to ``step`` and, when ``summed``, by their sum.
    """

    key: str
    sheet: str
    label: str
    answers: tuple[str, ...]
    replies: Mapping[int, tuple[int, ...]]
    several: bool = False
    favourable: tuple[int, ...] = ()
    values: Mapping[int, float] = field(default_factory=dict)
    summed: bool = False
    step: float = 0.0
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A grouping and its codes, each with the people who gave it as a set of bits."""

    grouping: Grouping
    people: Mapping[str, int]

    @property
    def sizes(self) -> dict[str, int]:
        """Persons by code."""
        return {code: people.bit_count() for code, people in self.people.items()}

    def members(self, group: GroupClass) -> int:
        """People of a group."""
        found = 0
        for code in group.codes:
            found |= self.people.get(code, 0)
        return found


def persons(people: int) -> Iterator[int]:
    """The bit numbers of a set of people, ascending."""
    for person, bit in enumerate(reversed(f"{people:b}")):
        if bit == "1":
            yield person


def membership(grouping: Grouping, source: Source) -> Membership:
    """Everybody's code in a grouping."""
    given = _register_codes(grouping, source) if grouping.register else _answer_codes(grouping, source)
    legal = frozenset(code for rung in rungs(grouping, source) for group in rung for code in group.codes)
    found: dict[str, int] = {}
    for person in range(len(source.keys)):
        code = given.get(person, UNKNOWN)
        code = code if code in legal else UNKNOWN
        found[code] = found.get(code, 0) | 1 << person
    return Membership(grouping=grouping, people=found)


def rungs(grouping: Grouping, source: Source) -> tuple[tuple[GroupClass, ...], ...]:
    """The rungs of a grouping, or one made of the form's own answers."""
    if grouping.rungs:
        return grouping.rungs
    listed = source.lexicon(grouping.register) if grouping.register else {}
    listed |= {option.value: option.label for option in source.options(grouping.field)}
    return (
        tuple(
            GroupClass(label=label[:1].upper() + label[1:], codes=frozenset((code,))) for code, label in listed.items()
        ),
    )


def _register_codes(grouping: Grouping, source: Source) -> dict[int, str]:
    codes = {label: code for code, label in source.lexicon(grouping.register).items()}
    return {person: codes.get(str(value), "") for person, value in source.column(grouping.register).items()}


def _answer_codes(grouping: Grouping, source: Source) -> dict[int, str]:
    """The code that each person gave, the first that counts of several."""
    field = source.field(grouping.field)
    if field is None:
        return {}
    if not field.multiple:
        codes = source.codes(field)
        return {person: codes.get(str(value), "") for person, value in source.column(field.name).items()}
    found: dict[int, str] = {}
    order = grouping.first_of or tuple(option.value for option in field.options)
    for code in reversed(order):
        ticked = source.column(f"{field.name}__{code}").items()
        found |= {person: code for person, value in ticked if value}
    return found


def chosen(field: Field, source: Source) -> dict[int, tuple[int, ...]]:
    """Places of the answers given by each person who answered a question."""
    options = source.options(field.name)
    if not field.multiple:
        places = {labelled(field, option.value): place for place, option in enumerate(options)}
        column = source.column(field.name).items()
        return {person: (places[str(value)],) for person, value in column if str(value) in places}
    found: dict[int, tuple[int, ...]] = {}
    for place, option in enumerate(options):
        for person, value in source.column(f"{field.name}__{option.value}").items():
            if value:
                found[person] = (*found.get(person, ()), place)
    return found


def cut(values: Mapping[int, float], classes: tuple[NumberClass, ...]) -> dict[int, tuple[int, ...]]:
    """Numbers as places of the classes that hold them."""
    return {
        person: (next((place for place, one in enumerate(classes) if value <= one.to), len(classes) - 1),)
        for person, value in values.items()
    }
