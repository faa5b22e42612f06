"""How far the ink of a tick box speaks for a mark of its own.

The log-odds are linear in the logarithm of the ink (less the ink of a neighbour's strokes)
and in its extent: ticks and crosses span their box, dots, stray ends and specks do not.
An empty box reads exactly 0, so that any ink at all is worth a question; ``tick_slope`` is
gentle for that reason.  ``reliance`` turns evidence into calibrated probabilities.
"""

from __future__ import annotations

import math

from pipeline.model.reading import MarkReading
from pipeline.settings import DecideSettings

_INK_FLOOR = 1e-4


def own_ink(mark: MarkReading, settings: DecideSettings) -> float:
    """Share of the inside inked by strokes that belong to this box.

    A stroke that lies mostly in another field's place and only ends here is that field's;
    a big slash that runs on into the next row is still this box's.
    """
    foreign = mark.foreign_ratio if mark.inside_ratio < settings.stray_inside_min else 0.0
    return mark.ink_ratio * (1.0 - foreign)


def mark_probability(mark: MarkReading, settings: DecideSettings) -> float:
    """How far the ink speaks for a mark of its own, whatever that mark means: 0 to 1, not yet calibrated."""
    return 1.0 / (1.0 + math.exp(-mark_evidence(mark, settings)))


def mark_evidence(mark: MarkReading, settings: DecideSettings) -> float:
    """The same as log-odds."""
    logit = settings.tick_slope * math.log(max(own_ink(mark, settings), _INK_FLOOR) / settings.tick_ink_half)
    logit += settings.tick_extent_slope * (mark.extent_ratio - settings.tick_extent_half)
    # Ends and arcs of other strokes lie largely outside and stay away from the middle, which
    # ticks and crosses run through.  That makes a box doubtful, never empty.
    beside = settings.tick_inside_slope * min(0.0, mark.inside_ratio - settings.tick_inside_usual)
    half = settings.tick_core_spanning if _spans(mark, settings) else settings.tick_core_half
    middle = settings.tick_core_slope * (mark.core_ratio - half)
    return max(min(logit + beside, middle), min(logit, settings.tick_doubt_log_odds))


def _spans(mark: MarkReading, settings: DecideSettings) -> bool:
    """Whether the strokes run from side to side of the box and keep to it."""
    return fills_box(mark, settings) and mark.inside_ratio >= settings.tick_inside_usual


def fills_box(mark: MarkReading, settings: DecideSettings) -> bool:
    """Whether there is as much ink, as far across the box, as a mark leaves."""
    return mark.ink_ratio >= settings.span_ink_min and mark.extent_ratio >= settings.span_extent_min
