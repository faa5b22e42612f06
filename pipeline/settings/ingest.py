"""Settings of the room ``ingest``: limits on what comes from outside."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.settings.declare import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestSettings:
    """Limits on what comes from outside."""

    file_limit_mb: float = setting(
        500.0, unit="MB", reason="a whole campaign's batch is smaller; a larger file is a mistake", origin="measured"
    )
    sides_limit: int = setting(
        2000, unit="sides", reason="page bombs open quickly and never end", origin="measured, 20 000-page file"
    )
    side_limit_megapixels: float = setting(
        60.0, unit="Mpx", reason="A3 at 400 dpi is 31; memory stays bounded", origin="measured, 60 000 px bomb"
    )
    jpeg_limit_megapixels: float = setting(
        150.0, unit="Mpx", reason="A4 at 1200 dpi is 139, and is decoded at a quarter", origin="measured"
    )
    jpeg_limit_mb: float = setting(
        120.0, unit="MB", reason="decoded from memory; 150 Mpx in colour are under 100", origin="measured"
    )
    side_limit_mm: float = setting(1300.0, unit="mm", reason="A0 is 1189 mm long", origin="ISO 216")
    short_side_px: int = setting(
        500, unit="px", reason="an A5 page at 100 dpi is 583 px wide; less cannot be read", origin="measured"
    )
    full_page_ratio: float = setting(
        0.98, unit="share of the page", reason="a scan fills its PDF page", origin="measured on scanner files"
    )
    enough_dpi: float = setting(
        250.0,
        unit="dpi",
        reason="pages are read at 150 dpi and codes, of 0.5 mm modules, at 200; a finer scan is halved or "
        "quartered as long as this much is left, while a JPEG is decoded (600 dpi becomes 300, 400 stays)",
        origin="measured, 600 dpi colour A4: decoded in 46 ms for 108, registered in 29 for 40, same pages",
    )
    glance_dpi: float = setting(
        145.0,
        unit="dpi",
        reason="a scan is first decoded no finer than pages are read; a side on which not every page is placed is "
        "looked at again at what is enough (300 dpi becomes 150, 200 stays)",
        origin="measured, 119 rehearsed sides at 300 dpi: as many pages placed, 163 of 2,021 digits asked for 179",
    )
    enough_long_px: float = setting(
        3900.0,
        unit="px",
        reason="a photograph says no resolution: this leaves 200 dpi on a spread that fills 0.6 of its long side "
        "(48 Mpx becomes 12, 12 stays)",
        origin="geometry",
    )
    paper_limit_mm: float = setting(
        600.0, unit="mm", reason="A2 is 594 mm long; a claim that makes the paper larger is a mistake", origin="ISO 216"
    )
    low_resolution_dpi: float = setting(190.0, unit="dpi", reason="200 dpi is asked of scanners", origin="domain")
    render_dpi: int = setting(300, unit="dpi", reason="codes of 0.5 mm modules stay sharp", origin="measured")
    render_limit_seconds: int = setting(60, unit="s", reason="a page renders in under 2 s", origin="measured")
    render_limit_mb: int = setting(
        1500, unit="MB", reason="60 Mpx in colour with room; bombs ask for more", origin="measured"
    )
    structure_limit_mb: int = setting(
        400, unit="MB", reason="a file of 2000 pages takes 30 to open; bombs ask for gigabytes", origin="measured"
    )
    content_limit_kb: int = setting(
        1000, unit="kB", reason="what a page draws; a dense page of hidden text is under 300", origin="measured"
    )
    settle_seconds: float = setting(
        5.0,
        unit="s",
        reason="copiers write page by page, with pauses of a second or two",
        origin="assumed, to be observed",
    )
    look_again_seconds: float = setting(
        20.0, unit="s", reason="a network share does not tell what arrives", origin="patience of a person who waits"
    )
