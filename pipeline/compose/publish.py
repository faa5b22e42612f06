"""Maintainers' command: publish ``layout.json`` of a form folder, and freeze it.

``python -m pipeline.compose.publish FOLDER…`` writes the layout as long as the version has
not been released; ``--release`` notes its SHA-256 beside it, after which it never changes.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from pipeline.compose.geometry import layout_text, publish_layout
from pipeline.compose.proof import RELEASE_NAME, sources_digest
from pipeline.errors import CarnetError, FormError, OutputError, system_reason

LAYOUT_NAME = "layout.json"


def write_layout(folder: Path) -> Path:
    """Write ``layout.json`` of a version that has not been released.

    Raises ``FormError`` for a released version: carnets printed from it exist, and they
    are read with the layout that they were printed with.
    """
    target = folder / LAYOUT_NAME
    if (folder / RELEASE_NAME).exists():
        raise FormError(
            f"{target} : cette version est déjà en service, sa mise en page ne change plus. "
            "Copiez le dossier sous un nouveau numéro de version.",
            file=str(target),
            key="version",
        )
    _write(target, layout_text(publish_layout(folder)))
    return target


def release(folder: Path) -> Path:
    """Freeze the layout of a version: its SHA-256 is noted and checked at every reading.

    The whole form is proofread once more; as long as its sources stay as they are, printing
    and reading need not look for overflowing texts again.
    """
    publish_layout(folder)
    digest = hashlib.sha256((folder / LAYOUT_NAME).read_bytes()).hexdigest()
    target = folder / RELEASE_NAME
    _write(target, f'layout_sha256 = "{digest}"\nsources_sha256 = "{sources_digest(folder)}"\n')
    return target


def _write(target: Path, text: str) -> None:
    try:
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{target} : écriture impossible ({system_reason(error)}).", file=str(target)) from error


def main(arguments: list[str]) -> int:
    """Publish or release the folders named; the exit code is that of the first error."""
    act = release if "--release" in arguments else write_layout
    try:
        for argument in arguments:
            if not argument.startswith("-"):
                sys.stdout.write(f"{act(Path(argument))}\n")
    except CarnetError as error:
        sys.stderr.write(f"{error.message}\n")
        return int(error.exit_code)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
