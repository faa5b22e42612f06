"""Rows of a journal are mostly written in order: what the dates around say of a doubtful one.

Nothing is taken for granted: only where every date read with certainty in a column follows
the one above it, and there are enough of them, is a doubtful one expected between its
neighbours.  That bears on how sure the reading is, never on what is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from pipeline.decide.book import FieldBook
from pipeline.model.decision import FieldDecision, Status
from pipeline.settings import DecideSettings

Span = tuple[str, str]
"""The dates read above and below, one of them empty at the ends of a column."""

_DOUBT = ("uncertain_digit",)


def expected(decisions: Iterable[FieldDecision], book: FieldBook, settings: DecideSettings) -> dict[str, Span]:
    """Doubtful dates by field, each with the dates between which it is expected; those of other columns left out."""
    columns: dict[tuple[str, str], dict[int, FieldDecision]] = defaultdict(dict)
    for decision in decisions:
        field = book.find(decision.field)
        if field is not None and field.group and field.kind == "date":
            columns[field.group, field.column][field.row] = decision
    return {
        rows[row].field: span
        for rows in columns.values()
        if _in_order(known := _known(rows), settings)
        for row in rows
        if rows[row].reasons == _DOUBT
        for span in [_around(row, known)]
    }


def follows(value: str, span: Span) -> bool:
    """Whether a date lies between those of the rows around it."""
    above, below = span
    return above <= value and (not below or value <= below)


def _known(rows: Mapping[int, FieldDecision]) -> dict[int, str]:
    """Accepted dates of a column by row, from the first row on."""
    return {row: rows[row].value for row in sorted(rows) if rows[row].status is Status.ACCEPTED}


def _in_order(known: Mapping[int, str], settings: DecideSettings) -> bool:
    """Whether these rows show that the column is kept in order."""
    return len(known) >= settings.order_rows_min and all(above <= below for above, below in pairwise(known.values()))


def _around(row: int, known: Mapping[int, str]) -> Span:
    above = [value for other, value in known.items() if other < row]
    below = [value for other, value in known.items() if other > row]
    return (above[-1] if above else "", below[0] if below else "")
