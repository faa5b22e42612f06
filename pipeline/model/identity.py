"""Carnet numbers and the identity that every page carries.

Check digits are ISO 7064 MOD 97-10: the number with its check digits leaves 1 when
divided by 97, which catches every single wrong digit and every transposition.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CODE_LENGTH = 21
VARIANTS: dict[str, int] = {"standard": 0, "gros_caracteres": 1, "falc": 2}
_NUMBER = re.compile(r"\s*(\d\d)[-\s]?(\d{6})[-\s]?(\d\d)\s*")


def check_digits(body: str) -> str:
    """The two MOD 97-10 check digits of a string of digits."""
    return f"{98 - int(body) * 100 % 97:02d}"


def is_checked(digits: str) -> bool:
    """Whether a string of digits ends with its own check digits."""
    return digits.isascii() and digits.isdigit() and len(digits) > 2 and digits[-2:] == check_digits(digits[:-2])


def carnet_number(year: int, serial: int) -> str:
    """``AA-NNNNNN-CC`` for a two-digit year and a serial of at most six digits."""
    body = f"{year:02d}{serial:06d}"
    return f"{body[:2]}-{body[2:]}-{check_digits(body)}"


def parse_carnet_number(text: str) -> str | None:
    """The number in its written form, or None when it is not one (check digits)."""
    match = _NUMBER.fullmatch(text)
    if match is None or not is_checked("".join(match.groups())):
        return None
    return "-".join(match.groups())


@dataclass(frozen=True, slots=True, kw_only=True)
class PageIdentity:
    """What the code of a page says.  ``page`` is the page number as printed."""

    form_code: int
    version_code: int
    variant: int
    carnet: str
    page: int
    sheet: int = 0

    def encode(self) -> str:
        """The 21 digits of the DataMatrix."""
        number = self.carnet.replace("-", "")
        body = f"{self.form_code:02d}{self.version_code:03d}{self.variant}{number}{self.page:02d}{self.sheet}"
        return body + check_digits(body)

    @classmethod
    def decode(cls, text: str) -> PageIdentity | None:
        """The identity behind 21 digits, or None when any check fails."""
        if len(text) != CODE_LENGTH or not is_checked(text):
            return None
        carnet = parse_carnet_number(text[6:16])
        if carnet is None:
            return None
        return cls(
            form_code=int(text[:2]),
            version_code=int(text[2:5]),
            variant=int(text[5]),
            carnet=carnet,
            page=int(text[16:18]),
            sheet=int(text[18]),
        )


def marker_id(page: int, corner: int) -> int:
    """AprilTag id of a corner (0 top left, clockwise) of a printed page number."""
    return page * 4 + corner


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedLine:
    """What was read in plain type beside a code; empty or None where nothing was legible.

    ``carnet`` has passed its check digits.
    """

    carnet: str
    form: str = ""
    version: str = ""
    page: int | None = None
