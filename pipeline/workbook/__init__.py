"""Rows in, sheets out: native tables, formats, drop-downs, pictures; and what people typed back.

``Sheet`` and ``Prose`` describe content in plain values; ``write_workbook`` streams them
into a file; ``write_whole`` puts that file in place in one step; ``read_typed`` gives back
what people filled in; ``read_table`` reads a list that they bring.  Nothing here but the
register (``registre.xlsx``) knows what a carnet is.
"""

from pipeline.workbook.carry import Additions, merged, orphan_sheet, read_additions, with_additions
from pipeline.workbook.cells import column_letter
from pipeline.workbook.files import dated_beside, lock_of, require_closed, write_whole
from pipeline.workbook.reader import Table, TableRow, plain, read_table
from pipeline.workbook.registre import (
    LotEntry,
    Registre,
    UnreadCell,
    add_to_registre,
    check_registre,
    read_registre,
)
from pipeline.workbook.sheet import (
    Block,
    Board,
    Cell,
    Chart,
    Column,
    DropDown,
    Entry,
    Formula,
    Line,
    Look,
    Picture,
    Prose,
    Sheet,
    Value,
)
from pipeline.workbook.traces import Trace
from pipeline.workbook.typed import as_text, last_editor, read_typed
from pipeline.workbook.writer import ROWS_MAX, write_workbook

__all__ = [
    "ROWS_MAX",
    "Additions",
    "Block",
    "Board",
    "Cell",
    "Chart",
    "Column",
    "DropDown",
    "Entry",
    "Formula",
    "Line",
    "Look",
    "LotEntry",
    "Picture",
    "Prose",
    "Registre",
    "Sheet",
    "Table",
    "TableRow",
    "Trace",
    "UnreadCell",
    "Value",
    "add_to_registre",
    "as_text",
    "check_registre",
    "column_letter",
    "dated_beside",
    "last_editor",
    "lock_of",
    "merged",
    "orphan_sheet",
    "plain",
    "read_additions",
    "read_registre",
    "read_table",
    "read_typed",
    "require_closed",
    "with_additions",
    "write_whole",
    "write_workbook",
]
