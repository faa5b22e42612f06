"""Where something lies, as people who may not know carnet numbers read it."""

from __future__ import annotations

import re
from pathlib import PurePath

_NUMBER = re.compile(r"\d\d[-_ ]?\d{6}[-_ ]?\d\d")


def scan_name(path: str) -> str:
    """The name of a scan without its folders; a carnet number in it is hidden."""
    return _NUMBER.sub("…", PurePath(path).name)
