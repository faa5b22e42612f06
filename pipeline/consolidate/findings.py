"""Everything that the evaluation finds: indicators, crosstabs and transitions, from the tables of a campaign."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.consolidate import checks, completion, measures, paired, printed
from pipeline.consolidate.collect import Tables
from pipeline.consolidate.counting import Conditions, Counter, Tally, equal
from pipeline.consolidate.crosstabs import Crosstab, Ground, crosstabs
from pipeline.consolidate.groups import CARNETS, EVERYONE, Group, groups_of
from pipeline.consolidate.indicators import Indicator
from pipeline.consolidate.paired import Transition, transitions
from pipeline.consolidate.records import single_fields
from pipeline.consolidate.records import tables as described
from pipeline.consolidate.tallied import Measure, counted
from pipeline.consolidate.variable import Variable
from pipeline.model.evaluation import Ask, Evaluation, Grouping
from pipeline.model.form import Field, FormDefinition, Table

_COUNTED = {"remis": "remis", "imprimes": "imprimés", "numerises": "numérisés"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All figures, those of everyone first."""

    indicators: tuple[Indicator, ...]
    crosstabs: tuple[Crosstab, ...]
    transitions: tuple[Transition, ...]
    groupings: tuple[Grouping, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What measures may be made of."""

    forms: tuple[FormDefinition, ...]
    fields: dict[str, Field]
    variables: dict[str, Variable]
    paired: dict[str, Table]
    pages: dict[int, str]
    counter: Counter


def find(tables: Tables) -> Findings:
    """Every figure of the plan."""
    counter = Counter(tables.frames)
    listed = described(tables.forms)
    known = _Known(
        forms=tables.forms,
        fields={field.name: field for field in single_fields(tables.forms)},
        variables={variable.name: variable for variable in tables.tables[CARNETS].variables},
        paired={table.group: table for table in listed.values() if table.melt},
        pages=completion.titles(tables.forms),
        counter=counter,
    )
    plan = tables.plan
    made = [(ask, list(_measures(ask, known))) for ask in plan.asks]
    checked = [one for ask in plan.asks if ask.op in checks.OPS for one in checks.figures(ask, counter)]
    everyone = [counted(measure, EVERYONE, counter) for _, found in made for measure in found]
    grouped = _grouped(made, plan, known)
    ground = Ground(
        counter=counter,
        forms=tables.forms,
        tables=listed,
        groupings=plan.groupings,
        measures=tuple(measure for _, found in made for measure in found),
    )
    return Findings(
        indicators=(
            *everyone,
            *(one for one in checked if not one.group),
            *grouped,
            *(one for one in checked if one.group),
        ),
        crosstabs=tuple(crosstabs(plan.crosses, ground)),
        transitions=tuple(one for table in known.paired.values() for one in transitions(table, known.forms, counter)),
        groupings=plan.groupings,
    )


def _measures(ask: Ask, known: _Known) -> Iterator[Measure]:
    """What one line of the plan counts; nothing when no form met asks what it names."""
    fields = [known.fields[name] for name in ask.fields if name in known.fields]
    variables = [known.variables[name] for name in ask.fields if name in known.variables]
    table = known.paired.get(ask.table)
    if ask.op in {"options", "share"}:
        each = measures.options if ask.op == "options" else measures.share
        for field in fields:
            yield from each(ask, field)
    elif ask.op in {"amount", "summary"}:
        for variable in variables:
            yield from (measures.amounts if ask.op == "amount" else measures.summaries)(ask, variable)
    elif ask.op == "tally" and fields:
        yield from measures.strengths(ask, fields)
    elif ask.op == "ratio" and set(ask.columns) <= set(known.variables):
        yield from measures.ratio(ask)
    elif ask.op == "register":
        yield _register(ask)
    elif ask.op == "completion":
        yield from _completion(ask, known)
    elif table is not None:
        yield from _paired(ask, table, known)


def _paired(ask: Ask, table: Table, known: _Known) -> Iterator[Measure]:
    if ask.op == "levels":
        yield from paired.levels(ask, table, known.forms)
    elif ask.op == "gain":
        yield from paired.gains(ask, table)
    elif ask.op == "concerned":
        yield from paired.concerned(ask, table)


def _register(ask: Ask) -> Measure:
    """A count of the print register over another."""
    first, second = (((1, Tally(sheet=printed.SHEET, weight=column)),) for column in ask.columns)
    return Measure(
        ask=ask,
        measure=" sur ".join(_COUNTED[column] for column in ask.columns),
        sheet=printed.SHEET,
        numerator=first,
        denominator=second,
    )


def _completion(ask: Ask, known: _Known) -> Iterator[Measure]:
    """Filled over filled and blank, for everything and for each page."""
    met = sorted(set(known.counter.frames[completion.SHEET]["page"].dropna().unique()))
    scopes: list[tuple[str, Conditions]] = [("toutes les pages", ())]
    scopes += [(_page(page, known.pages), (equal("page", page),)) for page in met]
    for label, at in scopes:
        full, blank, unread = (
            Tally(sheet=completion.SHEET, alternatives=(at,), weight=column)
            for column in ("remplies", "laissees_vides", "non_lues")
        )
        yield Measure(
            ask=ask,
            measure=label,
            sheet=completion.SHEET,
            among=at,
            numerator=((1, full),),
            denominator=((1, full), (1, blank)),
            unread=((1, unread),),
            linked=True,
        )


def _page(number: int, titles: dict[int, str]) -> str:
    """A page and its title; a further continuation sheet bears that of the first."""
    title = titles.get(number) or titles.get(number // 10 * 10 + 1, "")
    return f"page {number} – {title}" if title else f"page {number}"


def _grouped(made: list[tuple[Ask, list[Measure]]], plan: Evaluation, known: _Known) -> Iterator[Indicator]:
    """The same figures by group, grouping after grouping, where the plan asks for it."""
    for grouping in plan.groupings:
        groups = groups_of(grouping, known.forms, known.counter)
        named = {condition.column for group in groups for condition in group.conditions}
        for ask, found in made:
            for measure in found if ask.grouped else ():
                told = not measure.fine and measure.field != grouping.source
                if told and known.counter.has(measure.sheet, *named):
                    yield from (counted(measure, group, known.counter) for group in groups)
    for ask, found in made:
        if ask.op == "register":
            yield from _by_lots(found[0], known)


def _by_lots(measure: Measure, known: _Known) -> Iterator[Indicator]:
    """The print register by variant, public aimed at, place and lot."""
    frame = known.counter.frames[printed.SHEET]
    labels = {variable.name: variable.short for variable in printed.VARIABLES}
    for column in checks.REGISTER_GROUPS:
        grouping = Grouping(name=column, label=labels[column], source=column, identifying=False)
        for value in sorted(str(one) for one in frame[column].dropna().unique()):
            group = Group(grouping=grouping, label=value, conditions=(equal(column, value),))
            yield counted(measure, group, known.counter)
