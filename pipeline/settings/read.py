"""Settings of the room ``read``: parameters of measures."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.settings.declare import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSettings:
    """Parameters of measures (sizes in mm, contrast floors), never of a verdict."""

    ink_floor_ratio: float = setting(
        0.11,
        unit="contrast against the paper around, 0–1",
        reason="Below it a pixel is paper: grain, JPEG noise and most show-through stay under, light pencil above.",
        origin="measured on drawn pencil (contrast 0.25–0.55 before the scanner's blur)",
    )
    noise_factor: float = setting(
        4.5,
        unit="standard deviations",
        reason="On a noisy scan the floor rises to this many deviations of the paper's own grain.",
        origin="one false pixel in 10⁵ of Gaussian grain",
    )
    page_ink_mm2: float = setting(
        300.0, unit="mm²", reason="a printed A5 page holds over 900, an edge's shadow under 150", origin="measured"
    )
    page_edge_mm: float = setting(4.0, unit="mm", reason="shadow along the edge of a page", origin="measured")
    speck_mm2: float = setting(
        0.12,
        unit="mm²",
        reason="Smaller spots are dust, toner or grain, not strokes.",
        origin="a dot made on purpose with a 0.5 mm pen covers 0.2 mm²",
    )
    inside_margin_mm: float = setting(
        0.35,
        unit="mm",
        reason="The printed outline and its blur lie within it; inside begins after it.",
        origin="0.5 pt line, 0.1 mm of blur, 0.1 mm of registration",
    )
    ring_width_mm: float = setting(
        2.2,
        unit="mm",
        reason="Width of the ring around a tick box in which circles and overshooting strokes are looked for.",
        origin="boxes stand at least 2 mm apart; circles drawn round a 5 mm box pass within 2 mm of it",
    )
    above_mm: float = setting(
        4.0,
        unit="mm",
        reason="Height of the strip above a cell in which a corrected digit is written.",
        origin="printed rule « je barre le chiffre, j'écris le bon au-dessus »",
    )
    crop_margin_mm: float = setting(
        2.5,
        unit="mm",
        reason="What the digit engine sees around a cell: a digit that overshoots its frame is not cut.",
        origin="overshoots of real hands stay within half a cell",
    )
    text_suggestions: int = setting(
        0,
        unit="1 or 0",
        reason="Guess at free text for the person who transcribes: it takes longer than all the rest of a page.",
        origin="« carnet lire --suggestions »; never a value",
    )
    mask_margin_mm: float = setting(
        1.5,
        unit="mm",
        reason="Nominative zones are blacked out with this margin: hands overshoot.",
        origin="prudence; reduced where another field is nearer",
    )
