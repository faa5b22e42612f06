"""The name on the cover: where it goes, and whether it fits.

A name is printed in the first masked zone of page 1, which reading blacks out before
anything is kept.  A name that does not fit, or that the typeface cannot write, is
refused before a number is drawn rather than cut or misspelt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.compose.typeface import MM_PER_PT, missing_characters, normalised, text_width_mm
from pipeline.model.form import PublishedForm
from pipeline.model.layout import Box

NAME_SIZES_PT = (18.0, 17.0, 16.0, 15.0, 14.0, 13.0, 12.0)
"""Sizes tried in turn; the smallest is what the form's own text is set in."""
_PADDING_MM = 2.0
_LINE_RATIO = 1.2
_CAPITAL_RATIO = 0.668
_COVER = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NameProblem:
    """Why a name cannot be printed; holds nothing of the name but the missing characters."""

    code: Literal["no_zone", "missing_characters", "too_long"]
    characters: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedText:
    """A line of text with its baseline's left end in mm and its size in points."""

    text: str
    x_mm: float
    y_mm: float
    size_pt: float


def name_zone(form: PublishedForm) -> Box | None:
    """The first masked zone of the cover, or None when the form has none."""
    for page in form.layout.pages:
        if page.number == _COVER:
            return next((field.box for field in page.fields if field.type == "masked" and field.box), None)
    return None


def name_problem(form: PublishedForm, name: str) -> NameProblem | None:
    """Why a name cannot be printed on the cover of a form, or None when it can."""
    zone = name_zone(form)
    if zone is None:
        return NameProblem(code="no_zone")
    missing = missing_characters(normalised(name))
    if missing:
        return NameProblem(code="missing_characters", characters=missing)
    return None if _set_name(normalised(name), zone) else NameProblem(code="too_long")


def place_name(form: PublishedForm, name: str) -> tuple[PlacedText, ...]:
    """The name set in the cover's zone, on one line or two; ``ValueError`` when it cannot be."""
    zone = name_zone(form)
    lines = _set_name(normalised(name), zone) if zone else ()
    if not lines:
        raise ValueError("a name that does not fit was let through")
    return lines


def _set_name(name: str, zone: Box) -> tuple[PlacedText, ...]:
    """The largest setting that fits: one line if possible, else two; empty when none does."""
    width = zone.w - 2 * _PADDING_MM
    for count in (1, 2):
        for size in NAME_SIZES_PT:
            lines = _broken(name, count)
            height = ((count - 1) * _LINE_RATIO + 1) * size * MM_PER_PT
            if lines and height <= zone.h and all(text_width_mm(line, size) <= width for line in lines):
                return _centred(lines, size, zone)
    return ()


def _broken(name: str, count: int) -> tuple[str, ...]:
    """A name on ``count`` lines of like length, broken at a space; empty when it cannot be."""
    if count == 1:
        return (name,)
    breaks = [place for place, character in enumerate(name) if character == " "]
    if not breaks:
        return ()
    middle = min(breaks, key=lambda place: abs(len(name) - 1 - 2 * place))
    return name[:middle], name[middle + 1 :]


def _centred(lines: tuple[str, ...], size: float, zone: Box) -> tuple[PlacedText, ...]:
    """Lines one under the other, left-aligned, the block of capitals in the middle of the zone's height."""
    step = _LINE_RATIO * size * MM_PER_PT
    capital = _CAPITAL_RATIO * size * MM_PER_PT
    first = zone.y + (zone.h - (len(lines) - 1) * step + capital) / 2
    return tuple(
        PlacedText(text=line, x_mm=zone.x + _PADDING_MM, y_mm=first + place * step, size_pt=size)
        for place, line in enumerate(lines)
    )
