"""Settings of the room ``consolidate``: what the workbook shows and hides."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.settings.declare import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolidateSettings:
    """What the workbook shows and hides."""

    pictures_max: float = setting(
        2000,
        unit="images",
        reason="Doubts beyond it wait without an image: a workbook of many thousand images is too slow to open.",
        origin="about 7 kB an image: 2,000 make a workbook of 14 MB",
    )
    rows_max: float = setting(
        1_048_576,
        unit="rows of one sheet, header included",
        reason="What an Excel sheet can hold; a longer table is cut there and complete as CSV.",
        origin="Excel 2007 and later",
    )
    carnets_max: float = setting(
        20_000,
        unit="carnets",
        reason="Beyond it the workbook keeps its aggregates only: nobody opens a workbook of half a gigabyte.",
        origin="5,000 carnets make a workbook of about 45 MB",
    )
