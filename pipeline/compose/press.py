"""The shared drawings of a batch, and the few operators that make a copy of them.

Each page of the form becomes one drawing (a form XObject) that every copy shares, with
all that is the same on every copy: the typeset page, the four markers, the small print.
A side of paper then holds a few hundred bytes: where the drawing goes, two codes, the
number, and the name on a cover.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Sequence, Set

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from pipeline.compose import stamp
from pipeline.compose.cover import place_name
from pipeline.compose.imposition import Imposition, SheetPage, Side, Slot
from pipeline.compose.typeface import StampFont, normalised
from pipeline.compose.typeset import typeset
from pipeline.errors import FormError
from pipeline.model.form import PublishedForm
from pipeline.model.identity import VARIANTS, PageIdentity
from pipeline.model.order import PrintOrder

PT_PER_MM = 72 / 25.4
_SIZE_TOLERANCE_MM = 0.1
_FOLD_TICK_MM = 6.0
_SHARED = "/Shared"
_COVER = 1
SAVING = {"deterministic_id": True, "object_stream_mode": pikepdf.ObjectStreamMode.generate}
Plan = tuple[PrintOrder, Sequence[Side]]


class Press:
    """The shared drawings of one batch, ready to be put into any number of PDFs."""

    def __init__(
        self,
        form: PublishedForm,
        variant: str,
        imposition: Imposition,
        plans: Sequence[Plan],
    ) -> None:
        self._form = form
        self._variant = variant
        self._imposition = imposition
        used = sorted({(slot.page, slot.ordinal) for _, sides in plans for side in sides for slot in side.slots})
        self._font = StampFont(_texts(form, used, [order for order, _ in plans]))
        self._blank = self._shared_drawings(used)

    def pdf(self, copies: Iterable[Plan]) -> pikepdf.Pdf:
        """A PDF of these copies; the caller closes it.

        The page tree is written by hand: appending pages one by one copies the list of
        all pages each time.
        """
        pdf = pikepdf.open(io.BytesIO(self._blank))
        resources, tree = pdf.Root[_SHARED], pdf.Root.Pages
        del pdf.Root[_SHARED]
        boxes: dict[tuple[float, float], pikepdf.Object] = {}
        kids = []
        for order, sides in copies:
            for side in sides:
                if side.size_mm not in boxes:
                    corners = [0, 0, *(round(length * PT_PER_MM, 3) for length in side.size_mm)]
                    boxes[side.size_mm] = pdf.make_indirect(Array(corners))
                page = Dictionary(
                    Type=Name.Page,
                    Parent=tree,
                    MediaBox=boxes[side.size_mm],
                    Resources=resources,
                    Contents=pdf.make_indirect(Stream(pdf, self._side(order, side), Filter=Name.FlateDecode)),
                )
                kids.append(pdf.make_indirect(page))
        tree.Kids = Array(kids)
        tree.Count = len(kids)
        return pdf

    def _shared_drawings(self, used: Sequence[SheetPage]) -> bytes:
        """The PDF without pages: shared drawings, font, and how it wants to be printed."""
        definition = self._form.definition
        duplex = "/DuplexFlipShortEdge" if self._imposition == "livret" else "/DuplexFlipLongEdge"
        with pikepdf.new() as pdf, pikepdf.open(io.BytesIO(typeset(self._form))) as base:
            font = self._font.embed(pdf)
            pages = _typeset_drawings(pdf, base, self._form, {page for page, _ in used})
            drawings = {_drawing_name(key): self._page_drawing(pdf, font, pages[key[0]], key) for key in used}
            resources = Dictionary(XObject=Dictionary(drawings), Font=Dictionary({stamp.FONT: font}))
            pdf.Root[_SHARED] = pdf.make_indirect(resources)
            pdf.Root.Lang = String("fr-FR")
            # True size and the right way to turn the paper, in viewers that listen.
            pdf.Root.ViewerPreferences = Dictionary(PrintScaling=Name("/None"), Duplex=Name(duplex))
            pdf.docinfo["/Title"] = String(f"{definition.title} ({definition.id} {definition.version})")
            return as_bytes(pdf)

    def _page_drawing(
        self, pdf: pikepdf.Pdf, font: pikepdf.Object, base: pikepdf.Object, key: SheetPage
    ) -> pikepdf.Object:
        """One page as every copy shows it, in mm from its top left corner, y downwards."""
        layout, definition = self._form.layout, self._form.definition
        width, height = layout.page_size_mm
        printed = printed_page(key)
        mm = f"{1 / PT_PER_MM:.8f}"
        words = stamp.small_words(definition.id, definition.version, printed)
        content = (
            f"q {mm} 0 0 -{mm} 0 {stamp.rounded(height)} cm /B Do Q\n"
            + stamp.markers(layout.stamp, printed)
            + stamp.text(self._font, stamp.small_lines(layout.stamp, words))
        )
        drawing = Stream(
            pdf,
            content.encode("ascii"),
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=Array([0, 0, width, height]),
            Resources=Dictionary(XObject=Dictionary(B=base), Font=Dictionary({stamp.FONT: font})),
        )
        return pdf.make_indirect(drawing)

    def _side(self, order: PrintOrder, side: Side) -> bytes:
        """The operators of one side of one copy, compressed."""
        content = "".join(self._slot(order, slot, side.size_mm[1]) for slot in side.slots) + _fold_tick(side)
        return zlib.compress(content.encode("ascii"), 9)

    def _slot(self, order: PrintOrder, slot: Slot, side_height_mm: float) -> str:
        """The operators that put one page of one copy into its slot."""
        layout = self._form.layout
        key = (slot.page, slot.ordinal)
        x, y = slot.origin_mm
        lines = stamp.number_lines(layout.stamp, order.carnet)
        if order.name and slot.page == _COVER:
            lines += place_name(self._form, order.name)
        scale = f"{slot.scale * PT_PER_MM:.6f}"
        return (
            f"q {scale} 0 0 -{scale} {x * PT_PER_MM:.4f} {(side_height_mm - y) * PT_PER_MM:.4f} cm\n"
            f"{_drawing_name(key)} Do\n"
            + stamp.text(self._font, lines)
            + stamp.codes(layout.stamp, self._payload(order.carnet, key))
            + "Q\n"
        )

    def _payload(self, carnet: str, key: SheetPage) -> str:
        """The digits of the codes of one page of one copy."""
        definition = self._form.definition
        return PageIdentity(
            form_code=definition.code,
            version_code=definition.version_code,
            variant=VARIANTS[self._variant],
            carnet=carnet,
            page=printed_page(key),
            sheet=key[1],
        ).encode()


def printed_page(key: SheetPage) -> int:
    """The page number that a page of the layout bears on the sheet of that ordinal."""
    page, ordinal = key
    return page + max(0, ordinal - 1)


def _drawing_name(key: SheetPage) -> str:
    """The resource name of a shared drawing."""
    return f"/P{key[0]}_{key[1]}" if key[1] else f"/P{key[0]}"


def _texts(form: PublishedForm, used: Sequence[SheetPage], orders: Sequence[PrintOrder]) -> list[str]:
    """Every text that this batch stamps, for the subset of the font."""
    definition = form.definition
    small = [stamp.small_words(definition.id, definition.version, printed_page(key)) for key in used]
    return ["0123456789-", *small, *(normalised(order.name) for order in orders)]


def _typeset_drawings(
    pdf: pikepdf.Pdf, base: pikepdf.Pdf, form: PublishedForm, wanted: Set[int]
) -> dict[int, pikepdf.Object]:
    """The typeset pages as form XObjects by page of the layout, shared fonts copied once."""
    pages = form.definition.pages
    if len(base.pages) != len(pages):
        raise FormError(
            f"« {form.folder} » : la mise en page donne {len(base.pages)} pages et la définition en annonce "
            f"{len(pages)}. Corrigez l’une ou l’autre.",
            folder=str(form.folder),
            typeset=len(base.pages),
            defined=len(pages),
        )
    found = {}
    for page, source in zip(pages, base.pages, strict=True):
        if page.number in wanted:
            _check_size(form, page.number, source)
            found[page.number] = pdf.copy_foreign(source.as_form_xobject())
    return found


def _check_size(form: PublishedForm, number: int, page: pikepdf.Page) -> None:
    """Refuse a typeset page that is not the size of the layout."""
    left, bottom, right, top = (float(side) for side in page.mediabox)
    found = (right - left) / PT_PER_MM, (top - bottom) / PT_PER_MM
    if any(abs(a - b) > _SIZE_TOLERANCE_MM for a, b in zip(found, form.layout.page_size_mm, strict=True)):
        raise FormError(
            f"« {form.folder} » : la page {number} mesure {found[0]:.1f} × {found[1]:.1f} mm, et non la taille "
            "annoncée dans layout.json.",
            folder=str(form.folder),
            page=number,
            size_mm=found,
        )


def _fold_tick(side: Side) -> str:
    """A short grey line at both ends of the fold, on the inner side, outside every page."""
    if side.fold_mm is None:
        return ""
    x = f"{side.fold_mm * PT_PER_MM:.3f}"
    tick, height = f"{_FOLD_TICK_MM * PT_PER_MM:.3f}", f"{side.size_mm[1] * PT_PER_MM:.3f}"
    start = f"{(side.size_mm[1] - _FOLD_TICK_MM) * PT_PER_MM:.3f}"
    return f"q 0.6 G 0.4 w {x} 0 m {x} {tick} l {x} {start} m {x} {height} l S Q\n"


def as_bytes(pdf: pikepdf.Pdf) -> bytes:
    """A PDF as bytes, the same ones for the same content."""
    written = io.BytesIO()
    pdf.save(written, **SAVING)
    return written.getvalue()
