"""Files and folders given by a person become the files that may hold a scan."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_SYSTEM_FILES = {"thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", "icon\r"}
_SYSTEM_FOLDERS = {"__macosx", "@eadir", "$recycle.bin", "system volume information", "lost+found"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file, or a folder that cannot be looked into (``problem``)."""

    path: Path
    problem: str = ""


def walk(paths: Iterable[Path]) -> Iterator[Found]:
    """Every file under ``paths``, each once, in an order that depends on names alone.

    Links to folders are followed, as the person who made them expects; a folder already
    seen is not entered again, so that links in a circle end.  A folder that cannot be
    listed is named: its pages would be lost in silence.
    """
    folders: set[str] = set()
    files: set[str] = set()
    for path in paths:
        for found in _under(Path(path), folders):
            place = os.path.realpath(found.path)
            if place not in files:
                files.add(place)
                yield found


def _under(path: Path, seen: set[str]) -> Iterator[Found]:
    """A file itself, or what a folder holds: its files first, then its folders."""
    if not path.is_dir():
        if not _is_litter(path.name):
            yield Found(path=path)
        return
    place = os.path.realpath(path)
    if place in seen:
        return
    seen.add(place)
    try:
        entries = sorted(path.iterdir(), key=lambda entry: os.fsencode(entry.name))
    except OSError:
        yield Found(path=path, problem="unreadable_folder")
        return
    visible = [entry for entry in entries if not entry.name.startswith(".") and not _is_litter(entry.name)]
    folders = [entry for entry in visible if entry.is_dir()]
    yield from (Found(path=entry) for entry in visible if entry not in set(folders))
    for folder in folders:
        yield from _under(folder, seen)


def _is_litter(name: str) -> bool:
    """Whether a name is that of something that no person put there."""
    return name.startswith(("~$", "._")) or name.lower() in _SYSTEM_FILES | _SYSTEM_FOLDERS
