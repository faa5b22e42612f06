"""Kinds of field that are read in one way, and so err in one way."""

from __future__ import annotations

from pipeline.model.form import Field

KINDS = ("tick_one", "tick_several", "date", "duration", "integer", "code", "characters", "signature", "text")
_COMBS = {"date": "date", "duration": "duration", "integer": "integer", "code": "code"}


def kind_of(field: Field) -> str:
    """The kind of a field, one of ``KINDS``; the French words are in ``wording``."""
    if field.type == "choice":
        return "tick_several" if field.multiple else "tick_one"
    if field.type == "comb":
        return _COMBS.get(field.kind or "", "characters")
    return "signature" if field.type == "signature" else "text"
