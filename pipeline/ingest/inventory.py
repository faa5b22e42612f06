"""Files and folders become a list of named files with their sides counted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from pipeline.errors import PageError
from pipeline.ingest import heic, pdf, raster
from pipeline.ingest.kinds import HEAD_BYTES, kind_of, problem_of_unknown
from pipeline.ingest.source import SourceFile
from pipeline.ingest.walk import walk
from pipeline.settings import IngestSettings

_CHUNK_BYTES = 1 << 20


def inventory(paths: Iterable[Path], settings: IngestSettings) -> list[SourceFile]:
    """Every file under ``paths``, in the order of their names within each folder, each file once.

    Hidden files, lock files of office programs and the litter of file managers are left
    out; everything else has an entry, if only to say that it is not a scan.
    """
    return [
        _refused(found.path, found.problem) if found.problem else _examine(found.path, settings)
        for found in walk(paths)
    ]


def _refused(path: Path, problem: str) -> SourceFile:
    """The entry of what could not be looked at."""
    return SourceFile(path=path, sha256="", kind="", sides=0, problem=problem)


def _examine(path: Path, settings: IngestSettings) -> SourceFile:
    """One file: its hash, its kind, its sides, or what is wrong with it."""
    try:
        before = path.stat()
    except PermissionError:
        return _refused(path, "unreadable_file")
    except OSError:
        return _refused(path, "file_not_found")
    if not path.is_file():
        return _refused(path, "unreadable_file")
    try:
        head, digest = _read_through(path)
        after = path.stat()
    except OSError as error:
        return _refused(path, "file_not_found" if isinstance(error, FileNotFoundError) else "unreadable_file")
    kind, sides, problem = kind_of(head), 0, ""
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        problem = "changed_while_reading"
    else:
        try:
            sides = _count_sides(path, head, after.st_size, settings)
        except PageError as error:
            problem = error.reason
    return SourceFile(
        path=path,
        sha256=digest,
        kind=kind,
        sides=sides,
        problem=problem,
        size_bytes=after.st_size,
        modified_ns=after.st_mtime_ns,
    )


def _read_through(path: Path) -> tuple[bytes, str]:
    """The first bytes of a file and the SHA-256 of all of it, read in small pieces."""
    digest, head = hashlib.sha256(), b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            head = head or chunk[:HEAD_BYTES]
            digest.update(chunk)
    return head, digest.hexdigest()


def _count_sides(path: Path, head: bytes, size_bytes: int, settings: IngestSettings) -> int:
    """How many sides the file holds; raises ``PageError`` when it cannot be read."""
    kind = kind_of(head)
    if not size_bytes:
        raise PageError("empty_file")
    if not kind:
        raise PageError(problem_of_unknown(path, head))
    if size_bytes > settings.file_limit_mb * 1e6:
        raise PageError("too_large", megabytes=size_bytes / 1e6)
    try:
        sides = _sides(path, kind, settings)
    except OSError as error:
        raise PageError("unreadable_file") from error
    if sides > settings.sides_limit:
        raise PageError("too_many_pages", pages=sides)
    if not sides:
        raise PageError("no_page")
    return sides


def _sides(path: Path, kind: str, settings: IngestSettings) -> int:
    """Pages, frames or pictures, whatever the kind calls them."""
    if kind == "pdf":
        return pdf.count_pages(path, settings)
    if kind == "heic":
        return heic.count_pictures(path, settings)
    return raster.count_frames(path, kind, settings)
