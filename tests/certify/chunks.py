"""Chunks of the certification kept as files, each stamped with what it certifies."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.certify.boxes import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a chunk holds: part, kind of scan, hard kind, number."""

    part: str
    scan: str
    kind: str = ""
    number: int = 0

    @property
    def name(self) -> str:
        """A file name."""
        words = (self.part, self.scan, self.kind.replace(" ", "-").replace(",", ""), f"{self.number:05d}")
        return "_".join(word for word in words if word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A folder of chunks, and the stamp that those to be kept must bear."""

    folder: Path
    stamp: str

    def holds(self, key: Key) -> bool:
        """Whether the chunk is there, of the same stamp."""
        path = self._path(key)
        return path.is_file() and json.loads(path.read_text(encoding="utf-8"))["stamp"] == self.stamp

    def keep(self, key: Key, counts: Tally, cpu_s: float) -> None:
        """Write a chunk, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        content = {
            "stamp": self.stamp,
            "part": key.part,
            "scan": key.scan,
            "cpu_s": round(cpu_s, 2),
            "counts": sorted([*pair, number] for pair, number in counts.items()),
        }
        part = self._path(key).with_suffix(".part")
        part.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        part.replace(self._path(key))

    def chunks(self) -> Iterator[tuple[str, str, Tally, float]]:
        """Part, scan, counts and CPU seconds of every chunk of this stamp, in order of name."""
        for path in sorted(self.folder.glob("*.json")):
            content = json.loads(path.read_text(encoding="utf-8"))
            if content["stamp"] == self.stamp:
                counts = Counter({(kind, outcome): number for kind, outcome, number in content["counts"]})
                yield content["part"], content["scan"], counts, content["cpu_s"]

    def _path(self, key: Key) -> Path:
        return self.folder / f"{key.name}.json"
