"""All the way round: printed, scanned, read, consolidated; and again after a crash."""

import csv
import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from openpyxl import load_workbook

from pipeline.cli import main
from pipeline.review import ANSWER, KEY
from pipeline.review.versions import OTHER
from pipeline.store import open_store
from tests.conftest import save_pdf

pytestmark = pytest.mark.slow


def rows(campaign, name):
    assert main(["consolider", "--dossier", str(campaign)]) == 0
    with (campaign / "export" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def read(scans, campaign, *options):
    return main(["lire", str(scans), "--dossier", str(campaign), "--date-numerisation", "2026-11-18", *options])


@pytest.fixture(scope="module")
def scans(two_carnets, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scans")
    turned = [side.rotate(180) if index % 2 else side for index, side in enumerate(two_carnets)]
    save_pdf(folder / "lot.pdf", turned[:7])
    save_pdf(folder / "suite.pdf", turned[7:])
    return folder


@pytest.fixture(scope="module")
def whole(scans, tmp_path_factory):
    campaign = tmp_path_factory.mktemp("campagne")
    assert read(scans, campaign) == 0
    return campaign


def test_every_blank_page_is_placed_and_every_field_blank(whole):
    balance = rows(whole, "pages.csv")
    assert Counter(row["disposition"] for row in balance) == {"placed": 24}
    assert sorted(int(row["page"]) for row in balance) == sorted([*range(1, 13)] * 2)
    readings = rows(whole, "lectures.csv")
    wrong = [(row["field"], row["status"], row["raw"]) for row in readings if row["status"] != "blank"]
    unsigned = [row for row in wrong if not row[0].endswith(("signature", "tampon")) or row[2] != "absent"]
    assert unsigned == []
    assert {row["warnings"] for row in readings} >= {"unknown_number"} or all(
        "unknown_number" in row["warnings"] for row in readings
    )


def test_reading_the_same_files_again_changes_nothing(whole, scans):
    before = [rows(whole, name) for name in ("lectures.csv", "pages.csv")]
    assert read(scans, whole) == 0
    assert [rows(whole, name) for name in ("lectures.csv", "pages.csv")] == before


def test_the_order_of_arrival_changes_nothing(whole, scans, tmp_path):
    for name in ("suite.pdf", "lot.pdf"):
        read(scans / name, tmp_path)
    assert rows(tmp_path, "lectures.csv") == rows(whole, "lectures.csv")


@pytest.mark.parametrize("patience", [0.0, 1.0, 2.5])
def test_kill_9_loses_nothing_and_doubles_nothing(whole, scans, tmp_path, patience):
    command = [sys.executable, "-m", "pipeline", "lire", str(scans), "--dossier", str(tmp_path), "--travailleurs", "1"]
    run = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while run.poll() is None and time.monotonic() < deadline and not any(tmp_path.glob("pages/*")):
        time.sleep(0.02)
    time.sleep(patience / 5)
    if run.poll() is None:
        os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert read(scans, tmp_path) == 0
    for name in ("lectures.csv", "pages.csv"):
        assert rows(tmp_path, name) == rows(whole, name)
    assert not list(tmp_path.glob("pages/*.part")) or patience >= 0


def settle_copy(campaign):
    """Say in ARelire, as staff do, that the photocopied sheet is another person's."""
    book = load_workbook(campaign / "analyse.xlsx")
    sheet = book["ARelire"]
    at = {cell.value: cell.column - 1 for cell in sheet[1]}
    for line in sheet.iter_rows(min_row=2):
        if "|version-" in str(line[at[KEY]].value) and line[at["Fichier (fichier)"]].value == "photocopie.pdf":
            line[at[ANSWER]].value = OTHER
    book.save(campaign / "analyse.xlsx")


def test_a_photocopied_carnet_with_other_ink_is_a_conflict(two_carnets, scans, tmp_path):
    from PIL import ImageDraw

    other = two_carnets[0].copy()
    pen = ImageDraw.Draw(other)
    for y in range(500, 1300, 120):
        pen.line([(1300, y), (1900, y + 70)], fill=30, width=5)
        pen.line([(200, y + 40), (900, y)], fill=30, width=5)
    save_pdf(tmp_path / "photocopie.pdf", [other])
    campaign = tmp_path / "campagne"
    assert read(scans, campaign) == 0
    assert read(tmp_path / "photocopie.pdf", campaign) == 10
    balance = rows(campaign, "pages.csv")
    assert Counter(row["disposition"] for row in balance) == {"placed": 22, "conflict": 4}
    conflicts = [row for row in rows(campaign, "lectures.csv") if "page_conflict" in row["reasons"].split("|")]
    assert conflicts
    assert {row["status"] for row in conflicts} == {"review"}
    settle_copy(campaign)
    after = rows(campaign, "pages.csv")
    copied = [row for row in after if row["source_file"].endswith("photocopie.pdf")]
    assert {row["disposition"] for row in copied} == {"placed"}
    assert {row["carnet_id"] for row in copied}.isdisjoint(row["carnet_id"] for row in balance)
    assert Counter(row["disposition"] for row in after) == {"placed": 26}
    assert read(tmp_path / "photocopie.pdf", campaign) == 10, "the second carnet lacks its other pages"
    assert rows(campaign, "pages.csv") == after


def test_a_file_copied_under_another_name_is_counted_as_duplicate(scans, tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in ("a.pdf", "b.pdf"):
        (folder / name).write_bytes((scans / "suite.pdf").read_bytes())
    read(folder, tmp_path / "campagne")
    balance = rows(tmp_path / "campagne", "pages.csv")
    assert Counter(row["disposition"] for row in balance) == {"placed": 10, "duplicate": 10}


def test_scans_are_never_altered(whole, scans):
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in scans.iterdir()}
    read(scans, whole)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in scans.iterdir()} == before


def test_no_name_and_no_number_in_kept_file_names(whole):
    with open_store(whole) as store:
        numbers = store.printed_numbers()
    names = " ".join(path.name for path in whole.rglob("*"))
    assert not [number for number in numbers if number in names]
