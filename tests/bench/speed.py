"""CPU of reading as a ratio to decoding the same files with OpenCV, and peak memory."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pikepdf

from pipeline import define, ingest
from pipeline.batch.blanks import ready_blanks
from pipeline.batch.worker import IMAGES, ReadTask, prepare_worker, read_task
from pipeline.settings import load_settings

_REPEATS = 3


def report(scans: Path, desk: Path) -> str:
    """Both measured in processes of their own, the best of a few runs (the machine is shared)."""
    floor = [_child("decode", scans, desk) for _ in range(_REPEATS)]
    reading = [_child("read", scans, desk) for _ in range(_REPEATS)]
    decode = min(run["cpu_s"] for run in floor) / floor[0]["sides"]
    read = min(run["cpu_s"] for run in reading) / reading[0]["sides"]
    cold = min(run["cold_cpu_s"] for run in reading)
    return "\n".join(
        [
            "## Speed and memory (one process, one thread)",
            "",
            "| | CPU ms a side | CPU ms an A5 page | ratio to decoding | peak MB |",
            "|---|---|---|---|---|",
            f"| decode with OpenCV | {1e3 * decode:.0f} | {5e2 * decode:.0f} | 1 | {floor[0]['peak_mb']:.0f} |",
            f"| read (all fields, images kept) | {1e3 * read:.0f} | {5e2 * read:.0f} "
            f"| {read / decode:.1f} | {max(run['peak_mb'] for run in reading):.0f} |",
            "",
            f"{reading[0]['sides']} sides after a first one; start-up (form, network, first side): {cold:.1f} CPU s.",
        ]
    )


def _child(what: str, scans: Path, desk: Path) -> dict[str, float]:
    """Run one measure in a fresh process."""
    command = [sys.executable, "-m", "tests.bench.speed", what, str(scans), str(desk)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _decode(scans: Path) -> dict[str, float]:
    """Raw JPEG bytes out of the PDF files, decoded to grey."""
    cv2.setNumThreads(1)
    sides = 0
    start = time.process_time()
    for path in sorted(scans.glob("*.pdf")):
        with pikepdf.open(path) as pdf:
            for page in pdf.pages:
                for image in page.get_images().values():
                    pixels = cv2.imdecode(np.frombuffer(image.read_raw_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)
                    assert pixels is not None
                    sides += 1
    return {"cpu_s": time.process_time() - start, "sides": sides, "peak_mb": peak_mb()}


def _read(scans: Path, desk: Path) -> dict[str, float]:
    """The worker's own function over all sides, the very first side apart."""
    prepare_worker()
    folder = desk / "speed"
    (folder / IMAGES).mkdir(parents=True, exist_ok=True)
    settings = load_settings(None)
    ready_blanks(folder, define.form_folders())  # as in a run: in a process of its own
    start = time.process_time()
    tasks = [
        ReadTask(
            file=file,
            sides=tuple(range(1, file.sides + 1)),
            folder=folder,
            form_folders=tuple(define.form_folders()),
            settings=settings,
        )
        for file in ingest.inventory(sorted(scans.glob("*.pdf")), settings.ingest)
    ]
    first = tasks[0]
    read_task(ReadTask(file=first.file, sides=(1,), folder=folder, form_folders=first.form_folders, settings=settings))
    cold, start = time.process_time() - start, time.process_time()
    for task in tasks:
        read_task(task)
    cpu = time.process_time() - start
    return {"cpu_s": cpu, "sides": sum(len(task.sides) for task in tasks), "cold_cpu_s": cold, "peak_mb": peak_mb()}


def peak_mb() -> float:
    """Largest resident size of this program so far (a child inherits its parent's in ``getrusage``)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    asked, scans_folder, desk_folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    print(json.dumps(_decode(scans_folder) if asked == "decode" else _read(scans_folder, desk_folder)))
