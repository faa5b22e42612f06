"""``carnet lire --surveiller``: a real process, real files, and a stand-in for the eyes."""

import fcntl
import os
import signal
import subprocess
import threading
import time

import pytest

from pipeline.cli import main
from pipeline.errors import ExitCode
from tests.batch.scenarios import PATIENCE_S, exports, plain, run
from tests.batch.stand_in import COMMAND, scan

BOUND = range(1, 13)


class Watch:
    """The process and what it says, line by line."""

    def __init__(self, folder, campaign) -> None:
        campaign.mkdir()
        (campaign / "reglages.toml").write_text("[ingest]\nsettle_seconds = 0.6\nlook_again_seconds = 2\n")
        command = [*COMMAND, "lire", "--surveiller", str(folder), "--dossier", str(campaign), "--travailleurs", "1"]
        self.process = subprocess.Popen(
            [*command, "--date-numerisation", "2026-11-18"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        self.lines: list[str] = []
        self._heard = threading.Condition()
        self._ear = threading.Thread(target=self._listen, daemon=True)
        self._ear.start()

    def _listen(self) -> None:
        for line in self.process.stdout:
            with self._heard:
                self.lines.append(plain(line))
                self._heard.notify_all()

    def hears(self, *parts: str) -> str:
        """Wait for a line that holds all the parts, and forget what came before it."""

        def found() -> str | None:
            return next((line for line in self.lines if all(part in line for part in parts)), None)

        with self._heard:
            assert self._heard.wait_for(found, timeout=PATIENCE_S), (parts, self.lines)
            line = found()
            del self.lines[: self.lines.index(line) + 1]
            return line

    def ends(self, number: int = signal.SIGINT) -> tuple[int, str]:
        self.process.send_signal(number)
        code = self.process.wait(timeout=PATIENCE_S)
        self._ear.join(timeout=10)
        self.process.stdout.close()
        return code, "".join(self.lines)


@pytest.fixture
def watch(tmp_path):
    (tmp_path / "depot").mkdir()
    started = []

    def start():
        started.append(Watch(tmp_path / "depot", tmp_path / "c"))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


def is_free(campaign):
    handle = os.open(campaign / ".verrou", os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


@pytest.mark.slow
def test_what_arrives_in_any_way_is_read_once(tmp_path, watch):
    depot, campaign = tmp_path / "depot", tmp_path / "c"
    scan(depot / "deja.tif", [(1, page) for page in BOUND])
    watching = watch()
    watching.hears("surveillé")
    watching.hears("deja.tif : 12 faces lues", "12 pages placées")
    deadline = time.monotonic() + PATIENCE_S
    while not is_free(campaign):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (depot / "lot A").mkdir()
    scan(tmp_path / "dehors.tif", [(2, page) for page in BOUND]).rename(depot / "lot A" / "apporte.tif")
    watching.hears("apporte.tif : 12 faces lues")
    content = scan(tmp_path / "lent.tif", [(3, page) for page in BOUND]).read_bytes()
    with (depot / "lent.tif").open("wb") as slow:
        for start in range(0, len(content), len(content) // 4 + 1):
            slow.write(content[start : start + len(content) // 4 + 1])
            slow.flush()
            time.sleep(0.3)
    watching.hears("lent.tif : 12 faces lues")
    scan(tmp_path / "neuf.tif", [(4, page) for page in BOUND]).rename(depot / "deja.tif")
    watching.hears("deja.tif : 12 faces lues")
    (depot / "casse.pdf").write_bytes(b"%PDF-1.4 rien")
    watching.hears("casse.pdf", "1 page illisible")
    code, told = watching.ends()
    assert code == ExitCode.INCOMPLETE
    assert "48  pages placées" in told
    assert "4 carnets complets" in told
    assert "carnet etat" in told
    rows = exports(campaign)[1].decode("utf-8-sig").splitlines()[1:]
    assert sum(";placed;" in row for row in rows) == 48
    assert len(rows) == 49


@pytest.mark.slow
def test_ctrl_c_while_reading_keeps_what_was_read(tmp_path, watch, monkeypatch):
    monkeypatch.setenv("CARNET_TEST_FAULTS", '{"slow_s": 0.15}')
    scan(tmp_path / "depot" / "a.tif", [(1, page) for page in BOUND])
    watching = watch()
    watching.hears("lecture de 12 faces")
    deadline = time.monotonic() + PATIENCE_S
    while not list((tmp_path / "c").glob("pages/*.jpg")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    code, told = watching.ends(signal.SIGTERM)
    assert code == ExitCode.INCOMPLETE
    assert "pages illisibles" in told, "sides not read are in the balance"
    monkeypatch.delenv("CARNET_TEST_FAULTS")
    assert run(tmp_path / "depot", tmp_path / "c").returncode == ExitCode.DONE
    assert exports(tmp_path / "c")[1].count(b";placed;") == 12


@pytest.mark.slow
def test_nothing_arrives_and_that_is_no_error(watch):
    watching = watch()
    watching.hears("surveillé")
    code, told = watching.ends()
    assert code == ExitCode.DONE
    assert "Rien n’est arrivé" in told


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--surveiller", "{absent}"], ExitCode.INPUT, "pas un dossier"),
        (["--surveiller", ".", "a.pdf"], ExitCode.USAGE, "--surveiller"),
        (["--surveiller", "{here}"], ExitCode.USAGE, "deux dossiers séparés"),
        ([], ExitCode.USAGE, "SCAN…"),
    ],
)
def test_what_cannot_be_watched_is_told(arguments, code, told, tmp_path, capsys):
    given = [part.format(absent=tmp_path / "absent", here=tmp_path) for part in arguments]
    assert main(["lire", *given, "--dossier", str(tmp_path / "c")]) == code
    assert told in capsys.readouterr().err
