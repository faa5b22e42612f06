"""A page packed with tick boxes, as close to each other as on the carnet, and its printed blank."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from pipeline.model.form import Field, FormDefinition, Option, Page, PublishedForm, Purpose
from pipeline.model.layout import Box, FieldBox, Layout, OptionBox, PageLayout, StampLayout
from pipeline.model.scan import PX_PER_MM, Grey

FINE = 3  # the sheet is drawn three times finer than the grid on which pages are read
K = PX_PER_MM * FINE
WIDTH_MM, HEIGHT_MM = 148.0, 210.0
BOX_MM = 5.0
OPTIONS = 4
_GAP_MM = 2.0  # between the boxes of a question: the narrowest of the carnet
_QUESTION_MM = 33.0
_ROW_MM = 8.8
_ROWS, _COLUMNS = 21, 4
_LEFT_MM, _TOP_MM = 11.0, 12.0
_LINE_MM = 0.18
SUBPIXEL = 16  # of OpenCV's drawing


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Printed:
    """The form, its blank on the grid, and the printed sheet, finer, on which marks are drawn."""

    form: PublishedForm
    blank: Grey
    sheet: Grey

    @property
    def fields(self) -> tuple[FieldBox, ...]:
        """The questions of the page, four boxes each."""
        return self.form.layout.page(1).fields


@cache
def printed() -> Printed:
    """The page, made once."""
    fields, definitions = [], []
    for row in range(_ROWS):
        for column in range(_COLUMNS):
            name = f"q{row:02d}{column}"
            x, y = _LEFT_MM + column * _QUESTION_MM, _TOP_MM + row * _ROW_MM
            boxes = tuple(
                OptionBox(value=str(rank + 1), box=Box(x=x + rank * (BOX_MM + _GAP_MM), y=y, w=BOX_MM, h=BOX_MM))
                for rank in range(OPTIONS)
            )
            fields.append(FieldBox(name=name, type="choice", options=boxes))
            definitions.append(_question(name, multiple=(row + column) % 4 == 0))
    layout = Layout(
        form="certification",
        version="1",
        page_size_mm=(WIDTH_MM, HEIGHT_MM),
        pages=(PageLayout(number=1, fields=tuple(fields)),),
        stamp=_stamps(),
        fingerprint="certification-1",
    )
    definition = FormDefinition(
        id="certification",
        version="1",
        code=98,
        version_code=1,
        title="Certification",
        pages=(Page(number=1, title="Cases"),),
        fields=tuple(definitions),
    )
    sheet = _drawn(fields)
    size = round(WIDTH_MM * PX_PER_MM), round(HEIGHT_MM * PX_PER_MM)
    blank = cv2.resize(sheet, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    form = PublishedForm(definition=definition, layout=layout, folder=Path("certification"))
    return Printed(form=form, blank=blank, sheet=sheet)


def _question(name: str, *, multiple: bool) -> Field:
    options = tuple(Option(value=str(rank + 1), label=f"Réponse {rank + 1}") for rank in range(OPTIONS))
    return Field(
        name=name, page=1, type="choice", label=name, short=name, required="R", purpose=Purpose(), multiple=multiple,
        options=options,
    )  # fmt: skip


def _stamps() -> StampLayout:
    """Stamps in the margins, away from the boxes: nothing is ever measured there."""
    corners = tuple(Box(x=x, y=y, w=3, h=3) for x, y in ((0.2, 0.2), (144.8, 0.2), (144.8, 206.8), (0.2, 206.8)))
    strip = Box(x=60, y=0.5, w=2, h=2)
    return StampLayout(
        markers=(corners[0], corners[1], corners[2], corners[3]), codes=(strip, strip), numbers=(strip, strip)
    )


def _drawn(fields: list[FieldBox]) -> Grey:
    """Frames of half a point, and a short label after every question."""
    sheet = np.full((round(HEIGHT_MM * PX_PER_MM) * FINE, round(WIDTH_MM * PX_PER_MM) * FINE), 255, np.uint8)
    for rank, field in enumerate(fields):
        for option in field.options:
            _frame(sheet, option.box)
        last = field.options[-1].box
        origin = round((last.right + 1.6) * K), round((last.y + 3.9) * K)
        if rank % 3:
            cv2.putText(sheet, "abeg"[rank % 4], origin, cv2.FONT_HERSHEY_SIMPLEX, 3.2 * K / 22, 0, 4, cv2.LINE_AA)
    return sheet


def _frame(sheet: Grey, box: Box) -> None:
    """One outline, its line centred on the edge of the box, exact to a sixteenth of a pixel."""
    half = _LINE_MM / 2
    for side in (
        Box(x=box.x - half, y=box.y - half, w=box.w + _LINE_MM, h=_LINE_MM),
        Box(x=box.x - half, y=box.bottom - half, w=box.w + _LINE_MM, h=_LINE_MM),
        Box(x=box.x - half, y=box.y, w=_LINE_MM, h=box.h),
        Box(x=box.right - half, y=box.y, w=_LINE_MM, h=box.h),
    ):
        corners = np.array([(side.x, side.y), (side.right, side.y), (side.right, side.bottom), (side.x, side.bottom)])
        points = np.round((corners * K - 0.5) * SUBPIXEL).astype(np.int32)
        cv2.fillPoly(sheet, [points], 0, cv2.LINE_AA, 4)
