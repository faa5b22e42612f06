"""Where things are printed, in millimetres from the page's top-left corner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

CORNERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in mm, y downwards."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """Right edge in mm."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """Bottom edge in mm."""
        return self.y + self.h

    @property
    def centre(self) -> tuple[float, float]:
        """Centre in mm."""
        return self.x + self.w / 2, self.y + self.h / 2

    def grown(self, margin_mm: float) -> Box:
        """The same box with a margin added on every side (negative shrinks)."""
        return Box(
            x=self.x - margin_mm,
            y=self.y - margin_mm,
            w=self.w + 2 * margin_mm,
            h=self.h + 2 * margin_mm,
        )

    def overlaps(self, other: Box) -> bool:
        """Whether the two boxes share any area."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box around some; at least one is needed."""
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(x=x, y=y, w=max(box.right for box in boxes) - x, h=max(box.bottom for box in boxes) - y)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionBox:
    """The printed box of one option."""

    value: str
    box: Box
    exclusive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldBox:
    """The rectangles of one field: ``options``, ``cells`` or ``box`` by its type."""

    name: str
    type: str
    options: tuple[OptionBox, ...] = ()
    cells: tuple[Box, ...] = ()
    box: Box | None = None

    parts: tuple[Box, ...] = field(init=False, repr=False, compare=False)
    """Its tick boxes, its cells or its one zone."""
    extent: Box = field(init=False, repr=False, compare=False)
    """The smallest box around everything the field prints."""

    def __post_init__(self) -> None:
        """Both are asked for on every page."""
        parts = (*(option.box for option in self.options), *self.cells, *((self.box,) if self.box else ()))
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "extent", around(parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLayout:
    """One page: its fields, and further printed rectangles to register on.

    ``frames`` are printed outlines without a field (table corners, panels), offered
    as anchors for local registration.
    """

    number: int
    fields: tuple[FieldBox, ...]
    frames: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StampLayout:
    """Where each copy is stamped, the same on every page.

    ``markers``: four boxes of the black squares, clockwise from the top left.
    ``codes``: the two DataMatrix symbols without quiet zone.  ``numbers``: the two
    zones where the carnet number stands in plain type.  ``name``: where the name
    asked for at printing goes on the cover, inside a masked field.
    """

    markers: tuple[Box, Box, Box, Box]
    codes: tuple[Box, Box]
    numbers: tuple[Box, Box]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Geometry of one printed version: the content of ``layout.json``."""

    form: str
    version: str
    page_size_mm: tuple[float, float]
    pages: tuple[PageLayout, ...]
    stamp: StampLayout
    fingerprint: str = ""

    def page(self, number: int) -> PageLayout:
        """The page of that number; ``KeyError`` when the layout has none."""
        for candidate in self.pages:
            if candidate.number == number:
                return candidate
        raise KeyError(number)
