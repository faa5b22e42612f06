"""What a balance means for carnets: complete, outer sheet alone, or pages missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pipeline.model.form import FormShelf
from pipeline.model.result import BalanceRow, Disposition

TROUBLE = (Disposition.UNREADABLE, Disposition.CONFLICT)


class Completeness(StrEnum):
    """How much of a carnet has come in."""

    COMPLETE = "complete"
    JACKET = "jacket"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class CarnetState:
    """One carnet in the balance; ``missing`` lists its bound pages not seen."""

    carnet: str
    form: str
    version: str
    completeness: Completeness
    missing: tuple[int, ...]


def carnet_states(rows: Iterable[BalanceRow], shelf: FormShelf) -> tuple[CarnetState, ...]:
    """The state of every carnet that has a page placed or in conflict, by number."""
    seen: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    for row in rows:
        if row.disposition in (Disposition.PLACED, Disposition.CONFLICT):
            seen[row.carnet_id, row.form, row.version].add(row.page)
    return tuple(_state(key, pages, shelf) for key, pages in sorted(seen.items()))


def _state(key: tuple[str, str, str], pages: set[int], shelf: FormShelf) -> CarnetState:
    """One carnet: all bound pages, exactly the loose jacket, or something is missing."""
    carnet, form, version = key
    published = shelf.get(form, version)
    bound = set(published.definition.booklet) if published else set()
    jacket = set(published.definition.jacket) if published else set()
    missing = bound - pages
    if not missing:
        completeness = Completeness.COMPLETE
    elif jacket and pages & bound == jacket:
        completeness, missing = Completeness.JACKET, set()
    else:
        completeness = Completeness.MISSING
    return CarnetState(
        carnet=carnet, form=form, version=version, completeness=completeness, missing=tuple(sorted(missing))
    )
