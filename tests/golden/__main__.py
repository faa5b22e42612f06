"""``make golden``."""

import tempfile
from pathlib import Path

from tests.golden import HERE, read_samples

with tempfile.TemporaryDirectory() as folder:
    for name, text in read_samples(Path(folder)).items():
        (HERE / f"{name}.txt").write_text(text, encoding="utf-8")
