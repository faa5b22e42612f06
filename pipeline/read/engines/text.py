"""Handwritten lines, guessed: an optional engine (``htr``) whose model lies inside its package.

What it says is a suggestion to the person who transcribes, never a value: on the French
letters it was tried on, not one line in a hundred came out whole.  Nothing is fetched
from anywhere; without the package there are no suggestions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

import cv2
import numpy as np

from pipeline.errors import DependencyError
from pipeline.model.scan import Grey

PACKAGE = "rapidocr"
_SMALLEST = 8
_WRITTEN = re.compile(r"[0-9A-Za-zÀ-ÖØ-öø-ÿŒœ]")
"""What a line must hold; a speck is at times taken for the stop of another script."""
_OPTIONS = {
    "Global.use_det": False,
    "Global.use_cls": False,
    "Global.log_level": "critical",
    # One thread: the files are what runs in parallel, and the same line gives the same text.
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a line may say, and how sure the engine claims to be, 0–1."""

    text: str
    score: float


def available() -> bool:
    """Whether the optional package is installed."""
    return find_spec(PACKAGE) is not None and find_spec("onnxruntime") is not None


def engine_name() -> str:
    """Name and version of the engine, kept with every suggestion; empty when it is not installed."""
    try:
        return f"{PACKAGE}-{version(PACKAGE)}"
    except PackageNotFoundError:
        return ""


def guess_lines(lines: Sequence[Grey]) -> list[Guess]:
    """One guess for each line, dark ink on light paper; an empty one where nothing is made out.

    ``DependencyError`` when the optional package is missing.
    """
    engine = _engine()
    return [_guess(engine, line) for line in lines]


def require() -> None:
    """``DependencyError`` when the optional package is missing: said before any page is read."""
    if not available():
        raise DependencyError(
            "Les suggestions de transcription demandent un complément qui n’est pas installé. Installez-le avec "
            "« pip install 'carnet-pipeline[htr]' », ou lisez sans « --suggestions ».",
            package=PACKAGE,
        )


@lru_cache(maxsize=1)
def _engine() -> Any:  # noqa: ANN401 - a package without types
    """The recogniser, loaded once a process."""
    require()
    from rapidocr import RapidOCR  # noqa: PLC0415 - optional, and slow to load

    return RapidOCR(params=_OPTIONS)


def _guess(engine: Any, line: Grey) -> Guess:  # noqa: ANN401 - a package without types
    """The guess for one line."""
    if min(line.shape) < _SMALLEST:
        return Guess(text="", score=0.0)
    found = engine(cv2.cvtColor(np.ascontiguousarray(line), cv2.COLOR_GRAY2BGR), use_det=False, use_cls=False)
    texts, scores = found.txts or (), found.scores or ()
    if not _WRITTEN.search(" ".join(texts)):
        return Guess(text="", score=0.0)
    return Guess(text=" ".join(texts).strip(), score=round(float(min(scores)), 4))
