"""What people settled, append-only: verdicts, choices between versions, the blind sample."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pipeline.model.decision import Verdict
from pipeline.model.result import RegisterEntry
from pipeline.model.versions import SampledValue, VersionVerdict
from pipeline.store.codec import from_plain, to_plain

ENTRY = "carnet, form, version, variant, printed_on, lot, canal, public, remis_le, rendu_le, remarque, copy_of"
_VERDICT = "carnet, page, field, raw, value, status, day, who, replaced, key, remark, blind"
_CHOICE = "carnet, choice, pages, over, copy, day, who, remark"


class SettledStore:
    """The part of the store that people write, over one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # a full disk may have undone everything already
                self._db.execute("ROLLBACK")
            raise

    def add_verdicts(self, verdicts: Iterable[Verdict]) -> None:
        """Append what people settled; a later verdict on the same field replaces an earlier one in effect."""
        with self._transaction() as db:
            db.executemany(
                f"INSERT INTO verdicts ({_VERDICT}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
                [to_plain(verdict) for verdict in verdicts],
            )

    def verdicts(self) -> tuple[Verdict, ...]:
        """Every verdict ever given, oldest first."""
        rows = self._db.execute(f"SELECT {_VERDICT} FROM verdicts ORDER BY id")
        return tuple(from_plain(Verdict, (*row[:-1], bool(row[-1]))) for row in rows)

    # Versions of the same pages, and the blind sample

    def add_choices(self, choices: Iterable[VersionVerdict], copies: Iterable[RegisterEntry] = ()) -> None:
        """Append what people said of versions, with the second numbers that it takes; those carnets are due again."""
        with self._transaction() as db:
            for entry in copies:
                enter(db, entry)
            for choice in choices:
                plain = [json.dumps(part) if isinstance(part, list) else part for part in to_plain(choice)]
                db.execute(f"INSERT INTO choices ({_CHOICE}) VALUES (?,?,?,?,?,?,?,?)", plain)
                db.execute("UPDATE carnets SET dirty=1 WHERE carnet=?", (choice.carnet,))

    def choices(self) -> tuple[VersionVerdict, ...]:
        """Everything ever said of versions, oldest first."""
        rows = self._db.execute(f"SELECT {_CHOICE} FROM choices ORDER BY id")
        return tuple(from_plain(VersionVerdict, (r[0], r[1], json.loads(r[2]), json.loads(r[3]), *r[4:])) for r in rows)

    def add_sample(self, drawn: Iterable[SampledValue]) -> None:
        """Append answers drawn for the blind sample."""
        with self._transaction() as db:
            db.executemany("INSERT INTO sample (key, field, value, day) VALUES (?,?,?,?)", map(to_plain, drawn))

    def sample(self) -> tuple[SampledValue, ...]:
        """Every answer ever drawn, by page and field."""
        rows = self._db.execute("SELECT key, field, value, day FROM sample ORDER BY key, field")
        return tuple(from_plain(SampledValue, row) for row in rows)

    def sample_seed(self) -> str:
        """What the draw of this campaign depends on, chosen once."""
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO meta VALUES ('sample_seed', ?)", (secrets.token_hex(8),))
            seed: str = db.execute("SELECT value FROM meta WHERE name='sample_seed'").fetchone()[0]
            return seed


def enter(db: sqlite3.Connection, entry: RegisterEntry) -> None:
    """A new number with its key and its row of the register."""
    db.execute("INSERT INTO carnets (carnet, cle) VALUES (?, ?)", (entry.carnet, new_key()))
    db.execute(f"INSERT INTO register ({ENTRY}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", to_plain(entry))


def new_key() -> str:
    """Ten random characters, unlike any carnet number."""
    return "C" + "".join(secrets.choice("23456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(9))
