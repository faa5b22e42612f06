"""Settings of the room ``decide`` for tick boxes."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.settings.declare import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class TickSettings:
    """Borders between ticked, empty and review, and what frames, paper and habits say of them."""

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
        -0.01,
        unit="share of the middle of the box",
        reason="The same for strokes from side to side of the box that keep to it: plain from 0.05 on.",
        origin="drawn pages, seed 7812000: one tick in 100 leaves 0.05–0.1 there",
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
    faint_darkness_ratio: float = setting(
        0.5,
        unit="share of the writer's usual darkness",
        reason="A mark so much paler than the others of this writer was perhaps rubbed out, or shows through.",
        origin="folds reach 0.4 of a pen; marks of one writer stay within 0.7",
    )
    lost_darkness_max: float = setting(
        0.14,
        unit="contrast",
        reason="Where the usual mark of a writer is as pale, others are paler than ink begins: nothing is blank.",
        origin="drawn pages, seed 7813000: light blue on poor copies 0.13–0.17, a mark lost at 0.13",
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
    speck_ink_max: float = setting(
        0.016,
        unit="share of the inside of the box",
        reason="A round spot of dust on the glass, at most 0.5 mm wide after blur.",
        origin="dust of rehearsed scans ends at 0.013; dots made on purpose begin at 0.015 and 0.2 in extent",
    )
    speck_ink_ratio: float = setting(
        0.15,
        unit="share of the usual ink of this writer",
        reason="What a scanner adds is far less than a mark of this writer, whose marks are known.",
        origin="prudence",
    )
    hairline_solidity_max: float = setting(
        0.16,
        unit="largest disc over half the box",
        reason="A pale line so thin is a scratch of the glass, not a pen.",
        origin="RANGES.md: streaks 0.15 in 98 of 100, the finest pens 0.17",
    )
    hairline_ink_ratio: float = setting(
        0.35,
        unit="share of the usual ink of this writer",
        reason="A hairline with more ink than that may be the rest of a mark.",
        origin="streaks along or across a box 0.22 at most; light pencil among pen marks 0.4 and more",
    )
    through_straight_min: float = setting(
        0.85,
        unit="share of the ink",
        reason="A pale line that explains so much of the ink and runs right through is a fold.",
        origin="creases 0.9 and more, big ticks 0.6 at most",
    )
    spared_marks_min: int = setting(
        8,
        unit="questions",
        reason="Clear marks needed before a writer's pen is known to survive black and white.",
        origin="prudence",
    )
    stain_outside_min: float = setting(
        0.1,
        unit="share of the ring",
        reason="Ink that spreads so far outside the box, and is pale or mostly there, is perhaps a stain.",
        origin="stains 0.14 and more; marks of usual pens 0.09 at most, of broad ones 0.18",
    )
    stain_inside_max: float = setting(
        0.6,
        unit="share of the strokes' ink",
        reason="A stain lies mostly outside the box.",
        origin="a cup's ring across boxes 0.40–0.45; crosses of broad pens 0.66 and more",
    )
    habit_marks_min: int = setting(
        3,
        unit="questions",
        reason="Answers needed before a writer's habit is believed.",
        origin="prudence",
    )
    frame_ratio_min: float = setting(
        0.45,
        unit="share of the outlines best seen on the page",
        reason="Where the printed outline is seen less, the box is covered, torn off or read beside.",
        origin="rehearsed scans, seeds 7610000–7820019: visible 0.52 and more, covered 0.4 at most",
    )
    frame_ratio_bitonal: float = setting(
        0.25,
        unit="share of the outlines best seen on the page",
        reason="The same in black and white, where thin lines break here and there.",
        origin="rehearsed scans in black and white: visible 0.37 and more, under paper 0.1 at most",
    )
    frame_seen_min: float = setting(
        0.1,
        unit="share of the outline",
        reason="Where every outline of a page is as faint as that, all of them are covered.",
        origin="rehearsed scans, seeds 7610000–7660003: 0.17 and more with the poorest toner, 0.02 under paper",
    )
    frame_usual_min: float = setting(
        0.45,
        unit="share of the outline",
        reason="In black and white, where thin lines are hardly seen at all, a missing outline says nothing.",
        origin="some scans in black and white 0.02, most 0.6 and more",
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
    fragment_darkness_max: float = setting(
        0.5,
        unit="contrast",
        reason="Strokes of which black and white leaves only grains are as pale as that after the blur.",
        origin="drawn pages, seed 7710000: the palest tenth 0.42 at most where marks were lost, 0.67 and more for pens",
    )
    fragment_pale_share: float = setting(
        0.1,
        unit="share of the clear marks",
        reason="From it on, so many marks of a scan in black and white are in grains that others are lost.",
        origin="as above",
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
    edge_core_max: float = setting(
        0.06,
        unit="share of the middle of the box",
        reason="Ink that leaves the middle of the box so free comes in from the edge.",
        origin="drawn pages, seed 60: stray ends 0.05 at most, ticks and crosses 0.25 and more",
    )
    edge_ink_max: float = setting(
        0.09,
        unit="share of the inside of the box",
        reason="More ink than that is no stray end.",
        origin="drawn pages, seed 60: stray ends end at 0.08",
    )
    edge_extent_max: float = setting(
        0.5,
        unit="share of the diagonal of the box",
        reason="Nor is a longer one.",
        origin="drawn pages, seed 60: stray ends end at 0.47, ticks begin at 0.78",
    )
    pen_darkness_ratio: float = setting(
        0.75,
        unit="share of the writer's usual darkness",
        reason="A straight line as dark as that was drawn with the writer's pen.",
        origin="slashes of one writer stay within 0.8, folds reach 0.5 of a pen",
    )
    pass_inside_max: float = setting(
        0.58,
        unit="share of the strokes' ink",
        reason="A straight line that runs right through has no more of its ink inside; a slash has.",
        origin="lines through 0.37–0.56; slashes 0.95 in the middle, one in a hundred 0.56",
    )
