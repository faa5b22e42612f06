"""What may leave the restricted folder: ``diffusion.xlsx`` and ``note.pdf``, one edition after the other.

An edition is remembered before its files are written: a file that somebody may have been
given must never be forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from pipeline import compose, consolidate, define
from pipeline.errors import OutputError
from pipeline.model.form import FormShelf
from pipeline.model.publication import Publication
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.workbook import require_closed, write_whole, write_workbook

WORKBOOK = "diffusion.xlsx"
NOTE = "note.pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishingReport:
    """What became of the published files.

    ``kept`` says why there is no new edition; ``forgotten`` is an edition that nobody was
    given; ``note_problem`` why the note could not be typeset; ``blocked`` why nothing could be
    written: the file is open elsewhere.
    """

    workbook: Path
    note: Path | None = None
    note_problem: str = ""
    blocked: str = ""
    edition: int = 0
    carnets: int = 0
    figures: int = 0
    hidden: int = 0
    renewed: bool = False
    kept: consolidate.Kept | None = None
    forgotten: int = 0


def publish(
    store: Store,
    shelf: FormShelf,
    tables: consolidate.Tables,
    settings: Settings,
    *,
    folder: Path,
    made_at: datetime,
    forget: bool,
) -> PublishingReport | None:
    """Write the edition of the campaign's form; None when its form publishes nothing.

    ``forget`` says that the last edition was given to nobody: it is made again.
    """
    publication = _publication(shelf, tables)
    if publication is None:
        return None
    path = folder / WORKBOOK
    try:
        require_closed(path)
    except OutputError as error:
        return PublishingReport(workbook=path, blocked=error.message)
    at = made_at.isoformat(timespec="seconds")
    editions = store.editions()
    forgotten = 0
    if forget and editions:
        forgotten = editions[-1].number
        store.forget_edition(forgotten)
        store.log("consolider", f"édition {forgotten} refaite, déclarée donnée à personne", at)
        editions = editions[:-1]
    found = consolidate.build_diffusion(
        tables,
        publication,
        _rules(settings),
        editions,
        day=made_at.date().isoformat(),
        hidden_max=settings.consolidate.hidden_max,
    )
    if isinstance(found, consolidate.Kept):
        return PublishingReport(workbook=path, carnets=found.carnets, kept=found, forgotten=forgotten)
    known = {edition.number for edition in editions}
    if found.edition.number not in known:
        store.add_edition(found.edition)
        store.log("consolider", f"édition {found.edition.number}, {found.edition.carnets} carnets", at)
    note, problem = _write(found, publication, path, made_at)
    figures, hidden = found.figures
    return PublishingReport(
        workbook=path,
        note=note,
        note_problem=problem,
        edition=found.edition.number,
        carnets=found.edition.carnets,
        figures=figures,
        hidden=hidden,
        renewed=found.edition.number not in known,
        forgotten=forgotten,
    )


def _publication(shelf: FormShelf, tables: consolidate.Tables) -> Publication | None:
    """The plan of the first form met that has one."""
    for form in dict.fromkeys(known.id for known in tables.forms):
        latest = shelf.latest(form)
        found = define.load_publication(latest.folder.parent) if latest and latest.folder else None
        if found is not None:
            return found
    return None


def _rules(settings: Settings) -> consolidate.Rules:
    chosen = settings.consolidate
    return consolidate.Rules(
        threshold=round(chosen.threshold),
        spared=round(chosen.spared),
        dominance=chosen.dominance,
        merge_above=chosen.merge_above,
        leave_above=chosen.hidden_max,
    )


def _write(
    found: consolidate.Diffusion, publication: Publication, path: Path, made_at: datetime
) -> tuple[Path | None, str]:
    """The files of an edition; the note only when the form has words for it, and when they fit."""
    sheets = consolidate.diffusion_sheets(found)
    write_whole(path, partial(write_workbook, sheets=sheets, made_at=made_at, title=found.title))
    if publication.note is None:
        return None, ""
    try:
        pdf = compose.typeset_note(consolidate.diffusion_note(found, publication.note))
    except OutputError as error:
        return None, error.message
    note = path.with_name(NOTE)
    write_whole(note, lambda beside: beside.write_bytes(pdf))
    return note, ""
