"""Scans that are read, with a warning: what the compression may have done to them."""

from __future__ import annotations

import struct

import numpy as np
import pikepdf
import pytest
from pikepdf import Dictionary, Name

from pipeline.ingest.jbig2 import segment_types
from pipeline.wording import words
from tests.ingest.scanfiles import flate, group4, jbig2_page, jbig2_segment, packed
from tests.ingest.test_sides import alike, rendered, sides_of

FULL = b"q 420 0 0 595 0 0 cm /Im0 Do Q"
BITS = np.zeros((877, 620), np.uint8)
BITS[100:200, 100:300] = BITS[300:520, 350:560] = 1  # poppler misreads two blocks that end on one row
NO_SYMBOLS = struct.pack(">H", 0) + bytes([3, 255, 253, 255, 2, 254, 254, 254]) + struct.pack(">II", 0, 0)
"""A symbol dictionary (arithmetic, template 0, its four adaptive pixels) of no symbol at all."""


def jbig2(maker, stream, shared=None):
    extra = {}
    if shared is not None:
        shared = maker.pdf.make_indirect(pikepdf.Stream(maker.pdf, shared))
        extra["DecodeParms"] = Dictionary(JBIG2Globals=shared)
    return maker.image(stream, 620, 877, BitsPerComponent=1, Filter=Name.JBIG2Decode, **extra)


def the_side(maker, tmp_path, settings, image):
    maker.page(FULL, {"Im0": image})
    path = maker.save(tmp_path / "s.pdf")
    (side,) = sides_of(path, settings)
    return side, path


def test_lossless_jbig2_is_read_at_its_own_resolution(maker, tmp_path, settings):
    side, path = the_side(maker, tmp_path, settings, jbig2(maker, jbig2_page(BITS)))
    assert side.dpi == pytest.approx(620 * 72 / 420, abs=0.2)
    assert side.pixels.shape == pytest.approx((877, 620), abs=2)
    assert alike(side.pixels, 255 * (1 - BITS)) < 3
    assert alike(side.pixels, rendered(path)) < 3
    assert side.warnings == ("bitonal", "low_resolution")


@pytest.mark.parametrize("where", ["shared", "own"])
def test_jbig2_with_stored_shapes_is_warned_about(maker, tmp_path, settings, where):
    shapes = jbig2_segment(5 if where == "own" else 0, 0, NO_SYMBOLS, page=1 if where == "own" else 0)
    stream = jbig2_page(BITS)
    image = jbig2(maker, stream + shapes) if where == "own" else jbig2(maker, stream, shapes)
    side, _ = the_side(maker, tmp_path, settings, image)
    assert "lossy_jbig2" in side.warnings
    assert alike(side.pixels, 255 * (1 - BITS)) < 3


def test_sharing_alone_is_no_loss(maker, tmp_path, settings):
    side, _ = the_side(maker, tmp_path, settings, jbig2(maker, jbig2_page(BITS), b""))
    assert "lossy_jbig2" not in side.warnings


@pytest.mark.parametrize("kind", [4, 6, 7, 16, 20, 22, 23])
def test_segments_are_walked_to_the_shapes(kind):
    """Long lists of what a segment refers to, and page numbers of four bytes, are stepped over."""
    first = jbig2_segment(0, 48, bytes(19))
    many = (
        struct.pack(">IBI", 300, 6, 7 << 29 | 9) + bytes(2) + bytes(9 * 2) + b"\x01" + struct.pack(">I", 5) + bytes(5)
    )
    wide = struct.pack(">IBB", 301, 38 | 64, 0) + struct.pack(">I", 1) + struct.pack(">I", 3) + bytes(3)
    assert list(segment_types(first + many + wide + jbig2_segment(302, kind, b""))) == [48, 6, 38, kind]


def test_layers_of_a_compact_scan_are_warned_about_whatever_they_are(maker, tmp_path, settings):
    """Colours of the paper below, text above through a mask of Group 4, as copiers write « compact »."""
    paper = maker.jpeg(np.full((220, 155), 225, np.uint8))
    ink = flate(maker, np.full((220, 155), 40, np.uint8))
    ink.Mask = maker.image(
        group4(BITS), 620, 877, BitsPerComponent=1, ImageMask=True, Filter=Name.CCITTFaxDecode,
        DecodeParms=Dictionary(K=-1, Columns=620),
    )  # fmt: skip
    maker.page(FULL + b" q 420 0 0 595 0 0 cm /Im1 Do Q", {"Im0": paper, "Im1": ink})
    path = maker.save(tmp_path / "s.pdf")
    (side,) = sides_of(path, settings)
    assert side.warnings == ("compact_pdf",)
    assert alike(side.pixels, rendered(path)) < 3


def test_strips_of_stencils_are_black_and_white_and_not_compact(maker, tmp_path, settings):
    strips = {}
    for number in range(2):
        rows = packed(1 - BITS[number * 438 : number * 438 + 438])
        strips[f"S{number}"] = maker.image(rows.tobytes(), 620, 438, BitsPerComponent=1, ImageMask=True)
    maker.page(b"q 420 0 0 297 0 298 cm /S0 Do Q q 420 0 0 297 0 1 cm /S1 Do Q", strips)
    (side,) = sides_of(maker.save(tmp_path / "s.pdf"), settings)
    assert side.warnings == ("bitonal",)


@pytest.mark.parametrize("code", ["lossy_jbig2", "compact_pdf", "bitonal", "low_resolution"])
def test_warnings_say_what_to_set_on_the_copier(code):
    assert words(code).remedy
