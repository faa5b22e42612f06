"""Strokes and small images turned into ink: float images, 1 where the pen was."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.scan import Grey
from pipeline.train.sets import Strokes

Ink = npt.NDArray[np.float32]

_FRACTION_BITS = 4
_FINE = 3  # strokes are drawn this many times larger, then averaged


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """What a digit is written with: height in pixels, and the width of its trace as a share of it."""

    height: float
    width: float
    tremor: float


def pen(rng: np.random.Generator) -> Pen:
    """A pen and a size of writing, from a fine ballpoint to a thick felt."""
    height = float(rng.choice([rng.uniform(14, 26), rng.uniform(24, 62)], p=[0.3, 0.7]))
    width = float(np.exp(rng.uniform(math.log(0.03), math.log(0.2))))
    return Pen(
        height=height, width=max(width, 0.9 / height), tremor=float(rng.uniform(0, 0.022) if rng.random() < 0.3 else 0)
    )


def bend(strokes: Strokes, rng: np.random.Generator, *, strength: float = 1.0) -> Strokes:
    """Other proportions, slant and turn of the same drawing."""
    turn, slant = rng.normal(0, 0.08 * strength), rng.normal(0, 0.15 * strength)
    wide = math.exp(rng.normal(0, 0.16 * strength))
    matrix = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    matrix = matrix @ np.array([[wide, -slant], [0, 1]])
    return tuple((stroke @ matrix.T).astype(np.float32) for stroke in strokes)


def drawn(strokes: Strokes, tool: Pen, rng: np.random.Generator) -> Ink:
    """The strokes as this pen leaves them."""
    moved = [_trembling(stroke, tool.tremor, rng) if tool.tremor else stroke for stroke in strokes]
    low = np.min([stroke.min(axis=0) for stroke in moved], axis=0)
    high = np.max([stroke.max(axis=0) for stroke in moved], axis=0)
    trace = max(1, round(tool.width * tool.height * _FINE))
    margin = trace / 2 + _FINE
    span = (high - low) * tool.height * _FINE + 2 * margin
    size = [math.ceil(float(s) / _FINE) * _FINE for s in span]
    fine = np.zeros((size[1], size[0]), np.uint8)
    for stroke in moved:
        points = (stroke - low) * tool.height * _FINE + margin
        fixed = np.round(points * 2**_FRACTION_BITS).astype(np.int32)
        cv2.polylines(fine, [fixed.reshape(-1, 1, 2)], False, (255,), trace, cv2.LINE_8, _FRACTION_BITS)
    small = cv2.resize(fine, (size[0] // _FINE, size[1] // _FINE), interpolation=cv2.INTER_AREA)
    return (small.astype(np.float32) / 255).astype(np.float32)


def _trembling(stroke: npt.NDArray[np.float32], tremor: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """A stroke cut into short steps, each a little off."""
    lengths = np.append(0, np.cumsum(np.hypot(*np.diff(stroke, axis=0).T)))
    count = max(2, int(lengths[-1] / 0.06))
    at = np.linspace(0, lengths[-1], count)
    fine = np.stack([np.interp(at, lengths, stroke[:, axis]) for axis in (0, 1)], axis=1)
    return (fine + rng.normal(0, tremor, fine.shape)).astype(np.float32)


def warped(image: Grey, rng: np.random.Generator, *, aspect: float, strength: float = 1.0) -> Ink:
    """A small image of a digit enlarged, slanted, bent and written with a thinner or thicker pen.

    ``aspect`` multiplies the width, for sets whose boxes were stretched to a square.
    """
    source = _tight(image)
    height = float(rng.choice([rng.uniform(16, 28), rng.uniform(24, 56)], p=[0.35, 0.65]))
    scale = height / max(source.shape[0], source.shape[1] * min(aspect, 1.0))
    turn, slant = rng.normal(0, 0.08 * strength), rng.normal(0, 0.12 * strength)
    wide = aspect * math.exp(rng.normal(0, 0.1 * strength))
    shear = np.array([[wide * scale, -slant * scale], [0, scale]])
    matrix = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]) @ shear
    return _thickened(_mapped(source, matrix, strength * 0.035 * height, rng), rng, height)


def _tight(image: Grey) -> Grey:
    """The image without its empty border."""
    rows, columns = np.flatnonzero(image.max(axis=1) > 60), np.flatnonzero(image.max(axis=0) > 60)
    if not len(rows):
        return image
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _mapped(source: Grey, matrix: npt.NDArray[np.float64], bend_px: float, rng: np.random.Generator) -> Ink:
    """The source seen through the matrix and a soft random displacement."""
    height, width = source.shape
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]]) @ matrix.T
    margin = 3 + bend_px
    low = corners.min(axis=0) - margin
    size = np.ceil(corners.max(axis=0) + margin - low).astype(int)
    inverse = np.linalg.inv(matrix)
    ys, xs = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    xs, ys = xs + 0.5 + np.float32(low[0]), ys + 0.5 + np.float32(low[1])
    if rng.random() < 0.6:
        soft = rng.normal(0, bend_px, (2, 4, 3)).astype(np.float32)
        xs += cv2.resize(soft[0], (int(size[0]), int(size[1])), interpolation=cv2.INTER_CUBIC)
        ys += cv2.resize(soft[1], (int(size[0]), int(size[1])), interpolation=cv2.INTER_CUBIC)
    map_x = (inverse[0, 0] * xs + inverse[0, 1] * ys - 0.5).astype(np.float32)
    map_y = (inverse[1, 0] * xs + inverse[1, 1] * ys - 0.5).astype(np.float32)
    image = source.astype(np.float32) / 255
    seen = np.asarray(cv2.remap(image, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT), np.float32)
    return np.clip(seen, 0, 1)


def _thickened(ink: Ink, rng: np.random.Generator, height: float) -> Ink:
    """The same strokes thinner or thicker, with the edge of a pen."""
    if rng.random() < 0.25:
        return ink
    soft = cv2.GaussianBlur(ink, (0, 0), height * rng.uniform(0.015, 0.035))
    level = rng.uniform(0.25, 0.6)
    return np.asarray(np.clip((soft - level) * rng.uniform(2.5, 6) + 0.5, 0, 1), np.float32)


def france(image: Grey, digit: int, rng: np.random.Generator) -> Grey:
    """An American 1 given its upstroke (at times a foot), an American 7 its bar."""
    strong = (image > 110).astype(np.uint8)
    rows = np.flatnonzero(strong.any(axis=1))
    if digit not in {1, 7} or len(rows) < 8:
        return image
    trace = max(1.0, 2 * float(cv2.distanceTransform(strong, cv2.DIST_L2, 3).max()) * 0.85)
    fine: Grey = np.pad(cv2.resize(image, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC), 24).astype(np.uint8)
    lines = _upstroke(strong, rows, rng) if digit == 1 else _bar(strong, rows, rng)
    for start, end in lines:
        ends = [(round(x * 3 + 25), round(y * 3 + 25)) for x, y in (start, end)]
        cv2.line(fine, ends[0], ends[1], (int(rng.integers(190, 256)),), max(2, round(trace * 3)), cv2.LINE_AA)
    return fine


Line = tuple[tuple[float, float], tuple[float, float]]


def _upstroke(strong: Grey, rows: npt.NDArray[np.intp], rng: np.random.Generator) -> list[Line]:
    """From the top of the 1 down to the left; one in five also stands on a foot."""
    height = len(rows)
    top = (float(np.flatnonzero(strong[rows[0]]).mean()), float(rows[0]))
    length, angle = rng.uniform(0.22, 0.85) * height, rng.uniform(0.35, 1.17)  # at most 67° off the stem
    lines = [(top, (top[0] - length * math.sin(angle), top[1] + length * math.cos(angle)))]
    if rng.random() < 0.2:
        middle, half = float(np.flatnonzero(strong[rows[-1]]).mean()), rng.uniform(0.15, 0.3) * height
        lines.append(((middle - half, float(rows[-1])), (middle + half, float(rows[-1]))))
    return lines


def _bar(strong: Grey, rows: npt.NDArray[np.intp], rng: np.random.Generator) -> list[Line]:
    """Across the stem of the 7, about its middle."""
    height = len(rows)
    y = rows[0] + rng.uniform(0.42, 0.62) * height
    x = float(np.flatnonzero(strong[round(y)]).mean()) if strong[round(y)].any() else strong.shape[1] / 2
    half, rise = rng.uniform(0.15, 0.32) * height, rng.normal(0, 0.05) * height
    return [((x - half, y + rise), (x + half * rng.uniform(0.7, 1.1), y - rise))]
