"""The sides of one file, one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Protocol

from pipeline.errors import PageError
from pipeline.ingest.heic import HeicSides
from pipeline.ingest.pdf import PdfSides
from pipeline.ingest.pixels import Pixels
from pipeline.ingest.raster import RasterSides
from pipeline.ingest.source import SideProblem, SourceFile
from pipeline.model.scan import ScanImage
from pipeline.settings import IngestSettings


class _Sides(Protocol):
    """An open file whose sides can be read in any order."""

    def read(self, side: int) -> Pixels: ...
    def close(self) -> None: ...


def read_sides(
    file: SourceFile, sides: Iterable[int] | None, settings: IngestSettings, *, glance: bool = False
) -> Iterator[ScanImage | SideProblem]:
    """The sides asked for (all when None), in that order, each as pixels or as a problem.

    A file with a problem of its own yields nothing: its row in the balance is side 0.  At a
    ``glance``, sides are decoded no finer than pages are read: ``merged`` says which.
    """
    if glance:
        settings = replace(settings, enough_dpi=settings.glance_dpi)
    wanted = list(range(1, file.sides + 1) if sides is None else sides)
    if file.problem or not wanted:
        return
    try:
        with _failing_by_name():
            source = _open(file, settings)
    except PageError as error:
        yield from (SideProblem(source=file.ref(side), code=error.reason) for side in wanted)
        return
    with closing(source):
        for side in wanted:
            yield _one_side(file, source, side, settings)


def _open(file: SourceFile, settings: IngestSettings) -> _Sides:
    """The file opened for reading; raises ``PageError``."""
    _require_unchanged(file)
    if file.kind == "pdf":
        return PdfSides(file.path, settings)
    if file.kind == "heic":
        return HeicSides(file.path, settings)
    return RasterSides(file.path, file.kind, settings)


def _one_side(file: SourceFile, source: _Sides, side: int, settings: IngestSettings) -> ScanImage | SideProblem:
    """One side as pixels, or why not.  The file is checked again after decoding."""
    try:
        with _failing_by_name():
            found = source.read(side)
            _require_unchanged(file)
    except PageError as error:
        return SideProblem(source=file.ref(side), code=error.reason)
    height, width = found.grey.shape
    if min(height, width) < settings.short_side_px:
        return SideProblem(source=file.ref(side), code="image_too_small")
    warnings = found.warnings
    coarsest = found.coarse_dpi or found.dpi
    if found.dpi is not None and coarsest is not None and coarsest * found.merged < settings.low_resolution_dpi:
        warnings = (*warnings, "low_resolution")
    return ScanImage(pixels=found.grey, dpi=found.dpi, source=file.ref(side), warnings=warnings, merged=found.merged)


@contextmanager
def _failing_by_name() -> Iterator[None]:
    """Whatever the system refuses becomes the problem of this file, and of no other."""
    try:
        yield
    except FileNotFoundError as error:
        raise PageError("file_not_found") from error
    except OSError as error:
        raise PageError("unreadable_file") from error
    except MemoryError as error:
        raise PageError("too_demanding") from error


def _require_unchanged(file: SourceFile) -> None:
    """Raise ``PageError`` when the file is no longer the one that was named."""
    now = file.path.stat()
    if (now.st_size, now.st_mtime_ns) != (file.size_bytes, file.modified_ns):
        raise PageError("changed_while_reading")
