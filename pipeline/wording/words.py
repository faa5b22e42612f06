"""What a person reads of a code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a person reads of a code."""

    title: str
    explanation: str = ""
    remedy: str = ""
    many: str = ""
