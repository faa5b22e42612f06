"""A form of twelve near-blank pages, so that printing is tested without typesetting."""

import io
from pathlib import Path

import pikepdf

from pipeline.model.form import FormDefinition, Page, PublishedForm
from pipeline.model.layout import Box, FieldBox, Layout, PageLayout, StampLayout

WIDTH_MM, HEIGHT_MM = 148.0, 210.0
NAME_ZONE = Box(x=20, y=90, w=108, h=14)
STAMP = StampLayout(
    markers=tuple(Box(x=x, y=y, w=6, h=6) for x, y in ((7, 7), (135, 7), (135, 197), (7, 197))),
    codes=tuple(Box(x=70, y=y, w=8, h=8) for y in (6, 196)),
    numbers=tuple(Box(x=80, y=y, w=50, h=7) for y in (6.5, 196.5)),
)


def fake_form(count: int = 12, *, named: bool = True, continuation: bool = True) -> PublishedForm:
    pages = [Page(number=number, title=f"Page {number}") for number in range(1, count + 1)]
    if continuation:
        pages.append(Page(number=21, title="Suite", continues="act", first_row=13, rows=7, name="suite_journal"))
    masked = FieldBox(name="couv_titulaire", type="masked", box=NAME_ZONE)
    layouts = [PageLayout(number=page.number, fields=(masked,) if named and page.number == 1 else ()) for page in pages]
    return PublishedForm(
        definition=FormDefinition(
            id="carnet",
            version="2026.1",
            code=1,
            version_code=1,
            title="Carnet d'essai",
            pages=tuple(pages),
            fields=(),
            jacket=(1, 2, count - 1, count),
        ),
        layout=Layout(
            form="carnet",
            version="2026.1",
            page_size_mm=(WIDTH_MM, HEIGHT_MM),
            pages=tuple(layouts),
            stamp=STAMP,
        ),
        folder=Path("forms/carnet/2026.1"),
    )


def fake_typeset(form: PublishedForm) -> bytes:
    """A page of the layout is told by a grey bar whose height in mm is its number."""
    pdf = pikepdf.new()
    for page in form.definition.pages:
        pdf.add_blank_page(page_size=(WIDTH_MM * 72 / 25.4, HEIGHT_MM * 72 / 25.4))
        content = f"0.7 g 60 100 20 {page.number * 72 / 25.4:.3f} re f"
        pdf.pages[-1].Contents = pdf.make_stream(content.encode())
    written = io.BytesIO()
    pdf.save(written)
    return written.getvalue()
