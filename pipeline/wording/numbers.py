"""Numbers as people read them."""

from __future__ import annotations

THIN = "\u202f"
"""The narrow no-break space of French numbers."""


def thousands(number: float) -> str:
    """A whole number, its thousands set apart: « 12 345 »."""
    return f"{round(number):,}".replace(",", THIN)
