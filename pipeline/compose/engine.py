"""The door of typst, which is loaded when something is typeset: no reading process needs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Pages = bytes | list[bytes] | None


def compile_pages(sources: Mapping[str, bytes], fonts: str, **options: Any) -> Pages:  # noqa: ANN401 - typst's own options
    """The pages of ``main.typ`` as typst renders them; ``RuntimeError`` with its diagnostic."""
    import typst  # noqa: PLC0415

    found: Any = dict(sources)
    return typst.Compiler(found, font_paths=[fonts], ignore_system_fonts=True).compile(**options)


def query_values(sources: Mapping[str, bytes], fonts: str, selector: str, **options: Any) -> str:  # noqa: ANN401
    """The values that a selector finds, as JSON; ``RuntimeError`` with typst's diagnostic."""
    import typst  # noqa: PLC0415

    found: Any = dict(sources)
    return typst.query(found, selector, field="value", font_paths=[fonts], ignore_system_fonts=True, **options)
