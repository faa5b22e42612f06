"""Samples of a lossless PDF image as grey pixels, never unfolded beyond the declared size.

PNG predictors are undone by a PNG decoder and Group 4 by a TIFF decoder, each given the
stream as it stands behind a header of its own.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import pikepdf
from pikepdf import Name
from PIL import Image

from pipeline.errors import PageError
from pipeline.ingest.pixels import heard_decoders
from pipeline.ingest.streams import filter_names, inflated, parameters, unfolded
from pipeline.model.scan import Grey

_PLAIN_SPACES = {"/DeviceGray": 1, "/CalGray": 1, "/DeviceRGB": 3, "/CalRGB": 3}
_LUMINANCE = (0.299, 0.587, 0.114)
_FIRST_PNG_PREDICTOR = 10
_PALETTE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Meaning:
    """What the samples of an image mean.  ``palette``: the grey of each index."""

    width: int
    height: int
    bits: int
    channels: int
    inverted: bool
    palette: npt.NDArray[np.uint8] | None = None


def meaning_of(image: pikepdf.Object, *, black: bool) -> Meaning | None:
    """The meaning of an opaque image of a plain colour space, None for any other.

    A stencil is plain when what it paints is black.
    """
    if Name.SMask in image or Name.Mask in image:
        return None
    stencil = bool(image.get(Name.ImageMask, False))
    bits = 1 if stencil else int(image.get(Name.BitsPerComponent, 8))
    space = image.get(Name.ColorSpace)
    palette = None if stencil else _palette(space)
    channels = 1 if stencil or palette is not None else _channels(space)
    if channels is None or bits not in (1, 8) or (bits == 1 and channels != 1) or (stencil and not black):
        return None
    inverted = _inversion(image, channels, 2.0**bits - 1 if palette is not None else 1.0)
    if inverted is None or (inverted and palette is not None):
        return None
    return Meaning(
        width=int(image.Width),
        height=int(image.Height),
        bits=bits,
        channels=channels,
        inverted=inverted,
        palette=palette,
    )


def _inversion(image: pikepdf.Object, channels: int, top: float) -> bool | None:
    """Whether ``/Decode`` turns the samples over, None when it does anything else."""
    decode = image.get(Name.Decode)
    if decode is None:
        return False
    values = [float(value) for value in decode]
    if values == [0.0, top] * channels:
        return False
    return True if values == [top, 0.0] * channels else None


def _channels(space: pikepdf.Object | None) -> int | None:
    """Channels of a grey or RGB space, None for any other."""
    if isinstance(space, pikepdf.Array) and len(space):
        if space[0] == Name.ICCBased:
            channels = int(space[1].get(Name.N, 0))
            return channels if channels in (1, 3) else None
        space = space[0]
    return _PLAIN_SPACES.get(str(space))


def _palette(space: pikepdf.Object | None) -> npt.NDArray[np.uint8] | None:
    """The grey of each index of an indexed space over a grey or RGB one."""
    if not (isinstance(space, pikepdf.Array) and len(space) == 4 and space[0] == Name.Indexed):
        return None
    channels, table = _channels(space[1]), space[3]
    is_stream = isinstance(table, pikepdf.Stream)
    content = unfolded(table, filter_names(table), _PALETTE_BYTES) if is_stream else bytes(table)
    count = int(space[2]) + 1
    if channels is None or content is None or not 1 <= count <= 256 or len(content) < count * channels:
        return None
    colours = np.frombuffer(content, np.uint8, count * channels).reshape(count, channels)
    greys = colours @ np.array(_LUMINANCE) if channels == 3 else colours[:, 0]
    palette = np.zeros(256, np.uint8)
    palette[:count] = np.rint(greys)
    return palette


def decode_samples(image: pikepdf.Object, meaning: Meaning) -> Grey | None:
    """Grey pixels of a deflated or Group 4 image, None for anything else; raises ``PageError``."""
    filters = filter_names(image)
    if filters == ("/FlateDecode",):
        found = _deflated(image, meaning)
    elif filters == ("/CCITTFaxDecode",):
        found = _group4(image, meaning)
    else:
        return None
    return None if found is None else in_grey(found, meaning)


def in_grey(samples: npt.NDArray[np.uint8], meaning: Meaning) -> Grey:
    """Samples (one bit as 0 and 1) by their meaning."""
    if meaning.palette is not None:
        return np.asarray(cv2.LUT(samples, meaning.palette), np.uint8)
    if samples.ndim == 3:
        samples = np.asarray(cv2.cvtColor(samples, cv2.COLOR_RGB2GRAY), np.uint8)
    elif meaning.bits == 1:
        samples = samples * np.uint8(255)
    return np.asarray(cv2.bitwise_not(samples), np.uint8) if meaning.inverted else samples


def _deflated(image: pikepdf.Object, meaning: Meaning) -> npt.NDArray[np.uint8] | None:
    """Samples of a deflated image, with or without PNG predictors."""
    row = (meaning.width * meaning.channels * meaning.bits + 7) // 8
    parms = parameters(image, 0)
    predictor = int(parms.get(Name.Predictor, 1))
    if predictor >= _FIRST_PNG_PREDICTOR:
        return _predicted(image, meaning, parms)
    if predictor != 1:
        return None
    content = inflated(image.read_raw_bytes(), row * meaning.height)
    if len(content) < row * meaning.height:
        raise PageError("truncated_image")
    rows = np.frombuffer(content, np.uint8).reshape(meaning.height, row)
    if meaning.bits == 1:
        return np.unpackbits(rows, axis=1, count=meaning.width)
    return rows.reshape(meaning.height, meaning.width, 3) if meaning.channels == 3 else rows


def _predicted(image: pikepdf.Object, meaning: Meaning, parms: pikepdf.Object) -> npt.NDArray[np.uint8] | None:
    """Samples behind PNG predictors: the stream is what a PNG file holds in its data chunk."""
    columns, colours = int(parms.get(Name.Columns, 1)), int(parms.get(Name.Colors, 1))
    declared = (columns, colours, int(parms.get(Name.BitsPerComponent, 8)))
    if declared != (meaning.width, meaning.channels, meaning.bits):
        return None
    colour_type = 2 if meaning.channels == 3 else 0
    head = struct.pack(">IIBBBBB", meaning.width, meaning.height, meaning.bits, colour_type, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", image.read_raw_bytes()), (b"IEND", b""))
    file = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)
    try:
        with heard_decoders(), Image.open(io.BytesIO(file), formats=("PNG",)) as decoded:
            samples = np.asarray(decoded, np.uint8)
    except (OSError, ValueError, SyntaxError, zlib.error) as error:
        raise PageError("damaged_image") from error
    return samples


def _chunk(name: bytes, content: bytes) -> bytes:
    """One chunk of a PNG file."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(content, zlib.crc32(name)))


def _group4(image: pikepdf.Object, meaning: Meaning) -> npt.NDArray[np.uint8] | None:
    """Samples of a Group 4 image; other fax codes are left to the renderer."""
    parms = parameters(image, 0)
    plain = int(parms.get(Name.K, 0)) < 0 and not bool(parms.get(Name.EncodedByteAlign, False))
    if not plain or int(parms.get(Name.Columns, 1728)) != meaning.width or meaning.bits != 1 or meaning.channels != 1:
        return None
    content = image.read_raw_bytes()
    entries = [(256, meaning.width), (257, meaning.height), (258, 1), (259, 4), (262, 0), (273, 0), (277, 1)]
    entries += [(278, meaning.height), (279, len(content))]
    at = 8 + 2 + 12 * len(entries) + 4
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, at if tag == 273 else value) for tag, value in entries)
    file = b"II*\x00" + struct.pack("<IH", 8, len(entries)) + directory + struct.pack("<I", 0) + content
    with heard_decoders() as complaints:
        white = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_GRAYSCALE)
    complaints.require_sound()  # only OpenCV passes on that rows are missing
    if white is None or white.shape != (meaning.height, meaning.width):
        raise PageError("damaged_image")
    samples = np.asarray(white, np.uint8) >> np.uint8(7)
    return samples ^ np.uint8(1) if bool(parms.get(Name.BlackIs1, False)) else samples
