"""Paper under a scanner: where each printed point goes, and what the sheet looks like.

Geometry first (shift, skew, feed stretch, bulge along the fold, curl, perspective) in
one resampling; then light, tint, the shadow of the fold and what shows through.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.scan import Grey

Map = npt.NDArray[np.float32]
STEP = 16  # pixels between two exactly computed points; paper bends slowly


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a sheet lies on the glass.

    ``stretch`` is the length scanned over the true length, across and along the feed;
    ``bulge_mm`` the largest displacement of a sheet that does not lie flat, around the
    point ``bulge_at`` (shares of width and height); ``perspective`` moves the corners of
    a photographed sheet by that share of its width; ``curl_mm`` bends its long edges.
    """

    skew_deg: float = 0.0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    stretch: tuple[float, float] = (1.0, 1.0)
    bulge_mm: tuple[float, float] = (0.0, 0.0)
    bulge_at: tuple[float, float] = (0.5, 0.5)
    perspective: tuple[float, ...] = ()
    curl_mm: float = 0.0
    margin_mm: float = 0.0


def lay_down(
    side: Grey, dpi: float, out_dpi: float, placement: Placement, background: int | tuple[int, int, int]
) -> tuple[Grey, Grey]:
    """The side resampled at ``out_dpi`` as it lies, and where paper is (255), a cell for 16 pixels.

    A scanner's glass is as large as the sheet plus ``margin_mm`` on every side.
    """
    height, width = side.shape[:2]
    k_in, k_out = dpi / 25.4, out_dpi / 25.4
    size_mm = np.array([width, height]) / k_in
    glass = size_mm + 2 * placement.margin_mm
    columns, rows = round(glass[0] * k_out), round(glass[1] * k_out)
    coarse = _pull_back(placement, size_mm, glass, (columns, rows), k_out) * np.float32(k_in) - np.float32(0.5)
    soft = side
    if k_out < k_in:
        spread = 0.45 * k_in / k_out
        soft = cv2.GaussianBlur(side, (0, 0), spread).astype(np.uint8)
    map_x, map_y = (_enlarged(np.ascontiguousarray(coarse[..., axis]), (columns, rows)) for axis in range(2))
    fill = background if isinstance(background, tuple) else (background,) * 3
    moved = cv2.remap(soft, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=fill)
    on_sheet = np.logical_and(coarse >= 0, coarse <= np.array([width - 1, height - 1]))
    inside: Grey = np.where(on_sheet.all(axis=2), 255, 0).astype(np.uint8)
    return moved.astype(np.uint8, copy=False), inside


def _pull_back(
    placement: Placement,
    size_mm: npt.NDArray[np.float64],
    glass: npt.NDArray[np.float64],
    out: tuple[int, int],
    k_out: float,
) -> Map:
    """Sheet millimetres under the middle of every 16 × 16 scanned pixels."""
    coarse = (-(-out[0] // STEP), -(-out[1] // STEP))
    x = (np.arange(coarse[0]) + 0.5) * STEP / k_out
    y = (np.arange(coarse[1]) + 0.5) * STEP / k_out
    points = np.stack(np.meshgrid(x, y), axis=-1)
    centre = glass / 2
    if placement.perspective:
        points = _from_perspective(points, placement.perspective, glass)
    turn = np.deg2rad(placement.skew_deg)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    on_sheet = (points - centre - np.asarray(placement.shift_mm)) @ rotation.T / np.asarray(
        placement.stretch
    ) + size_mm / 2
    share = on_sheet / size_mm - np.asarray(placement.bulge_at)
    hill = np.exp(-((share[..., 0] / 0.22) ** 2) - (share[..., 1] / 0.35) ** 2)[..., None]
    on_sheet = on_sheet + hill * np.asarray(placement.bulge_mm)
    if placement.curl_mm:
        wave = np.sin(np.pi * np.clip(on_sheet[..., 0] / size_mm[0], 0, 1))
        on_sheet[..., 1] += placement.curl_mm * wave
    found: Map = np.asarray(on_sheet, dtype=np.float32)
    return found


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
