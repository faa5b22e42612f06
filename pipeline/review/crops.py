"""What a person looks at: the field cut from the kept page, or a whole page made small."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pipeline.model.reading import PixelBox
from pipeline.model.scan import PX_PER_MM, Grey
from pipeline.review.questions import Question

_QUALITY = 62  # JPEG: handwriting stays crisp, about 5 kB a crop
_PAPER_PERCENTILE = 60  # most of a page is bare paper
_WHITE = 252
_COVER = 205  # grey laid over what must not be shown
_LABEL_MM = 46.0  # room to the right of tick boxes, where their words are printed
_MARGIN_MM = 3.0
_ABOVE_MM = 5.0  # a correction is written above the cells
_WIDTH_MIN_MM = 70.0  # a single cell says little without its neighbours
_BRACKET_MM = 1.6  # corners drawn this far around the field that is asked
_FIELD_MAX = (530, 150)  # pixels on the screen
_CHOICE_MAX = (530, 240)
_PAGE_MAX = (380, 530)
_TILED_MAX = (540, 540)
_ENLARGED = 4 / 3  # a cell of 6 mm is then 47 pixels wide on the screen
PAGES_SHOWN = 6
_TILE_COLUMNS, _TILE_GAP = 3, 6
_FRAME_PX = 2  # a thin frame, this far outside the field
_EDGE = 150  # grey of the thin line around a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """A JPEG with its size in pixels."""

    content: bytes
    width_px: int
    height_px: int


def load_page(folder: Path, image: str) -> Grey | None:
    """The kept page image, or None when it is no longer there."""
    if not image:
        return None
    try:
        stored = np.frombuffer((folder / image).read_bytes(), dtype=np.uint8)
    except OSError:
        return None
    pixels = cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE) if stored.size else None
    return None if pixels is None else np.asarray(pixels, dtype=np.uint8)


def prepared(pixels: Grey, covered: Iterable[PixelBox]) -> Grey:
    """The page made white, ``covered`` boxes greyed out: once for all its questions."""
    return _covered(_whitened(pixels), covered)


def side_by_side(pages: Sequence[tuple[Grey, Iterable[PixelBox]]], *, small: bool = False) -> Crop | None:
    """Whole pages beside each other, fields to look at framed; the more pages, the smaller each."""
    shown = pages[:PAGES_SHOWN]
    if not shown:
        return None
    columns = min(len(shown), _TILE_COLUMNS)
    width, height = ((_PAGE_MAX[0], _PAGE_MAX[1]), (268, 378), (178, 251))[max(columns - 1, 2 if small else 0)]
    tiles = [_tile(clean, boxes, width, height) for clean, boxes in shown]
    lines = [tiles[start : start + columns] for start in range(0, len(tiles), columns)]
    blank = np.full((height, width), 255, dtype=np.uint8)
    return _encoded(np.vstack([np.hstack([*line, *[blank] * (columns - len(line))]) for line in lines]), _TILED_MAX)


def _tile(clean: Grey, boxes: Iterable[PixelBox], width: int, height: int) -> Grey:
    """One page made small, fields framed, on a white ground."""
    scale = min((width - _TILE_GAP) / clean.shape[1], (height - _TILE_GAP) / clean.shape[0])
    size = (max(1, round(clean.shape[1] * scale)), max(1, round(clean.shape[0] * scale)))
    tile = np.full((height, width), 255, dtype=np.uint8)
    tile[: size[1], : size[0]] = cv2.resize(clean, size, interpolation=cv2.INTER_AREA)
    for x, y, w, h in boxes:
        left, top, right, bottom = (round(edge * scale) for edge in (x, y, x + w, y + h))
        cv2.rectangle(tile, (left - _FRAME_PX, top - _FRAME_PX), (right + _FRAME_PX, bottom + _FRAME_PX), 0, 1)
    cv2.rectangle(tile, (0, 0), (size[0] - 1, size[1] - 1), _EDGE, 1)
    return tile


def cut(clean: Grey, question: Question) -> Crop | None:
    """The picture of a question, from its prepared page; None when its place is unknown."""
    box = question.page.boxes.get(question.field.name)
    if box is None:
        return None
    choice = question.field.type == "choice"
    left, top, width, height = _window(box, clean.shape[:2], right_mm=_LABEL_MM if choice else _MARGIN_MM)
    shown = clean[top : top + height, left : left + width].copy()
    _point_at(shown, (box[0] - left, box[1] - top, box[2], box[3]))
    return _encoded(shown, _CHOICE_MAX if choice else _FIELD_MAX, _ENLARGED)


def _whitened(pixels: Grey) -> Grey:
    """The page with its paper made white: grey scans are tiring, and pale ink stands out."""
    paper = max(float(np.percentile(pixels[::4, ::4], _PAPER_PERCENTILE)), 1.0)
    levels = np.minimum(np.arange(256) * (_WHITE / paper), 255).astype(np.uint8)
    return np.asarray(levels[pixels], dtype=np.uint8)


def _covered(pixels: Grey, boxes: Iterable[PixelBox]) -> Grey:
    """The page with the boxes greyed out, a little beyond their edge: hands overshoot."""
    margin = round(1.5 * PX_PER_MM)
    for x, y, w, h in boxes:
        pixels[max(0, y - margin) : y + h + margin, max(0, x - margin) : x + w + margin] = _COVER
    return pixels


def _point_at(pixels: Grey, box: PixelBox) -> None:
    """Four corners around the field that is asked: they hide no ink."""
    x, y, w, h = box
    gap, arm = round(_BRACKET_MM * PX_PER_MM), round(2 * PX_PER_MM)
    for corner_x, to_x in ((x - gap, arm), (x + w + gap, -arm)):
        for corner_y, to_y in ((y - gap, arm), (y + h + gap, -arm)):
            cv2.line(pixels, (corner_x, corner_y), (corner_x + to_x, corner_y), 0, 2)
            cv2.line(pixels, (corner_x, corner_y), (corner_x, corner_y + to_y), 0, 2)


def _window(box: PixelBox, shape: tuple[int, ...], *, right_mm: float) -> PixelBox:
    """The field with what surrounds it, within the page."""
    x, y, w, h = box
    left, top = max(0, x - round(_MARGIN_MM * PX_PER_MM)), max(0, y - round(_ABOVE_MM * PX_PER_MM))
    right = min(shape[1], max(x + w + round(right_mm * PX_PER_MM), left + round(_WIDTH_MIN_MM * PX_PER_MM)))
    left = max(0, min(left, right - round(_WIDTH_MIN_MM * PX_PER_MM)))
    bottom = min(shape[0], y + h + round(_MARGIN_MM * PX_PER_MM))
    return left, top, max(1, right - left), max(1, bottom - top)


def _encoded(pixels: Grey, largest: tuple[int, int], enlarged: float = 1.0) -> Crop | None:
    """A picture no larger than the cell it stands in, enlarged at most so far."""
    height, width = pixels.shape[:2]
    scale = min(enlarged, largest[0] / width, largest[1] / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    smooth = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC
    pixels = np.asarray(cv2.resize(pixels, size, interpolation=smooth), dtype=np.uint8)
    done, stream = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        return None
    return Crop(content=stream.tobytes(), width_px=pixels.shape[1], height_px=pixels.shape[0])
