"""The file on disk: open elsewhere, written whole or not at all, set aside rather than lost."""

from __future__ import annotations

import contextlib
import datetime
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from pipeline.errors import OutputError, system_reason


def lock_of(path: Path) -> Path | None:
    """The mark that LibreOffice or Excel leaves beside a workbook that it holds open, if any."""
    marks = (path.with_name(f".~lock.{path.name}#"), path.with_name(f"~${path.name}"))
    return next((mark for mark in marks if mark.exists()), None)


def require_closed(path: Path) -> None:
    """Raise ``OutputError`` when the workbook is open elsewhere or cannot be replaced."""
    mark = lock_of(path)
    if mark is not None:
        raise OutputError(
            f"« {path} » est ouvert dans Excel ou LibreOffice : il ne peut pas être remplacé. Enregistrez-le, "
            f"fermez-le, puis relancez la commande. S’il n’est ouvert nulle part, supprimez « {mark.name} ».",
            file=str(path),
            mark=str(mark),
        )
    if path.exists() and not os.access(path, os.W_OK):
        raise _blocked(path, "le fichier est protégé en écriture")


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a file beside, then put it in place in one step.

    The file is readable by its owner only.  Raises ``OutputError`` when the folder or the
    file cannot be written; an earlier file then stays as it was.
    """
    beside: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        beside = Path(name)
        write(beside)
        beside.replace(path)
    except OSError as error:
        raise _blocked(path, system_reason(error)) from error
    finally:
        if beside is not None:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)


def dated_beside(path: Path, at: datetime.datetime) -> Path:
    """A free name beside a workbook that must stay as it is: ``analyse-2026-11-22-0930.xlsx``."""
    stem = f"{path.stem}-{at:%Y-%m-%d-%H%M}"
    found, number = path.with_name(f"{stem}{path.suffix}"), 2
    while found.exists():
        found, number = path.with_name(f"{stem}-{number}{path.suffix}"), number + 1
    return found


def _blocked(path: Path, why: str) -> OutputError:
    return OutputError(
        f"« {path} » ne peut pas être écrit ({why}). Fermez-le s’il est ouvert, vérifiez que le dossier "
        f"« {path.parent} » est accessible en écriture et que le disque n’est pas plein, puis relancez la commande.",
        file=str(path),
        why=why,
    )
