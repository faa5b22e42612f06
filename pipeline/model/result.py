"""Pages, carnets and the balance of a campaign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.model.decision import FieldDecision, Outcome, Verdict
from pipeline.model.identity import PageIdentity
from pipeline.model.reading import FieldReading
from pipeline.model.scan import Pose, SourceRef
from pipeline.model.versions import SampledValue, VersionVerdict

Evidence = tuple[tuple[str, float], ...]
"""Numbers behind a reason or a warning, by name (``streak_mm``, ``matched``), for its words."""


def evidence(numbers: Mapping[str, object]) -> Evidence:
    """The numbers among some values, in order of their names."""
    found = {name: number for name, number in numbers.items() if isinstance(number, int | float)}
    return tuple((name, float(found[name])) for name in sorted(found))


class Disposition(StrEnum):
    """What became of a page or of a side on which none was found."""

    PLACED = "placed"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    BLANK = "blank"
    FOREIGN = "foreign"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResult:
    """One logical page, or one side or half on which no page was found.

    Either ``identity`` is set and the page was read, or ``problem`` says why not, with
    ``disposition`` blank, foreign or unreadable.  ``form`` and ``version`` name the layout,
    also on a page refused by name.  ``image`` is the kept page image relative to the
    campaign folder.  ``ink_map`` is the page's ink beyond the print on a 1 mm grid,
    row-major over the page, one byte a millimetre, zlib-compressed: enough to tell the
    same page scanned twice from the same page filled by another hand.  ``evidence`` holds
    the numbers that the words of its problem and warnings show.
    """

    source: SourceRef
    slot: int
    disposition: Disposition | None = None
    problem: str = ""
    form: str = ""
    version: str = ""
    identity: PageIdentity | None = None
    layout_page: int = 0
    identified_by: str = ""
    pose: Pose | None = None
    warnings: tuple[str, ...] = ()
    image: str = ""
    ink_map: bytes = b""
    readings: tuple[FieldReading, ...] = ()
    evidence: Evidence = ()

    @property
    def key(self) -> str:
        """What names this page for ever: content of the file, side and slot."""
        return f"{self.source.sha256}:{self.source.side}:{self.slot}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRow:
    """One row of ``pages.csv``; ``carnet_id`` is the number under which the page counts.

    ``bundle`` is that of ``DecidedPage``, ``read_on`` the ISO day on which the file was first read.
    """

    source_file: str
    source_page: int
    slot: int
    disposition: Disposition
    reason: str
    carnet_id: str
    form: str
    version: str
    page: int
    rotation_deg: float | None
    print_scale: float | None
    residual_mm: float | None
    sha256: str
    image: str = ""
    warnings: tuple[str, ...] = ()
    evidence: Evidence = ()
    bundle: str = ""
    read_on: str = ""

    @property
    def key(self) -> str:
        """The ``PageResult.key`` of the page."""
        return f"{self.sha256}:{self.source_page}:{self.slot}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRecord:
    """A page of a carnet as it stands: where it came from and every field of it."""

    row: BalanceRow
    outcomes: tuple[Outcome, ...]
    boxes: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """One printed carnet, or the second number of one that was photocopied.  No name is ever kept.

    ``copy_of`` is the number that the photocopies bear.
    """

    carnet: str
    form: str
    version: str
    variant: str
    printed_on: str
    lot: str = ""
    canal: str = ""
    public: str = ""
    remis_le: str = ""
    rendu_le: str = ""
    remarque: str = ""
    copy_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarnetRecord:
    """One carnet: its key for evaluators, its register entry if any, its pages."""

    carnet: str
    cle: str
    form: str
    version: str
    entry: RegisterEntry | None
    scanned_on: str
    pages: tuple[PageRecord, ...]

    def outcome(self, name: str) -> Outcome | None:
        """The outcome of a field, or None when its page was not placed."""
        for page in self.pages:
            for outcome in page.outcomes:
                if outcome.decision.field == name:
                    return outcome
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedPage:
    """What ``decide`` makes of one stored page.

    ``carnet`` is the number under which it counts where a person gave another one than
    is printed.  ``twin`` is the page kept in place of this one, when it shows the same
    writing.  ``bundle`` names the pages that were scanned together, where versions of
    them are in conflict: a person settles them together.
    """

    key: str
    disposition: Disposition
    reason: str
    decisions: tuple[FieldDecision, ...]
    carnet: str = ""
    twin: str = ""
    bundle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One line of the campaign's journal: counts only, never a personal value."""

    at: str
    command: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """Everything that consolidation needs, in a stable order.

    ``carnets`` may be read from the store one after the other, each time they are asked
    for: a campaign of many thousands is never whole in memory.
    """

    carnets: Sequence[CarnetRecord]
    balance: tuple[BalanceRow, ...]
    register: tuple[RegisterEntry, ...]
    verdicts: tuple[Verdict, ...]
    journal: tuple[JournalEntry, ...]
    choices: tuple[VersionVerdict, ...] = ()
    sample: tuple[SampledValue, ...] = ()
