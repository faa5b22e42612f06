"""Pictures of charts: a typst source into PNG, in the typeface of the form."""

from __future__ import annotations

from typing import Any

import typst

from pipeline.compose.typography import font_folder

_PPI = 200.0


def typeset_picture(source: str) -> bytes:
    """The one page of a document as a PNG."""
    sources: Any = {"main.typ": source.encode()}
    compiler = typst.Compiler(sources, font_paths=[font_folder()], ignore_system_fonts=True)
    found = compiler.compile(format="png", ppi=_PPI)
    if not isinstance(found, bytes):
        raise ValueError("a chart fills one page")
    return found
