"""The blank form, as a PDF to print and as pixels to compare scans with."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from pipeline.compose.geometry import PAGE_MM, moved_fields, page_count_error, publish_layout
from pipeline.compose.proof import proofread
from pipeline.compose.typography import compiled
from pipeline.errors import FormError
from pipeline.model.form import PublishedForm
from pipeline.model.scan import PX_PER_MM, Grey

_blanks: dict[tuple[Path, str, str], dict[int, Grey]] = {}


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


def blank_pages(form: PublishedForm) -> dict[int, Grey]:
    """The blank print of every layout page on the canonical grid, by page number.

    The result is kept for the life of the process: its arrays are read-only.  Raises
    ``FormError`` like ``typeset``: a scan compared with another print would be misread.
    """
    key = (form.folder, form.definition.fingerprint, form.layout.fingerprint)
    if key not in _blanks:
        _check_frozen(form)
        rendered = compiled(form.folder, format="png", ppi=PX_PER_MM * 25.4)
        images = [rendered] if isinstance(rendered, bytes) else list(rendered or ())
        numbers = [page.number for page in form.definition.pages]
        if len(images) != len(numbers):
            raise page_count_error(form.folder, len(images), len(numbers))
        _blanks[key] = {number: _on_grid(image) for number, image in zip(numbers, images, strict=True)}
    return _blanks[key]


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
