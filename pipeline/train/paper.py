"""Ink on paper as a scanner sees it: grey cells, dark on light."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.model.scan import Grey
from pipeline.train.ink import Ink


def clean(ink: Ink, rng: np.random.Generator) -> Grey:
    """Black ink on white paper, nothing else."""
    top, bottom, left, right = rng.integers(0, 9, 4)
    return (255 - 255 * np.pad(ink, ((top, bottom), (left, right)))).astype(np.uint8)


def scanned(ink: Ink, rng: np.random.Generator, neighbour: Ink | None = None) -> Grey:
    """The ink in its cell, with what surrounds it, as one of many scanners returns it."""
    cell = _placed(ink, rng)
    if neighbour is not None:
        _add_neighbour(cell, neighbour, ink.shape, rng)
    if rng.random() < 0.15:
        _add_frame(cell, rng)
    if rng.random() < 0.2:
        _add_specks(cell, rng)
    if rng.random() < 0.3:
        cell = _textured(cell, rng)
    return _digitised(cell, rng)


def _placed(ink: Ink, rng: np.random.Generator) -> Ink:
    """The ink somewhere in a cell; now and then a rim of it is cut off."""
    height = ink.shape[0]
    room = rng.uniform(0, 0.45, 4) * height
    if rng.random() < 0.06:
        cut = max(1, int(height * rng.uniform(0.02, 0.09)))
        ink = [ink[cut:], ink[:-cut], ink[:, cut:], ink[:, :-cut]][rng.integers(4)] if min(ink.shape) > 3 * cut else ink
    top, bottom, left, right = (int(value) for value in room)
    return np.pad(ink, ((top, bottom), (left, right)))


def _add_neighbour(cell: Ink, neighbour: Ink, size: tuple[int, int], rng: np.random.Generator) -> None:
    """The end of the neighbour's stroke at one side, clear of the digit itself."""
    columns = np.flatnonzero(cell.max(axis=0) > 0.3)
    if not len(columns):
        return
    right = rng.random() < 0.5
    free = cell.shape[1] - 1 - columns[-1] if right else columns[0]
    wide = min(int(free) - 2, int(0.2 * size[0]), neighbour.shape[1])
    tall = min(cell.shape[0], neighbour.shape[0])
    if wide < 2 or tall < 4:
        return
    top = int(rng.integers(0, cell.shape[0] - tall + 1))
    part = neighbour[:tall, :wide] if right else neighbour[:tall, -wide:]
    rows = slice(top, top + tall)
    columns_slice = slice(cell.shape[1] - wide, None) if right else slice(0, wide)
    cell[rows, columns_slice] = np.maximum(cell[rows, columns_slice], part)


def _add_frame(cell: Ink, rng: np.random.Generator) -> None:
    """What remains of the printed frame where it was not quite removed."""
    height, width = cell.shape
    for _ in range(rng.integers(1, 4)):
        strength, inset = rng.uniform(0.2, 0.8), int(rng.integers(0, 2))
        upright = rng.random() < 0.5
        length = height if upright else width
        start = int(rng.integers(0, length))
        end = min(length, start + max(2, int(length * rng.uniform(0.08, 0.5))))
        where = inset if rng.random() < 0.5 else (width if upright else height) - 1 - inset
        line = (slice(start, end), where) if upright else (where, slice(start, end))
        cell[line] = np.maximum(cell[line], strength)


def _add_specks(cell: Ink, rng: np.random.Generator) -> None:
    """Dust and toner."""
    for _ in range(rng.integers(1, 7)):
        y, x = int(rng.integers(cell.shape[0])), int(rng.integers(cell.shape[1]))
        side = int(rng.integers(1, 3))
        spot = (slice(y, y + side), slice(x, x + side))
        cell[spot] = np.maximum(cell[spot], rng.uniform(0.3, 1))


def _textured(cell: Ink, rng: np.random.Generator) -> Ink:
    """Pencil and dry ballpoint: the trace has grain and gaps."""
    grain = rng.normal(0, 1, cell.shape).astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(grain, (0, 0), rng.uniform(0.6, 1.8)), np.float32)
    soft /= max(float(soft.std()), 1e-6)
    pressure = np.clip(rng.uniform(0.6, 1.1) + rng.uniform(0.1, 0.4) * soft, 0.08, 1)
    return np.asarray(cell * pressure, np.float32)


def _digitised(cell: Ink, rng: np.random.Generator) -> Grey:
    """Contrast, paper, blur, noise, threshold, resampling and JPEG of one device."""
    paper = rng.uniform(190, 255)
    contrast = paper * rng.uniform(0.28, 1)
    shade = _shade(cell.shape, rng) if rng.random() < 0.25 else 0.0
    image = np.asarray(paper - contrast * cell - shade, np.float64)
    if rng.random() < 0.5:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.9)), np.float64)
    if rng.random() < 0.6:
        image = image + rng.normal(0, rng.uniform(1, 0.07 * contrast + 1), image.shape)
    if rng.random() < 0.3:
        image = np.where(image < paper - contrast * rng.uniform(0.3, 0.6), 0.0, 255.0)
        if rng.random() < 0.5:
            image = _resampled(image, rng.uniform(0.6, 1.0))
    elif rng.random() < 0.3:
        image = _resampled(image, rng.uniform(0.6, 1.3))
    grey = np.clip(image, 0, 255).astype(np.uint8)
    return _jpeg(grey, rng) if rng.random() < 0.25 else grey


def _shade(shape: tuple[int, ...], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """A shadow that grows across the cell, as in a photograph."""
    corners = rng.uniform(0, 25, (2, 2))
    return np.asarray(cv2.resize(corners, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float64)


def _resampled(image: npt.NDArray[np.float64], scale: float) -> npt.NDArray[np.float64]:
    """The image on another grid, as registration leaves it."""
    size = (max(4, round(image.shape[1] * scale)), max(6, round(image.shape[0] * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.float64)


def _jpeg(grey: Grey, rng: np.random.Generator) -> Grey:
    """The same after a scanner's JPEG."""
    _, content = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 80))])
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_GRAYSCALE), np.uint8)
