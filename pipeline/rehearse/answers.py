"""What one respondent means to answer, before any pen touches the paper.

A persona fixes what holds for the whole carnet (dates, rows used, self-evaluations);
``answer_carnet`` then answers every field of the form from its definition and habits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from pipeline.model.form import Field, FormDefinition
from pipeline.model.value import comb_value, format_groups
from pipeline.rehearse.habits import Habits


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A meant answer: ``raw`` and ``value`` as they would stand in ``lectures.csv``."""

    raw: str
    value: str


NOTHING = Answer(raw="", value="")
_HOURS = {"0.5": 6, "1": 18, "1.5": 10, "2": 24, "2.5": 8, "3": 16, "3.5": 4, "4": 9, "6": 3, "8": 2}
"""Durations of an action in hours and how many in a hundred last so: mostly round or half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """What holds for a whole carnet.

    ``rows`` counts the used rows of each group; ``moments`` the columns filled of paired
    groups; ``integer_way`` and ``duration_way`` how numbers are laid in their cells.
    """

    start: date
    end: date
    rows: Mapping[str, int]
    moments: Mapping[str, frozenset[str]]
    same_day: bool
    groups: frozenset[str]
    integer_way: str
    duration_way: str


def draw_persona(
    form: FormDefinition, habits: Habits, rng: np.random.Generator, *, continued: Mapping[str, int] | None = None
) -> Persona:
    """A respondent at random; ``continued`` counts the rows of a group that go on continuation sheets."""
    first, last = habits.window
    start = first + timedelta(days=int(rng.integers(0, 150)))
    end = min(last, start + timedelta(days=int(rng.integers(45, 180))))
    groups = sorted({field.group for field in form.fields if field.group})
    more = continued or {}
    rows = {group: _rows_used(form, habits, group, rng, more.get(group, 0)) for group in groups}
    paired = habits.special.get("paired", {})
    shares = habits.special.get("paired_shares", {"both": 0.5, "first": 0.3})
    moments = {}
    for group in sorted(paired):
        luck = rng.random()
        count = 2 if luck < shares["both"] else 1 if luck < shares["both"] + shares["first"] else 0
        moments[group] = frozenset(paired[group][:count])
    optional = habits.special.get("optional_groups", {})
    ways = habits.general["ways"]
    return Persona(
        start=start,
        end=end,
        rows=rows,
        moments=moments,
        same_day=bool(rng.random() < habits.special.get("same_day", 0.0)),
        groups=frozenset(group for group in groups if rng.random() < optional.get(group, 1.0)),
        integer_way=weighted(ways["integer"], rng),
        duration_way=weighted(ways["duration"], rng),
    )


def _rows_used(form: FormDefinition, habits: Habits, group: str, rng: np.random.Generator, extra: int) -> int:
    """How many rows of a group this respondent uses, continuation sheets included."""
    bound = {page.number for page in form.pages if not page.continues}
    capacity = len({field.row for field in form.fields if field.group == group and field.page in bound})
    weights = habits.special.get("rows", {}).get(group)
    if weights is None and not extra:
        return int(rng.binomial(capacity, float(habits.general["rows"])))
    if extra or not weights:
        return capacity + extra
    counts = np.arange(len(weights))
    return int(min(capacity, rng.choice(counts, p=np.asarray(weights, float) / sum(weights))))


def weighted(shares: Mapping[str, float], rng: np.random.Generator) -> str:
    """A key at random, by weight."""
    keys = list(shares)
    weights = np.array([float(shares[key]) for key in keys])
    return str(rng.choice(keys, p=weights / weights.sum()))


def answer_field(
    field: Field, persona: Persona, habits: Habits, rng: np.random.Generator, taken: Mapping[str, str]
) -> Answer:
    """The meant answer to one field; ``taken`` holds raw answers already given (distinct codes)."""
    if not _asked_of(field, persona, habits) or rng.random() >= habits.answered(field):
        return Answer(raw="absent", value="absent") if field.type == "signature" else NOTHING
    if field.type == "choice":
        return _choice(field, habits, rng)
    if field.type == "comb":
        return _comb(field, persona, habits, rng, taken)
    if field.type == "signature":
        return Answer(raw="present", value="present")
    texts = habits.general[
        "masked_texts" if field.type == "masked" else "short_texts" if habits.lists("short", field) else "texts"
    ]
    count = 1 if field.lines < 2 else int(rng.integers(1, field.lines + 1))
    text = " ".join(str(rng.choice(texts)) for _ in range(count))
    return Answer(raw=text, value=text)


def _asked_of(field: Field, persona: Persona, habits: Habits) -> bool:
    """Whether this respondent gets to a field at all."""
    if field.group:
        moments = persona.moments.get(field.group)
        if moments is not None and field.column not in moments:
            return False
        return field.group in persona.groups and field.row <= persona.rows[field.group]
    same_day_fields: list[str] = habits.special.get("same_day_fields", [])
    if field.name in same_day_fields and persona.moments:
        filled = max(len(moment) for moment in persona.moments.values())
        return same_day_fields.index(field.name) < filled
    return True


def _choice(field: Field, habits: Habits, rng: np.random.Generator) -> Answer:
    """One or several codes, weighted by habit; scales lean to the upper half."""
    codes = [option.value for option in field.options]
    shares = habits.of("options", field)
    if shares is None and field.ordered:
        middle = 0.62 * (len(codes) - 1)
        shares = {
            code: float(np.exp(-(((rank - middle) / (0.38 * len(codes))) ** 2))) for rank, code in enumerate(codes)
        }
    shares = shares or dict.fromkeys(codes, 1.0)
    first = weighted({code: shares.get(code, 0.01) for code in codes}, rng)
    chosen = {first}
    exclusive = {option.value for option in field.options if option.exclusive}
    if field.multiple and first not in exclusive:
        counts = habits.of("several", field) or [60, 30, 10]
        wanted = int(rng.choice(np.arange(1, len(counts) + 1), p=np.asarray(counts, float) / sum(counts)))
        others = [code for code in codes if code not in exclusive and code != first]
        chosen |= {str(code) for code in rng.permutation(others)[: wanted - 1]} if others else set()
    raw = "|".join(code for code in codes if code in chosen)
    return Answer(raw=raw, value=raw)


def _comb(field: Field, persona: Persona, habits: Habits, rng: np.random.Generator, taken: Mapping[str, str]) -> Answer:
    """Characters of the cells, in this respondent's way, and the typed value."""
    raw = _characters(field, persona, habits, rng, taken)
    return Answer(raw=raw, value=comb_value(field, raw))


def _characters(
    field: Field, persona: Persona, habits: Habits, rng: np.random.Generator, taken: Mapping[str, str]
) -> str:
    """What goes into the cells of a comb."""
    if field.kind == "date":
        return write_date(field, _day_of(field, persona, habits, rng))
    if field.kind == "duration":
        return write_duration(float(weighted(_HOURS, rng)), persona.duration_way)
    if field.kind == "integer":
        low, high = habits.of("numbers", field) or (field.minimum or 0, field.maximum or 10**field.cells - 1)
        number = int(rng.integers(low, high + 1))
        if high - low > 40 and rng.random() < 0.7:
            number = max(low, round(number / 5) * 5)
        fixed = field.maximum is not None and len(str(field.maximum)) == field.cells and field.cells == 2
        return write_integer(number, field.cells, "zeros" if fixed else persona.integer_way)
    if field.kind == "code":
        legal = _open_codes(field, persona, habits, taken)
        return str(rng.choice(legal)) if legal else ""
    alphabet = {"digits": "0123456789", "letters": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    letters = list(alphabet.get(field.alphabet, "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"))
    start = str(habits.of("starts", field, ""))
    return start + "".join(str(rng.choice(letters)) for _ in range(field.cells - len(start)))


def _open_codes(field: Field, persona: Persona, habits: Habits, taken: Mapping[str, str]) -> list[str]:
    """Legal codes that are not used by a sibling and whose row has been declared."""
    legal = [code for code in field.values if code not in {taken.get(name, "") for name in field.distinct_from}]
    group = habits.of("declared", field)
    if group is None:
        return legal
    declared = [code for code in legal if code.isdigit() and 0 < int(code) <= persona.rows.get(group, 0)]
    return declared or [code for code in legal if code.isdigit() and int(code) == 0]


def _day_of(field: Field, persona: Persona, habits: Habits, rng: np.random.Generator) -> date:
    """The day that a date field means."""
    moment = habits.of("dates", field, "row" if field.group else "start")
    span = max(1, (persona.end - persona.start).days)
    if moment == "end" and persona.same_day and field.name in habits.special.get("same_day_fields", ()):
        moment = "start"
    if moment == "row":
        count = max(1, persona.rows.get(field.group, 1))
        share = (min(field.row, count) - rng.uniform(0.1, 0.9)) / count
        return persona.start + timedelta(days=int(share * span))
    if moment == "before":
        return persona.start - timedelta(days=int(rng.exponential(900)))
    if moment == "after":
        return min(habits.window[1], persona.end + timedelta(days=int(rng.integers(0, 12))))
    return persona.end if moment == "end" else persona.start


def write_date(field: Field, day: date) -> str:
    """A date in the cells of its format (letters D, M, Y; two or four Y)."""
    parts = {"D": f"{day.day:02d}", "M": f"{day.month:02d}", "Y": f"{day.year:04d}"}
    return "".join(parts[letter][-(end - start) :] for letter, start, end in format_groups(field.format))


def write_duration(hours: float, way: str) -> str:
    """A duration in HHMM cells: in full, the hour alone in its cells, or without minutes."""
    whole, minutes = int(hours), round((hours - int(hours)) * 60)
    if way == "short_hour" and 0 < whole < 10:
        return f" {whole}{minutes:02d}"
    if way == "no_minutes" and minutes == 0:
        return f"{whole:02d}  "
    return f"{whole:02d}{minutes:02d}"


def write_integer(number: int, cells: int, way: str) -> str:
    """A whole number in its cells: to the right, padded with zeros, or to the left."""
    text = str(number)
    return {"zeros": text.zfill(cells), "left": text.ljust(cells), "right": text.rjust(cells)}[way]


def answer_carnet(
    fields: Mapping[str, Field], persona: Persona, habits: Habits, rng: np.random.Generator
) -> dict[str, Answer]:
    """Meant answers to all the given fields (names as on their sheets), in order."""
    given: dict[str, str] = {}
    answers: dict[str, Answer] = {}
    for name, field in fields.items():
        answers[name] = answer_field(field, persona, habits, rng, given)
        given[name] = answers[name].raw
    return answers
