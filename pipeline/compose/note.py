"""The note for elected people: four A4 pages, tagged, in the typeface of the form."""

from __future__ import annotations

import dataclasses
import importlib.resources
import io
import json
import re
from typing import Any

import pikepdf

from pipeline.compose.engine import compile_pages
from pipeline.compose.typography import font_folder
from pipeline.errors import OutputError
from pipeline.model.note import Note

PAGES = 4
_TIGHTNESS = 4
"""How the note is set closer when its words do not fit: less air, no remarks under charts, labels on one line."""


def typeset_note(note: Note) -> bytes:
    """The note as a tagged PDF of four pages.

    A text that does not fit is set closer, never under 11 points; a label that is cut ends
    in three dots.  Raises ``OutputError`` when even that is too long.
    """
    for tightness in range(_TIGHTNESS):
        pdf = _compiled(note, tightness)
        with pikepdf.open(io.BytesIO(pdf)) as document:
            if len(document.pages) == PAGES:
                return pdf
    raise OutputError(
        "La note ne tient pas sur quatre pages : les libellés des groupes ou des réponses sont trop longs. "
        "Raccourcissez-les dans « publication.toml ».",
        pages=PAGES,
    )


def _set(value: Any) -> Any:  # noqa: ANN401 - what json holds
    """The same with the no-break spaces of French typography."""
    if isinstance(value, dict):
        return {key: _set(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_set(item) for item in value]
    return re.sub(r"(?<=«) | (?=[»:;!?%])", "\u00a0", value) if isinstance(value, str) else value


def _compiled(note: Note, tightness: int) -> bytes:
    """The note at one tightness."""
    content = _set(dataclasses.asdict(note)) | {"tightness": tightness}
    shared = importlib.resources.files("pipeline.compose") / "typst"
    sources = {
        "main.typ": b'#include "/note/note.typ"',
        "note/note.typ": (shared / "note.typ").read_bytes(),
        "note/style.typ": (shared / "style.typ").read_bytes(),
        "note/note.json": json.dumps(content, ensure_ascii=False).encode(),
    }
    pdf = compile_pages(sources, font_folder(), format="pdf", pdf_standards="ua-1", timestamp=0)
    if not isinstance(pdf, bytes):
        raise OutputError("La note n’a pas pu être composée.", pages=0)
    return pdf
