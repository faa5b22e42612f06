"""What a JPEG file says of itself before it is decoded."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.errors import PageError
from pipeline.ingest.pixels import silent_decoders
from pipeline.model.scan import Grey
from pipeline.settings import IngestSettings

_START_OF_FRAME = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_START_OF_SCAN = 0xDA
_TAIL_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class JpegHeader:
    """Size in pixels and number of colour components."""

    width: int
    height: int
    components: int


def jpeg_header(content: bytes) -> JpegHeader:
    """The frame header; raises ``PageError`` (``truncated_image``) when there is none."""
    at = 2
    while at + 9 < len(content):
        if content[at] != 0xFF:
            at += 1
            continue
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0 or 0xD0 <= marker <= 0xD8:
            at += 2
            continue
        if marker in _START_OF_FRAME:
            height, width = int.from_bytes(content[at + 5 : at + 7]), int.from_bytes(content[at + 7 : at + 9])
            return JpegHeader(width=width, height=height, components=content[at + 9])
        if marker == _START_OF_SCAN:
            break
        at += 2 + int.from_bytes(content[at + 2 : at + 4])
    raise PageError("truncated_image")


def require_whole(content: bytes) -> None:
    """Raise ``PageError`` when the end-of-image mark is missing: the rest would be grey.

    Scanners pad the end; telephones append a second picture with a mark of its own.
    """
    if b"\xff\xd9" not in content[-_TAIL_BYTES:]:
        raise PageError("truncated_image")


def decode_grey(content: bytes, *, dpi: float | None, upright: bool, settings: IngestSettings) -> tuple[Grey, float]:
    """Grey pixels, and by what factor they were reduced (1, 0.5 or 0.25).

    A scan finer than reading needs is decoded at a fraction of its size.  ``upright``
    obeys the camera's orientation mark, which PDF readers ignore.
    """
    flags, factor = cv2.IMREAD_GRAYSCALE, 1.0
    if dpi and dpi / 4 >= settings.enough_dpi:
        flags, factor = cv2.IMREAD_REDUCED_GRAYSCALE_4, 0.25
    elif dpi and dpi / 2 >= settings.enough_dpi:
        flags, factor = cv2.IMREAD_REDUCED_GRAYSCALE_2, 0.5
    if not upright:
        flags |= cv2.IMREAD_IGNORE_ORIENTATION
    with silent_decoders():
        try:
            grey = cv2.imdecode(np.frombuffer(content, np.uint8), flags)
        except cv2.error as error:
            raise PageError("damaged_image") from error
    if grey is None:
        raise PageError("damaged_image")
    return np.asarray(grey, np.uint8), factor
