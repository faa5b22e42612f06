"""What can go wrong in the middle of a reading, each as a function of a desk and a seed.

After each: no scan was altered, and once the next run is done the exports are, byte for byte,
those of a reading that nothing disturbed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline import consolidate
from pipeline.batch.reading import decide_pending
from pipeline.settings import load_settings
from pipeline.store import campaign_lock, open_store
from tests.batch.stand_in import COMMAND, FAULTS, scan

FILES, PAGES = 4, 6
PATIENCE_S = 120
Names = Mapping[str, list[tuple[int, int]]]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Scans, and a campaign that read them undisturbed."""

    root: Path
    scans: Path
    whole: tuple[bytes, bytes]

    def campaign(self) -> Path:
        """A fresh campaign folder."""
        number = sum(1 for _ in self.root.glob("campagne-*"))
        folder = self.root / f"campagne-{number}"
        folder.mkdir()
        return folder

    def mark(self) -> str:
        """A file that does not exist yet."""
        return str(self.root / f"fait-{time.monotonic_ns()}")


def make_desk(root: Path) -> Desk:
    """Four files of six sides, read once in peace."""
    scans = root / "numerisations"
    for number in range(FILES):
        scan(scans / f"lot-{number}.tif", [(number, page) for page in range(1, PAGES + 1)])
    (root / "paisible").mkdir()
    done = run(scans, root / "paisible")
    assert done.returncode == 10, done.stderr  # half of every carnet is missing
    return Desk(root=root, scans=scans, whole=exports(root / "paisible"))


def start(scans: Path, campaign: Path, workers: int = 2, **wrong: object) -> subprocess.Popen[str]:
    """``carnet lire`` under way, with what should go wrong."""
    command = [*COMMAND, "lire", str(scans), "--dossier", str(campaign)]
    return subprocess.Popen(
        [*command, "--travailleurs", str(workers), "--date-numerisation", "2026-11-18"],
        env=os.environ | {FAULTS: json.dumps(wrong)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(scans: Path, campaign: Path, workers: int = 1, **wrong: object) -> subprocess.CompletedProcess[str]:
    """``carnet lire`` to its end."""
    process = start(scans, campaign, workers, **wrong)
    out, err = process.communicate(timeout=PATIENCE_S)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def exports(campaign: Path) -> tuple[bytes, bytes]:
    """``lectures.csv`` and ``pages.csv`` of a campaign as it stands."""
    readings, pages = campaign / "lectures.csv", campaign / "pages.csv"
    with campaign_lock(campaign), open_store(campaign) as store:
        decide_pending(store, load_settings(None), lambda *_: None)
        whole = store.campaign()
        with consolidate.readings_file(readings) as add:
            for carnet in whole.carnets:
                add(carnet)
    consolidate.export_pages(whole.balance, pages)
    return readings.read_bytes(), pages.read_bytes()


def digest(folder: Path) -> dict[str, tuple[str, int]]:
    """Every scan: its content and its time."""
    return {
        path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.iterdir())
    }


def images(campaign: Path) -> dict[str, bytes]:
    """Kept page images."""
    return {path.name: path.read_bytes() for path in sorted((campaign / "pages").iterdir())}


def until_reading(process: subprocess.Popen[str], campaign: Path, sides: int = 1) -> None:
    """Wait until some sides are kept, or the run is over."""
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and sum(1 for _ in campaign.glob("pages/*.jpg")) < sides:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def completes(desk: Desk, campaign: Path) -> None:
    """The next run does the rest, and nothing is lost or doubled."""
    done = run(desk.scans, campaign)
    assert done.returncode == 10, done.stdout + done.stderr
    assert exports(campaign) == desk.whole
    kept = images(campaign)
    assert len(kept) == FILES * PAGES
    assert all(name.endswith(".jpg") for name in kept), "nothing half-written stays"


# What goes wrong


def a_worker_is_killed(desk: Desk, rng: random.Random) -> None:
    """Killed once in the middle of a task: the run itself makes good."""
    campaign, victim = desk.campaign(), f"{rng.randrange(FILES)}:{rng.randint(1, PAGES)}"
    done = run(desk.scans, campaign, 2, kill=victim, mark=desk.mark())
    assert done.returncode == 10, done.stderr
    assert exports(campaign) == desk.whole


def a_file_is_poison(desk: Desk, rng: random.Random) -> None:
    """A side that kills every worker is refused by name, alone; a later run tries it again."""
    campaign, file, side = desk.campaign(), rng.randrange(FILES), rng.randint(1, PAGES)
    done = run(desk.scans, campaign, 2, poison=f"{file}:{side}")
    assert done.returncode == 10, done.stderr
    assert f"lot-{file}.tif face {side}" in done.stdout
    rows = exports(campaign)[1].decode("utf-8-sig").splitlines()[1:]
    assert len(rows) == FILES * PAGES
    (refused,) = [row for row in rows if "worker_killed" in row]
    assert f"lot-{file}.tif;{side};" in refused
    completes(desk, campaign)


def the_program_fails_on_a_side(desk: Desk, rng: random.Random) -> None:
    """An error nobody foresaw costs the side on which it happens, until a later run."""
    campaign, file, side = desk.campaign(), rng.randrange(FILES), rng.randint(1, PAGES)
    done = run(desk.scans, campaign, raises=f"{file}:{side}")
    assert done.returncode == 10, done.stderr
    rows = exports(campaign)[1].decode("utf-8-sig").splitlines()[1:]
    assert [f"lot-{file}.tif;{side};" in row for row in rows if ";placed;" not in row] == [True]
    completes(desk, campaign)


def a_run_is_killed(desk: Desk, rng: random.Random) -> None:
    """``kill -9`` of everything at a random moment."""
    campaign = desk.campaign()
    process = start(desk.scans, campaign, slow_s=0.02)
    until_reading(process, campaign, rng.randrange(FILES * PAGES))
    time.sleep(rng.random() * 0.1)
    process.kill()
    process.communicate()
    completes(desk, campaign)


def the_power_fails(desk: Desk, rng: random.Random) -> None:
    """The folder as a power cut leaves it: torn log, torn images, a file never put in place."""
    left, campaign = desk.campaign(), desk.campaign()
    process = start(desk.scans, left, slow_s=0.02)
    until_reading(process, left, rng.randint(1, FILES * PAGES - 1))
    process.send_signal(signal.SIGSTOP)
    shutil.copytree(left, campaign, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*-shm"))
    process.kill()
    process.communicate()
    _tear(campaign / "carnets.sqlite-wal", rng)
    for image in rng.sample(sorted((campaign / "pages").glob("*.jpg")), k=1):
        _tear(image, rng)
    (campaign / "pages" / "0123456789abcdef-0001-1.99.part").write_bytes(b"\xff\xd8torn")
    (campaign / ".analyse-a1b2c3d4.xlsx").write_bytes(b"PK torn")
    completes(desk, campaign)
    assert not list(campaign.glob(".analyse*"))


def _tear(path: Path, rng: random.Random) -> None:
    """Cut the end of a file off."""
    if path.exists() and path.stat().st_size:
        os.truncate(path, rng.randrange(path.stat().st_size))


def images_are_lost(desk: Desk, rng: random.Random) -> None:
    """Kept images that went missing or were damaged long after: their sides are read again."""
    campaign = desk.campaign()
    run(desk.scans, campaign)
    before = images(campaign)
    gone, torn, empty = rng.sample(sorted((campaign / "pages").iterdir()), k=3)
    gone.unlink()
    _tear(torn, rng)
    empty.write_bytes(b"")
    done = run(desk.scans, campaign)
    assert "dont 3 nouvelles" in plain(done.stdout), done.stdout
    assert images(campaign) == before
    assert exports(campaign) == desk.whole


def two_runs_at_once(desk: Desk, rng: random.Random) -> None:
    """The second waits and says so."""
    campaign = desk.campaign()
    first = start(desk.scans, campaign, 1, slow_s=0.02)
    until_reading(first, campaign, rng.randint(1, FILES * PAGES // 2))
    first.send_signal(signal.SIGSTOP)
    second = start(desk.scans, campaign, 1)
    assert second.stderr is not None
    assert "attend" in second.stderr.readline()
    first.send_signal(signal.SIGCONT)
    for process in (first, second):
        process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 10
    assert exports(campaign) == desk.whole


def a_scan_is_replaced(desk: Desk, rng: random.Random) -> None:
    """A copier writes another scan over one that is being read, perhaps with its very size and time."""
    scans, side = desk.root / f"depot-{time.monotonic_ns()}", rng.randint(1, PAGES)
    scan(scans / "a.tif", [(50, page) for page in range(1, PAGES + 1)])
    scan(scans / "b.tif", [(51, page) for page in range(1, PAGES + 1)])
    other = scan(desk.root / "autre.tif", [(52, page) for page in range(1, PAGES + 1)])
    if rng.random() < 0.5:
        stat = (scans / "a.tif").stat()
        assert other.stat().st_size == stat.st_size
        os.utime(other, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    campaign, peaceful = desk.campaign(), desk.campaign()
    done = run(scans, campaign, replace=f"50:{side}", by=str(other), mark=desk.mark())
    assert done.returncode == 10, done.stderr
    assert "a.tif" in done.stdout
    assert "remplacé" in done.stdout
    run(scans, peaceful)
    assert exports(campaign) == exports(peaceful)
    assert b"26-000050" not in exports(campaign)[1], "the old content left no page"


# A disk of its own, by the superuser


@contextlib.contextmanager
def small_disk(place: Path, kilobytes: int) -> Iterator[Path]:
    """A real disk of that size; ``PermissionError`` where it cannot be made."""
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "carnet-test", str(place)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        raise PermissionError(made.stderr.decode())
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def the_disk_is_full_of_images(desk: Desk, rng: random.Random) -> None:
    """Large images fill the disk: the run stops in words, and goes on when there is room."""
    _fills_up(desk, rng, image_kb=rng.randint(30, 60), free_kb=rng.randint(200, 600))


def the_disk_is_full_of_pages(desk: Desk, rng: random.Random) -> None:
    """The store itself finds no room for what was read."""
    _fills_up(desk, rng, image_kb=0, free_kb=rng.randint(90, 260))


def _fills_up(desk: Desk, rng: random.Random, *, image_kb: int, free_kb: int) -> None:
    with small_disk(desk.root / f"disque-{time.monotonic_ns()}", 8000) as disk:
        campaign = disk / "campagne"
        campaign.mkdir()
        ballast = disk / "lest"
        _fill(ballast, free_kb)
        done = run(desk.scans, campaign, image_kb=image_kb)
        assert done.returncode == 6, (done.returncode, done.stdout, done.stderr)
        assert "place" in done.stderr or "plein" in done.stderr, done.stderr
        assert not list(campaign.glob("pages/*.part"))
        ballast.unlink()
        completes(desk, campaign)


def the_workbook_finds_no_room(desk: Desk, rng: random.Random) -> None:
    """Exports and workbook on a full disk: told in words, the earlier ones stay, nothing half-written does."""
    with small_disk(desk.root / f"disque-{time.monotonic_ns()}", 16_000) as disk:
        campaign = disk / "campagne"
        run(desk.scans, campaign)
        assert consolidated(campaign).returncode == 0
        before = (campaign / "analyse.xlsx").read_bytes()
        ballast = disk / "lest"
        _fill(ballast, rng.randint(1, 40))
        done = consolidated(campaign)
        assert done.returncode == 6, (done.returncode, done.stderr)
        assert "place" in done.stderr or "plein" in done.stderr, done.stderr
        assert (campaign / "analyse.xlsx").read_bytes() == before
        assert not list(campaign.glob(".analyse*")), list(campaign.iterdir())
        ballast.unlink()
        assert consolidated(campaign).returncode == 0
        found = tuple((campaign / "export" / name).read_bytes() for name in ("lectures.csv", "pages.csv"))
        assert found == desk.whole


def consolidated(campaign: Path) -> subprocess.CompletedProcess[str]:
    """``carnet consolider``."""
    return subprocess.run(
        [*COMMAND, "consolider", "--dossier", str(campaign)], capture_output=True, text=True, check=False
    )


def _fill(ballast: Path, free_kb: int) -> None:
    """Leave so much room on a disk."""
    stat = os.statvfs(ballast.parent)
    ballast.write_bytes(bytes(max(0, stat.f_bavail * stat.f_bsize - 1024 * free_kb)))


def the_folder_is_read_only(desk: Desk, rng: random.Random) -> None:
    """A disk mounted read-only: refused in words, before anything is read."""
    with small_disk(desk.root / f"disque-{time.monotonic_ns()}", 8000) as disk:
        campaign = disk / "campagne"
        campaign.mkdir()
        if rng.random() < 0.5:
            run(desk.scans / "lot-0.tif", campaign)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        done = run(desk.scans, campaign)
        assert done.returncode == 6, done.stderr
        assert str(campaign) in done.stderr
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        completes(desk, campaign)


def plain(text: str) -> str:
    """Text with ordinary spaces."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


SCENARIOS: tuple[Callable[[Desk, random.Random], None], ...] = (
    a_worker_is_killed,
    a_file_is_poison,
    the_program_fails_on_a_side,
    a_run_is_killed,
    the_power_fails,
    images_are_lost,
    two_runs_at_once,
    a_scan_is_replaced,
    the_disk_is_full_of_images,
    the_disk_is_full_of_pages,
    the_workbook_finds_no_room,
    the_folder_is_read_only,
)
