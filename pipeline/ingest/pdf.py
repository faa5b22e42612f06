"""PDF files: pages counted, each taken as its one scanned image or rendered."""

from __future__ import annotations

from pathlib import Path

import pikepdf

from pipeline.errors import PageError
from pipeline.ingest.pageimage import sole_image
from pipeline.ingest.pagelook import PageLook, look_at
from pipeline.ingest.pixels import Pixels, silent_decoders
from pipeline.ingest.render import render
from pipeline.settings import IngestSettings

_TAIL_BYTES = 2048


def count_pages(path: Path) -> int:
    """Pages of a PDF file; raises ``PageError`` when it is truncated, locked or damaged.

    A truncated file is refused whole: libraries mend it silently and pages would be lost.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _TAIL_BYTES))
        if b"%%EOF" not in stream.read():
            raise PageError("truncated_pdf")
    pdf = _open(path)
    with pdf:
        try:
            return len(pdf.pages)
        except (pikepdf.PdfError, ValueError, RuntimeError) as error:
            raise PageError("damaged_pdf") from error


def _open(path: Path) -> pikepdf.Pdf:
    """The open file; raises ``PageError``."""
    with silent_decoders():
        try:
            return pikepdf.open(path, suppress_warnings=True)
        except pikepdf.PasswordError as error:
            raise PageError("encrypted_pdf") from error
        except (pikepdf.PdfError, ValueError, RuntimeError) as error:
            raise PageError("damaged_pdf") from error
        except OSError as error:
            raise PageError("unreadable_file") from error


class PdfSides:
    """A PDF file, its pages read on demand."""

    def __init__(self, path: Path, settings: IngestSettings) -> None:
        self._path, self._settings = path, settings
        self._pdf = _open(path)

    def close(self) -> None:
        """Close the file."""
        self._pdf.close()

    def read(self, side: int) -> Pixels:
        """One page as pixels; raises ``PageError``.

        Sizes are checked on what the file declares, before anything is decoded.
        """
        with silent_decoders():
            try:
                page = self._pdf.pages[side - 1]
                look = look_at(page)
            except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, IndexError) as error:
                raise PageError("damaged_pdf") from error
        self._require_size(look)
        taken = sole_image(page, look, self._settings)
        if taken is not None:
            return taken
        rendered = render(self._path, side, look, self._settings)
        return Pixels(grey=rendered.grey, dpi=rendered.dpi, warnings=_warnings(look))

    def _require_size(self, look: PageLook) -> None:
        """Raise ``PageError`` for a page or an image beyond the limits."""
        if max(look.width_mm, look.height_mm) > self._settings.side_limit_mm:
            raise PageError("page_too_large", width_mm=look.width_mm, height_mm=look.height_mm)
        if min(look.width_mm, look.height_mm) < 1:
            raise PageError("damaged_pdf")
        largest = max((image.width * image.height for image in look.images), default=0)
        if largest > self._settings.side_limit_megapixels * 1e6:
            raise PageError("page_too_large", pixels=largest)


def _warnings(look: PageLook) -> tuple[str, ...]:
    """What a rendered page's images make one fear."""
    found = []
    if any(image.symbols for image in look.images):
        found.append("lossy_jbig2")
    if len(look.images) > 1 and any(image.masked for image in look.images):
        found.append("compact_pdf")
    elif look.images and all(image.bits == 1 for image in look.images):
        found.append("bitonal")
    return tuple(found)
