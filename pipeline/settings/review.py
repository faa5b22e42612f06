"""Settings of the room ``review``: when scanning again is quicker than reading doubts."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.settings.declare import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSettings:
    """When scanning again is quicker than reading doubts one by one."""

    rescan_doubts_min: float = setting(
        8,
        unit="doubts of one page",
        reason="A minute at the scanner is not worth fewer than these.",
        origin="about 5 s a doubt, a sheet fetched and scanned in 40 s",
    )
    rescan_share_min: float = setting(
        0.5,
        unit="share of the fields of a page, open answers aside",
        reason="A clumsy hand is doubted here and there; a faded or dirty scan nearly everywhere.",
        origin="rehearsed pages in grey stay under 0.2",
    )
