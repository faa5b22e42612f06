"""Grey pixels of one side, whatever the file held."""

from __future__ import annotations

import logging
import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import cv2
import numpy as np
from PIL import Image

from pipeline.errors import PageError
from pipeline.model.scan import Grey

_DAMAGE = re.compile(
    rb"Corrupt JPEG data(?!: \d{1,2} extraneous bytes before marker 0xd9)|Premature end of JPEG|Unsupported marker type"
    rb"|Bad code word|Uncompressed data|Premature EO[FL]|Line length mismatch|ZLib error|Not enough data for scanline"
)
_HEARD_BYTES = 1 << 16
_SAMPLED_ROWS = 97
logging.getLogger("PIL").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pixels:
    """Grey pixels, square, with the resolution when it is known.

    ``coarse_dpi`` is that of the coarser axis before the pixels were made square, when it
    differs.  ``merged`` pixels of the file, each way, make one.
    """

    grey: Grey
    dpi: float | None
    warnings: tuple[str, ...] = field(default=())
    coarse_dpi: float | None = None
    merged: int = 1


def grey_of(image: Image.Image) -> Grey:
    """Grey pixels of a decoded image of any mode.

    Transparent pixels are paper.  Of 16-bit samples the high byte counts.
    """
    if image.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        return _on_paper(image.convert("RGBA"))
    if image.mode.startswith("I;16"):
        return np.asarray(np.asarray(image, np.uint16) >> 8, np.uint8)
    if image.mode in ("I", "F"):
        return _scaled(np.asarray(image))
    if image.mode == "LAB":
        return np.asarray(image.getchannel("L"), np.uint8)
    if image.mode in ("CMYK", "YCbCr", "HSV"):
        image = image.convert("RGB")
    return np.asarray(image.convert("L"), np.uint8)


def _on_paper(image: Image.Image) -> Grey:
    """An image laid on white; one without a visible pixel has an alpha channel that means nothing."""
    if image.getchannel("A").getextrema()[1] == 0:
        return np.asarray(image.convert("RGB").convert("L"), np.uint8)
    paper = Image.new("RGBA", image.size, "white")
    return np.asarray(Image.alpha_composite(paper, image).convert("L"), np.uint8)


def _scaled(wide: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> Grey:
    """Whole or floating numbers of an unknown range, brought to a byte: 0–1, 0–255 or 0–65535."""
    numbers = np.nan_to_num(wide.astype(np.float32), nan=255.0)
    highest = float(numbers.max(initial=0.0))
    top = 65535.0 if highest > 255 else 255.0 if highest > 1 else 1.0
    return np.asarray(np.clip(np.rint(numbers * (255.0 / top)), 0, 255), np.uint8)


def is_bitonal(grey: Grey) -> bool:
    """Whether there is nothing between black and white, however the file stores it."""
    if not _only_extremes(grey[:: max(1, grey.shape[0] // _SAMPLED_ROWS)]):
        return False
    return _only_extremes(grey)


def _only_extremes(grey: Grey) -> bool:
    """Whether all pixels are 0 or 255, with some of both."""
    counts = np.asarray(cv2.calcHist([np.ascontiguousarray(grey)], [0], None, [256], [0, 256])).reshape(-1)
    return bool(counts[0] > 0 and counts[255] > 0 and counts[0] + counts[255] == grey.size)


class Complaints:
    """What native decoders said on the error channel."""

    text: bytes = b""

    def require_sound(self) -> None:
        """Raise ``PageError`` when a decoder made up what it could not read.

        libjpeg fills with grey and libtiff with black where data are damaged, and both
        call it a success.
        """
        if _DAMAGE.search(self.text):
            raise PageError("damaged_image", said=self.text[:200].decode("ascii", "replace"))


@contextmanager
def heard_decoders() -> Iterator[Complaints]:
    """Keep what native decoders print on the error channel off the person's screen, and listen.

    libjpeg, libtiff and qpdf write there directly, below Python.  The pipe never blocks:
    what does not fit is lost, and a hostile file cannot fill memory with complaints.
    """
    complaints = Complaints()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            sys.stderr.flush()
            kept = os.dup(2)
        except (OSError, ValueError, AttributeError):
            yield complaints
            return
        hear, say = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            os.dup2(say, 2)
            os.close(say)
            yield complaints
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            complaints.text = _heard(hear)
            os.close(hear)


def _heard(hear: int) -> bytes:
    """What waits in the pipe."""
    try:
        return os.read(hear, _HEARD_BYTES)
    except BlockingIOError:
        return b""
