"""What damage hides of a sheet: a note stuck on it, another sheet over it, a corner gone, a hole."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

from pipeline.model.layout import Box
from pipeline.model.scan import Grey
from pipeline.rehearse import damage

Mask = npt.NDArray[np.bool_]
Damage = Callable[[Grey, float, np.random.Generator], None]
_HIDDEN_SHARE = 0.1
"""A box of which so much is hidden cannot be vouched for."""


class Cover:
    """The pixels of one damaged side on which nothing of what was there can be seen."""

    def __init__(self, hidden: Mask, px_per_mm: float) -> None:
        """``hidden`` at ``px_per_mm``, the sheet's own corner at its origin."""
        self._hidden, self._px_per_mm = hidden, px_per_mm

    def hides(self, box: Box) -> bool:
        """Whether a part of a box that counts is hidden."""
        top, bottom, left, right = (round(side * self._px_per_mm) for side in (box.y, box.bottom, box.x, box.right))
        return bool(self._hidden[top:bottom, left:right].mean() > _HIDDEN_SHARE)


@contextmanager
def watched() -> Iterator[list[Cover]]:
    """The covers of all sides damaged meanwhile, in their order."""
    covers: list[Cover] = []
    known = dict(damage.DAMAGES)
    damage.DAMAGES.update({name: _watched(draw, covers) for name, draw in known.items()})
    try:
        yield covers
    finally:
        damage.DAMAGES.update(known)


def _watched(draw: Damage, covers: list[Cover]) -> Damage:
    """The damage, which also notes what it hides: what comes out the same of black and of white paper."""

    def damaged(side: Grey, px_per_mm: float, rng: np.random.Generator) -> None:
        of_black, of_white = np.zeros_like(side), np.full_like(side, 255)
        for paper in (of_black, of_white):
            draw(paper, px_per_mm, copy.deepcopy(rng))
        draw(side, px_per_mm, rng)
        same = of_black == of_white
        covers.append(Cover(same.all(axis=2) if same.ndim == 3 else same, px_per_mm))

    return damaged
