"""A campaign of an earlier version opens and loses nothing."""

import json
import sqlite3
import zlib
from dataclasses import replace

from pipeline.model.decision import Status, Verdict
from pipeline.store import open_store
from pipeline.store.codec import to_plain
from pipeline.store.schema import MIGRATIONS, VERSION
from tests.store.test_store import NUMBER, SHA, page


def first_version(folder):
    """A file as version 1 wrote it: a page without evidence, a verdict that names no scan."""
    db = sqlite3.connect(folder / "carnets.sqlite", isolation_level=None)
    db.executescript(MIGRATIONS[0] + "PRAGMA user_version = 1;")
    db.execute("INSERT INTO carnets VALUES (?, 'CAAAAAAAAA', 0)", (NUMBER,))
    db.execute(
        "INSERT INTO register VALUES (?,'carnet','2026.1','standard','2026-09-01','L1','','','','','')", (NUMBER,)
    )
    db.execute("INSERT INTO files VALUES (?, 'a.pdf', 1, '', '2026-11-18', '', 0)", (SHA,))
    one = page()
    body = to_plain(replace(one, readings=()))[:-1]
    readings = zlib.compress(json.dumps(to_plain(one.readings)).encode())
    db.execute(
        "INSERT INTO pages VALUES (?,?,1,1,?,?,?,?)", (one.key, SHA, NUMBER, json.dumps(body), one.ink_map, readings)
    )
    db.execute("INSERT INTO decided VALUES (?, 'placed', '', ?)", (one.key, zlib.compress(b"[]")))
    db.execute(
        "INSERT INTO verdicts (carnet, page, field, raw, value, status, day, who, replaced) "
        "VALUES (?, 2, 'prof_public', 'BEN', 'BEN', 'verified', '2026-11-19', '', 'VDP')",
        (NUMBER,),
    )
    db.close()


def test_a_file_of_the_first_version_opens_whole(tmp_path):
    first_version(tmp_path)
    with open_store(tmp_path) as store:
        assert list(store.pages(readings=True)) == [page()]
        assert [(entry.carnet, entry.copy_of) for entry in store.register()] == [(NUMBER, "")]
        (verdict,) = store.verdicts()
        assert verdict == Verdict(
            carnet=NUMBER, page=2, field="prof_public", raw="BEN", value="BEN", status=Status.VERIFIED,
            day="2026-11-19", replaced="VDP",
        )  # fmt: skip
        assert store.undecided("x") == [NUMBER], "decisions of old say nothing of writings: they are made again"
    db = sqlite3.connect(tmp_path / "carnets.sqlite")
    assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
    db.close()
