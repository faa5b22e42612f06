"""The typeface of what is stamped: checked for a text, subset, embedded once per batch.

Numbers and names are set in the form's own typeface as a composite font (Identity-H,
with a ToUnicode map so that they can be searched and copied); the standard PDF fonts
would lose every name outside Windows-1252.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import fontpkg
import pikepdf
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph, GlyphCoordinates
from pikepdf import Array, Dictionary, Name, Stream, String

from pipeline.errors import DependencyError

FAMILY = "Atkinson Hyperlegible"
MM_PER_PT = 25.4 / 72
_STEMS = (91, 74)
"""Thickness of the zero's sides, and of its top and bottom, in units of the em."""


@lru_cache(maxsize=1)
def _face() -> tuple[bytes, dict[int, int], int]:
    """The font file, the advance of every character it holds, and the units of an em."""
    try:
        data = fontpkg.path(FAMILY).read_bytes()
    except (fontpkg.FontpkgError, OSError) as error:
        raise DependencyError(
            f"La police « {FAMILY} » est introuvable. Relancez « make setup » pour l’installer.", font=FAMILY
        ) from error
    font = TTFont(io.BytesIO(data), lazy=True)
    advances = font["hmtx"]
    widths = {code: advances[glyph][0] for code, glyph in font.getBestCmap().items()}
    return data, widths, int(font["head"].unitsPerEm)


def missing_characters(text: str) -> str:
    """The characters of a text that the typeface does not hold, each once, in order."""
    _, widths, _ = _face()
    return "".join(dict.fromkeys(character for character in text if ord(character) not in widths))


def text_width_mm(text: str, size_pt: float) -> float:
    """Width of a text that the typeface holds."""
    _, widths, em = _face()
    return sum(widths[ord(character)] for character in text) / em * size_pt * MM_PER_PT


class StampFont:
    """The subset of the typeface for one batch.

    ``encode`` gives a text as the hexadecimal glyph string of a content stream; ``embed``
    adds the font to a PDF and returns its dictionary.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        from fontTools.subset import Options, Subsetter  # noqa: PLC0415 - 12 MB that no reading process needs

        data, _, _ = _face()
        codes = sorted({ord(character) for text in texts for character in text})
        font = TTFont(io.BytesIO(data), recalcTimestamp=False)
        options = Options(notdef_outline=True, hinting=False, layout_features=[], name_IDs=[1, 2, 6])
        subsetter = Subsetter(options=options)
        subsetter.populate(unicodes=codes)
        subsetter.subset(font)
        if ord("0") in codes:
            open_zero(font["glyf"][font.getBestCmap()[ord("0")]], font["glyf"])
        written = io.BytesIO()
        font.save(written)
        self._file = written.getvalue()
        cmap = font.getBestCmap()
        self._glyphs = {code: font.getGlyphID(cmap[code]) for code in codes}
        self._font = font

    def encode(self, text: str) -> str:
        """Glyph numbers of a text, as a PDF hexadecimal string; ``KeyError`` outside the subset."""
        return "<" + "".join(f"{self._glyphs[ord(character)]:04x}" for character in text) + ">"

    def embed(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """The composite font as an indirect object of a PDF."""
        font = self._font
        per_mille = 1000 / font["head"].unitsPerEm
        widths = [round(font["hmtx"][glyph][0] * per_mille) for glyph in font.getGlyphOrder()]
        base = Name("/" + _subset_tag(self._glyphs) + "+AtkinsonHyperlegible-Regular")
        head, hhea = font["head"], font["hhea"]
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=base,
            Flags=4,
            FontBBox=Array([round(side * per_mille) for side in (head.xMin, head.yMin, head.xMax, head.yMax)]),
            ItalicAngle=0,
            Ascent=round(hhea.ascent * per_mille),
            Descent=round(hhea.descent * per_mille),
            CapHeight=round(font["OS/2"].sCapHeight * per_mille),
            StemV=80,
            FontFile2=pdf.make_indirect(Stream(pdf, self._file, Length1=len(self._file))),
        )
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=base,
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
            FontDescriptor=pdf.make_indirect(descriptor),
            W=Array([0, Array(widths)]),
            CIDToGIDMap=Name.Identity,
        )
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=base,
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([pdf.make_indirect(descendant)]),
                ToUnicode=pdf.make_indirect(Stream(pdf, self._to_unicode())),
            )
        )

    def _to_unicode(self) -> bytes:
        """The map from glyphs back to characters, in blocks of at most a hundred."""
        pairs = [
            f"<{glyph:04x}> <{chr(code).encode('utf-16-be').hex()}>"
            for code, glyph in sorted(self._glyphs.items(), key=lambda item: item[1])
        ]
        blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
        body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
            f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
        ).encode()


def open_zero(zero: Glyph, glyf: Any, stems: tuple[int, int] = _STEMS) -> None:  # noqa: ANN401 - fontTools has no types
    """Take the stroke out of the zero: engines read it as 8 or 6, and in France nobody writes it so.

    What remains is the outline and, inside it, the same outline drawn in by one stem.  The
    glyph is changed in place.
    """
    coordinates, ends, flags = zero.getCoordinates(glyf)
    starts = [0, *(end + 1 for end in ends[:-1])]
    points = list(zip(coordinates, flags, strict=True))
    contours = [points[start : end + 1] for start, end in zip(starts, ends, strict=True)]
    outline = max(contours, key=lambda contour: max(x for (x, _), _ in contour) - min(x for (x, _), _ in contour))
    xs, ys = [x for (x, _), _ in outline], [y for (_, y), _ in outline]
    middle_x, middle_y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    narrow, low = (1 - 2 * stem / (max(axis) - min(axis)) for stem, axis in zip(stems, (xs, ys), strict=True))
    counter = [
        ((round(middle_x + (x - middle_x) * narrow), round(middle_y + (y - middle_y) * low)), flag)
        for (x, y), flag in reversed(outline)
    ]
    drawn = [*outline, *counter]
    zero.coordinates = GlyphCoordinates([point for point, _ in drawn])
    zero.flags = bytearray(flag for _, flag in drawn)
    zero.endPtsOfContours = [len(outline) - 1, len(drawn) - 1]
    zero.numberOfContours = 2
    zero.recalcBounds(glyf)


def _subset_tag(glyphs: dict[int, int]) -> str:
    """Six letters that name a subset; the same characters give the same tag."""
    value = sum((code + 1) * (place + 1) for place, code in enumerate(sorted(glyphs)))
    letters = []
    for _ in range(6):
        value, rest = divmod(value, 26)
        letters.append(chr(ord("A") + rest))
    return "".join(letters)


def normalised(text: str) -> str:
    """A text with composed accents and single spaces, as the typeface holds them."""
    return " ".join(unicodedata.normalize("NFC", text).split())
