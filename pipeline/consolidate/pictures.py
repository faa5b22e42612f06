"""Charts as typst sources: stacked or plain bars that print in black and white, for PNG files."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.workbook import Block, Board, Cell, Entry, Formula

_HEAD = """#set page(width: 190mm, height: auto, margin: 8mm, fill: white)
#set text(font: "Atkinson Hyperlegible", size: 10pt, fill: rgb("#1f2933"), lang: "fr")
"""
_BAR_MM, _LABEL_MM = 110, 56


def chart_sources(board: Board) -> dict[str, str]:
    """A typst document for each chart of a board, by the name of its file."""
    found: dict[str, str] = {}
    for block in board.blocks:
        if block.chart is not None:
            found[block.table.removeprefix("t_graphique_")] = _document(block)
    return found


def _document(block: Block) -> str:
    """Title, bars, legend and note of one chart."""
    asked = block.chart
    if asked is None:
        raise ValueError(f"{block.title}: no chart")
    lines = [_HEAD, f'#text(size: 13pt, weight: "bold")[{_escaped(asked.title)}]\n#v(2mm)\n']
    for row in block.rows:
        shares = [_number(row[place]) for place in asked.series]
        label = _escaped(str(_plain(row[0])))
        make = _stacked if asked.kind == "stacked" else _plain_bars
        lines.append(
            f"#grid(columns: ({_LABEL_MM}mm, 1fr), column-gutter: 2mm, align: (right + horizon, left + horizon), "
            f"[{label}], [{make(shares, asked.shades)}])\n#v(-1.5mm)\n"
        )
    if len(asked.series) > 1:
        lines.append("#v(3mm)\n" + _legend([block.columns[place].header for place in asked.series], asked.shades))
    lines.append(f'#v(1mm)\n#text(size: 9pt, fill: rgb("#5b6770"))[{_escaped(block.note)}]\n')
    return "".join(lines)


def _stacked(shares: Sequence[float], shades: Sequence[float]) -> str:
    """One bar cut in parts, its figures inside where they fit."""
    whole = sum(shares) or 1
    parts = [
        _box(_BAR_MM * share / whole, shade, f"{share * 100:.0f} %" if share / whole >= 0.07 else "")
        for share, shade in zip(shares, shades, strict=True)
        if share > 0
    ]
    return "#stack(dir: ltr, " + ", ".join(parts) + ")"


def _plain_bars(shares: Sequence[float], shades: Sequence[float]) -> str:
    """A bar for each series, its figure behind it."""
    bars = [
        f"stack(dir: ltr, spacing: 1.5mm, {_box(max(0.3, (_BAR_MM - 14) * share), shade, '')}, "
        f"align(horizon)[#text(size: 9pt)[{share * 100:.0f} %]])"
        for share, shade in zip(shares, shades, strict=True)
    ]
    return "#stack(dir: ttb, spacing: 0.6mm, " + ", ".join(bars) + ")"


def _box(width_mm: float, shade: float, text: str) -> str:
    level = round(255 * (1 - 0.88 * shade))
    ink = "white" if shade >= 0.45 else 'rgb("#1f2933")'
    words = f"#text(size: 9pt, fill: {ink})[{text}]" if text else ""
    return (
        f"rect(width: {width_mm:.2f}mm, height: 5.4mm, inset: 0mm, fill: luma({level}), stroke: 0.5pt + black)"
        f"[#align(center + horizon)[{words}]]"
    )


def _legend(labels: Sequence[str], shades: Sequence[float]) -> str:
    """What each grey means."""
    entries = [
        f"[#box(baseline: 0.6mm)[#{_box(4, shade, '')}] #text(size: 9pt)[{_escaped(label)}]]"
        for label, shade in zip(labels, shades, strict=True)
    ]
    return f"#grid(columns: {min(4, len(entries))}, column-gutter: 6mm, row-gutter: 2mm, {', '.join(entries)})\n"


def _escaped(text: str) -> str:
    """Text in which typst sees no mark-up."""
    return "".join(f"\\{sign}" if sign in "\\#$*_`<>@[]=-+/~'\"" else sign for sign in text)


def _plain(entry: Entry) -> object:
    if isinstance(entry, Cell):
        return entry.value
    return entry.kept if isinstance(entry, Formula) else entry


def _number(entry: Entry) -> float:
    value = _plain(entry)
    return float(value) if isinstance(value, int | float) else 0.0
