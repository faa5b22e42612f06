"""Settings of the room ``decide`` for what stands on paper and is no mark, and for marks that cannot be seen."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.settings.declare import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceSettings:
    """Ends of strokes, folds, dust and stains in boxes; ink that a scan loses, paper that hides a box."""

    stray_inside_min: float = setting(
        0.45,
        unit="share of the strokes' ink",
        reason="Less of the strokes inside, and small: a stray end or a neighbour's tail.",
        origin="stray ends 0.2–0.35, big ticks 0.54 and more",
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
    through_straight_min: float = setting(
        0.85,
        unit="share of the ink",
        reason="A pale line that explains so much of the ink and runs right through is a fold.",
        origin="creases 0.9 and more, big ticks 0.6 at most",
    )
    pass_inside_max: float = setting(
        0.58,
        unit="share of the strokes' ink",
        reason="A straight line that runs right through has no more of its ink inside; a slash has.",
        origin="lines through 0.37–0.56; slashes 0.95 in the middle, one in a hundred 0.56",
    )
    pen_darkness_ratio: float = setting(
        0.75,
        unit="share of the writer's usual darkness",
        reason="A straight line as dark as that was drawn with the writer's pen.",
        origin="slashes of one writer stay within 0.8, folds reach 0.5 of a pen",
    )
    dust_ink_max: float = setting(
        0.016,
        unit="share of the inside of the box",
        reason="A spot so small, pale for this writer, is dust and no mark: at most 0.5 mm wide after blur.",
        origin="dust of rehearsed scans ends at 0.013; dots made on purpose begin at 0.015 and 0.2 in extent, rests of "
        "faint marks in black and white at 0.018",
    )
    dust_extent_max: float = setting(
        0.16,
        unit="share of the diagonal of the box",
        reason="Extent of a spot of dust.",
        origin="as above",
    )
    tip_darkness_max: float = setting(
        0.16,
        unit="contrast",
        reason="A spot hardly darker than where ink begins, 0.11, is perhaps all that is seen of a fainter mark.",
        origin="rehearsed scans, seeds 77001–77601: so pale are 4 of 25,000 empty boxes, all by coffee; rests of faint "
        "marks on pale print 0.13–0.15",
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
    hairline_extent_max: float = setting(
        0.76,
        unit="share of the diagonal of the box",
        reason="A streak spans a side of the box; thin ink that spans more is perhaps the rest of a pale mark.",
        origin="RANGES.md: streaks 0.72 in 98 of 100; rests of marks on photocopies, seed 8770000: 0.81",
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
    stroke_solidity_max: float = setting(
        0.5,
        unit="largest disc over half the box",
        reason="Strokes may span a box and run beyond it; a hole or a blot that does holds a larger disc.",
        origin="rehearsed carnets, seeds 8710000–8762000: holes 0.62; RANGES.md: crosses of usual pens end at 0.46",
    )
    lost_darkness_max: float = setting(
        0.14,
        unit="contrast",
        reason="Where the usual mark of a writer is as pale, others are paler than ink begins: nothing is blank.",
        origin="drawn pages, seed 7813000: light blue on poor copies 0.13–0.17, a mark lost at 0.13",
    )
    spared_marks_min: int = setting(
        8,
        unit="questions",
        reason="Clear marks needed before a writer's pen is known to survive black and white.",
        origin="prudence",
    )
    specks_min: float = setting(
        1.7,
        unit="spots, less those met by chance",
        reason="So many spots in a box without a mark are perhaps the rest of one in pencil: asked in black and white.",
        origin="drawn pages in black and white, seeds 5550001–3: two spots in none of 23,300 empty boxes, in 5 of 6 "
        "from which a lone answer in pencil is lost",
    )
    specks_blank_min: float = setting(
        0.9,
        unit="spots, less those met by chance",
        reason="Where nothing else answers the question, one spot is perhaps the rest of a mark.",
        origin="drawn pages in black and white, seeds 77001–77006: a spot in 3 of 1,000 blank questions at most; 9 of "
        "18 lone answers in pencil that are lost leave one",
    )
    ring_rest_min: float = setting(
        0.2,
        unit="share of the directions around a box",
        reason="Where nothing else answers the question, so much of a line around a box may be the rest of a circle.",
        origin="rehearsed carnets in black and white: 4 of 777 blank questions reach it, and 7 of 7 lost circles",
    )
    untouched_boxes_min: int = setting(
        40,
        unit="boxes",
        reason="So many boxes without any ink, and nothing written elsewhere: nobody filled these pages, or black and "
        "white lost a pale pen.",
        origin="prudence: one page of the carnet that bears boxes has twenty and more",
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
    side_ratio_min: float = setting(
        0.25,
        unit="share of the sides best seen on the page",
        reason="Where one side of the printed outline is seen less, the box is covered, torn off or read beside.",
        origin="rehearsed scans, seeds 77001–77601: visible boxes 0.32 and more (21,150), covered ones 0.1 at most "
        "(541); the outline as a whole is seen to 0.26–0.9 under 17 of these, by lines on what covers it",
    )
    side_ratio_bitonal: float = setting(
        0.02,
        unit="share of the sides best seen on the page",
        reason="The same in black and white, where thin lines break here and there, but no side is gone.",
        origin="rehearsed scans in black and white, seeds 77011–78001: 27 of 12,720 visible boxes lose a side so, all "
        "of 420 under paper do; the outline as a whole is seen to 0.25 and more in 64 of these",
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
    paper_ratio_min: float = setting(
        0.3,
        unit="share of the paper level of the page",
        reason="Darker paper under a field is missing or covered paper.",
        origin="shadows reach 0.45",
    )
