from __future__ import annotations

import cv2
import pytest

from pipeline.model.scan import ScanImage
from pipeline.register import find_pages
from pipeline.settings import RegisterSettings
from tests.register.paper import SHELF, blanks

cv2.setNumThreads(1)


@pytest.fixture
def settings() -> RegisterSettings:
    return RegisterSettings()


@pytest.fixture
def find(settings):
    """``find_pages`` on the tests' shelf; nothing printed can be read unless a reader is given."""

    def run(image: ScanImage, read_number=lambda crop: None, shelf=SHELF):
        return find_pages(image, shelf, blanks, read_number, settings)

    return run
