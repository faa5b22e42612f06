"""Values into cells: text stays text, dates are dates, whatever they begin with."""

from __future__ import annotations

import datetime
import re
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink

from pipeline.workbook.sheet import Value

TEXT_MAX = 32_767  # characters of one Excel cell
_CUT = " […] (texte coupé)"
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
RISKY = tuple("=+-@\t\r'")
"""First characters that would make of an edited text a formula."""


def column_letter(number: int) -> str:
    """The letters of a column, ``A`` for the first."""
    return get_column_letter(number)


def clean(text: str) -> str:
    """Text that a cell can hold: no control characters, no longer than Excel allows."""
    kept = _ILLEGAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return kept if len(kept) <= TEXT_MAX else kept[: TEXT_MAX - len(_CUT)] + _CUT


def put(cell: Any, value: Value) -> None:  # noqa: ANN401
    """Set a value; a string is never taken for a formula or an error code."""
    if isinstance(value, str):
        value = clean(value) or None
    if isinstance(value, str):
        cell._value = value
        cell.data_type = "s"
    elif isinstance(value, datetime.date):
        cell._value = value
        cell.data_type = "d"
    else:
        cell._value = value
        cell.data_type = "n"


def link(cell: Any, target: str) -> None:  # noqa: ANN401
    """Open a sheet (``#Name``) or a file beside the workbook."""
    if target.startswith("#"):
        cell._hyperlink = Hyperlink(ref="", location=f"'{target[1:]}'!A1")
    else:
        cell._hyperlink = Hyperlink(ref="", target=target.replace("\\", "/"))
