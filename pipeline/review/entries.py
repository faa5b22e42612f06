"""What a person typed in a row of ARelire, and what of it stays there."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.review.answers import Typed


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedAnswer:
    """What a person typed in one row: an answer, as Excel holds it, a remark, and who answered."""

    answer: Typed = ""
    remark: str = ""
    who: str = ""

    @property
    def is_answered(self) -> bool:
        """Whether there is an answer, not only a remark."""
        return bool(str(self.answer).strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """What was typed and is not a verdict: it is shown again, with ``why`` when it was not understood."""

    answer: str = ""
    remark: str = ""
    who: str = ""
    why: str = ""
