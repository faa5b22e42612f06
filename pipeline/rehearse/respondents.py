"""One respondent: a persona, a hand, and all the answers meant for one carnet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.model.form import Field, FormDefinition
from pipeline.rehearse.answers import Answer, answer_carnet, draw_persona
from pipeline.rehearse.habits import habits_of
from pipeline.rehearse.hands import DigitSource, Writer, draw_writer


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Respondent:
    """Who fills one carnet, and with what.

    ``other`` is the hand of the structure that attests; ``clumsiness`` multiplies every
    share of mistakes; ``answers`` are keyed by the name on the sheet.
    """

    carnet: str
    writer: Writer
    other: Writer
    clumsiness: float
    answers: Mapping[str, Answer]


def carnet_rng(seed: int, carnet: str, *path: int) -> np.random.Generator:
    """The randomness of one carnet (or of one page of it), whatever the order of work."""
    return np.random.default_rng([seed, int(carnet.replace("-", "")), *path])


def fields_on_sheet(form: FormDefinition, page: int) -> dict[str, Field]:
    """Fields of a printed page in the order of the form: layout name → field named as on the sheet."""
    layout_page, ordinal = form.layout_page(page)
    named: dict[str, Field] = {}
    for field in form.fields:
        if field.page == layout_page.number:
            row = field.row + max(0, ordinal - 1) * layout_page.rows if field.group else 0
            named[field.name] = replace(field, name=form.name_on_sheet(field.name, ordinal), row=row)
    return named


def draw_respondent(
    form: FormDefinition,
    carnet: str,
    pages: Sequence[int],
    seed: int,
    sources: Sequence[DigitSource] = (),
) -> Respondent:
    """The respondent of a carnet whose printed pages are given; deterministic from the seed.

    With ``sources`` the digits are those of real hands, one source for each writer.
    """
    rng = carnet_rng(seed, carnet)
    habits = habits_of(form.id)
    writers = []
    for role in ("volunteer", "structure"):
        source = sources[int(rng.integers(len(sources)))] if sources else None
        writers.append(draw_writer(rng, f"{carnet}-{role}", source))
    fields = [field for page in sorted(pages) for field in fields_on_sheet(form, page).values()]
    sheets = [form.layout_page(page)[0] for page in sorted(pages)]
    continued: dict[str, int] = {}
    for sheet in sheets:
        if sheet.continues:
            most = max(1, sheet.rows)
            continued[sheet.continues] = continued.get(sheet.continues, 0) + int(
                rng.integers((most + 1) // 2, most + 1)
            )
    persona = draw_persona(form, habits, rng, continued=continued)
    answers = answer_carnet({field.name: field for field in fields}, persona, habits, rng)
    return Respondent(
        carnet=carnet,
        writer=writers[0],
        other=writers[1],
        clumsiness=float(rng.gamma(2.0, 0.5)),
        answers=answers,
    )
