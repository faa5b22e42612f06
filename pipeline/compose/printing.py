"""Copies of a form, stamped and imposed into one PDF, with the manifest that describes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.compose.imposition import Imposition, impose
from pipeline.compose.press import SAVING, Plan, Press, printed_page
from pipeline.errors import OutputError
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
    size = form.layout.page_size_mm
    plans = [
        (order, impose(form.definition, order, variant=variant, imposition=imposition, page_size_mm=size))
        for order in orders
    ]
    press = Press(form, variant, imposition, plans)
    _write(press, _counted(plans, "Impression des carnets", progress), out_dir / PDF_NAME)
    written = []
    if separate:
        _make_folder(out_dir / SEPARATE_FOLDER)
        for plan in _counted(plans, "Un fichier par carnet", progress):
            written.append(out_dir / SEPARATE_FOLDER / f"{plan[0].carnet}.pdf")
            _write(press, [plan], written[-1])
    manifest = out_dir / MANIFEST_NAME
    entries = list(_manifest_pages(plans))
    _write_manifest(manifest, form, variant, imposition, entries)
    return PrintedFiles(pdf=out_dir / PDF_NAME, manifest=manifest, separate=tuple(written), sides=len(entries))


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


def _write_manifest(
    path: Path, form: PublishedForm, variant: str, imposition: Imposition, entries: list[dict[str, Any]]
) -> None:
    """The manifest, one side a line so that people and ``diff`` can read it."""
    definition = form.definition
    head = {"form": definition.id, "version": definition.version, "variant": variant, "imposition": imposition}
    lines = ",\n ".join(json.dumps(entry) for entry in entries)
    text = json.dumps(head)[:-1] + f', "pages": [\n {lines}\n]}}\n'
    try:
        path.write_text(text, encoding="utf-8")
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
        f"« {path} » ne peut pas être écrit ({error.strerror or error}). Vérifiez que le dossier est accessible en "
        "écriture et que le disque n'est pas plein, ou choisissez un autre dossier avec « --sortie ».",
        file=str(path),
    )
