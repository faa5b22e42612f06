from __future__ import annotations

import pytest
from scanfiles import PdfMaker

from pipeline.settings import IngestSettings


@pytest.fixture
def maker() -> PdfMaker:
    return PdfMaker()


@pytest.fixture
def settings() -> IngestSettings:
    return IngestSettings()
