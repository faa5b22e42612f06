"""What is to be printed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOrder:
    """One copy to print.

    ``name`` goes on the cover and nowhere else: it is never stored nor logged, and is
    kept out of ``repr``.  ``sheets`` lists (layout page, ordinal) to print; empty means
    the whole booklet.
    """

    carnet: str
    name: str = ""
    sheets: tuple[tuple[int, int], ...] = ()

    def __repr__(self) -> str:
        """Without the name."""
        return f"PrintOrder(carnet={self.carnet!r}, sheets={self.sheets!r})"
