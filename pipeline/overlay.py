"""What was read, drawn over its page: to see at a glance why a field was decided so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.decision import FieldDecision, Status
from pipeline.model.layout import PageLayout
from pipeline.model.reading import FieldReading
from pipeline.model.scan import PX_PER_MM, Grey

Colours = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]

_UNDECIDED: Colour = (160, 90, 0)
_BY_STATUS: Mapping[Status, Colour] = {
    Status.ACCEPTED: (60, 150, 30),
    Status.BLANK: (170, 170, 170),
    Status.REVIEW: (0, 120, 245),
    Status.VERIFIED: (190, 60, 120),
    Status.ILLEGIBLE: (40, 40, 210),
}
_INKED = 0.01
"""Ink from which a box is worth a number in the picture."""


def draw(
    pixels: Grey,
    readings: Sequence[FieldReading],
    decisions: Iterable[FieldDecision] = (),
    layout: PageLayout | None = None,
) -> Colours:
    """The page in blue, green and red, with every field framed in the colour of its status.

    Under a field stands what was read and with what confidence.  With ``layout``, each
    inked box shows its share of ink and each cell its most probable digit.
    """
    picture = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR), np.uint8)
    by_field = {decision.field: decision for decision in decisions}
    for rank, reading in enumerate(readings):
        decision = by_field.get(reading.name)
        colour = _UNDECIDED if decision is None else _BY_STATUS[decision.status]
        x, y, width, height = reading.box
        cv2.rectangle(picture, (x - 3, y - 3), (x + width + 3, y + height + 3), colour, 2)
        if decision is not None and decision.raw:
            words = f"{decision.raw} {decision.confidence:.3f} {'|'.join(decision.reasons)}"
            _write(picture, words, (x, y + height + 14), colour)
        if layout is not None:
            _draw_parts(picture, reading, layout, rank)
    return picture


def _draw_parts(picture: Colours, reading: FieldReading, layout: PageLayout, rank: int) -> None:
    """Numbers of single boxes and cells, where the layout has them, moved with the field."""
    fields = [field for field in layout.fields if field.type != "masked"]
    if rank >= len(fields):
        return
    field = fields[rank]
    left, top = reading.box[0] - field.extent.x * PX_PER_MM, reading.box[1] - field.extent.y * PX_PER_MM
    for option, mark in zip(field.options, reading.marks, strict=False):
        if mark.ink_ratio > _INKED:
            at = round(option.box.x * PX_PER_MM + left), round(option.box.y * PX_PER_MM + top) - 5
            _write(picture, f"{mark.ink_ratio:.2f}", at, _UNDECIDED)
    for box, cell in zip(field.cells, reading.cells, strict=False):
        if cell.probabilities:
            best = int(np.argmax(cell.probabilities))
            at = round(box.x * PX_PER_MM + left), round(box.y * PX_PER_MM + top) - 5
            _write(picture, f"{best} {cell.probabilities[best]:.2f}", at, _UNDECIDED)


def _write(picture: Colours, words: str, at: tuple[int, int], colour: Colour) -> None:
    """Small letters; OpenCV's own font has no accents, so they are left plain."""
    plain = words.encode("ascii", "replace").decode()
    cv2.putText(picture, plain, at, cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, 1, cv2.LINE_AA)
