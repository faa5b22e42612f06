"""``carnet lire --surveiller``: what arrives in a drop folder is read once it has settled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.batch.pool import LOCAL, Crew
from pipeline.batch.reading import ReadingReport, ReadingRequest, read_files
from pipeline.batch.taking import Progress
from pipeline.errors import InputError, UsageError
from pipeline.ingest.watch import settled_files
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Files that arrived together, and the balance of reading them."""

    paths: tuple[Path, ...]
    report: ReadingReport


def watch_folder(
    folder: Path,
    request: ReadingRequest,
    settings: Settings,
    *,
    clock: Callable[[], float],
    now: Callable[[], str],
    progress: Progress,
    waiting: Callable[[], None],
    crew: Crew = LOCAL,
) -> Iterator[HandOver]:
    """Read what settles in ``folder``, hand-over by hand-over, for as long as it is asked.

    The campaign is locked while something is read and free in between.  ``clock`` counts
    seconds from anywhere; ``now`` gives the ISO time that the journal notes, and the scan
    date where the request names none.  Raises ``InputError`` when the folder does not exist,
    ``UsageError`` when the campaign lies in it.
    """
    if not folder.is_dir():
        raise InputError(f"« {folder} » n’est pas un dossier : il n’y a rien à surveiller.", folder=str(folder))
    campaign = request.folder.resolve()
    if folder.resolve() in (campaign, *campaign.parents):
        raise UsageError(
            f"Le dossier de campagne « {request.folder} » est dans le dossier surveillé « {folder} » : les images "
            "qui y sont gardées seraient lues à leur tour. Choisissez deux dossiers séparés.",
            folder=str(folder),
        )
    for paths in settled_files(folder, settings.ingest, clock):
        there = tuple(path for path in paths if path.exists())
        if there:
            at = now()
            asked = replace(request, scans=there, at=at, day=request.day or at[:10])
            yield HandOver(paths=there, report=read_files(asked, settings, progress, waiting, crew))
