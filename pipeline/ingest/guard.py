"""Work on what may be hostile, done by a child process with limits.

The structure of a PDF file is opened here before any process of ours opens it (a few
kilobytes can unfold into gigabytes), and so are HEIC pictures.  The child is started at
the first need, costs a tenth of a second, and ends with the process that started it.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import PageError

_PROGRAM = Path(__file__).with_name("guarded.py")
_CHUNK_BYTES = 1 << 20
_LONGEST_LINE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one job may take.  The clock runs slower than the processor on a busy machine."""

    memory_mb: int
    seconds: int

    @property
    def patience_s(self) -> float:
        """How long to wait for an answer."""
        return self.seconds * 3.0


class _Child:
    """One child process and the pipe to it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        """Whether it still answers this very process."""
        return self.owner == os.getpid() and self._process.poll() is None

    def ask(self, request: dict[str, Any], patience_s: float) -> tuple[dict[str, Any], bytes]:
        """One request and its answer; raises ``TimeoutError`` or ``OSError``."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request).encode("ascii") + b"\n")
        self._process.stdin.flush()
        deadline, received = time.monotonic() + patience_s, bytearray()
        while (end := received.find(b"\n")) < 0:
            received += self._some(deadline)
            if len(received) > _LONGEST_LINE and b"\n" not in received:
                raise OSError("no answer")
        answer: dict[str, Any] = json.loads(received[:end])
        del received[: end + 1]
        while len(received) < int(answer["bytes"]):
            received += self._some(deadline)
        return answer, bytes(received)

    def _some(self, deadline: float) -> bytes:
        """What the child has written, as soon as it writes something."""
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        found = os.read(self._process.stdout.fileno(), _CHUNK_BYTES)
        if not found:
            raise OSError("the child is gone")
        return found

    def end(self) -> None:
        """Kill it, unless it belongs to the process that we were forked from."""
        if self.owner != os.getpid():
            return
        self._process.kill()
        self._process.communicate()


_children: list[_Child] = []


def guarded(job: str, path: Path, limits: Limits, **more: int) -> tuple[dict[str, Any], bytes]:
    """The answer of a child to one job on one file; raises ``PageError``.

    A child that dies or does not answer in time has met its match: ``too_demanding``.
    """
    request = {"job": job, "path": os.fspath(path), "memory_mb": limits.memory_mb, "seconds": limits.seconds, **more}
    child = _child()
    try:
        answer, pixels = child.ask(request, limits.patience_s)
    except (OSError, ValueError) as error:
        end_child()
        raise PageError("too_demanding", job=job) from error
    if "problem" in answer:
        raise PageError(str(answer["problem"]))
    return answer, pixels


@atexit.register
def end_child() -> None:
    """Leave no child behind."""
    while _children:
        _children.pop().end()


def _child() -> _Child:
    """The child of this process, started when there is none."""
    if not _children or not _children[-1].alive:
        end_child()
        _children.append(_Child())
    return _children[-1]
