"""How other programs decide that a box is ticked, in a few lines each: baselines of the bench, never shipped.

Written anew from the published descriptions, with default thresholds, and fed perfect
geometry (the page already on its grid).  What their authors do around the rule (relocating
frames, calibrating a page, asking in an interface) is left out unless said, which
disadvantages some: the table ranks kinds of failure, it does not measure the products.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.model.layout import Box, FieldBox
from pipeline.model.scan import PX_PER_MM, Grey

_REACH_PX = 5  # 7 at the 200 dpi of its author
_PRINTED = 200  # fine lines of a blank are pale on a grid of 150 dpi


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """A page on its grid, its printed blank, and its questions."""

    page: Grey
    blank: Grey
    fields: Sequence[FieldBox]

    def boxes(self, share: float) -> list[list[Grey]]:
        """The inside of every box shrunk to a share of its side, by question."""
        return [[self.page[_window(option.box, share)] for option in field.options] for field in self.fields]


Ticks = list[list[bool]]
"""By question and option."""


def _window(box: Box, share: float, margin_px: int = 0) -> tuple[slice, slice]:
    """Rows and columns of a box shrunk about its centre, then grown by whole pixels."""
    x, y = box.centre
    half = box.w * share / 2
    top, bottom = round((y - half) * PX_PER_MM) - margin_px, round((y + half) * PX_PER_MM) + margin_px
    left, right = round((x - half) * PX_PER_MM) - margin_px, round((x + half) * PX_PER_MM) + margin_px
    return slice(max(0, top), bottom), slice(max(0, left), right)


def _above(scores: Sequence[Sequence[float]], least: float) -> Ticks:
    return [[score >= least for score in row] for row in scores]


def amc(scene: Scene) -> Ticks:
    """Auto Multiple Choice: share darker than 0.6 of the page's lightest in 80 % of the box, from 15 % on."""
    level = 0.6 * float(cv2.blur(scene.page, (3, 3)).max())
    return _above([[float((box < level).mean()) for box in row] for row in scene.boxes(0.8)], 0.15)


def vxsuite(scene: Scene) -> Ticks:
    """VxSuite: dark where the blank is white, best place within 0.9 mm, from 7 % on; one Otsu a page."""
    level = cv2.threshold(scene.page, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0]
    ticks = []
    for field in scene.fields:
        row = []
        for option in field.options:
            printed = (scene.blank[_window(option.box, 1.0, 3)] < _PRINTED).astype(np.float32)
            dark = (scene.page[_window(option.box, 1.0, 3 + _REACH_PX)] < level).astype(np.float32)
            match = cv2.matchTemplate(dark, printed, cv2.TM_CCORR)
            top, left = np.unravel_index(int(match.argmax()), match.shape)
            there = dark[top : top + printed.shape[0], left : left + printed.shape[1]]
            row.append(float((there * (1 - printed)).mean()) >= 0.07)
        ticks.append(row)
    return ticks


def sdaps(scene: Scene) -> Ticks:
    """SDAPS, checkcorrect: 5 to 50 % inked ticks, more takes back, unless white islands show crossing strokes."""
    ticks = []
    for row in scene.boxes(0.82):
        found = []
        for box in row:
            ink = (box < 200).astype(np.uint8)
            coverage = float(ink.mean())
            count, _, stats, _ = cv2.connectedComponentsWithStats(1 - ink, connectivity=4)
            islands = sum(int(stats[label, 4]) for label in range(1, count)) - int(stats[1:, 4].max(initial=0))
            found.append(0.05 <= coverage < 0.5 or (0.5 <= coverage < 0.75 and islands >= 0.05 * ink.size))
        ticks.append(found)
    return ticks


def quexf(scene: Scene) -> Ticks:
    """QueXF, several answers: white at 221 between 60 and 85 %."""
    return [[0.60 < float((box >= 221).mean()) < 0.85 for box in row] for row in scene.boxes(0.82)]


def omrchecker(scene: Scene) -> Ticks:
    """OMRChecker: the largest gap between the mean greys of a question, from 25 on, else of the page."""
    means = [[float(box.mean()) for box in row] for row in scene.boxes(0.9)]
    page_level, _ = _gap(sorted(value for row in means for value in row))
    ticks = []
    for row in means:
        level, gap = _gap(sorted(row))
        border = level if gap >= 25 else page_level
        ticks.append([value < border for value in row])
    return ticks


def _gap(values: list[float]) -> tuple[float, float]:
    """Middle and width of the largest gap."""
    gaps = np.diff(values)
    place = int(gaps.argmax())
    return (values[place] + values[place + 1]) / 2, float(gaps[place])


def marksense(scene: Scene) -> Ticks:
    """marksense, density: darker than the blurred blank by 15, opened; the densest of a question from 0.5 % on."""
    soft_page, soft_blank = (cv2.GaussianBlur(image, (5, 5), 0) for image in (scene.page, scene.blank))
    extra = cv2.threshold(cv2.subtract(soft_blank, soft_page), 15, 1, cv2.THRESH_BINARY)[1]
    opened = np.asarray(cv2.morphologyEx(extra, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)))
    ticks = []
    for field in scene.fields:
        shares = [float(opened[_window(option.box, 1.0)].mean()) for option in field.options]
        ticks.append([share == max(shares) and share >= 0.005 for share in shares])
    return ticks


def markshark(scene: Scene) -> Ticks:
    """MarkShark: black at 180 in the inner circle, less the column's tenth percentile; 45 % and 30 points above."""
    size = scene.page[_window(scene.fields[0].options[0].box, 0.85)].shape
    circle = np.zeros(size, np.uint8)
    cv2.circle(circle, (size[1] // 2, size[0] // 2), min(size) // 2, 1, -1)
    fills = []
    for row in scene.boxes(0.85):
        dark = [(cv2.resize(box, (size[1], size[0])) < 180)[circle > 0] for box in row]
        fills.append([100 * float(inside.mean()) for inside in dark])
    base = np.percentile(np.array(fills), 10, axis=0)
    ticks = []
    for row in fills:
        less = [fill - low for fill, low in zip(row, base, strict=True)]
        ticks.append([fill >= 45 and fill >= min(less) + 30 for fill in less])
    return ticks


def formscanner(scene: Scene) -> Ticks:
    """FormScanner: 60 % of the pixels under 127, the darkest of a question."""
    ticks = []
    for row in scene.boxes(0.8):
        shares = [float((box < 127).mean()) for box in row]
        ticks.append([share == max(shares) and share >= 0.6 for share in shares])
    return ticks


RULES: dict[str, Callable[[Scene], Ticks]] = {
    "AMC": amc,
    "SDAPS": sdaps,
    "VxSuite": vxsuite,
    "queXF": quexf,
    "OMRChecker": omrchecker,
    "marksense": marksense,
    "MarkShark": markshark,
    "FormScanner": formscanner,
}
