"""What people see in a terminal: sentences, tables and progress."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from pipeline.wording import THIN, thousands

PLAIN_EVERY_S = 10.0
_CLOSING = re.compile(r" (?=[:;!?»])")
_OPENING = re.compile(r"« ")
Progress = Callable[[str, int, int], None]


def say(text: str = "", *, hang: int = 0) -> None:
    """A line for the person at the keyboard; on a terminal what does not fit hangs ``hang`` columns in."""
    line = typographic(text)
    if hang and sys.stdout.isatty():
        width = shutil.get_terminal_size().columns
        line = textwrap.fill(line, width, subsequent_indent=" " * hang, break_long_words=False, break_on_hyphens=False)
    print(line, flush=True)  # noqa: T201 - this module is where printing lives


def warn(text: str) -> None:
    """A line on the error channel."""
    print(typographic(text), file=sys.stderr, flush=True)  # noqa: T201 - this module is where printing lives


def typographic(text: str) -> str:
    """French spaces that never break: before : ; ! ? and inside « »."""
    return _OPENING.sub("«\u00a0", _CLOSING.sub("\u00a0", text))


def table(rows: Iterable[Sequence[str]], *, indent: int = 2) -> None:
    """Rows in aligned columns; columns of numbers on the right, a lot that is called 1 among other names is a name."""
    lines = [tuple(row) for row in rows]
    if not lines:
        return
    columns = list(zip(*lines, strict=True))
    widths = [max(map(len, column)) for column in columns]
    counts = [all(map(_is_count, column[1:])) for column in columns]
    for row in lines:
        cells = [
            text.rjust(width) if count and _is_count(text) else text.ljust(width)
            for text, width, count in zip(row, widths, counts, strict=True)
        ]
        say(" " * indent + "  ".join(cells).rstrip())


def _is_count(text: str) -> bool:
    """Whether a cell holds a whole number, or the sign that there is none."""
    return text.replace(THIN, "").isdigit() or text in {"", "–"}


def plural(count: int, one: str, many: str) -> str:
    """« 1 page », « 12 pages », « 1 200 pages » with a narrow no-break space."""
    return f"{thousands(count)}\u00a0{one if count < 2 else many}"


@contextmanager
def progress() -> Iterator[Progress]:
    """A reporter of long work: bars on a terminal, else a plain line now and then."""
    if sys.stderr.isatty():
        with _bars() as report:
            yield report
    else:
        yield _plain()


@contextmanager
def _bars() -> Iterator[Progress]:
    """One bar for each step."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    from rich.console import Console

    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, int] = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)  # type: ignore[arg-type]

        yield report


def _plain() -> Progress:
    """Lines for a log file: the start of a step, then one every ten seconds."""
    last: dict[str, float] = {}

    def report(step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if step in last and done < total and now - last[step] < PLAIN_EVERY_S:
            return
        if step not in last or done >= total or now - last[step] >= PLAIN_EVERY_S:
            if total and (done or step not in last):
                warn(f"{step} : {thousands(done)} sur {thousands(total)}")
            last[step] = now

    return report
