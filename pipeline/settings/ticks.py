"""Settings of the room ``decide`` for tick boxes."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.settings.declare import setting
from pipeline.settings.traces import TraceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class TickSettings(TraceSettings):
    """Borders between ticked, empty and review, kinds of marks, habits of writers."""

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
    tick_inside_slope: float = setting(
        12.0,
        unit="log-odds per unit of the strokes' ink",
        reason="What lies largely outside is perhaps the end of a stroke meant for something else.",
        origin="drawn pages, seeds 1–99: dashes across an edge 0.5–0.65, big ticks that span their box 0.54 and more",
    )
    tick_inside_usual: float = setting(
        0.7,
        unit="share of the strokes' ink",
        reason="From it on, what lies outside says nothing.",
        origin="as above",
    )
    tick_core_half: float = setting(
        0.04,
        unit="share of the middle of the box",
        reason="Ink in the middle at which a box is at most as likely marked as not.",
        origin="drawn pages, seed 60: ticks and crosses 0.25 and more, stray ends 0.05 at most",
    )
    tick_core_slope: float = setting(
        65.0,
        unit="log-odds per unit of ink in the middle",
        reason="A mark is plain from 0.1 on.",
        origin="as above",
    )
    tick_core_spanning: float = setting(
        -0.025,
        unit="share of the middle of the box",
        reason="The same for strokes from side to side of the box that keep to it: plain from 0.035 on.",
        origin="drawn pages, seeds 7812000, 8770000: 2 marks in 100 leave 0.03–0.1, an outline read beside its place 0",
    )
    span_extent_min: float = setting(
        0.8,
        unit="share of the diagonal of the box",
        reason="Strokes from side to side of the box span so much.",
        origin="drawn pages, seed 7812000: ticks 0.85 and more, stray ends 0.68 at most in 999 of 1,000",
    )
    span_ink_min: float = setting(
        0.18,
        unit="share of the inside of the box",
        reason="And ink so much.",
        origin="drawn pages, seed 7812000: ticks 0.19 and more in 999 of 1,000, stray ends 0.11 at most",
    )
    tick_doubt_log_odds: float = setting(
        -3.0,
        unit="log-odds",
        reason="Where ink stands in a box, its place in it alone never makes the box empty.",
        origin="prudence",
    )
    tick_errors_tolerated: float = setting(
        0.5,
        unit="wrong boxes in 10,000, among doubtful ones that are not asked",
        reason="Moves the border of review: the fewer errors are tolerated, the more questions are asked.",
        origin="double keying errs as often on tick boxes (0.05 in 1,000 fields); calibration: 0.42 at border 0.99",
    )
    tick_confidence_min: float = setting(
        0.98,
        unit="share, not calibrated",
        reason="From it on a box looks plainly marked, or plainly empty; between the two it is doubtful.",
        origin="rehearsed carnets, seeds 1–99",
    )
    short_extent_ratio: float = setting(
        0.7,
        unit="share of the usual extent of this writer's marks",
        reason="A mark so much shorter than the others is perhaps a slip of the pen within the box.",
        origin="drawn pages, seed 7812000: slips end at 0.68; ticks, crosses 0.7 and more in 999 of 1,000",
    )
    slight_ink_ratio: float = setting(
        0.7,
        unit="share of the usual ink of this writer",
        reason="A mark with less ink, and paler than the writer's pen, is perhaps a fold.",
        origin="RANGES.md: folds 0.18 at most, ticks 0.28 in the middle; drawn pages, seed 7814000: folds 0.31–0.5",
    )
    second_mark_log_odds: float = setting(
        -4.0,
        unit="log-odds",
        reason="Prior of a second mark in a single choice that is already plainly answered.",
        origin="about 2 % of single choices bear two marks",
    )
    black_ink_min: float = setting(
        0.72,
        unit="share of the inside of the box",
        reason="A blackened box is inked at least so far.",
        origin="RANGES.md: blackened boxes 0.72 and more in 99 of 100, felt-pen crosses end at 0.8",
    )
    black_solidity_min: float = setting(
        0.76,
        unit="largest disc over half the box",
        reason="A blackened box holds a disc of ink that no pen stroke leaves.",
        origin="RANGES.md: blackened boxes 0.78 and more in 99.5 of 100; crosses of usual pens end at 0.46",
    )
    black_solidity_broad: float = setting(
        0.8,
        unit="largest disc over half the box",
        reason="The same for a writer with a broad pen.",
        origin="RANGES.md: felt-pen crosses 0.77 at most, blackened boxes 0.85 and more in 98 of 100",
    )
    broad_ink_min: float = setting(
        0.53,
        unit="share of the inside of the box",
        reason="Usual ink of a mark from which the pen is broad.",
        origin="RANGES.md: ballpoint crosses end at 0.51, felt-pen crosses begin at 0.5 and have 0.67 in the middle",
    )
    dense_solidity_min: float = setting(
        0.7,
        unit="largest disc over half the box",
        reason="Denser than a cross, not quite black: asked.",
        origin="RANGES.md: felt-pen crosses 0.69 in 99.5 of 100",
    )
    dense_ink_ratio: float = setting(
        1.8,
        unit="times the usual ink of this writer",
        reason="A mark so much denser than the writer's others was perhaps scribbled over.",
        origin="prudence",
    )
    dense_ink_min: float = setting(
        0.53,
        unit="share of the inside of the box",
        reason="Below it no mark is called dense, whatever the writer's others.",
        origin="RANGES.md: ballpoint crosses end at 0.51",
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
    struck_level_min: float = setting(
        0.23,
        unit="share of the ink",
        reason="A mark with so long a level line right through it was perhaps struck out.",
        origin="drawn pages, seed 7813000: struck crosses 0.25 and more, 99.5 in 100 sloppy crosses 0.31 at most",
    )
    struck_level_sure: float = setting(
        0.36,
        unit="share of the ink",
        reason="A mark with so much of its ink in a level line was perhaps struck out, however little ink it has.",
        origin="drawn pages, seeds 7812000–7814000: sloppy crosses 0.31 at most in 99.5 of 100, struck light ones 0.4",
    )
    struck_ink_ratio: float = setting(
        0.95,
        unit="times the usual ink of this writer",
        reason="A line that strikes a mark out adds to its ink, which may have been little.",
        origin="drawn pages, seed 7814000: struck crosses 0.99 and more, 1.3 in the middle",
    )
    struck_ink_min: float = setting(
        0.36,
        unit="share of the inside of the box",
        reason="Lighter marks with a line through them are crosses with a level arm.",
        origin="RANGES.md: struck crosses 0.37 and more",
    )
    darkness_min: float = setting(
        0.1,
        unit="contrast",
        reason="A mark paler than this is asked.",
        origin="light pencil measures 0.2 and more",
    )
    faint_darkness_ratio: float = setting(
        0.5,
        unit="share of the writer's usual darkness",
        reason="A mark so much paler than the others of this writer was perhaps rubbed out, or shows through.",
        origin="folds reach 0.4 of a pen; marks of one writer stay within 0.7",
    )
    habit_marks_min: int = setting(
        3,
        unit="questions",
        reason="Answers needed before a writer's habit is believed.",
        origin="prudence",
    )
    habit_share_min: float = setting(
        0.8,
        unit="share of answered questions",
        reason="From it on, this writer blackens, or circles, to tick.",
        origin="prudence",
    )
    circle_ring_sure: float = setting(
        0.8,
        unit="share of directions",
        reason="A circle that is accepted goes plainly all round; circles of the rows above and below do not.",
        origin="drawn pages, seeds 54 and 7700000: between circled boxes 0.75 at most, circles 0.83 in the middle",
    )
    arc_ring_max: float = setting(
        0.44,
        unit="share of directions",
        reason="Arcs of the circle beside are seen in no more directions.",
        origin="drawn pages, seed 54: 0.42",
    )
    arc_ink_max: float = setting(
        0.3,
        unit="share of the inside of the box",
        reason="The arc of a circle drawn round the neighbour leaves no more ink in a box.",
        origin="drawn pages, seed 60, boxes 2 mm apart: 0.28 at most",
    )
    arc_inside_max: float = setting(
        0.5,
        unit="share of the strokes' ink",
        reason="Most of the circle runs elsewhere.",
        origin="drawn pages, seed 60: arcs 0.2–0.45, crosses 0.8 and more",
    )
    circle_rival_share: float = setting(
        0.75,
        unit="share of the directions of the best circle of the question",
        reason="Beside a circled box, arcs of its circle are seen in some directions of the next.",
        origin="drawn pages, seed 60: neighbours 0.62 at most where circles have 0.83 and more",
    )
