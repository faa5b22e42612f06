"""Stable English codes → French words: title, explanation, remedy.

Codes travel in stores and CSV files; people read these sentences.  A test refuses a
code of the package that has no words here.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.wording.fields import REASONS, WARNINGS
from pipeline.wording.numbers import THIN, thousands
from pipeline.wording.places import scan_name
from pipeline.wording.problems import PROBLEMS, ROWS
from pipeline.wording.states import DISPOSITIONS, KINDS, STATUSES
from pipeline.wording.words import Words

__all__ = [
    "DISPOSITIONS",
    "KINDS",
    "PROBLEMS",
    "REASONS",
    "ROWS",
    "STATUSES",
    "THIN",
    "WARNINGS",
    "Words",
    "scan_name",
    "thousands",
    "told",
    "words",
]


def told(code: str, evidence: Iterable[tuple[str, float]] = ()) -> str:
    """The title of a code, with the numbers of its evidence where its words have a place for them."""
    return words(code).told(evidence)


def words(code: str) -> Words:
    """The words of a code, wherever it is catalogued; ``KeyError`` when it has none."""
    for catalogue in (DISPOSITIONS, STATUSES, PROBLEMS, ROWS, REASONS, WARNINGS):
        if code in catalogue:
            return catalogue[code]
    raise KeyError(code)
