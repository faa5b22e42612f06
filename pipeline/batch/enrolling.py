"""Scan files enter the store; which of their sides are still to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import ingest
from pipeline.errors import InputError
from pipeline.ingest import SourceFile
from pipeline.settings import Settings
from pipeline.store import Store, StoredFile
from pipeline.wording import words

MOST_TOLD = 5
CHANGED = "changed_while_reading"
QUARANTINED = "worker_killed"
TRIED_AGAIN = frozenset({QUARANTINED, CHANGED, "internal_error", "unreadable_file", "unknown_version"})
"""Refusals that another day, another program or an installed form may lift: a later run tries again."""
_JPEG_HEAD, _JPEG_TAIL = b"\xff\xd8", b"\xff\xd9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Sides of a file to read: ``wary`` ones stopped a worker before and are read alone."""

    sides: tuple[int, ...]
    wary: tuple[int, ...]


def enrol(store: Store, found: Iterable[SourceFile], day: str, lot: str) -> set[str]:
    """Enter the files found; return the paths under which the store knows them."""
    known = {file.sha256: file for file in reversed(store.files()) if not file.copy}
    paths: set[str] = set()
    for file in found:
        path = file.shown
        entry = StoredFile(
            sha256=file.sha256, path=path, sides=file.sides, problem=file.problem, first_read=day, lot=lot
        )
        twin = known.get(file.sha256)
        if twin is not None and twin.path != path and not file.problem:
            if _same_file(twin.path, file.path):
                paths.add(twin.path)
                continue
            if Path(twin.path).exists():
                entry = replace(entry, first_read=twin.first_read, copy=True)
            else:
                store.move_file(file.sha256, twin.path, path)
        store.add_file(entry)
        known.setdefault(file.sha256, entry)
        paths.add(path)
    return paths


def wanted(store: Store, file: SourceFile, folder: Path) -> Wanted:
    """Sides not read yet, refused for a reason that may have passed, or whose kept image is lost or damaged."""
    read = store.sides_read(file.sha256)
    again: set[int] = set()
    wary: set[int] = set()
    for state in store.side_states(file.sha256):
        if state.problem == QUARANTINED:
            wary.add(state.side)
        elif state.problem in TRIED_AGAIN or (state.image and not is_sound(folder / state.image)):
            again.add(state.side)
    sides = tuple(side for side in range(1, file.sides + 1) if (side not in read or side in again) and side not in wary)
    return Wanted(sides=sides, wary=tuple(sorted(wary)))


def is_sound(image: Path) -> bool:
    """Whether a kept image is there from its first bytes to its last."""
    try:
        with image.open("rb") as stream:
            head = stream.read(2)
            stream.seek(-2, 2)
            return (head, stream.read(2)) == (_JPEG_HEAD, _JPEG_TAIL)
    except OSError:
        return False


def look_again(files: Iterable[SourceFile], settings: Settings) -> list[SourceFile]:
    """The files as they are now; one that went away meanwhile is left out."""
    return [
        file
        for file in ingest.inventory([file.path for file in files], settings.ingest)
        if file.problem != "file_not_found"
    ]


def not_found(scans: Sequence[Path]) -> InputError:
    """The error of paths that lead nowhere: a slip of the keyboard is no page of the balance."""
    places = ", ".join(f"« {path} »" for path in scans)
    return InputError(f"{places} : introuvable. Vérifiez le nom du fichier ou du dossier.", files=0)


def nothing_opened(found: Sequence[StoredFile], scans: Iterable[Path]) -> InputError:
    """The error of a run without a single side."""
    places = ", ".join(f"« {path} »" for path in scans)
    if not found:
        return InputError(
            f"Aucun fichier à lire dans {places}. Indiquez des fichiers PDF, TIFF, JPEG ou PNG, ou leur dossier.",
            files=0,
        )
    return InputError(
        f"Aucun des fichiers de {places} ne peut être ouvert : {_reasons(found)}. {_remedies(found)}",
        files=len(found),
        problems=tuple(file.problem for file in found),
    )


def _same_file(known: str, path: Path) -> bool:
    """Whether two paths lead to one file."""
    return Path(known).exists() and path.samefile(known)


def _reasons(found: Sequence[StoredFile]) -> str:
    """Files and what keeps each shut, the first few."""
    told = [f"{Path(file.path).name} ({words(file.problem).title})" for file in found if file.problem]
    return ", ".join(told[:MOST_TOLD]) + (" …" if len(told) > MOST_TOLD else "")


def _remedies(found: Sequence[StoredFile]) -> str:
    """What to do about them, each thing once."""
    told = [file.problem for file in found if file.problem][:MOST_TOLD]
    return " ".join(dict.fromkeys(words(problem).remedy for problem in told))
