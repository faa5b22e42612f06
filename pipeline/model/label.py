"""Codes into the words that people read: one truth for the sheets and for the review."""

from __future__ import annotations

from pipeline.model.form import Field


def is_numeric_scale(field: Field) -> bool:
    """A choice whose answers are bare numbers (0 to 10) is a number."""
    return all(option.value == option.label.strip() and option.value.isdigit() for option in field.options)


def rank(field: Field, code: str) -> int | None:
    """Place of an answer on an ordered scale: its code when a number, else its order."""
    if not field.ordered or not code:
        return None
    if code.isdigit():
        return int(code)
    codes = [option.value for option in field.options]
    return codes.index(code) + 1 if code in codes else None


def labelled(field: Field, text: str) -> str:
    """The readable answer behind a code, or several: « 2 – Je fais avec de l'aide », « 07 », « Bénévole »."""
    codes = text.split("|") if field.type == "choice" else [text]
    return " ; ".join(_labelled(field, code) for code in codes)


def answers(field: Field) -> tuple[tuple[str, str], ...]:
    """Every possible answer of a field with a closed list, as (code, readable answer)."""
    codes = [option.value for option in field.options] or field.values or field.labels
    return tuple((code, _labelled(field, code)) for code in codes)


def _labelled(field: Field, code: str) -> str:
    """One code in words.  Ranks and codes stand first, so that lists sort as on paper."""
    if field.type != "choice":
        spellings = (code, code.zfill(field.cells), code.lstrip("0") or "0")
        label = next((field.labels[spelling] for spelling in spellings if spelling in field.labels), "")
        shown = code.zfill(field.cells) if code.isdigit() else code
        return f"{shown} – {label}" if label else shown
    label = next((option.label for option in field.options if option.value == code), code)
    place = rank(field, code)
    if place is None or is_numeric_scale(field):
        return label
    return f"{place:0{_rank_width(field)}d} – {label}"


def _rank_width(field: Field) -> int:
    """Digits of the highest rank: « 02 » sorts before « 10 »."""
    return max(len(str(rank(field, option.value) or 0)) for option in field.options)
