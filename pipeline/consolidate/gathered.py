"""Rows that say the same taken together, with how many of them each group has: all groups are counted at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.consolidate.counting import Counter, equal
from pipeline.consolidate.groups import CARNETS, Group

DEPOSIT = "depot"
LENT = equal(DEPOSIT, "feuille")
"""Carnets of which the person kept the inner pages."""
_CODES_MAX = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gathered:
    """Rows of one sheet by group.

    ``counter`` looks at the rows that differ; ``inside[group, row]`` is how many of each belong to
    a group, ``perhaps`` how many may belong to it as well: what sorts their carnet was not read.
    """

    sheet: str
    counter: Counter
    groups: tuple[Group, ...]
    inside: np.ndarray
    perhaps: np.ndarray


def each(sheet: str, groups: Sequence[Group], counter: Counter) -> Gathered:
    """Every row of a sheet for itself."""
    return Gathered(
        sheet=sheet,
        counter=counter,
        groups=tuple(groups),
        inside=_weights([counter.mask(sheet, group.conditions) for group in groups]),
        perhaps=_weights([counter.reached(sheet, CARNETS, group.doubtful) for group in groups]),
    )


def gathered(sheet: str, groups: Sequence[Group], counter: Counter, columns: Collection[str]) -> Gathered:
    """The rows of a sheet that differ in some columns, or in what the person kept of the carnet."""
    frame = counter.frames[sheet]
    looked_at = frame[[name for name in frame.columns if name in columns]]
    if DEPOSIT not in looked_at:
        looked_at = looked_at.assign(**{DEPOSIT: _of_carnet(frame["cle"], counter.frames[CARNETS])})
    first, which = _alike(looked_at)
    inside = (np.bincount(which[counter.mask(sheet, group.conditions)], minlength=len(first)) for group in groups)
    perhaps = (
        np.bincount(which[counter.reached(sheet, CARNETS, group.doubtful)], minlength=len(first)) for group in groups
    )
    return Gathered(
        sheet=sheet,
        counter=Counter({sheet: looked_at.iloc[first].reset_index(drop=True)}),
        groups=tuple(groups),
        inside=_weights(inside),
        perhaps=_weights(perhaps),
    )


def _weights(rows: Iterable[np.ndarray]) -> np.ndarray:
    return np.array(list(rows), dtype=np.float64)


def _of_carnet(keys: pd.Series[str], carnets: pd.DataFrame) -> pd.Series[str]:
    """How the carnet of each row was given back."""
    known = pd.Series(carnets[DEPOSIT].array, index=carnets["cle"].astype(object))
    found: pd.Series[str] = known.reindex(keys.astype(object)).reset_index(drop=True)
    return found


def _alike(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The first row of each kind, and the kind of every row."""
    kinds = np.zeros(len(frame), dtype=np.int64)
    many = 1
    for name in frame.columns:
        column = frame[name].cat
        size = len(column.categories) + 1
        if many * size > _CODES_MAX:
            kinds = np.unique(kinds, return_inverse=True)[1]
            many = int(kinds.max(initial=0)) + 1
        kinds = kinds * size + np.asarray(column.codes) + 1
        many *= size
    _, first, which = np.unique(kinds, return_index=True, return_inverse=True)
    return first, which
