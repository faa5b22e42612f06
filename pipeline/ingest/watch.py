"""A drop folder: which files have arrived, once they have stopped growing.

A copier writes its file page by page, a slow line in pieces: a file is handed over when its
size and time have stood still for a while, and handed over again when it is replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from watchfiles import watch

from pipeline.ingest.walk import walk
from pipeline.settings import IngestSettings

UNFINISHED = frozenset((".part", ".tmp", ".temp", ".partial", ".crdownload", ".download", ".filepart", ".!ut"))
"""Names that programs give to a file while they are still writing it."""
_TICK_MS = 500

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """What tells one state of a file from another."""

    size_bytes: int
    modified_ns: int
    inode: int


class DropFolder:
    """What was seen in a drop folder so far.  ``clock`` counts seconds from anywhere."""

    def __init__(self, folder: Path, settings: IngestSettings, clock: Clock) -> None:
        self._folder, self._settings, self._clock = folder, settings, clock
        self._seen: dict[Path, tuple[_Mark, float]] = {}
        self._given: dict[Path, _Mark] = {}

    def settled(self) -> tuple[Path, ...]:
        """Files that have stood still long enough since they came or changed; each state once."""
        now, found = self._clock(), dict(self._look())
        self._seen = {
            path: seen if (seen := self._seen.get(path)) and seen[0] == mark else (mark, now)
            for path, mark in found.items()
        }
        self._given = {path: mark for path, mark in self._given.items() if path in found}
        ready = [
            path
            for path, (mark, since) in self._seen.items()
            if self._given.get(path) != mark and now - since >= self._settings.settle_seconds
        ]
        self._given |= {path: found[path] for path in ready}
        return tuple(ready)

    def is_waiting(self) -> bool:
        """Whether a file is there that has not stood still long enough."""
        return any(self._given.get(path) != mark for path, (mark, _) in self._seen.items())

    def _look(self) -> Iterator[tuple[Path, _Mark]]:
        """Every finished file of the folder and its folders, in order."""
        for found in walk([self._folder]):
            path = found.path
            if found.problem or path.suffix.lower() in UNFINISHED:
                continue
            try:
                stat = path.stat()
            except OSError:
                continue
            yield path, _Mark(size_bytes=stat.st_size, modified_ns=stat.st_mtime_ns, inode=stat.st_ino)


def settled_files(folder: Path, settings: IngestSettings, clock: Clock) -> Iterator[tuple[Path, ...]]:
    """Hand over what settles in a folder, what was there first included, for as long as it is asked.

    The system tells when something arrives, also while what was handed over is being read;
    now and then the folder is looked at all the same, since a network share tells nothing.
    ``KeyboardInterrupt`` comes through.
    """
    drop = DropFolder(folder, settings, clock)
    looked = clock() - settings.look_again_seconds
    watched = watch(folder, watch_filter=None, rust_timeout=_TICK_MS, yield_on_timeout=True, debounce=_TICK_MS)
    for changes in watched:
        late = clock() - looked >= settings.look_again_seconds
        if changes or late or drop.is_waiting():
            looked = clock()
            ready = drop.settled()
            if ready:
                yield ready
