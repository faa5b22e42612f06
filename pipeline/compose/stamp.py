"""What is stamped on every page, as drawing operators in millimetres, y downwards.

Markers and small print are the same on every copy of a page; codes, number and name
differ.  Modules are drawn as vector rectangles in one path, runs merged, so that no
printer resamples them and neighbours leave no hairline between them.
"""

from __future__ import annotations

import re
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

from pipeline.compose.cover import PlacedText
from pipeline.compose.typeface import MM_PER_PT, StampFont
from pipeline.model.identity import marker_id
from pipeline.model.layout import Box, StampLayout

MARKER_CELLS = 8
CODE_MODULES = 16
NUMBER_PT = 11.0
SMALL_PT = 7.0
_NUMBER_BASELINE = 0.5
_SMALL_BASELINE = 0.93
"""Baselines within a number zone, as shares of its height."""
FONT = "/F"

Bits = npt.NDArray[np.bool_]


def rounded(value: float) -> str:
    """A number of a content stream: a tenth of a micrometre, no idle zeros."""
    return f"{value:.4f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


@lru_cache(maxsize=1)
def _dictionary() -> cv2.aruco.Dictionary:
    """The marker family of all pages."""
    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)


def marker_bits(marker: int) -> Bits:
    """The 8 × 8 cells of an AprilTag 36h11, border included; true is black."""
    bits: Bits = np.asarray(cv2.aruco.generateImageMarker(_dictionary(), marker, MARKER_CELLS, borderBits=1)) == 0
    return bits


def code_bits(payload: str) -> Bits:
    """The 16 × 16 modules of a square DataMatrix; true is black.

    Raises ``ValueError`` when the payload needs another size than the layout reserves.
    """
    barcode = zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)
    bits: Bits = np.asarray(barcode.to_image(scale=1, add_quiet_zones=False)) == 0
    if bits.shape != (CODE_MODULES, CODE_MODULES):
        raise ValueError(f"DataMatrix of {bits.shape} modules for {len(payload)} characters")
    return bits


@lru_cache(maxsize=4096)
def runs(row: int, width: int) -> tuple[tuple[int, int], ...]:
    """The runs of ones in a row of ``width`` bits, first bit highest, as start and length."""
    ones = re.finditer("1+", f"{row:0{width}b}")
    return tuple((run.start(), run.end() - run.start()) for run in ones)


def pattern(bits: Bits) -> str:
    """A square bit pattern as one filled path, one unit a cell."""
    width = len(bits)
    rows = (bits @ (1 << np.arange(width)[::-1])).tolist()
    drawn = [f"{start} {row} {length} 1 re\n" for row, value in enumerate(rows) for start, length in runs(value, width)]
    return "".join(drawn) + "f\n"


def placed_pattern(drawing: str, cells: int, box: Box) -> str:
    """A pattern of ``cells`` × ``cells`` units drawn into a box in mm."""
    size = f"{rounded(box.w / cells)} 0 0 {rounded(box.h / cells)} {rounded(box.x)} {rounded(box.y)}"
    return f"q {size} cm\n{drawing}Q\n"


def markers(stamp: StampLayout, page: int) -> str:
    """The four markers of a printed page number."""
    return "".join(
        placed_pattern(pattern(marker_bits(marker_id(page, corner))), MARKER_CELLS, box)
        for corner, box in enumerate(stamp.markers)
    )


def codes(stamp: StampLayout, payload: str) -> str:
    """Both codes of a page, with the same payload."""
    drawing = pattern(code_bits(payload))
    return "".join(placed_pattern(drawing, CODE_MODULES, box) for box in stamp.codes)


def text(font: StampFont, lines: tuple[PlacedText, ...]) -> str:
    """Lines of text; the page's y axis points down, so glyphs are turned upright again."""
    drawn = [
        f"{FONT} {rounded(line.size_pt * MM_PER_PT)} Tf "
        f"1 0 0 -1 {rounded(line.x_mm)} {rounded(line.y_mm)} Tm {font.encode(line.text)} Tj\n"
        for line in lines
    ]
    return "BT\n" + "".join(drawn) + "ET\n"


def number_lines(stamp: StampLayout, number: str) -> tuple[PlacedText, ...]:
    """The carnet number beside each code."""
    return tuple(_line(box, number, NUMBER_PT, _NUMBER_BASELINE) for box in stamp.numbers)


def small_lines(stamp: StampLayout, words: str) -> tuple[PlacedText, ...]:
    """Form, version and page in small print under each number."""
    return tuple(_line(box, words, SMALL_PT, _SMALL_BASELINE) for box in stamp.numbers)


def small_words(form: str, version: str, page: int) -> str:
    """What the small print says; reading finds form, version and page in it when both codes are dead."""
    return f"{form} {version} · page {page}"


def _line(box: Box, words: str, size_pt: float, share: float) -> PlacedText:
    return PlacedText(text=words, x_mm=box.x, y_mm=box.y + share * box.h, size_pt=size_pt)
