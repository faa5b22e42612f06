"""Whether a JBIG2 image repeats look-alike shapes, found without decoding it.

An encoder that stores one « 6 » and shows it wherever it saw something alike may show a
6 where the paper has an 8.  Whether it compared strictly cannot be known from the file,
and shapes that were refined afterwards may have been refined badly: any use of stored
shapes is told, as is halftoning, which rebuilds the page from a stock of patterns.
"""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf
from pikepdf import Name

from pipeline.ingest.streams import filter_names, parameters, unfolded

_STORED_SHAPES = {0, 4, 6, 7, 16, 20, 22, 23}
"""Segment types: symbol dictionary, text regions, pattern dictionary, halftone regions."""
_SEGMENTS_LOOKED_AT = 256
_LOOKED_AT_BYTES = 20_000_000
_LONG_FORM = 7
_UNKNOWN_LENGTH = 0xFFFFFFFF


def repeats_shapes(image: pikepdf.Object) -> bool:
    """Whether an image's own stream or the one it shares with others uses stored shapes.

    A stream too long or too folded to look into is presumed to.
    """
    filters = filter_names(image)
    own = unfolded(image, filters[:-1], _LOOKED_AT_BYTES)
    shared = parameters(image, len(filters) - 1).get(Name.JBIG2Globals)
    streams = [own]
    if isinstance(shared, pikepdf.Stream):
        streams.append(unfolded(shared, filter_names(shared), _LOOKED_AT_BYTES))
    if None in streams:
        return True
    return any(kind in _STORED_SHAPES for stream in streams if stream for kind in segment_types(stream))


def segment_types(stream: bytes) -> Iterator[int]:
    """Types of the segments of an embedded stream, as far as their lengths are known."""
    at = 0
    for _ in range(_SEGMENTS_LOOKED_AT):
        if at + 11 > len(stream):
            return
        number, flags, referred = int.from_bytes(stream[at : at + 4]), stream[at + 4], stream[at + 5] >> 5
        yield flags & 63
        at += 6
        if referred == _LONG_FORM:
            referred = int.from_bytes(stream[at - 1 : at + 3]) & 0x1FFFFFFF
            at += 3 + (referred + 8) // 8
        at += referred * (1 if number <= 256 else 2 if number <= 65536 else 4) + (4 if flags & 64 else 1)
        length = int.from_bytes(stream[at : at + 4])
        if length == _UNKNOWN_LENGTH:
            return
        at += 4 + length
