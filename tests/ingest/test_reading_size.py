"""A finer scan is decoded smaller, and the same pages are found at the same places."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline import compose, define, ingest, read, register
from pipeline.model.scan import PX_PER_MM, RegisteredPage
from pipeline.settings import load_settings

SCAN = Path(__file__).parents[2] / "samples" / "SCAN0001.pdf"


@pytest.mark.slow
def test_a_scan_twice_as_fine_is_registered_alike(tmp_path):
    settings = load_settings(None)
    shelf = define.open_shelf(tuple(define.form_folders()))

    def pages(path):
        (file,) = ingest.inventory([path], settings.ingest)
        side = next(iter(ingest.read_sides(file, [1], settings.ingest)))
        found = register.find_pages(side, shelf, compose.blank_pages, read.read_number, settings.register)
        return side, [page for page in found if isinstance(page, RegisteredPage)]

    side, expected = pages(SCAN)
    assert expected
    fine = cv2.resize(side.pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    path = tmp_path / "fine.jpg"
    Image.fromarray(fine).save(path, quality=90, dpi=(2 * side.dpi, 2 * side.dpi))
    merged, found = pages(path)
    assert merged.pixels.shape == side.pixels.shape
    assert merged.dpi == pytest.approx(side.dpi, abs=0.5)
    assert [page.identity for page in found] == [page.identity for page in expected]
    for one, other in zip(found, expected, strict=True):
        moved = np.abs(np.array(one.pose.matrix) - np.array(other.pose.matrix))[[2, 5]]
        assert moved.max() < 0.1 * side.dpi / 25.4
        assert one.pose.residual_mm < 0.2
        difference = cv2.absdiff(one.pixels, other.pixels)
        assert difference.mean() < 6
    assert merged.dpi > PX_PER_MM * 25.4
