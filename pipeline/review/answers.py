"""What a person typed in a workbook for one field → an answer, or what is wrong with it.

People type as they speak: a label or its code, « 2h30 », « 12/03/2026 ».  Excel turns some
of it into dates, times and numbers behind their back; those are taken back to what was
meant.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.model.decision import Status
from pipeline.model.form import Field
from pipeline.model.value import MINUTES, comb_text, comb_value, date_text, format_groups, full_year, hours_text, within

Typed = str | int | float | datetime.date | datetime.time | datetime.timedelta

_ILLEGIBLE = "illisible"
_EMPTY = "vide"
_YES = {"present", "presente", "oui", "1", "x"}
_NO = {"absent", "absente", "non", "0"}
_DATE = re.compile(r"(\d{1,2})[/.\-\s]+(\d{1,2})[/.\-\s]+(\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ][\d:.]*)?")
_MONTH = re.compile(r"(\d{1,2})[/.\-\s]+(\d{4}|\d{2})")
_CLOCK = re.compile(r"(\d{1,3})\s*(?:h|:|heures?)\s*(\d{1,2})?\s*(?:m|mn|min|minutes?)?")
_ONLY_MINUTES = re.compile(r"(\d{1,3})\s*(?:mn|min|minutes?)")
_HOURS = re.compile(r"\d{1,3}(?:[.,]\d+)?")
_STEP = 5  # minutes: finer ones are not written as decimals
_ROUNDING = 0.31  # minutes: what two decimals of an hour leave of a third
_MONTHS = [
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
]
_SEPARATORS = (r"[|;\n]", r"[|;,\n]", r"[|;,\n]|\bet\b", r"[|;,\s]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person settled: ``raw`` and ``value`` as in ``lectures.csv``."""

    raw: str
    value: str
    status: Status


def parse_answer(field: Field, typed: Typed) -> Answer | str:
    """The answer behind what was typed, or one French sentence that says what is expected."""
    text = typed.strftime("%d/%m/%Y") if isinstance(typed, datetime.date) else _text(typed)
    if not text:
        return "La cellule est vide : tapez une réponse, « vide » ou « illisible »."
    said = plain(text)
    if said == _ILLEGIBLE:
        return Answer(raw="", value="", status=Status.ILLEGIBLE)
    if said == _EMPTY and field.type != "signature":
        return _verified("", "")
    return _BY_TYPE[field.type](field, typed, text)


def _verified(raw: str, value: str) -> Answer:
    return Answer(raw=raw, value=value, status=Status.VERIFIED)


def _text(typed: Typed) -> str:
    """What was typed, as text; a whole number loses the decimals that Excel gives it."""
    if isinstance(typed, float) and typed.is_integer():
        return str(int(typed))
    return str(typed).replace("\u00a0", " ").replace("\u202f", " ").strip()


def plain(text: str) -> str:
    """Lower case without accents, guillemets or typographic signs, for comparison."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("’", "'"))
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[«»\"“”.?!…]", " ", letters).split())


# ---------------------------------------------------------------- tick boxes


def _choice(field: Field, _typed: Typed, text: str) -> Answer | str:
    found = _options(field, text)
    if found is None:
        codes = ", ".join(f"{option.value} ({option.label})" for option in field.options)
        return f"« {text} » n’est pas une réponse possible. Réponses : {codes}."
    if len(found) > 1 and not field.multiple:
        return f"Une seule réponse est possible, et « {text} » en donne {len(found)}."
    exclusive = next((option for option in field.options if option.exclusive and option.value in found), None)
    if exclusive is not None and len(found) > 1:
        return f"« {exclusive.label} » ne peut pas aller avec une autre réponse."
    raw = "|".join(option.value for option in field.options if option.value in found)
    return _verified(raw, raw)


def _options(field: Field, text: str) -> set[str] | None:
    """Codes named by a text: the whole of it first, for labels hold commas too."""
    known: dict[str, str] = {}
    for option in field.options:
        for name in (option.label, f"{option.value} - {option.label}", f"{option.value} {option.label}"):
            known.setdefault(_option_name(name), option.value)
    # A code is stronger than a label that happens to read like another option's code.
    known |= {_option_name(option.value): option.value for option in field.options}
    if _option_name(text) in known:
        return {known[_option_name(text)]}
    for separator in _SEPARATORS:
        parts = [_option_name(part) for part in re.split(separator, text) if part.strip()]
        if len(parts) > 1 and all(part in known for part in parts):
            return {known[part] for part in parts}
    return None


def _option_name(text: str) -> str:
    return plain(re.sub(r"\s*,\s*", ", ", re.sub(r"\s*[–—:=-]\s*", " - ", text)))


# ---------------------------------------------------------------- cells


def _comb(field: Field, typed: Typed, text: str) -> Answer | str:
    value = _COMBS.get(field.kind or "text", _characters)(field, typed, text)
    if not value:
        return f"« {text} » ne convient pas : {_expected(field)}."
    return _verified(comb_text(field, value), value)


def _expected(field: Field) -> str:
    """What a comb expects, in French."""
    if field.kind == "date":
        shape = "une date JJ/MM/AAAA" if "D" in field.format else "un mois et une année MM/AAAA"
        bounds = f", à partir de {field.minimum}" if field.minimum is not None else ""
        return f"il faut {shape}{bounds}"
    if field.kind == "duration":
        return "il faut une durée comme 2h30, 2:30 ou 2,5 (heures)"
    if field.kind == "integer":
        limits = [str(limit) for limit in (field.minimum, field.maximum) if limit is not None]
        return "il faut un nombre entier" + (f" de {' à '.join(limits)}" if len(limits) == 2 else "")
    if field.kind == "code":
        return f"il faut l’un de ces codes : {', '.join(field.values)}"
    if field.alphabet == "digits":
        return f"il faut {field.cells} chiffres" + (f" après {field.prefix}" if field.prefix else "")
    return f"il faut au plus {field.cells} caractères"


def _date(field: Field, typed: Typed, text: str) -> str:
    """ISO date or month; an Excel date of a month-and-year field is that month."""
    if isinstance(typed, datetime.date):
        found: tuple[int | None, int, int] | None = (typed.day, typed.month, typed.year)
    else:
        found = _date_parts(field, text)
    if found is None or not within(field, found[2]):
        return ""
    day, month, year = found
    has_day = "D" in field.format
    if has_day and day is None:
        return ""
    return date_text(day if has_day else None, month, year)


def _date_parts(field: Field, text: str) -> tuple[int | None, int, int] | None:
    """Day (None when not given), month and year behind a text."""
    for number, name in enumerate(_MONTHS, start=1):
        text = re.sub(rf"(?i)\b{name}\b", f"/{number}/", plain(text)) if name in plain(text) else text
    text = text.strip("/ ")
    if match := _ISO.fullmatch(text):
        return int(match[3]) if match[3] else None, int(match[2]), int(match[1])
    if match := _DATE.fullmatch(text):
        return int(match[1]), int(match[2]), full_year(match[3])
    if match := _MONTH.fullmatch(text):
        return None, int(match[1]), full_year(match[2])
    if text.isdigit() and len(text) == len(field.format) - 1:
        text = "0" + text  # Excel drops the zero of 05032026
    if text.isdigit() and len(text) == len(field.format):
        digits = {letter: text[start:end] for letter, start, end in format_groups(field.format)}
        return int(digits["D"]) if "D" in digits else None, int(digits["M"]), full_year(digits["Y"])
    return None


def _duration(field: Field, typed: Typed, text: str) -> str:
    """Decimal hours, between one minute and what the cells can hold."""
    minutes = _minutes(typed, text)
    if minutes is None:
        return ""
    most = (10 ** field.format.count("H")) * MINUTES
    return hours_text(minutes) if 0 < minutes < most else ""


def _minutes(typed: Typed, text: str) -> int | None:
    """Minutes of a duration: a time of the clock, hours and minutes, or decimal hours."""
    if isinstance(typed, datetime.timedelta):
        return round(typed.total_seconds() / MINUTES)
    if isinstance(typed, datetime.time):
        return typed.hour * MINUTES + typed.minute
    if isinstance(typed, datetime.datetime):
        return None
    text = text.lower()
    if match := _ONLY_MINUTES.fullmatch(text):
        return int(match[1])
    if match := _CLOCK.fullmatch(text):
        minutes = int(match[2] or 0)
        return int(match[1]) * MINUTES + minutes if minutes < MINUTES else None
    return _decimal_minutes(text) if _HOURS.fullmatch(text) else None


def _decimal_minutes(text: str) -> int | None:
    """Minutes of decimal hours: « 2,5 », « 2,33 ».

    « 2,30 » is refused: some mean 2 h 30, and two hours and three tenths are nobody's answer.
    """
    exact = float(text.replace(",", ".")) * MINUTES
    minutes = _STEP * round(exact / _STEP)
    return minutes if abs(exact - minutes) <= _ROUNDING else None


def _integer(field: Field, _typed: Typed, text: str) -> str:
    compact = text.replace(" ", "")
    return comb_value(field, compact) if len(compact) <= field.cells else ""


def _code(field: Field, _typed: Typed, text: str) -> str:
    """A code, its label, or « 07 – label »; Excel drops leading zeros."""
    value = comb_value(field, text)
    if value:
        return value
    plain = _option_name(text)
    for code in field.values:
        label = field.labels.get(code, "")
        if label and plain in (_option_name(label), _option_name(f"{code} - {label}")):
            return code
    return ""


def _characters(field: Field, typed: Typed, text: str) -> str:
    """Characters of the cells; the printed prefix may be typed or not."""
    compact = re.sub(r"[\s.\-]", "", text) if field.alphabet == "digits" else text
    if field.prefix and compact.upper().startswith(field.prefix.upper()):
        compact = compact[len(field.prefix) :]
    elif field.prefix and not isinstance(typed, str) and len(compact) < field.cells:
        return ""  # Excel dropped zeros, or a digit is missing: nobody can tell
    digits = field.alphabet != "digits" or (compact.isascii() and compact.isdigit())
    fits = len(compact) == field.cells if field.prefix else 0 < len(compact) <= field.cells
    return field.prefix + compact if digits and fits else ""


# ---------------------------------------------------------------- free zones


def _free_text(_field: Field, _typed: Typed, text: str) -> Answer | str:
    return _verified(text, text)


def _signature(field: Field, _typed: Typed, text: str) -> Answer | str:
    said = plain(text)
    if said in _YES:
        return _verified("present", "present")
    if said in _NO or said == _EMPTY:
        return _verified("absent", "absent")
    return f"« {text} » ne convient pas : tapez « présent » ou « absent »."


def _masked(field: Field, _typed: Typed, _text: str) -> Answer | str:
    return "Ce champ est nominatif : rien n’en est jamais gardé."


_BY_TYPE: dict[str, Callable[[Field, Typed, str], Answer | str]] = {
    "choice": _choice,
    "comb": _comb,
    "text": _free_text,
    "signature": _signature,
    "masked": _masked,
}
_COMBS: dict[str, Callable[[Field, Typed, str], str]] = {
    "date": _date,
    "duration": _duration,
    "integer": _integer,
    "code": _code,
}
