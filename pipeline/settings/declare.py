"""How a setting is declared: a number with its unit, its reason and its origin."""

from __future__ import annotations

import dataclasses
from typing import Any


def setting(default: float, *, unit: str, reason: str, origin: str) -> Any:  # noqa: ANN401 - as dataclasses.field itself
    """A dataclass field that carries its unit, its reason and its origin."""
    return dataclasses.field(default=default, metadata={"unit": unit, "reason": reason, "origin": origin})
