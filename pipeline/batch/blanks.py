"""The printed blanks of a campaign's forms, rendered once and shared by all who read.

Typesetting takes more memory than all of reading: it happens in a process of its own,
and workers map the pages that they need from a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline import compose, define
from pipeline.batch.pool import run_tasks
from pipeline.model.form import PublishedForm

BLANKS = ".blancs"
"""Folder of the rendered blanks in a campaign folder; it may be deleted at any time."""


def ready_blanks(folder: Path, form_folders: Sequence[Path]) -> None:
    """Have the blanks of every form that may be read rendered in a campaign folder.

    Raises ``FormError`` when a form would no longer be printed as it was released.  When
    the rendering process dies, nothing is said: each worker then renders what it needs.
    """
    missing = [form.folder for form in define.open_shelf(form_folders).forms if not _is_ready(form, folder)]
    if missing:
        tasks = [(path, folder) for path in missing]
        for _ in run_tasks(_render, tasks, workers=1, prepare=_nothing):
            pass


def _is_ready(form: PublishedForm, folder: Path) -> bool:
    """Whether a form is never read, or its blanks are there."""
    return form.definition.nominative or compose.blanks_path(form, folder / BLANKS).exists()


def _render(task: tuple[Path, Path]) -> bool:
    form_folder, folder = task
    compose.kept_blanks(define.load_form(form_folder), folder / BLANKS)
    return True


def _nothing() -> None:
    """A process that renders needs no preparation."""
