"""Ink on paper: strokes in page millimetres drawn onto a printed side.

Ink multiplies what lies under it, as real ink does: toner shows through a ballpoint
line, and two strokes that cross are darker where they meet.  Everything is drawn three
times larger than the side and reduced, so that a 0.4 mm line has the soft edge that a
scanner sees.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.scan import Floats, Grey

Strokes = tuple[Floats, ...]
_OVERSAMPLE = 3
_STEP_MM = 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """What a line looks like.

    ``colour`` is blue, green, red of full ink; ``pressure`` how much width and darkness
    vary along a line; ``grain`` the share of paper tooth left white (pencil, dry pen).
    """

    kind: str
    width_mm: float
    colour: tuple[int, int, int]
    pressure: float
    grain: float


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A logical page on a printed side: page millimetres to pixels of the side.

    ``pixels`` is grey (h, w) or blue, green, red (h, w, 3) and is drawn upon.
    ``scale`` is 1 for the standard carnet and 1.414 for large print.
    """

    pixels: Grey
    px_per_mm: float
    origin_mm: tuple[float, float]
    scale: float

    def to_px(self, points_mm: Floats) -> Floats:
        """Pixel coordinates of page points."""
        return (np.asarray(self.origin_mm) + points_mm * self.scale) * self.px_per_mm

    def draw(self, strokes: Iterable[Floats], pen: Pen, rng: np.random.Generator) -> None:
        """Draw strokes given in page millimetres with a pen (pens do not grow with large print)."""
        for stroke in strokes:
            if len(stroke):
                self._draw_line(self.to_px(np.asarray(stroke, dtype=np.float64)), pen, rng)

    def _draw_line(self, line_px: Floats, pen: Pen, rng: np.random.Generator) -> None:
        """One continuous line, its width and darkness wandering with the pressure."""
        line = _resample(line_px, _STEP_MM * self.px_per_mm)
        width = pen.width_mm * self.px_per_mm
        margin = int(width * 2) + 3
        low = np.floor(line.min(axis=0)).astype(int) - margin
        high = np.ceil(line.max(axis=0)).astype(int) + margin
        size = high - low
        patch = np.zeros((size[1] * _OVERSAMPLE, size[0] * _OVERSAMPLE), np.uint8)
        drift = _drift(len(line), rng)
        widths = np.maximum(1, np.round(width * _OVERSAMPLE * (1 + 0.5 * pen.pressure * drift))).astype(int)
        shades = np.clip(255 * (1 - pen.pressure * (0.35 + 0.35 * drift)), 60, 255).astype(int)
        points = np.round((line - low) * _OVERSAMPLE).astype(int)
        if len(points) == 1:
            points = np.vstack([points, points])
            widths, shades = np.repeat(widths, 2), np.repeat(shades, 2)
        for index in range(1, len(points)):
            start, end = points[index - 1], points[index]
            cv2.line(patch, start.tolist(), end.tolist(), int(shades[index]), int(widths[index]))
        coverage = cv2.resize(patch, (int(size[0]), int(size[1])), interpolation=cv2.INTER_AREA).astype(np.uint8)
        self.lay(coverage, (int(low[0]), int(low[1])), pen, rng)

    def lay(self, coverage: Grey, corner: tuple[int, int], pen: Pen, rng: np.random.Generator) -> None:
        """Multiply a patch of ink coverage (255 = full) into the side, clipped to it."""
        height, width = self.pixels.shape[:2]
        left, top = max(0, corner[0]), max(0, corner[1])
        right, bottom = min(width, corner[0] + coverage.shape[1]), min(height, corner[1] + coverage.shape[0])
        if right <= left or bottom <= top:
            return
        part = coverage[top - corner[1] : bottom - corner[1], left - corner[0] : right - corner[0]]
        share = part.astype(np.float32) / 255
        if pen.grain:
            share *= _tooth(share.shape, pen.grain, rng)
        target = self.pixels[top:bottom, left:right]
        if target.ndim == 2:
            factor = 1 - share * (1 - grey_of(pen.colour) / 255)
        else:
            factor = 1 - share[..., None] * (1 - np.asarray(pen.colour, np.float32) / 255)
        target[...] = (target * factor + 0.5).astype(np.uint8)


def grey_of(colour: tuple[int, int, int]) -> float:
    """Luminance of a blue, green, red colour, as a grey scan shows it."""
    return 0.114 * colour[0] + 0.587 * colour[1] + 0.299 * colour[2]


def _resample(line: Floats, step: float) -> Floats:
    """Points at equal distances along a line."""
    gaps = np.hypot(*np.diff(line, axis=0).T) if len(line) > 1 else np.zeros(0)
    along = np.concatenate([[0.0], np.cumsum(gaps)])
    if along[-1] == 0:
        return line[:1]
    at = np.linspace(0, along[-1], max(2, int(along[-1] / step) + 1))
    return np.column_stack([np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])])


def _drift(count: int, rng: np.random.Generator) -> Floats:
    """A slow wander in [-1, 1], one value per point."""
    knots = rng.uniform(-1, 1, max(2, count // 12 + 2))
    return np.interp(np.linspace(0, len(knots) - 1, count), np.arange(len(knots)), knots)


def _tooth(shape: tuple[int, ...], grain: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Paper tooth: a share of each pixel that a dry pen leaves white."""
    noise = cv2.GaussianBlur(rng.random(shape, dtype=np.float32), (3, 3), 0.7)
    tooth: npt.NDArray[np.float32] = np.clip(1 - grain * (0.5 + 3.0 * (noise - 0.5)), 0, 1).astype(np.float32)
    return tooth
