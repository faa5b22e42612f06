"""What was measured on a page: numbers only, no verdict and no threshold."""

from __future__ import annotations

from dataclasses import dataclass

PixelBox = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkReading:
    """Ink in and around one tick box, the printed blank subtracted.

    Ratios in [0, 1].  ``ink_ratio``: share of the inside that is inked; ``darkness``:
    mean contrast of that ink against the paper around; ``outside_ratio``: share of a
    ring around the box that is inked; ``ring_ratio``: share of the directions around
    the box (0 to 360°) in which the ring holds ink, 1 for a circle drawn round it;
    ``solidity_ratio``: largest disc of ink that fits, over half the box; ``extent_ratio``:
    diagonal of the ink's bounding box over that of the box; ``crossing_ratio``: evidence
    for two strokes that cross; ``straight_ratio``: share of the ink explained by one
    straight line that runs right through box and ring (a fold or a streak);
    ``foreign_ratio``: share of the inside ink that belongs to a stroke with more ink in
    another field's place than here, as a neighbour's tail does; ``inside_ratio``: share
    lying inside of all the ink (box and ring) of the strokes that enter the box, low for
    a stray end or a stain, 0 when none enters; ``frame_ratio``: how much of the printed
    outline is seen where it should be, 1 in full, low when the paper is torn, covered,
    poorly printed or read beside the box; ``side_ratio``: the same of the worst seen of its
    four sides, low when lines on what covers the box pass for the others; ``core_ratio``:
    share inked of the middle of the box (half as wide and high), which ticks and crosses run
    through and the ends and arcs of other strokes do not; ``level_ratio``: as
    ``straight_ratio``, of almost level lines only, with which a mark is struck out;
    ``specks``: spots too small to be strokes, clear of the outline, beyond those that so much
    bare paper of this page has by chance.
    """

    option: str
    ink_ratio: float
    darkness: float
    outside_ratio: float
    ring_ratio: float
    solidity_ratio: float
    extent_ratio: float
    crossing_ratio: float
    straight_ratio: float
    foreign_ratio: float
    inside_ratio: float = 0.0
    frame_ratio: float = 1.0
    side_ratio: float = 1.0
    core_ratio: float = 1.0
    level_ratio: float = 0.0
    specks: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CellReading:
    """One character cell.

    ``probabilities`` over ``alphabet`` of the engine (digits: 0–9), empty when the cell
    holds no ink.  ``ink_ratio``: share of the cell inked; ``height_ratio`` and
    ``width_ratio``: extent of the ink over that of the cell; ``scribble_ratio``: how unlike
    a single digit the ink is (stroke density and crossings, 0 for a plain digit, 1 for a
    blackened or struck-out cell); ``above_ratio``: share inked of the strip just above the
    cell, where a correction is written; ``spill_ratio``: share of the ink that crosses into
    a neighbour, 1 when it hangs out of the cell below or only runs along its outline;
    ``darkness``: mean contrast of the ink; ``struck_ratio``: evidence for a straight line
    drawn through other strokes (0 for none, 1 for a line as long as the cell that crosses
    them); ``strokes``: separate strokes that belong to the cell; ``frame_ratio``, ``side_ratio``:
    as for a mark; ``foreign_ratio``: share of the cell inked by strokes that belong elsewhere (a
    neighbour's tail, a streak of the scanner).
    """

    ink_ratio: float
    darkness: float
    height_ratio: float
    width_ratio: float
    scribble_ratio: float
    above_ratio: float
    spill_ratio: float
    probabilities: tuple[float, ...] = ()
    struck_ratio: float = 0.0
    strokes: int = 0
    frame_ratio: float = 1.0
    side_ratio: float = 1.0
    foreign_ratio: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InkReading:
    """Ink in a free zone (text, signature, stamp).

    ``ink_ratio``: share inked; ``strokes``: number of separate strokes above the size
    of a speck; ``extent_ratio``: share of the zone's width that holds ink; ``struck_ratio``:
    share of the width covered by one long straight line (a row struck through).
    """

    ink_ratio: float
    darkness: float
    strokes: int
    extent_ratio: float
    struck_ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldReading:
    """All measures of one field; ``name`` is the name on this sheet (``act13_date``).

    ``box`` is the field in the kept page image, in pixels x, y, w, h.  ``ink`` is measured
    for text and signature zones, and over the whole of a comb (a row struck through).
    ``paper_ratio``: darkest paper level under the field over that of the page, 1 on plain
    paper, near 0 where the paper is missing on a black ground.  ``suggestion`` is an
    engine's guess at a text, never a value; ``suggestion_score`` what it claims of it, 0–1.
    """

    name: str
    type: str
    box: PixelBox
    marks: tuple[MarkReading, ...] = ()
    cells: tuple[CellReading, ...] = ()
    ink: InkReading | None = None
    paper_ratio: float = 1.0
    suggestion: str = ""
    suggestion_score: float = 0.0
    engine: str = ""
