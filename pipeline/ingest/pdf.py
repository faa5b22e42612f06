"""PDF files: pages counted, each taken as its one scanned image or rendered."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pikepdf

from pipeline.errors import PageError
from pipeline.ingest.guard import Limits, guarded
from pipeline.ingest.pageimage import along_the_page, sole_image, taken
from pipeline.ingest.pagelook import PageLook, look_at
from pipeline.ingest.pixels import Pixels, heard_decoders
from pipeline.ingest.render import render
from pipeline.ingest.resolution import reduction
from pipeline.settings import IngestSettings

_TAIL_BYTES = 2048


def count_pages(path: Path, settings: IngestSettings) -> int:
    """Pages of a PDF file; raises ``PageError`` when it is truncated, locked or damaged.

    A truncated file is refused whole, and so is one whose pages are fewer than it says:
    libraries mend both silently and pages would be lost.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _TAIL_BYTES))
        if b"%%EOF" not in stream.read():
            raise PageError("truncated_pdf")
    limits = Limits(memory_mb=settings.structure_limit_mb, seconds=settings.render_limit_seconds)
    answer, _ = guarded("count_pages", path, limits)
    if int(answer["pages"]) < int(answer["announced"]):
        raise PageError("damaged_pdf", pages=answer["pages"], announced=answer["announced"])
    return int(answer["pages"])


class PdfSides:
    """A PDF file, opened once, its pages read on demand.

    Opened as a stream: mapped into memory, a file that another program cuts short would
    kill this process.
    """

    def __init__(self, path: Path, settings: IngestSettings) -> None:
        self._path, self._settings = path, settings
        self._stream = path.open("rb")
        try:
            with heard_decoders():
                self._pdf = pikepdf.open(self._stream, suppress_warnings=True)
        except pikepdf.PasswordError as error:
            self._stream.close()
            raise PageError("encrypted_pdf") from error
        except (pikepdf.PdfError, ValueError, RuntimeError) as error:
            self._stream.close()
            raise PageError("damaged_pdf") from error

    def close(self) -> None:
        """Close the file."""
        self._pdf.close()
        with suppress(OSError):
            self._stream.close()

    def read(self, side: int) -> Pixels:
        """One page as pixels; raises ``PageError``.

        Sizes are checked on what the file declares, before anything is decoded.
        """
        try:
            page = self._pdf.pages[side - 1]
            look = look_at(page)
        except (pikepdf.PdfError, ValueError, TypeError, AttributeError, RuntimeError, LookupError) as error:
            raise PageError("damaged_pdf") from error
        self._require_size(look)
        sole = sole_image(page, look, self._settings)
        if sole is None:
            return self._rendered(side, look, float(self._settings.render_dpi))
        found = taken(sole, look, self._settings)
        if found is not None:
            return found
        dpi_x, dpi_y = along_the_page(sole, look.rotate)
        factor = reduction(min(dpi_x, dpi_y), 0, self._settings)
        rendered = self._rendered(side, look, max(dpi_x, dpi_y) / factor)
        return replace(rendered, coarse_dpi=min(dpi_x, dpi_y) / factor, merged=factor)

    def _rendered(self, side: int, look: PageLook, dpi: float) -> Pixels:
        """One page through the renderer, at the resolution of its scan when it has one."""
        grey, dpi = render(self._path, side, look, dpi, self._settings)
        return Pixels(grey=grey, dpi=dpi, warnings=_warnings(look))

    def _require_size(self, look: PageLook) -> None:
        """Raise ``PageError`` for a page or an image beyond the limits."""
        settings = self._settings
        if max(look.width_mm, look.height_mm) > settings.side_limit_mm:
            raise PageError("page_too_large", width_mm=look.width_mm, height_mm=look.height_mm)
        if min(look.width_mm, look.height_mm) < 1:
            raise PageError("damaged_pdf")
        for image in look.images:
            limit = settings.jpeg_limit_megapixels if image.jpeg else settings.side_limit_megapixels
            if image.width * image.height > limit * 1e6:
                raise PageError("page_too_large", width=image.width, height=image.height)


def _warnings(look: PageLook) -> tuple[str, ...]:
    """What a rendered page's images make one fear."""
    found = []
    if any(image.shapes for image in look.images):
        found.append("lossy_jbig2")
    if look.images and all(image.bits == 1 for image in look.images):
        found.append("bitonal")
    elif len(look.images) > 1 and any(image.masked for image in look.images):
        found.append("compact_pdf")
    return tuple(found)
