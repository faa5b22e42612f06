"""What the characters of a comb mean: the typed value, or nothing when they mean none.

One truth for the two who need it: ``decide`` (which characters are legal) and ``review``
(what a person typed).  Values are text: ISO dates, decimal hours, integers, codes.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from functools import lru_cache

from pipeline.model.form import Field

MINUTES = 60
_CENTURY = 2000
_FIRST_YEAR = 1900  # nobody alive wrote an earlier one


@lru_cache(maxsize=64)
def format_groups(pattern: str) -> tuple[tuple[str, int, int], ...]:
    """Runs of a format with their first cell and the one after the last.

    ``DDMMYY`` gives ``("D", 0, 2), ("M", 2, 4), ("Y", 4, 6)``.
    """
    return tuple((match[0][0], match.start(), match.end()) for match in re.finditer(r"(.)\1*", pattern))


def hours_text(minutes: int) -> str:
    """Decimal hours of a number of minutes: ``2.5`` for 150."""
    text = f"{minutes / MINUTES:.4f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def date_text(day: int | None, month: int, year: int) -> str:
    """ISO date, or ``YYYY-MM`` without a day; empty when the calendar has no such day."""
    try:
        found = datetime.date(year, month, 1 if day is None else day)
    except ValueError:
        return ""
    return found.isoformat() if day is not None else found.isoformat()[:7]


def full_year(digits: str) -> int:
    """The year behind two digits (of this century) or four."""
    return int(digits) + (_CENTURY if len(digits) == 2 else 0)


def within(field: Field, number: int) -> bool:
    """Whether a number (a year, for dates) lies within the bounds of a field."""
    return (field.minimum is None or number >= field.minimum) and (field.maximum is None or number <= field.maximum)


def comb_value(field: Field, text: str) -> str:
    """The typed value of the characters of the cells, in order, a space for an empty one.

    Empty when they mean nothing legal.  Whether a gap between two digits may be
    overlooked is not asked here: see ``decide``.
    """
    stripped = text.strip()
    grouped = _GROUPED.get(field.kind or "")
    if grouped is not None:
        return grouped(field, text) if stripped else ""
    if not stripped or " " in stripped:
        return ""
    return _PLAIN.get(field.kind or "", _characters)(field, stripped)


def comb_text(field: Field, value: str) -> str:
    """The characters that a comb holds for a typed value: the inverse of ``comb_value``.

    Numbers stand to the right of their cells, as printed examples show.
    """
    if field.kind == "date":
        parts = dict(zip("YMD", value.split("-"), strict=False))
        return "".join(parts[letter][-(end - start) :] for letter, start, end in format_groups(field.format))
    if field.kind == "duration":
        minutes = round(float(value) * MINUTES)
        amounts = {"H": minutes // MINUTES, "M": minutes % MINUTES}
        return "".join(f"{amounts[letter]:0{end - start}d}" for letter, start, end in format_groups(field.format))
    return value.removeprefix(field.prefix).rjust(field.cells)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _date(field: Field, text: str) -> str:
    parts = {letter: text[start:end].strip() for letter, start, end in format_groups(field.format)}
    if not all(_digits(part) for part in parts.values()) or len(parts["Y"]) != field.format.count("Y"):
        return ""
    year = full_year(parts["Y"])
    if not within(field, year) or year < _FIRST_YEAR:
        return ""
    return date_text(int(parts["D"]) if "D" in parts else None, int(parts["M"]), year)


def _duration(field: Field, text: str) -> str:
    parts = {letter: text[start:end].strip() or "0" for letter, start, end in format_groups(field.format)}
    if not all(_digits(part) for part in parts.values()):
        return ""
    hours, minutes = int(parts["H"]), int(parts.get("M", "0"))
    if minutes >= MINUTES or hours + minutes == 0:
        return ""
    return hours_text(hours * MINUTES + minutes)


def _integer(field: Field, stripped: str) -> str:
    if not _digits(stripped) or not within(field, int(stripped)):
        return ""
    return str(int(stripped))


def _code(field: Field, stripped: str) -> str:
    """A code as listed; one digit in several cells may leave out the leading zeros."""
    listed = {stripped, stripped.rjust(field.cells, "0")} & set(field.values)
    return listed.pop() if len(listed) == 1 else ""


def _characters(field: Field, stripped: str) -> str:
    return field.prefix + stripped


_Typed = Callable[[Field, str], str]
_GROUPED: dict[str, _Typed] = {"date": _date, "duration": _duration}
_PLAIN: dict[str, _Typed] = {"integer": _integer, "code": _code}
