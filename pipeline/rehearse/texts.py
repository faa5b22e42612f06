"""Rehearsed sentences in handwriting typefaces, and a stamp: presence of ink, no meaning."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.errors import DependencyError
from pipeline.model.layout import Box
from pipeline.model.scan import Grey
from pipeline.rehearse.ink import Pen, Surface

_FONTS = (
    ("fontpkg_caveat", "Caveat[wght].ttf", 1.15),
    ("fontpkg_kalam", "Kalam-Light.ttf", 0.82),
    ("fontpkg_indie_flower", "IndieFlower-Regular.ttf", 0.92),
    ("fontpkg_shadows_into_light", "ShadowsIntoLight.ttf", 0.98),
)
"""Package, file, and the factor that gives all four the same apparent size."""

STAMP_PEN = Pen(kind="stamp", width_mm=0.6, colour=(150, 70, 90), pressure=0.2, grain=0.45)


@cache
def _font_path(package: str, file: str) -> Path:
    """Where a typeface package keeps its file."""
    spec = importlib.util.find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    for place in places:
        path = Path(place) / "files" / file
        if path.is_file():
            return path
    raise DependencyError(
        f"La police manuscrite « {package} » manque : lancez « make setup » pour l’installer.", package=package
    )


def write_text(
    surface: Surface, box: Box, text: str, lines: int, *, font: int, pen: Pen, rng: np.random.Generator
) -> None:
    """Write words on the lines of a zone, as many as fit, in one of the handwriting typefaces."""
    package, file, factor = _FONTS[font % len(_FONTS)]
    line_mm = box.h / max(1, lines)
    size_mm = min(5.6, line_mm * 0.78) * factor * rng.uniform(0.9, 1.05)
    unit = surface.px_per_mm * surface.scale
    face = ImageFont.truetype(str(_font_path(package, file)), max(8, round(size_mm * unit)))
    for row, words in enumerate(_wrapped(text, face, (box.w - 3) * unit, lines)):
        patch, anchor = _written(words, face, pen.width_mm)
        baseline = box.y + (row + 1) * line_mm - line_mm * 0.22 + rng.normal(0, 0.25)
        at = surface.to_px(np.array([[box.x + rng.uniform(1.0, 2.2), baseline]]))[0]
        surface.lay(patch, (round(at[0]), round(at[1]) - anchor), pen, rng)


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width_px: float, lines: int) -> list[str]:
    """Words broken into at most ``lines`` lines of a width."""
    rows = [""]
    for word in text.split():
        longer = f"{rows[-1]} {word}".strip()
        if rows[-1] and font.getlength(longer) > width_px:
            rows.append(word)
        else:
            rows[-1] = longer
    return rows[:lines] if lines else rows[:1]


def _written(words: str, font: ImageFont.FreeTypeFont, width_mm: float) -> tuple[Grey, int]:
    """Ink coverage of a line of words, and the row of its baseline."""
    ascent, descent = font.getmetrics()
    image = Image.new("L", (int(font.getlength(words)) + 12, ascent + descent + 8), 0)
    stroke = 1 if width_mm > 0.5 else 0
    ImageDraw.Draw(image).text((4, 4), words, fill=255, font=font, stroke_width=stroke)
    return np.asarray(image, dtype=np.uint8), 4 + ascent


def press_stamp(surface: Surface, box: Box, text: str, rng: np.random.Generator) -> None:
    """A rubber stamp, a little turned, somewhere in its zone, unevenly inked."""
    unit = surface.px_per_mm * surface.scale
    width, height = round(min(34, box.w * 0.8) * unit), round(min(14, box.h * 0.75) * unit)
    image = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(image)
    draw.rectangle((2, 2, width - 3, height - 3), outline=255, width=max(2, round(0.5 * unit)))
    package, file, _ = _FONTS[1]
    size = round(height * 0.36)
    font = ImageFont.truetype(str(_font_path(package, file)), size)
    while font.getlength(text) > width * 0.86 and size > 8:
        size -= 1
        font = ImageFont.truetype(str(_font_path(package, file)), size)
    draw.text((width / 2, height / 2), text, fill=255, font=font, anchor="mm", stroke_width=1)
    turned = np.asarray(image.rotate(float(rng.normal(0, 5)), expand=True, resample=Image.Resampling.BILINEAR))
    at = surface.to_px(np.array([box.centre]))[0] + rng.normal(0, 1.2, 2) * unit
    corner = round(at[0] - turned.shape[1] / 2), round(at[1] - turned.shape[0] / 2)
    surface.lay(turned.astype(np.uint8), corner, STAMP_PEN, rng)
