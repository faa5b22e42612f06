"""Crosstabs: an indicator in the rows, groups in the columns, everyone in the last one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.consolidate import completion, paired, printed
from pipeline.consolidate.counting import Conditions, Counter, Mask, equal
from pipeline.consolidate.groups import CARNETS, EVERYONE, Group, groups_of
from pipeline.consolidate.records import group_columns
from pipeline.consolidate.tallied import UNREAD, Measure, counted, total
from pipeline.model.evaluation import Cross, Grouping
from pipeline.model.form import FormDefinition, Table
from pipeline.model.label import answers, rank

EVERYONE_LABEL = EVERYONE.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One cell: its share is numerator over denominator; ``unread`` is what could still change it."""

    numerator: int
    denominator: int
    unread: int = 0

    @property
    def share(self) -> float | None:
        """The share, None of nothing."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crosstab:
    """One table: ``cells[row][column]``.

    ``by`` names the grouping in the columns, ``unit`` what is counted.  ``across`` tells that
    a row adds up to 100 % (levels of a skill) rather than a column.  ``linked`` counts several
    answers of one person; ``overlapping`` groups may hold the same person twice.  ``unsorted``
    carnets stand in the last column alone: what sorts them was not read, or not all of it.
    """

    code: str
    title: str
    unit: str
    row_label: str
    column_label: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Counted, ...], ...]
    by: str = ""
    identifying: bool = False
    across: bool = False
    linked: bool = False
    overlapping: bool = False
    unsorted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What crosstabs are made from."""

    counter: Counter
    forms: tuple[FormDefinition, ...]
    tables: dict[str, Table]
    groupings: tuple[Grouping, ...]
    measures: tuple[Measure, ...]


def crosstabs(crosses: Sequence[Cross], ground: Ground) -> list[Crosstab]:
    """Those of the plan, then the levels of each row of the paired scales."""
    found = [made for cross in crosses if (made := _cross(cross, ground)) is not None]
    for table in ground.tables.values():
        if table.melt and table.sheet in ground.counter.frames:
            found += _levels(table, ground)
    return found


def _cross(cross: Cross, ground: Ground) -> Crosstab | None:
    """One crosstab of the plan; None when a version of the form lacks what it crosses."""
    measures = [one for one in ground.measures if one.ask.code == cross.code and one.kind == "share"]
    sheets = {one.sheet for one in measures}
    if any(one.ask.op == "register" for one in ground.measures if one.ask.code == cross.code):
        return _of_lots(cross, ground)
    if completion.SHEET in sheets:
        return _of_pages(cross, measures, ground)
    rowed = _of_rows(cross, ground)
    if rowed is not None:
        return rowed
    groups = _groups(cross.by, ground)
    if cross.field:
        measures = [one for one in measures if one.field == cross.field and not one.ask.where]
    paired_ones = [one for one in measures if one.sheet not in (CARNETS, completion.SHEET)]
    if cross.field or not paired_ones:
        return _of_carnets(cross, [one for one in measures if one.sheet == CARNETS], groups, ground)
    return _of_paired(cross, paired_ones, groups, ground)


def _groups(by: str, ground: Ground) -> list[Group]:
    """The groups of a grouping, or the answers to a question, then everyone."""
    grouping = next((one for one in ground.groupings if one.name == by), None)
    if grouping is None:
        label = next((field.short for form in ground.forms for field in form.fields if field.name == by), by)
        grouping = Grouping(name=by, label=label, source=by)
    return [*groups_of(grouping, ground.forms, ground.counter), EVERYONE]


def _made(
    cross: Cross, groups: Sequence[Group], rows: list[tuple[str, tuple[Counted, ...]]], unit: str, counter: Counter
) -> Crosstab:
    doubtful = tuple(one for group in groups for one in group.doubtful)
    grouping = groups[0].grouping
    return Crosstab(
        code=cross.code,
        title=cross.title,
        unit=unit,
        row_label="",
        column_label=grouping.label if grouping else "",
        rows=tuple(label for label, _ in rows),
        columns=tuple(group.label for group in groups),
        cells=tuple(cells for _, cells in rows),
        by=cross.by,
        identifying=bool(grouping and grouping.identifying),
        overlapping=_overlap(groups),
        unsorted=_n(counter.reached(CARNETS, CARNETS, doubtful)),
    )


def _overlap(groups: Sequence[Group]) -> bool:
    """Whether the conditions of the groups are on different columns: one carnet may meet several."""
    columns = {condition.column for group in groups for condition in group.conditions}
    return len(columns) > 1


def _of_carnets(cross: Cross, measures: Sequence[Measure], groups: Sequence[Group], ground: Ground) -> Crosstab | None:
    if not measures or len(groups) < 2:
        return None
    rows = []
    for measure in measures:
        found = [counted(measure, group, ground.counter) for group in groups]
        cells = tuple(
            Counted(numerator=round(one.numerator), denominator=round(one.denominator), unread=one.unread)
            for one in found
        )
        rows.append((measure.measure, cells))
    return _made(cross, groups, rows, "carnets", ground.counter)


def _of_paired(cross: Cross, measures: Sequence[Measure], groups: Sequence[Group], ground: Ground) -> Crosstab | None:
    """Rows of a long table, grouped by the carnet that they belong to."""
    if len(groups) < 2:
        return None
    sheet = measures[0].sheet
    masks = [ground.counter.carried(sheet, CARNETS, group.conditions) for group in groups]
    rows = []
    for measure in measures:
        hits = _mask(measure.numerator[0][1].alternatives, sheet, ground.counter)
        known = _mask(measure.denominator[0][1].alternatives, sheet, ground.counter)
        doubts = tuple((*measure.among, equal(measure.state, state)) for state in UNREAD)
        doubt = _mask(doubts, sheet, ground.counter)
        cells = tuple(
            Counted(numerator=_n(hits & mask), denominator=_n(known & mask), unread=_n(doubt & mask)) for mask in masks
        )
        rows.append((measure.label.partition("\u00a0: ")[2], cells))
    return _made(cross, groups, rows, "réponses", ground.counter)


def _n(mask: Mask) -> int:
    return int(mask.sum())


def _mask(alternatives: tuple[Conditions, ...], sheet: str, counter: Counter) -> Mask:
    found = np.zeros(len(counter.frames[sheet]), dtype=bool)
    for one in alternatives:
        found |= counter.mask(sheet, one)
    return found


def _of_rows(cross: Cross, ground: Ground) -> Crosstab | None:
    """A yes or no of the rows of one table by another of its columns: attestations by structure."""
    for table in ground.tables.values():
        frame = ground.counter.frames.get(table.sheet)
        if frame is None or not {cross.field, cross.by} <= set(frame.columns):
            continue
        known = np.asarray(frame[cross.field].notna())
        hits = ground.counter.mask(table.sheet, (equal(cross.field, 1),))
        values = sorted(str(value) for value in frame[cross.by].dropna().unique())
        masks = [ground.counter.mask(table.sheet, (equal(cross.by, value),)) for value in values]
        everyone = np.ones(len(frame), dtype=bool)
        cells = tuple(
            Counted(numerator=_n(hits & mask), denominator=_n(known & mask), unread=_n(~known & mask))
            for mask in [*masks, everyone]
        )
        return Crosstab(
            code=cross.code, title=cross.title, unit=f"{table.row_label.lower()}s", row_label="", column_label="Type",
            rows=("oui",), columns=(*values, EVERYONE_LABEL), cells=(cells,), by=cross.by, linked=True,
        )  # fmt: skip
    return None


def _of_pages(cross: Cross, measures: Sequence[Measure], ground: Ground) -> Crosstab | None:
    """Filled answers by page."""
    frame = ground.counter.frames[completion.SHEET]
    if cross.by not in frame.columns:
        return None
    values = sorted(str(value) for value in frame[cross.by].dropna().unique())
    groups: list[Conditions] = [*((equal(cross.by, value),) for value in values), ()]
    rows = []
    for measure in measures:
        cells = []
        for conditions in groups:
            numerator, denominator = (
                total(ground.counter, tuple((sign, tally.among(conditions)) for sign, tally in signed))
                for signed in (measure.numerator, measure.denominator)
            )
            unread = ground.counter.numbers(completion.SHEET, "non_lues")
            mask = ground.counter.mask(completion.SHEET, (*measure.among, *conditions))
            cells.append(
                Counted(numerator=round(numerator), denominator=round(denominator), unread=int(np.nansum(unread[mask])))
            )
        rows.append((measure.measure, tuple(cells)))
    return Crosstab(
        code=cross.code, title=cross.title, unit="réponses attendues", row_label="Page", column_label="Variante",
        rows=tuple(label for label, _ in rows), columns=(*values, EVERYONE_LABEL),
        cells=tuple(cells for _, cells in rows), by=cross.by, linked=True,
    )  # fmt: skip


def _of_lots(cross: Cross, ground: Ground) -> Crosstab | None:
    """Counts of the print register by one of its columns."""
    measures = [one for one in ground.measures if one.ask.code == cross.code and one.ask.op == "register"]
    frame = ground.counter.frames[printed.SHEET]
    if cross.by not in frame.columns or not measures:
        return None
    values = sorted(str(value) for value in frame[cross.by].dropna().unique())
    groups: list[Conditions] = [*((equal(cross.by, value),) for value in values), ()]
    measure = measures[0]
    cells = []
    for conditions in groups:
        numerator, denominator = (
            total(ground.counter, tuple((sign, tally.among(conditions)) for sign, tally in signed))
            for signed in (measure.numerator, measure.denominator)
        )
        cells.append(Counted(numerator=round(numerator), denominator=round(denominator)))
    label = next(variable.short for variable in printed.VARIABLES if variable.name == cross.by)
    return Crosstab(
        code=cross.code, title=cross.title, unit="carnets", row_label="", column_label=label,
        rows=(measure.ask.label,), columns=(*values, EVERYONE_LABEL), cells=(tuple(cells),), by=cross.by,
    )  # fmt: skip


def _levels(table: Table, ground: Ground) -> Iterator[Crosstab]:
    """The levels of each row of a paired scale, one table a moment."""
    columns = group_columns(ground.forms, table.group)
    asked = columns[table.melt[0]]
    listed = [(rank(asked, code) or 0, label) for code, label in answers(asked)]
    place, state = f"{table.group}_rang", f"{table.group}_reponse__etat"
    codes = {one.ask.table: one.ask.code for one in ground.measures if one.ask.op == "levels"}
    for moment in table.melt:
        rows = []
        for scope in paired.scopes(table):
            at = (*scope.conditions, equal("moment", moment))
            counts = [_n(ground.counter.mask(table.sheet, (*at, equal(place, level)))) for level, _ in listed]
            unread = sum(_n(ground.counter.mask(table.sheet, (*at, equal(state, word)))) for word in UNREAD)
            cells = tuple(Counted(numerator=n, denominator=sum(counts), unread=unread) for n in counts)
            rows.append((scope.label, cells))
        yield Crosstab(
            code=codes.get(table.group, ""), title=f"Niveaux {paired.moment_words(columns[moment])}",
            unit="réponses", row_label=table.row_label, column_label="Niveau",
            rows=tuple(label for label, _ in rows), columns=tuple(label for _, label in listed),
            cells=tuple(cells for _, cells in rows), across=True, linked=True,
        )  # fmt: skip
