"""The tables of ``carnets.sqlite`` and how an older file is brought up to date."""

from __future__ import annotations

import sqlite3

VERSION = 1

# One script per version; a file of version n runs the scripts after n.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE carnets (
        carnet TEXT PRIMARY KEY, cle TEXT NOT NULL UNIQUE, dirty INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE register (
        carnet TEXT PRIMARY KEY REFERENCES carnets,
        form TEXT NOT NULL, version TEXT NOT NULL, variant TEXT NOT NULL, printed_on TEXT NOT NULL,
        lot TEXT NOT NULL, canal TEXT NOT NULL, public TEXT NOT NULL,
        remis_le TEXT NOT NULL, rendu_le TEXT NOT NULL, remarque TEXT NOT NULL
    ) STRICT;
    CREATE TABLE files (
        sha256 TEXT NOT NULL, path TEXT NOT NULL, sides INTEGER NOT NULL, problem TEXT NOT NULL,
        first_read TEXT NOT NULL, lot TEXT NOT NULL, copy INTEGER NOT NULL,
        PRIMARY KEY (sha256, path)
    ) STRICT;
    CREATE TABLE sides (sha256 TEXT NOT NULL, side INTEGER NOT NULL, PRIMARY KEY (sha256, side)) STRICT;
    CREATE TABLE pages (
        key TEXT PRIMARY KEY, sha256 TEXT NOT NULL, side INTEGER NOT NULL, slot INTEGER NOT NULL,
        carnet TEXT REFERENCES carnets, body TEXT NOT NULL, ink_map BLOB NOT NULL, readings BLOB NOT NULL
    ) STRICT;
    CREATE INDEX pages_by_carnet ON pages (carnet);
    CREATE TABLE decided (
        key TEXT PRIMARY KEY REFERENCES pages, disposition TEXT NOT NULL, reason TEXT NOT NULL, body BLOB NOT NULL
    ) STRICT;
    CREATE TABLE verdicts (
        id INTEGER PRIMARY KEY AUTOINCREMENT, carnet TEXT NOT NULL, page INTEGER NOT NULL, field TEXT NOT NULL,
        raw TEXT NOT NULL, value TEXT NOT NULL, status TEXT NOT NULL, day TEXT NOT NULL,
        who TEXT NOT NULL, replaced TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER verdicts_stay BEFORE UPDATE ON verdicts
        BEGIN SELECT RAISE(ABORT, 'verdicts are append-only'); END;
    CREATE TRIGGER verdicts_remain BEFORE DELETE ON verdicts
        BEGIN SELECT RAISE(ABORT, 'verdicts are append-only'); END;
    CREATE TABLE journal (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, command TEXT NOT NULL, message TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER journal_stays BEFORE UPDATE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
    CREATE TRIGGER journal_remains BEFORE DELETE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
    """,
)


def migrate(connection: sqlite3.Connection) -> int:
    """Bring a file up to ``VERSION``; return the version it had before."""
    before: int = connection.execute("PRAGMA user_version").fetchone()[0]
    for version in range(before, VERSION):
        connection.executescript(f"BEGIN IMMEDIATE;{MIGRATIONS[version]}PRAGMA user_version = {version + 1};COMMIT;")
    return before
