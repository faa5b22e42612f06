"""What the carnets answered to single questions that may be published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.consolidate.disclosure.source import Source
from pipeline.consolidate.disclosure.survey import Question, chosen, cut
from pipeline.consolidate.values import UNKNOWN
from pipeline.model.form import Field
from pipeline.model.publication import Asked

YES_NO = ("oui", "non")


def questions(source: Source, asked: Asked) -> Iterator[Question]:
    """The questions of one entry that this form asks or computes."""
    for name in asked.fields:
        field = source.field(name)
        if asked.classes and source.has(name):
            yield _of_numbers(source, asked, name, field.label if field else source.title(name))
        elif field is not None:
            yield _of_field(source, asked, field)
        elif source.has(name):
            yield _of_band(source, asked, name)
        else:
            yield from _of_rows(source, asked, name)


def _of_field(source: Source, asked: Asked, field: Field) -> Question:
    options = source.options(field.name)
    places = {option.value: place for place, option in enumerate(options)}
    return Question(
        key=field.name,
        sheet=asked.sheet,
        label=field.label,
        answers=tuple(option.label for option in options),
        replies=chosen(field, source),
        several=field.multiple,
        favourable=tuple(places[code] for code in asked.favourable if code in places),
    )


def _of_band(source: Source, asked: Asked, name: str) -> Question:
    bands = next((one.bands for form in source.forms for one in form.derived if one.name == name), {})
    labels = tuple(bands.values())
    column = source.column(name).items()
    replies = {person: (labels.index(str(value)),) for person, value in column if value in labels}
    return Question(key=name, sheet=asked.sheet, label=source.title(name), answers=labels, replies=replies)


def _of_numbers(source: Source, asked: Asked, name: str, label: str) -> Question:
    column = source.column(name).items()
    values = {person: float(value) for person, value in column if isinstance(value, int | float)}
    return Question(
        key=name,
        sheet=asked.sheet,
        label=label,
        answers=tuple(one.label for one in asked.classes),
        replies=cut(values, asked.classes),
        values=values,
        summed=asked.summed,
        step=asked.step,
        unit=asked.unit,
    )


def _of_rows(source: Source, asked: Asked, name: str) -> Iterator[Question]:
    """A yes or no computed on each row of a table: a carnet says yes when one of its rows does.

    A carnet without such a row says no when all its pages were read.
    """
    found = [one for form in source.forms for one in form.derived if one.name == name and one.op == "attested"]
    for one in found[:1]:
        said: dict[int, bool | None] = dict.fromkeys(source.complete(), False)
        for person, (value, state) in source.rows(one.table, name, f"{name}__etat"):
            if value or said.get(person):
                said[person] = True
            elif state in UNKNOWN or person not in said:
                said[person] = None
        yield Question(
            key=name,
            sheet=asked.sheet,
            label=f"{one.label} (au moins une fois)",
            answers=YES_NO,
            replies=_replies(said),
        )


def _replies(said: Mapping[int, bool | None]) -> dict[int, tuple[int, ...]]:
    return {person: (0 if yes else 1,) for person, yes in sorted(said.items()) if yes is not None}
