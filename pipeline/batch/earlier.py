"""Earlier workbooks of a campaign: what people typed in them, and whether they may be replaced.

A workbook that is open elsewhere, or was changed in a way that a new one would lose, is
never overwritten: a dated one is written beside it.  Dated ones are read back as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import consolidate, review
from pipeline.errors import InputError, OutputError
from pipeline.store import Store
from pipeline.workbook import (
    Additions,
    Trace,
    as_text,
    last_editor,
    lock_of,
    merged,
    read_additions,
    read_typed,
    require_closed,
)

WORKBOOK = "analyse.xlsx"
_NOTE = "classeur:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Answers to doubts, codings of open answers, and why they could not be read."""

    answers: Mapping[str, review.TypedAnswer] = field(default_factory=dict)
    codings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Everything taken from earlier workbooks.

    ``keep`` says why ``analyse.xlsx`` must stay as it is, ``blocked`` that it is open or
    protected rather than changed.
    """

    typed: Typed
    additions: Additions
    keep: str = ""
    blocked: bool = False


def read_earlier(folder: Path, store: Store) -> Earlier:
    """What was typed in ``analyse.xlsx`` and in dated workbooks beside it, the latest saved counting."""
    path = folder / WORKBOOK
    typed, additions = Typed(), Additions()
    keep, blocked = "", False
    for file in _saved(path, store):
        found = _typed(file)
        added = read_additions(file, trace_of(file, store))
        if file == path:
            keep = found.unread or _sentence(file, added)
        typed = Typed(answers={**typed.answers, **found.answers}, codings={**typed.codings, **found.codings})
        notes = dict.fromkeys((*additions.notes, *added.notes))
        additions = Additions(columns=merged(additions.columns, added.columns), notes=tuple(notes))
    try:
        require_closed(path)
    except OutputError as error:
        keep, blocked = error.message, True
    return Earlier(typed=typed, additions=additions, keep=keep, blocked=blocked)


def _saved(path: Path, store: Store) -> Iterator[Path]:
    """``analyse.xlsx`` and the dated ones that are newer or were edited, in order of saving."""
    main = [path] if path.exists() else []
    born = path.stat().st_mtime_ns if main else 0
    dated = [
        file
        for file in path.parent.glob(f"{path.stem}-*{path.suffix}")
        if (trace := trace_of(file, store)) is not None
        and lock_of(file) is None
        and (file.stat().st_mtime_ns > born or _digest(file) != trace.sha256)
    ]
    yield from sorted([*main, *dated], key=lambda file: (file.stat().st_mtime_ns, file.name))


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _typed(path: Path) -> Typed:
    """Answers and codings of one workbook."""
    try:
        answers = read_typed(path, review.SHEET, review.KEY, (review.ANSWER, review.REMARK), optional=(review.WHO,))
        editor = last_editor(path)
        codings = read_typed(path, consolidate.TEXTS, consolidate.KEY, consolidate.CODING)
    except InputError as error:
        return Typed(unread=error.message)
    return Typed(
        answers={
            key: review.TypedAnswer(answer=answer, remark=as_text(remark), who=as_text(who) or editor)
            for key, (answer, remark, who) in answers.items()
        },
        codings={key: tuple(map(as_text, texts)) for key, texts in codings.items()},
    )


def _sentence(file: Path, added: Additions) -> str:
    """Why a workbook cannot be carried over whole."""
    if not added.lost:
        return ""
    shown = " ; ".join(added.lost[:3]) + (" ; …" if len(added.lost) > 3 else "")
    return f"« {file.name} » a été changé d’une façon qui ne peut pas être reprise : {shown}."


def trace_of(file: Path, store: Store) -> Trace | None:
    """What was written under this name, if the program wrote it."""
    noted = store.note(_NOTE + file.name)
    return Trace.loaded(noted) if noted else None


def note_trace(file: Path, trace: Trace, store: Store) -> None:
    """Remember what was written."""
    store.set_note(_NOTE + file.name, trace.dumped())
