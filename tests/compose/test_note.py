"""The note: four pages whatever the figures, legible, tagged, in the typeface of the form."""

import importlib.resources
import io
import itertools
import re
from dataclasses import replace

import pdf2image
import pikepdf
import pytest

from pipeline.compose.note import PAGES, typeset_note
from pipeline.errors import OutputError
from pipeline.model.note import Chart, ChartRow, Note, Tile

LONG = "Membres d’une instance de participation ; personnes qui débutent, ou dont le public n’est pas dit"
SENTENCE = (
    "Une phrase de longueur ordinaire, comme on en lit dans une note, avec *un mot* qui compte et 74 % en exemple."
)


def bars(kind, count, label, parts=(), **more):
    shares = tuple(1 / len(parts) for _ in parts) if parts else (0.4,)
    interval = (0.3, 0.52) if kind == "intervals" else None
    row = ChartRow(label=label, base=12_345, shares=shares, interval=interval, **more)
    return Chart(
        kind=kind, title="Un titre de graphique", rows=(row,) * count, parts=parts, alternative="Le graphique en mots.",
        remark=SENTENCE,
    )  # fmt: skip


def note(label="Un groupe", **more):
    """A note as full as figures can make it."""
    levels = ("Pas du tout", "Plutôt non", "Plutôt oui", "Tout à fait")
    changes = ("plus bas à la fin", "pareil", "plus haut à la fin")
    full = Note(
        title="Carnet de l’engagement citoyen et associatif",
        headline="Ce que disent les premiers carnets",
        readers="Note aux membres du Conseil parisien des associations",
        made="Édition n° 12, 20/11/2026",
        tiles=(Tile(figure="12\u202f345", label="carnets rendus et lus, un peu plus long"),) * 4,
        essentials=(SENTENCE * 2,) * 5,
        tried=(SENTENCE * 3,) * 2,
        who=(SENTENCE * 2,) * 2,
        opinions=(SENTENCE * 2,),
        skills=(SENTENCE * 2,),
        wishes=(SENTENCE,),
        charts=(
            bars("bars", 14, label),
            bars("bars", 6, label),
            replace(
                bars("stacked", 10, "Ce carnet est facile à comprendre", levels, value="80 %"), value_head="d’accord"
            ),
            bars("stacked", 8, "F – Animer, prendre des responsabilités", changes),
            bars("intervals", 8, "déclarer mes heures au Compte engagement citoyen"),
        ),
        interval=(SENTENCE, SENTENCE * 2),
        example=ChartRow(label="Un exemple", base=102, shares=(0.74,), interval=(0.64, 0.81)),
        unsaid=(SENTENCE,) * 5,
        protection=(SENTENCE * 2,),
    )
    return replace(full, **more)


def empty():
    """A note when nothing may be drawn."""
    chart = Chart(kind="bars", title="Un titre", instead="Trop peu de réponses pour un graphique.")
    return note(charts=(chart,) * 5, example=None, opinions=(), skills=(), wishes=(), essentials=(SENTENCE,), tiles=())


@pytest.fixture(scope="module")
def pdf():
    return typeset_note(note())


def page_count(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


@pytest.mark.parametrize("given", [note(), note(LONG), empty()], ids=["full", "long labels", "nothing to draw"])
def test_there_are_four_pages_whatever_the_figures(given):
    assert page_count(typeset_note(given)) == PAGES


def test_words_that_cannot_fit_are_refused_and_not_cut():
    with pytest.raises(OutputError):
        typeset_note(note(essentials=(SENTENCE * 20,) * 20))


def test_it_is_tagged_french_titled_and_claims_the_accessible_standard(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang).startswith("fr")
        assert document.Root.ViewerPreferences.DisplayDocTitle
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert "Ce que disent les premiers carnets" in metadata["dc:title"]
        tags = list(tags_of(document.Root.StructTreeRoot))
    assert {"/H1", "/H2", "/H3", "/P", "/L", "/Figure"} <= {tag for tag, _ in tags}
    told = [alternative for tag, alternative in tags if tag == "/Figure"]
    assert len(told) == 6
    assert all(told)


def tags_of(node):
    """Structure elements with their alternative text."""
    if isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield str(node.S), str(node.get("/Alt", ""))
        children = node.get("/K", [])
        for child in children if isinstance(children, pikepdf.Array) else [children]:
            yield from tags_of(child)


def test_no_text_is_smaller_than_eleven_points_and_the_typeface_is_embedded(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        sizes = {
            round(float(operands[1]), 2)
            for page in document.pages
            for operands, operator in pikepdf.parse_content_stream(page)
            if str(operator) == "Tf"
        }
        fonts = {str(font.BaseFont) for page in document.pages for font in page.Resources.get("/Font", {}).values()}
        embedded = [
            "/FontFile2" in font.DescendantFonts[0].FontDescriptor
            or "/FontFile3" in font.DescendantFonts[0].FontDescriptor
            for page in document.pages
            for font in page.Resources.get("/Font", {}).values()
        ]
    assert min(sizes) >= 11
    assert fonts
    assert all("AtkinsonHyperlegible" in name for name in fonts)
    assert all(embedded)


def test_the_parts_of_a_stack_are_told_apart_in_black_and_white(pdf):
    """Rendered in grey, neighbouring parts of the legend differ clearly in lightness."""
    page = pdf2image.convert_from_bytes(pdf, dpi=100, first_page=3, last_page=3, grayscale=True)[0]
    source = (importlib.resources.files("pipeline.compose") / "typst" / "note.typ").read_text(encoding="utf-8")
    colours = re.search(r"else \{ \(hatched, rgb\(\"#(\w+)\"\), mid, navy\) \}", source)
    assert colours
    greys = sorted({value for _, value in page.getcolors(1 << 20)})
    light, mid, dark = (_grey(code) for code in (colours[1], "5d83b4", "14305c"))
    assert all(any(abs(found - wanted) <= 3 for found in greys) for wanted in (light, mid, dark))
    assert all(abs(a - b) > 50 for a, b in itertools.pairwise((light, mid, dark)))


def _grey(code):
    red, green, blue = (int(code[at : at + 2], 16) for at in (0, 2, 4))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_the_same_figures_give_the_same_bytes(pdf):
    assert typeset_note(note()) == pdf
