"""Pictures of telephones in HEIC, decoded in the guarded child: an optional part.

Where ``pillow-heif`` is not installed the file is refused by name, with what to do.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.errors import PageError
from pipeline.ingest.guard import Limits, guarded
from pipeline.ingest.pixels import Pixels
from pipeline.ingest.resolution import reduction
from pipeline.settings import IngestSettings


def count_pictures(path: Path, settings: IngestSettings) -> int:
    """Pictures of a HEIC file; raises ``PageError``."""
    return len(_sizes(path, settings))


class HeicSides:
    """A HEIC file, its pictures read on demand."""

    def __init__(self, path: Path, settings: IngestSettings) -> None:
        self._path, self._settings = path, settings
        self._looked_at = _sizes(path, settings)

    def close(self) -> None:
        """Nothing is held open between two sides."""

    def read(self, side: int) -> Pixels:
        """One picture in grey; raises ``PageError``.  What it claims of its resolution means nothing."""
        width, height = self._looked_at[side - 1]
        if width * height > self._settings.side_limit_megapixels * 1e6:
            raise PageError("page_too_large", width=width, height=height)
        factor = reduction(None, max(width, height), self._settings)
        answer, content = guarded("read_heic", self._path, _limits(self._settings), index=side - 1, factor=factor)
        shape = int(answer["height"]), int(answer["width"])
        return Pixels(grey=np.frombuffer(content, np.uint8).reshape(shape), dpi=None)


def _sizes(path: Path, settings: IngestSettings) -> list[tuple[int, int]]:
    """Width and height of each picture, without decoding; raises ``PageError``."""
    answer, _ = guarded("look_at_heic", path, _limits(settings))
    return [(int(width), int(height)) for width, height in answer["sizes"]]


def _limits(settings: IngestSettings) -> Limits:
    """A picture may take what the rendering of a page may take."""
    return Limits(memory_mb=settings.render_limit_mb, seconds=settings.render_limit_seconds)
