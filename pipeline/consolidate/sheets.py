"""All analysis sheets of a campaign, in the order of the workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.consolidate import crossings, dictionary, figures, lists, quality, quality_board, recount, scans, texts
from pipeline.consolidate.collect import TableFrame, Tables
from pipeline.consolidate.columns import rows_of
from pipeline.consolidate.counting import Counter, Headers
from pipeline.consolidate.findings import Findings
from pipeline.consolidate.values import shown
from pipeline.consolidate.variable import IMAGE
from pipeline.model.result import Campaign
from pipeline.wording import thousands
from pipeline.workbook import Board, Cell, Entry, Sheet


def build_sheets(
    campaign: Campaign,
    tables: Tables,
    found: Findings,
    typed: Mapping[str, tuple[str, ...]],
    *,
    sensitive: bool,
    rows_max: int,
) -> list[Sheet | Board]:
    """Indicators and charts first, then the tables that they come from, then what explains them.

    ``typed`` are codings of open answers taken over from an earlier workbook.  A sheet that
    does not hold all its rows cannot be recomputed in Controle.
    """
    headers = Headers(
        by_sheet={
            name: {variable.name: variable.column().header for variable in table.variables}
            for name, table in tables.tables.items()
        }
    )
    held = {name: len(table.frame) < rows_max or not table.grows for name, table in tables.tables.items()}
    counts = recount.recount(found.indicators, Counter(tables.frames))
    counts = counts if counts is not None and held[counts.sheet] else None
    last = (scans.SHEET, quality.SHEET)
    described = {figures.INDICATORS: figures.VARIABLES, figures.CONTROL: figures.CHECKED}
    described |= {name: table.variables for name, table in tables.tables.items()}
    if sensitive:
        described[texts.SHEET] = texts.VARIABLES
    boards = [crossings.chart_board(found, tables.plan), crossings.crossing_board(found)]
    if found.transitions:
        boards.append(crossings.progress_board(found))
    details = [crossings.progress_sheet(found.transitions)] if found.transitions else []
    return [
        figures.indicator_sheet(found.indicators),
        *(board for board in boards if board.blocks),
        *details,
        figures.control_sheet(found.indicators, headers, held, counts),
        *([recount.recount_sheet(counts, headers)] if counts else []),
        *(frame_sheet(table) for name, table in tables.tables.items() if name not in last),
        tables.texts.sheet(typed),
        frame_sheet(tables.tables[scans.SHEET]),
        quality_board.quality_board(campaign.balance, tables.tables[quality.SHEET].frame),
        frame_sheet(tables.tables[quality.SHEET]),
        dictionary.build_dictionary(described, tables.forms),
        dictionary.build_codes(tables.forms),
        lists.build_pages(campaign.balance, tables.keys, sensitive=sensitive),
        lists.build_journal(campaign.journal),
    ]


def frame_sheet(table: TableFrame) -> Sheet:
    """A table as a sheet; an empty cell wears the look of its state."""
    headers = {variable.name: variable.column().header for variable in table.variables}
    return Sheet(
        name=table.sheet,
        table=f"t_{table.sheet.lower()}",
        columns=tuple(variable.column() for variable in table.variables),
        rows=_Rows(table),
        length=len(table.frame),
        about=table.about,
        frozen=table.frozen,
        key=tuple(headers[name] for name in table.key),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CutSheet:
    """A sheet that a workbook cannot hold: how many rows it has, and the files that hold them all."""

    rows: int
    files: tuple[str, ...]

    @property
    def lines(self) -> str:
        """How many rows, as a sentence says it."""
        return f"{thousands(self.rows)} lignes"

    @property
    def named(self) -> str:
        """The files as a sentence names them."""
        return " et ".join(f"« {file} »" for file in self.files)


def elsewhere(sheet: Sheet, cut: CutSheet) -> Sheet:
    """A sheet that a workbook cannot hold: its columns, and where its rows are."""
    told = f"{cut.lines}, trop pour ce classeur : {cut.named}"
    first = (Cell(value=told), *([None] * (len(sheet.columns) - 1)))
    return replace(sheet, rows=(first,), length=1, drop_downs=(), pictures=(), heights={}, key=())


class _Rows:
    """Rows of cells in the order of the variables, made anew each time they are asked for."""

    def __init__(self, table: TableFrame) -> None:
        names = [variable.name for variable in table.variables]
        places = {name: place for place, name in enumerate(names)}
        self._frame, self._names = table.frame, names
        self._states = [(place, places[v.state]) for place, v in enumerate(table.variables) if v.state in places]
        self._states = [(place, why) for place, why in self._states if place != why]
        self._image = places.get(IMAGE.name)

    def __iter__(self) -> Iterator[list[Entry]]:
        for found in rows_of(self._frame, self._names):
            row: list[Entry] = list(found)
            for place, why in self._states:
                if found[place] is None:
                    row[place] = shown(None, str(found[why]))
            if self._image is not None:
                row[self._image] = texts.linked(str(found[self._image] or ""))
            yield row
