"""Where a PDF page puts its one image, if it shows nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pikepdf
from pikepdf import Name

from pipeline.ingest.matrix import IDENTITY, Matrix, Rectangle, extent, matrix_of, times
from pipeline.ingest.streams import filter_names, unfolded

Operands = Sequence[Any]
_SILENT = {"BMC", "EMC", "MP", "DP", "BX", "EX", "BT", "ET", "w", "J", "j", "M", "d", "i", "W", "W*", "n"}
_COLOURS = {"G", "RG", "K", "CS", "SC", "SCN", "ri"}
_INKS = {"g", "rg", "k", "cs", "sc", "scn"}
_TEXT_STATE = {"Tc", "Tw", "Tz", "TL", "Tf", "Ts", "Td", "TD", "Tm", "T*"}
_TEXT_SHOWN = {"Tj", "TJ", "'", '"'}
_BLACK = {("g", (0.0,)), ("rg", (0.0, 0.0, 0.0)), ("k", (0.0, 0.0, 0.0, 1.0))}
_INVISIBLE_TEXT = 3
_CLIP_PT = 4.0
_DEEPEST, _MOST_DRAWN = 4, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The image that a page draws, and the matrix from its unit square to points.

    ``black``: what a stencil would be painted with.
    """

    image: pikepdf.Object
    matrix: Matrix
    black: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """The graphics state that matters while a content stream is followed."""

    matrix: Matrix = IDENTITY
    text_mode: int = 0
    black: bool = True


class _SurpriseError(Exception):
    """The page shows something else than one plain image."""


def sole_placement(page: pikepdf.Page, crop: Rectangle, content_limit: int) -> Placement | None:
    """The one image drawn, or None as soon as the page shows anything else.

    Text of an OCR layer (render mode 3) is invisible and does not count, in a form of its
    own or not; a clip counts when it hides part of the page.
    """
    follower = _Follower(crop=crop, left=content_limit)
    try:
        follower.follow(page.obj.get(Name.Contents), page, page.resources, _State(), 0)
    except _SurpriseError:
        return None
    return follower.drawn[0] if len(follower.drawn) == 1 else None


@dataclass(slots=True)
class _Follower:
    """What the page has drawn so far; ``left``: bytes of content that may still be read."""

    crop: Rectangle
    left: int
    forms: int = 0
    drawn: list[Placement] = field(default_factory=list)

    def follow(
        self,
        contents: object,
        parsed: pikepdf.Page | pikepdf.Object,
        resources: pikepdf.Object,
        state: _State,
        depth: int,
    ) -> None:
        """Obey every operator of a page or a form; raises ``_SurpriseError``."""
        self._require_short(contents)
        stack: list[_State] = []
        for instruction in pikepdf.parse_content_stream(parsed):
            name, operands = str(instruction.operator), list(instruction.operands)
            if name == "q":
                stack.append(state)
            elif name == "Q":
                state = stack.pop() if stack else state
            elif name == "Do":
                self._draw(_resource(resources, Name.XObject, operands[0]), resources, state, depth)
            else:
                state = self._obey(name, operands, state, resources)

    def _require_short(self, contents: object) -> None:
        """Unfold the content within bounds, before a library unfolds it without any."""
        streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
        for stream in streams:
            if not isinstance(stream, pikepdf.Stream):
                raise _SurpriseError
            content = unfolded(stream, filter_names(stream), self.left)
            if content is None:
                raise _SurpriseError
            self.left -= len(content)

    def _draw(self, drawn: pikepdf.Object, resources: pikepdf.Object, state: _State, depth: int) -> None:
        """Note an image, follow a form."""
        if not isinstance(drawn, pikepdf.Stream) or Name.OC in drawn:
            raise _SurpriseError
        if drawn.get(Name.Subtype) == Name.Image:
            self.drawn.append(Placement(image=drawn, matrix=state.matrix, black=state.black))
            if len(self.drawn) > 1:
                raise _SurpriseError
            return
        self.forms += 1
        if depth >= _DEEPEST or self.forms > _MOST_DRAWN:
            raise _SurpriseError
        before = len(self.drawn)
        matrix = times(matrix_of(drawn.get(Name.Matrix, IDENTITY)), state.matrix)
        self.follow(drawn, drawn, drawn.get(Name.Resources, resources), replace(state, matrix=matrix), depth + 1)
        x1, y1, x2, y2 = (float(value) for value in drawn[Name.BBox])
        if len(self.drawn) > before and not self._holds_the_page(x1, y1, x2 - x1, y2 - y1, matrix):
            raise _SurpriseError

    def _obey(self, name: str, operands: Operands, state: _State, resources: pikepdf.Object) -> _State:
        """The state after one operator that draws nothing; raises ``_SurpriseError`` for any other."""
        if name == "cm":
            return replace(state, matrix=times(matrix_of(operands), state.matrix))
        if name == "Tr":
            return replace(state, text_mode=int(operands[0]))
        if name in _INKS:
            return replace(state, black=_is_black(name, operands))
        if not (name in _SILENT or name in _COLOURS or name in _TEXT_STATE or self._harmless(name, operands, state)):
            if name != "gs":
                raise _SurpriseError
            _require_opaque(_resource(resources, Name.ExtGState, operands[0]))
        return state

    def _harmless(self, name: str, operands: Operands, state: _State) -> bool:
        """Whether an operator that might show or hide something does not."""
        if name in _TEXT_SHOWN:
            return state.text_mode == _INVISIBLE_TEXT
        if name == "re":
            x, y, width, height = (float(value) for value in operands)
            return self._holds_the_page(x, y, width, height, state.matrix)
        return name == "BDC" and operands[0] != Name.OC

    def _holds_the_page(self, x: float, y: float, width: float, height: float, matrix: Matrix) -> bool:
        """Whether a rectangle, drawn to clip, holds the whole page, as scanner software writes it."""
        left, bottom, right, top = extent(x, y, width, height, matrix)
        x1, y1, x2, y2 = self.crop
        return left <= x1 + _CLIP_PT and bottom <= y1 + _CLIP_PT and right >= x2 - _CLIP_PT and top >= y2 - _CLIP_PT


def _resource(resources: pikepdf.Object, kind: pikepdf.Name, name: pikepdf.Object) -> pikepdf.Object:
    """A named resource; raises ``_SurpriseError`` when there is none."""
    found = resources.get(kind)
    if not isinstance(found, pikepdf.Dictionary) or str(name) not in found:
        raise _SurpriseError
    return found[str(name)]


def _is_black(operator: str, operands: Operands) -> bool:
    """Whether a colour operator chooses black; that of any other space is unknown."""
    try:
        return (operator, tuple(float(value) for value in operands)) in _BLACK
    except (TypeError, ValueError):
        return False


def _require_opaque(state: pikepdf.Object) -> None:
    """Raise ``_SurpriseError`` for a graphics state that lets the image show through or changes its values."""
    opaque = (
        float(state.get(Name.ca, 1)) == 1.0
        and state.get(Name.BM, Name.Normal) in (Name.Normal, Name.Compatible)
        and not isinstance(state.get(Name.SMask), pikepdf.Dictionary)
        and state.get(Name.TR, Name.Identity) == Name.Identity
        and state.get(Name.TR2, Name.Default) in (Name.Default, Name.Identity)
    )
    if not opaque:
        raise _SurpriseError
