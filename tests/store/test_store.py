"""The store keeps what it is given, whole sides at a time."""

import sqlite3
from dataclasses import replace

import pytest

from pipeline.errors import OutputError
from pipeline.model.decision import FieldDecision, Status, Verdict
from pipeline.model.identity import PageIdentity, carnet_number
from pipeline.model.reading import CellReading, FieldReading, MarkReading
from pipeline.model.result import DecidedPage, Disposition, PageResult, RegisterEntry
from pipeline.model.scan import Pose, SourceRef
from pipeline.store import StoredFile, campaign_lock, open_store

NUMBER = carnet_number(26, 4271)
SHA = "f" * 64
MARK = MarkReading(
    option="A", ink_ratio=0.1, darkness=0.5, outside_ratio=0.0, ring_ratio=0.0, solidity_ratio=0.2,
    extent_ratio=0.9, crossing_ratio=0.8, straight_ratio=0.0, foreign_ratio=0.0,
)  # fmt: skip
CELL = CellReading(
    ink_ratio=0.1, darkness=0.6, height_ratio=0.7, width_ratio=0.5, scribble_ratio=0.0, above_ratio=0.0,
    spill_ratio=0.0, probabilities=(0.9, 0.1) + (0.0,) * 8,
)  # fmt: skip


def page(side: int = 1, slot: int = 1, number: str = NUMBER) -> PageResult:
    return PageResult(
        source=SourceRef(path="a.pdf", sha256="f" * 64, side=side),
        slot=slot,
        form="carnet",
        version="2026.1",
        identity=PageIdentity(form_code=1, version_code=261, variant=0, carnet=number, page=2),
        layout_page=2,
        pose=Pose(matrix=(11.8, 0.1, 3, -0.1, 11.8, 4, 1e-7, 2e-7, 1), markers=4, rotation_deg=180.0,
                  print_scale=1.0, residual_mm=0.02),
        image="pages/a.jpg",
        ink_map=b"ink",
        readings=(
            FieldReading(name="prof_public", type="choice", box=(1, 2, 3, 4), marks=(MARK,)),
            FieldReading(name="prof_arrondissement", type="comb", box=(1, 2, 3, 4), cells=(CELL, CELL)),
        ),
        evidence=(("streak_mm", 63.5),) if side > 1 else (),
    )  # fmt: skip


def file(**changes: object) -> StoredFile:
    plain = StoredFile(sha256="f" * 64, path="a.pdf", sides=1, problem="", first_read="2026-11-18")
    return replace(plain, **changes)


def test_a_page_round_trips(tmp_path):
    with open_store(tmp_path) as store:
        store.add_file(file())
        store.add_sides("f" * 64, [1], [page()])
    with open_store(tmp_path) as store:
        assert list(store.pages(readings=True)) == [page()]
        assert store.sides_read("f" * 64) == {1}
        assert store.undecided("x") == [NUMBER]


def test_storing_a_side_again_replaces_it(tmp_path):
    with open_store(tmp_path) as store:
        store.add_file(file())
        store.add_sides("f" * 64, [1], [page(), page(slot=2)])
        store.add_sides("f" * 64, [1], [page()])
        assert [found.slot for found in store.pages()] == [1]


def test_a_failing_side_leaves_nothing_behind(tmp_path):
    with open_store(tmp_path) as store:
        with pytest.raises(sqlite3.IntegrityError):
            store.add_sides("f" * 64, [1], [page(), page()])
        assert list(store.pages()) == []
        assert store.sides_read("f" * 64) == set()


def test_decisions_verdicts_and_balance(tmp_path):
    asked = FieldDecision(
        field="prof_arrondissement", type="comb", raw="1 ", value="", status=Status.REVIEW, confidence=0.4,
        reasons=("uncertain_digit",),
    )  # fmt: skip
    settled = Verdict(
        carnet=NUMBER, page=2, field="prof_arrondissement", raw="11", value="11", status=Status.VERIFIED,
        day="2026-11-19", replaced="1 ",
    )  # fmt: skip
    with open_store(tmp_path) as store:
        store.add_file(file())
        store.add_sides("f" * 64, [1], [page()])
        placed = DecidedPage(key=page().key, disposition=Disposition.PLACED, reason="", decisions=(asked,))
        store.save_decisions(NUMBER, [placed])
        assert store.undecided("x") == [NUMBER], "decided with other settings: to be decided again"
        store.save_decisions(NUMBER, [placed])
        assert store.undecided("x") == []
        store.add_verdicts([settled])
        campaign = store.campaign()
        outcome = campaign.carnets[0].outcome("prof_arrondissement")
    assert (outcome.status, outcome.value, outcome.decision.raw) == (Status.VERIFIED, "11", "1 ")
    assert [row.disposition for row in campaign.balance] == [Disposition.PLACED]


def test_a_copy_of_a_file_is_accounted_for_as_duplicate(tmp_path):
    with open_store(tmp_path) as store:
        store.add_file(file())
        store.add_file(file(path="b.pdf", copy=True))
        store.add_sides("f" * 64, [1], [page()])
        store.save_decisions(
            NUMBER, [DecidedPage(key=page().key, disposition=Disposition.PLACED, reason="", decisions=())]
        )
        rows = store.balance()
    assert [(row.source_file, row.disposition) for row in rows] == [
        ("a.pdf", Disposition.PLACED),
        ("b.pdf", Disposition.DUPLICATE),
    ]


def test_a_number_is_issued_once(tmp_path):
    entry = RegisterEntry(carnet=NUMBER, form="carnet", version="2026.1", variant="standard", printed_on="2026-11-01")
    with open_store(tmp_path) as store:
        store.register_printed([entry])
        with pytest.raises(sqlite3.IntegrityError):
            store.register_printed([entry])
        assert store.register() == (entry,)
        store.update_register([replace(entry, remis_le="2026-12-01")])
        assert store.register()[0].remis_le == "2026-12-01"
        assert store.keys()[NUMBER] != NUMBER


def test_the_numbers_behind_a_reason_travel_into_the_balance(tmp_path):
    with open_store(tmp_path) as store:
        store.add_file(file(sides=2))
        store.add_sides("f" * 64, [2], [page(side=2)])
        row = store.balance()[-1]
    assert dict(row.evidence) == {"markers": 4.0, "print_percent": 100.0, "streak_mm": 63.5}


@pytest.mark.parametrize("table", ["verdicts", "journal"])
def test_what_people_did_cannot_be_rewritten(tmp_path, table):
    with open_store(tmp_path) as store:
        store.log("lire", "2 faces", "2026-11-18T10:00")
        store.add_verdicts(
            [Verdict(carnet=NUMBER, page=2, field="f", raw="", value="", status=Status.ILLEGIBLE, day="2026-11-18")]
        )
    db = sqlite3.connect(tmp_path / "carnets.sqlite")
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = 9"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute(statement)
    db.close()


def test_a_damaged_store_is_refused_in_words(tmp_path):
    (tmp_path / "carnets.sqlite").write_bytes(b"not a database" * 200)
    with pytest.raises(OutputError) as caught, open_store(tmp_path):
        pass
    assert "carnets.sqlite" in caught.value.message


def test_a_second_run_waits(tmp_path):
    waits = []
    with campaign_lock(tmp_path):
        import multiprocessing

        context = multiprocessing.get_context("spawn")
        reader, writer = context.Pipe(duplex=False)
        other = context.Process(target=_lock_and_tell, args=(str(tmp_path), writer))
        other.start()
        assert reader.poll(20)
        waits.append(reader.recv())
        assert not reader.poll(0.2), "it must not have entered yet"
    assert reader.poll(20)
    waits.append(reader.recv())
    other.join()
    assert waits == ["waiting", "entered"]


def _lock_and_tell(folder, pipe):
    from pathlib import Path

    with campaign_lock(Path(folder), waiting=lambda: pipe.send("waiting")):
        pipe.send("entered")


def test_a_side_that_was_not_reached_is_accounted_for(tmp_path):
    with open_store(tmp_path) as store:
        store.add_file(file(sides=3))
        store.add_file(file(path="b.pdf", sides=3, copy=True))
        store.add_sides("f" * 64, [2], [page(side=2)])
        rows = store.balance()
    assert [(row.source_file, row.source_page, row.slot) for row in rows] == [
        (name, side, 1) for name in ("a.pdf", "b.pdf") for side in (1, 2, 3)
    ]
    assert [row.reason for row in rows if row.source_page != 2] == ["not_read_yet"] * 4


def test_a_page_read_again_as_another_leaves_its_first_carnet(tmp_path):
    other = carnet_number(26, 99)
    with open_store(tmp_path) as store:
        store.add_file(file())
        store.add_sides("f" * 64, [1], [page()])
        store.save_decisions(
            NUMBER, [DecidedPage(key=page().key, disposition=Disposition.PLACED, reason="", decisions=())]
        )
        store.undecided("x")
        store.save_decisions(NUMBER, [])
        store.add_sides("f" * 64, [1], [page(number=other)])
        assert store.undecided("x") == sorted([NUMBER, other]), "both are decided again"
        assert store.decided(NUMBER) == {}


def test_sides_taken_back_are_not_read(tmp_path):
    with open_store(tmp_path) as store:
        store.add_file(file())
        store.add_sides("f" * 64, [1], [page()])
        (state,) = store.side_states("f" * 64)
        assert (state.side, state.problem, state.image) == (1, "", "pages/a.jpg")
        store.forget_sides("f" * 64, [1])
        assert (store.sides_read("f" * 64), list(store.side_states("f" * 64))) == (set(), [])


def test_a_copy_takes_over_when_its_twin_is_gone(tmp_path):
    with open_store(tmp_path) as store:
        store.add_file(file())
        store.add_file(file(path="b.pdf", copy=True))
        store.forget_file("f" * 64, "a.pdf")
        assert [(known.path, known.copy) for known in store.files()] == [("b.pdf", False)]


def test_a_file_refused_once_is_taken_when_it_opens(tmp_path):
    with open_store(tmp_path) as store:
        store.add_file(file(sides=0, problem="heic_image"))
        store.add_file(file())
        assert [(known.sides, known.problem) for known in store.files()] == [(1, "")]
        store.add_file(file(sides=0, problem="heic_image"))
        assert [(known.sides, known.problem) for known in store.files()] == [(1, "")], "what was read stays"
