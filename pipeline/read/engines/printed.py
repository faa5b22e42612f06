"""Our own plain type read by Tesseract: the last resort when both codes of a page are dead.

The carnet number proves itself by its check digits; the small line below it says form,
version and page.  A number that does not prove itself is never returned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import cv2
import numpy as np

from pipeline.model.identity import PrintedLine, parse_carnet_number
from pipeline.model.scan import Grey

LANGUAGE = "fra"

_HEIGHT_PX = 150
"""Two lines of type on this height give capitals of about 45 px, which Tesseract likes."""
_BORDER_PX = 24
_TIMEOUT_S = 10
_NUMBER = re.compile(r"(?<!\d)(\d\d)\W{0,3}(\d{6})\W{0,3}(\d\d)(?!\d)")
_LIKE_DIGITS = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "S": "5", "B": "8", "Z": "2"})
_DIGITS_ONLY = "-c tessedit_char_whitelist=0123456789-"
_FORM = re.compile(r"([a-z][a-z_]{2,})\s+(\d{4})\s*[.,]\s*(\d{1,2})\W+page\s*(\d{1,2})", re.IGNORECASE)


def read_number(crop: Grey) -> PrintedLine | None:
    """The number printed in a zone, with the small line below it where legible.

    ``crop``: the zone upright, with any small margin.  None when no number passes its
    check digits, or when Tesseract is not installed (``carnet diagnostic`` says so).
    """
    if min(crop.shape) < 8:
        return None
    form, version, page = "", "", None
    for text in _attempts(_enlarged(crop)):
        if not form:
            form, version, page = _second_line(text)
        carnet = _carnet(text)
        if carnet is not None:
            return PrintedLine(carnet=carnet, form=form, version=version, page=page)
    return None


def available() -> str:
    """What keeps this engine from working, in French; empty when all is there."""
    import pytesseract  # noqa: PLC0415 - it loads pandas, which reading otherwise does without

    try:
        languages = pytesseract.get_languages()
    except (pytesseract.TesseractNotFoundError, pytesseract.TesseractError, OSError):
        return "Tesseract est absent : installez les paquets tesseract-ocr et tesseract-ocr-fra."
    if LANGUAGE not in languages:
        return "Le français de Tesseract est absent : installez le paquet tesseract-ocr-fra."
    return ""


def _attempts(image: Grey) -> Iterator[str]:
    """What Tesseract reads, from the plainest way of asking to the most pressing."""
    yield _ocr(image, "--psm 6")
    first_line = image[: round(image.shape[0] * 0.62)]
    yield _ocr(first_line, f"--psm 7 {_DIGITS_ONLY}")
    _, black = cv2.threshold(image, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    yield _ocr(np.asarray(black, np.uint8), "--psm 6")


def _ocr(image: Grey, config: str) -> str:
    """Text of an image, empty when Tesseract is absent, fails or takes too long."""
    import pytesseract  # noqa: PLC0415 - it loads pandas, which reading otherwise does without

    try:
        text = pytesseract.image_to_string(image, lang=LANGUAGE, config=config, timeout=_TIMEOUT_S)
    except (pytesseract.TesseractNotFoundError, pytesseract.TesseractError, RuntimeError, OSError):
        return ""
    return str(text)


def _enlarged(crop: Grey) -> Grey:
    """The crop at a height that Tesseract reads well, with white around."""
    scale = _HEIGHT_PX / crop.shape[0]
    method = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    larger = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=method)
    paper = int(np.percentile(larger, 90))
    border = _BORDER_PX
    return np.asarray(
        cv2.copyMakeBorder(larger, border, border, border, border, cv2.BORDER_CONSTANT, value=paper), np.uint8
    )


def _carnet(text: str) -> str | None:
    """The first number of a text that passes its check digits."""
    for match in _NUMBER.finditer(text.translate(_LIKE_DIGITS)):
        number = parse_carnet_number("-".join(match.groups()))
        if number is not None:
            return number
    return None


def _second_line(text: str) -> tuple[str, str, int | None]:
    """Form, version and page of the small line, empty where it is not legible."""
    match = _FORM.search(text)
    if match is None:
        return "", "", None
    return match[1].lower(), f"{match[2]}.{match[3]}", int(match[4])
