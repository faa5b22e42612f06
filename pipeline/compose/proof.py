"""Whether the words and the typography of a form are those that were proofread at its release."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

RELEASE_NAME = "released.toml"


def sources_digest(folder: Path) -> str:
    """SHA-256 over the form's definition and typography, by file name."""
    digest = hashlib.sha256()
    for path in sorted([folder / "form.toml", *folder.glob("*.typ")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def proofread(folder: Path) -> bool:
    """True when nothing was changed since the release looked for overflowing texts."""
    try:
        noted = tomllib.loads((folder / RELEASE_NAME).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        return False
    return noted.get("sources_sha256") == sources_digest(folder)
