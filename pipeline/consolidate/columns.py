"""Columns that grow row by row and take four bytes a cell: a campaign has millions of answers and few values."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from pipeline.workbook import Value

Row = dict[str, Value]
_CHUNK = 20_000


class ColumnStore:
    """Rows as they come; ``frame`` gives them as categorical columns, None where there is no value."""

    def __init__(self, names: Iterable[str]) -> None:
        self._known: dict[str, dict[Value, int]] = {name: {} for name in names}
        self._codes: dict[str, array[int]] = {name: array("i") for name in self._known}

    def append(self, row: Mapping[str, Value]) -> None:
        """Add a row; columns that it does not name stay empty."""
        for name, known in self._known.items():
            value = row.get(name)
            self._codes[name].append(-1 if value is None else known.setdefault(value, len(known)))

    def frame(self, order: str = "") -> pd.DataFrame:
        """The rows, sorted by the column ``order`` (rows of one value stay as they came)."""
        columns = {
            name: pd.Categorical.from_codes(
                np.frombuffer(codes, np.int32) if len(codes) else np.empty(0, np.int32),
                categories=pd.Index(list(self._known[name]), dtype=object),
            )
            for name, codes in self._codes.items()
        }
        frame = pd.DataFrame(columns, columns=pd.Index(list(columns)))
        if not order:
            return frame
        values = np.array(list(self._known[order]), dtype=object)
        ranks = np.empty(len(values), np.int64)
        ranks[np.argsort(values)] = np.arange(len(values))
        place = np.argsort(ranks[np.asarray(frame[order].cat.codes)], kind="stable")
        return frame.iloc[place].reset_index(drop=True)


def rows_of(frame: pd.DataFrame, names: Sequence[str]) -> Iterator[tuple[Value, ...]]:
    """The rows of some columns as plain values, a part at a time."""
    stocks = [_stock(frame[name]) for name in names]
    codes = [np.asarray(frame[name].cat.codes) for name in names]
    for start in range(0, len(frame), _CHUNK):
        parts = [stock[code[start : start + _CHUNK]] for stock, code in zip(stocks, codes, strict=True)]
        yield from zip(*(part.tolist() for part in parts), strict=True)


def _stock(column: pd.Series[Any]) -> np.ndarray:
    """Every value of a column by its code; the code of nothing, -1, finds None at the end."""
    stock = np.empty(len(column.cat.categories) + 1, dtype=object)
    stock[:-1] = list(column.cat.categories)
    return stock
