"""The blank form, as a PDF to print and as pixels to compare scans with."""

from __future__ import annotations

import hashlib
import mmap
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from pipeline.compose.geometry import PAGE_MM, moved_fields, page_count_error, publish_layout
from pipeline.compose.proof import proofread
from pipeline.compose.typography import compiled, sources, typesetter
from pipeline.errors import FormError
from pipeline.model.form import PublishedForm
from pipeline.model.scan import PX_PER_MM, Grey

_Key = tuple[Path, str, str]
_rendered: dict[_Key, Mapping[int, Grey]] = {}
_mapped: dict[tuple[Path, Path, str, str], Mapping[int, Grey]] = {}
_maps: dict[Path, mmap.mmap] = {}


def typeset(form: PublishedForm) -> bytes:
    """The blank pages as a tagged PDF, in the order of the definition.

    Raises ``FormError`` when the typography would print a field elsewhere than the
    frozen layout says: such pages could not be read back.
    """
    _check_frozen(form)
    pdf = compiled(form.folder, format="pdf", pdf_standards="ua-1")
    if not isinstance(pdf, bytes):
        raise page_count_error(form.folder, 0, len(form.definition.pages))
    return pdf


def blank_pages(form: PublishedForm) -> Mapping[int, Grey]:
    """The blank print of every layout page on the canonical grid, by page number.

    The result is kept for the life of the process: its arrays are read-only.  Raises
    ``FormError`` like ``typeset``: a scan compared with another print would be misread.
    """
    key = _key(form)
    if key not in _rendered:
        _check_frozen(form)
        found = compiled(form.folder, format="png", ppi=PX_PER_MM * 25.4)
        images = [found] if isinstance(found, bytes) else list(found or ())
        numbers = [page.number for page in form.definition.pages]
        if len(images) != len(numbers):
            raise page_count_error(form.folder, len(images), len(numbers))
        _rendered[key] = {number: _on_grid(image) for number, image in zip(numbers, images, strict=True)}
    return _rendered[key]


def kept_blanks(form: PublishedForm, folder: Path) -> Mapping[int, Grey]:
    """The same pages out of a file in ``folder``, shared by every process that reads it.

    Rendered into it when it is not there yet.  Its name holds everything that makes the
    print, so that a file is never taken for another form's, or an older version's.
    """
    key = (folder, *_key(form))
    if key not in _mapped:
        path = blanks_path(form, folder)
        numbers = [page.number for page in form.definition.pages]
        pages = _load(path, len(numbers))
        if pages is None:
            _save(list(blank_pages(form).values()), path)
            pages = _load(path, len(numbers))
        _mapped[key] = blank_pages(form) if pages is None else dict(zip(numbers, pages, strict=True))
    return _mapped[key]


def rest_blanks() -> None:
    """Give back the memory of kept blanks until they are looked at again.

    What is measured of a blank is kept elsewhere; its pixels would weigh on every process
    that met it once.
    """
    for held in _maps.values():
        held.madvise(mmap.MADV_DONTNEED)


def blanks_path(form: PublishedForm, folder: Path) -> Path:
    """Where ``kept_blanks`` keeps the pages of a form."""
    return folder / f"{form.definition.id}-{form.definition.version}-{_print_digest(form)[:16]}.npy"


def _load(path: Path, count: int) -> list[Grey] | None:
    """Pages mapped from a file: only those in use take room, once for all processes; None when it is not whole."""
    try:
        pages = np.load(path, "r")
    except (OSError, ValueError, EOFError):
        return None
    width, height = (round(side * PX_PER_MM) for side in PAGE_MM)
    whole = pages.shape == (count, height, width) and pages.dtype == np.uint8
    if not whole:
        return None
    if isinstance(pages.base, mmap.mmap):
        _maps[path] = pages.base
    return [np.asarray(page) for page in pages]


def _key(form: PublishedForm) -> _Key:
    """What tells a form from another in this process."""
    return form.folder, form.definition.fingerprint, form.layout.fingerprint


def _save(pages: Sequence[Grey], path: Path) -> None:
    """Write pages whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as file:
        np.save(file, np.stack(pages))
        file.flush()
        os.fsync(file.fileno())  # a power cut must not leave pages of zeros: they would be read against
    part.replace(path)


def _check_frozen(form: PublishedForm) -> None:
    """Refuse a typography that no longer prints every field where the layout says."""
    moved = moved_fields(form.layout, publish_layout(form.folder, thorough=not proofread(form.folder)))
    if moved:
        path = form.folder / "layout.json"
        raise FormError(
            f"{path} : la mise en page a changé depuis qu’elle a été figée (« {moved[0]} », en tout {len(moved)} "
            "champ(s)). Ces pages seraient mal lues. Créez une nouvelle version du formulaire.",
            file=str(path),
            key=moved[0],
            moved=moved,
        )


def _print_digest(form: PublishedForm) -> str:
    """SHA-256 over all that the rendered blanks depend on."""
    digest = hashlib.sha256(f"{form.layout.fingerprint} {PX_PER_MM} {typesetter()}".encode())
    for name, content in sources(form.folder).items():
        digest.update(f"\0{name}\0".encode() + content)
    return digest.hexdigest()


def _on_grid(png: bytes) -> Grey:
    """A rendered page on the canonical grid: the last part of a pixel is cut or padded."""
    image = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    width, height = (round(side * PX_PER_MM) for side in PAGE_MM)
    grid = np.full((height, width), 255, np.uint8)
    if image is not None:
        kept = image[:height, :width]
        grid[: kept.shape[0], : kept.shape[1]] = kept
    grid.setflags(write=False)
    return grid
