"""Small forms, readings and pages for the tests of the room ``decide``."""

import datetime
import zlib

import numpy as np

from pipeline.decide import CarnetContext
from pipeline.model.form import Field, FormDefinition, FormShelf, Option, Page, PublishedForm, Purpose, Rule
from pipeline.model.identity import PageIdentity
from pipeline.model.layout import Box, Layout, StampLayout
from pipeline.model.reading import CellReading, FieldReading, InkReading, MarkReading
from pipeline.model.result import PageResult
from pipeline.model.scan import Pose, SourceRef
from pipeline.settings import DecideSettings

SETTINGS = DecideSettings()
CONTEXT = CarnetContext(scanned_on=datetime.date(2026, 9, 30))
CARNET = "26-004271-20"
WIDTH, HEIGHT = 148, 210


def a_field(name, type, **more):
    more.setdefault("page", 2)
    return Field(
        name=name, type=type, label=name, short=name, required=more.pop("required", "R"), purpose=Purpose(), **more
    )


def a_choice(name, values, *, exclusive=(), **more):
    options = tuple(Option(value=v, label=f"Réponse {v}", exclusive=v in exclusive) for v in values)
    return a_field(name, "choice", options=options, **more)


def a_comb(name, kind, cells, **more):
    return a_field(name, "comb", kind=kind, cells=cells, **more)


# ------------------------------------------------------------------ measures


def a_mark(option, **measures):
    measures = {"ink_ratio": 0.0, "darkness": 0.0, "extent_ratio": 0.0, **measures}
    zero = dict.fromkeys(
        ("outside_ratio", "ring_ratio", "solidity_ratio", "crossing_ratio", "straight_ratio", "foreign_ratio"), 0.0
    )
    return MarkReading(option=option, **(zero | measures))


EMPTY = {}
CROSS = {
    "ink_ratio": 0.42,
    "darkness": 0.56,
    "solidity_ratio": 0.35,
    "extent_ratio": 0.97,
    "crossing_ratio": 0.6,
    "inside_ratio": 1.0,
}
TICK = {"ink_ratio": 0.28, "darkness": 0.57, "solidity_ratio": 0.26, "extent_ratio": 0.95, "inside_ratio": 1.0}
DOT = {"ink_ratio": 0.06, "darkness": 0.49, "solidity_ratio": 0.25, "extent_ratio": 0.27, "inside_ratio": 1.0}
PENCIL = {"ink_ratio": 0.22, "darkness": 0.26, "solidity_ratio": 0.22, "extent_ratio": 0.91, "inside_ratio": 1.0}
REMAINS = {"ink_ratio": 0.01, "darkness": 0.18, "solidity_ratio": 0.07, "extent_ratio": 0.09, "inside_ratio": 1.0}
BLACK = {"ink_ratio": 0.97, "darkness": 0.82, "solidity_ratio": 0.93, "extent_ratio": 1.0, "inside_ratio": 1.0}
FELT = {"ink_ratio": 0.74, "darkness": 0.71, "solidity_ratio": 0.58, "extent_ratio": 1.0, "inside_ratio": 1.0}
DENSE = {"ink_ratio": 0.75, "darkness": 0.71, "solidity_ratio": 0.74, "extent_ratio": 1.0, "inside_ratio": 1.0}
CIRCLE = {"darkness": 0.55, "outside_ratio": 0.30, "ring_ratio": 1.0}
CIRCLED_TICK = TICK | {"outside_ratio": 0.30, "ring_ratio": 1.0}
FOLD = {
    "ink_ratio": 0.14,
    "darkness": 0.23,
    "outside_ratio": 0.04,
    "ring_ratio": 0.12,
    "solidity_ratio": 0.17,
    "extent_ratio": 0.68,
    "straight_ratio": 0.84,
    "inside_ratio": 0.5,
}
STRAY = {
    "ink_ratio": 0.03,
    "darkness": 0.5,
    "outside_ratio": 0.03,
    "ring_ratio": 0.08,
    "solidity_ratio": 0.17,
    "extent_ratio": 0.2,
    "inside_ratio": 0.23,
    "core_ratio": 0.0,
}
STAIN = {
    "ink_ratio": 0.48,
    "darkness": 0.17,
    "outside_ratio": 0.14,
    "ring_ratio": 0.25,
    "solidity_ratio": 0.51,
    "extent_ratio": 0.8,
    "inside_ratio": 0.67,
}
ARC = {
    "ink_ratio": 0.2,
    "darkness": 0.5,
    "outside_ratio": 0.12,
    "ring_ratio": 0.25,
    "extent_ratio": 0.75,
    "inside_ratio": 0.4,
    "core_ratio": 0.2,
}
STRUCK_CROSS = {
    "ink_ratio": 0.55,
    "darkness": 0.58,
    "solidity_ratio": 0.41,
    "extent_ratio": 1.0,
    "crossing_ratio": 0.4,
    "straight_ratio": 0.36,
    "level_ratio": 0.33,
    "inside_ratio": 0.73,
}
BIG_CROSS = STRUCK_CROSS | {"crossing_ratio": 0.6, "level_ratio": 0.0}
STREAK = {
    "ink_ratio": 0.06,
    "darkness": 0.3,
    "outside_ratio": 0.02,
    "ring_ratio": 0.17,
    "solidity_ratio": 0.1,
    "extent_ratio": 0.71,
    "straight_ratio": 1.0,
    "inside_ratio": 0.45,
}
CREASE = FOLD | {"darkness": 0.2, "straight_ratio": 0.95}
BIG_TICK = {
    "ink_ratio": 0.23,
    "darkness": 0.57,
    "outside_ratio": 0.04,
    "ring_ratio": 0.21,
    "solidity_ratio": 0.22,
    "extent_ratio": 0.89,
    "straight_ratio": 0.5,
    "inside_ratio": 0.6,
}


def ticks(name, **by_option):
    """The reading of a choice: ``ticks("q", A=CROSS, B=EMPTY)``."""
    marks = tuple(a_mark(option, **measures) for option, measures in by_option.items())
    return FieldReading(name=name, type="choice", box=(0, 0, 10, 10), marks=marks)


def a_cell(probabilities=(), **measures):
    plain = {"ink_ratio": 0.2, "darkness": 0.6, "height_ratio": 0.7, "width_ratio": 0.6} if probabilities else {}
    zero = dict.fromkeys(
        ("ink_ratio", "darkness", "height_ratio", "width_ratio", "scribble_ratio", "above_ratio", "spill_ratio"), 0.0
    )
    return CellReading(probabilities=tuple(probabilities), **(zero | plain | measures))


def sure(digit, probability=0.9999):
    """A vector that is sure of one digit."""
    rest = (1.0 - probability) / 9
    return tuple(probability if value == int(digit) else rest for value in range(10))


def torn(first, second, share=0.5):
    """A vector torn between two digits."""
    return tuple(share if v == first else 0.999 - share if v == second else 0.001 / 8 for v in range(10))


def cells(name, text, **changed):
    """The reading of a comb that plainly shows ``text``; ``c3=...`` replaces a cell."""
    shown = [a_cell() if letter == " " else a_cell(sure(letter)) for letter in text]
    for key, cell in changed.items():
        shown[int(key[1:])] = cell
    return FieldReading(name=name, type="comb", box=(0, 0, 10, 10), cells=tuple(shown))


def ink(name, type="text", ink_ratio=0.0, strokes=None, struck_ratio=0.0, **more):
    strokes = (5 if ink_ratio else 0) if strokes is None else strokes
    reading = InkReading(
        ink_ratio=ink_ratio, darkness=0.5, strokes=strokes, extent_ratio=0.5, struck_ratio=struck_ratio
    )
    return FieldReading(name=name, type=type, box=(0, 0, 10, 10), ink=reading, **more)


# ------------------------------------------------------------------ forms and pages


def a_form(*fields, rules=(), form="carnet", version="2026.1", pages=(2, 5)):
    definition = FormDefinition(
        id=form,
        version=version,
        code=1,
        version_code=int(version[-1]),
        title="Essai",
        pages=tuple(Page(number=number, title=f"Page {number}") for number in pages),
        fields=fields,
        rules=tuple(rules),
    )
    box = Box(x=0, y=0, w=6, h=6)
    stamp = StampLayout(markers=(box, box, box, box), codes=(box, box), numbers=(box, box))
    layout = Layout(form=form, version=version, page_size_mm=(WIDTH, HEIGHT), pages=(), stamp=stamp)
    return PublishedForm(definition=definition, layout=layout, folder=None)


def a_shelf(*forms):
    return FormShelf(forms=forms)


def a_rule(kind, fields, code, limit=None):
    return Rule(kind=kind, fields=tuple(fields), code=code, limit=limit)


def ink_of(*spots):
    """A compressed ink map with squares of ink at (x, y, side) mm."""
    page = np.zeros((HEIGHT, WIDTH), np.uint8)
    for x, y, side in spots:
        page[y : y + side, x : x + side] = 160
    return zlib.compress(page.tobytes())


def a_page(*readings, page=2, side=1, residual=0.1, ink_map=b"", version="2026.1", sha="a" * 8):
    identity = PageIdentity(form_code=1, version_code=1, variant=0, carnet=CARNET, page=page)
    pose = Pose(matrix=(1, 0, 0, 0, 1, 0, 0, 0, 1), markers=4, rotation_deg=0, print_scale=1, residual_mm=residual)
    return PageResult(
        source=SourceRef(path="scan.pdf", sha256=sha, side=side),
        slot=1,
        form="carnet",
        version=version,
        identity=identity,
        layout_page=page,
        pose=pose,
        ink_map=ink_map,
        readings=readings,
    )
