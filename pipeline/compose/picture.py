"""Pictures of charts: a typst source into PNG, in the typeface of the form."""

from __future__ import annotations

from pipeline.compose.engine import compile_pages
from pipeline.compose.typography import font_folder

_PPI = 200.0


def typeset_picture(source: str) -> bytes:
    """The one page of a document as a PNG."""
    found = compile_pages({"main.typ": source.encode()}, font_folder(), format="png", ppi=_PPI)
    if not isinstance(found, bytes):
        raise ValueError("a chart fills one page")
    return found
