"""What an evaluation asks of the answers: the same for all versions of a form.

Indicators, ways to group carnets and crosstabs are data, beside the form; the room
``consolidate`` knows how to count, never what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.model.derived import Derived

Op = Literal[
    "register",
    "options",
    "share",
    "amount",
    "summary",
    "completion",
    "levels",
    "gain",
    "concerned",
    "tally",
    "ratio",
    "reading",
    "audit",
    "profile",
]
Base = Literal["answered", "returned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Codes or numbers counted together under one label.

    ``codes`` of a closed question; ``at_least`` and ``at_most`` bound a number, both included.
    """

    label: str
    codes: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """A way to group carnets: by the answers to a question, a column of rows, or of the register.

    ``source`` names a question (``prof_public``), a column of a repeating row
    (``str_domaine``: a carnet belongs to every value that one of its rows has), or a column
    of the sheet Carnets (``variante``).  ``bands`` gather codes under fewer labels.
    ``identifying`` groups may let someone recognise a person.
    """

    name: str
    label: str
    source: str
    bands: tuple[Band, ...] = ()
    identifying: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One indicator, or several of one kind.

    Ops: ``register`` (``columns`` numerator, denominator of the lots), ``options`` (each
    answer of ``fields``, ``bands`` first when given), ``share`` (``codes`` of ``fields``
    together), ``amount`` (each band of a number of the sheet Carnets), ``summary``
    (quartiles and mean of ``fields``), ``completion`` (filled over expected, by page),
    ``levels``, ``gain``, ``concerned`` (of the paired scales of table ``table``), ``tally``
    (each code over several ``fields``), ``ratio`` (sum of the first of ``columns`` over the
    sum of the second), ``reading`` (answers by state), ``audit`` (agreement of the machine
    and a person in the blind sample), ``profile`` (carnets handed out and returned).
    ``base`` says of whom: those who answered, or all whose page was returned (a blank then
    counts as no).  ``positive`` codes add a line that gathers them,
    ``grouped`` asks for every grouping.  ``where`` is a number of Carnets that must be at least 1.
    """

    code: str
    label: str
    op: Op
    fields: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    table: str = ""
    codes: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()
    positive_label: str = ""
    negative: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()
    base: Base = "answered"
    where: str = ""
    grouped: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cross:
    """One crosstab: an indicator (``code``, and ``field`` when it has several) by a grouping or a question."""

    title: str
    code: str
    by: str
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The plan of an evaluation, for all versions of one form.

    ``derived`` are values computed for evaluators only, so that adding one never touches a
    released form.
    """

    groupings: tuple[Grouping, ...] = ()
    asks: tuple[Ask, ...] = ()
    crosses: tuple[Cross, ...] = ()
    derived: tuple[Derived, ...] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)
