"""All measures of one registered page, and the image that may be kept of it."""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np

from pipeline.model.form import PublishedForm
from pipeline.model.layout import Box, FieldBox
from pipeline.model.reading import CellReading, FieldReading, InkReading
from pipeline.model.scan import PX_PER_MM, Grey, RegisteredPage, box_px
from pipeline.read.cells import CellInk, read_combs, with_probabilities
from pipeline.read.engines import digits
from pipeline.read.ground import BLOCK, ground_of
from pipeline.read.ink import read_ink
from pipeline.read.inkmap import InkLayer, ink_of
from pipeline.read.marks import read_marks
from pipeline.read.stains import without_stains
from pipeline.settings import ReadSettings

_latest: list[tuple[RegisteredPage, Grey, ReadSettings, InkLayer]] = []


def read_page(
    page: RegisteredPage, form: PublishedForm, blank: Grey, settings: ReadSettings
) -> tuple[FieldReading, ...]:
    """Every field of the page except masked ones, in the order of the layout.

    Fields bear the name they have on this sheet.  All inked digit cells go to the engine
    in one call.
    """
    layer = layer_of(page, form, blank, settings)
    fields = form.layout.page(page.layout_page).fields
    marks = read_marks((field for field in fields if field.type == "choice"), layer)
    combs = read_combs((field for field in fields if field.type == "comb"), layer)
    sheet = form.definition.layout_page(page.identity.page)[1]
    readings: list[FieldReading] = []
    pictures: list[Grey] = []
    waiting: list[tuple[int, int]] = []
    for field in fields:
        if field.type == "masked":
            continue
        reading = FieldReading(
            name=form.definition.name_on_sheet(field.name, sheet),
            type=field.type,
            box=box_px(field.extent, page.pixels.shape),
            paper_ratio=_paper(field.extent, layer),
            marks=marks.get(field.name, ()),
            cells=tuple(cell.reading for cell in combs.get(field.name, ())),
            ink=None if field.type == "choice" else _ink(field, layer),
            engine=digits.ENGINE if _is_digits(form, field) else "",
        )
        if reading.engine:
            _queue(combs[field.name], len(readings), pictures, waiting)
        readings.append(reading)
    return _recognised(readings, pictures, waiting)


def ink_map(page: RegisteredPage, form: PublishedForm, blank: Grey, settings: ReadSettings) -> bytes:
    """Ink beyond the print on a 1 mm grid, one byte a millimetre, row-major, compressed.

    255 is a millimetre wholly inked.  Stamps and nominative zones are left out: two
    carnets filled alike, or one scanned twice, differ there in nothing that counts.
    """
    layer = layer_of(page, form, blank, settings)
    width, height = (round(side) for side in form.layout.page_size_mm)
    below, across = (
        np.minimum((np.arange(pixels) / PX_PER_MM).astype(np.intp), most - 1)
        for pixels, most in zip(layer.ink.shape, (height, width), strict=True)
    )
    rows, columns = np.divmod(layer.at, layer.ink.shape[1])
    inked = np.bincount(below[rows] * width + across[columns], minlength=width * height)
    return zlib.compress(np.minimum(inked * (255 / PX_PER_MM**2), 255).astype(np.uint8).tobytes(), 6)


def masked_image(page: RegisteredPage, form: PublishedForm, margin_mm: float = ReadSettings().mask_margin_mm) -> Grey:
    """The registered page with nominative zones black, safe to keep.

    The zone grows by ``margin_mm``, because hands overshoot, but never over another field.
    """
    pixels = page.pixels.copy()
    fields = form.layout.page(page.layout_page).fields
    masked = [field for field in fields if field.type == "masked"]
    others = [box.grown(0.3) for field in fields if field.type != "masked" for box in field.parts] if masked else []
    for field in masked:
        x, y, w, h = box_px(_grown_beside(field.extent, margin_mm, others), pixels.shape)
        pixels[y : y + h, x : x + w] = 0
    return pixels


def layer_of(page: RegisteredPage, form: PublishedForm, blank: Grey, settings: ReadSettings) -> InkLayer:
    """The ink of the page; ``read_page`` and ``ink_map`` of one page share it."""
    for known_page, known_blank, known_settings, layer in _latest:
        if known_page is page and known_blank is blank and known_settings == settings:
            return layer
    layer = without_stains(ink_of(page, ground_of(form, page.layout_page, blank), settings))
    _latest[:] = [(page, blank, settings, layer)]
    return layer


def _paper(extent: Box, layer: InkLayer) -> float:
    """Darkest paper level under the field over the page's own level."""
    scale = PX_PER_MM / BLOCK
    rows = slice(max(0, int(extent.y * scale)), int(extent.bottom * scale) + 1)
    columns = slice(max(0, int(extent.x * scale)), int(extent.right * scale) + 1)
    return min(1.0, float(layer.paper[rows, columns].min(initial=255)) / max(1.0, layer.paper_median))


def _ink(field: FieldBox, layer: InkLayer) -> InkReading:
    places = {layer.ground.place_of[field.name, rank] for rank in range(len(field.parts))}
    return read_ink(field.extent, places, layer)


def _is_digits(form: PublishedForm, field: FieldBox) -> bool:
    """Whether a field is a comb that holds digits; letters have no engine and go to a person."""
    return field.type == "comb" and form.definition.field(field.name).alphabet == "digits"


def _queue(cells: list[CellInk], rank: int, pictures: list[Grey], waiting: list[tuple[int, int]]) -> None:
    """Cells with ink, put in line for the engine."""
    for index, cell in enumerate(cells):
        if cell.picture is not None:
            pictures.append(cell.picture)
            waiting.append((rank, index))


def _recognised(
    readings: list[FieldReading], pictures: list[Grey], waiting: list[tuple[int, int]]
) -> tuple[FieldReading, ...]:
    """The readings with the engine's probabilities in their cells."""
    if pictures:
        cells: dict[int, list[CellReading]] = {rank: list(readings[rank].cells) for rank, _ in waiting}
        for (rank, index), row in zip(waiting, digits.read_digits(pictures), strict=True):
            cells[rank][index] = with_probabilities(cells[rank][index], row)
        for rank, changed in cells.items():
            readings[rank] = replace(readings[rank], cells=tuple(changed))
    return tuple(readings)


def _grown_beside(zone: Box, margin_mm: float, others: list[Box]) -> Box:
    """The zone with its margin, each side held back where another field begins."""
    left, top, right, bottom = zone.x - margin_mm, zone.y - margin_mm, zone.right + margin_mm, zone.bottom + margin_mm
    for other in others:
        if other.y < bottom and other.bottom > top:
            if zone.right <= other.x < right:
                right = other.x
            if left < other.right <= zone.x:
                left = other.right
    for other in others:
        if other.x < right and other.right > left:
            if zone.bottom <= other.y < bottom:
                bottom = other.y
            if top < other.bottom <= zone.y:
                top = other.bottom
    return Box(x=left, y=top, w=right - left, h=bottom - top)
