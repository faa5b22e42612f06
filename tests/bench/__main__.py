"""``python -m tests.bench``: rehearse, read, score, time; Markdown out.

Parts run alone with ``--part accuracy|digits|speed|printing|registration|faults|consolidation|disclosure``.
``--write`` keeps the report as ``tests/bench/RESULTS.md`` (``REGISTRATION.md`` for registration alone).  Times are
CPU seconds and are shown as ratios to decoding the same files with OpenCV: bare seconds mean
little on a shared machine.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path

from tests.bench import accuracy, consolidation, digits, disclosure, faults, printing, registration, speed, ticks

PARTS = ("accuracy", "ticks", "digits", "speed", "printing", "registration", "faults", "consolidation", "disclosure")
RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> int:
    """Run the parts asked for; print and perhaps keep the report."""
    options = _options()
    parts = [options.part] if options.part else list(PARTS)
    desk = options.desk or Path(tempfile.mkdtemp(prefix="bench-"))
    report = [_head(options), *(_part(name, options, desk) for name in PARTS if name in parts)]
    text = "\n\n".join(report) + "\n"
    print(text)
    if options.write:
        written = registration.RESULTS if options.part == "registration" else RESULTS
        written.write_text(text, encoding="utf-8")
    return 0


def _part(name: str, options: argparse.Namespace, desk: Path) -> str:
    """The report of one part."""
    told = {
        "accuracy": lambda: accuracy.report(desk, options.carnets, options.seed, options.mains, options.profile),
        "ticks": ticks.report,
        "digits": lambda: digits.report(options.mains, options.dense, options.seed),
        "speed": lambda: _speed(options, desk),
        "printing": lambda: printing.report(desk),
        "registration": lambda: registration.report(desk, options.pages, options.seed, options.family),
        "faults": lambda: faults.report(desk, options.times),
        "disclosure": disclosure.report,
        "consolidation": lambda: consolidation.report(desk, options.campaign or (300, 5_000)),
    }
    return told[name]()


def _speed(options: argparse.Namespace, desk: Path) -> str:
    """Speed on the scans of the first profile, rehearsed when they are not there yet."""
    scans = desk / f"{accuracy.PROFILES[0]}-own"
    if not scans.exists():
        accuracy.rehearsed(desk, accuracy.PROFILES[0], options.carnets, options.seed, None)
    return speed.report(scans / "numerisations", desk)


def _options() -> argparse.Namespace:
    """What to measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--part", choices=PARTS, default="")
    parser.add_argument("--carnets", type=int, default=25)
    parser.add_argument("--dense", type=int, default=40, help="dense pages of numbers for each kind of scan")
    parser.add_argument("--seed", type=int, default=4711)
    parser.add_argument("--mains", type=Path, default=None, help="folder of real digits; skipped when absent")
    parser.add_argument("--profile", action="append", default=[], help="kinds of scan instead of the usual two")
    parser.add_argument("--pages", type=int, default=600, help="degraded pages of the part « registration »")
    parser.add_argument("--family", action="append", default=[], choices=registration.FAMILIES)
    parser.add_argument("--desk", type=Path, default=None, help="where to work (kept; default: a temporary folder)")
    parser.add_argument("--times", type=int, default=20, help="how often each fault is injected")
    parser.add_argument(
        "--campaign", type=int, action="append", default=[], help="sizes of the part « consolidation » (300 and 5,000)"
    )
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.mains is not None and not options.mains.is_dir():
        options.mains = None
    return options


def _head(options: argparse.Namespace) -> str:
    """What was run, on what."""
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("opencv-python", "numpy", "pikepdf", "typst", "zxing-cpp")
    )
    return (
        "# Bench on rehearsed scans\n\n"
        f"Part {options.part or 'all'}, {options.carnets} carnets a kind of scan, seed {options.seed} · "
        f"Python {platform.python_version()}, {libraries}.\n"
        "Everything is rehearsed: printed pages filled and scanned by machine. The figures compare versions of this\n"
        "program with each other on the same pages; they do not foretell rates on paper that people filled."
    )


if __name__ == "__main__":
    raise SystemExit(main())
