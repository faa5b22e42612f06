"""The child program that opens what may be hostile: started by path, apart from the package.

It imports as little as it needs, because every process that reads files starts one.
One request and one answer are one line of JSON each; pixels follow the answer as raw
bytes.  Each request names its own limits: the address space that may be used beyond the
start, and processor seconds.  The parent kills the child when it does not answer.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from typing import Any

_MEGABYTE = 1 << 20


def main() -> None:
    """Answer requests until the parent closes the pipe or dies."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        request = json.loads(line)
        _limit(int(request["memory_mb"]), int(request["seconds"]))
        try:
            answer, pixels = _JOBS[request["job"]](request)
        except MemoryError:
            answer, pixels = {"problem": "too_demanding"}, b""
        answer["bytes"] = len(pixels)
        out.write(json.dumps(answer).encode("ascii") + b"\n" + pixels)
        out.flush()


def _limit(memory_mb: int, seconds: int) -> None:
    """Bound what the next job may take: beyond it, memory fails and time kills."""
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - as little as possible is imported
        pages = int(statm.read().split()[0])
    used = resource.getrusage(resource.RUSAGE_SELF)
    for what, most in (
        (resource.RLIMIT_AS, pages * resource.getpagesize() + memory_mb * _MEGABYTE),
        (resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds + 1),
    ):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def count_pages(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Pages of a PDF file, and how many its page tree announces: fewer found are lost ones."""
    import pikepdf  # noqa: PLC0415 - each job imports its own library

    try:
        with (
            open(os.fsencode(request["path"]), "rb") as stream,  # noqa: PTH123
            pikepdf.open(stream, suppress_warnings=True) as pdf,
        ):
            announced = int(pdf.Root.Pages.get("/Count", 0))
            return {"pages": len(pdf.pages), "announced": announced}, b""
    except pikepdf.PasswordError:
        return {"problem": "encrypted_pdf"}, b""
    except OSError:
        return {"problem": "unreadable_file"}, b""
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError, KeyError, RuntimeError):
        return {"problem": "damaged_pdf"}, b""


def look_at_heic(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Size in pixels of each picture of a HEIC file."""
    try:
        import pillow_heif  # noqa: PLC0415
    except ImportError:
        return {"problem": "heic_image"}, b""
    try:
        pictures = pillow_heif.open_heif(os.fsdecode(request["path"]), convert_hdr_to_8bit=True)
        return {"sizes": [list(picture.size) for picture in pictures]}, b""
    except (OSError, ValueError, RuntimeError, SyntaxError, EOFError):
        return {"problem": "damaged_image"}, b""


def read_heic(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Grey pixels of one picture of a HEIC file, upright; ``factor`` 2 or 4 halves or quarters it."""
    try:
        import pillow_heif  # noqa: PLC0415
    except ImportError:
        return {"problem": "heic_image"}, b""
    try:
        pictures = pillow_heif.open_heif(os.fsdecode(request["path"]), convert_hdr_to_8bit=True)
        grey = pictures[int(request["index"])].to_pillow().convert("L")
    except (OSError, ValueError, RuntimeError, SyntaxError, EOFError, IndexError):
        return {"problem": "damaged_image"}, b""
    if int(request["factor"]) > 1:
        grey = grey.reduce(int(request["factor"]))
    return {"width": grey.width, "height": grey.height}, grey.tobytes()


_JOBS: dict[str, Callable[[dict[str, Any]], tuple[dict[str, Any], bytes]]] = {
    "count_pages": count_pages,
    "look_at_heic": look_at_heic,
    "read_heic": read_heic,
}

if __name__ == "__main__":
    main()
