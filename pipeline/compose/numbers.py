"""Carnet numbers drawn at random, never twice."""

from __future__ import annotations

import random
from collections.abc import Set as AbstractSet

from pipeline.errors import UsageError
from pipeline.model.identity import carnet_number, parse_carnet_number

SERIALS = range(1, 1_000_000)
_CROWDED = 0.5
"""Share of the year's numbers in use above which the free ones are listed rather than tried."""


def draw_numbers(count: int, year: int, taken: AbstractSet[str], seed: int | None = None) -> tuple[str, ...]:
    """``count`` new numbers of a year, none of them in ``taken`` nor twice in the result.

    ``year`` may have two or four digits.  Without ``seed`` the operating system's own
    randomness is used, so that nobody can tell a number from its neighbours; with one,
    the same ``taken`` gives the same numbers.  Raises ``UsageError`` when the year has
    not enough numbers left.
    """
    year %= 100
    chance = random.SystemRandom() if seed is None else random.Random(seed)
    used = {int(known[3:9]) for known in taken if parse_carnet_number(known) == known and known[:2] == f"{year:02d}"}
    left = len(SERIALS) - len(used - {0})
    if count > left:
        raise UsageError(
            f"Il ne reste que {left} numéros de carnet pour l’année 20{year:02d}, et {count} sont demandés. "
            "Demandez-en moins.",
            left=left,
            asked=count,
        )
    if len(used) + count > _CROWDED * len(SERIALS):
        free = [serial for serial in SERIALS if serial not in used]
        return tuple(carnet_number(year, serial) for serial in chance.sample(free, count))
    drawn: list[str] = []
    while len(drawn) < count:
        serial = chance.randrange(SERIALS.start, SERIALS.stop)
        if serial not in used:
            used.add(serial)
            drawn.append(carnet_number(year, serial))
    return tuple(drawn)
