"""How one writer ticks, learnt over the whole carnet before any question is decided."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.decide.evidence import mark_probability
from pipeline.decide.inks import has_ink
from pipeline.model.reading import FieldReading, MarkReading
from pipeline.settings import DecideSettings

_CLEAR = 0.98


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Habits of one writer.

    ``blackens``: this writer fills boxes to tick them.  ``circles``: draws a circle round
    the box instead.  ``strikes``: ticks with one straight line that runs right through the
    box.  ``darkness`` and ``ink``: usual contrast of the marks and share of the box that
    they ink, ``extent`` how far they span it, 0 when too few were seen.  ``frame``: how well
    the outlines of boxes are seen on the same scans.  ``fades``: ink was lost on scans in
    black and white; ``weakest``: ink of the weakest of many clear marks there, 0 when they
    are few.
    """

    blackens: bool = False
    circles: bool = False
    strikes: bool = False
    darkness: float = 0.0
    ink: float = 0.0
    extent: float = 0.0
    frame: float = 0.0
    fades: bool = False
    weakest: float = 0.0


def is_black(mark: MarkReading, settings: DecideSettings, usual_ink: float = 0.0) -> bool:
    """Whether the box is blackened, which by the printed rule takes a tick back.

    Crosses of a broad pen are nearly as solid: ``usual_ink`` is what this writer leaves.
    """
    broad = usual_ink >= settings.broad_ink_min
    solid = settings.black_solidity_broad if broad else settings.black_solidity_min
    return mark.ink_ratio >= settings.black_ink_min and mark.solidity_ratio >= solid


def is_kept(mark: MarkReading, settings: DecideSettings) -> bool:
    """Whether a straight line keeps mostly to the box, as a slash does and a fold does not."""
    return mark.inside_ratio >= settings.pass_inside_max


def circled(question: Sequence[MarkReading], settings: DecideSettings) -> tuple[str, ...]:
    """Options whose box has a line all round it and nothing in its middle.

    Boxes stand close: arcs of one circle run round half of its neighbour too.
    """
    best = max((mark.ring_ratio for mark in question), default=0.0)
    least = max(settings.circle_ring_min, settings.circle_rival_share * best)
    return tuple(
        mark.option
        for mark in question
        if mark.ring_ratio >= least
        and mark.outside_ratio >= settings.circle_outside_min
        and (mark.ink_ratio == 0 or mark_probability(mark, settings) < 0.5)
    )


def is_arc(mark: MarkReading, settings: DecideSettings) -> bool:
    """Whether what is in the box can be an arc of the circle round its neighbour."""
    if mark.ink_ratio == 0 or mark.core_ratio < settings.edge_core_max:
        return True
    return mark.ink_ratio < settings.arc_ink_max and mark.inside_ratio < settings.arc_inside_max


def writer_on(pages: Iterable[tuple[Sequence[FieldReading], bool]], settings: DecideSettings) -> Writer:
    """All that one writer's pages show, each with whether it was scanned in black and white."""
    known = list(pages)
    bitonal = [reading for readings, black_and_white in known if black_and_white for reading in readings]
    writer = writer_of((reading.marks for readings, _ in known for reading in readings if reading.marks), settings)
    weakest = weakest_mark((reading.marks for reading in bitonal if reading.marks), settings)
    fades = (
        _shows_no_hand(bitonal, settings)
        or is_fading(bitonal, settings)
        or any(_is_left_in_pieces(readings, settings) for readings, black_and_white in known if black_and_white)
    )
    return replace(writer, fades=fades, weakest=weakest)


def writer_of(questions: Iterable[Sequence[MarkReading]], settings: DecideSettings) -> Writer:
    """The habits that show in the questions answered with exactly one clear mark, or one circle.

    Questions with several marks are left out: corrections live there.
    """
    known = list(questions)
    circles = sum(_is_lone_circle(question, settings) for question in known)
    lone = [mark for question in known if (mark := _lone_mark(question, settings)) is not None]
    if circles >= settings.habit_marks_min and circles >= settings.habit_share_min * (circles + len(lone)):
        return Writer(circles=True)
    if len(lone) < settings.habit_marks_min:
        return Writer()
    black = [mark for mark in lone if is_black(mark, settings)]
    plain = [mark for mark in lone if not is_black(mark, settings)]
    straight = [
        mark for mark in plain if mark.straight_ratio >= settings.straight_habit_min and is_kept(mark, settings)
    ]
    return Writer(
        blackens=len(black) >= settings.habit_marks_min and len(black) >= settings.habit_share_min * len(lone),
        strikes=len(straight) >= settings.habit_marks_min and len(straight) >= len(plain) / 5,
        darkness=statistics.median(mark.darkness for mark in lone),
        ink=statistics.median(mark.ink_ratio for mark in plain) if plain else 0.0,
        extent=statistics.median(mark.extent_ratio for mark in lone),
        frame=statistics.median(mark.frame_ratio for question in known for mark in question),
    )


def _is_lone_circle(question: Sequence[MarkReading], settings: DecideSettings) -> bool:
    """Whether one box is circled and the others hold nothing but arcs of that circle."""
    found = circled(question, settings)
    return len(found) == 1 and all(mark.option in found or is_arc(mark, settings) for mark in question)


def _lone_mark(question: Sequence[MarkReading], settings: DecideSettings) -> MarkReading | None:
    """The one clear mark of a question whose other boxes are clearly empty."""
    clear = [mark for mark in question if (p := mark_probability(mark, settings)) >= _CLEAR or p > 1 - _CLEAR]
    if len(clear) != 1 or mark_probability(clear[0], settings) < _CLEAR:
        return None
    return clear[0]


def weakest_mark(questions: Iterable[Sequence[MarkReading]], settings: DecideSettings) -> float:
    """Ink of the weakest clear mark among many: a pen that black and white spared every time."""
    lone = [mark.ink_ratio for question in questions if (mark := _lone_mark(question, settings)) is not None]
    return min(lone) if len(lone) >= settings.spared_marks_min else 0.0


def on_this_print(writer: Writer, frames: Iterable[float]) -> Writer:
    """The writer's darkness where outlines are seen so well: where the print is pale, so is the pen."""
    seen = list(frames)
    frame = statistics.median(seen) if seen else 0.0
    return replace(writer, darkness=writer.darkness * frame / writer.frame) if 0 < frame < writer.frame else writer


def is_hardly_seen(writer: Writer, settings: DecideSettings) -> bool:
    """Whether this writer's marks are so pale on these scans that others may be paler than can be seen."""
    return 0 < writer.darkness < settings.lost_darkness_max


def is_fading(readings: Iterable[FieldReading], settings: DecideSettings) -> bool:
    """Whether most of the ink of a scan in black and white is left in fragments.

    ``readings`` are those of pages scanned in black and white.  Where a pale pen lost
    parts of its strokes it lost whole answers too: nothing there may be called blank.
    """
    known = list(readings)
    return _is_in_grains(known, settings) or _is_in_fragments(known, settings)


def _shows_no_hand(readings: Sequence[FieldReading], settings: DecideSettings) -> bool:
    """Whether many boxes in black and white show nothing at all, and nothing else there was written.

    Either nobody filled these pages, or a pale pen is gone from all of them: nothing tells which.
    """
    boxes = [mark for reading in readings for mark in reading.marks]
    if len(boxes) < settings.untouched_boxes_min or any(mark.ink_ratio > 0 for mark in boxes):
        return False
    cells = (cell.ink_ratio > 0 for reading in readings for cell in reading.cells)
    return not any(cells) and not any(has_ink(reading.ink, settings) for reading in readings)


def is_in_rests(reading: FieldReading, settings: DecideSettings, *, blank: bool) -> bool:
    """Whether a question shows what black and white leaves of a mark: spots in a box without one.

    Where nothing else answers the question (``blank``) one spot is enough, and so are pieces
    of a line around a box, as of a circle.
    """
    least = settings.specks_blank_min if blank else settings.specks_min
    spots = any(mark.specks >= least and mark.ink_ratio < settings.fragment_ink_max for mark in reading.marks)
    return spots or (blank and any(mark.ring_ratio >= settings.ring_rest_min for mark in reading.marks))


def _is_left_in_pieces(readings: Sequence[FieldReading], settings: DecideSettings) -> bool:
    """Whether a page in black and white shows pieces of marks beside few whole ones.

    Sheets of one carnet go through the scanner at other thresholds, or another pen was
    taken up: what one page lost is not seen in the mean of all.
    """
    whole = pieces = 0
    for mark in _inked_marks(readings, settings):
        dust = mark.ink_ratio < settings.dust_ink_max or mark.extent_ratio < settings.dust_extent_max
        if mark.ink_ratio >= settings.fragment_ink_max:
            whole += 1
        elif not dust and mark.darkness < settings.fragment_darkness_max:
            pieces += 1
    return pieces >= settings.habit_marks_min and pieces >= settings.fragment_share_max * (whole + pieces)


def _inked_marks(readings: Iterable[FieldReading], settings: DecideSettings) -> Iterator[MarkReading]:
    """Boxes with ink of their own, arcs of a neighbour's circle left out."""
    for reading in readings:
        arcs = bool(circled(reading.marks, settings))
        yield from (mark for mark in reading.marks if mark.ink_ratio > 0 and not (arcs and is_arc(mark, settings)))


def _is_in_grains(readings: Sequence[FieldReading], settings: DecideSettings) -> bool:
    """Whether even clear marks are often pale, which in black and white means riddled with holes."""
    lone = [mark for reading in readings if (mark := _lone_mark(reading.marks, settings)) is not None]
    pale = sum(mark.darkness < settings.fragment_darkness_max for mark in lone)
    return pale >= settings.habit_marks_min and pale >= settings.fragment_pale_share * len(lone)


def _is_in_fragments(readings: Sequence[FieldReading], settings: DecideSettings) -> bool:
    """Whether much of what was inked is left in small pieces."""
    small = [mark.ink_ratio < settings.fragment_ink_max for mark in _inked_marks(readings, settings)]
    cells = (cell for reading in readings for cell in reading.cells if cell.probabilities)
    small += [cell.height_ratio < settings.fragment_height_max for cell in cells]
    fragments, whole = small.count(True), small.count(False)
    # Where nothing whole is left on any page, one fragment says that all of it faded.
    enough = settings.habit_marks_min if whole else 1
    return fragments >= enough and fragments >= settings.fragment_share_max * (whole + fragments)
