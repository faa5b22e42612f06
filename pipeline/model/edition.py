"""Editions of the published file: what each told, so that the next does not tell more by difference."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What could be worked out of people with these codes (None: of all people), alone or as a sum.

    ``hundredths`` is a sum of amounts in hundredths: whole numbers are kept exactly.
    ``hidden`` says that it is the sum of lines that were hidden together.
    """

    codes: tuple[str, ...] | None
    size: int
    counts: tuple[int, ...] = ()
    hundredths: int = 0
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldTable:
    """What one table told: a question and a grouping (none: everybody)."""

    question: str
    grouping: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsUsed:
    """The groups of one grouping, each as its codes."""

    grouping: str
    groups: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One published file: its number, its day, its carnets, and what it told.

    ``keys`` are the random keys of the carnets: aggregates alone cannot tell who came since.
    ``fingerprint`` is that of everything shown.  Hidden figures are not kept here.
    """

    number: int
    day: str
    carnets: int
    fingerprint: str
    keys: tuple[str, ...] = ()
    groups: tuple[GroupsUsed, ...] = ()
    tables: tuple[ToldTable, ...] = ()

    def told(self, question: str, grouping: str) -> tuple[Block, ...]:
        """Blocks of a table; those of everybody when the grouping was not shown; none when nothing was."""
        found = {table.grouping: table.blocks for table in self.tables if table.question == question}
        return found.get(grouping) or found.get("") or ()

    def groups_of(self, grouping: str) -> tuple[tuple[str, ...], ...]:
        """The groups that were shown; none when the grouping was not used."""
        return next((used.groups for used in self.groups if used.grouping == grouping), ())
