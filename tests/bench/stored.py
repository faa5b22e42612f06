"""Campaigns of any size in a store, as if their scans had been read: readings, images and doubts included.

Three hundred carnets of random answers (blanks, doubts, verdicts, outer sheets alone) are laid
out again and again under new numbers.  Their readings and kept images are those of a few
rehearsed carnets, so that reading the store and cutting images weigh what they really do;
beyond 20,000 carnets their images are shared, and opening them weighs nothing.
"""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import __version__
from pipeline.batch.rehearsing import CAMPAIGN, RehearsalRequest, rehearse_campaign
from pipeline.model.decision import FieldDecision, Status, Verdict
from pipeline.model.form import FormDefinition
from pipeline.model.identity import carnet_number
from pipeline.model.result import CarnetRecord, DecidedPage, Disposition, PageResult
from pipeline.settings import Settings
from pipeline.store import Store, open_store
from pipeline.store.store import FILE_NAME
from tests.consolidate.campaigns import random_campaign

DIFFERENT = 300
_CARNET, _SHA = "26-999999-48", "f" * 64
_PART = 500
_IMAGES_APART = 20_000
_IMAGE = re.compile(r'"(pages/[^"]+)"')
_MORE_DOUBTS = 0.04


@dataclass(frozen=True)
class Page:
    """One stored page of a carnet to be laid out again: rows of ``pages`` and ``decided``."""

    side: int
    body: str
    ink_map: bytes
    readings: bytes
    decided: bytes


@dataclass(frozen=True)
class Filled:
    """One carnet to be laid out again."""

    pages: tuple[Page, ...]
    verdicts: tuple[Verdict, ...]
    canal: str


def fill(folder: Path, form: FormDefinition, count: int, desk: Path, seed: int = 11) -> None:
    """Put ``count`` carnets into the store of ``folder``; ``desk`` keeps the rehearsed ones."""
    donor = _rehearsed(desk)
    shutil.copytree(donor / "pages", folder / "pages")
    apart = count <= _IMAGES_APART
    with open_store(donor) as store:
        known = {page.layout_page: page for page in store.pages(readings=True) if page.identity is not None}
    few = random_campaign(form, min(count, DIFFERENT), seed=seed).carnets
    patterns = _patterns(folder.with_name(f"{folder.name}-patterns"), few, known)
    with open_store(folder) as store:
        store.undecided(f"{Settings().fingerprint}/{__version__}")
    with sqlite3.connect(folder / FILE_NAME) as db:
        for start in range(0, count, _PART):
            if apart:
                _link_images(folder / "pages", patterns, range(start, min(start + _PART, count)))
            carnets = [(n, patterns[n % len(patterns)]) for n in range(start, min(start + _PART, count))]
            _insert(db, carnets, apart=apart)


def _rehearsed(desk: Path) -> Path:
    """The campaign of a few carnets that were printed, filled, scanned and read; made once."""
    folder = desk / "donor"
    if not (folder / CAMPAIGN / FILE_NAME).exists():
        request = RehearsalRequest(quantity=6, out_dir=folder, seed=77)
        rehearse_campaign(request, Settings(), lambda *_: None, lambda: None)
    return folder / CAMPAIGN


def _patterns(folder: Path, few: tuple[CarnetRecord, ...], known: dict[int, PageResult]) -> list[Filled]:
    """Carnets as the store writes them, under a number and a content that stand for any other."""
    found = []
    for place, carnet in enumerate(few):
        with open_store(folder / str(place)) as store:
            _store(store, carnet, known)
        with sqlite3.connect(folder / str(place) / FILE_NAME) as db:
            rows = db.execute(
                "SELECT side, pages.body, ink_map, readings, decided.body FROM pages JOIN decided USING (key)"
            )
            pages = tuple(Page(*row) for row in rows)
        verdicts = tuple(
            replace(outcome.verdict, carnet=_CARNET, page=page.row.page, key=f"{_SHA}:{page.row.page}:1")
            for page in carnet.pages
            for outcome in page.outcomes
            if outcome.verdict is not None
        )
        canal = random.Random(place).choice(("MVAC", "ASSO", "FORUM", "SERVICE", "LIEU"))
        found.append(Filled(pages=pages, verdicts=verdicts, canal=canal))
        shutil.rmtree(folder / str(place))
    folder.rmdir()
    return found


def _store(store: Store, carnet: CarnetRecord, known: dict[int, PageResult]) -> None:
    """One carnet through the store's own door."""
    results = []
    for page in carnet.pages:
        like = known[page.row.page]
        assert like.identity is not None
        source = replace(like.source, path="lot.pdf", sha256=_SHA, side=page.row.page)
        identity = replace(like.identity, carnet=_CARNET)
        results.append(replace(like, source=source, slot=1, identity=identity))
    store.add_sides(_SHA, [page.row.page for page in carnet.pages], results)
    luck = random.Random(carnet.cle)
    decided = [
        DecidedPage(
            key=result.key,
            disposition=Disposition.PLACED,
            reason="",
            decisions=tuple(_doubted(outcome.decision, luck) for outcome in page.outcomes),
        )
        for page, result in zip(carnet.pages, results, strict=True)
    ]
    store.save_decisions(_CARNET, decided)


def _doubted(decision: FieldDecision, luck: random.Random) -> FieldDecision:
    """Some more doubts: six a carnet or so, as people are expected to be asked."""
    if decision.status is not Status.ACCEPTED or luck.random() >= _MORE_DOUBTS:
        return decision
    return replace(decision, status=Status.REVIEW, reasons=("uncertain_digit",))


def _link_images(folder: Path, patterns: list[Filled], places: range) -> None:
    """An image of its own for every page of some carnets, so that each is opened for itself."""
    for place in places:
        for page in patterns[place % len(patterns)].pages:
            image = Path(_IMAGE.findall(page.body)[0]).name
            (folder / f"{place:06d}-{image}").hardlink_to(folder / image)


def _insert(db: sqlite3.Connection, carnets: list[tuple[int, Filled]], *, apart: bool) -> None:
    """Some carnets, straight into the tables."""
    rows: dict[str, list[tuple[object, ...]]] = {name: list(_rows(name, carnets, apart=apart)) for name in _INSERTS}
    for name, statement in _INSERTS.items():
        db.executemany(statement, rows[name])
    db.commit()


_INSERTS = {
    "carnets": "INSERT INTO carnets (carnet, cle) VALUES (?,?)",
    "register": (
        "INSERT INTO register (carnet, form, version, variant, printed_on, lot, canal, public, remis_le, rendu_le, "
        "remarque) VALUES (?,?,?,?,?,?,?,?,?,?,?)"
    ),
    "files": (
        "INSERT INTO files (sha256, path, sides, problem, first_read, lot, copy) VALUES (?,?,12,'','2026-11-18','',0)"
    ),
    "sides": "INSERT INTO sides (sha256, side) VALUES (?,?)",
    "pages": ("INSERT INTO pages (key, sha256, side, slot, carnet, body, ink_map, readings) VALUES (?,?,?,1,?,?,?,?)"),
    "decided": "INSERT INTO decided (key, disposition, reason, body) VALUES (?,'placed','',?)",
    "verdicts": (
        "INSERT INTO verdicts (carnet, page, field, raw, value, status, day, who, replaced, key, remark, blind) "
        "VALUES (?,?,?,?,?,?,?,?,?,?,'',0)"
    ),
}


def _rows(table: str, carnets: list[tuple[int, Filled]], *, apart: bool) -> Iterator[tuple[object, ...]]:
    """Rows of one table."""
    for place, filled in carnets:
        number, sha = carnet_number(26, place), f"{place:064x}"
        if table == "carnets":
            yield number, f"C{place:09d}"
        elif table == "register":
            yield (number, "carnet", "2026.1", "standard", "2026-09-01", f"L{place // 500}", filled.canal, "MIX",
                   "2026-09-10", "", "")  # fmt: skip
        elif table == "files":
            yield sha, f"lot/{number}.pdf"
        elif table == "sides":
            yield from ((sha, side) for side in range(1, 13))
        elif table == "verdicts":
            for one in filled.verdicts:
                key = one.key.replace(_SHA, sha)
                yield (number, one.page, one.field, one.raw, one.value, one.status.value, one.day, one.who,
                       one.replaced, key)  # fmt: skip
        else:
            prefix = f"pages/{place:06d}-" if apart else "pages/"
            yield from (_page(table, page, number, sha, prefix) for page in filled.pages)


def _page(table: str, page: Page, number: str, sha: str, images: str) -> tuple[object, ...]:
    """One page, in ``pages`` or in ``decided``."""
    key = f"{sha}:{page.side}:1"
    if table == "decided":
        return key, page.decided
    body = page.body.replace(_SHA, sha).replace(_CARNET, number).replace('"pages/', f'"{images}')
    return key, sha, page.side, number, body, page.ink_map, page.readings
