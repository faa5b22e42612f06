"""One field as evaluators see it: a typed value when it was read, and a state that always says why."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

from pipeline.model.decision import Outcome, Status
from pipeline.model.form import Field
from pipeline.model.label import is_numeric_scale, labelled
from pipeline.workbook import Cell, Entry, Look, Value

State = Literal["lu", "corrige", "vide", "illisible", "a_relire", "absent", "sans_objet"]
"""``absent``: its page was not placed.  ``sans_objet``: this version of the form does not ask it."""

STATE_WORDS: dict[State, str] = {
    "lu": "lu : la valeur est celle du papier",
    "corrige": "corrigé : une personne a lu autre chose que la machine, sa valeur compte",
    "vide": "vide : la question est restée sans réponse",
    "a_relire": "à relire : un doute que personne n’a encore levé",
    "illisible": "illisible : une personne a renoncé à lire",
    "absent": "absent : la page n’a pas été numérisée",
    "sans_objet": "sans objet : cette version du carnet ne pose pas la question",
}
CERTAIN: frozenset[State] = frozenset(("lu", "corrige"))
UNKNOWN: tuple[State, ...] = ("a_relire", "illisible", "absent")
_LOOKS: dict[State, Look] = {
    "a_relire": "review",
    "illisible": "illegible",
    "absent": "absent",
    "sans_objet": "absent",
}
Kind = Literal["text", "prose", "label", "integer", "hours", "date", "month", "flag"]
Computed = tuple[Value, State]
"""A computed value, and its state, which says why there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A field of one carnet.  ``text`` is its final value as text, empty unless it was read.

    ``inked`` tells whether anything is written there, which makes a row a used one.
    ``settled``: a person answered a doubt of the machine, and ``changed`` its reading;
    ``blind``: a person read it for the blind sample, which is no doubt; ``found_empty``: the
    machine was sure that nothing is written there.
    """

    state: State
    text: str = ""
    inked: bool = False
    settled: bool = False
    changed: bool = False
    blind: bool = False
    found_empty: bool = False
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


ABSENT = Fact(state="absent")
NOT_ASKED = Fact(state="sans_objet")


def fact(outcome: Outcome) -> Fact:
    """What an outcome says to evaluators."""
    state = _state(outcome)
    text = outcome.final_value
    inked = outcome.status is not Status.BLANK and outcome.raw.strip() not in {"", "absent"}
    return Fact(
        state=state,
        text=text,
        inked=inked or state in {"a_relire", "illisible"},
        settled=outcome.verdict is not None and not outcome.verdict.blind,
        changed=state == "corrige" and outcome.verdict is not None and not outcome.verdict.blind,
        blind=outcome.verdict is not None and outcome.verdict.blind,
        found_empty=outcome.decision.found_empty,
        reasons=outcome.decision.reasons,
        warnings=outcome.decision.warnings,
    )


def _state(outcome: Outcome) -> State:
    """The state of an outcome; a field that a person found empty is empty, not corrected."""
    status = outcome.status
    if status is Status.VERIFIED:
        if not outcome.value and not outcome.raw.strip():
            return "vide"
        return "corrige" if _changed(outcome) else "lu"
    plain: dict[Status, State] = {
        Status.ACCEPTED: "lu",
        Status.BLANK: "vide",
        Status.REVIEW: "a_relire",
        Status.ILLEGIBLE: "illisible",
    }
    return plain[status]


def _changed(outcome: Outcome) -> bool:
    """Whether a person read something else than the machine; transcribing what it left alone is no correction."""
    if outcome.decision.type == "text" and not outcome.decision.raw:
        return False
    return outcome.value != outcome.decision.value


def kind(field: Field) -> Kind:
    """How the column of a field is formatted."""
    if field.type == "choice":
        return "integer" if is_numeric_scale(field) else "label"
    return _comb_kind(field) if field.type == "comb" else _ZONES[field.type]


_ZONES: dict[str, Kind] = {"signature": "flag", "text": "prose", "masked": "text"}


def _comb_kind(field: Field) -> Kind:
    """A number that has labels is a code: its leading zeros matter, and sums of it do not."""
    if field.kind == "date":
        return "date" if "D" in field.format else "month"
    if field.kind == "duration":
        return "hours"
    return "integer" if field.kind == "integer" and not field.labels else "label"


def is_sensitive(field: Field) -> bool:
    """Free text, and whatever the form declares, may reveal opinions, health or names."""
    return field.sensitive or field.type == "text"


def typed(field: Field, text: str) -> Value:
    """The value of a cell: a true date, a number, a label; None when there is none."""
    if not text:
        return None
    try:
        return _typed(field, text)
    except ValueError:
        return text  # never dropped: better a text in a column of numbers than nothing


def _typed(field: Field, text: str) -> Value:
    found = kind(field)
    if found == "integer":
        return int(text)
    if found == "hours":
        return float(text)
    if found == "date":
        return datetime.date.fromisoformat(text)
    if found == "month":
        return datetime.date.fromisoformat(f"{text}-01")
    if found == "flag":
        return int(text == "present")
    return labelled(field, text) if found == "label" else text


def cell(field: Field, found: Fact) -> Entry:
    """The cell of a field: its value, or an empty cell whose look says why."""
    return shown(typed(field, found.text), found.state)


def shown(value: Value, state: str) -> Entry:
    """A value with the look of its state."""
    look = _LOOKS.get(state)  # type: ignore[call-overload]
    return Cell(value=value, look=look) if look else value
