"""Compare a reading with the truth: right, asked, or silently wrong.

The unit is what a person would have to look at: one tick box, one inked character, one
field.  A wrong value that nobody is asked about is a silent error, the only kind that
reaches the workbook.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.model.interval import wilson
from pipeline.model.result import Campaign
from pipeline.rehearse.truth import FieldTruth, PageTruth, SideTruth, Truth

DEFINITE_TICKS = frozenset({"cross", "sloppy_cross", "tick"})
PALE_PENS = frozenset({"pencil", "light_blue"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadField:
    """One row of ``lectures.csv``, as far as scoring goes."""

    raw: str
    value: str
    status: str
    reasons: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSide:
    """One row of ``pages.csv``, as far as scoring goes."""

    file: str
    side: int
    disposition: str
    reason: str
    carnet: str
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read: fields by (carnet, page, field), and the balance."""

    fields: Mapping[tuple[str, int, str], ReadField]
    sides: tuple[ReadSide, ...]


@dataclass(slots=True)
class Tally:
    """How many of one kind of thing were right, asked about, or silently wrong."""

    right: int = 0
    asked: int = 0
    silent: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.right + self.asked + self.silent

    @property
    def accepted(self) -> int:
        """Those that nobody is asked about."""
        return self.right + self.silent

    def count(self, outcome: str, times: int = 1) -> None:
        """Add an outcome: ``right``, ``asked`` or ``silent``."""
        setattr(self, outcome, getattr(self, outcome) + times)

    def silent_bound(self) -> float:
        """Upper end of the 95 % Wilson interval of the silent share among the accepted."""
        return wilson(self.silent, self.accepted)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """One silent error, to be looked at."""

    carnet: str
    page: int
    field: str
    kind: str
    true_raw: str
    read_raw: str
    read_value: str
    profile: str


@dataclass(slots=True)
class Score:
    """The figures of one rehearsal.

    ``pages`` counts pages by profile and fate (placed, refused, lost, wrong); the
    tallies are keyed by (group, name): group ``ticks`` with ``definite``, ``empty`` or a
    kind, ``digits`` by kind, ``fields`` by type, and ``ticks@profile``, ``digits@profile``.
    """

    pages: dict[str, Counter[str]] = field(default_factory=dict)
    sides: Counter[str] = field(default_factory=Counter)
    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def tally(self, group: str, name: str) -> Tally:
        """The tally of that key, made when first asked for."""
        return self.tallies.setdefault((group, name), Tally())

    def total(self, group: str) -> Tally:
        """All tallies of a group added up."""
        found = [tally for (key, _), tally in self.tallies.items() if key == group]
        return Tally(
            right=sum(tally.right for tally in found),
            asked=sum(tally.asked for tally in found),
            silent=sum(tally.silent for tally in found),
        )

    def fate(self, name: str) -> int:
        """Pages of one fate over all profiles."""
        return sum(counts[name] for counts in self.pages.values())


def score(truth: Truth, reading: Reading) -> Score:
    """Score pages first, then the fields of every page that was placed."""
    result = Score()
    rows = _by_side(reading.sides)
    placed: dict[tuple[str, int], str] = {}
    for side in truth.sides:
        _score_side(result, side, rows.get((side.file, side.side), []), placed)
    for page in truth.pages:
        profile = placed.get((page.carnet, page.page))
        if profile is not None:
            for known in page.fields:
                _score_field(result, page, known, reading.fields.get((page.carnet, page.page, known.field)), profile)
    return result


def _by_side(sides: Iterable[ReadSide]) -> dict[tuple[str, int], list[ReadSide]]:
    """Rows of the balance by file name and side."""
    rows: dict[tuple[str, int], list[ReadSide]] = {}
    for side in sides:
        rows.setdefault((Path(side.file).name, side.side), []).append(side)
    return rows


def _score_side(result: Score, side: SideTruth, rows: list[ReadSide], placed: dict[tuple[str, int], str]) -> None:
    """Which pages of a side were placed, refused or lost, and which rows are wrong."""
    counts = result.pages.setdefault(side.profile, Counter())
    found = {(row.carnet, row.page): row for row in rows if row.carnet}
    for page in side.pages:
        row = found.get(page)
        if row is not None and row.disposition in ("placed", "duplicate"):
            counts["placed"] += 1
            if row.disposition == "placed" or side.expect != "duplicate":
                placed.setdefault(page, side.profile)
        elif row is not None:
            counts["conflict" if row.disposition == "conflict" else "refused"] += 1
        else:
            refused = [other for other in rows if other.disposition in ("unreadable", "foreign", "blank")]
            counts["refused" if refused else "lost"] += 1
            result.refused.update(other.reason for other in refused[:1])
    counts["wrong"] += sum(key not in side.pages for key in found)
    if not side.pages:
        expected = any(row.disposition == side.expect for row in rows)
        result.sides["right" if expected else "wrong"] += 1


def _score_field(result: Score, page: PageTruth, known: FieldTruth, read: ReadField | None, profile: str) -> None:
    """One field, and the boxes or characters in it."""
    status = read.status if read else "missing"
    outcome = _outcome(known, read)
    result.tally("fields", known.type).count(outcome)
    if known.type == "choice":
        _score_ticks(result, page, known, read, profile)
    elif known.type == "comb":
        _score_digits(result, known, read, profile)
    if outcome == "silent":
        result.misses.append(
            Miss(
                carnet=page.carnet,
                page=page.page,
                field=known.field,
                kind=known.kind,
                true_raw=known.raw,
                read_raw=read.raw if read else "",
                read_value=f"{read.value} ({status})" if read else status,
                profile=profile,
            )
        )


def _outcome(known: FieldTruth, read: ReadField | None) -> str:
    """Whether a field was read right, asked about, or is silently wrong."""
    if read is None:
        return "silent"
    if read.status == "review":
        return "asked"
    if known.expect == "ask" and not (known.type == "text" and read.status == "verified"):
        return "silent"
    if known.type == "signature":
        return "right" if _presence(read) == (known.raw or "absent") else "silent"
    if read.status == "blank":
        return "right" if not known.raw.strip() else "silent"
    return "right" if _same(known, read) else "silent"


def _presence(read: ReadField) -> str:
    """Presence of a signature; a blank field says absent."""
    return read.raw if read.raw in ("present", "absent") else "absent"


def _same(known: FieldTruth, read: ReadField) -> bool:
    """Whether an accepted field says what is on the paper."""
    if known.type == "comb":
        return known.raw.rstrip() == read.raw.rstrip() and _equal(known.value, read.value)
    return known.raw == read.raw and _equal(known.value, read.value)


def _equal(true: str, read: str) -> bool:
    """Equal texts, or equal numbers."""
    if true == read:
        return True
    try:
        return float(true) == float(read)
    except ValueError:
        return False


def _score_ticks(result: Score, page: PageTruth, known: FieldTruth, read: ReadField | None, profile: str) -> None:
    """Every box of a choice: a set of boxes is asked about as a whole."""
    true = {code for code in known.raw.split("|") if code}
    got = {code for code in read.raw.split("|") if code} if read and read.status != "blank" else set()
    asked = read is not None and read.status == "review"
    accepted_wrongly = known.expect == "ask" and not asked
    name = _tick_name(page, known)
    wrong_empty = len(got - true)
    for code in sorted(true):
        right = code in got and read is not None and not accepted_wrongly
        result.tally("ticks", name).count("asked" if asked else "right" if right else "silent")
        result.tally("ticks@profile", profile).count("asked" if asked else "right" if right else "silent")
    empty = known.options - len(true)
    kind = "empty" if known.kind == "plain" else f"empty, {known.kind}"
    if asked:
        _count_empty(result, kind, profile, "asked", empty)
    else:
        _count_empty(result, kind, profile, "silent", empty if read is None else wrong_empty)
        _count_empty(result, kind, profile, "right", 0 if read is None else empty - wrong_empty)


def _count_empty(result: Score, kind: str, profile: str, outcome: str, times: int) -> None:
    """Empty boxes of one outcome."""
    result.tally("ticks", kind).count(outcome, times)
    result.tally("ticks@profile", profile).count(outcome, times)


def _tick_name(page: PageTruth, known: FieldTruth) -> str:
    """Under which name a ticked box is counted."""
    if known.kind != "plain":
        return known.kind
    if page.pen in PALE_PENS:
        return page.pen
    return "definite" if page.ticking in DEFINITE_TICKS else page.ticking


def _score_digits(result: Score, known: FieldTruth, read: ReadField | None, profile: str) -> None:
    """Every inked character of a comb; a comb that should be empty counts once, apart."""
    inked = [place for place, character in enumerate(known.raw) if character != " "]
    if not inked:
        name = "empty" if known.kind == "plain" else known.kind
        result.tally("combs", name).count(_outcome(known, read))
        return
    for place in inked:
        outcome = _character_outcome(known, read, place)
        result.tally("digits", known.kind).count(outcome)
        result.tally("digits@profile", profile).count(outcome)


def _character_outcome(known: FieldTruth, read: ReadField | None, place: int) -> str:
    """One character: asked with its field, else right when it stands in its cell."""
    if read is None or read.status == "blank":
        return "silent"
    if read.status == "review":
        return "asked"
    right = known.expect != "ask" and read.raw[place : place + 1] == known.raw[place]
    return "right" if right else "silent"


def reading_from_csv(readings: Path, pages: Path) -> Reading:
    """What ``lectures.csv`` and ``pages.csv`` say."""
    fields = {}
    for row in _rows(readings):
        key = row["carnet_id"], int(row["page"]), row["field"]
        fields[key] = ReadField(raw=row["raw"], value=row["value"], status=row["status"], reasons=row["reasons"])
    sides = tuple(
        ReadSide(
            file=row["source_file"],
            side=int(row["source_page"]),
            disposition=row["disposition"],
            reason=row["reason"],
            carnet=row["carnet_id"],
            page=int(row["page"] or 0),
        )
        for row in _rows(pages)
    )
    return Reading(fields=fields, sides=sides)


def _rows(path: Path) -> list[dict[str, str]]:
    """Rows of one of our CSV files."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def reading_from_campaign(campaign: Campaign) -> Reading:
    """What the store says."""
    fields = {}
    for carnet in campaign.carnets:
        for page in carnet.pages:
            for outcome in page.outcomes:
                fields[carnet.carnet, page.row.page, outcome.decision.field] = ReadField(
                    raw=outcome.raw,
                    value=outcome.value,
                    status=str(outcome.status),
                    reasons="|".join(outcome.decision.reasons),
                )
    sides = tuple(
        ReadSide(
            file=row.source_file,
            side=row.source_page,
            disposition=str(row.disposition),
            reason=row.reason,
            carnet=row.carnet_id,
            page=row.page,
        )
        for row in campaign.balance
    )
    return Reading(fields=fields, sides=sides)
