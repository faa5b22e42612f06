"""What a person reads of a code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_PLACE = re.compile(r"\{(\w+)\}")
_CORNERS = ("en haut à gauche", "en haut à droite", "en bas à droite", "en bas à gauche")
_SHARES = ("matched",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a person reads of a code.

    ``measured`` is the title when the numbers that it names in braces are known.
    """

    title: str
    explanation: str = ""
    remedy: str = ""
    many: str = ""
    measured: str = ""

    def told(self, evidence: Iterable[tuple[str, float]] = ()) -> str:
        """The title, with its numbers where they are known."""
        known = dict(evidence)
        named = _PLACE.findall(self.measured)
        if not named or not all(name in known for name in named):
            return self.title
        return _PLACE.sub(lambda match: _number(match[1], known[match[1]]), self.measured)


def _number(name: str, number: float) -> str:
    """A number as people say it: a corner by its place, a share in hundredths, lengths without idle digits."""
    if name == "corner":
        return _CORNERS[round(number) % len(_CORNERS)]
    if name in _SHARES:
        return f"{round(100 * number)}"
    return f"{number:.0f}" if abs(number) >= 10 or number == round(number) else f"{number:.1f}".replace(".", ",")
