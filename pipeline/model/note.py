"""A note to read: sentences and charts in plain figures, ready to be typeset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ChartKind = Literal["bars", "stacked", "intervals"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRow:
    """One bar: its label, how many answered, and its shares (one, or one for each part of a stack).

    ``shares`` is None where the figures are hidden or too few: ``instead`` then says so in a
    few words, or is empty over the bars of a group.  ``interval`` is that of a single share;
    ``value`` is written beside a stack.
    """

    label: str
    base: int | None = None
    shares: tuple[float, ...] | None = None
    interval: tuple[float, float] | None = None
    instead: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart, or ``instead`` a sentence when it would show nothing.

    ``parts`` name the parts of a stack, ``value_head`` the values beside it; ``alternative``
    says the chart in words to those who do not see it; ``remark`` stands under it.
    """

    kind: ChartKind
    title: str
    rows: tuple[ChartRow, ...] = ()
    parts: tuple[str, ...] = ()
    value_head: str = ""
    alternative: str = ""
    remark: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A large figure and what it counts."""

    figure: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Four pages.

    ``charts`` are five: who, what was done, opinions, skills, wishes.  ``example`` is the
    share whose interval is explained, when there is one.  Words between stars are bold.
    """

    title: str
    headline: str
    readers: str
    made: str
    tiles: tuple[Tile, ...]
    essentials: tuple[str, ...]
    tried: tuple[str, ...]
    who: tuple[str, ...]
    opinions: tuple[str, ...]
    skills: tuple[str, ...]
    wishes: tuple[str, ...]
    charts: tuple[Chart, Chart, Chart, Chart, Chart]
    interval: tuple[str, ...]
    example: ChartRow | None
    unsaid: tuple[str, ...]
    protection: tuple[str, ...]
