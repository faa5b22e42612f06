"""What is unusual about values that were read: shown beside them, never acted upon."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline import wording
from pipeline.consolidate.values import Fact


def remarks(facts: Iterable[tuple[str, Fact]], common: frozenset[str]) -> str | None:
    """What was found, each with the names of its questions; None when there is nothing.

    ``common`` are warnings about the carnet as a whole, said once elsewhere.
    """
    found: dict[str, list[str]] = {}
    for short, fact in facts:
        for code in fact.warnings:
            if code not in common:
                found.setdefault(code, []).append(short)
    return " ; ".join(f"{_title(code)} : {', '.join(shorts)}" for code, shorts in found.items()) or None


def common_remarks(common: frozenset[str]) -> str | None:
    """What is said of the carnet as a whole."""
    return " ; ".join(_title(code) for code in sorted(common)) or None


def _title(code: str) -> str:
    return wording.words(code).title
