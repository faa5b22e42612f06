"""Prepared cells bent anew whenever training sees them: turned, slanted, stretched, moved and softly warped."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

# Standard deviations at full strength; lengths as a share of half a cell.
_TURN, _SLANT, _STRETCH, _MOVE, _WARP = 0.12, 0.15, 0.08, 0.06, 0.06
_KNOTS = 5
"""Points along a side that a warp pulls at."""


def bent(x: torch.Tensor, strength: npt.NDArray[np.float32], rng: np.random.Generator) -> torch.Tensor:
    """Cells ``(n, 1, side, side)``, each bent as far as its strength says; 0 leaves it as it is."""
    n = len(x)
    turn, slant = strength * rng.normal(0, _TURN, n), strength * rng.normal(0, _SLANT, n)
    wide, tall = np.exp(strength * rng.normal(0, _STRETCH, (2, n)))
    move = strength[:, None] * rng.normal(0, _MOVE, (n, 2))
    across = np.stack([wide * np.cos(turn), wide * (slant - np.sin(turn)), move[:, 0]], axis=1)
    down = np.stack([tall * np.sin(turn), tall * np.cos(turn), move[:, 1]], axis=1)
    ways = torch.from_numpy(np.stack([across, down], axis=1).astype(np.float32))
    knots = strength[:, None, None, None] * rng.normal(0, _WARP, (n, 2, _KNOTS, _KNOTS))
    warp = functional.interpolate(
        torch.from_numpy(knots.astype(np.float32)), size=x.shape[2:], mode="bicubic", align_corners=True
    )
    grid = functional.affine_grid(ways, list(x.shape), align_corners=False) + warp.permute(0, 2, 3, 1)
    return functional.grid_sample(x, grid, align_corners=False)
