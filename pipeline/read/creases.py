"""Lines that no hand drew: folds, creases and dark streaks, from edge to edge of the page, followed point by point.

People write between the margins.  What crosses two margins in one line is taken out of the
ink before strokes are bridged over the print, so that it bridges nothing.  Strokes darker
than the line stay where they cross it on bare paper.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.model.scan import PX_PER_MM, Floats, Grey
from pipeline.read.ground import Ground
from pipeline.read.lines import Line, bare

_NEAR_MM, _FAR_MM = 4.0, 7.0
"""The margin in which a line is met: past the shadow of the edge, before any field."""
_SPANS = 0.85  # share of the margin's depth that a line crosses
_THICKEST_MM = 1.6
_STEP_PX = 3
_ASIDE_PX = 4  # how far a line is looked for beside where it should go on
_LOST_MM = 20.0  # without ink for so long on bare paper, the line has ended
_TURNS_EVERY = 4  # points met between two looks at where they lead
_MEMORY = 48  # points met that say where a line leads: 24 mm
_END_MM = 8.0  # ends so near the edge of the page run right through it
_SEEN = 0.6  # share of the bare paper on its way that a line inks


@dataclass(frozen=True, slots=True, eq=False)
class _Page:
    """What a line is followed on."""

    ink: Grey
    contrast: Grey
    bare: Grey


def creases(ink: Grey, contrast: Grey, ground: Ground) -> list[Line]:
    """The lines that cross two margins, each once."""
    seeds = list(_seeds(ink))
    if not seeds:
        return []
    page, found = _Page(ink, contrast, bare(ground)), list[Line]()
    for start, heading in seeds:
        if any(np.hypot(*(crease.points - start).T).min() < 2 * _ASIDE_PX for crease in found):
            continue
        crease = _followed(page, start, heading)
        if crease is not None:
            found.append(crease)
    return found


def _seeds(ink: Grey) -> Iterator[tuple[Floats, Floats]]:
    """Where ink crosses a margin, and which way it runs into the page."""
    near, far = round(_NEAR_MM * PX_PER_MM), round(_FAR_MM * PX_PER_MM)
    height, width = ink.shape
    strips = (
        (slice(None), slice(near, far), np.array([1.0, 0.0])),
        (slice(None), slice(width - far, width - near), np.array([-1.0, 0.0])),
        (slice(near, far), slice(None), np.array([0.0, 1.0])),
        (slice(height - far, height - near), slice(None), np.array([0.0, -1.0])),
    )
    for rows, columns, inward in strips:
        part = np.ascontiguousarray(ink[rows, columns])
        if cv2.countNonZero(part) < _SPANS * (far - near):
            continue
        corner = np.array([columns.start or 0, rows.start or 0], np.float64)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
        deep = 0 if inward[0] else 1
        for label in np.flatnonzero(stats[:, 2 + deep] >= _SPANS * (far - near)):
            if label and stats[label, 4] <= _THICKEST_MM * PX_PER_MM * np.hypot(stats[label, 2], stats[label, 3]):
                y, x = np.nonzero(labels == label)
                yield _middle(np.column_stack([x, y]) + corner, inward)


def _middle(points: Floats, inward: Floats) -> tuple[Floats, Floats]:
    """Centre of a run of ink and its direction, turned into the page."""
    centre = points.mean(axis=0)
    _, vectors = np.linalg.eigh(np.cov((points - centre).T))
    along = vectors[:, -1]
    return centre, along if along @ inward >= 0 else -along


def _followed(page: _Page, start: Floats, heading: Floats) -> Line | None:
    """The line followed from one margin to wherever it ends; None unless that is another margin."""
    back, _ = _walk(page, start, -heading)
    points, seen = _walk(page, start, heading)
    if not _ends_outside(points[-1], page.ink.shape) or not _ends_outside(back[-1], page.ink.shape):
        return None
    widths = [width for width, _ in seen if width]
    if len(points) < 2 or len(widths) < _SEEN * max(1, len(seen)):
        return None
    return Line(
        points=np.vstack([back[::-1], points]),
        width_px=float(np.median(widths)),
        contrast=float(np.percentile([contrast for width, contrast in seen if width], 80)),
    )


def _walk(page: _Page, start: Floats, heading: Floats) -> tuple[Floats, list[tuple[int, int]]]:
    """Points of a line from a start on, with its width and contrast on bare paper (0: not seen)."""
    height, width = page.ink.shape
    ink, seen_at, contrast = page.ink.ravel(), page.bare.ravel(), page.contrast.ravel()
    widest = _THICKEST_MM * PX_PER_MM / 2
    offsets = np.arange(-_ASIDE_PX, _ASIDE_PX + 1)
    edge = _ASIDE_PX + 1
    at, way, lost = start, heading / np.hypot(*heading), 0
    points, seen, met = [at], [], [at]
    while lost * _STEP_PX < _LOST_MM * PX_PER_MM:
        ahead = at + _STEP_PX * way
        if not (edge <= ahead[0] < width - edge and edge <= ahead[1] < height - edge):
            points.append(ahead)
            break
        across = np.array([-way[1], way[0]])
        x, y = np.rint(ahead[:, None] + across[:, None] * offsets).astype(np.int64)
        over = y * width + x
        inked = np.flatnonzero(ink[over] & seen_at[over])
        if inked.size:
            lost = 0
        if 0 < inked.size <= widest:
            aside = float(offsets[inked].sum()) / inked.size * across
            met.append(ahead + aside)
            ahead = ahead + 0.35 * aside
            if len(met) % _TURNS_EVERY == 0:
                way = _heading(met, way)
        if seen_at[over[_ASIDE_PX]]:
            seen.append((int(inked.size), int(contrast[over].max())))
            lost += not inked.size
        at = ahead
        points.append(at)
    return np.array(points[: len(points) - lost]), seen


def _heading(met: list[Floats], before: Floats) -> Floats:
    """Where the last points met lead; what was known before while they are few."""
    latest = met[-_MEMORY:]
    if len(latest) < _MEMORY // 4:
        return before
    third = len(latest) // 3
    way = np.mean(latest[-third:], axis=0) - np.mean(latest[:third], axis=0)
    length = float(np.hypot(*way))
    return np.asarray(way / length if length else before, np.float64)


def _ends_outside(point: Floats, shape: tuple[int, ...]) -> bool:
    """Whether a point lies at the edge of the page."""
    reach = _END_MM * PX_PER_MM
    x, y = point
    return bool(min(x, y, shape[1] - x, shape[0] - y) < reach)
