"""Printed carnets shared by the tests of the whole corridor."""

from __future__ import annotations

import functools
from pathlib import Path

import cv2
import pdf2image
import pytest
from PIL import Image

from pipeline.cli import main

DPI = 200
cv2.setNumThreads(1)


@functools.cache
def printed(folder: Path, *options: str) -> list[Image.Image]:
    """Sides of freshly printed carnets as grey pictures; the register lies in ``folder``."""
    out = folder / "impression"
    code = main(["imprimer", "--graine", "7", "--dossier", str(folder / "campagne"), "--sortie", str(out), *options])
    assert code == 0
    return pdf2image.convert_from_path(out / "carnets.pdf", dpi=DPI, grayscale=True)


def save_pdf(path: Path, sides: list[Image.Image]) -> Path:
    """Sides as one scanned PDF, a JPEG image a page."""
    fresh = [side.copy() for side in sides]  # Pillow notes on a picture what it was last saved with
    fresh[0].save(path, save_all=True, append_images=fresh[1:], resolution=DPI, quality=85)
    return path


@pytest.fixture(scope="session")
def two_carnets(tmp_path_factory) -> list[Image.Image]:
    """Twelve sides: two blank carnets as a booklet printer makes them."""
    return printed(tmp_path_factory.mktemp("impression"), "--quantite", "2")
