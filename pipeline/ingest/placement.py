"""Where a PDF page puts its one image, if it shows nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
import pikepdf
from pikepdf import Name

from pipeline.ingest.pagelook import PageLook
from pipeline.model.scan import Grey
from pipeline.settings import IngestSettings

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_SILENT = {"gs", "BMC", "BDC", "EMC", "MP", "DP", "BT", "ET", "w", "J", "j", "M", "d", "i", "W", "W*", "n"}
_COLOURS = {"g", "G", "rg", "RG", "k", "K", "cs", "CS", "sc", "SC", "scn", "SCN", "ri"}
_TEXT_STATE = {"Tc", "Tw", "Tz", "TL", "Tf", "Ts", "Td", "TD", "Tm", "T*"}
_TEXT_SHOWN = {"Tj", "TJ", "'", '"'}
_INVISIBLE_TEXT = 3
_CONTENT_LIMIT_BYTES = 2_000_000
_SKEW = 1e-3
_CLIP_PT = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The image that a page draws, and the matrix from its unit square to points."""

    name: str
    matrix: Matrix


def sole_placement(page: pikepdf.Page, look: PageLook) -> Placement | None:
    """The one image drawn, or None as soon as the page shows anything else.

    Text of an OCR layer (render mode 3) is invisible and does not count; a clip counts
    when it hides part of the page.
    """
    contents = page.obj.get(Name.Contents)
    if contents is None or _content_bytes(contents) > _CONTENT_LIMIT_BYTES:
        return None
    state = _State()
    for instruction in pikepdf.parse_content_stream(page):
        name, operands = str(instruction.operator), instruction.operands
        if not (state.change(name, operands) or _shows_nothing(name, operands, state, look)):
            return None
    return state.drawn[0] if len(state.drawn) == 1 else None


@dataclass(slots=True)
class _State:
    """The graphics state that matters while a content stream is followed."""

    matrix: Matrix = _IDENTITY
    text_mode: int = 0
    stack: list[tuple[Matrix, int]] = field(default_factory=list)
    drawn: list[Placement] = field(default_factory=list)

    def change(self, operator: str, operands: object) -> bool:
        """Obey an operator that changes the state or draws an object; False for any other."""
        if operator == "q":
            self.stack.append((self.matrix, self.text_mode))
        elif operator == "Q":
            if self.stack:
                self.matrix, self.text_mode = self.stack.pop()
        elif operator == "cm":
            self.matrix = _times(_matrix(operands), self.matrix)
        elif operator == "Tr":
            self.text_mode = int(operands[0])  # type: ignore[index]
        elif operator == "Do":
            self.drawn.append(Placement(name=str(operands[0]), matrix=self.matrix))  # type: ignore[index]
        else:
            return False
        return True


def _content_bytes(contents: pikepdf.Object) -> int:
    """Stored length of a page's content."""
    streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    return sum(int(stream.get(Name.Length, 0)) for stream in streams)


def _shows_nothing(operator: str, operands: object, state: _State, look: PageLook) -> bool:
    """Whether an operator leaves the page as it is."""
    if operator in _TEXT_SHOWN:
        return state.text_mode == _INVISIBLE_TEXT
    if operator == "re":
        return _clips_nothing(operands, state.matrix, look)
    return operator in _SILENT or operator in _COLOURS or operator in _TEXT_STATE


def _clips_nothing(operands: object, matrix: Matrix, look: PageLook) -> bool:
    """Whether a rectangle, drawn to clip, holds the whole page, as scanner software writes it."""
    x, y, width, height = (float(value) for value in operands)  # type: ignore[attr-defined]
    a, b, c, d, e, f = _times((width, 0.0, 0.0, height, x, y), matrix)
    left, right = sorted((e, e + a + c))
    bottom, top = sorted((f, f + b + d))
    x1, y1, x2, y2 = look.crop
    return left <= x1 + _CLIP_PT and bottom <= y1 + _CLIP_PT and right >= x2 - _CLIP_PT and top >= y2 - _CLIP_PT


def _matrix(operands: object) -> Matrix:
    """Six numbers of a ``cm``."""
    a, b, c, d, e, f = (float(value) for value in operands)  # type: ignore[attr-defined]
    return a, b, c, d, e, f


def _times(m: Matrix, n: Matrix) -> Matrix:
    """The matrix that applies ``m`` first, then ``n``."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def covers(matrix: Matrix, look: PageLook, settings: IngestSettings) -> bool:
    """Whether the image lies square on the page and fills it, without running over."""
    a, b, c, d, e, f = matrix
    long_side = max(abs(a), abs(b), abs(c), abs(d))
    upright = max(abs(b), abs(c)) <= _SKEW * long_side
    turned = max(abs(a), abs(d)) <= _SKEW * long_side
    if not upright and not turned:
        return False
    left, right = sorted((e, e + a + c))
    bottom, top = sorted((f, f + b + d))
    x1, y1, x2, y2 = look.crop
    page_area = (x2 - x1) * (y2 - y1)
    shown = max(0.0, min(right, x2) - max(left, x1)) * max(0.0, min(top, y2) - max(bottom, y1))
    whole = (right - left) * (top - bottom)
    cover = settings.full_page_ratio
    return page_area > 0 and shown >= cover * page_area and shown >= cover * whole


def as_placed(grey: Grey, linear: tuple[float, float, float, float], rotate: int) -> Grey:
    """Pixels as the page shows them: the placement's flips and quarter turn, then ``/Rotate``.

    A PDF's y axis points up, and an image's first row is its top.
    """
    a, b, c, d = linear
    if abs(a) >= abs(b):
        flip_x, flip_y = a < 0, d < 0
    else:
        grey = np.ascontiguousarray(grey.T)
        flip_x, flip_y = c > 0, b > 0
    if flip_x and flip_y:
        grey = np.asarray(cv2.rotate(grey, cv2.ROTATE_180), np.uint8)
    elif flip_x or flip_y:
        grey = np.asarray(cv2.flip(grey, 1 if flip_x else 0), np.uint8)
    turns = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    return np.asarray(cv2.rotate(grey, turns[rotate]), np.uint8) if rotate in turns else grey
