"""The picture of the README: a filled page of the samples and the rows that it became.

``python -m tests.golden.picture CAMPAIGN`` reads a campaign into which ``samples/`` was read.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path

import openpyxl
import typst

from pipeline.compose.typography import font_folder
from tests.golden import HERE

COLUMNS = ("ligne", "act_date", "act_duree", "act_structure", "act_mission", "act_duree__etat")
PAGE = 5


def main(campaign: Path) -> None:
    """Draw the picture beside the golden files."""
    image, key = _page(campaign)
    rows = _rows(campaign / "analyse.xlsx", key)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "page.jpg").write_bytes((campaign / image).read_bytes())
        source = Path(folder) / "picture.typ"
        source.write_text(_source(rows), encoding="utf-8")
        typst.compile(source, output=HERE / "apercu.png", format="png", ppi=110, font_paths=[font_folder()])


def _page(campaign: Path) -> tuple[str, str]:
    """The journal page with most values read in grey, and its carnet's key in the workbook."""
    with (campaign / "export" / "lectures.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [r for r in csv.DictReader(file, delimiter=";") if r["page"] == str(PAGE)]
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        if row["source_file"].endswith("_1.pdf"):
            counts[row["image"], row["carnet_id"]] = counts.get((row["image"], row["carnet_id"]), 0) + (
                row["status"] == "accepted"
            )
    image, carnet = max(counts, key=lambda pair: counts[pair])
    return image, _key(campaign, carnet)


def _key(campaign: Path, carnet: str) -> str:
    from pipeline.store import open_store

    with open_store(campaign) as store:
        return store.keys()[carnet]


def _rows(workbook: Path, key: str) -> list[list[str]]:
    sheet = openpyxl.load_workbook(workbook, read_only=True)["Actions"]
    head, *body = sheet.iter_rows(values_only=True)
    names = [str(cell).split("(")[-1].rstrip(")") for cell in head]
    places = [names.index(name) for name in COLUMNS if name in names]
    wanted = [[row[place] for place in places] for row in body if row[0] == key][:6]
    titles = [str(head[place]).split(" (")[0] for place in places]
    return [titles, *[[str(line), *map(_shown, rest)] for line, *rest in wanted]]


def _shown(cell: object) -> str:
    if hasattr(cell, "strftime"):
        return cell.strftime("%d/%m/%Y")
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return f"{cell:.2f}".replace(".", ",")
    return "" if cell is None else str(cell)


def _source(rows: list[list[str]]) -> str:
    cells = ", ".join(f"[{_escaped(cell)}]" for row in rows for cell in row)
    return f"""
#set page(width: 285mm, height: 178mm, margin: 6mm, fill: white)
#set text(font: "Atkinson Hyperlegible", size: 9.5pt, fill: rgb("#16325c"))
#grid(columns: (118mm, 1fr), column-gutter: 8mm, align: horizon,
  box(stroke: 0.6pt + luma(70%), image("page.jpg", width: 100%)),
  [
    #text(size: 13pt, weight: "bold")[La feuille « Actions » du classeur]
    #v(1mm)
    #table(columns: {len(rows[0])}, stroke: 0.4pt + luma(75%), inset: 5pt,
      fill: (x, y) => if y == 0 {{ rgb("#e4e9f2") }}, {cells})
    #v(1mm)
    Une cellule vide n'est jamais une supposition : \\
    son état dit pourquoi, et la feuille « ARelire » pose la question.
  ])
"""


def _escaped(text: str) -> str:
    return "".join(f"\\{char}" if char in "#[]*_$<>@\\`~" else char for char in text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
