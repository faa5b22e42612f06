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
    doubts_max: float = setting(
        20_000,
        unit="rows of ARelire",
        reason="Nobody settles more in one workbook; the next ones come when these are settled.",
        origin="28 hours of reading at 5 s a doubt; 3,000 carnets at 6 doubts each",
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
    threshold: float = setting(
        11,
        unit="persons",
        reason="A smaller group is not described in what is published; it is merged with another first.",
        origin="Insee: fewer than 11 withheld in tax data on persons; to be confirmed by the data protection officer",
    )
    spared: float = setting(
        2,
        unit="persons",
        reason="An answer of all of a group but so few tells what each of them answered.",
        origin="evaluation plan; to be confirmed by the data protection officer",
    )
    dominance: float = setting(
        0.85,
        unit="share of a sum of hours",
        reason="Above it, the sum tells what one person did.",
        origin="Insee: one contributor above 85 % withheld in business statistics",
    )
    merge_above: float = setting(
        0.15,
        unit="share of figures hidden by a grouping",
        reason="Merging groups tells more than hiding their lines.",
        origin="two synthetic campaigns of 120: 3 % of all figures stay hidden; thirty at 0.10: 5.5 % at most",
    )
    hidden_max: float = setting(
        0.20,
        unit="share of figures hidden",
        reason="A grouping, a detail or a new edition that hides more is left out: it would tell little.",
        origin="evaluation plan",
    )
