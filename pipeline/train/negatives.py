"""Ink that is no digit: scribbles, struck-out and overwritten digits, two digits, marks, blots."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.train.ink import Ink, drawn, pen
from pipeline.train.sets import Strokes

DrawDigit = Callable[[], tuple[Ink, int]]
"""Draws one digit of some hand and says which."""

NO_DIGIT = 10
BARRED = 7
"""A line through it is how it is written, not that it was struck."""


def scribble(rng: np.random.Generator) -> Ink:
    """A zigzag or a coil over the cell."""
    count = int(rng.integers(7, 22))
    if rng.random() < 0.5:
        x = np.linspace(0, 1, count) + rng.normal(0, 0.06, count)
        y = (np.arange(count) % 2) + rng.normal(0, 0.13, count)
        points = np.stack([x, y] if rng.random() < 0.6 else [y, x], axis=1)
    else:
        angle = np.linspace(0, 2 * math.pi * rng.uniform(2.3, 5), 6 * count)
        radius = rng.uniform(0.2, 0.5) + 0.12 * np.sin(angle * rng.uniform(0.3, 1.7)) + rng.normal(0, 0.03, len(angle))
        points = np.stack([radius * np.cos(angle) + 0.12 * angle / math.pi, radius * np.sin(angle)], axis=1)
    return _draw((_turned(points, rng),), rng)


def mark(rng: np.random.Generator) -> Ink:
    """A cross, a tick, a dash, an equals sign, a plus sign or a question mark's hook."""
    shapes: list[list[list[tuple[float, float]]]] = [
        [[(0, 0), (1, 1)], [(1, 0), (0, 1)]],
        [[(0, 0.6), (0.35, 1), (1, 0)]],
        [[(0, 0.5), (1, 0.5)]],
        [[(0, 0.3), (1, 0.3)], [(0, 0.7), (1, 0.7)]],
        [[(0, 0.5), (1, 0.5)], [(0.5, 0), (0.5, 1)]],
        [[(0, 0), (0, 1)], [(0.5, 0), (0.5, 1)], [(0, 0.5), (0.5, 0.5)]],
        [[(0, 1), (0, 0), (0.4, 0.6), (0.8, 0), (0.8, 1)]],
    ]
    strokes = shapes[rng.integers(len(shapes))]
    return _draw(tuple((np.array(stroke) + rng.normal(0, 0.05, (len(stroke), 2))) for stroke in strokes), rng)


def blot(rng: np.random.Generator) -> Ink:
    """A filled spot of no particular shape."""
    soft = cv2.GaussianBlur(rng.normal(0, 1, (48, 48)).astype(np.float32), (0, 0), rng.uniform(3, 7))
    ys, xs = np.mgrid[-1:1:48j, -1:1:48j]
    spot = soft / soft.std() - rng.uniform(2, 4) * (xs**2 + ys**2) > -0.8
    return np.pad(spot.astype(np.float32), 1)


def grain(rng: np.random.Generator) -> Ink:
    """A few scattered specks, no stroke."""
    cell = np.zeros((int(rng.integers(24, 60)), int(rng.integers(18, 50))), np.float32)
    for _ in range(rng.integers(3, 30)):
        cell[rng.integers(cell.shape[0]), rng.integers(cell.shape[1])] = rng.uniform(0.4, 1)
    return cell


def struck(digit: Ink, rng: np.random.Generator, *, lone: bool = True) -> Ink:
    """A digit under strokes that cancel it: a cross, lines (one alone if ``lone``), or a zigzag."""
    height, width = digit.shape
    out = np.pad(digit, ((0, 0), (max(2, width // 4), max(2, width // 4))))
    width = out.shape[1]
    kind = rng.integers(4 + lone)
    if kind == 0:
        lines = [[(0.05, 0.05), (0.95, 0.95)], [(0.95, 0.05), (0.05, 0.95)]]
    elif kind == 1:
        levels = np.sort(rng.uniform(0.15, 0.85, rng.integers(2, 6)))
        lines = [[(0.0, float(y)), (1.0, float(y))] for y in levels]
    elif kind == 2:
        count = int(rng.integers(5, 14))
        lines = [[(i / (count - 1), 0.05 + 0.9 * (i % 2)) for i in range(count)]]
    elif kind == 4:
        level, rise = rng.uniform(0.35, 0.65), rng.uniform(-0.05, 0.25)
        lines = [[(0.0, float(level + rise / 2)), (1.0, float(level - rise / 2))]]
    else:
        count = int(rng.integers(5, 12))
        lines = [[(0.05 + 0.9 * (i % 2), i / (count - 1)) for i in range(count)]]
    trace = max(1, round(height * rng.uniform(0.03, 0.11)))
    canvas = np.zeros(out.shape, np.uint8)
    for line in lines:
        points = (np.array(line) + rng.normal(0, 0.05, (len(line), 2))) * (width - 1, height - 1)
        cv2.polylines(canvas, [np.round(points).astype(np.int32).reshape(-1, 1, 2)], False, (255,), trace, cv2.LINE_AA)
    return np.maximum(out, canvas.astype(np.float32) / 255)


def beside(first: Ink, second: Ink, rng: np.random.Generator) -> Ink:
    """Two digits in one cell."""
    scale = first.shape[0] / second.shape[0]
    second = np.asarray(cv2.resize(second, None, fx=scale, fy=scale), np.float32)
    height = max(first.shape[0], second.shape[0])
    gap = int(rng.integers(-2, max(2, height // 5)))
    out = np.zeros((height, max(first.shape[1], first.shape[1] + gap + second.shape[1])), np.float32)
    out[: first.shape[0], : first.shape[1]] = first
    part = out[: second.shape[0], first.shape[1] + gap :][:, : second.shape[1]]
    np.maximum(part, second[: part.shape[0], : part.shape[1]], out=part)
    return out


def over(first: Ink, second: Ink, rng: np.random.Generator) -> Ink:
    """A digit corrected by writing another one over it."""
    shape = (first.shape[1], first.shape[0])
    turned = cv2.resize(second, shape, interpolation=cv2.INTER_LINEAR)
    shift = np.array([[1, 0, rng.normal(0, 0.06) * shape[0]], [0, 1, rng.normal(0, 0.06) * shape[1]]], np.float32)
    return np.maximum(first, cv2.warpAffine(turned, shift, shape))


def no_digit(draw: DrawDigit, letter: Callable[[], Ink], rng: np.random.Generator) -> Ink:
    """Any of them, the likeliest on a form most often."""
    kind = rng.choice(8, p=[0.2, 0.08, 0.06, 0.05, 0.28, 0.12, 0.09, 0.12])
    if kind < 4:
        return (scribble, mark, blot, grain)[kind](rng)
    if kind == 4:
        ink, digit = draw()
        return struck(ink, rng, lone=digit != BARRED)
    if kind == 7:
        return letter()
    (first, digit), (second, other) = draw(), draw()
    if kind == 5 or digit == other:
        return beside(first, second, rng)
    return over(first, second, rng)


def _turned(points: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """The points on another slope."""
    angle = rng.uniform(-0.6, 0.6)
    matrix = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return np.asarray(points @ matrix, np.float64)


def _draw(strokes: tuple[npt.NDArray[np.float64], ...], rng: np.random.Generator) -> Ink:
    """The strokes with some pen, at most as wide as tall and a half."""
    points = np.concatenate(strokes)
    span = np.ptp(points, axis=0)
    scale = max(float(span[1]), float(span[0]) / 1.3, 1e-6)
    low = points.min(axis=0)
    unit: Strokes = tuple(((stroke - low) / scale).astype(np.float32) for stroke in strokes)
    return drawn(unit, pen(rng), rng)
