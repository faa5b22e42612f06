"""From what the primitives published to ``layout.json``, and back to what is drawn."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.compose.typography import ENTRY_NAME, published
from pipeline.errors import FormError
from pipeline.model.layout import Box, Layout

PAGE_MM = (148, 210)
DECIMALS = 3
TOLERANCE_MM = 0.05  # below half the width of a printed line, print and layout agree


def publish_layout(folder: Path, *, thorough: bool = True) -> dict[str, Any]:
    """The content of ``layout.json`` as the typography of a form folder draws it.

    ``thorough`` also looks for texts that overflow their page.
    """
    zones = published(folder, thorough=thorough)
    form = next((zone for zone in zones if zone["kind"] == "form"), None)
    if form is None:
        raise FormError(f"{folder / ENTRY_NAME} : « setup » n’est pas appelé.", file=str(folder), key="setup")
    numbers: list[int] = form["pages"]
    if form["printed_pages"] != len(numbers):
        raise page_count_error(folder, form["printed_pages"], len(numbers))
    return {
        "form": form["id"],
        "version": form["version"],
        "page_size_mm": list(PAGE_MM),
        "stamp": form["stamp"],
        "pages": [
            _page(number, form, [zone for zone in zones if zone.get("page") == index])
            for index, number in enumerate(numbers, start=1)
        ],
    }


def page_count_error(folder: Path, printed: int, wanted: int) -> FormError:
    """The error of a text that overflows its page, or of a page left out."""
    return FormError(
        f"{folder / ENTRY_NAME} : {printed} pages sont composées au lieu de {wanted}. "
        "Un texte déborde, ou une page de form.toml n’est pas composée.",
        file=str(folder / ENTRY_NAME),
        key="pages",
        printed=printed,
        wanted=wanted,
    )


def layout_text(content: Mapping[str, Any]) -> str:
    """``layout.json`` as text: one field a line, so that a change shows as a short diff."""
    head = [f" {json.dumps(key)}: {json.dumps(value)}," for key, value in content.items() if key != "pages"]
    pages = []
    for page in content["pages"]:
        fields = ",\n".join(f"   {json.dumps(field, ensure_ascii=False)}" for field in page["fields"])
        frames = json.dumps(page["frames"])
        pages.append(f'  {{"number": {page["number"]}, "frames": {frames}, "fields": [\n{fields}\n  ]}}')
    return "\n".join(["{", *head, ' "pages": [', ",\n".join(pages), " ]", "}", ""])


def moved_fields(layout: Layout, content: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the fields that are drawn elsewhere than the layout says."""
    drawn = {field["name"]: _rectangles(field) for page in content["pages"] for field in page["fields"]}
    known = {field.name: field.parts for page in layout.pages for field in page.fields}
    strange = [name for name in drawn if name not in known]
    return (*strange, *(name for name, boxes in known.items() if not _agree(boxes, drawn.get(name, []))))


def _page(number: int, form: Mapping[str, Any], zones: list[dict[str, Any]]) -> dict[str, Any]:
    """One page: its fields in the order of drawing, and its printed outlines."""
    names = dict.fromkeys(zone["name"] for zone in zones if zone["kind"] not in {"frame", "form"})
    return {
        "number": number,
        "frames": [_rectangle(zone) for zone in zones if zone["kind"] == "frame"],
        "fields": [_field(name, form, [zone for zone in zones if zone["name"] == name]) for name in names],
    }


def _field(name: str, form: Mapping[str, Any], zones: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """One field: what it is, then where."""
    definition = form["definitions"][name]
    ordered = sorted(zones, key=lambda zone: int(zone["index"]))
    entry: dict[str, Any] = {"name": name, "type": definition["type"]}
    if definition["type"] == "choice":
        exclusive = {option["value"] for option in definition.get("options", ()) if option.get("exclusive")}
        entry["multiple"] = definition.get("multiple", False)
        entry["options"] = [
            {"value": zone["value"], "box_mm": _rectangle(zone), "exclusive": zone["value"] in exclusive}
            for zone in ordered
        ]
        return entry
    if definition["type"] == "comb":
        return entry | _comb(definition, form["lists"]) | {"cells_mm": [_rectangle(zone) for zone in ordered]}
    if definition["type"] == "text":
        entry["lines"] = definition.get("lines", 1)
    if len(ordered) != 1:
        raise FormError(f"« {name} » est dessiné {len(ordered)} fois.", key=name, drawn=len(ordered))
    return entry | {"box_mm": _rectangle(ordered[0])}


def _comb(definition: Mapping[str, Any], lists: Mapping[str, Any]) -> dict[str, Any]:
    """What the cells of a comb may hold."""
    kind = definition["kind"]
    entry: dict[str, Any] = {"alphabet": definition.get("alphabet", "digits"), "kind": kind}
    if kind == "integer":
        entry |= {
            key: definition[source] for key, source in (("min", "minimum"), ("max", "maximum")) if source in definition
        }
    if kind == "code":
        entry["values"] = [item["value"] for item in lists[definition["list"]]["items"]]
    return entry | {key: definition[key] for key in ("format", "distinct_from", "prefix") if key in definition}


def _rectangle(zone: Mapping[str, Any]) -> list[float]:
    return [round(float(zone[key]), DECIMALS) for key in ("x", "y", "w", "h")]


def _rectangles(field: Mapping[str, Any]) -> list[list[float]]:
    if "options" in field:
        return [option["box_mm"] for option in field["options"]]
    cells: list[list[float]] = field.get("cells_mm") or [field["box_mm"]]
    return cells


def _agree(known: tuple[Box, ...], drawn: list[list[float]]) -> bool:
    return len(known) == len(drawn) and all(
        abs(a - b) <= TOLERANCE_MM
        for box, rectangle in zip(known, drawn, strict=True)
        for a, b in zip((box.x, box.y, box.w, box.h), rectangle, strict=True)
    )
