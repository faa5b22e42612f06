"""Columns that no question asks: computed from the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A computed column of the workbook: ``op`` over ``fields`` of ``table``.

    Ops: ``sum``, ``count_rows``, ``distinct``, ``min``, ``max``, ``span_days``,
    ``same_day`` (two date fields of ``fields``), ``band`` (``bands`` of an integer,
    keyed ``0-6``).  With ``table`` (a group) the fields are column names.  Two ops add a
    column to every row of the table instead: ``lookup`` (``fields`` = column holding a
    row number, group looked into, column taken there: the domain of an action is that of
    its structure) and ``attested`` (1 when one of the signature columns of ``fields`` is
    present and one of the others is read).
    """

    name: str
    label: str
    op: str
    table: str = ""
    fields: tuple[str, ...] = ()
    bands: Mapping[str, str] = field(default_factory=dict)
