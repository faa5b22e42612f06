"""Free text cut into lines and shown to the optional engine: suggestions for a person.

Off by default, because a page of text takes longer than all the rest of it.  Letters in
cells take the same way: the cells of a comb, set side by side, are a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.form import PublishedForm
from pipeline.model.layout import Box, FieldBox
from pipeline.model.reading import FieldReading
from pipeline.model.scan import PX_PER_MM, Grey, RegisteredPage
from pipeline.read.cells import read_cells
from pipeline.read.engines import text
from pipeline.read.ground import Window, window
from pipeline.read.inkmap import InkLayer
from pipeline.read.page import layer_of
from pipeline.settings import ReadSettings

_MARGIN_MM = 2.0
"""Ascenders and descenders pass the border of a zone by so much."""
_ROOM_PX = 10
"""White paper left around a line and between letters."""


def suggest(
    page: RegisteredPage,
    form: PublishedForm,
    blank: Grey,
    readings: Sequence[FieldReading],
    settings: ReadSettings,
) -> tuple[FieldReading, ...]:
    """The readings with a suggestion wherever text or letters were written.

    ``readings`` are those of ``read_page`` for the same page, in its order.  Raises
    ``DependencyError`` when the optional engine is missing.
    """
    boxes = [box for box in form.layout.page(page.layout_page).fields if box.type != "masked"]
    wanted = [_is_wanted(box, reading, form) for box, reading in zip(boxes, readings, strict=True)]
    if not any(wanted):
        return tuple(readings)
    layer = layer_of(page, form, blank, settings)
    return tuple(
        _suggested(reading, _lines(box, form.definition.field(box.name).lines, layer)) if asked else reading
        for box, reading, asked in zip(boxes, readings, wanted, strict=True)
    )


def _is_wanted(box: FieldBox, reading: FieldReading, form: PublishedForm) -> bool:
    """Whether there is text to guess: ink in a text zone, or in cells that hold no digits."""
    if reading.ink is None or not reading.ink.strokes:
        return False
    return box.type == "text" or (box.type == "comb" and form.definition.field(box.name).alphabet != "digits")


def _suggested(reading: FieldReading, lines: Sequence[Grey]) -> FieldReading:
    """The reading with what its lines may say; the least sure line speaks for all."""
    guesses = [guess for guess in text.guess_lines(lines) if guess.text]
    return replace(
        reading,
        suggestion=" ".join(guess.text for guess in guesses),
        suggestion_score=min((guess.score for guess in guesses), default=0.0),
        engine=text.engine_name(),
    )


def _lines(box: FieldBox, count: int, layer: InkLayer) -> list[Grey]:
    """Pictures of the lines of a field, dark ink on white, top to bottom."""
    if box.type == "comb":
        pictures = [cell.picture for cell in read_cells(box, layer) if cell.picture is not None]
        return [_side_by_side(pictures)] if pictures else []
    of_line = _line_of_strokes(box, max(1, count), layer)
    return [line for rank in range(max(1, count)) if (line := _line(box, of_line == rank, layer)) is not None]


def _line_of_strokes(box: FieldBox, count: int, layer: InkLayer) -> npt.NDArray[np.int64]:
    """For every stroke of the page the line of this zone that holds its middle; −1 when it is not of the zone."""
    zone = box.box or box.extent
    at = _seen(zone, layer)
    labels, place = layer.labels[at], layer.ground.place_of[box.name, 0]
    top, height = zone.y * PX_PER_MM - at[0].start, zone.h * PX_PER_MM / count
    rows, columns = np.nonzero(labels)
    stroke = labels[rows, columns]
    inked = np.bincount(stroke, minlength=layer.area.size)
    middle = np.bincount(stroke, weights=rows, minlength=layer.area.size) / np.maximum(inked, 1)
    line = np.clip(np.floor((middle - top) / height), 0, count - 1).astype(np.int64)
    return np.where((inked > 0) & (layer.owner == place), line, -1)


def _line(box: FieldBox, chosen: npt.NDArray[np.bool_], layer: InkLayer) -> Grey | None:
    """The strokes of one line, whole; None when there are none."""
    at = _seen(box.box or box.extent, layer)
    mine = chosen[layer.labels[at]]
    if not mine.any():
        return None
    soft = cv2.dilate(mine.view(np.uint8), np.ones((3, 3), np.uint8)) * np.uint8(255)
    left, up, width, tall = cv2.boundingRect(soft)
    picture = 255 - np.minimum(layer.contrast[at], soft)[up : up + tall, left : left + width]
    return np.pad(picture, _ROOM_PX, constant_values=255).astype(np.uint8)


def _seen(zone: Box, layer: InkLayer) -> Window:
    """The zone with what passes its border above and below."""
    seen = Box(x=zone.x, y=zone.y - _MARGIN_MM, w=zone.w, h=zone.h + 2 * _MARGIN_MM)
    return window(seen, layer.ink.shape)


def _side_by_side(pictures: Sequence[Grey]) -> Grey:
    """Letters in their order, cut to their ink, as one line."""
    cut = []
    for picture in pictures:
        inked = picture < 200
        columns = np.flatnonzero(inked.any(axis=0))
        cut.append(picture[:, columns[0] : columns[-1] + 1] if columns.size else picture)
    tall = max(picture.shape[0] for picture in cut)
    padded = [
        np.pad(picture, ((0, tall - picture.shape[0]), (_ROOM_PX // 2, _ROOM_PX // 2)), constant_values=255)
        for picture in cut
    ]
    return np.pad(np.hstack(padded), _ROOM_PX, constant_values=255).astype(np.uint8)
