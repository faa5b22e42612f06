"""Strokes of ticks, corrections and scrawls, in page millimetres.

Pure shapes: who draws them, with which pen and why, is decided in ``fill``.
"""

from __future__ import annotations

import numpy as np

from pipeline.model.layout import Box
from pipeline.model.scan import Floats
from pipeline.rehearse.glyphs import smooth
from pipeline.rehearse.ink import Strokes


def tick(way: str, box: Box, care: float, rng: np.random.Generator) -> Strokes:
    """A tick in a writer's way (see ``hands.TICKING``); careless hands leave the box."""
    shapes = {
        "cross": _cross,
        "sloppy_cross": _sloppy_cross,
        "tick": _check,
        "slash": _slash,
        "circle": _circle,
        "filled": _filled,
        "dot": _dot,
    }
    return shapes[way](box, care, rng)


def _points(box: Box, pairs: list[tuple[float, float]], spread: float, rng: np.random.Generator) -> Floats:
    """Points given as shares of the box, each moved a little."""
    moved = np.asarray(pairs) + rng.normal(0, spread, (len(pairs), 2))
    return np.array([box.x, box.y]) + moved * (box.w, box.h)


def _cross(box: Box, care: float, rng: np.random.Generator) -> Strokes:
    """Two strokes from corner to corner, more or less inside."""
    reach = rng.uniform(-0.02, 0.2) * (1.6 - care) - 0.16 * care
    a, b = -reach, 1 + reach
    bow = rng.normal(0, 0.05)
    down = _points(box, [(a, a), (0.5 + bow, 0.5 - bow), (b, b)], 0.05, rng)
    up = _points(box, [(b, a), (0.5 + bow, 0.5 + bow), (a, b)], 0.05, rng)
    return smooth(down), smooth(up)


def _sloppy_cross(box: Box, care: float, rng: np.random.Generator) -> Strokes:
    """A quick cross: long arms, off centre, sometimes joined by a tail."""
    shift = rng.normal(0, 0.12, 2)
    arm = rng.uniform(0.5, 0.85, 4)
    tilt = rng.normal(0, 0.25)
    c = np.array([0.5, 0.5]) + shift
    ends = [c + arm[i] * np.array(d) for i, d in enumerate([(-0.7, -0.7), (0.7, 0.7), (0.7, -0.6), (-0.7, 0.6)])]
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    ends = [c + turn @ (end - c) for end in ends]
    origin, size = np.array([box.x, box.y]), np.array([box.w, box.h])
    first, second = (
        np.vstack([origin + ends[0] * size, origin + c * size, origin + ends[1] * size]),
        np.vstack([origin + ends[2] * size, origin + (c + rng.normal(0, 0.05, 2)) * size, origin + ends[3] * size]),
    )
    if rng.random() < 0.3:
        link = origin + (np.asarray([0.95, 0.4]) + shift) * size
        return (smooth(np.vstack([first, link, second])),)
    return smooth(first), smooth(second)


def _check(box: Box, care: float, rng: np.random.Generator) -> Strokes:
    """A tick: a short stroke down, a long one up that often leaves the box."""
    rise = rng.uniform(-0.05, 0.4) * (1.5 - care)
    pairs = [(0.12, 0.5), (0.4, 0.92), (0.4, 0.92), (0.65, 0.45), (1.0 + rise * 0.6, -rise)]
    points = _points(box, pairs, 0.04, rng)
    points[2] = points[1]
    return (smooth(points),)


def _slash(box: Box, care: float, rng: np.random.Generator) -> Strokes:
    """One stroke through the box."""
    reach = rng.uniform(0.0, 0.25)
    return (smooth(_points(box, [(-reach, 1 + reach), (0.5, 0.5), (1 + reach, -reach)], 0.05, rng)),)


def _circle(box: Box, care: float, rng: np.random.Generator) -> Strokes:
    """A circle drawn round the box, not quite closed."""
    start = rng.uniform(0, 2 * np.pi)
    angle = np.linspace(start, start + rng.uniform(1.92, 2.25) * np.pi, 26)
    radius = rng.uniform(0.82, 1.05) * (1 + 0.05 * np.sin(2 * angle + rng.uniform(0, 6)))
    wide = rng.uniform(1.0, 1.25)
    around = np.column_stack([0.5 + wide * radius * np.cos(angle), 0.5 + radius * np.sin(angle)])
    return (smooth(np.array([box.x, box.y]) + around * (box.w, box.h)),)


def _filled(box: Box, care: float, rng: np.random.Generator) -> Strokes:
    """A box blackened all over, as the printed rule asks to take a tick back."""
    return scribble(box.grown(-0.25), rng, pitch_mm=0.34)


def _dot(box: Box, care: float, rng: np.random.Generator) -> Strokes:
    """A dot or a very short stroke in the box."""
    return (_points(box, [(0.4, 0.45), (0.55, 0.58), (0.45, 0.6), (0.56, 0.46)], 0.05, rng),)


def scribble(box: Box, rng: np.random.Generator, pitch_mm: float) -> Strokes:
    """A dense zigzag over a box: blackening, or crossing out thoroughly."""
    count = max(4, int(box.h / pitch_mm))
    rows = np.linspace(box.y, box.bottom, count) + rng.normal(0, 0.06, count)
    left, right = box.x + rng.normal(0, 0.12, count), box.right + rng.normal(0, 0.12, count)
    zigzag = np.column_stack([np.where(np.arange(count) % 2 == 0, left, right), rows])
    columns = max(3, int(box.w / (pitch_mm * 1.6)))
    across = np.linspace(box.x, box.right, columns) + rng.normal(0, 0.06, columns)
    high, low = box.y + rng.normal(0, 0.1, columns), box.bottom + rng.normal(0, 0.1, columns)
    zagzig = np.column_stack([across, np.where(np.arange(columns) % 2 == 0, high, low)])
    return zigzag, zagzig


def strike(box: Box, rng: np.random.Generator) -> Strokes:
    """A digit struck out: one or two lines through it, or a cross over it."""
    style = rng.random()
    if style < 0.5:
        return (_points(box, [(-0.08, 0.55), (0.5, 0.5), (1.08, 0.42)], 0.04, rng),)
    if style < 0.75:
        return (
            _points(box, [(-0.05, 0.42), (1.05, 0.36)], 0.03, rng),
            _points(box, [(-0.05, 0.62), (1.05, 0.56)], 0.03, rng),
        )
    return (
        _points(box, [(0.02, 0.12), (0.98, 0.88)], 0.04, rng),
        _points(box, [(0.98, 0.12), (0.02, 0.88)], 0.04, rng),
    )


def strike_row(box: Box, rng: np.random.Generator) -> Strokes:
    """One long line through a whole row, slightly bowed."""
    knots = np.linspace(-0.01, 1.01, 6)
    heights = 0.5 + rng.normal(0, 0.06) + np.linspace(0.08, -0.08, 6) * rng.normal(1, 0.5) + rng.normal(0, 0.012, 6)
    line = np.column_stack([box.x + knots * box.w, box.y + heights * box.h])
    return (smooth(line, step=1.0),)


def stray(box: Box, rng: np.random.Generator) -> Strokes:
    """A slip of the pen whose end just enters a box from outside."""
    side = rng.choice([-1.0, 1.0])
    start = np.array([0.5 + side * rng.uniform(1.3, 1.9), rng.uniform(-0.4, 1.2)])
    end = np.array([0.5 + side * rng.uniform(0.36, 0.47), rng.uniform(0.2, 0.8)])
    return (np.array([box.x, box.y]) + np.vstack([start, (start + end) / 2, end]) * (box.w, box.h),)


def signature(box: Box, rng: np.random.Generator) -> Strokes:
    """A scrawl with loops and a flourish: nobody's signature."""
    count = int(rng.integers(9, 16))
    x = np.linspace(0.08, rng.uniform(0.6, 0.92), count)
    y = 0.5 + np.where(np.arange(count) % 2 == 0, -1, 1) * rng.uniform(0.05, 0.3, count)
    x = x + rng.normal(0, 0.035, count)
    body = np.array([box.x, box.y]) + np.column_stack([x, y]) * (box.w, box.h)
    flourish = [(0.05, 0.78), (0.5, 0.7), (0.95, 0.74), (0.6, 0.82)]
    return smooth(body, step=0.4), smooth(_points(box, flourish, 0.04, rng), step=0.4)
