"""Reading and writing ``carnets.sqlite``."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pipeline.errors import InputError, OutputError
from pipeline.model.decision import FieldDecision, Status
from pipeline.model.edition import Edition
from pipeline.model.identity import PageIdentity
from pipeline.model.reading import FieldReading, PixelBox
from pipeline.model.result import (
    BalanceRow,
    Campaign,
    DecidedPage,
    Disposition,
    JournalEntry,
    PageResult,
    RegisterEntry,
)
from pipeline.store.campaign import assemble_balance, assemble_campaign
from pipeline.store.codec import from_plain, place_of, to_plain
from pipeline.store.files import Doubts, SideState, StoredFile
from pipeline.store.place import blocked, require_local
from pipeline.store.schema import VERSION, migrate
from pipeline.store.settled import ENTRY, SettledStore, enter, new_key

FILE_NAME = "carnets.sqlite"
# A carnet with its second numbers: the pages that bear one number may count under several.
_FAMILY = "(SELECT ? UNION SELECT carnet FROM register WHERE copy_of=?)"
_PROBLEM, _IMAGE = place_of(PageResult, "problem"), place_of(PageResult, "image")
_IDENTITY, _PAGE = place_of(PageResult, "identity"), place_of(PageIdentity, "page")
_FIELD, _TYPE, _STATUS = (place_of(FieldDecision, name) for name in ("field", "type", "status"))

_NAME, _BOX = (place_of(FieldReading, name) for name in ("name", "box"))


def require_campaign(folder: Path, first: str) -> None:
    """Raise ``InputError`` when a folder holds no campaign; ``first`` says what makes one."""
    if not (folder / FILE_NAME).exists():
        raise InputError(
            f"« {folder} » ne contient aucune campagne. {first}, ou indiquez le bon dossier avec --dossier.",
            folder=str(folder),
        )


@contextmanager
def open_store(folder: Path) -> Iterator[Store]:
    """The store of a campaign folder, made when missing.

    Raises ``OutputError`` when the folder lies on a network share, the file cannot be
    written, is damaged, or was written by a later version of the program.
    """
    path = folder / FILE_NAME
    require_local(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=60, isolation_level=None)
        try:
            _set_up(connection, path)
            yield Store(connection)
        finally:
            connection.close()
    except OSError as error:
        raise blocked(folder, error) from error
    except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
        if isinstance(error, sqlite3.IntegrityError):
            raise
        raise OutputError(
            f"La base de la campagne « {path} » ne peut pas être ouverte ou écrite ({error}). "
            "Vérifiez que le dossier est accessible en écriture et que le disque n’est pas plein.",
            file=str(path),
        ) from error


def _set_up(connection: sqlite3.Connection, path: Path) -> None:
    """Durable commits, one writer beside many readers, tables of this version."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    before = migrate(connection)
    if before > VERSION:
        raise OutputError(
            f"« {path} » a été écrit par une version plus récente du programme. Mettez le programme à jour.",
            file=str(path),
            version=before,
        )


class Store(SettledStore):
    """One campaign.  Every method is one transaction."""

    # Register

    def printed_numbers(self) -> set[str]:
        """Every number ever issued or met: none of them is issued again."""
        return {row[0] for row in self._db.execute("SELECT carnet FROM carnets")}

    def register_printed(self, entries: Iterable[RegisterEntry]) -> None:
        """Enter newly printed carnets; ``sqlite3.IntegrityError`` when a number is known."""
        with self._transaction() as db:
            for entry in entries:
                enter(db, entry)

    def register(self) -> tuple[RegisterEntry, ...]:
        """All printed carnets, by number."""
        rows = self._db.execute(f"SELECT {ENTRY} FROM register ORDER BY carnet")
        return tuple(from_plain(RegisterEntry, row) for row in rows)

    def update_register(self, entries: Iterable[RegisterEntry]) -> None:
        """Take over what staff note: lot, canal, public, hand-out, return, remark."""
        with self._transaction() as db:
            db.executemany(
                "UPDATE register SET lot=?, canal=?, public=?, remis_le=?, rendu_le=?, remarque=? WHERE carnet=?",
                [(e.lot, e.canal, e.public, e.remis_le, e.rendu_le, e.remarque, e.carnet) for e in entries],
            )

    # Files and pages

    def files(self) -> tuple[StoredFile, ...]:
        """Every file met, in order of path."""
        rows = self._db.execute(
            "SELECT sha256, path, sides, problem, first_read, lot, copy FROM files ORDER BY path, sha256"
        )
        return tuple(
            StoredFile(sha256=r[0], path=r[1], sides=r[2], problem=r[3], first_read=r[4], lot=r[5], copy=bool(r[6]))
            for r in rows
        )

    def add_file(self, file: StoredFile) -> None:
        """Enter a file; nothing changes when the same bytes are known under this path.

        A file that could not be opened leaves the balance when it was mended since, and
        opens when the program has learnt to open it.
        """
        with self._transaction() as db:
            db.execute("DELETE FROM files WHERE path=? AND problem<>'' AND sha256<>?", (file.path, file.sha256))
            db.execute(
                "INSERT INTO files (sha256, path, sides, problem, first_read, lot, copy) VALUES (?,?,?,?,?,?,?) "
                "ON CONFLICT DO UPDATE SET sides=excluded.sides, problem=excluded.problem WHERE files.problem<>''",
                (file.sha256, file.path, file.sides, file.problem, file.first_read, file.lot, int(file.copy)),
            )

    def move_file(self, sha256: str, old: str, new: str) -> None:
        """The same bytes now lie elsewhere."""
        with self._transaction() as db:
            db.execute("UPDATE OR REPLACE files SET path=? WHERE sha256=? AND path=?", (new, sha256, old))

    def forget_file(self, sha256: str, path: str) -> None:
        """These bytes are no longer under this path; a copy elsewhere takes over.  Pages stay."""
        with self._transaction() as db:
            db.execute("DELETE FROM files WHERE sha256=? AND path=?", (sha256, path))
            db.execute(
                "UPDATE files SET copy=0 WHERE sha256=? AND path=(SELECT min(path) FROM files WHERE sha256=?) "
                "AND NOT EXISTS (SELECT 1 FROM files WHERE sha256=? AND copy=0)",
                (sha256, sha256, sha256),
            )

    def sides_read(self, sha256: str) -> set[int]:
        """Sides of a file whose pages are stored."""
        return {row[0] for row in self._db.execute("SELECT side FROM sides WHERE sha256=?", (sha256,))}

    def side_states(self, sha256: str) -> Iterator[SideState]:
        """What is stored of every page of a file, in order, without reading any field."""
        query = "SELECT side, body FROM pages WHERE key>=? AND key<? ORDER BY side, slot"
        for side, body in self._db.execute(query, _keys_under(sha256)):
            plain = json.loads(body)
            yield SideState(side=side, problem=plain[_PROBLEM], image=plain[_IMAGE])

    def forget_sides(self, sha256: str, sides: Iterable[int]) -> None:
        """Take back what was stored of some sides: they count as not read."""
        with self._transaction() as db:
            for side in sides:
                self._clear_side(db, sha256, side)
                db.execute("DELETE FROM sides WHERE sha256=? AND side=?", (sha256, side))

    def add_sides(self, sha256: str, sides: Iterable[int], results: Iterable[PageResult]) -> None:
        """Store whole sides with all that was found on them, replacing an earlier reading."""
        with self._transaction() as db:
            for side in sides:
                self._clear_side(db, sha256, side)
                db.execute("INSERT OR IGNORE INTO sides (sha256, side) VALUES (?,?)", (sha256, side))
            for result in results:
                self._add_page(db, result)

    def _clear_side(self, db: sqlite3.Connection, sha256: str, side: int) -> None:
        """Remove the pages of a side; the carnets they bore are decided again."""
        here, keys = "FROM pages WHERE key>=? AND key<?", _keys_under(f"{sha256}:{side}")
        db.execute(f"UPDATE carnets SET dirty=1 WHERE carnet IN (SELECT carnet {here})", keys)
        db.execute(f"DELETE FROM decided WHERE key IN (SELECT key {here})", keys)
        db.execute(f"DELETE {here}", keys)

    def _add_page(self, db: sqlite3.Connection, result: PageResult) -> None:
        """One page; its carnet gets a key when first met and is marked for decision."""
        carnet = result.identity.carnet if result.identity and result.disposition is None else None
        if carnet is not None:
            db.execute("INSERT OR IGNORE INTO carnets (carnet, cle) VALUES (?, ?)", (carnet, new_key()))
            db.execute("UPDATE carnets SET dirty=1 WHERE carnet=?", (carnet,))
        plain = to_plain(replace(result, readings=()))
        readings = zlib.compress(json.dumps(to_plain(result.readings)).encode())
        db.execute(
            "INSERT INTO pages (key, sha256, side, slot, carnet, body, ink_map, readings) VALUES (?,?,?,?,?,?,?,?)",
            (
                result.key,
                result.source.sha256,
                result.source.side,
                result.slot,
                carnet,
                json.dumps(plain),
                result.ink_map,
                readings,
            ),
        )

    def pages(self, carnet: str | None = None, *, readings: bool = False) -> Iterator[PageResult]:
        """Stored pages in a stable order, all or those that bear a number or its second ones; readings if asked."""
        columns = "body, ink_map, readings" if readings else "body, x'', x''"
        where, values = (f"WHERE carnet IN {_FAMILY}", (carnet, carnet)) if carnet is not None else ("", ())
        query = f"SELECT {columns} FROM pages {where} ORDER BY sha256, side, slot"
        for body, ink_map, blob in self._db.execute(query, values):
            result = from_plain(PageResult, json.loads(body))
            if readings:
                found = from_plain(tuple[FieldReading, ...], json.loads(zlib.decompress(blob)))
                result = replace(result, ink_map=ink_map, readings=found)
            yield result

    # Decisions and verdicts

    def undecided(self, decided_with: str) -> list[str]:
        """Carnets to decide, each with its second numbers: new pages or answers, or other settings."""
        with self._transaction() as db:
            row = db.execute("SELECT value FROM meta WHERE name='decided_with'").fetchone()
            if row is None or row[0] != decided_with:
                db.execute("UPDATE carnets SET dirty=1 WHERE carnet IN (SELECT carnet FROM pages)")
                db.execute("INSERT OR REPLACE INTO meta VALUES ('decided_with', ?)", (decided_with,))
            rows = db.execute(
                "SELECT DISTINCT COALESCE(NULLIF(copy_of, ''), carnets.carnet) AS first "
                "FROM carnets LEFT JOIN register USING (carnet) WHERE dirty=1 ORDER BY first"
            )
            return [row[0] for row in rows]

    def save_decisions(self, carnet: str, pages: Sequence[DecidedPage]) -> None:
        """Replace all decisions of one carnet and its second numbers."""
        with self._transaction() as db:
            for page in pages:
                body = zlib.compress(json.dumps(to_plain(page.decisions)).encode())
                db.execute(
                    "INSERT OR REPLACE INTO decided (key, disposition, reason, body, carnet, twin, bundle) "
                    "VALUES (?,?,?,?,?,?,?)",
                    (page.key, page.disposition.value, page.reason, body, page.carnet, page.twin, page.bundle),
                )
            db.execute(f"UPDATE carnets SET dirty=0 WHERE carnet IN {_FAMILY}", (carnet, carnet))

    def decided(self, carnet: str | None = None, *, decisions: bool = True) -> dict[str, DecidedPage]:
        """Decided pages by page key, all or those that count under one number."""
        column = "decided.body" if decisions else "NULL"
        query = f"SELECT decided.key, disposition, reason, {column}, decided.carnet, twin, bundle FROM decided"
        values: tuple[str, ...] = ()
        if carnet is not None:
            query += " JOIN pages USING (key) WHERE COALESCE(NULLIF(decided.carnet, ''), pages.carnet)=?"
            values = (carnet,)
        return {
            key: DecidedPage(
                key=key,
                disposition=Disposition(disposition),
                reason=reason,
                decisions=from_plain(tuple[FieldDecision, ...], json.loads(zlib.decompress(body))) if body else (),
                carnet=under,
                twin=twin,
                bundle=bundle,
            )
            for key, disposition, reason, body, under, twin, bundle in self._db.execute(query, values)
        }

    def doubts(self) -> dict[str, Doubts]:
        """What is left to settle on placed pages, by carnet, without rebuilding any decision."""
        twins = dict(self._db.execute("SELECT key, twin FROM decided WHERE twin<>''"))
        settled = {(twins.get(v.key, v.key) or f"{v.carnet} {v.page}", v.field) for v in self.verdicts()}
        query = (
            "SELECT key, COALESCE(NULLIF(decided.carnet, ''), pages.carnet) AS number, pages.body, decided.body "
            "FROM decided JOIN pages USING (key) WHERE disposition=? ORDER BY number"
        )
        found: dict[str, Doubts] = {}
        for key, carnet, page, blob in self._db.execute(query, (Disposition.PLACED.value,)):
            open_ones = [d for d in json.loads(zlib.decompress(blob)) if d[_STATUS] == Status.REVIEW.value]
            if settled and open_ones:
                old = f"{carnet} {json.loads(page)[_IDENTITY][_PAGE]}"  # verdicts of old name no scan
                open_ones = [d for d in open_ones if not {(key, d[_FIELD]), (old, d[_FIELD])} & settled]
            if open_ones:
                texts = sum(d[_TYPE] == "text" for d in open_ones)
                before = found.get(carnet, Doubts(answers=0, texts=0))
                found[carnet] = Doubts(answers=before.answers + len(open_ones) - texts, texts=before.texts + texts)
        return found

    def keys(self) -> dict[str, str]:
        """The evaluators' random key of every carnet."""
        return dict(self._db.execute("SELECT carnet, cle FROM carnets"))

    def campaign(self) -> Campaign:
        """Everything the campaign holds, in a stable order."""
        return assemble_campaign(
            files=self.files(),
            pages=self.pages(),
            decided=self.decided(decisions=False),
            verdicts=self.verdicts(),
            register=self.register(),
            keys=self.keys(),
            journal=self.journal(),
            choices=self.choices(),
            sample=self.sample(),
            details=self._details,
        )

    def _details(self, keys: Sequence[str]) -> dict[str, tuple[dict[str, PixelBox], tuple[FieldDecision, ...]]]:
        """Boxes of the fields and decisions of some pages."""
        marks = ",".join("?" * len(keys))
        query = f"SELECT key, readings, decided.body FROM pages JOIN decided USING (key) WHERE key IN ({marks})"
        return {
            key: (
                {row[_NAME]: tuple(row[_BOX]) for row in json.loads(zlib.decompress(readings))},
                from_plain(tuple[FieldDecision, ...], json.loads(zlib.decompress(body))),
            )
            for key, readings, body in self._db.execute(query, list(keys))
        }

    def balance(self) -> tuple[BalanceRow, ...]:
        """The balance alone, without reading any field."""
        return assemble_balance(files=self.files(), pages=self.pages(), decided=self.decided(decisions=False))

    # What the program notes for itself

    def note(self, name: str) -> str:
        """What was noted under a name, empty when nothing was."""
        row = self._db.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def set_note(self, name: str, text: str) -> None:
        """Note something, replacing what stood under that name."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, text))

    # Editions of what is published

    def editions(self) -> tuple[Edition, ...]:
        """Every edition of the published file, oldest first."""
        rows = self._db.execute("SELECT value FROM meta WHERE name LIKE 'edition:%' ORDER BY name")
        return tuple(from_plain(Edition, json.loads(row[0])) for row in rows)

    def add_edition(self, edition: Edition) -> None:
        """Remember what an edition told: the next one must not tell more by difference."""
        with self._transaction() as db:
            plain = json.dumps(to_plain(edition))
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (f"edition:{edition.number:06d}", plain))

    def forget_edition(self, number: int) -> None:
        """Forget an edition that nobody was given."""
        with self._transaction() as db:
            db.execute("DELETE FROM meta WHERE name=?", (f"edition:{number:06d}",))

    # Journal

    def log(self, command: str, message: str, at: str) -> None:
        """Append a line to the journal: counts only, never a personal value."""
        with self._transaction() as db:
            db.execute("INSERT INTO journal (at, command, message) VALUES (?,?,?)", (at, command, message))

    def journal(self) -> tuple[JournalEntry, ...]:
        """The journal, oldest first."""
        rows = self._db.execute("SELECT at, command, message FROM journal ORDER BY id")
        return tuple(JournalEntry(at=at, command=command, message=message) for at, command, message in rows)


def _keys_under(start: str) -> tuple[str, str]:
    """The range of page keys that begin with a content, or with a content and a side."""
    return f"{start}:", f"{start};"  # the sign after « : »
