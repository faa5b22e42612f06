"""Every threshold, with its unit, its reason and where it comes from.

The package's defaults stand here; a campaign's ``reglages.toml`` overrides them by
section and name.  Settings are frozen and fingerprinted into every result.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import SettingsError


def setting(default: float, *, unit: str, reason: str, origin: str) -> Any:  # noqa: ANN401 - as dataclasses.field itself
    """A dataclass field that carries its unit, its reason and its origin."""
    return dataclasses.field(default=default, metadata={"unit": unit, "reason": reason, "origin": origin})


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
    side_limit_mm: float = setting(1300.0, unit="mm", reason="A0 is 1189 mm long", origin="ISO 216")
    short_side_px: int = setting(
        500, unit="px", reason="an A5 page at 100 dpi is 583 px wide; less cannot be read", origin="measured"
    )
    full_page_ratio: float = setting(
        0.98, unit="share of the page", reason="a scan fills its PDF page", origin="measured on scanner files"
    )
    enough_dpi: float = setting(
        250.0, unit="dpi", reason="pages are read at 200 dpi; finer JPEG is decoded smaller", origin="measured"
    )
    low_resolution_dpi: float = setting(190.0, unit="dpi", reason="200 dpi is asked of scanners", origin="domain")
    render_dpi: int = setting(300, unit="dpi", reason="codes of 0.5 mm modules stay sharp", origin="measured")
    render_limit_seconds: int = setting(60, unit="s", reason="a page renders in under 2 s", origin="measured")
    render_limit_mb: int = setting(
        1500, unit="MB", reason="60 Mpx in colour with room; bombs ask for more", origin="measured"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSettings:
    """Where a page lies and whose it is."""

    marker_residual_mm: float = setting(
        0.5, unit="mm", reason="flat sheets stay under 0.06; a sticker or a false hit is over", origin="measured"
    )
    plain_residual_mm: float = setting(
        0.04, unit="mm", reason="above it a plain model may miss perspective", origin="measured, photographs"
    )
    group_distance_mm: float = setting(
        60.0, unit="mm", reason="page middles lie 148 apart; perspective bends a lone marker by 30", origin="geometry"
    )
    group_scale_ratio: float = setting(
        2.4, unit="ratio", reason="near and far edge of a photographed page", origin="measured"
    )
    corner_window_ratio: float = setting(
        0.09, unit="share of the long side", reason="27 mm on A4 holds a corner marker with skew", origin="measured"
    )
    missing_marker_reach_mm: float = setting(
        8.0, unit="mm", reason="where a lone marker may misplace the others", origin="measured"
    )
    overlap_margin_mm: float = setting(10.0, unit="mm", reason="pages touch, they do not overlap", origin="geometry")
    covered_ratio: float = setting(
        0.85, unit="share of the side", reason="pages found fill the sheet: nothing is left to find", origin="geometry"
    )
    half_tolerance_mm: float = setting(
        18.0, unit="mm", reason="A4 with scanner margins, US letter aside", origin="geometry"
    )
    print_scale_tolerance: float = setting(
        0.015, unit="ratio", reason="« fit to page » prints at 94 to 97 %", origin="peers (0.985)"
    )
    blank_contrast: float = setting(
        36.0, unit="grey levels", reason="show-through stays under 25, pencil is over 45", origin="measured"
    )
    blank_ink_mm2: float = setting(12.0, unit="mm²", reason="one handwritten word is over 20", origin="measured")
    page_ink_mm2: float = setting(
        300.0, unit="mm²", reason="a printed A5 page holds over 900, an edge's shadow under 150", origin="measured"
    )
    page_edge_mm: float = setting(4.0, unit="mm", reason="shadow along the edge of a page", origin="measured")
    speck_mm2: float = setting(0.75, unit="mm²", reason="dust and toner specks", origin="measured")
    blank_margin_mm: float = setting(16.0, unit="mm", reason="punched holes end 15 mm from the edge", origin="ISO 838")
    thick_stroke_mm: float = setting(
        5.0, unit="mm", reason="print and writing are thinner; lids and shadows are not", origin="measured"
    )
    anchor_reach_mm: float = setting(
        2.6, unit="mm", reason="paper bulges 2 mm; combs repeat every 6 mm", origin="measured"
    )
    coarse_likeness: float = setting(0.4, unit="correlation", reason="other print stays under 0.35", origin="measured")
    coarse_tolerance_mm: float = setting(0.5, unit="mm", reason="half-size matches, quadratic bend", origin="measured")
    near_reach_mm: float = setting(0.9, unit="mm", reason="a flat sheet's print is this near", origin="measured")
    bent_ratio: float = setting(
        0.15, unit="share of anchors", reason="writing hides fewer; a bend moves more", origin="measured"
    )
    pose_again_mm: float = setting(
        0.8, unit="mm", reason="a photograph with three markers is off by more in the fourth corner", origin="measured"
    )
    fine_reach_mm: float = setting(0.6, unit="mm", reason="what a first, coarse bend leaves", origin="measured")
    fine_likeness: float = setting(0.45, unit="correlation", reason="other print stays under 0.35", origin="measured")
    fine_tolerance_mm: float = setting(0.25, unit="mm", reason="a smooth sheet leaves 0.05", origin="measured")
    least_matched_ratio: float = setting(
        0.6, unit="share of anchors", reason="a page full of writing keeps 0.9, another under 0.5", origin="measured"
    )
    least_anchors: int = setting(6, unit="anchors", reason="fewer prove nothing", origin="measured")
    residual_limit_mm: float = setting(0.3, unit="mm", reason="a tick box is 5 mm", origin="technology")


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
    mask_margin_mm: float = setting(
        1.5,
        unit="mm",
        reason="Nominative zones are blacked out with this margin: hands overshoot.",
        origin="prudence; reduced where another field is nearer",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideSettings:
    """Borders between accepted, blank and review."""

    tick_ink_half: float = setting(
        0.02,
        unit="share of the inside of the box",
        reason="Own ink, of middling extent, at which a box is as likely marked as not.",
        origin="ranges of 17 kinds of marks on eight scans; an empty box reads exactly 0",
    )
    tick_slope: float = setting(
        2.0,
        unit="log-odds per e-fold of ink",
        reason="Gentle: the remains of a light pencil must be asked, not called empty.",
        origin="ranges of 17 kinds of marks on eight scans; an empty box reads exactly 0",
    )
    tick_extent_slope: float = setting(
        6.0,
        unit="log-odds per unit of extent",
        reason="Ticks and crosses span their box; dots, stray ends and specks do not.",
        origin="ranges of 17 kinds of marks on eight scans; an empty box reads exactly 0",
    )
    tick_extent_half: float = setting(
        0.35,
        unit="share of the diagonal of the box",
        reason="Extent that speaks neither for nor against a mark.",
        origin="ranges of 17 kinds of marks on eight scans; an empty box reads exactly 0",
    )
    tick_confidence_min: float = setting(
        0.98,
        unit="probability",
        reason="A question below it is asked: the one border between ticks accepted and reviewed.",
        origin="rehearsed carnets, seeds 1–99",
    )
    second_mark_log_odds: float = setting(
        -4.0,
        unit="log-odds",
        reason="Prior of a second mark in a single choice that is already plainly answered.",
        origin="about 2 % of single choices bear two marks",
    )
    black_ink_min: float = setting(
        0.78,
        unit="share of the inside of the box",
        reason="A blackened box is inked at least so far.",
        origin="blackened boxes begin at 0.85, felt-pen crosses end at 0.83 but are not solid",
    )
    black_solidity_min: float = setting(
        0.78,
        unit="largest disc over half the box",
        reason="A blackened box holds a disc of ink that no pen stroke leaves.",
        origin="blackened boxes begin at 0.87, felt-pen crosses end at 0.68",
    )
    dense_solidity_min: float = setting(
        0.7,
        unit="largest disc over half the box",
        reason="Denser than a cross, not quite black: asked.",
        origin="felt-pen crosses end at 0.68",
    )
    dense_ink_ratio: float = setting(
        1.8,
        unit="times the usual ink of this writer",
        reason="A mark so much denser than the writer's others was perhaps scribbled over.",
        origin="prudence",
    )
    dense_ink_min: float = setting(
        0.55,
        unit="share of the inside of the box",
        reason="Below it no mark is called dense, whatever the writer's others.",
        origin="ballpoint crosses end at 0.51",
    )
    circle_ring_min: float = setting(
        0.5,
        unit="share of directions",
        reason="A circle drawn round a box is seen in at least so many directions.",
        origin="circles 0.95 and more, big ticks 0.33 at most",
    )
    circle_outside_min: float = setting(
        0.12,
        unit="share of the ring",
        reason="A circle leaves at least so much ink in the ring.",
        origin="circles 0.23 and more, other marks 0.07 at most",
    )
    straight_max: float = setting(
        0.65,
        unit="share of the ink",
        reason="Above it one line right through box and ring explains the ink: a fold, a streak, a staple.",
        origin="folds and streaks 0.7 and more, big ticks 0.6 at most",
    )
    straight_habit_min: float = setting(
        0.4,
        unit="share of the ink",
        reason="A writer whose marks often hold so long a line ticks with a slash: no fold is seen in it.",
        origin="slashes 0.36–0.7, ticks and crosses 0.1",
    )
    struck_straight_min: float = setting(
        0.25,
        unit="share of the ink",
        reason="A dense mark with such a line right through it was perhaps struck out.",
        origin="struck crosses 0.31 and more, crosses 0.07 at most",
    )
    struck_ink_ratio: float = setting(
        1.25,
        unit="times the usual ink of this writer",
        reason="A line that strikes a mark out adds to its ink.",
        origin="struck crosses hold 1.3 times the ink of crosses",
    )
    struck_ink_min: float = setting(
        0.4,
        unit="share of the inside of the box",
        reason="Lighter marks with a line through them are big ticks.",
        origin="struck crosses 0.45 and more, big ticks 0.29 at most",
    )
    stray_inside_min: float = setting(
        0.45,
        unit="share of the strokes' ink",
        reason="Less of the strokes inside, and small: a stray end or a neighbour's tail.",
        origin="stray ends 0.2–0.35, big ticks 0.54 and more",
    )
    darkness_min: float = setting(
        0.1,
        unit="contrast",
        reason="A mark paler than this is asked.",
        origin="light pencil measures 0.2 and more",
    )
    dust_confidence: float = setting(
        0.995,
        unit="probability",
        reason="Chance that what is called dust is no mark.",
        origin="prudence; rehearsed fax and office scans, seeds 1–7, hold no counter-example",
    )
    faint_darkness_ratio: float = setting(
        0.5,
        unit="share of the writer's usual darkness",
        reason="A mark so much paler than the others of this writer was perhaps rubbed out, or shows through.",
        origin="folds reach 0.4 of a pen; marks of one writer stay within 0.7",
    )
    dust_ink_max: float = setting(
        0.02,
        unit="share of the inside of the box",
        reason="A spot so small, pale for this writer, is dust and no mark.",
        origin="fax and toner specks: ink 0.01, extent 0.12; dots made on purpose 0.03 and 0.2",
    )
    dust_extent_max: float = setting(
        0.16,
        unit="share of the diagonal of the box",
        reason="Extent of a spot of dust.",
        origin="as above",
    )
    habit_marks_min: int = setting(
        3,
        unit="questions",
        reason="Answers needed before a writer's habit is believed.",
        origin="prudence",
    )
    frame_ratio_min: float = setting(
        0.25,
        unit="share of the usual outline on the page",
        reason="Where the printed outline is not seen, the box is covered, torn off or read beside.",
        origin="office scans end at half of the usual outline",
    )
    frame_usual_min: float = setting(
        0.45,
        unit="share of the outline",
        reason="On pages whose thin lines are hardly seen at all, a missing outline says nothing.",
        origin="office scans in grey 0.5 and more, some in black and white 0.02",
    )
    fragment_share_max: float = setting(
        0.3,
        unit="share of the marks and digits",
        reason="From it on, the ink of a scan in black and white is in fragments: its blanks are asked.",
        origin="pale pens 0.8 and more, all others 0.15 at most; rehearsed, seeds 5 and 7",
    )
    fragment_ink_max: float = setting(
        0.2,
        unit="share of the inside of the box",
        reason="Ink of a mark of which only fragments are left.",
        origin="ticks 0.23 and more; pale ones in black and white 0.1",
    )
    fragment_height_max: float = setting(
        0.35,
        unit="share of the height of the cell",
        reason="Height of a digit of which only fragments are left.",
        origin="digits of real hands 0.44 and more",
    )
    paper_ratio_min: float = setting(
        0.3,
        unit="share of the paper level of the page",
        reason="Darker paper under a field is missing or covered paper.",
        origin="shadows reach 0.45",
    )
    blackener_share_min: float = setting(
        0.8,
        unit="share of answered questions",
        reason="From it on, this writer blackens to tick.",
        origin="prudence",
    )
    comb_confidence_min: float = setting(
        0.965,
        unit="probability",
        reason="A comb below it is asked: the one border between numbers accepted and reviewed.",
        origin="none of 1,113 numbers of real hands wrong on five kinds of scan, seeds 2–7; two at 0.96",
    )
    cell_error_floor: float = setting(
        0.0002,
        unit="probability",
        reason="What no digit engine can see: a stain like a digit, a digit written for another.",
        origin="prudence",
    )
    illegal_weight: float = setting(
        0.01,
        unit="share",
        reason="Weight of strings that mean nothing legal: people write them rarely.",
        origin="prudence",
    )
    impossible_odds_min: float = setting(
        3.0,
        unit="ratio",
        reason="An illegal reading so many times likelier than any legal one is asked as impossible.",
        origin="never repaired unseen",
    )
    empty_comb_confidence: float = setting(
        0.999,
        unit="probability",
        reason="Confidence of a comb without any ink.",
        origin="rehearsed carnets, seeds 1–99",
    )
    digit_mass_min: float = setting(
        0.5,
        unit="probability",
        reason="When the engine gives the ten digits less in all, the ink is no digit: scribble, letter, two digits.",
        origin="the engine's eleventh class",
    )
    cell_ink_min: float = setting(
        0.01,
        unit="share of the cell",
        reason="Ink from which a cell without a reading is asked rather than called empty.",
        origin="rehearsed carnets, seeds 1–99",
    )
    digit_height_min: float = setting(
        0.25,
        unit="share of the height of the cell",
        reason="Smaller ink is a dot or a dash, not a digit.",
        origin="digits of real hands fill 0.4 of their cell and more",
    )
    speck_height_max: float = setting(
        0.08,
        unit="share of the height of the cell",
        reason="Smaller ink is dust: the cell is empty.",
        origin="specks of the scanner end at 0.06, commas begin at 0.1",
    )
    scribble_min: float = setting(
        0.8,
        unit="ratio",
        reason="From it on a cell is blackened or scribbled over.",
        origin="two plain cells in a thousand reach it; 2,849 rehearsed cells of real hands, seeds 1–3",
    )
    cell_struck_min: float = setting(
        0.65,
        unit="ratio",
        reason="From it on a straight line is drawn through the digit.",
        origin="2,849 rehearsed cells of real hands, seeds 1–3: four plain in a thousand reach it",
    )
    above_min: float = setting(
        0.03,
        unit="share of the strip above the cell",
        reason="Ink above a cell from which a rewritten digit is suspected.",
        origin="rehearsed carnets, seeds 1–99",
    )
    spill_max: float = setting(
        0.8,
        unit="share of the ink",
        reason="Ink mostly in the neighbour cell: one stroke runs over both, and neither can be read alone.",
        origin="2,849 rehearsed cells of real hands, seeds 1–3, end at 0.74",
    )
    text_ink_min: float = setting(
        0.0004,
        unit="share of the zone",
        reason="A free text with less ink is blank.",
        origin="rehearsed carnets, seeds 1–99",
    )
    signature_ink_min: float = setting(
        0.01,
        unit="share of the zone",
        reason="From it on a signature or stamp is present.",
        origin="rehearsed carnets, seeds 1–99",
    )
    signature_ink_max_absent: float = setting(
        0.001,
        unit="share of the zone",
        reason="Below it a signature or stamp is absent; between the two it is asked.",
        origin="rehearsed carnets, seeds 1–99",
    )
    blank_text_confidence: float = setting(
        0.999,
        unit="probability",
        reason="Confidence of a free text without any ink.",
        origin="rehearsed carnets, seeds 1–99",
    )
    signature_confidence: float = setting(
        0.995,
        unit="probability",
        reason="Confidence of a signature or stamp that is plainly there or not.",
        origin="rehearsed carnets, seeds 1–99",
    )
    row_struck_min: float = setting(
        0.5,
        unit="share of the width",
        reason="A line this long across a text of a row may strike the row out.",
        origin="186 rehearsed texts, seeds 2–3, end at 0.31; asked, never dropped unseen",
    )
    row_struck_comb_min: float = setting(
        0.9,
        unit="share of the width",
        reason="The same across a comb of three cells or more, where bars of digits may line up.",
        origin="struck rows 0.97 and more; 700 rehearsed numbers end at 0.84",
    )
    same_ink_level: int = setting(
        40,
        unit="0–255",
        reason="Ink from which a square millimetre of a page counts when two scans are compared.",
        origin="rehearsed carnets, seeds 1–99",
    )
    same_ink_shift_mm: int = setting(
        2,
        unit="mm",
        reason="Two scans of one page may lie so far apart.",
        origin="registration is within 0.3 mm; pens bleed and scanners blur",
    )
    same_ink_spot_mm2: int = setting(
        7,
        unit="mm²",
        reason="Ink of one scan missing in the other, in one square of 5 mm, from which they are two writings.",
        origin="a cross covers 9 and more, a scanner's streak 5, the same page fed twice at most 2",
    )
    same_ink_margin_mm: int = setting(
        6,
        unit="mm",
        reason="Nothing is asked so near the edge: folds and the scanner's own shadow differ from scan to scan.",
        origin="fields keep 12 mm from either side",
    )


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of a run."""

    ingest: IngestSettings = IngestSettings()
    register: RegisterSettings = RegisterSettings()
    read: ReadSettings = ReadSettings()
    decide: DecideSettings = DecideSettings()
    consolidate: ConsolidateSettings = ConsolidateSettings()

    @property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that change whenever a setting does."""
        text = json.dumps(dataclasses.asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def load_settings(path: Path | None) -> Settings:
    """The defaults under the overrides of a ``reglages.toml``, if there is one.

    Raises ``SettingsError`` naming the file and the key when one is unknown or is not
    a number.
    """
    settings = Settings()
    if path is None or not path.is_file():
        return settings
    try:
        overrides = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} : ce fichier de réglages est illisible ({error}).", file=str(path)) from error
    for section, values in overrides.items():
        current = getattr(settings, section, None)
        if not dataclasses.is_dataclass(current) or not isinstance(values, dict):
            raise SettingsError(f"{path} : la section « {section} » est inconnue.", file=str(path), key=section)
        checked = {name: _checked(path, section, current, name, value) for name, value in values.items()}
        replaced = dataclasses.replace(current, **checked)  # type: ignore[type-var]
        settings = dataclasses.replace(settings, **{section: replaced})  # type: ignore[arg-type]
    return settings


def _checked(path: Path, section: str, current: object, name: str, value: object) -> float:
    """One override, checked against the default's name and type."""
    default = getattr(current, name, None)
    if default is None:
        raise SettingsError(
            f"{path} : le réglage « {section}.{name} » est inconnu.", file=str(path), key=f"{section}.{name}"
        )
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SettingsError(
            f"{path} : « {section}.{name} » doit être un nombre.", file=str(path), key=f"{section}.{name}"
        )
    kind: type[float] = type(default)
    return kind(value)
