"""The ``carnet`` command with a reader that looks at no pixel, for faults of everything around it.

``COMMAND`` and its arguments are the real command: real files, processes, store and exports.
Only the reading of a side is replaced: each frame of a TIFF says in its description which page
of which carnet it is.  What should go wrong comes through the environment.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from pipeline.batch import taking
from pipeline.batch.worker import IMAGES, ReadTask
from pipeline.model.identity import PageIdentity, carnet_number
from pipeline.model.reading import CellReading, FieldReading
from pipeline.model.result import PageResult
from pipeline.model.scan import Pose

COMMAND = (sys.executable, "-c", "import sys; from tests.batch.stand_in import main; sys.exit(main(sys.argv[1:]))")
FAULTS = "CARNET_TEST_FAULTS"
DESCRIPTION = 270
CELL = CellReading(
    ink_ratio=0.1, darkness=0.6, height_ratio=0.7, width_ratio=0.5, scribble_ratio=0.0, above_ratio=0.0,
    spill_ratio=0.0, probabilities=(0.9, 0.1) + (0.0,) * 8,
)  # fmt: skip
POSE = Pose(matrix=(8, 0, 0, 0, 8, 0, 0, 0, 1), markers=4, rotation_deg=0.0, print_scale=1.0, residual_mm=0.02)
_read_apart = taking.read_apart


def scan(path: Path, pages: list[tuple[int, int]], shade: int = 200) -> Path:
    """A TIFF whose frames bear (serial of a carnet, page)."""
    frames = [Image.new("L", (8, 8), shade) for _ in pages]
    for frame, (serial, page) in zip(frames, pages, strict=True):
        frame.encoderinfo = {"tiffinfo": {DESCRIPTION: f"{serial}:{page}"}}
    info = {DESCRIPTION: f"{pages[0][0]}:{pages[0][1]}"}
    path.parent.mkdir(parents=True, exist_ok=True)
    frames[0].save(path, save_all=True, append_images=frames[1:], tiffinfo=info)
    return path


def faults() -> dict[str, float | str]:
    """What should go wrong in this run."""
    found: dict[str, float | str] = json.loads(os.environ.get(FAULTS, "{}"))
    return found


def read_task(task: ReadTask) -> list[PageResult]:
    """The pages that the frames say they are."""
    return [_page(task, side) for side in task.sides]


def _page(task: ReadTask, side: int) -> PageResult:
    wrong = faults()
    with Image.open(task.file.path) as file:
        file.seek(side - 1)
        serial, page = map(int, str(file.tag_v2[DESCRIPTION]).split(":"))  # type: ignore[attr-defined]
    time.sleep(float(wrong.get("slow_s", 0)))
    if wrong.get("poison") == f"{serial}:{page}" or (wrong.get("kill") == f"{serial}:{page}" and _first(wrong)):
        os.kill(os.getpid(), signal.SIGKILL)
    if wrong.get("raises") == f"{serial}:{page}":
        raise ZeroDivisionError
    if wrong.get("replace") == f"{serial}:{page}" and _first(wrong):
        os.replace(str(wrong["by"]), task.file.path)  # noqa: PTH105 - as a copier does
    return PageResult(
        source=task.file.ref(side),
        slot=1,
        form="carnet",
        version="2026.1",
        identity=PageIdentity(form_code=1, version_code=261, variant=0, carnet=carnet_number(26, serial), page=page),
        layout_page=page,
        identified_by="code_a",
        pose=POSE,
        image=_keep(task, side, int(wrong.get("image_kb", 1))),
        readings=_readings(page),
    )


def _first(wrong: dict[str, float | str]) -> bool:
    """True once for all processes of a test."""
    mark = Path(str(wrong["mark"]))
    if mark.exists():
        return False
    mark.touch()
    return True


def _readings(page: int) -> tuple[FieldReading, ...]:
    if page != 2:
        return ()
    return (FieldReading(name="prof_arrondissement", type="comb", box=(1, 2, 30, 40), cells=(CELL, CELL)),)


def _keep(task: ReadTask, side: int, kilobytes: int) -> str:
    """A small image as the worker keeps it, padded to a size."""
    name = f"{IMAGES}/{task.file.sha256[:16]}-{side:04d}-1.jpg"
    _, data = cv2.imencode(".jpg", np.full((8, 8), side, np.uint8))
    comment = b"\xff\xfe\x04\x00" + bytes(1022)
    content = data.tobytes()[:2] + kilobytes * comment + data.tobytes()[2:]
    part = (task.folder / name).with_suffix(f".{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(task.folder / name)
    return name


def read_apart(task: ReadTask) -> list[PageResult]:
    """The worker's function around our reader."""
    taking.read_task = read_task
    return _read_apart(replace(task))


def prepare() -> None:
    """Nothing to prepare."""


def no_blanks(folder: Path, form_folders: object) -> None:
    """Nothing is compared with the print."""


def main(arguments: list[str]) -> int:
    """The command."""
    from pipeline.cli import main as carnet

    signal.signal(signal.SIGINT, signal.default_int_handler)  # tests run in the background leave it ignored
    taking.read_apart = read_apart
    taking.prepare_worker = prepare
    taking.ready_blanks = no_blanks
    taking.SIDES_PER_TASK = 3
    return carnet(arguments)
