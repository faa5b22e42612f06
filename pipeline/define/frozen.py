"""Reading ``layout.json`` and holding it against the definition."""

from __future__ import annotations

import hashlib
import itertools
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.define.trouble import Trouble, invalid, unreadable
from pipeline.errors import system_reason
from pipeline.model.form import Field, FormDefinition
from pipeline.model.layout import Box, FieldBox, Layout, OptionBox, PageLayout, StampLayout

LAYOUT_NAME = "layout.json"
RELEASE_NAME = "released.toml"
SIDE_MM = 12.0  # either side may be the fold of the booklet
BAND_MM = 17.0  # top and bottom bands belong to the machine
MARKER_QUIET_MM = 2.0
CODE_QUIET_MM = 1.5
EDGE_MM = 0.01  # rounding of published millimetres
Rectangle = tuple[float, float, float, float]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Option(_Shape):
    value: str
    box_mm: Rectangle
    exclusive: bool = False


class _Field(_Shape):
    name: str
    type: str
    options: list[_Option] = []
    cells_mm: list[Rectangle] = []
    box_mm: Rectangle | None = None


class _Page(_Shape):
    number: int
    fields: list[_Field]
    frames: list[Rectangle] = []


class _Stamp(_Shape):
    markers_mm: tuple[Rectangle, Rectangle, Rectangle, Rectangle]
    codes_mm: tuple[Rectangle, Rectangle]
    numbers_mm: tuple[Rectangle, Rectangle]


class _File(_Shape):
    form: str
    version: str
    page_size_mm: tuple[float, float]
    stamp: _Stamp
    pages: list[_Page]


def load_layout(folder: Path, definition: FormDefinition) -> Layout:
    """The frozen layout of a form folder, checked against its definition.

    Raises ``FormError`` naming the file and the field: when the layout is absent, was
    changed after its release, or does not hold exactly the fields of the definition.
    """
    path = folder / LAYOUT_NAME
    try:
        source = path.read_bytes()
        file = _File.model_validate_json(source)
    except OSError as error:
        raise unreadable(path, system_reason(error)) from error
    except ValidationError as error:
        raise invalid(path, [(".".join(map(str, error.errors()[0]["loc"])), error.errors()[0]["msg"])]) from error
    digest = hashlib.sha256(source).hexdigest()
    layout = _layout(file, digest)
    found = [*_release_trouble(folder, digest), *_identity_trouble(layout, definition)]
    found += [*_field_trouble(layout, definition), *_place_trouble(layout)]
    if found:
        raise invalid(path, found)
    return layout


def _layout(file: _File, digest: str) -> Layout:
    markers, codes, numbers = file.stamp.markers_mm, file.stamp.codes_mm, file.stamp.numbers_mm
    return Layout(
        form=file.form,
        version=file.version,
        page_size_mm=file.page_size_mm,
        pages=tuple(
            PageLayout(
                number=page.number,
                fields=tuple(_field_box(field) for field in page.fields),
                frames=tuple(_box(frame) for frame in page.frames),
            )
            for page in file.pages
        ),
        stamp=StampLayout(
            markers=(_box(markers[0]), _box(markers[1]), _box(markers[2]), _box(markers[3])),
            codes=(_box(codes[0]), _box(codes[1])),
            numbers=(_box(numbers[0]), _box(numbers[1])),
        ),
        fingerprint=digest,
    )


def _field_box(field: _Field) -> FieldBox:
    return FieldBox(
        name=field.name,
        type=field.type,
        options=tuple(
            OptionBox(value=option.value, box=_box(option.box_mm), exclusive=option.exclusive)
            for option in field.options
        ),
        cells=tuple(_box(cell) for cell in field.cells_mm),
        box=_box(field.box_mm) if field.box_mm else None,
    )


def _box(rectangle: Rectangle) -> Box:
    x, y, w, h = rectangle
    return Box(x=x, y=y, w=w, h=h)


def _release_trouble(folder: Path, digest: str) -> Iterator[Trouble]:
    """A released layout keeps the SHA-256 noted on the day of its release."""
    path = folder / RELEASE_NAME
    if not path.is_file():
        return
    try:
        noted = tomllib.loads(path.read_text(encoding="utf-8")).get("layout_sha256")
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise unreadable(path, str(error)) from error
    if noted != digest:
        yield "layout_sha256", "la mise en page a changé après sa mise en service ; créez une nouvelle version"


def _identity_trouble(layout: Layout, definition: FormDefinition) -> Iterator[Trouble]:
    if (layout.form, layout.version) != (definition.id, definition.version):
        yield "form", f"cette mise en page est celle de {layout.form} {layout.version}"
    numbers = [page.number for page in layout.pages]
    wanted = [page.number for page in definition.pages]
    if numbers != wanted:
        yield "pages", f"les pages sont {numbers} au lieu de {wanted}"


def _field_trouble(layout: Layout, definition: FormDefinition) -> Iterator[Trouble]:
    """Every field has its boxes and the other way round."""
    drawn = {box.name: (page.number, box) for page in layout.pages for box in page.fields}
    known = {field.name: field for field in definition.fields}
    for name in sorted(drawn.keys() - known.keys()):
        yield name, "ce champ est dessiné sans être dans form.toml"
    for name, field in known.items():
        if name not in drawn:
            yield name, f"ce champ n’est pas dessiné (page {field.page})"
            continue
        page, box = drawn[name]
        if page != field.page:
            yield name, f"ce champ est dessiné page {page} au lieu de la page {field.page}"
        yield from _shape_trouble(field, box)


def _shape_trouble(field: Field, box: FieldBox) -> Iterator[Trouble]:
    if box.type != field.type:
        yield field.name, f"le type est « {box.type} » au lieu de « {field.type} »"
    drawn = [(option.value, option.exclusive) for option in box.options]
    wanted = [(option.value, option.exclusive) for option in field.options]
    if drawn != wanted:
        yield field.name, "les réponses ne sont pas celles de form.toml, dans le même ordre"
    if len(box.cells) != (field.cells if field.type == "comb" else 0):
        yield field.name, f"{len(box.cells)} cases sont dessinées au lieu de {field.cells}"
    if (box.box is not None) != (field.type in {"text", "signature", "masked"}):
        yield field.name, "le rectangle manque, ou n’a pas lieu d’être"


def _place_trouble(layout: Layout) -> Iterator[Trouble]:
    width, height = layout.page_size_mm
    inner = Box(x=SIDE_MM, y=BAND_MM, w=width - 2 * SIDE_MM, h=height - 2 * BAND_MM)
    reserved = [marker.grown(MARKER_QUIET_MM) for marker in layout.stamp.markers]
    reserved += [code.grown(CODE_QUIET_MM) for code in layout.stamp.codes]
    reserved += list(layout.stamp.numbers)
    for page in layout.pages:
        boxes = [(field.name, box) for field in page.fields for box in field.parts]
        for name, box in boxes:
            if not _inside(box, inner):
                yield name, f"une case sort de la zone utile de la page {page.number} : {_written(box)}"
            if any(box.overlaps(zone) for zone in reserved):
                yield name, f"une case touche un repère ou un code de la page {page.number} : {_written(box)}"
        for (name, box), (other, second) in itertools.combinations(boxes, 2):
            if box.grown(-EDGE_MM).overlaps(second):
                yield name, f"une case de ce champ en touche une de « {other} » : {_written(box)}"


def _inside(box: Box, frame: Box) -> bool:
    return (
        box.x >= frame.x - EDGE_MM
        and box.y >= frame.y - EDGE_MM
        and box.right <= frame.right + EDGE_MM
        and box.bottom <= frame.bottom + EDGE_MM
    )


def _written(box: Box) -> str:
    return json.dumps([box.x, box.y, box.w, box.h])
