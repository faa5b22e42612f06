"""``carnet etat``: where a campaign stands, and what to do next.

Nothing is written and no lock is taken: a reading may go on meanwhile.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline import define
from pipeline.batch.balance import TROUBLE, CarnetState, Completeness, carnet_states
from pipeline.batch.enrolling import TRIED_AGAIN, is_sound
from pipeline.batch.registering import of_carnets
from pipeline.errors import ExitCode
from pipeline.model.result import BalanceRow, Disposition, RegisterEntry
from pipeline.store import Doubts, Store, StoredFile, open_store, require_campaign
from pipeline.store.campaign import NOT_DECIDED, NOT_READ
from pipeline.workbook.registre import FILE_NAME as REGISTRE
from pipeline.workbook.registre import Registre, read_registre


class Step(StrEnum):
    """What a person may have to do, most important first."""

    READ_ON = "read_on"
    SCAN_UNREAD = "scan_unread"
    READ_AGAIN = "read_again"
    DECIDE = "decide"
    MEND_FILES = "mend_files"
    SCAN_AGAIN = "scan_again"
    CHOOSE = "choose"
    COMPLETE = "complete"
    SCAN_RETURNED = "scan_returned"
    SETTLE = "settle"
    TRANSCRIBE = "transcribe"
    REMIND = "remind"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """One thing to do: how many it concerns, and which (files, carnets)."""

    step: Step
    count: int
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LotState:
    """One lot: carnets printed, handed out, met in scans, how complete; pages refused; answers to settle.

    ``handed_out`` is None where nobody noted it.
    """

    lot: str
    printed: int
    handed_out: int | None
    read: int
    complete: int
    jacket: int
    missing: int
    refused: int
    doubts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignState:
    """A campaign as it stands.

    ``withdrawn`` are refused files that a person has since taken away; ``awaited`` carnets
    handed out and not come back, ``unscanned`` those noted as returned and never read.
    """

    files: int
    sides: int
    rows: tuple[BalanceRow, ...]
    withdrawn: tuple[BalanceRow, ...]
    carnets: tuple[CarnetState, ...]
    lots: tuple[LotState, ...]
    awaited: tuple[str, ...]
    unscanned: tuple[str, ...]
    doubts: int
    texts: int
    todo: tuple[ToDo, ...]

    @property
    def exit_code(self) -> ExitCode:
        """10 when anything is refused, damaged or missing, else 0."""
        missing = any(carnet.completeness is Completeness.MISSING for carnet in self.carnets)
        damaged = any(todo.step is Step.READ_AGAIN for todo in self.todo)
        trouble = any(row.disposition in TROUBLE for row in self.rows)
        return ExitCode.INCOMPLETE if missing or damaged or trouble else ExitCode.DONE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Known:
    """What the folder holds, gathered once."""

    files: tuple[StoredFile, ...]
    rows: tuple[BalanceRow, ...]
    carnets: tuple[CarnetState, ...]
    entries: Mapping[str, RegisterEntry]
    registre: Registre
    doubts: Mapping[str, Doubts]


def campaign_state(folder: Path) -> CampaignState:
    """Where the campaign of a folder stands; ``InputError`` when there is none."""
    require_campaign(folder, "Imprimez ou lisez d’abord des carnets")
    with open_store(folder) as store:
        known, withdrawn = _gather(store, folder)
    read = {carnet.carnet for carnet in known.carnets}
    entries = known.entries.values()
    awaited = tuple(e.carnet for e in entries if e.remis_le and not e.rendu_le and e.carnet not in read)
    unscanned = tuple(e.carnet for e in entries if e.rendu_le and e.carnet not in read)
    return CampaignState(
        files=len(known.files),
        sides=sum(file.sides for file in known.files),
        rows=known.rows,
        withdrawn=withdrawn,
        carnets=known.carnets,
        lots=tuple(_lots(known)),
        awaited=awaited,
        unscanned=unscanned,
        doubts=sum(found.answers for found in known.doubts.values()),
        texts=sum(found.texts for found in known.doubts.values()),
        todo=tuple(todo for todo in _todo(known, folder, awaited, unscanned) if todo.count),
    )


def _gather(store: Store, folder: Path) -> tuple[_Known, tuple[BalanceRow, ...]]:
    """Store and register together; rows of refused files that were taken away stand apart."""
    rows = store.balance()
    withdrawn = tuple(row for row in rows if _is_withdrawn(row))
    gone = set(withdrawn)
    registre = read_registre(folder / REGISTRE)
    noted = {entry.carnet: entry for entry in registre.entries}
    shelf = define.open_shelf(define.form_folders())
    known = _Known(
        files=store.files(),
        rows=tuple(row for row in rows if row not in gone),
        carnets=carnet_states(rows, shelf),
        entries={entry.carnet: noted.get(entry.carnet, entry) for entry in of_carnets(store.register(), shelf)},
        registre=registre,
        doubts=store.doubts(),
    )
    return known, withdrawn


def _is_withdrawn(row: BalanceRow) -> bool:
    """Whether a person took a refused file away.  A whole folder that is gone may be a disk unplugged."""
    path = Path(row.source_file)
    return (
        not row.source_page and row.disposition is Disposition.UNREADABLE and not path.exists() and path.parent.is_dir()
    )


# Lots


def _lots(known: _Known) -> Iterator[LotState]:
    """Every lot that was printed or read, by name; a carnet unknown to the register follows its scan."""
    of_file = {file.path: file.lot for file in known.files}
    of_carnet = {row.carnet_id: of_file.get(row.source_file, "") for row in reversed(known.rows) if row.carnet_id}
    of_carnet |= {number: entry.lot for number, entry in known.entries.items()}
    printed = Counter(entry.lot for entry in known.entries.values())
    out = Counter(entry.lot for entry in known.entries.values() if entry.remis_le)
    counted = {lot.lot: lot.handed_out for lot in known.registre.lots if lot.handed_out is not None}
    refused = Counter(of_file.get(row.source_file, "") for row in known.rows if row.disposition in TROUBLE)
    states: dict[str, Counter[Completeness]] = defaultdict(Counter)
    for carnet in known.carnets:
        states[of_carnet.get(carnet.carnet, "")][carnet.completeness] += 1
    doubts: Counter[str] = Counter()
    for number, found in known.doubts.items():
        doubts[of_carnet.get(number, "")] += found.answers
    for lot in sorted({*printed, *states, *refused}):
        yield LotState(
            lot=lot,
            printed=printed[lot],
            handed_out=counted.get(lot, out[lot] or None),
            read=states[lot].total(),
            complete=states[lot][Completeness.COMPLETE],
            jacket=states[lot][Completeness.JACKET],
            missing=states[lot][Completeness.MISSING],
            refused=refused[lot],
            doubts=doubts[lot],
        )


# What to do


def _todo(known: _Known, folder: Path, awaited: Sequence[str], unscanned: Sequence[str]) -> Iterator[ToDo]:
    """Every step, most important first; one that concerns nothing has a count of 0."""
    yield from _unread(known.rows)
    damaged = [row for row in known.rows if row.image and not is_sound(folder / row.image)]
    again = [row for row in known.rows if row.source_page and row.reason in TRIED_AGAIN and row.disposition in TROUBLE]
    yield _of_files(Step.READ_AGAIN, [*damaged, *again])
    yield _of_files(Step.DECIDE, [row for row in known.rows if row.reason == NOT_DECIDED])
    shut = [row for row in known.rows if row.disposition is Disposition.UNREADABLE and not row.source_page]
    yield _of_files(Step.MEND_FILES, shut)
    elsewhere = {NOT_READ, NOT_DECIDED} | TRIED_AGAIN
    refused = [row for row in known.rows if row.disposition is Disposition.UNREADABLE and row.source_page]
    yield _of_files(Step.SCAN_AGAIN, [row for row in refused if row.reason not in elsewhere])
    conflicts = [row for row in known.rows if row.disposition is Disposition.CONFLICT]
    yield ToDo(step=Step.CHOOSE, count=len(conflicts), about=_once(row.carnet_id for row in conflicts))
    missing = [c.carnet for c in known.carnets if c.completeness is Completeness.MISSING]
    yield ToDo(step=Step.COMPLETE, count=len(missing), about=tuple(missing))
    yield ToDo(step=Step.SCAN_RETURNED, count=len(unscanned), about=tuple(unscanned))
    yield ToDo(step=Step.SETTLE, count=sum(found.answers for found in known.doubts.values()))
    yield ToDo(step=Step.TRANSCRIBE, count=sum(found.texts for found in known.doubts.values()))
    yield ToDo(step=Step.REMIND, count=len(awaited), about=tuple(awaited))


def _unread(rows: Iterable[BalanceRow]) -> Iterator[ToDo]:
    """Sides that an interrupted run did not reach: to be read, or to be scanned when their file is gone."""
    unread = [row for row in rows if row.reason == NOT_READ]
    there = {path: Path(path).exists() for path in {row.source_file for row in unread}}
    yield _of_files(Step.READ_ON, [row for row in unread if there[row.source_file]])
    yield _of_files(Step.SCAN_UNREAD, [row for row in unread if not there[row.source_file]])


def _of_files(step: Step, rows: Sequence[BalanceRow]) -> ToDo:
    """A step about files, each named once."""
    return ToDo(step=step, count=len(rows), about=_once(row.source_file for row in rows))


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
