"""Files and folders become a list of named files with their sides counted."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.errors import PageError
from pipeline.ingest import pdf, raster
from pipeline.ingest.kinds import HEAD_BYTES, kind_of, problem_of_unknown
from pipeline.ingest.source import SourceFile
from pipeline.settings import IngestSettings

_CHUNK_BYTES = 1 << 20
_SYSTEM_FILES = {"thumbs.db", "desktop.ini"}


def inventory(paths: Iterable[Path], settings: IngestSettings) -> list[SourceFile]:
    """Every file under ``paths``, sorted within each folder, each file once.

    Hidden files, lock files of office programs and the droppings of file managers are
    left out; everything else has an entry, if only to say that it is not a scan.
    """
    found: dict[Path, SourceFile] = {}
    for path in paths:
        for file in _files(Path(path)):
            key = file.resolve()
            if key not in found:
                found[key] = _examine(file, settings)
    return list(found.values())


def _files(path: Path) -> Iterator[Path]:
    """The file itself, or the visible files of a folder and of its folders, sorted."""
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder) / name for name in sorted(names) if not _is_dropping(name))


def _is_dropping(name: str) -> bool:
    """Whether a name is that of a file that no person put there."""
    return name.startswith((".", "~$")) or name.lower() in _SYSTEM_FILES


def _examine(path: Path, settings: IngestSettings) -> SourceFile:
    """One file: its hash, its kind, its sides, or what is wrong with it."""
    try:
        before = path.stat()
    except OSError:
        return SourceFile(path=path, sha256="", kind="", sides=0, problem="file_not_found")
    if not path.is_file():
        return SourceFile(path=path, sha256="", kind="", sides=0, problem="unreadable_file")
    try:
        head, digest = _read_through(path)
        after = path.stat()
    except OSError:
        return SourceFile(path=path, sha256="", kind="", sides=0, problem="unreadable_file")
    kind, sides, problem = kind_of(head), 0, ""
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        problem = "changed_while_reading"
    else:
        try:
            sides = _count_sides(path, kind, after.st_size, settings)
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


def _count_sides(path: Path, kind: str, size_bytes: int, settings: IngestSettings) -> int:
    """How many sides the file holds; raises ``PageError`` when it cannot be read."""
    if not size_bytes:
        raise PageError("empty_file")
    if not kind:
        raise PageError(problem_of_unknown(path))
    if kind == "heic":
        raise PageError("heic_image")
    if size_bytes > settings.file_limit_mb * 1e6:
        raise PageError("too_large", megabytes=size_bytes / 1e6)
    sides = pdf.count_pages(path) if kind == "pdf" else raster.count_frames(path, kind, settings)
    if sides > settings.sides_limit:
        raise PageError("too_many_pages", pages=sides)
    if not sides:
        raise PageError("no_page")
    return sides
