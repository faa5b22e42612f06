"""Settings of the room ``decide``: borders between accepted, blank and review."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.settings.declare import setting
from pipeline.settings.ticks import TickSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideSettings(TickSettings):
    """Borders between accepted, blank and review: those of tick boxes, then numbers, texts and whole pages."""

    comb_silent_error_max: float = setting(
        0.002,
        unit="share of the numbers accepted",
        reason="Numbers that may be accepted wrong: the one number to change; half of it asks more, twice asks less.",
        origin="one silent error in 500 numbers, far below what sampling leaves open in an evaluation",
    )
    comb_border_ratio: float = setting(
        33.0,
        unit="times the tolerated share",
        reason="Most numbers are far surer than the border: it may lie so much further from certainty than their mean.",
        origin="two lots of 900 rehearsed pages of validation writers: at it, in neither lot are more office "
        "numbers accepted wrong than by the networks before at 30, which had 22 of 12,674 on 1,701 other such pages",
    )
    comb_border_ratio_poor: float = setting(
        4.0,
        unit="times the tolerated share",
        reason="The same where the page was photographed or some field of it is hidden: there surer numbers are wrong.",
        origin="the same pages: 11 of 3,405 photographed numbers wrong at the border of scans, 2 of 3,271 at this one",
    )
    slant_min: float = setting(
        0.003,
        unit="share over 100 mm",
        reason="From it on a page was photographed: blurred, grainy and unevenly lit, as no scanner makes it.",
        origin="960 office scans of validation writers end at 0.0025; 98 of 100 photographs reach 0.0045",
    )
    digit_temperature: float = setting(
        1.0,
        unit="ratio",
        reason="Divides the log-probabilities of the digit engine: above 1 it was too sure of itself on these hands.",
        origin="1 as trained; fitted again on a campaign's own verified digits by « carnet calibrer »",
    )
    digit_engine: int = setting(
        0,
        unit="number of the engine, from its name; 0 for any",
        reason="The temperature was fitted on what this engine said: another engine is read as it comes.",
        origin="« carnet calibrer »",
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
    no_digit_weight: float = setting(
        0.4,
        unit="share",
        reason="Weight of ink that is no digit after all: it is rarer than where the engine learnt to tell it.",
        origin="validation writers: at it numbers are right as often as they are sure, at 1 more often",
    )
    odd_year_weight: float = setting(
        0.1,
        unit="share",
        reason="A day of the campaign lies in the year of its scan or the one before; others are written rarely.",
        origin="prudence; it bears on the confidence, never on what is read",
    )
    odd_minutes_weight: float = setting(
        0.1,
        unit="share",
        reason="People count how long something took in steps of five minutes; other minutes are written rarely.",
        origin="prudence; it bears on the confidence, never on what is read",
    )
    order_rows_min: int = setting(
        3,
        unit="rows",
        reason="Dates of a column read with certainty, all in order, before a doubtful one is expected in order too.",
        origin="prudence",
    )
    disorder_weight: float = setting(
        0.1,
        unit="share",
        reason="In a column kept in order, a date that is not between those around it is written rarely.",
        origin="prudence; it bears on the confidence, never on what is read",
    )
    alike_share_min: float = setting(
        0.002,
        unit="probability",
        reason="Where a writer's 1 was taken for a 7 in a place that allows no 7, every 7 that might be a 1 is asked.",
        origin="prudence",
    )
    alike_seen_min: float = setting(
        0.02,
        unit="probability",
        reason="Below it the legal digit is not what was drawn: somebody wrote an impossible number.",
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
    digit_pieces_share_max: float = setting(
        0.1,
        unit="share of the inked cells of a page",
        reason="From it on digits of a grey scan are in pieces and others may be gone: its numbers are asked.",
        origin="560 grey office pages of validation writers end at 0.03; a page that lost whole numbers had 0.2",
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
        reason="From it on a cell may be blackened or scribbled over, and at 1 it is.",
        origin="two plain cells in a thousand reach it; 2,849 rehearsed cells of real hands, seeds 1–3",
    )
    scribble_read_min: float = setting(
        0.95,
        unit="probability",
        reason="From it on a cell with that much ink is a digit of a thick pen: under a scribble the engine sees none.",
        origin="no digit above 0.33 in 517 scribbled cells of validation writers, sure in 10 of 11 thick plain ones",
    )
    cell_struck_min: float = setting(
        0.65,
        unit="ratio",
        reason="From it on a straight line is drawn through the digit.",
        origin="2,849 rehearsed cells of real hands, seeds 1–3: four plain in a thousand reach it",
    )
    struck_read_min: float = setting(
        0.98,
        unit="probability",
        reason="From it on the line belongs to a 2, 3, 4 or 5: where a digit was struck out the engine sees none.",
        origin="validation writers: 1 of 767 struck cells, with ink above it, and 45 of 51 plain ones",
    )
    cell_struck_part_min: float = setting(
        0.25,
        unit="ratio",
        reason="A shorter line through a digit strikes it out where a trace of its correction stands above the cell.",
        origin="none of 7,643 plain cells on six kinds of scan, 4 of 400 corrected ones; validation writers",
    )
    bar_width_max: float = setting(
        0.99,
        unit="share of the width of the cell",
        reason="A bar from one side of the cell to the other may be a line that strikes a 7 out.",
        origin="validation writers: 5 of 211 plain 7 are asked for it, and 24 of 46 struck digits that look like a 7",
    )
    above_trace_min: float = setting(
        0.002,
        unit="share of the strip above the cell",
        reason="Such a trace: what a scan in black and white leaves of a pale correction.",
        origin="as for the shorter line",
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
    foreign_ink_max: float = setting(
        0.1,
        unit="share of the cell",
        reason="An empty cell with so much ink of strokes that belong elsewhere may hold a digit after all.",
        origin="288 empty cells on six kinds of scan: 0.05 at most, but for a digit that a shadow had taken (0.48)",
    )
    text_suggestion_trust: float = setting(
        0.04,
        unit="probability over the engine's own score",
        reason="Chance that a guessed text is right to the letter, where the engine claims to be certain.",
        origin="none of 98 lines of one French hand came out whole: 3.8 % at most",
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
    row_struck_numbers_min: int = setting(
        2,
        unit="numbers",
        reason="Lines through digits of so many numbers of a row may be one that was meant for the whole row.",
        origin="227 rehearsed pages of validation writers: 51 rows, all struck; black and white loses parts of lines",
    )
    row_cancelled_numbers_min: int = setting(
        3,
        unit="numbers",
        reason="The same of numbers cancelled in any way: struck, no digits any more, or with ink above them.",
        origin="prudence: three corrections in one row are rarer than a line across it",
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
