"""What ``decide`` is told about a carnet besides its pages."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.model.versions import VersionVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class CarnetContext:
    """Facts that are not on the paper.

    ``scanned_on`` is the day a page was first read; ``days`` gives another one for some
    pages, by ``PageResult.key`` (a carnet may come back in two halves).  ``known`` says
    whether the number is in the register.  ``choices`` is what people said of versions of
    its pages, oldest first.
    """

    scanned_on: datetime.date
    days: Mapping[str, datetime.date] = field(default_factory=dict)
    known: bool = True
    choices: tuple[VersionVerdict, ...] = ()

    def day(self, key: str) -> datetime.date:
        """The day on which a page was first read."""
        return self.days.get(key, self.scanned_on)
