"""A writer: one hand, one pen, one way of ticking, kept for a whole carnet.

What differs from writer to writer (slant, size, proportions, shapes of digits, habits)
is drawn once; what differs from one digit to the next (jitter, tremor, pressure) is
drawn each time.  A writer of real hands keeps everything but the digits, which come
from a ``DigitSource``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from pipeline.model.layout import Box
from pipeline.model.scan import Floats, Grey
from pipeline.rehearse.glyphs import DIGITS, smooth
from pipeline.rehearse.ink import Pen, Strokes, Surface

TICKING = {"cross": 62, "sloppy_cross": 14, "tick": 17, "slash": 2, "filled": 3, "circle": 2}
"""Ways of ticking and how many writers in a hundred have each."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Glyph:
    """One digit: strokes in units of its height, or a bitmap of ink coverage."""

    strokes: Strokes = ()
    bitmap: Grey | None = None


class DigitSource(Protocol):
    """Where the digits of one writer come from."""

    def glyph(self, digit: str, rng: np.random.Generator) -> Glyph:
        """A new instance of a digit."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Writer:
    """One hand.

    ``size`` is the height of a digit over that of its cell; ``slant`` the shear to the
    right; ``stretch`` multiplies widths; ``jitter`` displaces every control point from
    one digit to the next; ``tremor_mm`` is the amplitude of a trembling line; ``care``
    in [0, 1] keeps marks inside their boxes.  ``ticking`` is one of ``TICKING``.
    """

    name: str
    pen: Pen
    source: DigitSource
    ticking: str
    size: float
    slant: float
    stretch: float
    jitter: float
    tremor_mm: float
    care: float
    font: int

    def digit(self, surface: Surface, cell: Box, digit: str, rng: np.random.Generator) -> None:
        """Write a digit into a cell (page millimetres)."""
        glyph = self.source.glyph(digit, rng)
        height = cell.h * self.size * rng.uniform(0.92, 1.07)
        slack = 0.05 + 0.12 * (1 - self.care)
        if glyph.bitmap is not None:
            self._stamp(surface, cell, glyph.bitmap, height, rng)
            return
        lines = [self._hand(line) * height for line in glyph.strokes]
        ends = np.vstack(lines)
        width = np.ptp(ends[:, 0])
        if width > cell.w * (0.86 + 0.2 * (1 - self.care)):
            squeeze = cell.w * (0.86 + 0.2 * (1 - self.care)) / width
            lines = [line * (squeeze, 1) for line in lines]
        ends = np.vstack(lines)
        centre = (ends.min(axis=0) + ends.max(axis=0)) / 2
        target = np.asarray(cell.centre) + rng.normal(0, slack, 2) * (cell.w * 0.6, cell.h * 0.35)
        surface.draw([self.trembling(line - centre + target, rng) for line in lines], self.pen, rng)

    def _hand(self, line: Floats) -> Floats:
        """Slant and proportions of this writer."""
        x = line[:, 0] * self.stretch + (1 - line[:, 1]) * self.slant
        return np.column_stack([x, line[:, 1]])

    def trembling(self, line: Floats, rng: np.random.Generator) -> Floats:
        """A line with this writer's tremor, about one wave in 1.2 mm."""
        if self.tremor_mm == 0 or len(line) < 2:
            return line
        length = float(np.hypot(*np.diff(line, axis=0).T).sum())
        knots = max(3, int(length / 0.6))
        at = np.linspace(0, knots - 1, len(line))
        shake = rng.normal(0, self.tremor_mm, (2, knots))
        shaken: Floats = line + np.column_stack([np.interp(at, np.arange(knots), part) for part in shake])
        return shaken

    def _stamp(self, surface: Surface, cell: Box, bitmap: Grey, height: float, rng: np.random.Generator) -> None:
        """Lay a bitmap of a real digit into a cell, its edge sharpened to a pen's."""
        width = height * bitmap.shape[1] / bitmap.shape[0]
        fit = min(1.0, cell.w * 0.95 / width)
        grow = surface.px_per_mm * surface.scale * fit
        size = max(4, round(width * grow)), max(6, round(height * grow))
        large = cv2.resize(bitmap, size, interpolation=cv2.INTER_CUBIC).astype(np.float32)
        ink = np.clip((large - 90) * 2.2, 0, 255).astype(np.uint8)
        centre = np.asarray(cell.centre) + rng.normal(0, 0.08, 2) * (cell.w * 0.6, cell.h * 0.35)
        corner = surface.to_px(centre[None])[0] - np.asarray(size) / 2
        surface.lay(ink, (round(corner[0]), round(corner[1])), self.pen, rng)


@dataclass(frozen=True, slots=True, eq=False)
class ModelDigits:
    """Digits of our own stroke model, in the shapes that one writer has chosen."""

    shapes: Mapping[str, tuple[tuple[Floats, ...], float]]
    jitter: float

    def glyph(self, digit: str, rng: np.random.Generator) -> Glyph:
        """A new instance: control points moved a little, smoothed."""
        strokes, aspect = self.shapes[digit]
        turn = rng.normal(0, self.jitter)
        lines = []
        for stroke in strokes:
            moved = stroke + _same_for_corners(stroke, rng, self.jitter)
            line = smooth(moved) * (aspect, 1.0)
            lines.append(line @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]))
        return Glyph(strokes=tuple(lines))


def _same_for_corners(stroke: Floats, rng: np.random.Generator, spread: float) -> Floats:
    """A random displacement of each point; a corner (a doubled point) moves as one."""
    moves = rng.normal(0, spread, stroke.shape)
    doubled = np.flatnonzero((np.diff(stroke, axis=0) == 0).all(axis=1))
    moves[doubled + 1] = moves[doubled]
    return moves


def draw_digits(rng: np.random.Generator, jitter: float) -> ModelDigits:
    """Choose the shapes of one writer's digits and deform them once for all."""
    shapes: dict[str, tuple[tuple[Floats, ...], float]] = {}
    for digit, allographs in DIGITS.items():
        weights = np.array([shape.weight for shape in allographs])
        chosen = allographs[rng.choice(len(allographs), p=weights / weights.sum())]
        strokes = []
        for stroke in chosen.strokes:
            points = np.asarray(stroke, dtype=np.float64)
            strokes.append(points + _same_for_corners(points, rng, 0.028))
        shapes[digit] = tuple(strokes), chosen.aspect * rng.uniform(0.88, 1.15)
    return ModelDigits(shapes=shapes, jitter=jitter)


def draw_pen(rng: np.random.Generator) -> Pen:
    """A pen as found at a desk: mostly ballpoint, some felt, some pencil."""
    kind = str(
        rng.choice(
            ["ballpoint_blue", "ballpoint_black", "felt", "gel_blue", "pencil", "light_blue"],
            p=[0.42, 0.3, 0.1, 0.09, 0.06, 0.03],
        )
    )
    dark = float(rng.uniform(0.85, 1.15))
    base, width, pressure, grain = {
        "ballpoint_blue": ((150, 72, 48), rng.uniform(0.38, 0.55), 0.35, 0.12),
        "ballpoint_black": ((56, 50, 48), rng.uniform(0.38, 0.55), 0.35, 0.12),
        "felt": ((48, 42, 40), rng.uniform(0.65, 0.95), 0.1, 0.0),
        "gel_blue": ((120, 52, 34), rng.uniform(0.5, 0.65), 0.12, 0.0),
        "pencil": ((122, 120, 118), rng.uniform(0.45, 0.7), 0.5, 0.55),
        "light_blue": ((205, 150, 105), rng.uniform(0.45, 0.6), 0.25, 0.1),
    }[kind]
    blue, green, red = (int(min(225, channel * dark)) for channel in base)
    return Pen(kind=kind, width_mm=float(width), colour=(blue, green, red), pressure=pressure, grain=grain)


def draw_writer(rng: np.random.Generator, name: str, source: DigitSource | None = None) -> Writer:
    """A writer at random; ``source`` replaces the digits of our own model."""
    care = float(rng.beta(4, 2))
    old = rng.random() < 0.18
    jitter = 0.012 + 0.03 * (1 - care)
    ways = list(TICKING)
    weights = np.array([float(TICKING[way]) for way in ways])
    return Writer(
        name=name,
        pen=draw_pen(rng),
        source=source or draw_digits(rng, jitter),
        ticking=str(rng.choice(ways, p=weights / weights.sum())),
        size=float(np.clip(rng.normal(0.7, 0.09), 0.48, 0.92)),
        slant=0.0 if source else float(np.clip(rng.normal(0.1, 0.13), -0.18, 0.4)),
        stretch=float(np.clip(rng.normal(1.0, 0.1), 0.78, 1.25)),
        jitter=jitter,
        tremor_mm=float(rng.uniform(0.05, 0.13)) if old else float(rng.uniform(0.0, 0.025)),
        care=care,
        font=int(rng.integers(0, 4)),
    )
