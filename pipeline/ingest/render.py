"""PDF pages that are not one scanned image, rendered by poppler in a child process.

The child has a time limit and, through a small wrapper, limits of address space and
processor time: a half-megabyte file can hold an image of four thousand million pixels.
"""

from __future__ import annotations

import math
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
from pipeline.ingest.pixels import heard_decoders
from pipeline.model.scan import Grey
from pipeline.settings import IngestSettings

_MANY_PAGES = 1_000_000
_SLACK_PX = 3


def render(path: Path, side: int, look: PageLook, dpi: float, settings: IngestSettings) -> tuple[Grey, float]:
    """One page in grey and its resolution: the one asked for, less when it would not fit.

    Raises ``PageError``.  Poppler knows nothing of ``/UserUnit``, which makes a point longer.
    """
    dpi = _that_fits(dpi, look, settings)
    limited = _limited_poppler(settings.render_limit_mb, settings.render_limit_seconds)
    with heard_decoders():
        try:
            images = convert_from_path(
                path,
                dpi=dpi * look.user_unit,  # type: ignore[arg-type]
                first_page=side,
                last_page=side,
                grayscale=True,
                use_cropbox=look.cropped,
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
    return _checked(images[0], look, dpi), dpi


def _that_fits(dpi: float, look: PageLook, settings: IngestSettings) -> float:
    """The resolution asked for, less for a page so large that it would not fit in memory."""
    width_in, height_in = look.width_mm / 25.4, look.height_mm / 25.4
    fits = math.sqrt(settings.side_limit_megapixels * 1e6 / (width_in * height_in))
    return round(min(dpi, fits), 2)


def _checked(image: Image.Image, look: PageLook, dpi: float) -> Grey:
    """The pixels, when they are as many as asked: poppler returns 1 × 1 without an error."""
    expected = [look.width_mm * dpi / 25.4, look.height_mm * dpi / 25.4]
    if look.rotate % 180 == 90:
        expected.reverse()
    if any(abs(got - want) > _SLACK_PX for got, want in zip(image.size, expected, strict=True)):
        raise PageError("render_failed", got=image.size, expected=tuple(expected))
    return np.asarray(image.convert("L"), np.uint8)


@lru_cache(maxsize=4)
def _limited_poppler(limit_mb: int, limit_seconds: int) -> tempfile.TemporaryDirectory[str] | None:
    """A folder of wrappers that start poppler under its limits, kept for the process.

    pdf2image asks for the number of pages before each page, which we know: the wrapper
    answers in poppler's stead.  None when poppler is absent or scripts may not run in the
    temporary folder; pdf2image then finds the programs by itself, under its time limit alone.
    """
    real = shutil.which("pdftoppm")
    if real is None:
        return None
    folder = tempfile.TemporaryDirectory(prefix="carnet-poppler-")
    limits = f"ulimit -v {limit_mb * 1024}\nulimit -t {limit_seconds}\n"
    for program, lines in (
        ("pdftoppm", f'{limits}exec "{real}" "$@"\n'),
        ("pdfinfo", f"echo 'Pages: {_MANY_PAGES}'\n"),
    ):
        wrapper = Path(folder.name) / program
        wrapper.write_text(f"#!/bin/sh\n{lines}", encoding="utf-8")
        wrapper.chmod(0o700)
    return folder if shutil.which(str(Path(folder.name) / "pdftoppm")) else None
