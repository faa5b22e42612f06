"""The tables of ``carnets.sqlite`` and how an older file is brought up to date."""

from __future__ import annotations

import sqlite3

VERSION = 2

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
    # 2: numbers behind a reason; what people say of versions; blind sample; remarks of verdicts.
    """
    UPDATE pages SET body = json_insert(body, '$[#]', json('[]'));
    ALTER TABLE register ADD COLUMN copy_of TEXT NOT NULL DEFAULT '';
    ALTER TABLE decided ADD COLUMN carnet TEXT NOT NULL DEFAULT '';
    ALTER TABLE decided ADD COLUMN twin TEXT NOT NULL DEFAULT '';
    ALTER TABLE decided ADD COLUMN bundle TEXT NOT NULL DEFAULT '';
    ALTER TABLE verdicts ADD COLUMN key TEXT NOT NULL DEFAULT '';
    ALTER TABLE verdicts ADD COLUMN remark TEXT NOT NULL DEFAULT '';
    ALTER TABLE verdicts ADD COLUMN blind INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE choices (
        id INTEGER PRIMARY KEY AUTOINCREMENT, carnet TEXT NOT NULL, choice TEXT NOT NULL,
        pages TEXT NOT NULL, over TEXT NOT NULL, copy TEXT NOT NULL,
        day TEXT NOT NULL, who TEXT NOT NULL, remark TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER choices_stay BEFORE UPDATE ON choices
        BEGIN SELECT RAISE(ABORT, 'choices are append-only'); END;
    CREATE TRIGGER choices_remain BEFORE DELETE ON choices
        BEGIN SELECT RAISE(ABORT, 'choices are append-only'); END;
    CREATE TABLE sample (
        key TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, day TEXT NOT NULL, PRIMARY KEY (key, field)
    ) STRICT;
    CREATE TRIGGER sample_stays BEFORE UPDATE ON sample
        BEGIN SELECT RAISE(ABORT, 'the sample is append-only'); END;
    CREATE TRIGGER sample_remains BEFORE DELETE ON sample
        BEGIN SELECT RAISE(ABORT, 'the sample is append-only'); END;
    UPDATE carnets SET dirty=1 WHERE carnet IN (SELECT carnet FROM pages);
    """,
)


def migrate(connection: sqlite3.Connection) -> int:
    """Bring a file up to ``VERSION``; return the version it had before."""
    before: int = connection.execute("PRAGMA user_version").fetchone()[0]
    for version in range(before, VERSION):
        connection.executescript(f"BEGIN IMMEDIATE;{MIGRATIONS[version]}PRAGMA user_version = {version + 1};COMMIT;")
    return before
