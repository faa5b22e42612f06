import pytest

from tests.compose.fake_form import fake_typeset


@pytest.fixture(autouse=True)
def no_typesetting(monkeypatch):
    monkeypatch.setattr("pipeline.compose.press.typeset", fake_typeset)
