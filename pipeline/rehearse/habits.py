"""How plausible respondents answer: the statistics of ``habits.toml``, looked up by field.

Nothing here knows a form: a table named after the form's id refines the general one,
and a form without a table is answered by the general rules.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from pipeline.model.form import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """General statistics and those of one form."""

    general: Mapping[str, Any]
    special: Mapping[str, Any]

    def of(self, table: str, field: Field, default: Any = None) -> Any:  # noqa: ANN401 - values of a TOML table
        """The entry of a special table for a field: by its name, else by group and column."""
        entries = self.special.get(table, {})
        return entries.get(field.name, entries.get(stem(field), default))

    def lists(self, table: str, field: Field) -> bool:
        """Whether a special list names a field."""
        return stem(field) in self.special.get(table, ()) or field.name in self.special.get(table, ())

    def answered(self, field: Field) -> float:
        """Share of respondents who answer a field."""
        special = self.of("answered", field)
        if special is not None:
            return float(special)
        by_type = {"text": "text_answered", "signature": "signature_answered", "masked": "masked_answered"}
        if field.type in by_type:
            return float(self.general[by_type[field.type]])
        return float(self.general["answered"][field.required])

    def mistake(self, kind: str) -> float:
        """Share of answers in which a kind of mistake is made."""
        return float(self.general["mistakes"][kind])

    @property
    def window(self) -> tuple[date, date]:
        """First and last day on which anything is written."""
        return self.general["first_day"], self.general["last_day"]


def stem(field: Field) -> str:
    """``act_duree`` for ``act03_duree``; the name itself outside groups."""
    return f"{field.group}_{field.column}" if field.group else field.name


@cache
def _tables() -> dict[str, Any]:
    """The packaged file, read once."""
    text = resources.files("pipeline.rehearse").joinpath("habits.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def habits_of(form: str) -> Habits:
    """The habits of respondents to a form."""
    tables = _tables()
    return Habits(general=tables["general"], special=tables.get(form, {}))
