"""The chain of images inside a TIFF file, walked without decoding anything.

Decoders stop silently where a truncated chain breaks, and pages would be lost: the
chain is followed here, and every strip must lie inside the file.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import PageError

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_FORMATS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q"}
_SUBFILE, _OLD_SUBFILE, _WIDTH, _HEIGHT, _PHOTOMETRIC = 254, 255, 256, 257, 262
_TILE_WIDTH, _TILE_HEIGHT = 322, 323
_PIECES = ((273, 279), (324, 325))
_REDUCED, _MASK, _OLD_REDUCED = 1, 4, 2
_SMALL_TILE = 1 << 20
_CHAIN_LIMIT = 20_000
_NUMBERS_LIMIT = 4_000_000
"""Numbers read in all: more strips and tiles than any file of ours can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TiffFrame:
    """One image of the chain; ``index`` is its rank, thumbnails counted.

    ``inverted``: its lowest sample is white.
    """

    index: int
    width: int
    height: int
    reduced: bool
    inverted: bool


class _Reader:
    """Numbers of a TIFF file, in its byte order and pointer size."""

    def __init__(self, stream: BinaryIO, size_bytes: int) -> None:
        self._stream, self.size_bytes, self._left = stream, size_bytes, _NUMBERS_LIMIT
        head = self.at(0, 8)
        self._order = "<" if head[:2] == b"II" else ">"
        self.big = struct.unpack(self._order + "H", head[2:4])[0] == 43
        self.first = self.number("Q", 8) if self.big else self.number("I", 4)

    def at(self, offset: int, length: int) -> bytes:
        """Bytes at an offset; raises ``PageError`` beyond the end of the file."""
        if offset + length > self.size_bytes:
            raise PageError("truncated_image")
        self._stream.seek(offset)
        return self._stream.read(length)

    def number(self, form: str, offset: int) -> int:
        """One number at an offset."""
        return int(struct.unpack(self._order + form, self.at(offset, struct.calcsize("=" + form)))[0])

    def numbers(self, entry: int) -> list[int]:
        """The values of one directory entry, empty when they are not whole numbers."""
        kind = self.number("H", entry + 2)
        count = self.number("Q" if self.big else "I", entry + 4)
        size, form, inline = _SIZES.get(kind, 1) * count, _FORMATS.get(kind), 8 if self.big else 4
        value_at = entry + (12 if self.big else 8)
        if size > inline:
            value_at = self.number("Q" if self.big else "I", value_at)
        if form is None:
            return []
        self._left -= count
        if self._left < 0:
            raise PageError("damaged_image")
        return list(struct.unpack(f"{self._order}{count}{form}", self.at(value_at, size)))


def tiff_frames(path: Path) -> tuple[TiffFrame, ...]:
    """The images of the chain that are sides: masks and smaller copies are left out.

    Raises ``PageError`` (``truncated_image``) when the chain or a strip leaves the file.
    """
    frames: list[TiffFrame] = []
    with path.open("rb") as stream:
        reader = _Reader(stream, path.stat().st_size)
        offset, index, seen = reader.first, 0, set[int]()
        while offset:
            if offset in seen or index >= _CHAIN_LIMIT:
                raise PageError("damaged_image")
            seen.add(offset)
            tags, offset = _directory(reader, offset)
            frame = _frame(reader, tags, index)
            if frame is not None:
                frames.append(frame)
            index += 1
    return tuple(frame for frame in frames if not _is_copy(frame, frames))


def _is_copy(frame: TiffFrame, frames: list[TiffFrame]) -> bool:
    """Whether a frame marked as reduced is smaller than another: some writers mark real pages."""
    if not frame.reduced:
        return False
    return any(not other.reduced and other.width * other.height > frame.width * frame.height for other in frames)


def _directory(reader: _Reader, offset: int) -> tuple[dict[int, list[int]], int]:
    """The tags that matter of one directory, and the offset of the next."""
    count = reader.number("Q" if reader.big else "H", offset)
    first, step = (offset + 8, 20) if reader.big else (offset + 2, 12)
    sizes = {_SUBFILE, _OLD_SUBFILE, _WIDTH, _HEIGHT, _PHOTOMETRIC, _TILE_WIDTH, _TILE_HEIGHT}
    wanted = sizes | {tag for pair in _PIECES for tag in pair}
    tags: dict[int, list[int]] = {}
    for entry in range(first, first + count * step, step):
        tag = reader.number("H", entry)
        if tag in wanted:
            tags[tag] = reader.numbers(entry)
    return tags, reader.number("Q" if reader.big else "I", first + count * step)


def _frame(reader: _Reader, tags: dict[int, list[int]], index: int) -> TiffFrame | None:
    """One image of the chain, None for a mask; all of its pieces lie in the file."""
    subfile = (tags.get(_SUBFILE) or [0])[0]
    if subfile & _MASK:
        return None
    if not tags.get(_WIDTH) or not tags.get(_HEIGHT):
        raise PageError("damaged_image")
    for where, length in _PIECES:
        for start, size in zip(tags.get(where, []), tags.get(length, []), strict=False):
            if start + size > reader.size_bytes:
                raise PageError("truncated_image")
    width, height = tags[_WIDTH][0], tags[_HEIGHT][0]
    tile = max(tags.get(_TILE_WIDTH) or [0]), max(tags.get(_TILE_HEIGHT) or [0])
    if tile[0] * tile[1] > max(_SMALL_TILE, 4 * width * height):
        raise PageError("damaged_image")
    return TiffFrame(
        index=index,
        width=width,
        height=height,
        reduced=bool(subfile & _REDUCED) or tags.get(_OLD_SUBFILE) == [_OLD_REDUCED],
        inverted=tags.get(_PHOTOMETRIC) == [0],
    )
