"""Digits that one writer draws alike: seen where a form allows only one of them.

The tens of a day or a month, a code of a short list: where a 7 is read and only a 1 is
legal, this hand draws its 1 like the engine's 7.  The ink there is asked about anyway;
what it teaches is to ask about the same digits elsewhere in the carnet, where both are
legal and nothing else would show.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.decide.calibration import Decoded
from pipeline.model.reading import CellReading
from pipeline.settings import DecideSettings

Pair = tuple[str, str]
"""A digit as it was read, and the one it may be."""


def overruled(found: Decoded, cells: Sequence[CellReading], settings: DecideSettings) -> set[Pair]:
    """Digits of one number that what is legal reads otherwise than the ink, and the ink allows."""
    if not found.text:
        return set()
    return {
        (seen, legal)
        for seen, legal, cell in zip(found.seen, found.text, cells, strict=True)
        if seen != legal and cell.probabilities[int(legal)] >= settings.alike_seen_min
    }


def may_be_another(text: str, cells: Sequence[CellReading], pairs: Iterable[Pair], settings: DecideSettings) -> bool:
    """Whether a digit of this number is one that the writer draws like another, and might be that other."""
    known = set(pairs)
    return any(
        digit == seen and cell.probabilities and cell.probabilities[int(other)] >= settings.alike_share_min
        for digit, cell in zip(text, cells, strict=True)
        for seen, other in known
    )
