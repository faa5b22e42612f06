"""Everything that the evaluation finds: indicators, crosstabs and transitions, from the tables of a campaign."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.consolidate import checks, completion, measures, paired, printed
from pipeline.consolidate.collect import Tables
from pipeline.consolidate.counting import Conditions, Counter, Tally, equal
from pipeline.consolidate.crosstabs import Crosstab, Ground, crosstabs
from pipeline.consolidate.gathered import Gathered, each, gathered
from pipeline.consolidate.groups import CARNETS, EVERYONE, Group, groups_of
from pipeline.consolidate.indicators import Indicator
from pipeline.consolidate.paired import Transition, transitions
from pipeline.consolidate.records import single_fields
from pipeline.consolidate.records import tables as described
from pipeline.consolidate.tallied import Measure, counted, counted_by
from pipeline.consolidate.variable import Variable
from pipeline.model.evaluation import Ask, Evaluation, Grouping
from pipeline.model.form import Field, FormDefinition, Table

_COUNTED = {"remis": "remis", "imprimes": "imprimés", "numerises": "numérisés"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All figures, those of everyone first, those of single skills by group last."""

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
    made = [(ask, measure) for ask in plan.asks for measure in _measures(ask, known)]
    checked = (one for ask in plan.asks if ask.op in checks.OPS for one in checks.figures(ask, counter))
    ground = Ground(
        counter=counter,
        forms=tables.forms,
        tables=listed,
        groupings=plan.groupings,
        measures=tuple(measure for _, measure in made),
    )
    return Findings(
        indicators=tuple(_in_order([*_figures(made, plan, known), *checked], plan)),
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


def _figures(made: Sequence[tuple[Ask, Measure]], plan: Evaluation, known: _Known) -> Iterator[Indicator]:
    """Every figure for everyone, and by group where the plan asks for it."""
    sources = {one.name: one.source for one in plan.groupings}
    rows = _rows([measure for _, measure in made], plan, known)
    for ask, measure in made:
        told = counted_by(measure, rows[measure.sheet])
        yield next(told)
        if ask.grouped:
            yield from (one for one in told if measure.field != sources[one.group])
        if ask.op == "register":
            yield from _by_lots(measure, known)


def _in_order(figures: Iterable[Indicator], plan: Evaluation) -> list[Indicator]:
    """Everyone first, then grouping after grouping; single skills by group after all the others."""
    places = {one.name: place for place, one in enumerate(plan.groupings, start=1)}

    def place(one: Indicator) -> tuple[bool, int]:
        return bool(one.group) and one.part == "ligne", places.get(one.group, len(places) + 1) if one.group else 0

    return sorted(figures, key=place)


def _rows(measures: Sequence[Measure], plan: Evaluation, known: _Known) -> dict[str, Gathered]:
    """The rows of each sheet that is counted, by everyone and by all the groups that it tells apart."""
    counter = known.counter
    groups = [groups_of(grouping, known.forms, counter) for grouping in plan.groupings]
    found: dict[str, Gathered] = {}
    for sheet in dict.fromkeys(measure.sheet for measure in measures):
        told = [EVERYONE, *(one for some in groups if _tells_apart(sheet, some, counter) for one in some)]
        columns = {name for measure in measures if measure.sheet == sheet for name in measure.columns}
        many = sheet != CARNETS and counter.has(sheet, "cle")
        found[sheet] = gathered(sheet, told, counter, columns) if many else each(sheet, told, counter)
    return found


def _tells_apart(sheet: str, groups: Sequence[Group], counter: Counter) -> bool:
    """Whether a sheet holds what sorts its rows into some groups."""
    return counter.has(sheet, *(condition.column for group in groups for condition in group.conditions))


def _by_lots(measure: Measure, known: _Known) -> Iterator[Indicator]:
    """The print register by variant, public aimed at, place and lot."""
    frame = known.counter.frames[printed.SHEET]
    labels = {variable.name: variable.short for variable in printed.VARIABLES}
    for column in checks.REGISTER_GROUPS:
        grouping = Grouping(name=column, label=labels[column], source=column, identifying=False)
        for value in sorted(str(one) for one in frame[column].dropna().unique()):
            group = Group(grouping=grouping, label=value, conditions=(equal(column, value),))
            yield counted(measure, group, known.counter)
