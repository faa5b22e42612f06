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

Points = list[tuple[float, float]]
Shape = list[tuple[str, Points]]
"""Strokes of a shape, each a curve ("c") or straight ("s")."""

SHAPES: dict[int, list[Shape]] = {
    0: [
        [("c", [(0.35, 0.02), (0.1, 0.25), (0.05, 0.6), (0.25, 0.97), (0.5, 0.9), (0.62, 0.5), (0.55, 0.12), (0.3, 0)])],
        [("c", [(0.5, 0.1), (0.2, 0.05), (0.03, 0.45), (0.2, 0.95), (0.5, 0.92), (0.62, 0.5), (0.48, 0.05), (0.25, 0.1)])],
        [("c", [(0.3, 0.03), (0.6, 0.2), (0.65, 0.65), (0.4, 1), (0.1, 0.8), (0.05, 0.35), (0.3, 0.02), (0.42, 0.08)])],
    ],
    1: [
        [("s", [(0, 0.55), (0.42, 0), (0.4, 1)])],
        [("s", [(0, 0.4), (0.3, 0), (0.3, 1)])],
        [("s", [(0, 0.3), (0.28, 0.02), (0.25, 1)]), ("s", [(0, 1), (0.55, 0.98)])],
        [("c", [(0, 0.62), (0.25, 0.38), (0.46, 0.02)]), ("s", [(0.46, 0.02), (0.4, 1)])],
        [("s", [(0, 0.85), (0.5, 0), (0.48, 1)])],
        [("s", [(0.1, 0), (0.08, 1)])],
        [("s", [(0, 0.25), (0.2, 0), (0.2, 1)])],
    ],
    2: [
        [("c", [(0.05, 0.25), (0.15, 0.05), (0.42, 0), (0.55, 0.2), (0.4, 0.55), (0.03, 0.97)]), ("s", [(0.03, 0.97), (0.62, 0.96)])],
        [("c", [(0.02, 0.3), (0.2, 0.02), (0.5, 0.1), (0.48, 0.4), (0.15, 0.85), (0.03, 0.92), (0.1, 0.75), (0.3, 0.9), (0.62, 0.98)])],
        [("c", [(0.05, 0.15), (0.35, 0), (0.55, 0.2), (0.35, 0.6), (0, 1), (0.3, 0.95), (0.65, 0.9)])],
    ],
    3: [
        [("c", [(0.05, 0.15), (0.3, 0), (0.52, 0.2), (0.25, 0.45)]), ("c", [(0.25, 0.45), (0.6, 0.6), (0.5, 0.95), (0.2, 1), (0, 0.85)])],
        [("s", [(0.05, 0.03), (0.55, 0), (0.25, 0.42)]), ("c", [(0.25, 0.42), (0.58, 0.55), (0.52, 0.92), (0.2, 1), (0, 0.88)])],
        [("c", [(0.03, 0.1), (0.4, 0), (0.5, 0.25), (0.28, 0.46), (0.33, 0.47), (0.58, 0.7), (0.35, 1), (0, 0.9)])],
    ],
    4: [
        [("s", [(0.35, 0), (0, 0.65), (0.65, 0.62)]), ("s", [(0.48, 0.35), (0.42, 1)])],
        [("s", [(0.2, 0), (0.02, 0.55), (0.62, 0.55)]), ("s", [(0.5, 0.05), (0.48, 1)])],
        [("s", [(0.48, 1), (0.5, 0), (0, 0.68), (0.68, 0.68)])],
        [("c", [(0.15, 0.02), (0.03, 0.3), (0.08, 0.52), (0.5, 0.48)]), ("s", [(0.55, 0.05), (0.45, 1)])],
        [("s", [(0.4, 0), (0, 0.72), (0.62, 0.7)]), ("s", [(0.4, 0.48), (0.38, 1)])],
    ],
    5: [
        [("s", [(0.12, 0.02), (0.06, 0.42)]), ("c", [(0.06, 0.42), (0.4, 0.38), (0.58, 0.68), (0.35, 0.98), (0, 0.92)]), ("s", [(0.12, 0.02), (0.55, 0)])],
        [("c", [(0.52, 0), (0.12, 0.03), (0.08, 0.4)]), ("c", [(0.08, 0.4), (0.45, 0.4), (0.55, 0.75), (0.25, 1), (0, 0.9)])],
        [("s", [(0.6, 0.02), (0.15, 0), (0.1, 0.45)]), ("c", [(0.1, 0.45), (0.5, 0.45), (0.5, 0.9), (0.03, 0.97)])],
    ],
    6: [
        [("c", [(0.48, 0), (0.15, 0.3), (0.03, 0.7), (0.25, 1), (0.5, 0.8), (0.35, 0.55), (0.06, 0.68)])],
        [("c", [(0.35, 0), (0.06, 0.45), (0.08, 0.9), (0.35, 1), (0.52, 0.75), (0.3, 0.55), (0.08, 0.75)])],
        [("c", [(0.55, 0.08), (0.3, 0.03), (0.05, 0.5), (0.15, 0.95), (0.45, 0.95), (0.5, 0.6), (0.2, 0.55), (0.06, 0.75)])],
    ],
    7: [
        [("s", [(0, 0.03), (0.58, 0), (0.2, 1)]), ("s", [(0.15, 0.5), (0.6, 0.48)])],
        [("s", [(0.02, 0.02), (0.55, 0), (0.3, 1)]), ("s", [(0.18, 0.45), (0.62, 0.42)])],
        [("c", [(0, 0.12), (0.12, 0), (0.35, 0.07), (0.58, 0)]), ("c", [(0.58, 0), (0.35, 0.45), (0.22, 1)]), ("s", [(0.12, 0.5), (0.55, 0.5)])],
        [("s", [(0.02, 0.15), (0.04, 0), (0.56, 0.02), (0.22, 1)]), ("s", [(0.14, 0.52), (0.58, 0.5)])],
        [("s", [(0, 0), (0.55, 0), (0.2, 1)])],
    ],
    8: [
        [("c", [(0.48, 0.12), (0.25, 0), (0.05, 0.2), (0.28, 0.46), (0.52, 0.75), (0.28, 1), (0.03, 0.78), (0.28, 0.48), (0.5, 0.2), (0.4, 0.05)])],
        [("c", [(0.27, 0.45), (0.05, 0.25), (0.27, 0), (0.48, 0.22), (0.27, 0.45)]), ("c", [(0.27, 0.45), (0, 0.75), (0.27, 1), (0.55, 0.72), (0.27, 0.45)])],
        [("c", [(0.5, 0.05), (0.1, 0.1), (0.15, 0.4), (0.5, 0.7), (0.3, 1), (0.02, 0.85), (0.25, 0.5), (0.55, 0.05)])],
    ],
    9: [
        [("c", [(0.5, 0.15), (0.25, 0), (0.03, 0.25), (0.2, 0.5), (0.48, 0.3), (0.52, 0.1)]), ("s", [(0.52, 0.1), (0.48, 1)])],
        [("c", [(0.5, 0.1), (0.2, 0.03), (0.05, 0.35), (0.3, 0.5), (0.5, 0.15), (0.52, 0.6), (0.35, 0.97), (0.05, 0.95)])],
        [("c", [(0.48, 0.2), (0.25, 0), (0.02, 0.22), (0.2, 0.46), (0.46, 0.25)]), ("c", [(0.47, 0.1), (0.45, 0.6), (0.3, 1)])],
        [("c", [(0.3, 0.02), (0.03, 0.2), (0.2, 0.48), (0.52, 0.25), (0.32, 0.02)]), ("c", [(0.52, 0.2), (0.45, 0.7), (0.15, 1)])],
    ],
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One imagined writer: a shape a digit with its lasting deviations, and habits of the whole hand."""

    shapes: tuple[tuple[tuple[str, npt.NDArray[np.float32]], ...], ...]
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
        shapes.append(tuple((kind, _deviate(points, stretch, deviation, rng)) for kind, points in shape))
    return Hand(
        shapes=tuple(shapes),
        slant=float(rng.normal(0.05, 0.17)),
        width=float(rng.uniform(0.7, 1.35)),
        unsteadiness=float(rng.uniform(0.008, 0.03)),
    )


def _deviate(
    points: Points, stretch: npt.NDArray[np.float64], deviation: float, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """One stroke as this writer makes it."""
    control = np.array(points) * stretch
    return (control + rng.normal(0, deviation, control.shape)).astype(np.float32)


def _curve(control: npt.NDArray[np.float64], steps: int = 7) -> npt.NDArray[np.float64]:
    """A Catmull–Rom curve through the control points."""
    padded = np.concatenate([2 * control[:1] - control[1:2], control, 2 * control[-1:] - control[-2:-1]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    a, b, c, d = (padded[i : len(padded) - 3 + i, None, :] for i in range(4))
    spans = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.concatenate([spans.reshape(-1, 2), control[-1:]])
