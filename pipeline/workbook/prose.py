"""A sheet to read: two columns, one A4 page in portrait."""

from __future__ import annotations

import math
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Side

from pipeline.workbook import style
from pipeline.workbook.cells import link, put
from pipeline.workbook.sheet import Line, Prose

_LEFT, _RIGHT = 36, 80  # characters
_LINE_PT = 13.5
_HEIGHTS = {"title": 30.0, "heading": 24.0, "space": 6.0}
_RULE = Border(bottom=Side(style="thin", color=style.ACCENT))


def write_prose(target: Any, prose: Prose) -> None:  # noqa: ANN401 - openpyxl is untyped here
    """Write the lines in order."""
    target.column_dimensions["A"].width = _LEFT
    target.column_dimensions["B"].width = _RIGHT
    target.sheet_view.showGridLines = False
    target.sheet_properties.pageSetUpPr.fitToPage = True
    setup = target.page_setup
    setup.orientation, setup.paperSize = "portrait", 9
    setup.fitToWidth, setup.fitToHeight = 1, 0
    for row, line in enumerate(prose.lines, start=1):
        target.row_dimensions[row].height = _height(line)
        if line.style == "lead":
            target.merged_cells.add(f"A{row}:B{row}")
    for line in prose.lines:
        target.append([_left(target, line), _right(target, line)])


def _height(line: Line) -> float:
    """Points that a line needs once wrapped."""
    if line.style in _HEIGHTS:
        return _HEIGHTS[line.style]
    if line.style == "lead":
        return _LINE_PT * 1.08 * math.ceil(len(line.left) * 1.03 / (_LEFT + _RIGHT)) + 4
    if line.style in {"figure", "link"}:
        return _LINE_PT + 1.5
    right = math.ceil(len(str(line.right)) * 0.97 / _RIGHT)
    left = math.ceil(len(line.left) * 1.05 / _LEFT)
    return _LINE_PT * max(right, left, 1) + 4


def _left(target: Any, line: Line) -> Any:  # noqa: ANN401
    cell = WriteOnlyCell(target)
    put(cell, line.left)
    if line.style == "link":
        link(cell, f"#{line.left}")
    cell.font = style.LINE_FONTS[line.style]
    wrapped = line.style in {"lead", "pair"}
    cell.alignment = Alignment(vertical="top" if wrapped else "center", wrap_text=wrapped)
    if line.style == "heading":
        cell.border = _RULE
        cell.alignment = Alignment(vertical="bottom")
    if line.style == "swatch":
        cell.fill = style.LOOKS[line.look]
        cell.border = style.TYPED_BORDER
    return cell


def _right(target: Any, line: Line) -> Any:  # noqa: ANN401
    cell = WriteOnlyCell(target)
    put(cell, line.right if line.right != "" else None)
    cell.font = style.BODY_FONT
    vertical = "top" if line.style == "pair" else "center"
    cell.alignment = Alignment(vertical=vertical, wrap_text=line.style != "figure", horizontal="left")
    if line.style == "figure":
        cell.number_format = "#,##0"
        cell.font = style.HEADER_FONT
    if line.style == "heading":
        cell.border = _RULE
    return cell
