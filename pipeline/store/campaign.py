"""Everything a campaign holds, put together in a stable order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import overload

from pipeline.model.decision import FieldDecision, Outcome, Verdict
from pipeline.model.reading import PixelBox
from pipeline.model.result import (
    BalanceRow,
    Campaign,
    CarnetRecord,
    DecidedPage,
    Disposition,
    Evidence,
    JournalEntry,
    PageRecord,
    PageResult,
    RegisterEntry,
    evidence,
)
from pipeline.model.versions import SampledValue, VersionVerdict
from pipeline.store.files import StoredFile

NO_SCANS = ("not_a_scan", "office_document")
NOT_READ = "not_read_yet"
NOT_DECIDED = "not_decided_yet"
Details = Callable[[Sequence[str]], Mapping[str, tuple[dict[str, PixelBox], Sequence[FieldDecision]]]]
"""Boxes of the fields and decisions of some pages, by page key."""
KEPT = (Disposition.PLACED, Disposition.CONFLICT)


def assemble_campaign(
    *,
    files: Sequence[StoredFile],
    pages: Iterable[PageResult],
    decided: Mapping[str, DecidedPage],
    verdicts: Sequence[Verdict],
    register: Sequence[RegisterEntry],
    keys: Mapping[str, str],
    journal: Sequence[JournalEntry],
    choices: Sequence[VersionVerdict] = (),
    sample: Sequence[SampledValue] = (),
    details: Details,
) -> Campaign:
    """The campaign as it stands; same store, same value.

    ``pages`` and ``decided`` come without readings and decisions: ``details`` brings those
    of one carnet when it is its turn.
    """
    days = {file.sha256: file.first_read for file in reversed(files)}
    entries = {entry.carnet: entry for entry in register}
    latest = _latest(verdicts, decided)
    paths = _paths(files)
    carnets: dict[str, list[BalanceRow]] = defaultdict(list)
    rows: dict[tuple[str, int], list[BalanceRow]] = defaultdict(list)
    for page in pages:
        verdict_of_page = decided.get(page.key)
        row = balance_row(page, verdict_of_page, paths.get(page.source.sha256, page.source.path))
        row = replace(row, read_on=days.get(page.source.sha256, ""))
        rows[page.source.sha256, page.source.side].append(row)
        if page.identity is not None and verdict_of_page is not None and row.disposition in KEPT:
            carnets[row.carnet_id].append(row)
    return Campaign(
        carnets=StoredCarnets(
            rows=dict(sorted(carnets.items())),
            latest=latest,
            keys=keys,
            register=entries,
            days=days,
            details=details,
        ),
        balance=tuple(_balance(files, rows)),
        register=tuple(register),
        verdicts=tuple(verdicts),
        journal=tuple(journal),
        choices=tuple(choices),
        sample=tuple(sample),
    )


def _latest(verdicts: Iterable[Verdict], decided: Mapping[str, DecidedPage]) -> dict[tuple[str, str], Verdict]:
    """The verdicts in effect, by the page on which each counts and by field.

    A verdict follows the writing that the person saw: to the better scan of it that is
    kept, or under the second number; on a later state of the page it does not hold.
    """
    found = {}
    for verdict in verdicts:
        page = decided.get(verdict.key)
        seen = verdict.key or f"{verdict.carnet} {verdict.page}"
        found[page.twin if page and page.twin else seen, verdict.field] = verdict
    return found


def assemble_balance(
    *, files: Sequence[StoredFile], pages: Iterable[PageResult], decided: Mapping[str, DecidedPage]
) -> tuple[BalanceRow, ...]:
    """The balance alone."""
    paths = _paths(files)
    rows: dict[tuple[str, int], list[BalanceRow]] = defaultdict(list)
    for page in pages:
        path = paths.get(page.source.sha256, page.source.path)
        rows[page.source.sha256, page.source.side].append(balance_row(page, decided.get(page.key), path))
    return tuple(_balance(files, rows))


def _paths(files: Sequence[StoredFile]) -> dict[str, str]:
    """Where each content was first found."""
    return {file.sha256: file.path for file in reversed(files) if not file.copy}


def balance_row(page: PageResult, decided: DecidedPage | None, path: str) -> BalanceRow:
    """One page as a row of the balance."""
    disposition = decided.disposition if decided else page.disposition or Disposition.UNREADABLE
    undecided = page.problem or ("" if page.identity is None else NOT_DECIDED)
    identity, pose = page.identity, page.pose
    return BalanceRow(
        source_file=path,
        source_page=page.source.side,
        slot=page.slot,
        disposition=disposition,
        reason=decided.reason if decided else undecided,
        carnet_id=(decided.carnet if decided else "") or (identity.carnet if identity else ""),
        form=page.form,
        version=page.version,
        page=identity.page if identity else 0,
        rotation_deg=pose.rotation_deg if pose else None,
        print_scale=pose.print_scale if pose else None,
        residual_mm=pose.residual_mm if pose else None,
        sha256=page.source.sha256,
        image=page.image,
        warnings=page.warnings,
        evidence=_evidence(page),
        bundle=decided.bundle if decided else "",
    )


def _evidence(page: PageResult) -> Evidence:
    """The numbers behind a page's reason and warnings, those that its pose tells included."""
    scale = page.pose.print_scale if page.pose else None
    told = {"markers": page.pose.markers} if page.pose else {}
    return evidence(told | ({} if scale is None else {"print_percent": 100 * scale}) | dict(page.evidence))


def _balance(files: Iterable[StoredFile], rows: Mapping[tuple[str, int], list[BalanceRow]]) -> Iterator[BalanceRow]:
    """Rows by file, side and slot; a shut file has one row, a copy repeats its twin's."""
    for file in files:
        if file.problem:
            yield _file_row(file)
        for side in range(1, file.sides + 1):
            for row in rows.get((file.sha256, side), ()):
                yield _copied(row, file.path) if file.copy else row
            if (file.sha256, side) not in rows:
                yield _unread_row(file, side)


def _file_row(file: StoredFile) -> BalanceRow:
    """The row of a file that yields no side; a file of another nature is foreign, not broken."""
    disposition = Disposition.FOREIGN if file.problem in NO_SCANS else Disposition.UNREADABLE
    return _bare_row(file, 0, disposition, file.problem)


def _unread_row(file: StoredFile, side: int) -> BalanceRow:
    """The row of a side that an interrupted run did not reach: it is in, so it is accounted for."""
    return _bare_row(file, side, Disposition.UNREADABLE, NOT_READ)


def _bare_row(file: StoredFile, side: int, disposition: Disposition, reason: str) -> BalanceRow:
    """The row of a file or side on which no page is known."""
    return BalanceRow(
        source_file=file.path, source_page=side, slot=min(side, 1), disposition=disposition, reason=reason,
        carnet_id="", form="", version="", page=0, rotation_deg=None, print_scale=None, residual_mm=None,
        sha256=file.sha256,
    )  # fmt: skip


def _copied(row: BalanceRow, path: str) -> BalanceRow:
    """A row of a second file of the same bytes: what was placed there is a duplicate here."""
    if row.disposition in KEPT:
        return replace(row, source_file=path, disposition=Disposition.DUPLICATE, reason="same_file")
    return replace(row, source_file=path)


class StoredCarnets(Sequence[CarnetRecord]):
    """The carnets of a store in order of their numbers, each read when it is its turn.

    Holds while the store is open.
    """

    def __init__(
        self,
        *,
        rows: Mapping[str, list[BalanceRow]],
        latest: Mapping[tuple[str, str], Verdict],
        keys: Mapping[str, str],
        register: Mapping[str, RegisterEntry],
        days: Mapping[str, str],
        details: Details,
    ) -> None:
        self._rows, self._latest, self._keys = rows, latest, keys
        self._register, self._days, self._details = register, days, details

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[CarnetRecord]:
        return map(self._carnet, self._rows)

    @overload
    def __getitem__(self, place: int) -> CarnetRecord: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[CarnetRecord]: ...

    def __getitem__(self, place: int | slice) -> CarnetRecord | Sequence[CarnetRecord]:
        numbers = list(self._rows)[place]
        return self._carnet(numbers) if isinstance(numbers, str) else tuple(map(self._carnet, numbers))

    def _carnet(self, number: str) -> CarnetRecord:
        """One carnet with its pages in order."""
        rows = sorted(self._rows[number], key=lambda row: (row.form, row.version, row.page, row.key))
        details = self._details([row.key for row in rows])
        return CarnetRecord(
            carnet=number,
            cle=self._keys[number],
            form=rows[0].form,
            version=rows[0].version,
            entry=self._register.get(number),
            scanned_on=min(self._days[row.sha256] for row in rows),
            pages=tuple(_record(row, *details[row.key], self._latest) for row in rows),
        )


def _record(
    row: BalanceRow,
    boxes: dict[str, PixelBox],
    decisions: Sequence[FieldDecision],
    latest: Mapping[tuple[str, str], Verdict],
) -> PageRecord:
    """A page with its verdicts laid over; nothing is laid over a page in conflict."""
    conflict = row.disposition is Disposition.CONFLICT

    def verdict(field: str) -> Verdict | None:
        # A verdict of old names no scan: it holds for whichever is placed.
        old = f"{row.carnet_id} {row.page}"
        return None if conflict else latest.get((row.key, field)) or latest.get((old, field))

    outcomes = tuple(Outcome(decision=d, verdict=verdict(d.field)) for d in decisions)
    return PageRecord(row=row, outcomes=outcomes, boxes=boxes)
