"""French digits drawn by imagined writers: the 1 with its upstroke, the barred 7, the open 4.

Shapes are control points of our own on a box of height 1 (x to the right, y downwards),
joined by a smooth curve or, where a stroke has corners, by straight lines.  A writer
keeps one shape a digit, a slant, proportions and habits; each digit drawn varies a little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.train.sets import Strokes, unit

Shape = tuple[tuple[str, npt.NDArray[np.float64]], ...]
"""Strokes of a shape, each a curve ("c") or straight ("s")."""

SHAPES: dict[int, tuple[str, ...]] = {
    0: (
        "c 35,2 10,25 5,60 25,97 50,90 62,50 55,12 30,0",
        "c 50,10 20,5 3,45 20,95 50,92 62,50 48,5 25,10",
        "c 30,3 60,20 65,65 40,100 10,80 5,35 30,2 42,8",
    ),
    1: (
        "s 0,55 42,0 40,100",
        "s 0,40 30,0 30,100",
        "s 0,30 28,2 25,100 | s 0,100 55,98",
        "c 0,62 25,38 46,2 | s 46,2 40,100",
        "s 0,85 50,0 48,100",
        "s 10,0 8,100",
        "s 0,25 20,0 20,100",
        "s 0,38 66,0 60,100",
        "s 0,62 70,0 62,100",
        "s 0,24 60,0 58,100",
        "c 0,34 30,22 62,0 | s 62,0 56,100",
        "s 0,70 58,0 52,100 | s 28,100 80,98",
        "c 2,48 28,30 48,0 | c 48,0 46,55 36,100",
        "c 0,36 14,14 34,0 | c 34,0 40,40 44,100",
        "c 0,44 20,16 40,2 46,12 42,100",
        "s 0,46 44,0 56,100",
    ),
    2: (
        "c 5,25 15,5 42,0 55,20 40,55 3,97 | s 3,97 62,96",
        "c 2,30 20,2 50,10 48,40 15,85 3,92 10,75 30,90 62,98",
        "c 5,15 35,0 55,20 35,60 0,100 30,95 65,90",
    ),
    3: (
        "c 5,15 30,0 52,20 25,45 | c 25,45 60,60 50,95 20,100 0,85",
        "s 5,3 55,0 25,42 | c 25,42 58,55 52,92 20,100 0,88",
        "c 3,10 40,0 50,25 28,46 33,47 58,70 35,100 0,90",
    ),
    4: (
        "s 35,0 0,65 65,62 | s 48,35 42,100",
        "s 20,0 2,55 62,55 | s 50,5 48,100",
        "s 48,100 50,0 0,68 68,68",
        "c 15,2 3,30 8,52 50,48 | s 55,5 45,100",
        "s 40,0 0,72 62,70 | s 40,48 38,100",
    ),
    5: (
        "s 12,2 6,42 | c 6,42 40,38 58,68 35,98 0,92 | s 12,2 55,0",
        "c 52,0 12,3 8,40 | c 8,40 45,40 55,75 25,100 0,90",
        "s 60,2 15,0 10,45 | c 10,45 50,45 50,90 3,97",
    ),
    6: (
        "c 48,0 15,30 3,70 25,100 50,80 35,55 6,68",
        "c 35,0 6,45 8,90 35,100 52,75 30,55 8,75",
        "c 55,8 30,3 5,50 15,95 45,95 50,60 20,55 6,75",
    ),
    7: (
        "s 0,3 58,0 20,100 | s 15,50 60,48",
        "s 2,2 55,0 30,100 | s 18,45 62,42",
        "c 0,12 12,0 35,7 58,0 | c 58,0 35,45 22,100 | s 12,50 55,50",
        "s 2,15 4,0 56,2 22,100 | s 14,52 58,50",
        "s 0,0 55,0 20,100",
    ),
    8: (
        "c 48,12 25,0 5,20 28,46 52,75 28,100 3,78 28,48 50,20 40,5",
        "c 27,45 5,25 27,0 48,22 27,45 | c 27,45 0,75 27,100 55,72 27,45",
        "c 50,5 10,10 15,40 50,70 30,100 2,85 25,50 55,5",
    ),
    9: (
        "c 50,15 25,0 3,25 20,50 48,30 52,10 | s 52,10 48,100",
        "c 50,10 20,3 5,35 30,50 50,15 52,60 35,97 5,95",
        "c 48,20 25,0 2,22 20,46 46,25 | c 47,10 45,60 30,100",
        "c 30,2 3,20 20,48 52,25 32,2 | c 52,20 45,70 15,100",
    ),
}
"""Strokes of each shape, separated by a bar: curve or straight, then control points in hundredths of the height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One imagined writer: a shape a digit with its lasting deviations, and habits of the whole hand."""

    shapes: tuple[Shape, ...]
    slant: float
    width: float
    unsteadiness: float

    def draw(self, digit: int, rng: np.random.Generator) -> Strokes:
        """The digit once more, never twice alike."""
        strokes = []
        for kind, control in self.shapes[digit]:
            moved = control + rng.normal(0, self.unsteadiness, control.shape)
            line = _curve(moved) if kind == "c" else moved
            x = line[:, 0] * self.width - line[:, 1] * (self.slant + rng.normal(0, 0.04))
            strokes.append(np.stack([x, line[:, 1]], axis=1).astype(np.float32))
        return unit(tuple(strokes))


def hand(rng: np.random.Generator) -> Hand:
    """A writer nobody has met."""
    deviation = rng.uniform(0.01, 0.05)
    shapes = []
    for digit in range(10):
        shape = SHAPES[digit][rng.integers(len(SHAPES[digit]))]
        stretch = rng.normal(1, 0.08, 2)
        shapes.append(tuple((kind, _deviate(points, stretch, deviation, rng)) for kind, points in parsed(shape)))
    return Hand(
        shapes=tuple(shapes),
        slant=float(rng.normal(0.05, 0.17)),
        width=float(rng.uniform(0.7, 1.35)),
        unsteadiness=float(rng.uniform(0.008, 0.03)),
    )


def parsed(shape: str) -> Shape:
    """The control points of one shape."""
    strokes = []
    for stroke in shape.split(" | "):
        kind, *points = stroke.split()
        control = np.array([[int(value) for value in point.split(",")] for point in points])
        strokes.append((kind, control / 100))
    return tuple(strokes)


def _deviate(
    points: npt.NDArray[np.float64], stretch: npt.NDArray[np.float64], deviation: float, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """One stroke as this writer makes it."""
    control = points * stretch
    return control + rng.normal(0, deviation, control.shape)


def _curve(control: npt.NDArray[np.float64], steps: int = 7) -> npt.NDArray[np.float64]:
    """A Catmull–Rom curve through the control points."""
    padded = np.concatenate([2 * control[:1] - control[1:2], control, 2 * control[-1:] - control[-2:-1]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    a, b, c, d = (padded[i : len(padded) - 3 + i, None, :] for i in range(4))
    spans = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.concatenate([spans.reshape(-1, 2), control[-1:]])
