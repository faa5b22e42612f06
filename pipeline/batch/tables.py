"""What stands beside the workbook: every table as CSV, as Parquet when asked, the charts as PNG."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from pipeline import compose, consolidate
from pipeline.workbook import Board, Sheet, write_whole

TABLES, CHARTS = "tables", "graphiques"
_BESIDE = ("Dictionnaire", "Modalites", "Indicateurs", "ProgressionDetail", "Pages")


def write_tables(tables: consolidate.Tables, sheets: list[Sheet | Board], folder: Path, *, parquet: bool) -> None:
    """Every table whole under ``folder``, whatever an Excel sheet can hold, with what explains it."""
    for name, table in tables.tables.items():
        write_whole(folder / f"{name.lower()}.csv", partial(consolidate.write_csv, table))
        if parquet:
            write_whole(folder / f"{name.lower()}.parquet", partial(consolidate.write_parquet, table))
    for sheet in sheets:
        if isinstance(sheet, Sheet) and sheet.name in _BESIDE:
            write_whole(folder / f"{sheet.name.lower()}.csv", partial(consolidate.export_sheet, sheet))


def table_files(sheet: str, tables: consolidate.Tables, *, parquet: bool) -> list[str]:
    """The files that hold every row of a sheet."""
    kinds = ["csv", *(["parquet"] if parquet and sheet in tables.tables else [])]
    return [f"{sheet.lower()}.{kind}" for kind in kinds]


def write_charts(sheets: list[Sheet | Board], folder: Path) -> int:
    """The charts as pictures; their number."""
    boards = [sheet for sheet in sheets if isinstance(sheet, Board)]
    sources = {name: source for board in boards for name, source in consolidate.chart_sources(board).items()}
    for name, source in sources.items():
        picture = compose.typeset_picture(source)
        write_whole(folder / f"{name}.png", partial(Path.write_bytes, data=picture))
    return len(sources)
