"""The drawn pages of this folder are importable by its tests; the network is replaced."""

import numpy as np
import pytest


@pytest.fixture
def engine(monkeypatch):
    """A recogniser that says 3 to everything and remembers what it was shown."""
    from pipeline.read.engines import digits

    shown = []

    def read_digits(cells):
        shown.append(list(cells))
        row = np.full(10, 0.01, np.float32)
        row[3] = 0.91
        return np.tile(row, (len(cells), 1))

    monkeypatch.setattr(digits, "read_digits", read_digits)
    return shown
