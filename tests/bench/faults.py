"""Every fault of ``tests/batch/scenarios.py`` again and again, each time at another moment."""

from __future__ import annotations

import random
import resource
import time
import traceback
from pathlib import Path

from tests.batch.scenarios import SCENARIOS, Desk, digest, make_desk

_FIRST_SEED = 1000


def report(desk: Path, times: int) -> str:
    """How often each fault was injected, and what was lost, doubled or altered."""
    place = desk / "faults"
    place.mkdir(parents=True, exist_ok=True)
    start, before = time.monotonic(), _children_cpu_s()
    peaceful = make_desk(place / f"desk-{time.monotonic_ns()}")
    scans = digest(peaceful.scans)
    lines = [_line(fault, peaceful, times) for fault in SCENARIOS]
    altered = "none altered" if digest(peaceful.scans) == scans else "**ALTERED**"
    cpu = _children_cpu_s() - before
    return "\n".join(
        [
            "## Faults (real command, files, processes, store; a stand-in for the eyes)",
            "",
            f"Each injected {times} times at seeded moments; afterwards the next run must complete the work and the",
            "exports be, byte for byte, those of an undisturbed reading.",
            "",
            "| what goes wrong | injected | nothing lost, nothing doubled |",
            "|---|---|---|",
            *lines,
            "",
            f"Scans: {altered}. {cpu:.0f} CPU s in all, {time.monotonic() - start:.0f} s of clock.",
        ]
    )


def _line(fault: object, desk: Desk, times: int) -> str:
    """One fault, with the seeds at which something went wrong."""
    assert callable(fault)
    failed: list[str] = []
    for turn in range(times):
        seed = _FIRST_SEED + turn
        try:
            fault(desk, random.Random(seed))
        except PermissionError as error:
            return f"| {fault.__name__.replace('_', ' ')} | 0 | skipped: {error} |"
        except Exception:
            traceback.print_exc()
            failed.append(str(seed))
    told = f"**not at seeds {', '.join(failed)}**" if failed else f"{times} of {times}"
    return f"| {fault.__name__.replace('_', ' ')} | {times} | {told} |"


def _children_cpu_s() -> float:
    """CPU of all processes that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
