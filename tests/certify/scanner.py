"""What a scanner makes of the drawn page, and the page back on its grid as registration leaves it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.model.scan import Displacement, Floats, Grey
from pipeline.register.resample import Halvings, straightened
from pipeline.rehearse.paper import noise_plane, uneven_light
from tests.certify.page import FINE, HEIGHT_MM, WIDTH_MM, K


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of scan: resolution, brightness of the paper, grain, blur, what the file keeps."""

    dpi: float
    paper: tuple[int, int] = (228, 252)
    black: tuple[int, int] = (8, 40)
    noise: float = 4.0
    blur_mm: float = 0.05
    quality: int = 0
    threshold: tuple[int, int] = (0, 0)
    shade: float = 0.03
    toner: float = 1.0


KINDS = {
    "grey_300": Kind(dpi=300, quality=75),
    "grey_200": Kind(dpi=200, noise=2.5, quality=60),
    "grainy_200": Kind(dpi=200, noise=9.0, blur_mm=0.06, quality=68),
    "grey_paper_300": Kind(dpi=300, paper=(175, 205), noise=5.0, quality=50),
    "shaded_240": Kind(dpi=240, noise=6.0, blur_mm=0.08, quality=72, shade=0.4),
    "photocopy_300": Kind(dpi=300, noise=5.0, blur_mm=0.07, quality=70, toner=0.6),
    "bitonal_200": Kind(dpi=200, threshold=(150, 185)),
    "bitonal_300": Kind(dpi=300, threshold=(150, 185)),
}


def page_on_grid(sheet: Grey, kind: Kind, rng: np.random.Generator, off_mm: float = 0.0) -> Grey:
    """The sheet scanned, then brought back onto the grid a few hundredths of a millimetre off.

    ``off_mm`` shifts the whole page further, as a failed registration would.
    """
    k = kind.dpi / 25.4
    size = round(WIDTH_MM * k) + 8, round(HEIGHT_MM * k) + 8
    to_scan = _placement(k, rng)
    soft = cv2.GaussianBlur(sheet, (0, 0), max(0.4, float(np.hypot(kind.blur_mm * K, 0.42 * K / k))))
    laid = cv2.warpAffine(soft, to_scan @ _sheet_to_mm(), size, flags=cv2.INTER_LINEAR, borderValue=255)
    scanned = _exposed(np.asarray(laid, np.uint8), kind, k, rng)
    pose = to_scan + np.column_stack([np.zeros((2, 2)), _residual(off_mm, rng) * k])
    return straightened(Halvings(scanned), np.vstack([pose, [0, 0, 1]]), Displacement(), (WIDTH_MM, HEIGHT_MM))


def _placement(k: float, rng: np.random.Generator) -> Floats:
    """From page millimetres to scan pixels: skew, stretch of the feed, a fraction of a pixel."""
    turn = np.deg2rad(rng.normal(0, 0.4))
    stretch = k * rng.uniform(0.994, 1.006, 2)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) * stretch
    middle = np.array([WIDTH_MM, HEIGHT_MM]) / 2
    shift = middle * k + 4 + rng.uniform(-0.5, 0.5, 2) - rotation @ middle
    return np.column_stack([rotation, shift])


def _sheet_to_mm() -> Floats:
    return np.array([[1 / K, 0, 0.5 / K], [0, 1 / K, 0.5 / K], [0, 0, 1]])


def _residual(off_mm: float, rng: np.random.Generator) -> Floats:
    """What registration leaves, in millimetres: 0.03 usually, 0.1 at times."""
    error = rng.normal(0, 0.04, 2).clip(-0.12, 0.12)
    if off_mm:
        angle = rng.uniform(0, 2 * np.pi)
        error = error + off_mm * np.array([np.cos(angle), np.sin(angle)])
    return error


def _exposed(laid: Grey, kind: Kind, k: float, rng: np.random.Generator) -> Grey:
    """Light, toner, grain, dust, and what the file keeps of it."""
    paper, black = rng.uniform(*kind.paper), rng.uniform(*kind.black)
    black = paper - (paper - black) * kind.toner * rng.uniform(0.88, 1.0)
    table = (np.arange(256, dtype=np.float32) * ((paper - black) / 255) + black).astype(np.float32)
    lit = cv2.LUT(laid, table)
    lit = lit * uneven_light(lit.shape, kind.shade, rng)
    lit += noise_plane(lit.shape, kind.noise * rng.uniform(0.6, 1.3), rng)
    _dust(lit, k, rng)
    if kind.threshold[1]:
        return np.where(lit < rng.uniform(*kind.threshold), 0, 255).astype(np.uint8)
    pixels = np.clip(lit + 0.5, 0, 255).astype(np.uint8)
    if kind.quality:
        data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, kind.quality])[1]
        pixels = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
    return pixels


def _dust(lit: Floats, k: float, rng: np.random.Generator) -> None:
    """Dark specks of at most 0.3 mm, and a streak of the glass on one page in twelve."""
    height, width = lit.shape
    for _ in range(int(rng.poisson(9))):
        at = int(rng.integers(width)), int(rng.integers(height))
        cv2.circle(lit, at, max(1, round(rng.uniform(0.03, 0.15) * k)), float(rng.uniform(40, 170)), -1)
    if rng.random() < 1 / 12:
        column = int(rng.integers(width))
        lit[:, column : column + max(1, round(rng.uniform(0.1, 0.35) * k))] *= rng.uniform(0.55, 0.85)


assert FINE >= 2, "the sheet must be finer than the scan"
