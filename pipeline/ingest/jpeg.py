"""What a JPEG file says of itself before it is decoded, and its decoding in grey."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.errors import PageError
from pipeline.ingest.pixels import heard_decoders
from pipeline.model.scan import Grey
from pipeline.settings import IngestSettings

_START_OF_FRAME = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, b"\xff\xd9"
_TAIL_BYTES = 4096
_MOST_SCANS = 200
_GREY_FLAGS = {
    1: cv2.IMREAD_GRAYSCALE,
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JpegHeader:
    """Size in pixels, number of colour components, bits of a sample."""

    width: int
    height: int
    components: int
    bits: int
    progressive: bool

    def require_size(self, factor: int, settings: IngestSettings) -> None:
        """Raise ``PageError`` when the pixels, merged by ``factor``, would not fit in memory.

        A progressive picture is held whole by its decoder, whatever comes out of it.
        """
        pixels = self.width * self.height
        kept = pixels if self.progressive else pixels / factor**2
        if kept > settings.side_limit_megapixels * 1e6 or pixels > settings.jpeg_limit_megapixels * 1e6:
            raise PageError("page_too_large", width=self.width, height=self.height)
        if not pixels:
            raise PageError("damaged_image")


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
            return JpegHeader(
                width=int.from_bytes(content[at + 7 : at + 9]),
                height=int.from_bytes(content[at + 5 : at + 7]),
                components=content[at + 9],
                bits=content[at + 4],
                progressive=marker in _PROGRESSIVE,
            )
        if marker == _START_OF_SCAN:
            break
        at += 2 + int.from_bytes(content[at + 2 : at + 4])
    raise PageError("truncated_image")


def require_whole(content: bytes) -> None:
    """Raise ``PageError`` when the end-of-image mark is missing: the rest would be grey.

    Scanners pad the end; telephones append a second picture with a mark of its own.
    """
    if _END_OF_IMAGE not in content[-_TAIL_BYTES:] and not content.rstrip(b"\x00").endswith(_END_OF_IMAGE):
        raise PageError("truncated_image")


def decode_grey(content: bytes, header: JpegHeader, *, factor: int, upright: bool) -> Grey:
    """Grey pixels, merged by ``factor`` (1, 2 or 4) while decoding; raises ``PageError``.

    ``upright`` obeys the camera's orientation mark, which PDF readers ignore.
    """
    if header.bits != 8 or header.components not in (1, 3):
        raise PageError("unsupported_image", bits=header.bits, components=header.components)
    if header.progressive and content.count(b"\xff\xda") > _MOST_SCANS:
        raise PageError("too_demanding")
    flags = _GREY_FLAGS[factor] | (0 if upright else cv2.IMREAD_IGNORE_ORIENTATION)
    with heard_decoders() as complaints:
        try:
            grey = cv2.imdecode(np.frombuffer(content, np.uint8), flags)
        except cv2.error as error:
            raise PageError("damaged_image") from error
    complaints.require_sound()
    if grey is None:
        raise PageError("damaged_image")
    return np.asarray(grey, np.uint8)
