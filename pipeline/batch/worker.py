"""What a worker does with one task: sides of one file in, page results out.

A plain function on plain values, so that any ``concurrent.futures`` executor runs it.
No pixel leaves the worker: the kept image of a page is written here, and a page that
raises costs nobody else anything.
"""

from __future__ import annotations

import ctypes
import functools
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2

from pipeline import compose, define, ingest, read, register
from pipeline.batch.blanks import BLANKS
from pipeline.errors import CarnetError, PageError
from pipeline.ingest import SourceFile
from pipeline.model.form import FormShelf
from pipeline.model.result import Disposition, PageResult
from pipeline.model.scan import Grey, RegisteredPage, ScanImage
from pipeline.settings import RegisterSettings, Settings

IMAGES = "pages"
JPEG_QUALITY = 80
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Of ``mallopt(3)``."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTask:
    """Some sides of one file, and all that is needed to read them."""

    file: SourceFile
    sides: tuple[int, ...]
    folder: Path
    form_folders: tuple[Path, ...]
    settings: Settings


def prepare_worker() -> None:
    """One thread per worker: the files are what runs in parallel."""
    cv2.setNumThreads(1)
    _keep_memory()


def _keep_memory() -> None:
    """The memory of a page serves the next: not handed back and asked for again, zeroed, for every array (glibc)."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, 32 << 20)
        mallopt(_TRIM_THRESHOLD, 128 << 20)


def read_task(task: ReadTask) -> list[PageResult]:
    """Every page, blank, foreign or unreadable part found on the sides of a task."""
    shelf = _shelf(task.form_folders)
    results: list[PageResult] = []
    for side in ingest.read_sides(task.file, task.sides, task.settings.ingest, glance=True):
        if isinstance(side, ScanImage):
            results.extend(_read_side(side, shelf, task))
            compose.rest_blanks()
        else:
            results.append(
                PageResult(source=side.source, slot=1, disposition=Disposition.UNREADABLE, problem=side.code)
            )
    return results


def refused_side(task: ReadTask, side: int, reason: str) -> PageResult:
    """The account of a side that could not be read at all."""
    return PageResult(source=task.file.ref(side), slot=1, disposition=Disposition.UNREADABLE, problem=reason)


@functools.lru_cache(maxsize=4)
def _shelf(folders: tuple[Path, ...]) -> FormShelf:
    """The forms of this run, opened once per process."""
    return define.open_shelf(folders)


def _read_side(image: ScanImage, shelf: FormShelf, task: ReadTask) -> Iterator[PageResult]:
    """All pages of one side; a failure is a row of the balance, not an exception."""
    try:
        blanks = functools.partial(compose.kept_blanks, folder=task.folder / BLANKS)
        found = search_side(image, lambda: _finer(image, task), shelf, blanks, task.settings.register)
    except PageError as error:
        yield refused_side(task, image.source.side, error.reason)
        return
    except (OSError, CarnetError):
        raise
    except Exception:
        _log.exception("side %d of a file could not be searched", image.source.side)
        yield refused_side(task, image.source.side, "internal_error")
        return
    for page in found:
        yield _read_page(page, shelf, task) if isinstance(page, RegisteredPage) else page


def search_side(
    image: ScanImage,
    finer: Callable[[], ScanImage],
    shelf: FormShelf,
    blanks: register.Blanks,
    settings: RegisterSettings,
) -> list[RegisteredPage | PageResult]:
    """The pages of one side and what else there is on it; raises ``PageError``.

    A side whose pixels were merged is looked at again, ``finer``, when not every page of it is placed.
    """
    found = register.find_pages(image, shelf, blanks, read.read_number, settings)
    if image.merged > 1 and not all(map(_is_settled, found)):
        return register.find_pages(finer(), shelf, blanks, read.read_number, settings)
    return found


def _is_settled(found: RegisteredPage | PageResult) -> bool:
    """Whether a finer look at the side could not find more."""
    return isinstance(found, RegisteredPage) or found.disposition is Disposition.BLANK


def _finer(image: ScanImage, task: ReadTask) -> ScanImage:
    """The side at all the resolution that reading ever needs; raises ``PageError``."""
    (side,) = ingest.read_sides(task.file, (image.source.side,), task.settings.ingest)
    if not isinstance(side, ScanImage):
        raise PageError(side.code)
    return side


def _read_page(page: RegisteredPage, shelf: FormShelf, task: ReadTask) -> PageResult:
    """The measures of one registered page; its image is kept, masked."""
    form = shelf.by_code(page.identity.form_code, page.identity.version_code)
    assert form is not None, "register only yields pages of known forms"
    definition = form.definition
    try:
        blank = compose.kept_blanks(form, task.folder / BLANKS)[page.layout_page]
        readings = read.read_page(page, form, blank, task.settings.read)
        if task.settings.read.text_suggestions:
            readings = read.suggest(page, form, blank, readings, task.settings.read)
        ink = read.ink_map(page, form, blank, task.settings.read)
        image = _keep(read.masked_image(page, form), page, task.folder)
    except (OSError, CarnetError):
        raise
    except Exception:
        _log.exception("page %d on side %d could not be read", page.layout_page, page.source.side)
        return PageResult(
            source=page.source, slot=page.slot, disposition=Disposition.UNREADABLE, problem="internal_error"
        )
    return PageResult(
        source=page.source,
        slot=page.slot,
        form=definition.id,
        version=definition.version,
        identity=page.identity,
        layout_page=page.layout_page,
        identified_by=page.identified_by,
        pose=page.pose,
        warnings=page.warnings,
        evidence=page.evidence,
        image=image,
        ink_map=ink,
        readings=readings,
    )


def _keep(pixels: Grey, page: RegisteredPage, folder: Path) -> str:
    """Write the kept image, whole or not at all; return its path in the campaign folder."""
    name = f"{IMAGES}/{page.source.sha256[:16]}-{page.source.side:04d}-{page.slot}.jpg"
    path = folder / name
    done, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    assert done, "an 8-bit grey image can always be encoded"
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(data.tobytes())
    part.replace(path)
    return name
