"""Copies of a form, stamped and imposed into one PDF, with the manifest that describes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.compose.imposition import Imposition, SheetPage, Side, impose
from pipeline.compose.press import SAVING, Plan, Press, printed_page
from pipeline.errors import OutputError, system_reason
from pipeline.model.form import PublishedForm
from pipeline.model.order import PrintOrder

PDF_NAME = "carnets.pdf"
MANIFEST_NAME = "manifest.json"
SEPARATE_FOLDER = "carnets"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedFiles:
    """What was written: the PDF, its manifest, one PDF per carnet if asked, and how many sides."""

    pdf: Path
    manifest: Path
    separate: tuple[Path, ...]
    sides: int


def print_carnets(
    form: PublishedForm,
    orders: Sequence[PrintOrder],
    *,
    variant: str = "standard",
    imposition: Imposition = "livret",
    separate: bool = False,
    out_dir: Path,
    progress: Progress = lambda step, done, total: None,
) -> PrintedFiles:
    """Write ``carnets.pdf`` and ``manifest.json`` for these orders into an existing folder.

    With ``separate``, also ``carnets/<number>.pdf`` for each.  Names appear in the PDF
    alone.  The same orders give the same bytes.  Raises ``UsageError`` for an imposition
    the form cannot have, ``OutputError`` when the folder cannot be written.
    """
    plans = _plans(form, orders, variant, imposition)
    press = Press(form, variant, imposition, plans)
    _write(press, _counted(plans, "Impression des carnets", progress), out_dir / PDF_NAME)
    written = []
    if separate:
        _make_folder(out_dir / SEPARATE_FOLDER)
        for plan in _counted(plans, "Un fichier par carnet", progress):
            written.append(out_dir / SEPARATE_FOLDER / f"{plan[0].carnet}.pdf")
            _write(press, [plan], written[-1])
    manifest = out_dir / MANIFEST_NAME
    definition = form.definition
    head = {"form": definition.id, "version": definition.version, "variant": variant, "imposition": imposition}
    _write_manifest(manifest, head, _manifest_pages(plans))
    sides = sum(len(sides) for _, sides in plans)
    return PrintedFiles(pdf=out_dir / PDF_NAME, manifest=manifest, separate=tuple(written), sides=sides)


def _plans(form: PublishedForm, orders: Sequence[PrintOrder], variant: str, imposition: Imposition) -> list[Plan]:
    """The sides of every copy; copies of the same sheets share them."""
    size = form.layout.page_size_mm
    by_sheets: dict[tuple[SheetPage, ...], list[Side]] = {}
    for order in orders:
        if order.sheets not in by_sheets:
            sides = impose(form.definition, order, variant=variant, imposition=imposition, page_size_mm=size)
            by_sheets[order.sheets] = sides
    return [(order, by_sheets[order.sheets]) for order in orders]


def _counted(plans: Sequence[Plan], step: str, progress: Progress) -> Iterator[Plan]:
    """The plans, telling how many have been dealt with."""
    for done, plan in enumerate(plans, start=1):
        yield plan
        progress(step, done, len(plans))


def _write(press: Press, plans: Iterable[Plan], path: Path) -> None:
    """One PDF of these copies."""
    with press.pdf(plans) as pdf:
        try:
            pdf.save(path, **SAVING)
        except OSError as error:
            raise _unwritable(path, error) from error


def _manifest_pages(plans: Sequence[Plan]) -> Iterator[dict[str, Any]]:
    """One entry per side of the PDF."""
    pages = ((order, side) for order, sides in plans for side in sides)
    for number, (order, side) in enumerate(pages, start=1):
        yield {
            "pdf_page": number,
            "slots": [
                {
                    "carnet_id": order.carnet,
                    "page": printed_page((slot.page, slot.ordinal)),
                    "origin_mm": list(slot.origin_mm),
                    "scale": slot.scale,
                }
                for slot in side.slots
            ],
        }


def _write_manifest(path: Path, head: dict[str, str], pages: Iterable[dict[str, Any]]) -> None:
    """The manifest, one side a line so that people and ``diff`` can read it."""
    try:
        with path.open("w", encoding="utf-8") as out:
            out.write(json.dumps(head)[:-1] + ', "pages": [')
            for place, page in enumerate(pages):
                out.write((",\n " if place else "\n ") + json.dumps(page))
            out.write("\n]}\n")
    except OSError as error:
        raise _unwritable(path, error) from error


def _make_folder(path: Path) -> None:
    """The folder of the separate files."""
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> OutputError:
    """The error of a file that cannot be written."""
    return OutputError(
        f"« {path} » ne peut pas être écrit ({system_reason(error)}). Vérifiez que le dossier est accessible en "
        "écriture et que le disque n’est pas plein, ou choisissez un autre dossier avec « --sortie ».",
        file=str(path),
    )
