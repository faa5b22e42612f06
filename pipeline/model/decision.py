"""What was decided of a field, and what a person settled."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """State of one field, as in ``lectures.csv``."""

    ACCEPTED = "accepted"
    BLANK = "blank"
    REVIEW = "review"
    VERIFIED = "verified"
    ILLEGIBLE = "illegible"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDecision:
    """The machine's decision on one field of one page.

    ``raw`` is what is on the paper (characters of the cells, a space for an empty one;
    ticked codes joined by ``|`` in the order of the form; ``present`` or ``absent``), the
    best proposal when ``status`` is review.  ``value`` is the typed value as text (ISO
    date, decimal hours, integer, code), empty when there is none or it is not legal.
    Law: ``status`` is review exactly when ``reasons`` is not empty; ``warnings`` never
    change a status.
    """

    field: str
    type: str
    raw: str
    value: str
    status: Status
    confidence: float
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a decision that breaks the law of reasons."""
        if (self.status is Status.REVIEW) != bool(self.reasons):
            raise ValueError(f"{self.field}: review and reasons must go together")

    @property
    def found_empty(self) -> bool:
        """Whether the machine is sure that nothing is written there."""
        unsigned = self.type == "signature" and self.status is Status.ACCEPTED and self.raw == "absent"
        return self.status is Status.BLANK or unsigned


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a person settled.  Append-only; the machine's decision stays readable.

    ``status`` is verified or illegible.  ``page`` is the printed page number, ``day`` an
    ISO date, ``who`` free (a role or initials), ``replaced`` the machine's value then.
    ``key`` names the scan that the person looked at (empty in campaigns of old): on a
    later state of the page the verdict does not hold.  ``remark`` is what was noted
    beside.  ``blind`` tells an answer of which the machine was sure and that was drawn for the blind sample.
    """

    carnet: str
    page: int
    field: str
    raw: str
    value: str
    status: Status
    day: str
    who: str = ""
    replaced: str = ""
    key: str = ""
    remark: str = ""
    blind: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A field as it stands: the machine's decision with a verdict laid over it."""

    decision: FieldDecision
    verdict: Verdict | None = None

    @property
    def status(self) -> Status:
        """Status after the verdict."""
        return self.verdict.status if self.verdict else self.decision.status

    @property
    def raw(self) -> str:
        """What is on the paper, after the verdict."""
        return self.verdict.raw if self.verdict else self.decision.raw

    @property
    def value(self) -> str:
        """The value after the verdict."""
        return self.verdict.value if self.verdict else self.decision.value

    @property
    def final_value(self) -> str:
        """The value that may enter a workbook: accepted or verified, else empty."""
        return self.value if self.status in (Status.ACCEPTED, Status.VERIFIED) else ""
