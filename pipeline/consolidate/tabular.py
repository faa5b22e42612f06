"""The tables beyond Excel: CSV for any program, Parquet with true types, the dictionary beside them."""

from __future__ import annotations

import csv
import datetime
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.consolidate.collect import TableFrame
from pipeline.consolidate.columns import rows_of
from pipeline.consolidate.exports import safe
from pipeline.consolidate.variable import Variable
from pipeline.errors import DependencyError
from pipeline.workbook import Value

_NUMBERS = ("integer", "hours", "flag", "percent", "figure")


def write_csv(table: TableFrame, path: Path) -> None:
    """The rows of a table under the names of its columns; a free text is never a formula."""
    names = [variable.name for variable in table.variables]
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        writer.writerow(names)
        writer.writerows(map(_spelled, rows_of(table.frame, names)))


def _spelled(row: tuple[Value, ...]) -> Iterator[str]:
    """A row as text."""
    for value in row:
        if value is None:
            yield ""
        elif isinstance(value, str):
            yield safe(value)
        else:
            yield value.isoformat() if isinstance(value, datetime.date) else repr(value)


def require_parquet() -> None:
    """Raise ``DependencyError`` when Parquet files cannot be written here."""
    try:
        importlib.import_module("pyarrow")
    except ImportError as error:
        raise DependencyError(
            "Les fichiers Parquet demandent la bibliothèque « pyarrow », qui n’est pas installée. "
            "Installez-la (« uv pip install 'carnet-pipeline[parquet]' »), ou relancez sans --parquet : "
            "les mêmes tables sont écrites en CSV.",
            library="pyarrow",
        ) from error


def write_parquet(table: TableFrame, path: Path) -> None:
    """The rows of a table with true types: numbers, dates, categories."""
    columns = {variable.name: _typed(table.frame[variable.name], variable) for variable in table.variables}
    pd.DataFrame(columns, columns=pd.Index(list(columns))).to_parquet(path, index=False)


def _typed(column: pd.Series[Any], variable: Variable) -> pd.Series[Any]:
    """Numbers as numbers and dates as dates; a column that holds anything else stays text."""
    kept = list(column.cat.categories)
    if variable.kind in _NUMBERS and all(isinstance(value, int | float) for value in kept):
        numbers = np.array([float(value) for value in kept] + [np.nan])[np.asarray(column.cat.codes)]
        whole = all(isinstance(value, int) for value in kept)
        return pd.Series(numbers).astype("Int32") if whole else pd.Series(numbers)
    if variable.kind in {"date", "month"} and all(isinstance(value, datetime.date) for value in kept):
        dates = np.array([*map(np.datetime64, kept), np.datetime64("NaT")], dtype="datetime64[D]")
        return pd.Series(dates[np.asarray(column.cat.codes)].astype("datetime64[s]"))
    texts = [value if isinstance(value, str) else str(value) for value in kept]
    if len(set(texts)) < len(texts):
        return column.astype(object).map(str, na_action="ignore")
    return column.cat.rename_categories(texts)
