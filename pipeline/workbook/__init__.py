"""Rows in, sheets out: native tables, formats, drop-downs, pictures; and what people typed back.

``Sheet`` and ``Prose`` describe content in plain values; ``write_workbook`` streams them
into a file; ``write_whole`` puts that file in place in one step; ``read_typed`` gives back
what people filled in.  Nothing here knows what a carnet is.
"""

from pipeline.workbook.files import require_closed, set_aside, write_whole
from pipeline.workbook.sheet import Cell, Column, DropDown, Entry, Line, Look, Picture, Prose, Sheet, Value
from pipeline.workbook.typed import as_text, read_typed
from pipeline.workbook.writer import ROWS_MAX, write_workbook

__all__ = [
    "ROWS_MAX",
    "Cell",
    "Column",
    "DropDown",
    "Entry",
    "Line",
    "Look",
    "Picture",
    "Prose",
    "Sheet",
    "Value",
    "as_text",
    "read_typed",
    "require_closed",
    "set_aside",
    "write_whole",
    "write_workbook",
]
