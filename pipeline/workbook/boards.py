"""Boards: small native tables one under the other, each with its title, its note and perhaps its chart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from pipeline.workbook import style
from pipeline.workbook.cells import put
from pipeline.workbook.charts import CHART_LINES, CHART_WIDTH_PT, native_chart
from pipeline.workbook.heads import PRINTED_PT, add_table, header_cell, set_paper, wrapped_lines
from pipeline.workbook.rows import RowWriter, sheet_body, write_cells
from pipeline.workbook.sheet import Block, Board, LineStyle
from pipeline.workbook.traces import plain_value

_LINE_PT = 13.5
_ROW_PT = 15.0  # a row without a height of its own
_COLUMN_CHARS = 8.43  # a column without a width of its own
_CHAR_PX, _PAD_PX, _PT_PER_PX = 7.0, 5.0, 0.75  # of a column's width in Calibri; in wider fonts a page holds more rows
_SMALL = 1.1  # characters of a sentence for each of a table's
_SPARE = 0.97  # rows differ from one computer to the next


def write_board(target: Any, board: Board, *, first_table: int) -> None:  # noqa: ANN401 - openpyxl is untyped here
    """Write the blocks in order; their tables are numbered from ``first_table``."""
    for place, width in enumerate(board.widths, start=1):
        target.column_dimensions[get_column_letter(place)].width = width
    set_paper(target, pages_wide=1)
    lines = _layout(board)
    target.print_area = ",".join(_pages(board, lines))
    for number, height in lines.heights.items():
        target.row_dimensions[number].height = height
    for number in lines.texts:
        target.merged_cells.add(f"A{number}:{get_column_letter(_wide(board))}{number}")
    with sheet_body(target) as xf:
        for number, (text, look) in enumerate(((board.title, "title"), (board.lead, "lead")), start=1):
            write_cells(target, xf, [_text(target, text, look)], number)  # type: ignore[arg-type]
        for block, top in zip(board.blocks, lines.tops, strict=True):
            _write_block(target, xf, block, top)
    for number, (block, top) in enumerate(zip(board.blocks, lines.tops, strict=True)):
        header = top + 1 + bool(block.note)
        add_table(
            target, block.table, first_table + number, block.columns, top=header, rows=len(block.rows), filters=False
        )  # fmt: skip
        if block.chart is not None:
            target.add_chart(native_chart(board.name, block, header), f"{_chart_column(board, block)}{top + 1}")


def board_cells(board: Board) -> Iterator[Sequence[object]]:
    """What a board holds, row by row."""
    yield (board.title,)
    yield (board.lead,)
    for block in board.blocks:
        yield (block.title,)
        yield (block.note,)
        yield tuple(column.header for column in block.columns)
        for row in block.rows:
            yield tuple(plain_value(entry) for entry in row)


class _Lines:
    """Where each block begins, the lines that need more height, and those of sentences."""

    def __init__(self) -> None:
        self.tops: list[int] = []
        self.ends: list[int] = []
        self.heights: dict[int, float] = {}
        self.texts: list[int] = []


def _layout(board: Board) -> _Lines:
    """Blocks under each other; a block with a chart leaves it the room."""
    lines = _Lines()
    across = sum(board.widths[: _wide(board)]) * _SMALL
    lines.heights = {1: 30.0, 2: _LINE_PT * wrapped_lines(board.lead, across) + 4}
    lines.texts.append(2)
    here = 4
    for block in board.blocks:
        lines.tops.append(here)
        lines.heights[here] = 24.0
        if block.note:
            lines.heights[here + 1] = _LINE_PT * wrapped_lines(block.note, across) + 3
            lines.texts.append(here + 1)
        header = here + 1 + bool(block.note)
        lines.heights[header] = _header_height(board, block)
        used = header + max(1, len(block.rows)) - here + 1
        used = max(used, CHART_LINES + 1 if block.chart else 0)
        lines.ends.append(here + used)
        here += used + 2
    return lines


def _wide(board: Board) -> int:
    """Columns of the widest table: sentences run across them, and no further."""
    return min(len(board.widths), max((len(block.columns) for block in board.blocks), default=1))


def _scale(board: Board) -> float:
    """How much smaller a board is printed to be one page wide, charts included."""
    charted = [block for block in board.blocks if block.chart is not None]
    count = max((len(block.columns) for block in board.blocks), default=0) + bool(charted)
    widths = [*board.widths, *([_COLUMN_CHARS] * count)][:count]
    wide = sum(_PT_PER_PX * (_CHAR_PX * width + _PAD_PX) for width in widths) + (CHART_WIDTH_PT if charted else 0.0)
    return min(1.0, PRINTED_PT[0] / max(wide, 1.0))


def _pages(board: Board, lines: _Lines) -> Iterator[str]:
    """The range of each printed page: a sheet that fits a width minds no row breaks in Excel, ranges it does."""
    tops = [1, *_page_tops(lines, PRINTED_PT[1] / _scale(board) * _SPARE)]
    ends = [*(top - 1 for top in tops[1:]), max([lines.ends[-1] - 1 if lines.ends else 2, 2])]
    last = get_column_letter(_last_column(board))
    yield from (f"A{top}:{last}{end}" for top, end in zip(tops, ends, strict=True))


def _last_column(board: Board) -> int:
    """The last column that anything stands in, charts included."""
    wide = max((len(block.columns) for block in board.blocks), default=1)
    if not any(block.chart for block in board.blocks):
        return wide
    return wide + 1 + math.ceil(CHART_WIDTH_PT / (_PT_PER_PX * (_CHAR_PX * _COLUMN_CHARS + _PAD_PX)))


def _page_tops(lines: _Lines, high: float) -> Iterator[int]:
    """First lines of the blocks that begin a page: one that would be cut by its end, when a page can hold it."""
    start = 1
    for top, end in zip(lines.tops, lines.ends, strict=True):
        if top > start and _height(lines, start, end) > high:
            yield top
            start = top


def _height(lines: _Lines, first: int, end: int) -> float:
    """Points from one line to before another."""
    return sum(lines.heights.get(number, _ROW_PT) for number in range(first, end))


def _header_height(board: Board, block: Block) -> float:
    widths = zip(block.columns, board.widths, strict=False)
    return _LINE_PT * max(wrapped_lines(column.header, width - 1) for column, width in widths) + 6


def _chart_column(board: Board, block: Block) -> str:
    """The first column at the right of all tables."""
    return get_column_letter(max(len(block.columns) for block in board.blocks) + 2)


def _write_block(target: Any, xf: Any, block: Block, top: int) -> None:  # noqa: ANN401
    """Title, note, headers, rows."""
    write_cells(target, xf, [_text(target, block.title, "heading")], top)
    header = top + 1
    if block.note:
        write_cells(target, xf, [_text(target, block.note, "lead")], header)
        header += 1
    write_cells(target, xf, [header_cell(target, column.header, column.note) for column in block.columns], header)
    writer = RowWriter(target, block.columns, first=header + 1)
    for number, row in enumerate(block.rows or ((None,) * len(block.columns),)):
        writer.write(xf, row, bold=number in block.bold)


def _text(target: Any, text: str, look: LineStyle) -> Any:  # noqa: ANN401
    cell = WriteOnlyCell(target)
    put(cell, text)
    cell.font = style.LINE_FONTS[look] if look != "lead" else style.NOTE_FONT
    cell.alignment = Alignment(vertical="center", wrap_text=look == "lead")
    return cell
