"""Boards on paper: a block, and its chart, lies on one page."""

import pytest
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from pipeline.workbook import Block, Board, Chart, Column, write_workbook
from tests.workbook.test_writer import NOW

PAGE_MM, MARGINS_MM = (297, 210), (2 * 0.4 * 25.4, (0.5 + 0.7) * 25.4)
MM_PT = 72 / 25.4


def board(*rows, widths=(44.0, 11.0, 11.0)):
    columns = (Column(header="Question", width=44), Column(header="Part", kind="percent"), Column(header="n"))
    blocks = tuple(
        Block(
            title=f"Bloc {number}",
            note="Comment le lire.",
            table=f"t_{number}",
            columns=columns,
            rows=tuple((f"Réponse {place}", 0.5, 10) for place in range(count)),
            chart=Chart(kind="bars", title="Figure", series=(1,), shades=(0.6,)) if number % 3 else None,
        )
        for number, count in enumerate(rows, start=1)
    )
    return Board(name="Graphiques", about="", title="Graphiques", lead="À lire.", blocks=blocks, widths=widths)


@pytest.mark.parametrize("rows", [(4,) * 9, (12, 3, 3, 28, 5, 5), (1,), (2, 60, 2, 2)])
def test_no_chart_is_cut_by_the_end_of_a_page(tmp_path, rows):
    write_workbook(tmp_path / "b.xlsx", [board(*rows)], made_at=NOW, title="Essai")
    sheet = load_workbook(tmp_path / "b.xlsx")["Graphiques"]
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    areas = [range_boundaries(area) for area in sheet.print_area.replace("'Graphiques'!", "").split(",")]
    breaks = [bottom for _, _, _, bottom in areas[:-1]]
    assert [area[1] for area in areas] == [1, *(line + 1 for line in breaks)], "a line is left out, or printed twice"
    assert areas[-1][3] >= sheet.max_row

    def height(line):
        return sheet.row_dimensions[line].height or 15.0

    charts = [(chart.anchor._from.row + 1, chart.height * 10 * MM_PT) for chart in sheet._charts]
    assert len(charts) == sum(number % 3 > 0 for number in range(1, len(rows) + 1))
    table_pt = sum(0.75 * (7 * width + 5) for width in (44, 11, 11, 8.43))
    chart_pt = max((chart.width * 10 * MM_PT for chart in sheet._charts), default=0.0)
    scale = min(1.0, (PAGE_MM[0] - MARGINS_MM[0]) * MM_PT / (table_pt + chart_pt))
    page_pt = (PAGE_MM[1] - MARGINS_MM[1]) * MM_PT / scale
    for top, tall in charts:
        start = max((line + 1 for line in breaks if line < top), default=1)
        end = min((line for line in breaks if line >= top), default=10**4)
        above = sum(height(line) for line in range(start, top))
        assert above + tall <= page_pt, "a chart runs over the end of its page"
        assert tall <= sum(height(line) for line in range(top, min(end, top + 200) + 1)), "a chart runs over a break"
