"""PDF pages that are not one scanned image, rendered by poppler in a child process.

The child has a time limit and, through a one-line wrapper, an address-space limit: a
half-megabyte file can hold an image of four thousand million pixels.
"""

from __future__ import annotations

import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np
from pdf2image import convert_from_path
from pdf2image.exceptions import PDFInfoNotInstalledError, PDFPopplerTimeoutError
from PIL import Image

from pipeline.errors import DependencyError, PageError
from pipeline.ingest.pagelook import PageLook
from pipeline.ingest.pixels import Pixels, silent_decoders
from pipeline.settings import IngestSettings

_PROGRAMS = ("pdftoppm", "pdfinfo")
_SLACK_PX = 3


def render(path: Path, side: int, look: PageLook, settings: IngestSettings) -> Pixels:
    """One page in grey at a resolution that suits it; raises ``PageError``."""
    dpi = _dpi(look, settings)
    limited = _limited_poppler(int(settings.render_limit_mb))
    with silent_decoders():
        try:
            images = convert_from_path(
                path,
                dpi=dpi,
                first_page=side,
                last_page=side,
                grayscale=True,
                use_cropbox=True,
                timeout=settings.render_limit_seconds,
                poppler_path=limited.name if limited else None,  # type: ignore[arg-type]
            )
        except PDFInfoNotInstalledError as error:
            raise DependencyError(
                "Le programme « pdftoppm » (paquet poppler-utils) manque : certaines pages PDF ne peuvent pas "
                "être lues. Installez-le, puis relancez la commande.",
                program="pdftoppm",
            ) from error
        except PDFPopplerTimeoutError as error:
            raise PageError("render_timeout") from error
        except Exception as error:  # poppler and the reader of its output fail in many ways
            raise PageError("render_failed") from error
    if len(images) != 1:
        raise PageError("render_failed")
    return Pixels(grey=_checked(images[0], look, dpi), dpi=float(dpi))


def _dpi(look: PageLook, settings: IngestSettings) -> int:
    """Resolution to render at: what reading needs, less for a page so large that it would not fit."""
    width_in, height_in = look.width_mm / 25.4, look.height_mm / 25.4
    fits = (settings.side_limit_megapixels * 1e6 / (width_in * height_in)) ** 0.5
    return int(min(settings.render_dpi, fits))


def _checked(image: Image.Image, look: PageLook, dpi: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """The pixels, when they are as many as asked: poppler returns 1 × 1 without an error."""
    expected = [look.width_mm * dpi / 25.4, look.height_mm * dpi / 25.4]
    if look.rotate % 180 == 90:
        expected.reverse()
    if any(abs(got - want) > _SLACK_PX for got, want in zip(image.size, expected, strict=True)):
        raise PageError("render_failed", got=image.size, expected=tuple(expected))
    return np.asarray(image.convert("L"), np.uint8)


@lru_cache(maxsize=4)
def _limited_poppler(limit_mb: int) -> tempfile.TemporaryDirectory[str] | None:
    """A folder of wrappers that start poppler under a memory limit, kept for the process.

    None when poppler is absent or scripts may not run in the temporary folder; pdf2image
    then finds the programs by itself, without the memory limit.
    """
    folder = tempfile.TemporaryDirectory(prefix="carnet-poppler-")
    for program in _PROGRAMS:
        real = shutil.which(program)
        if real is None:
            return None
        wrapper = Path(folder.name) / program
        wrapper.write_text(f'#!/bin/sh\nulimit -v {limit_mb * 1024}\nexec "{real}" "$@"\n', encoding="utf-8")
        wrapper.chmod(0o700)
    return folder if shutil.which(str(Path(folder.name) / _PROGRAMS[0])) else None
