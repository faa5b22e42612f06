"""Names met on pages → the fields of the form, found at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.model.form import Field, FormDefinition, Rule

_ROW_NAME = re.compile(r"([a-z]+)(\d+)_(\w+)")


class FieldBook:
    """The fields of one form by name, rows of continuation sheets included.

    ``FormDefinition.field`` walks the list; a carnet asks some two hundred times.
    """

    __slots__ = ("_columns", "_names", "digits", "futureless", "rules")

    def __init__(self, definition: FormDefinition) -> None:
        self._names: dict[str, Field | None] = {field.name: field for field in definition.fields}
        self._columns: dict[tuple[str, str], Field] = {}
        self.digits: dict[str, int] = {}
        for field in definition.fields:
            if field.group:
                self._columns.setdefault((field.group, field.column), field)
                self.digits.setdefault(field.group, len(field.name) - len(field.group) - len(field.column) - 1)
        self.rules: tuple[Rule, ...] = definition.rules
        self.futureless = frozenset(self._past_columns())

    def find(self, name: str) -> Field | None:
        """The field of that name on any sheet, or None when the form has none."""
        if name not in self._names:
            self._names[name] = self._further_row(name)
        return self._names[name]

    def past_only(self, field: Field) -> bool:
        """Whether a rule says that this date cannot lie after the scan."""
        return (field.group, field.column or field.name) in self.futureless

    def _further_row(self, name: str) -> Field | None:
        """A row beyond those of the layout: ``act13_date`` is ``act01_date``, row 13."""
        match = _ROW_NAME.fullmatch(name)
        if match is None:
            return None
        group, row, column = match[1], int(match[2]), match[3]
        field = self._columns.get((group, column))
        if field is None:
            return None
        others = tuple(self._on_row(other, row) for other in field.distinct_from)
        return replace(field, name=name, row=row, distinct_from=others)

    def _on_row(self, name: str, row: int) -> str:
        """The name on another row of the same group; any other name as it is."""
        field = self._names.get(name)
        if field is None or not field.group:
            return name
        return f"{field.group}{row:0{self.digits[field.group]}d}_{field.column}"

    def _past_columns(self) -> Iterator[tuple[str, str]]:
        for rule in self.rules:
            if rule.kind == "not_future":
                for name in rule.fields:
                    yield self._column(name)

    def _column(self, name: str) -> tuple[str, str]:
        """Group and column of a name of a rule; an empty group for a plain field."""
        for width in (1, 2):
            field = self._names.get(name.replace("{r}", f"{1:0{width}d}"))
            if field is not None and field.group:
                return field.group, field.column
        return "", name
