"""Fill one printed page by hand, and say truly what was done.

Everything is driven by the definition and the layout: fields are met in the order of
the layout, each is answered as its respondent means it, and now and then something
happens that happens on paper: a wrong box blackened and another ticked, a digit struck
out and the right one written above, a whole row struck through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from pipeline.model.form import Field
from pipeline.model.layout import Box, FieldBox, PageLayout
from pipeline.rehearse import marks
from pipeline.rehearse.answers import NOTHING, Answer
from pipeline.rehearse.habits import Habits
from pipeline.rehearse.hands import Writer
from pipeline.rehearse.ink import Pen, Surface
from pipeline.rehearse.respondents import Respondent
from pipeline.rehearse.texts import press_stamp, write_text
from pipeline.rehearse.truth import Expect, FieldTruth, PageTruth

UNREAD = "?"
"""Stands in a truth's ``raw`` for a character that nobody can read."""
_UNUSUAL_TICKS = ("filled", "circle", "dot", "slash")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Desk:
    """What lies on the desk while one page is filled."""

    surface: Surface
    respondent: Respondent
    habits: Habits
    rng: np.random.Generator

    def hand(self, field: Field) -> Writer:
        """Who writes in a field."""
        others = self.habits.special.get("other_hand", ())
        return self.respondent.other if field.group and field.group in others else self.respondent.writer

    def happens(self, *kinds: str) -> str:
        """Which mistake happens this time, if any."""
        luck = self.rng.random()
        for kind in kinds:
            luck -= self.habits.mistake(kind) * self.respondent.clumsiness
            if luck < 0:
                return kind
        return ""


def fill_page(
    surface: Surface,
    page: PageLayout,
    fields: Mapping[str, Field],
    *,
    respondent: Respondent,
    printed: int,
    habits: Habits,
    rng: np.random.Generator,
) -> PageTruth:
    """Fill a page; ``fields`` maps layout names to fields named as on the sheet."""
    desk = _Desk(surface=surface, respondent=respondent, habits=habits, rng=rng)
    truths: list[FieldTruth] = []
    for box in page.fields:
        field = fields.get(box.name)
        if field is None:
            continue
        answer = respondent.answers.get(field.name, NOTHING)
        truth = _fill_field(desk, field, box, answer)
        if field.type != "masked":
            truths.append(truth)
    struck = _strike_rows(desk, page, fields)
    return PageTruth(
        carnet=respondent.carnet,
        page=printed,
        ticking=respondent.writer.ticking,
        pen=respondent.writer.pen.kind,
        fields=tuple(_after_strike(truth) if truth.field in struck else truth for truth in truths),
    )


def _fill_field(desk: _Desk, field: Field, box: FieldBox, answer: Answer) -> FieldTruth:
    """Fill one field by its type."""
    if field.type == "choice":
        return _fill_choice(desk, field, box, answer)
    if field.type == "comb":
        return _fill_comb(desk, field, box, answer)
    hand = desk.hand(field)
    zone = box.box or box.extent
    if field.type == "signature":
        if answer.raw == "present" and desk.habits.lists("stamps", field):
            press_stamp(desk.surface, zone, str(desk.habits.general["stamp"]), desk.rng)
        elif answer.raw == "present":
            desk.surface.draw(marks.signature(_signing(zone), desk.rng), hand.pen, desk.rng)
        return FieldTruth(field=field.name, type=field.type, raw=answer.raw, value=answer.raw)
    if answer.raw:
        write_text(desk.surface, zone, answer.raw, field.lines, font=hand.font, pen=hand.pen, rng=desk.rng)
    return FieldTruth(
        field=field.name, type=field.type, raw=answer.raw, value=answer.value, expect="ask" if answer.raw else "read"
    )


def _signing(zone: Box) -> Box:
    """Where a signature goes in its zone: at most as large as a hand signs."""
    width, height = min(zone.w * 0.9, 46.0), min(zone.h * 0.9, 17.0)
    x, y = zone.centre
    return Box(x=x - width / 2, y=y - height / 2, w=width, h=height)


# --- choices


def _fill_choice(desk: _Desk, field: Field, box: FieldBox, answer: Answer) -> FieldTruth:
    """Tick the meant options, with what may go wrong."""
    writer, boxes = desk.hand(field), {option.value: option.box for option in box.options}
    codes = [code for code in answer.raw.split("|") if code]
    others = [code for code in boxes if code not in codes]
    way, pen = writer.ticking, writer.pen
    mistake = _choice_mistake(desk, field, way, codes, others)
    extra = str(desk.rng.choice(others)) if others else ""
    if mistake == "choice_circled":
        way = "circle"
    elif mistake == "choice_faint":
        pen = replace(pen, colour=_paler(pen), grain=max(pen.grain, 0.35))
    elif mistake in ("choice_corrected", "choice_cancelled"):
        desk.surface.draw(marks.tick(way, boxes[extra], writer.care, desk.rng), pen, desk.rng)
        desk.surface.draw(marks.tick("filled", boxes[extra], writer.care, desk.rng), pen, desk.rng)
    elif mistake == "choice_double":
        codes = [code for code in boxes if code in codes or code == extra]
    elif mistake == "choice_stray":
        desk.surface.draw(marks.stray(boxes[extra], desk.rng), pen, desk.rng)
    if mistake == "choice_cancelled":
        codes = []
    for code in codes:
        desk.surface.draw(marks.tick(way, boxes[code], writer.care, desk.rng), pen, desk.rng)
    raw = "|".join(codes)
    kind = mistake.removeprefix("choice_") or (way if way in _UNUSUAL_TICKS and codes else "plain")
    return FieldTruth(
        field=field.name,
        type=field.type,
        raw=raw,
        value="" if kind == "double" else raw,
        kind=kind,
        expect="ask" if kind in ("double", "cancelled") else "read" if kind == "plain" else "doubt",
        options=len(boxes),
    )


def _choice_mistake(desk: _Desk, field: Field, way: str, codes: list[str], others: list[str]) -> str:
    """A mistake that makes sense here: a writer who blackens to tick cannot take back by blackening."""
    mistake = desk.happens(
        "choice_corrected", "choice_cancelled", "choice_double", "choice_stray", "choice_circled", "choice_faint"
    )
    if not mistake or not codes or (not others and mistake not in ("choice_circled", "choice_faint")):
        return ""
    if field.multiple and mistake in ("choice_corrected", "choice_cancelled", "choice_double"):
        return ""
    if way == "filled" and mistake in ("choice_corrected", "choice_cancelled"):
        return ""
    return mistake


def _paler(pen: Pen) -> tuple[int, int, int]:
    """The colour of a pen that hardly touches the paper."""
    blue, green, red = (channel + (255 - channel) // 2 for channel in pen.colour)
    return blue, green, red


# --- combs


def _fill_comb(desk: _Desk, field: Field, box: FieldBox, answer: Answer) -> FieldTruth:
    """Write characters into their cells, with what may go wrong."""
    writer = desk.hand(field)
    raw, value, kind = answer.raw, answer.value, "plain"
    inked = [index for index, character in enumerate(raw) if character != " "]
    mistake = desk.happens("comb_corrected", "comb_illegible") if inked else ""
    slip = int(desk.rng.choice(inked)) if mistake else -1
    for index in inked:
        if index == slip and mistake == "comb_corrected":
            kind = "corrected"
            _correct(desk, writer, box.cells[index], raw[index])
        elif index == slip:
            kind, raw, value = "illegible", raw[:index] + UNREAD + raw[index + 1 :], ""
            _write_character(desk, writer, box.cells[index], answer.raw[index])
            blot = box.cells[index].grown(-0.9)
            desk.surface.draw(marks.scribble(blot, desk.rng, pitch_mm=0.8), writer.pen, desk.rng)
        else:
            _write_character(desk, writer, box.cells[index], raw[index])
    expect: Expect = "read" if kind == "plain" else "doubt" if kind == "corrected" else "ask"
    return FieldTruth(field=field.name, type=field.type, raw=raw, value=value, kind=kind, expect=expect)


def _write_character(desk: _Desk, writer: Writer, cell: Box, character: str) -> None:
    """A digit by hand, any other character in the writer's typeface."""
    if character.isdigit():
        writer.digit(desk.surface, cell, character, desk.rng)
    else:
        write_text(desk.surface, cell.grown(-0.2), character, 1, font=writer.font, pen=writer.pen, rng=desk.rng)


def _correct(desk: _Desk, writer: Writer, cell: Box, right: str) -> None:
    """A wrong digit struck out in its cell, the right one written above."""
    wrong = str(desk.rng.choice([digit for digit in "0123456789" if digit != right]))
    _write_character(desk, writer, cell, wrong)
    desk.surface.draw(marks.strike(cell.grown(-0.3), desk.rng), writer.pen, desk.rng)
    above = Box(x=cell.x + 0.3, y=cell.y - 0.74 * cell.h, w=cell.w - 0.6, h=cell.h * 0.72)
    _write_character(desk, writer, above, right)


# --- rows


def _strike_rows(desk: _Desk, page: PageLayout, fields: Mapping[str, Field]) -> set[str]:
    """Strike through a few used rows; return the names of all fields of those rows."""
    extents: dict[tuple[str, int], list[tuple[str, Box]]] = {}
    answers = desk.respondent.answers
    counted = desk.habits.special.get("rows", {})
    for box in page.fields:
        field = fields.get(box.name)
        if field is not None and field.group and counted.get(field.group):
            extents.setdefault((field.group, field.row), []).append((field.name, box.extent))
    struck: set[str] = set()
    for members in extents.values():
        used = len(members) > 2 and any(answers.get(name, NOTHING).raw for name, _ in members)
        if used and desk.happens("row_struck"):
            line = _around([extent for _, extent in members])
            desk.surface.draw(marks.strike_row(line, desk.rng), desk.respondent.writer.pen, desk.rng)
            struck |= {name for name, _ in members}
    return struck


def _around(boxes: list[Box]) -> Box:
    """The line to strike: across the cells of a row, level with its first field."""
    left, right = min(box.x for box in boxes), max(box.right for box in boxes)
    first = min(boxes, key=lambda box: (round(box.y), box.x))
    return Box(x=left, y=first.y, w=right - left, h=first.h)


def _after_strike(truth: FieldTruth) -> FieldTruth:
    """A struck row counts for nothing; a doubt about it is fair."""
    return replace(truth, raw="", value="", kind="row_struck", expect="doubt")
