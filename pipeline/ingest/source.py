"""What ingest says of a file and of a side that yields no pixels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.model.scan import SourceRef


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One file of the inventory.

    ``sides`` counts its pages or frames, 0 when ``problem`` (a code of
    ``wording.PROBLEMS``) says why it cannot be read.  ``kind`` is found in the content,
    never in the name: ``pdf``, ``tiff``, ``jpeg``, ``png``, ``bmp``, ``webp``, ``heic`` or empty.
    ``size_bytes`` and ``modified_ns`` tell later whether the file changed meanwhile.
    """

    path: Path
    sha256: str
    kind: str
    sides: int
    problem: str = ""
    size_bytes: int = 0
    modified_ns: int = 0

    @property
    def shown(self) -> str:
        r"""The path as text that any file or screen can hold.

        Names written on an old share may not be Unicode; their odd bytes are shown as ``\xe9``.
        """
        return str(self.path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")

    def ref(self, side: int) -> SourceRef:
        """The reference of one side; 0 is the file as a whole."""
        return SourceRef(path=self.shown, sha256=self.sha256, side=side)


@dataclass(frozen=True, slots=True, kw_only=True)
class SideProblem:
    """A side that yields no pixels, with its reason (a code of ``wording.PROBLEMS``)."""

    source: SourceRef
    code: str
