"""What may be hostile is opened by a child, and the child alone dies of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import PageError
from pipeline.ingest import guard, inventory
from pipeline.ingest.guard import Limits, guarded
from tests.ingest.scanfiles import pattern
from tests.ingest.test_sides import sides_of

pytestmark = pytest.mark.slow

LIMITS = Limits(memory_mb=400, seconds=20)


def bomb(path, megabytes):
    """A PDF whose table of objects is a stream that unfolds into so much."""
    folded = zlib.compressobj(9)
    chunks = [folded.compress(bytes(1 << 20)) + folded.flush(zlib.Z_FULL_FLUSH) for _ in range(2)]
    content = chunks[0] + chunks[1] * (megabytes - 1)
    head = b"%PDF-1.5\n"
    entry = (
        f"1 0 obj\n<</Type/XRef/Size {megabytes << 18}/W[1 2 1]/Root 2 0 R/Filter/FlateDecode/Length {len(content)}>>"
    )
    body = head + entry.encode() + b"\nstream\n" + content + b"\nendstream\nendobj\n"
    path.write_bytes(body + b"startxref\n%d\n%%%%EOF\n" % len(head))
    return path


@pytest.mark.slow
def test_a_structure_that_unfolds_into_gigabytes_stops_at_the_limit(tmp_path, settings):
    path = bomb(tmp_path / "b.pdf", 600)
    assert path.stat().st_size < 2_000_000
    before = own_peak_kb()
    (file,) = inventory([path], settings)
    assert file.problem in ("too_demanding", "damaged_pdf")
    assert own_peak_kb() - before < 100_000


def own_peak_kb():
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def test_one_child_serves_many_files_and_another_takes_over_when_it_is_killed(tmp_path, settings, maker):
    maker.full(pattern())
    path = maker.save(tmp_path / "s.pdf")
    assert inventory([path], settings)[0].sides == 1
    first = guard._children[-1]
    assert inventory([path], settings)[0].sides == 1
    assert guard._children[-1] is first
    os.kill(first._process.pid, signal.SIGKILL)
    first._process.wait()
    assert inventory([path], settings)[0].sides == 1
    assert guard._children[-1] is not first


def test_a_child_that_dies_at_work_is_the_problem_of_that_file(tmp_path, settings, maker, monkeypatch):
    maker.full(pattern())
    path = maker.save(tmp_path / "s.pdf")
    inventory([path], settings)
    os.kill(guard._children[-1]._process.pid, signal.SIGSTOP)
    impatient = Limits(memory_mb=400, seconds=0)
    with pytest.raises(PageError) as caught:
        guarded("count_pages", path, impatient)
    assert caught.value.reason == "too_demanding"
    assert guarded("count_pages", path, LIMITS)[0]["pages"] == 1


def test_no_child_outlives_its_parent(tmp_path, maker):
    maker.full(pattern())
    path = maker.save(tmp_path / "s.pdf")
    script = (
        "import sys, os, signal\nfrom pathlib import Path\nfrom pipeline.ingest import guard\n"
        f"guard.guarded('count_pages', Path({str(path)!r}), guard.Limits(memory_mb=400, seconds=20))\n"
        "print(guard._children[-1]._process.pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    running = Path(f"/proc/{int(done.stdout)}/cmdline")
    for _ in range(100):
        if not running.exists() or not running.read_text():
            break
        time.sleep(0.05)
    assert not running.exists() or not running.read_text()


def test_a_page_tree_that_announces_more_pages_than_are_found_is_refused(tmp_path, settings, maker):
    for _ in range(3):
        maker.full(pattern())
    path = maker.save(tmp_path / "s.pdf", object_stream_mode=0)
    whole = path.read_bytes()
    assert b"/Count 3" in whole
    path.write_bytes(whole.replace(b"/Count 3", b"/Count 4"))
    assert inventory([path], settings)[0].problem == "damaged_pdf"


@pytest.fixture
def telephone(tmp_path):
    heif = pytest.importorskip("pillow_heif")
    picture = Image.fromarray(np.stack([pattern()] * 3, axis=2))
    path = tmp_path / "IMG_0001.HEIC"
    heif.from_pillow(picture).save(path, quality=90)
    return path


def test_a_telephones_heic_is_read(telephone, settings):
    before = telephone.read_bytes()
    (side,) = sides_of(telephone, settings)
    assert side.pixels.shape == (877, 620)
    assert np.abs(side.pixels.astype(int) - pattern()).mean() < 4
    assert side.dpi is None
    assert telephone.read_bytes() == before


def test_heic_pictures_are_turned_as_they_were_held(tmp_path, settings):
    heif = pytest.importorskip("pillow_heif")
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = Image.fromarray(np.ascontiguousarray(np.rot90(np.stack([pattern()] * 3, axis=2))))
    path = tmp_path / "s.heic"
    heif.from_pillow(lying).save(path, quality=90, exif=exif.tobytes())
    (side,) = sides_of(path, settings)
    assert side.pixels.shape == (877, 620)
    assert np.abs(side.pixels.astype(int) - pattern()).mean() < 6


def test_every_picture_of_a_heic_file_is_a_side(tmp_path, settings):
    heif = pytest.importorskip("pillow_heif")
    made = heif.from_pillow(Image.fromarray(pattern()))
    made.add_from_pillow(Image.fromarray(255 - pattern()))
    path = tmp_path / "s.heic"
    made.save(path, quality=90)
    first, second = sides_of(path, settings)
    assert first.pixels.mean() + second.pixels.mean() == pytest.approx(255, abs=4)


def test_a_heic_file_says_what_to_do_where_the_optional_part_is_missing(telephone, settings, tmp_path, monkeypatch):
    """The child is given a library of that name that cannot be imported, as where it is not installed."""
    from pipeline.wording import words

    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "pillow_heif.py").write_text("raise ImportError('absent')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "empty"))
    guard.end_child()
    (file,) = inventory([telephone], settings)
    guard.end_child()
    assert file.problem == "heic_image"
    assert "JPEG" in words(file.problem).remedy


def test_a_damaged_heic_is_named(telephone, settings):
    content = telephone.read_bytes()
    telephone.write_bytes(content[: len(content) // 2])
    (file,) = inventory([telephone], settings)
    assert file.problem == "damaged_image" or sides_of(telephone, settings)[0].code == "damaged_image"


def test_answers_are_plain_lines():
    """The protocol, so that either end can change alone."""
    request = {"job": "count_pages", "path": "/absent.pdf", "memory_mb": 100, "seconds": 5}
    child = subprocess.run(
        [sys.executable, "-P", str(guard._PROGRAM)],
        input=json.dumps(request) + "\n",
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(child.stdout) == {"problem": "unreadable_file", "bytes": 0}
