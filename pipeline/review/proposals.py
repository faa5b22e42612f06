"""What the machine proposes, and the answers that a list offers, in readable French."""

from __future__ import annotations

from pipeline.model.decision import FieldDecision
from pipeline.model.form import Field
from pipeline.model.label import answers, labelled
from pipeline.model.value import MINUTES

EMPTY, ILLEGIBLE = "vide", "illisible"
_LIST_MAX = 40  # a longer list is slower to search than to type
_PRESENCE = {"present": "présent", "absent": "absent"}


def proposals(field: Field) -> tuple[tuple[str, str], ...]:
    """Closed answers of a field as (what is stored, what people read); none for free entries."""
    if field.type == "signature":
        return tuple(_PRESENCE.items())
    found = answers(field)
    return found if len(found) <= _LIST_MAX else ()


def options(field: Field) -> tuple[str, ...]:
    """What the drop-down of a field offers."""
    closing = (ILLEGIBLE,) if field.type == "signature" else (EMPTY, ILLEGIBLE)
    return (*(label for _, label in proposals(field)), *closing)


def readable(field: Field, decision: FieldDecision) -> str:
    """The machine's best reading, as a person would write it; ``·`` stands for an empty cell."""
    raw = decision.raw.strip()
    if field.type == "choice":
        return labelled(field, raw) if raw else "rien de coché"
    if field.type == "signature":
        return _PRESENCE.get(raw, raw)
    if field.type == "text":
        return raw
    if decision.value:
        return _value(field, decision.value)
    return raw.replace(" ", "·")


def _value(field: Field, value: str) -> str:
    """A typed value in French: a date, hours and minutes, a code with its label."""
    if field.kind == "date":
        return "/".join(reversed(value.split("-")))
    if field.kind == "duration":
        minutes = round(float(value) * MINUTES)
        return f"{minutes // MINUTES} h {minutes % MINUTES:02d}"
    if field.kind == "code" or field.labels:
        return labelled(field, value)
    return value


def expected(field: Field) -> str:
    """What to type, in a few words."""
    if field.type == "choice" and field.multiple:
        codes = ", ".join(option.value for option in field.options[:2])
        return f"Une réponse de la liste. Plusieurs réponses : leurs codes, séparés par une virgule ({codes})."
    if field.type in {"choice", "signature"}:
        return "Choisissez dans la liste."
    if field.type == "text":
        return "Recopiez ce qui est écrit. « vide » ou « illisible » au besoin."
    shapes = {"date": "JJ/MM/AAAA" if "D" in field.format else "MM/AAAA", "duration": "2h30 ou 2,5"}
    shape = shapes.get(field.kind or "", "la valeur lue sur l’image")
    return f"Tapez {shape}. « vide » ou « illisible » au besoin."
