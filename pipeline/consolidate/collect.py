"""One pass over the carnets fills every table; only columns of codes stay in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import pandas as pd

from pipeline.consolidate import completion, printed, quality, rowwise, scans, states
from pipeline.consolidate.columns import ColumnStore, Row
from pipeline.consolidate.derived import derived_columns
from pipeline.consolidate.groups import CARNETS, columns_of, sorters
from pipeline.consolidate.long import LongTable, long_table
from pipeline.consolidate.plan import merged_plan
from pipeline.consolidate.records import Record, Records, tables
from pipeline.consolidate.texts import TextRows
from pipeline.consolidate.values import State
from pipeline.consolidate.variable import IMAGE, Variable
from pipeline.consolidate.wide import CarnetTable
from pipeline.model.derived import Derived
from pipeline.model.evaluation import Evaluation
from pipeline.model.form import FormDefinition, FormShelf
from pipeline.model.result import Campaign, CarnetRecord, RegisterEntry

ABOUT_CARNETS = "Une ligne par carnet : totaux calculés, profil, souhaits, avis."


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFrame:
    """One table of the campaign: its columns, its rows, and the columns that name a row for ever."""

    sheet: str
    variables: tuple[Variable, ...]
    frame: pd.DataFrame
    about: str
    key: tuple[str, ...]
    frozen: int = 1

    @property
    def grows(self) -> bool:
        """Whether it has rows for each carnet."""
        return self.key[0] == "cle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What the first sheet tells about the campaign."""

    carnets: int
    deposits: Mapping[str, int]
    states: Mapping[State, int]
    days: tuple[str, ...]
    settled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Every table of a campaign, by sheet, the forms behind them and the plan of the evaluation.

    ``keys`` gives the evaluators' key of each carnet number.
    """

    tables: Mapping[str, TableFrame]
    forms: tuple[FormDefinition, ...]
    plan: Evaluation
    counts: Counts
    texts: TextRows
    keys: Mapping[str, str]

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The rows by sheet."""
        return {name: table.frame for name, table in self.tables.items()}


def collect(
    campaign: Campaign,
    records: Records,
    shelf: FormShelf,
    *,
    sensitive: bool,
    handed_out: Mapping[str, int] | None = None,
    also: Callable[[CarnetRecord], None] = lambda _: None,
) -> Tables:
    """Read every carnet once; ``also`` sees each of them, ``handed_out`` are counts that staff noted by lot."""
    plan = merged_plan(records.forms, shelf)
    collector = _Collector(records.forms, plan, sensitive=sensitive)
    for record in records:
        collector.add(record)
        also(record.carnet)
    return collector.finish(campaign, handed_out or {})


@dataclass(slots=True)
class _Tally:
    """Counts that grow with each carnet."""

    deposits: Counter[str] = field(default_factory=Counter)
    states: Counter[State] = field(default_factory=Counter)
    days: set[str] = field(default_factory=set)
    keys: dict[str, str] = field(default_factory=dict)
    settled: int = 0


class _Collector:
    """The tables as they grow."""

    def __init__(self, forms: Sequence[FormDefinition], plan: Evaluation, *, sensitive: bool) -> None:
        self._forms, self._plan, self._sensitive = tuple(forms), plan, sensitive
        asked = [*(one for form in forms for one in form.derived), *plan.derived]
        described = tables(forms)
        self._long: dict[str, LongTable] = {
            sheet: long_table(forms, table, _in_rows(asked, table.group), sensitive=sensitive)
            for sheet, table in described.items()
        }
        by_group = {one.table.group: one for one in self._long.values() if not one.table.items}
        derived = derived_columns(asked, by_group, plan.parameters)
        self._carnets = CarnetTable(forms, derived, sorters(plan.groupings, forms), sensitive=sensitive)
        grouping = {name for one in plan.groupings for name in columns_of(one, forms)}
        self._grouping = tuple(
            replace(one, state="", level=1) for one in self._carnets.variables if one.name in grouping
        )
        self._stores = {CARNETS: ColumnStore(v.name for v in self._carnets.variables)}
        for sheet, variables in self._variables().items():
            self._stores[sheet] = ColumnStore(v.name for v in variables)
        self._quality, self._scans = quality.Quality(forms, described), scans.Scans()
        self._texts = TextRows(sensitive=sensitive)
        self._tally = _Tally()

    def _variables(self) -> dict[str, tuple[Variable, ...]]:
        """Columns of every table but Carnets; the image of a row stands last, when asked for."""
        found = {sheet: table.variables for sheet, table in self._long.items()}
        found |= {completion.SHEET: completion.VARIABLES, states.SHEET: states.VARIABLES}
        for sheet, kept in found.items():
            if self._told_by_group(sheet):
                names = {variable.name for variable in kept}
                found[sheet] = (*kept, *(one for one in self._grouping if one.name not in names))
        return {sheet: (*kept, *([IMAGE] if self._sensitive else [])) for sheet, kept in found.items()}

    def _told_by_group(self, sheet: str) -> bool:
        """Whether figures are made of the rows of a table: they then repeat the groups of their carnet."""
        return sheet == completion.SHEET or bool(sheet in self._long and self._long[sheet].table.melt)

    def add(self, record: Record) -> None:
        """One carnet into every table."""
        found = {sheet: list(table.rows(record)) for sheet, table in self._long.items()}
        rows = {table.table.group: found[sheet] for sheet, table in self._long.items() if not table.table.items}
        carnet = self._carnets.row(record, rows)
        found[completion.SHEET] = list(completion.completion_rows(record, carnet["variante"]))
        found[states.SHEET] = list(states.state_rows(record))
        groups = {one.name: carnet[one.name] for one in self._grouping}
        images = _Images(record) if self._sensitive else None
        self._stores[CARNETS].append(carnet)
        for sheet, listed in found.items():
            more = groups if self._told_by_group(sheet) else {}
            for row in listed:
                if images:
                    row[IMAGE.name] = images.of_row(self._long.get(sheet), row)
                self._stores[sheet].append({**row, **more})
        self._quality.add(record)
        self._scans.add(record)
        self._texts.add(record, images.of_page if images else None)
        self._count(record)

    def _count(self, record: Record) -> None:
        tally = self._tally
        tally.deposits[record.deposit] += 1
        tally.states.update(fact.state for fact in record.facts.values())
        tally.settled += sum(fact.settled for fact in record.facts.values())
        tally.keys[record.carnet.carnet] = record.cle
        if record.carnet.scanned_on:
            tally.days.add(record.carnet.scanned_on)

    def finish(self, campaign: Campaign, handed_out: Mapping[str, int]) -> Tables:
        """All tables, in the order of the workbook."""
        made = [
            TableFrame(
                sheet=CARNETS,
                variables=self._carnets.variables,
                frame=self._stores.pop(CARNETS).frame("cle"),
                about=ABOUT_CARNETS,
                key=("cle",),
            )
        ]
        described = {name: (table.about, table.key) for name, table in self._long.items()}
        described |= {
            completion.SHEET: (completion.ABOUT, completion.KEY),
            states.SHEET: (states.ABOUT, states.KEY),
        }
        variables = self._variables()
        for sheet, (about, key) in described.items():
            frame = self._stores.pop(sheet).frame("cle")
            made.append(
                TableFrame(sheet=sheet, variables=variables[sheet], frame=frame, about=about, key=key, frozen=2)
            )
        made += [
            self._lots(campaign, handed_out),
            _counted(scans, self._scans.rows()),
            _counted(quality, self._quality.rows(), frozen=2),
        ]
        tally = self._tally
        counts = Counts(
            carnets=len(tally.keys),
            deposits=tally.deposits,
            states=tally.states,
            days=tuple(sorted(tally.days)),
            settled=tally.settled,
        )
        return Tables(
            tables={table.sheet: table for table in made},
            forms=self._forms,
            plan=self._plan,
            counts=counts,
            texts=self._texts,
            keys=tally.keys,
        )

    def _lots(self, campaign: Campaign, handed_out: Mapping[str, int]) -> TableFrame:
        lexicons = {form.id: form.lexicons for form in reversed(self._forms)}

        def named(entry: RegisterEntry) -> tuple[str, str, str, str]:
            words = lexicons.get(entry.form, {})
            return (
                entry.lot,
                words.get("variante", {}).get(entry.variant, entry.variant),
                words.get("canal", {}).get(entry.canal, entry.canal),
                words.get("public_cible", {}).get(entry.public, entry.public),
            )

        return _counted(printed, printed.lot_rows(campaign.register, self._tally.keys, handed_out, named))


class _Described(Protocol):
    """A module that describes a table whose rows do not grow with the carnets."""

    @property
    def SHEET(self) -> str: ...  # noqa: N802
    @property
    def ABOUT(self) -> str: ...  # noqa: N802
    @property
    def KEY(self) -> tuple[str, ...]: ...  # noqa: N802
    @property
    def VARIABLES(self) -> tuple[Variable, ...]: ...  # noqa: N802


def _counted(described: _Described, rows: Iterable[Row], *, frozen: int = 1) -> TableFrame:
    """The table of such a module."""
    store = ColumnStore(variable.name for variable in described.VARIABLES)
    for row in rows:
        store.append(row)
    return TableFrame(
        sheet=described.SHEET,
        variables=described.VARIABLES,
        frame=store.frame(),
        about=described.ABOUT,
        key=described.KEY,
        frozen=frozen,
    )


def _in_rows(asked: Iterable[Derived], group: str) -> list[Derived]:
    """What is computed in each row of a group, each name once."""
    found: dict[str, Derived] = {}
    for one in asked:
        if one.table == group and one.op in rowwise.OPS:
            found.setdefault(one.name, one)
    return list(found.values())


class _Images:
    """The kept page image behind a row of a carnet."""

    def __init__(self, record: Record) -> None:
        self._by_page = {page.row.page: page.row.image for page in record.carnet.pages if page.row.image}
        self._places = record.places
        self._by_row = {
            (asked.group, asked.row): record.places[name] for name, asked in record.fields.items() if asked.group
        }

    def of_page(self, page: object) -> str | None:
        """The image of a printed page."""
        return self._by_page.get(page) if isinstance(page, int) else None

    def of_row(self, table: LongTable | None, row: Row) -> str | None:
        """The image of the page that holds a row of a table."""
        if table is None:
            return self.of_page(row["page"])
        if table.table.items:
            return self.of_page(self._places.get(str(row.get("champ"))))
        number = row.get("ligne")
        return self.of_page(self._by_row.get((table.table.group, number))) if isinstance(number, int) else None
