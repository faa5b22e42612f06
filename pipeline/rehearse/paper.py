"""Paper under a scanner: where each printed point goes, and what the sheet looks like.

Geometry first (shift, skew, feed stretch and slip, bulge along the fold, curl,
perspective, a fold that lies stepped) in one resampling; then light, tint, the shadow of
the fold and what shows through.  A ``Laid`` sheet says where every point of it is seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.scan import Grey

Map = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
STEP = 16  # pixels between two exactly computed points; paper bends slowly
_NEWTON_STEPS = 8
_NEARBY_MM = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """A fold that does not lie flat: beyond it the paper is shifted as a whole.

    The fold runs through ``at`` (shares of width and height) at ``angle_deg`` from the
    horizontal; ``along_mm`` slides the farther part along the fold, ``under_mm`` (not
    negative) hides a strip of that width under it.
    """

    at: tuple[float, float] = (0.5, 0.5)
    angle_deg: float = 90.0
    along_mm: float = 0.0
    under_mm: float = 0.0

    @property
    def normal(self) -> Floats:
        """Unit vector across the fold, towards the part that is shifted."""
        turn = np.deg2rad(self.angle_deg)
        return np.array([np.sin(turn), -np.cos(turn)])

    @property
    def move_mm(self) -> Floats:
        """How much farther into the sheet the part beyond the fold is seen."""
        turn = np.deg2rad(self.angle_deg)
        return self.along_mm * np.array([np.cos(turn), np.sin(turn)]) + self.under_mm * self.normal


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a sheet lies on the glass.

    ``stretch`` is the length scanned over the true length, across and along the feed;
    ``bulge_mm`` the largest displacement of a sheet that does not lie flat, around the
    point ``bulge_at`` (shares of width and height); ``perspective`` moves the corners of
    a photographed sheet by that share of its width; ``curl_mm`` bends its long edges;
    ``slip_mm`` is how much the feed loses over ``slip_over_mm`` around the share
    ``slip_at`` of the length; ``fold`` is a fold that lies stepped.
    """

    skew_deg: float = 0.0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    stretch: tuple[float, float] = (1.0, 1.0)
    bulge_mm: tuple[float, float] = (0.0, 0.0)
    bulge_at: tuple[float, float] = (0.5, 0.5)
    perspective: tuple[float, ...] = ()
    curl_mm: float = 0.0
    margin_mm: float = 0.0
    slip_mm: float = 0.0
    slip_at: float = 0.5
    slip_over_mm: float = 20.0
    fold: Fold | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Laid:
    """A sheet of ``size_mm`` as it lies on the glass, seen at ``px_per_mm``."""

    placement: Placement
    size_mm: Floats
    px_per_mm: float

    @property
    def glass_mm(self) -> Floats:
        """The glass: as large as the sheet and its margin."""
        return self.size_mm + 2 * self.placement.margin_mm

    @property
    def size_px(self) -> tuple[int, int]:
        """Columns and rows of the scan."""
        columns, rows = np.rint(self.glass_mm * self.px_per_mm).astype(int).tolist()
        return columns, rows

    def smooth_sheet_mm(self, glass_mm: Floats) -> Floats:
        """What lies under points (…, 2) of the glass, in mm of the sheet, before any stepped fold."""
        return _pull_back(self.placement, self.size_mm, self.glass_mm, glass_mm)

    def seen_at(self, sheet_mm: Floats) -> Floats:
        """Pixels (n, 2) of the scan where points of the sheet are seen; NaN for what a fold hides."""
        target = self._before_fold(sheet_mm)
        glass = target + self.placement.margin_mm
        for _ in range(_NEWTON_STEPS):
            glass = glass - _solved(self._slopes(glass), self.smooth_sheet_mm(glass) - target)
        return glass * self.px_per_mm - 0.5

    def _slopes(self, glass: Floats) -> Floats:
        """The derivative (n, 2, 2) of the map from glass to sheet, by differences."""
        columns = []
        for axis in range(2):
            aside = np.zeros(2)
            aside[axis] = _NEARBY_MM
            columns.append((self.smooth_sheet_mm(glass + aside) - self.smooth_sheet_mm(glass - aside)) / _NEARBY_MM / 2)
        return np.stack(columns, axis=-1)

    def _before_fold(self, sheet_mm: Floats) -> Floats:
        """Points of the sheet where they would lie if it were not folded."""
        fold = self.placement.fold
        if fold is None:
            return sheet_mm
        origin = np.asarray(fold.at) * self.size_mm
        beyond = (sheet_mm - fold.move_mm - origin) @ fold.normal > 0
        hidden = ~beyond & ((sheet_mm - origin) @ fold.normal > 0)
        moved = np.where(beyond[:, None], sheet_mm - fold.move_mm, sheet_mm)
        moved[hidden] = np.nan
        return moved


def _solved(slopes: Floats, errors: Floats) -> Floats:
    """Small linear systems (n, 2, 2) solved for (n, 2)."""
    return np.asarray(np.linalg.solve(slopes, errors[..., None])[..., 0], np.float64)


def lay_down(
    side: Grey, dpi: float, out_dpi: float, placement: Placement, background: int | tuple[int, int, int]
) -> tuple[Grey, Grey]:
    """The side resampled at ``out_dpi`` as it lies, and where paper is (255), a cell for 16 pixels.

    A scanner's glass is as large as the sheet plus ``margin_mm`` on every side.
    """
    height, width = side.shape[:2]
    k_in, k_out = dpi / 25.4, out_dpi / 25.4
    laid = Laid(placement=placement, size_mm=np.array([width, height]) / k_in, px_per_mm=k_out)
    columns, rows = laid.size_px
    x, y = ((np.arange(-(-count // STEP)) + 0.5) * STEP / k_out for count in (columns, rows))
    on_sheet_mm = laid.smooth_sheet_mm(np.stack(np.meshgrid(x, y), axis=-1))
    coarse: Map = (on_sheet_mm * k_in - 0.5).astype(np.float32)
    soft = side
    if k_out < k_in:
        spread = 0.45 * k_in / k_out
        soft = cv2.GaussianBlur(side, (0, 0), spread).astype(np.uint8)
    map_x, map_y = (_enlarged(np.ascontiguousarray(coarse[..., axis]), (columns, rows)) for axis in range(2))
    if placement.fold is not None:
        map_x, map_y = _folded(map_x, map_y, placement.fold, np.array([width, height]), k_in)
    fill = background if isinstance(background, tuple) else (background,) * 3
    moved = cv2.remap(soft, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=fill)
    on_sheet = np.logical_and(coarse >= 0, coarse <= np.array([width - 1, height - 1]))
    inside: Grey = np.where(on_sheet.all(axis=2), 255, 0).astype(np.uint8)
    return moved.astype(np.uint8, copy=False), inside


def _folded(map_x: Map, map_y: Map, fold: Fold, size_px: Floats, px_per_mm: float) -> tuple[Map, Map]:
    """Maps into a sheet whose part beyond a fold is shifted: a step, so at every single pixel."""
    (nx, ny), (x0, y0), (dx, dy) = fold.normal, np.asarray(fold.at) * size_px, fold.move_mm * px_per_mm
    beyond = (map_x - np.float32(x0)) * np.float32(nx) + (map_y - np.float32(y0)) * np.float32(ny) > 0
    step_x, step_y = beyond * np.float32(dx), beyond * np.float32(dy)
    return (map_x + step_x).astype(np.float32, copy=False), (map_y + step_y).astype(np.float32, copy=False)


def _pull_back(placement: Placement, size_mm: Floats, glass: Floats, points: Floats) -> Floats:
    """Sheet millimetres under points (…, 2) of the glass."""
    centre = glass / 2
    if placement.perspective:
        points = _from_perspective(points, placement.perspective, glass)
    turn = np.deg2rad(placement.skew_deg)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    on_sheet = (points - centre - np.asarray(placement.shift_mm)) @ rotation.T / np.asarray(
        placement.stretch
    ) + size_mm / 2
    if placement.slip_mm:
        along = (on_sheet[..., 1] - placement.slip_at * size_mm[1]) / placement.slip_over_mm
        on_sheet[..., 1] += placement.slip_mm * np.tanh(2 * along) / 2
    share = on_sheet / size_mm - np.asarray(placement.bulge_at)
    hill = np.exp(-((share[..., 0] / 0.22) ** 2) - (share[..., 1] / 0.35) ** 2)[..., None]
    on_sheet = on_sheet + hill * np.asarray(placement.bulge_mm)
    if placement.curl_mm:
        wave = np.sin(np.pi * np.clip(on_sheet[..., 0] / size_mm[0], 0, 1))
        on_sheet[..., 1] += placement.curl_mm * wave
    return np.asarray(on_sheet, np.float64)


def _enlarged(coarse: Map, out: tuple[int, int]) -> Map:
    """A coarse map at full size; its border is carried on straight, or edges would smear."""
    rows, columns = coarse.shape
    padded = np.empty((rows + 2, columns + 2), np.float32)
    padded[1:-1, 1:-1] = coarse
    padded[0, 1:-1], padded[-1, 1:-1] = 2 * coarse[0] - coarse[1], 2 * coarse[-1] - coarse[-2]
    padded[:, 0], padded[:, -1] = 2 * padded[:, 1] - padded[:, 2], 2 * padded[:, -2] - padded[:, -3]
    large = cv2.resize(padded, ((columns + 2) * STEP, (rows + 2) * STEP), interpolation=cv2.INTER_LINEAR)
    return large[STEP : STEP + out[1], STEP : STEP + out[0]].astype(np.float32, copy=False)


def _from_perspective(
    points: npt.NDArray[np.float64], moves: tuple[float, ...], glass: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Undo a perspective that moves the four corners by shares of the width (dx, dy each)."""
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * glass
    moved = corners + np.asarray(moves).reshape(4, 2) * glass[0]
    matrix = cv2.getPerspectiveTransform(moved.astype(np.float32), corners.astype(np.float32))
    flat = np.concatenate([points.reshape(-1, 2), np.ones((points.size // 2, 1))], axis=1) @ matrix.T
    back = np.asarray(flat[:, :2] / flat[:, 2:], dtype=np.float64)
    return back.reshape(points.shape)


def noise_plane(shape: tuple[int, ...], sigma: float, rng: np.random.Generator) -> Map:
    """Sensor noise over an image, drawn once on a small tile and laid with random turns."""
    tile = 512
    base = rng.normal(0, sigma, (tile, tile)).astype(np.float32)
    rows, columns = -(-shape[0] // tile), -(-shape[1] // tile)
    plane = np.empty((rows * tile, columns * tile), np.float32)
    for row in range(rows):
        for column in range(columns):
            turned = np.rot90(base, int(rng.integers(4)))
            turned = np.roll(turned, tuple(int(v) for v in rng.integers(0, tile, 2)), (0, 1))
            plane[row * tile : (row + 1) * tile, column * tile : (column + 1) * tile] = turned
    return plane[: shape[0], : shape[1]]


def uneven_light(shape: tuple[int, ...], depth: float, rng: np.random.Generator) -> Map:
    """A smooth field around 1 that falls by up to ``depth`` across the image."""
    knots = rng.uniform(1 - depth, 1, (4, 3)).astype(np.float32)
    return cv2.resize(knots, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC).astype(np.float32)
