"""What PNG, BMP and WebP files say of themselves, read without any decoder."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import PageError

_HEAD_BYTES, _TAIL_BYTES = 30, 4096
_CHUNKS_LOOKED_AT = 2000
_VP8X_ANIMATED = 0x02


def image_size(path: Path, kind: str) -> tuple[int, int]:
    """Width and height in pixels, from the first bytes; raises ``PageError``."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    try:
        if kind == "png":
            name, width, height = struct.unpack(">4sII", head[12:24])
            if name != b"IHDR":
                raise PageError("damaged_image")
            return width, height
        return _webp(head) if kind == "webp" else _bmp(head)
    except struct.error as error:
        raise PageError("truncated_image") from error


def require_one_whole(path: Path, kind: str) -> None:
    """Raise ``PageError`` for an animated file, and for a PNG without its end.

    Of an animated file decoders would show the first image and drop the others.
    """
    with path.open("rb") as stream:
        try:
            if kind == "png":
                _walk_png(stream)
            elif kind == "webp" and _is_animated(stream.read(_HEAD_BYTES)):
                raise PageError("several_images")
        except (struct.error, IndexError) as error:
            raise PageError("truncated_image") from error


def _walk_png(stream: BinaryIO) -> None:
    """The chunks before the pixels, then the last of the file."""
    stream.seek(8)
    for _ in range(_CHUNKS_LOOKED_AT):
        length, name = struct.unpack(">I4s", stream.read(8))
        if name == b"IDAT":
            stream.seek(max(8, stream.seek(0, 2) - _TAIL_BYTES))
            if b"IEND" not in stream.read():
                raise PageError("truncated_image")
            return
        if name == b"acTL":
            (frames,) = struct.unpack(">I", stream.read(4))
            if frames > 1:
                raise PageError("several_images", images=frames)
            length -= 4
        stream.seek(length + 4, 1)
    raise PageError("damaged_image")


def _webp(head: bytes) -> tuple[int, int]:
    """The three shapes of the format: lossy, lossless, extended."""
    name = head[12:16]
    if name == b"VP8X":
        width, height = struct.unpack("<3s3s", head[24:30])
        return int.from_bytes(width, "little") + 1, int.from_bytes(height, "little") + 1
    if name == b"VP8L":
        (bits,) = struct.unpack("<I", head[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 ":
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise PageError("damaged_image")


def _is_animated(head: bytes) -> bool:
    """Whether a WebP file is of the extended kind, with its mark of animation."""
    return head[12:16] == b"VP8X" and bool(head[20] & _VP8X_ANIMATED)


def _bmp(head: bytes) -> tuple[int, int]:
    """The two sizes of its header; a negative height means top to bottom."""
    (header,) = struct.unpack("<I", head[14:18])
    if header == 12:
        return struct.unpack("<HH", head[18:22])
    width, height = struct.unpack("<ii", head[18:26])
    return abs(width), abs(height)
