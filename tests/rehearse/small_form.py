"""A form of two pages unlike the carnet, made in code: what rehearsal must fill without knowing it."""

from pathlib import Path

from pipeline.model.form import Field, FormDefinition, Option, Page, PublishedForm, Purpose
from pipeline.model.layout import Box, FieldBox, Layout, OptionBox, PageLayout, StampLayout

_MARKS = tuple(Box(x=x, y=y, w=6, h=6) for x, y in ((7, 7), (135, 7), (135, 197), (7, 197)))


def _field(name, page, of_type, **more):
    return Field(
        name=name, page=page, type=of_type, label=name, short=name, required="O", purpose=Purpose(use="essai"), **more
    )


def _options(*values):
    return tuple(Option(value=value, label=value) for value in values)


def small_form() -> PublishedForm:
    fields = (
        _field("couleur", 1, "choice", options=_options("R", "V", "B")),
        _field("gouts", 1, "choice", multiple=True, options=_options("X", "Y", "Z")),
        _field("age", 1, "comb", kind="integer", cells=3, minimum=1, maximum=120),
        _field("jour", 1, "comb", kind="date", format="DDMMYYYY", cells=8),
        _field("mot", 1, "text"),
        _field("marque", 1, "signature"),
        _field("nom", 1, "masked"),
        _field("tour1_temps", 2, "comb", kind="duration", format="HHMM", cells=4, group="tour", row=1, column="temps"),
        _field("tour1_code", 2, "comb", kind="code", values=("1", "2"), cells=1, group="tour", row=1, column="code"),
        _field("tour1_note", 2, "text", group="tour", row=1, column="note"),
    )
    definition = FormDefinition(
        id="essai",
        version="1",
        code=9,
        version_code=1,
        title="Essai",
        pages=(Page(number=1, title="Un"), Page(number=2, title="Deux", continues="tour", first_row=1, rows=1)),
        fields=fields,
    )
    pages = (
        PageLayout(
            number=1,
            fields=(
                _choice("couleur", 30, "R", "V", "B"),
                _choice("gouts", 45, "X", "Y", "Z"),
                _comb("age", 60, 3),
                _comb("jour", 80, 8),
                FieldBox(name="mot", type="text", box=Box(x=20, y=100, w=100, h=8)),
                FieldBox(name="marque", type="signature", box=Box(x=20, y=120, w=60, h=20)),
                FieldBox(name="nom", type="masked", box=Box(x=20, y=150, w=100, h=10)),
            ),
        ),
        PageLayout(
            number=2,
            fields=(
                _comb("tour1_temps", 40, 4),
                _comb("tour1_code", 60, 1),
                FieldBox(name="tour1_note", type="text", box=Box(x=20, y=80, w=100, h=8)),
            ),
        ),
    )
    layout = Layout(
        form="essai",
        version="1",
        page_size_mm=(148, 210),
        pages=pages,
        stamp=StampLayout(
            markers=_MARKS,
            codes=(Box(x=70, y=6, w=8, h=8), Box(x=70, y=196, w=8, h=8)),
            numbers=(Box(x=80, y=6.5, w=50, h=7), Box(x=80, y=196.5, w=50, h=7)),
        ),
    )
    return PublishedForm(definition=definition, layout=layout, folder=Path())


def _choice(name, y, *values):
    boxes = tuple(OptionBox(value=value, box=Box(x=20 + 15 * i, y=y, w=4.8, h=4.8)) for i, value in enumerate(values))
    return FieldBox(name=name, type="choice", options=boxes)


def _comb(name, y, cells):
    return FieldBox(name=name, type="comb", cells=tuple(Box(x=20 + 6 * i, y=y, w=5, h=7) for i in range(cells)))
