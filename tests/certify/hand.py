"""Marks on the drawn page: one writer a page, one kind of mark a box, the truth beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.model.layout import Box
from pipeline.model.scan import Floats, Grey
from pipeline.rehearse import marks
from tests.certify.page import SUBPIXEL, K

INSTRUCTED = ("cross", "sloppy_cross", "tick")
_SHARES = (0.65, 0.15, 0.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One writer: a pen (grey, width, tooth of the paper left white) and a way of ticking."""

    way: str
    grey: int
    width_mm: float
    grain: float = 0.0
    care: float = 0.6


def draw_hand(rng: np.random.Generator, pen: str = "pen", way: str = "") -> Hand:
    """A writer; pens: ``pen`` (ballpoint or gel, black or dark blue), pencil, felt, light_blue."""
    grey, width, grain = {
        "pen": (rng.integers(35, 95), rng.uniform(0.36, 0.62), rng.uniform(0.0, 0.15)),
        "pencil": (rng.integers(105, 150), rng.uniform(0.45, 0.7), rng.uniform(0.45, 0.65)),
        "felt": (rng.integers(30, 60), rng.uniform(0.95, 1.4), 0.0),
        "light_blue": (rng.integers(135, 175), rng.uniform(0.45, 0.6), 0.1),
    }[pen]
    return Hand(
        way=way or str(rng.choice(INSTRUCTED, p=_SHARES)),
        grey=int(grey),
        width_mm=float(width),
        grain=float(grain),
        care=float(rng.beta(4, 2)),
    )


def put(sheet: Grey, box: Box, way: str, hand: Hand, rng: np.random.Generator) -> None:
    """One mark of a writer in or round a box."""
    if way == "cancelled":
        put(sheet, box, "cross", hand, rng)
        way = "filled"
    if way == "struck":
        put(sheet, box, "cross", hand, rng)
        tilt = rng.normal(0, 0.08)
        y = box.centre[1] + rng.normal(0, 0.3)
        line = np.array([(box.x - 2.6, y - tilt * 5), (box.centre[0], y), (box.right + 2.6, y + tilt * 5)])
        ink(sheet, (line,), hand, rng)
        return
    if way == "dot":
        spot = np.array([box.centre]) + rng.normal(0, 0.5, 2)
        ink(sheet, (np.vstack([spot, spot + rng.normal(0, 0.15, 2)]),), hand, rng, width_mm=rng.uniform(0.6, 1.1))
        return
    ink(sheet, marks.tick(way, box, hand.care, rng), hand, rng)


def stray(sheet: Grey, box: Box, others: Iterable[Box], hand: Hand, rng: np.random.Generator) -> None:
    """A slip of the pen that comes from outside and just enters a box, and no other one."""
    near = [other for other in others if other != box and other.grown(6).overlaps(box)]
    line = np.zeros((2, 2))
    for _ in range(30):
        inside, length = rng.uniform(0.35, 1.1), rng.uniform(2.0, 4.5)
        side = rng.integers(4)
        along = rng.uniform(0.15, 0.85) * box.w
        tip = np.array([along, inside]) if side % 2 else np.array([inside, along])
        tip = tip if side < 2 else np.array([box.w, box.h]) - tip
        outward = np.array([(0, -1), (-1, 0)][int(side + 1) % 2]) * (1 if side < 2 else -1)
        turn = rng.normal(0, 0.5)
        way = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ outward
        line = np.array([box.x, box.y]) + np.vstack([tip, tip + way * length])
        if not any(_meets(line, other.grown(hand.width_mm / 2 + 0.1)) for other in near):
            break
    ink(sheet, (line,), hand, rng)


def _meets(line: Floats, box: Box) -> bool:
    """Whether a short line enters a box."""
    points = line[0] + np.linspace(0, 1, 12)[:, None] * (line[1] - line[0])
    x, y = points.T
    return bool(((x > box.x) & (x < box.right) & (y > box.y) & (y < box.bottom)).any())


def ink(sheet: Grey, strokes: Iterable[Floats], hand: Hand, rng: np.random.Generator, *, width_mm: float = 0.0) -> None:
    """Strokes in page millimetres, darkening what lies under them."""
    lines = [_thinned(np.asarray(stroke)) for stroke in strokes]
    points = np.vstack(lines)
    reach = (width_mm or hand.width_mm) + 0.3
    low = np.maximum(np.floor((points.min(axis=0) - reach) * K).astype(int), 0)
    high = np.minimum(np.ceil((points.max(axis=0) + reach) * K).astype(int), sheet.shape[::-1])
    if (high <= low).any():
        return
    patch = np.full((high[1] - low[1], high[0] - low[0]), 255, np.uint8)
    thick = max(1, round((width_mm or hand.width_mm * rng.uniform(0.88, 1.12)) * K))
    grey = int(np.clip(hand.grey + rng.normal(0, 7), 5, 225))
    fine = [np.round(((line * K - 0.5) - low) * SUBPIXEL).astype(np.int32) for line in lines]
    cv2.polylines(patch, fine, False, grey, thick, cv2.LINE_AA, 4)
    if hand.grain:
        tooth = cv2.GaussianBlur(rng.integers(0, 256, patch.shape, dtype=np.uint8), (5, 5), 1.4)
        cover = cv2.LUT(tooth, _cover(hand.grain))
        patch = cv2.bitwise_not(cv2.multiply(cv2.bitwise_not(patch), cover, scale=1 / 255))
    part = sheet[low[1] : high[1], low[0] : high[0]]
    np.copyto(part, cv2.min(part, np.asarray(patch, np.uint8)))


def _thinned(line: Floats) -> Floats:
    """Every fourth point of a finely sampled line, and its end; the corners of a scribble stay."""
    if len(line) < 12 or np.hypot(*np.diff(line, axis=0).T).max() > 1.0:
        return line
    return np.vstack([line[:-1:4], line[-1]])


def _cover(grain: float) -> Grey:
    """Share of ink that the tooth of the paper takes, by blurred noise (128 in the middle, 30 off at most)."""
    level = np.arange(256)
    return np.clip(255 * (1 - grain * (0.5 + (level - 128) / 40)), 0, 255).astype(np.uint8)


def fold(sheet: Grey, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """A hard fold right across the page; its two ends in millimetres."""
    height, width = (side / K for side in sheet.shape)
    if rng.random() < 0.5:
        ends = np.array([(rng.uniform(0.05, 0.95) * width, 0.0), (rng.uniform(0.05, 0.95) * width, height)])
    else:
        ends = np.array([(0.0, rng.uniform(0.05, 0.95) * height), (width, rng.uniform(0.05, 0.95) * height)])
    crack(sheet, ends, rng)
    return ends[0], ends[1]


def crack(sheet: Grey, ends: Floats, rng: np.random.Generator) -> None:
    """The dark line of a fold: soft, some tenths of a millimetre wide, never as dark as a pen."""
    mask = np.full_like(sheet, 255)
    level = int(rng.integers(150, 225))
    cv2.line(mask, *(tuple(np.round(end * K).astype(int).tolist()) for end in ends), level, round(rng.uniform(3, 8)))
    soft = cv2.blur(mask, (5, 5))
    np.copyto(sheet, cv2.multiply(sheet, soft, scale=1 / 255))


def stain(sheet: Grey, rng: np.random.Generator) -> tuple[Floats, float]:
    """A round stain of coffee or grease: its centre and radius in millimetres."""
    height, width = (side / K for side in sheet.shape)
    centre = np.array([rng.uniform(5, width - 5), rng.uniform(5, height - 5)])
    radius = float(rng.uniform(3, 11))
    mask = np.full((sheet.shape[0] // 4, sheet.shape[1] // 4), 255, np.uint8)
    level, ring = int(rng.integers(185, 235)), int(rng.integers(150, 225))
    middle = tuple(np.round(centre * K / 4).astype(int).tolist())
    size = round(radius * K / 4), round(radius * rng.uniform(0.7, 1.0) * K / 4)
    cv2.ellipse(mask, middle, size, rng.uniform(0, 180), 0, 360, level, -1)
    if rng.random() < 0.5:
        cv2.ellipse(mask, middle, size, 0, 0, 360, ring, max(1, round(0.5 * K / 4)))
    soft = cv2.resize(cv2.GaussianBlur(mask, (0, 0), 1.5), sheet.shape[::-1], interpolation=cv2.INTER_LINEAR)
    np.copyto(sheet, cv2.multiply(sheet, np.asarray(soft, np.uint8), scale=1 / 255))
    return centre, radius
