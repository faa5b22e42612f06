"""How sheets look: calm, and legible once printed in black and white."""

from __future__ import annotations

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from pipeline.workbook.sheet import Kind, LineStyle, Look

FACE = "Calibri"
INK = "FF1F2933"
FAINT = "FF5B6770"
TINT = "FFE6ECF1"  # header: pale, so that a print stays readable and cheap
ACCENT = "FF1D4E79"
TYPED_TINT = "FFFFF8DC"

FORMATS: dict[Kind, str] = {
    "text": "@",
    "prose": "@",
    "label": "@",
    "typed": "@",
    "state": "@",
    "picture": "@",
    "integer": "0",
    "flag": "0",
    "hours": "0.00",
    "decimal": "0.00",
    "percent": "0.0\u00a0%",
    "figure": "#,##0",
    "date": "dd/mm/yyyy",
    "time": "dd/mm/yyyy hh:mm",
    "month": "mm/yyyy",
}
_CENTRED: tuple[Kind, ...] = ("date", "time", "month", "flag")
_NUMBERS: tuple[Kind, ...] = ("integer", "hours", "decimal", "percent", "figure")
_WRAPPED: tuple[Kind, ...] = ("prose", "typed", "picture")

_HAIR = Side(style="hair", color="FFB8C2CC")
_THIN = Side(style="thin", color="FF7B8794")
_STRONG = Side(style="medium", color=ACCENT)

BODY_FONT = Font(name=FACE, size=10, color=INK)
STATE_FONT = Font(name=FACE, size=9, color=FAINT)
LINK_FONT = Font(name=FACE, size=10, color=ACCENT, underline="single")
NOTE_FONT = Font(name=FACE, size=10, italic=False, color=FAINT)
HEADER_FONT = Font(name=FACE, size=10, bold=True, color=INK)
HEADER_FILL = PatternFill("solid", fgColor=TINT)
HEADER_ALIGNMENT = Alignment(wrap_text=True, vertical="center", horizontal="left")
HEADER_BORDER = Border(bottom=_STRONG)
BODY_BORDER = Border(bottom=_HAIR)
TYPED_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
TYPED_FILL = PatternFill("solid", fgColor=TYPED_TINT)

LOOKS: dict[Look, PatternFill] = {
    "": PatternFill(),
    "review": PatternFill("lightUp", fgColor="FFD08A2E", bgColor="FFFFF8EC"),
    "absent": PatternFill("gray0625", fgColor="FF7B8794"),
    "illegible": PatternFill("lightTrellis", fgColor="FF9AA5B1"),
    "kept": PatternFill("solid", fgColor="FFF3F4F6"),
}

LINE_FONTS: dict[LineStyle, Font] = {
    "title": Font(name=FACE, size=18, bold=True, color=ACCENT),
    "lead": Font(name=FACE, size=11, color=INK),
    "heading": Font(name=FACE, size=12, bold=True, color=ACCENT),
    "pair": Font(name=FACE, size=10, bold=True, color=INK),
    "figure": Font(name=FACE, size=10, color=INK),
    "link": LINK_FONT,
    "swatch": Font(name=FACE, size=10, color=INK),
    "space": BODY_FONT,
}


def alignment(kind: Kind) -> Alignment:
    """Numbers to the right, off the text that follows; dates and flags centred; prose wrapped."""
    if kind in _NUMBERS:
        return Alignment(horizontal="right", vertical="center", indent=1)
    horizontal = "center" if kind in _CENTRED else None
    return Alignment(horizontal=horizontal, vertical="center", wrap_text=kind in _WRAPPED)


def body_font(kind: Kind) -> Font:
    """States are context: smaller and fainter than answers."""
    return STATE_FONT if kind == "state" else BODY_FONT


def fill(kind: Kind, look: Look) -> PatternFill:
    """The look of a state, or the tint of a cell to fill in."""
    return TYPED_FILL if kind == "typed" and not look else LOOKS[look]


def border(kind: Kind) -> Border:
    """Cells to fill in are boxed: colour alone would vanish in print."""
    return TYPED_BORDER if kind == "typed" else BODY_BORDER
