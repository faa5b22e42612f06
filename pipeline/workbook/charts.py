"""Native charts that print well in black and white: greys with outlines, figures on the bars."""

from __future__ import annotations

from typing import Any

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.data_source import AxDataSource, NumData, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun

from pipeline.workbook.sheet import Block, Cell, Entry, Formula

CHART_LINES = 19
"""Lines of a sheet that a chart of few bars covers."""
_WIDTH_CM, _LINE_CM = 19.0, 0.50
CHART_WIDTH_PT = _WIDTH_CM * 72 / 2.54
_INK, _FAINT = "1F2933", "B8C2CC"
_ROOM = 1.12  # a figure stands at the end of a bar of 100 %
_DARK = 0.45  # shade from which figures on a bar are white


def native_chart(sheet: str, block: Block, header: int) -> Any:  # noqa: ANN401 - openpyxl is untyped here
    """The chart of a block whose header is on line ``header`` of the sheet."""
    asked = block.chart
    if asked is None:
        raise ValueError(f"{block.title}: no chart")
    first, last = header + 1, header + len(block.rows)
    chart: Any = BarChart()
    chart.type = "bar"  # lying bars: labels are sentences
    chart.grouping = "percentStacked" if asked.kind == "stacked" else "clustered"
    chart.overlap = 100 if asked.kind == "stacked" else -10
    chart.gapWidth = 55
    chart.title = _title(asked.title)
    chart.width, chart.height = _WIDTH_CM, _LINE_CM * max(CHART_LINES, len(block.rows) + 5)
    labels = [_shown(row[0]) for row in block.rows]
    for place, shade in zip(asked.series, asked.shades, strict=True):
        values = [_shown(row[place]) for row in block.rows]
        chart.series.append(
            _series(sheet, place, first, last, block.columns[place].header, values, labels, shade, asked)
        )
    chart.legend.position = "b"
    if len(asked.series) == 1:
        chart.legend = None
    else:
        chart.legend.txPr = _font(900)
    _axes(chart, percent=asked.percent or asked.kind == "stacked", title=asked.axis)
    return chart


def _series(  # noqa: PLR0917
    sheet: str,
    place: int,
    first: int,
    last: int,
    name: str,
    values: list[Any],
    labels: list[Any],
    shade: float,
    asked: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """One series with its values kept in the chart, so that Protected View draws it."""
    quoted = f"'{sheet}'"
    reference = Reference(range_string=f"{quoted}!${_letter(place)}${first}:${_letter(place)}${last}")
    series: Any = Series(reference, title=name)
    series.val.numRef.numCache = NumData(
        formatCode="General", ptCount=len(values),
        pt=[NumVal(idx=at, v=repr(value)) for at, value in enumerate(values) if isinstance(value, int | float)],
    )  # fmt: skip
    chart_labels = f"{quoted}!$A${first}:$A${last}"
    series.cat = AxDataSource(
        strRef=StrRef(
            f=chart_labels,
            strCache=StrData(ptCount=len(labels), pt=[StrVal(idx=at, v=str(one)) for at, one in enumerate(labels)]),
        )
    )
    series.graphicalProperties = GraphicalProperties(solidFill=_grey(shade))
    series.graphicalProperties.line = LineProperties(solidFill=_INK, w=6350)
    series.dLbls = DataLabelList(
        showVal=True, showSerName=False, showCatName=False, showLegendKey=False, showPercent=False
    )  # fmt: skip
    series.dLbls.numFmt = "0\u00a0%;;" if asked.percent or asked.kind == "stacked" else "0.#;;"
    series.dLbls.position = "ctr" if asked.kind == "stacked" else "outEnd"
    white = asked.kind == "stacked" and shade >= _DARK
    series.dLbls.txPr = _font(900, "FFFFFF" if white else _INK)
    return series


def _axes(chart: Any, *, percent: bool, title: str) -> None:  # noqa: ANN401
    """Categories from top to bottom as in the table; one faint grid."""
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete = False
    chart.x_axis.txPr = _font(900)
    chart.x_axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=_INK, w=9525))
    chart.x_axis.tickLblPos = "low"
    chart.y_axis.delete = False
    chart.y_axis.number_format = "0\u00a0%" if percent else "0"
    chart.y_axis.numFmt.sourceLinked = False
    chart.y_axis.scaling.min = 0
    if percent:
        chart.y_axis.scaling.max = 1 if chart.grouping == "percentStacked" else _ROOM
        chart.y_axis.majorUnit = 0.25
    chart.y_axis.crosses = "max"  # with categories upside down, at the bottom
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=_FAINT, w=6350))
    chart.y_axis.txPr = _font(800)
    if title:
        chart.y_axis.title = _title(title, 900)


def _grey(shade: float) -> str:
    """A grey, 0 white to 1 black."""
    level = round(255 * (1 - 0.88 * shade))
    return f"{level:02X}" * 3


def _letter(place: int) -> str:
    return chr(ord("A") + place)


def _shown(entry: Entry) -> Any:  # noqa: ANN401
    if isinstance(entry, Cell):
        return entry.value
    return entry.kept if isinstance(entry, Formula) else entry


def _font(size: int, colour: str = _INK, *, bold: bool = False) -> RichText:
    """A text of a chart; ``size`` in hundredths of a point."""
    properties = CharacterProperties(sz=size, b=bold, solidFill=colour, latin=None)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=properties), endParaRPr=properties)])


def _title(text: str, size: int = 1200) -> Any:  # noqa: ANN401
    """A title in the ink of the sheet."""
    properties = CharacterProperties(sz=size, b=True, solidFill=_INK)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=properties), r=[RegularTextRun(rPr=properties, t=text)])
    return Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)
