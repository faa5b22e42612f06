"""``registre.xlsx`` and the store kept in step: what staff noted comes in, what is missing there goes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pipeline.model.form import FormShelf
from pipeline.model.result import RegisterEntry
from pipeline.store import Store
from pipeline.workbook import add_to_registre, read_registre


def take_register(store: Store, path: Path) -> tuple[tuple[str, ...], dict[str, int]]:
    """What staff noted in the register, into the store; cells not understood; carnets handed out by lot."""
    registre = read_registre(path)
    known = {entry.carnet: entry for entry in store.register()}
    store.update_register(_merged(known[entry.carnet], entry) for entry in registre.entries if entry.carnet in known)
    doubts = tuple(f"feuille {cell.sheet}, ligne {cell.line}, colonne « {cell.heading} »" for cell in registre.unread)
    return doubts, {lot.lot: lot.handed_out for lot in registre.lots if lot.handed_out is not None}


def _merged(known: RegisterEntry, noted: RegisterEntry) -> RegisterEntry:
    """What was noted counts; an emptied lot, place or public falls back to what was printed."""
    return replace(
        known,
        lot=noted.lot or known.lot,
        canal=noted.canal or known.canal,
        public=noted.public or known.public,
        remis_le=noted.remis_le,
        rendu_le=noted.rendu_le,
        remarque=noted.remarque,
    )


def of_carnets(entries: Iterable[RegisterEntry], shelf: FormShelf) -> tuple[RegisterEntry, ...]:
    """Entries of carnets: a nominative sheet printed with a number of its own is none."""
    apart = nominative_forms(shelf)
    return tuple(entry for entry in entries if entry.form not in apart)


def nominative_forms(shelf: FormShelf) -> frozenset[str]:
    """Forms of which a sheet bears a name and is never read."""
    return frozenset(form.definition.id for form in shelf.forms if form.definition.nominative)


def complete_register(store: Store, path: Path, shelf: FormShelf) -> None:
    """Add second numbers that ``registre.xlsx`` does not show yet, because an earlier run was stopped."""
    entries = store.register()
    copies = {entry.carnet for entry in entries if entry.copy_of}
    if copies and copies - {entry.carnet for entry in read_registre(path).entries}:
        add_to_registre(path, entries, nominative_forms(shelf))
