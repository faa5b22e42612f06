from __future__ import annotations

import pytest

from pipeline.settings import IngestSettings
from tests.ingest.scanfiles import PdfMaker


@pytest.fixture
def maker() -> PdfMaker:
    return PdfMaker()


@pytest.fixture
def settings() -> IngestSettings:
    return IngestSettings()
