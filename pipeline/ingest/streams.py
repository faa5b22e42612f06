"""Bytes of PDF streams, unfolded no further than asked."""

from __future__ import annotations

import zlib

import pikepdf
from pikepdf import Name

from pipeline.errors import PageError

_FLATE = "/FlateDecode"


def filter_names(stream: pikepdf.Object) -> tuple[str, ...]:
    """The decoders of a stream, in the order in which they are applied."""
    found = stream.get(Name.Filter)
    if found is None:
        return ()
    if isinstance(found, pikepdf.Array):
        return tuple(str(name) for name in found)
    return (str(found),)


def parameters(stream: pikepdf.Object, rank: int) -> pikepdf.Object:
    """The parameters of one of its decoders, an empty dictionary when there are none."""
    found = stream.get(Name.DecodeParms)
    if isinstance(found, pikepdf.Array):
        found = found[rank] if rank < len(found) else None
    return found if isinstance(found, pikepdf.Dictionary) else pikepdf.Dictionary()


def unfolded(stream: pikepdf.Object, filters: tuple[str, ...], most: int) -> bytes | None:
    """The stream with these leading decoders undone, None when that takes more than ``most`` bytes or is not plain.

    Nothing but deflate without predictors is undone here: a few bytes of anything else may
    unfold into gigabytes inside of a library.
    """
    if int(stream.get(Name.Length, 0)) > most:
        return None
    content = stream.read_raw_bytes()
    for rank, name in enumerate(filters):
        if name != _FLATE or int(parameters(stream, rank).get(Name.Predictor, 1)) != 1:
            return None
        content = inflated(content, most + 1)
    return content if len(content) <= most else None


def inflated(content: bytes, most: int) -> bytes:
    """Deflated bytes, the first ``most``; raises ``PageError`` when they are damaged."""
    try:
        return zlib.decompressobj().decompress(content, most)
    except zlib.error as error:
        raise PageError("damaged_image") from error
