"""How sure a counted share is."""

from __future__ import annotations

import math

_Z95 = 1.959963984540054


def wilson(count: float, of: float) -> tuple[float, float]:
    """Wilson's score interval at 95 % for ``count`` among ``of``; (0, 1) when nothing was counted.

    Brown, Cai and DasGupta (2001) recommend it for small numbers and for shares near 0 or 1.
    """
    if not of:
        return 0.0, 1.0
    share = count / of
    centre = share + _Z95**2 / (2 * of)
    spread = _Z95 * math.sqrt(share * (1 - share) / of + _Z95**2 / (4 * of**2))
    scale = 1 + _Z95**2 / of
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
