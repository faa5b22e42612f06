"""Boards: small native tables one under the other, each with its title, its note and perhaps its chart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from pipeline.workbook import style
from pipeline.workbook.cells import put
from pipeline.workbook.charts import CHART_LINES, native_chart
from pipeline.workbook.heads import add_table, header_cell, set_paper, wrapped_lines
from pipeline.workbook.rows import RowWriter, sheet_body, write_cells
from pipeline.workbook.sheet import Block, Board, LineStyle
from pipeline.workbook.traces import plain_value

_LINE_PT = 13.5
_CHART_WIDTH = 90  # characters that a chart takes at the right of its table


def write_board(target: Any, board: Board, *, first_table: int) -> None:  # noqa: ANN401 - openpyxl is untyped here
    """Write the blocks in order; their tables are numbered from ``first_table``."""
    for place, width in enumerate(board.widths, start=1):
        target.column_dimensions[get_column_letter(place)].width = width
    set_paper(target, pages_wide=1)
    lines = _layout(board)
    for number, height in lines.heights.items():
        target.row_dimensions[number].height = height
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
            target.add_chart(native_chart(board.name, block, header), f"{_chart_column(board, block)}{top}")


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
    """Where each block begins, and the lines that need more height."""

    def __init__(self) -> None:
        self.tops: list[int] = []
        self.heights: dict[int, float] = {}


def _layout(board: Board) -> _Lines:
    """Blocks under each other; a block with a chart leaves it the room."""
    lines = _Lines()
    lines.heights = {1: 30.0, 2: _LINE_PT * (board.lead.count("\\n") + 1) + 4}
    here = 4
    for block in board.blocks:
        lines.tops.append(here)
        lines.heights[here] = 24.0
        if block.note:
            lines.heights[here + 1] = _LINE_PT + 3
        header = here + 1 + bool(block.note)
        lines.heights[header] = _header_height(board, block)
        used = header + max(1, len(block.rows)) - here + 1
        here += max(used, CHART_LINES if block.chart else 0) + 2
    return lines


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
    cell.alignment = Alignment(vertical="center")
    return cell
