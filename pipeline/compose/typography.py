"""A form folder and the shared primitives, compiled in memory.

A form folder holds ``form.toml`` (words, questions) and ``form.typ`` (typography).  They
appear to typst as ``/form/…`` beside ``/compose/…``, so that a form may live in any folder.
"""

from __future__ import annotations

import importlib.metadata
import importlib.resources
import json
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.ttProgram import Program

from pipeline.compose.engine import Pages, compile_pages, query_values
from pipeline.compose.typeface import open_zero
from pipeline.errors import DependencyError, FormError

FONT_PACKAGE = "fontpkg_atkinson_hyperlegible"
ENTRY_NAME = "form.typ"
_FONT_STEMS = {"AtkinsonHyperlegible-Regular.ttf": (91, 74), "AtkinsonHyperlegible-Bold.ttf": (160, 115)}
"""The two weights in use, with the stems of their zero in units of the em."""


def compiled(folder: Path, **options: Any) -> Pages:  # noqa: ANN401 - typst's own options
    """The pages of a form folder as typst renders them.

    Raises ``FormError`` with typst's diagnostic: a fault of the typography is a fault of
    the form.
    """
    try:
        return compile_pages(sources(folder), font_folder(), timestamp=0, **options)
    except RuntimeError as error:
        raise _fault(folder, error) from error


def published(folder: Path, *, thorough: bool = True) -> list[dict[str, Any]]:
    """Everything that the primitives published, in the order of the pages.

    ``thorough`` also refuses a text that overflows its page, at twice the memory.
    """
    options: Any = {"sys_inputs": {"thorough": "yes"}} if thorough else {}
    try:
        told = query_values(sources(folder), font_folder(), "<zone>", **options)
    except RuntimeError as error:
        raise _fault(folder, error) from error
    found: list[dict[str, Any]] = json.loads(told)
    return found


def font_folder() -> str:
    """The folder of the form's typeface, its zeros without their stroke.

    Nobody in France writes a zero with a stroke, and people copy what they see printed.
    """
    return _opened_fonts().name


@lru_cache(maxsize=1)
def _opened_fonts() -> tempfile.TemporaryDirectory[str]:
    """The folder lives as long as the process."""
    try:
        files = importlib.resources.files(FONT_PACKAGE) / "files"
    except ModuleNotFoundError as error:
        raise DependencyError(
            "La police Atkinson Hyperlegible manque. Lancez « make setup ».", package=FONT_PACKAGE
        ) from error
    folder = tempfile.TemporaryDirectory(prefix="carnet-fonts-")
    for name, stems in _FONT_STEMS.items():
        with (files / name).open("rb") as source:
            font = TTFont(source, recalcTimestamp=False)
            for name_of_zero in ("zero", "zero.tf"):
                zero = font["glyf"][name_of_zero]
                open_zero(zero, font["glyf"], stems)
                zero.program = Program()
                zero.program.fromBytecode(b"")
            font.save(Path(folder.name) / name)
    return folder


def typesetter() -> str:
    """The versions of what typesets: typst and the typeface."""
    return " ".join(importlib.metadata.version(name) for name in ("typst", FONT_PACKAGE.replace("_", "-")))


def sources(folder: Path) -> dict[str, bytes]:
    """The files of a form and the shared primitives, by their path in typst."""
    found = {"main.typ": f'#include "/form/{ENTRY_NAME}"'.encode()}
    shared = importlib.resources.files("pipeline.compose") / "typst"
    for entry in sorted(shared.iterdir(), key=lambda entry: entry.name):
        found[f"compose/{entry.name}"] = entry.read_bytes()
    for path in sorted(folder.glob("*")):
        if path.suffix in {".typ", ".toml"}:
            found[f"form/{path.name}"] = path.read_bytes()
    if f"form/{ENTRY_NAME}" not in found:
        raise FormError(
            f"{folder / ENTRY_NAME} : ce fichier manque ; il compose les pages du formulaire.",
            file=str(folder / ENTRY_NAME),
            key="",
        )
    return found


def _fault(folder: Path, error: RuntimeError) -> FormError:
    told = getattr(error, "diagnostic", "") or str(error)
    return FormError(
        f"{folder / ENTRY_NAME} : typst refuse cette mise en page.\n{told}",
        file=str(folder / ENTRY_NAME),
        key="",
        diagnostic=told,
    )
