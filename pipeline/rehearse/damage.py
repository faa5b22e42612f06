"""What happens to a sheet between the printer and the scanner, drawn on the sheet itself.

Each damage takes the pixels of one side of a sheet and draws upon them.  Corner damages
know where the paper ends; the rest happens anywhere.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.layout import Box
from pipeline.model.scan import Grey
from pipeline.rehearse import marks
from pipeline.rehearse.ink import Pen, Surface

_LID = 248
_CODE_PEN = Pen(kind="felt", width_mm=0.9, colour=(48, 42, 40), pressure=0.1, grain=0.0)


def fold_shadow(side: Grey, px_per_mm: float, rng: np.random.Generator) -> None:
    """The soft dark band of a sheet folded in the middle and flattened again."""
    width = side.shape[1]
    x = (np.arange(width) - width / 2) / px_per_mm + rng.normal(0, 0.3)
    depth, spread = rng.uniform(0.02, 0.10), rng.uniform(1.0, 4.0)
    crack = rng.uniform(0.0, 0.12) * np.exp(-((x / 0.15) ** 2))
    factor = (1 - depth * np.exp(-((x / spread) ** 2)) - crack).astype(np.float32)
    _shade(side, factor[None, :])


def staple_holes(side: Grey, px_per_mm: float, rng: np.random.Generator) -> None:
    """Two pairs of holes of 0.7 mm on the fold, where staples were taken out."""
    height, width = side.shape[:2]
    for share in (0.25, 0.75):
        for leg in (-6.0, 6.0):
            x = width / 2 + rng.normal(0, 0.4) * px_per_mm
            y = height * share + (leg + rng.normal(0, 0.4)) * px_per_mm
            radius = rng.uniform(0.3, 0.45) * px_per_mm
            _ellipse(side, (x, y), (radius, radius * 1.4), int(rng.integers(30, 120)))


def torn_corner(side: Grey, px_per_mm: float, rng: np.random.Generator) -> None:
    """A corner of the sheet torn away: the lid of the scanner shows."""
    height, width = side.shape[:2]
    a, b = rng.uniform(9, 20, 2) * px_per_mm
    along = np.linspace(0, 1, 9)[:, None]
    edge = np.array([a, 0]) * (1 - along) + np.array([0, b]) * along + rng.normal(0, 0.5 * px_per_mm, (9, 2))
    polygon = np.vstack([[-9, -9], [a, -9], edge, [-9, b]])
    if rng.random() < 0.5:
        polygon[:, 0] = width - polygon[:, 0]
    if rng.random() < 0.5:
        polygon[:, 1] = height - polygon[:, 1]
    cv2.fillPoly(side, [np.round(polygon).astype(np.int32)], _grey(side, _LID))


def punch_holes(side: Grey, px_per_mm: float, rng: np.random.Generator) -> None:
    """Two holes of 5.5 mm for a binder, 12 mm from an edge, in the middle of it."""
    height, width = side.shape[:2]
    x = 12 * px_per_mm if rng.random() < 0.5 else width - 12 * px_per_mm
    for offset in (-40.0, 40.0):
        _ellipse(side, (x, height / 2 + offset * px_per_mm), (2.75 * px_per_mm,) * 2, int(rng.choice([40, _LID])))


def coffee(side: Grey, px_per_mm: float, rng: np.random.Generator) -> None:
    """The ring of a cup, and a drop beside it."""
    height, width = side.shape[:2]
    mask = np.zeros(side.shape[:2], np.uint8)
    centre = rng.uniform(0.1, 0.9) * width, rng.uniform(0.1, 0.9) * height
    radius = rng.uniform(28, 40) * px_per_mm
    _ellipse(
        mask, centre, (radius, radius * rng.uniform(0.94, 1.0)), 255, thickness=round(rng.uniform(1.2, 3) * px_per_mm)
    )
    drop = centre[0] + radius * 1.2, centre[1] + radius * 0.4
    _ellipse(mask, drop, (rng.uniform(3, 8) * px_per_mm,) * 2, 200)
    soft = cv2.GaussianBlur(mask, (0, 0), 0.5 * px_per_mm).astype(np.float32) / 255
    _shade(side, 1 - soft * rng.uniform(0.12, 0.3))


def crease(side: Grey, px_per_mm: float, rng: np.random.Generator) -> None:
    """A hard fold across the sheet, light on one side and dark on the other."""
    height, width = side.shape[:2]
    start, end = (rng.uniform(0, 1) * width, 0.0), (rng.uniform(0, 1) * width, float(height))
    mask = np.zeros(side.shape[:2], np.float32)
    cv2.line(mask, _point(start), _point(end), 1.0, max(1, round(0.35 * px_per_mm)))
    soft = cv2.GaussianBlur(mask, (0, 0), 0.18 * px_per_mm)
    _shade(side, 1 - soft.astype(np.float32) * rng.uniform(0.25, 0.5))


def office_stamp(side: Grey, px_per_mm: float, rng: np.random.Generator) -> None:
    """A date stamp of an office, which likes corners and so falls upon a marker."""
    height, width = side.shape[:2]
    size = np.array([34.0, 14.0]) * px_per_mm
    x = rng.uniform(2, 8) * px_per_mm if rng.random() < 0.5 else width - size[0] - rng.uniform(2, 8) * px_per_mm
    y = rng.uniform(2, 8) * px_per_mm if rng.random() < 0.5 else height - size[1] - rng.uniform(2, 8) * px_per_mm
    mask = np.zeros(side.shape[:2], np.uint8)
    low, high = _point((x, y)), _point((x + size[0], y + size[1]))
    cv2.rectangle(mask, low, high, 255, max(2, round(0.6 * px_per_mm)))
    for row in (0.35, 0.7):
        line = round(y + row * size[1])
        cv2.line(mask, (low[0] + 10, line), (high[0] - 10, line), 200, round(1.6 * px_per_mm))
    _shade(side, 1 - cv2.GaussianBlur(mask, (0, 0), 1.2).astype(np.float32) / 255 * 0.7)


def black_edges(side: Grey, px_per_mm: float, rng: np.random.Generator) -> None:
    """The lid was left open: black along one or two edges."""
    for edge in range(4):
        if rng.random() < 0.5:
            depth = round(rng.uniform(1, 4) * px_per_mm)
            np.rot90(side, edge)[:depth] = rng.integers(5, 40)


def sticky_note(side: Grey, px_per_mm: float, rng: np.random.Generator) -> None:
    """A note of 76 mm stuck on the sheet, with a line of writing on it."""
    height, width = side.shape[:2]
    corner = rng.uniform(0.0, 0.8) * width, rng.uniform(0.0, 0.8) * height
    size = 76.0 * px_per_mm
    turn = np.deg2rad(rng.normal(0, 6))
    across = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    square = np.asarray(corner) + np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * size @ across
    paper = (150, 235, 245) if side.ndim == 3 else _grey(side, 222)
    cv2.fillPoly(side, [np.round(square).astype(np.int32)], paper)
    for row in (0.3, 0.5):
        ends = np.asarray(corner) + np.array([[0.12, row], [0.8, row + 0.02]]) * size @ across
        cv2.line(side, _point(ends[0]), _point(ends[1]), _grey(side, 60), max(1, round(0.5 * px_per_mm)))


def dog_ear(side: Grey, px_per_mm: float, rng: np.random.Generator) -> None:
    """A corner folded over: beyond the fold the lid shows, before it the white back of the corner."""
    height, width = side.shape[:2]
    a, b = rng.uniform(12, 30, 2) * px_per_mm
    corner = np.array([[0.0, 0.0], [a, 0.0], [0.0, b]])
    fold = corner[2] - corner[1]
    unit = fold / np.linalg.norm(fold)
    tip = 2 * (corner[1] + unit * (unit @ (corner[0] - corner[1]))) - corner[0]
    over = np.array([corner[1], corner[2], tip])
    right, low = rng.random() < 0.5, rng.random() < 0.5
    for shape, level in ((corner, _LID), (over, 240)):
        placed = shape.copy()
        placed[:, 0] = width - placed[:, 0] if right else placed[:, 0]
        placed[:, 1] = height - placed[:, 1] if low else placed[:, 1]
        cv2.fillPoly(side, [np.round(placed).astype(np.int32)], _grey(side, level))
        if level != _LID:
            cv2.polylines(side, [np.round(placed).astype(np.int32)], True, _grey(side, 170), 2)


def low_toner(side: Grey, px_per_mm: float, rng: np.random.Generator) -> None:
    """A cartridge near its end: pale print, paler still in bands along the sheet."""
    height = side.shape[0]
    knots = rng.uniform(0.35, 0.7, max(3, round(height / px_per_mm / 25)))
    strength = cv2.resize(knots.reshape(-1, 1), (1, height), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    wide = strength[..., None] if side.ndim == 3 else strength
    np.copyto(side, (255.5 - (255 - side.astype(np.float32)) * wide).astype(np.uint8))


def another_sheet(side: Grey, px_per_mm: float, rng: np.random.Generator) -> None:
    """Two sheets fed together: the edge of the upper one hides a part of this one."""
    covered = rng.uniform(0.1, 0.4)
    turn = np.tan(np.deg2rad(rng.normal(0, 1.5)))
    edge = int(rng.integers(4))
    rows, columns = np.rot90(side, edge).shape[:2]
    x = np.array([0.0, columns])
    y = covered * rows + (x - columns / 2) * turn
    polygon = np.array([[0, 0], [columns, 0], [columns, y[1]], [0, y[0]]])
    upper = np.ascontiguousarray(np.rot90(side, edge))
    cv2.fillPoly(upper, [np.round(polygon).astype(np.int32)], _grey(side, 250))
    cv2.line(upper, _point((0, y[0])), _point((columns, y[1])), _grey(side, 120), max(1, round(0.2 * px_per_mm)))
    for row in np.arange(8 * px_per_mm, covered * rows - 8 * px_per_mm, 7 * px_per_mm):
        start, end = (0.1 * columns, row), (columns * rng.uniform(0.5, 0.9), row)
        cv2.line(upper, _point(start), _point(end), _grey(side, 70), max(1, round(0.6 * px_per_mm)))
    np.copyto(side, np.rot90(upper, -edge))


def dead_code(side: Grey, px_per_mm: float, rng: np.random.Generator, *, at: Box, origin: tuple[float, float]) -> None:
    """A code scratched over with a felt pen until nothing of it can be read."""
    surface = Surface(side, px_per_mm, origin, 1.0)
    surface.draw(marks.scribble(at.grown(0.8), rng, pitch_mm=0.9), _CODE_PEN, rng)


DAMAGES: dict[str, Callable[[Grey, float, np.random.Generator], None]] = {
    "torn_corner": torn_corner,
    "punch_holes": punch_holes,
    "coffee": coffee,
    "crease": crease,
    "office_stamp": office_stamp,
    "black_edges": black_edges,
    "sticky_note": sticky_note,
    "dog_ear": dog_ear,
    "low_toner": low_toner,
    "another_sheet": another_sheet,
}


def _shade(side: Grey, factor: npt.NDArray[np.floating]) -> None:
    """Multiply a side, grey or colour, by a field of factors."""
    wide = factor[..., None] if side.ndim == 3 else factor
    np.copyto(side, (side * wide + 0.5).astype(np.uint8))


def _grey(side: Grey, level: int) -> tuple[int, int, int]:
    """A grey level for a drawing function, whatever the channels."""
    return level, level, level


def _point(at: tuple[float, float]) -> tuple[int, int]:
    """A point in whole pixels."""
    return round(float(at[0])), round(float(at[1]))


def _ellipse(
    side: Grey, centre: tuple[float, float], radii: tuple[float, ...], level: int, thickness: int = -1
) -> None:
    """A filled or drawn ellipse of one grey level."""
    axes = max(1, round(float(radii[0]))), max(1, round(float(radii[1])))
    cv2.ellipse(side, _point(centre), axes, 0, 0, 360, (int(level),) * 3, thickness)
