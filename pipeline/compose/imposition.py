"""Which logical page lies where on which side of paper.

Booklet order: sheet 1 carries the first and the last two pages (for twelve pages 12|1
on the front and 2|11 on the back), and so on inwards.  Printed duplex, turned over the
short edge, and folded together, the pages follow one another; the outer sheet comes
first, so that it can be put aside as the loose jacket.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.errors import UsageError
from pipeline.model.form import FormDefinition
from pipeline.model.order import PrintOrder

Imposition = Literal["livret", "a5"]
SheetPage = tuple[int, int]
"""Page of the layout and ordinal of the continuation sheet (0 on a bound page)."""

LARGE_SCALE = 1.414
A4_MM = (210.0, 297.0)
RIGHT_SLOT_MM = 148.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One logical page on a side: where its top left corner lies, and its scale."""

    page: int
    ordinal: int
    origin_mm: tuple[float, float]
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of paper.  ``fold_mm`` is where the sheet is folded, on its inner side only."""

    size_mm: tuple[float, float]
    slots: tuple[Slot, ...]
    fold_mm: float | None = None


def booklet_sheets(pages: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """The sheets of a booklet from the outside in: front left and right, back left and right."""
    last = len(pages) - 1
    return [
        (pages[last - k], pages[k], pages[k + 1], pages[last - k - 1]) for k in range(0, len(pages) // 2, 2)
    ]  # fmt: skip


def impose(
    definition: FormDefinition,
    order: PrintOrder,
    *,
    variant: str,
    imposition: Imposition,
    page_size_mm: tuple[float, float],
) -> list[Side]:
    """The sides of one copy, in printing order.

    In booklet imposition a bound page comes with the whole sheet that holds it;
    continuation sheets are always single pages.  Raises ``UsageError`` when the form
    cannot be made into a booklet.
    """
    wanted = order.sheets or tuple((number, 0) for number in definition.booklet)
    bound = {page for page, ordinal in wanted if not ordinal}
    single = _large_side if variant == "gros_caracteres" else _single_side
    if imposition == "a5":
        return [single(page, ordinal, page_size_mm) for page, ordinal in wanted]
    if bound:
        check_booklet(definition, variant)
    sides: list[Side] = []
    for sheet in booklet_sheets(definition.booklet) if bound else ():
        if bound & set(sheet):
            sides.append(_spread(sheet[0], sheet[1], page_size_mm[1], inner=False))
            sides.append(_spread(sheet[2], sheet[3], page_size_mm[1], inner=True))
    sides += [single(page, ordinal, page_size_mm) for page, ordinal in wanted if ordinal]
    return sides


def booklet_obstacle(definition: FormDefinition, variant: str) -> str:
    """What keeps a form from being folded into a booklet: ``large``, ``pages``, or empty."""
    if variant == "gros_caracteres":
        return "large"
    return "pages" if len(definition.booklet) % 4 else ""


def check_booklet(definition: FormDefinition, variant: str) -> None:
    """Refuse a booklet that no folding can make."""
    obstacle = booklet_obstacle(definition, variant)
    if obstacle == "large":
        raise UsageError(
            "Un carnet en gros caractères s’imprime en pages A4 : il ne se plie pas en livret. "
            "Demandez « --imposition a5 ».",
            imposition="livret",
            variant=variant,
        )
    if obstacle == "pages":
        count = len(definition.booklet)
        raise UsageError(
            f"Le formulaire « {definition.id} {definition.version} » compte {count} page(s) : un livret "
            "plié en demande un multiple de quatre. Demandez « --imposition a5 ».",
            imposition="livret",
            pages=count,
        )


def _single_side(page: int, ordinal: int, size_mm: tuple[float, float]) -> Side:
    """One page on paper of its own size."""
    return Side(size_mm=size_mm, slots=(Slot(page=page, ordinal=ordinal, origin_mm=(0.0, 0.0), scale=1.0),))


def _large_side(page: int, ordinal: int, size_mm: tuple[float, float]) -> Side:
    """One page in large print on A4."""
    return Side(size_mm=A4_MM, slots=(Slot(page=page, ordinal=ordinal, origin_mm=(0.0, 0.0), scale=LARGE_SCALE),))


def _spread(left: int, right: int, height_mm: float, *, inner: bool) -> Side:
    """Two pages side by side on A4."""
    return Side(
        size_mm=(A4_MM[1], height_mm),
        slots=(
            Slot(page=left, ordinal=0, origin_mm=(0.0, 0.0), scale=1.0),
            Slot(page=right, ordinal=0, origin_mm=(RIGHT_SLOT_MM, 0.0), scale=1.0),
        ),
        fold_mm=RIGHT_SLOT_MM if inner else None,
    )
