"""A thousand carnets printed: CPU, memory, size."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from pipeline import compose, define
from pipeline.model.order import PrintOrder
from tests.bench.speed import peak_mb

COPIES = 1000


def report(desk: Path) -> str:
    """Booklets and plain A5 pages, each in a process of its own."""
    lines = [
        f"## Printing {COPIES} carnets",
        "",
        "| imposition | CPU s | peak MB | file MB | sides |",
        "|---|---|---|---|---|",
    ]
    for imposition in ("livret", "a5"):
        command = [sys.executable, "-m", "tests.bench.printing", imposition, str(desk)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found = json.loads(done.stdout.splitlines()[-1])
        figures = f"{found['cpu_s']:.1f} | {found['peak_mb']:.0f} | {found['file_mb']:.1f} | {found['sides']}"
        lines.append(f"| {imposition} | {figures} |")
    return "\n".join(lines)


def _print(imposition: str, desk: Path) -> dict[str, float]:
    """Start-up, typesetting and stamping, measured together."""
    form = define.open_shelf(define.form_folders()).latest("carnet")
    assert form is not None
    numbers = compose.draw_numbers(COPIES, 2026, frozenset(), 1)
    out = desk / f"printing-{imposition}"
    out.mkdir(parents=True, exist_ok=True)
    printed = compose.print_carnets(
        form, [PrintOrder(carnet=number) for number in numbers], imposition=imposition, out_dir=out
    )
    return {
        "cpu_s": time.process_time(),
        "peak_mb": peak_mb(),
        "file_mb": printed.pdf.stat().st_size / 1e6,
        "sides": printed.sides,
    }


if __name__ == "__main__":
    print(json.dumps(_print(sys.argv[1], Path(sys.argv[2]))))
