"""``forms/<form>/evaluation.toml``: what an evaluation counts, for all versions of a form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from pipeline.define.checked import checked
from pipeline.define.schema import LaxShape, Name, Shape, Words
from pipeline.define.trouble import Trouble, invalid
from pipeline.model.derived import Derived
from pipeline.model.evaluation import Ask, Band, Base, Cross, Evaluation, Grouping, Op
from pipeline.model.form import FormDefinition

EVALUATION_NAME = "evaluation.toml"
DerivedOp = Literal["lookup", "any_row", "sum_if", "any_level", "any_gain", "year_hours"]
_REGISTER = ("variante", "lot", "canal", "public_cible", "version", "depot")
_COUNTED = ("remis", "imprimes", "numerises")


class BandShape(LaxShape):
    """Codes or numbers counted together."""

    label: Words
    codes: list[str] = Field(default_factory=list)
    at_least: float | None = None
    at_most: float | None = None


class GroupingShape(Shape):
    """A way to group carnets."""

    name: Name
    label: Words
    source: Name
    bands: list[BandShape] = Field(default_factory=list)
    identifying: bool = True


class AskShape(Shape):
    """One indicator, or several of one kind."""

    code: Annotated[str, Field(pattern=r"^[A-Z]+[0-9]+$")]
    label: Words
    op: Op
    fields: list[Name] = Field(default_factory=list)
    columns: list[Name] = Field(default_factory=list)
    table: str = ""
    codes: list[str] = Field(default_factory=list)
    positive: list[str] = Field(default_factory=list)
    positive_label: str = ""
    negative: list[str] = Field(default_factory=list)
    bands: list[BandShape] = Field(default_factory=list)
    base: Base = "answered"
    where: str = ""
    grouped: bool = False
    remark: str = ""


class CrossShape(Shape):
    """One crosstab."""

    title: Words
    code: str
    by: Name
    field: str = ""


class EvaluationDerived(Shape):
    """A value computed for evaluators."""

    name: Name
    label: Words
    op: DerivedOp
    table: str
    fields: list[str] = Field(default_factory=list)


class EvaluationFile(Shape):
    """A whole ``evaluation.toml``."""

    groupings: list[GroupingShape] = Field(default_factory=list)
    asks: list[AskShape] = Field(default_factory=list)
    crosses: list[CrossShape] = Field(default_factory=list)
    derived: list[EvaluationDerived] = Field(default_factory=list)
    parameters: dict[str, float] = Field(default_factory=dict)


def load_evaluation(path: Path, forms: Iterable[FormDefinition]) -> Evaluation:
    """The plan in an ``evaluation.toml``; ``forms`` are the versions that it is for.

    Raises ``FormError`` naming file and key when the file is unreadable or invalid, or
    names a question that no version asks.
    """
    file, _ = checked(path, EvaluationFile)
    found = list(_troubles(file, list(forms)))
    if found:
        raise invalid(path, found)
    return _built(file)


def _built(file: EvaluationFile) -> Evaluation:
    return Evaluation(
        groupings=tuple(
            Grouping(
                name=one.name, label=one.label, source=one.source, bands=_bands(one.bands), identifying=one.identifying
            )
            for one in file.groupings
        ),
        asks=tuple(
            Ask(
                code=one.code,
                label=one.label,
                op=one.op,
                fields=tuple(one.fields),
                columns=tuple(one.columns),
                table=one.table,
                codes=tuple(one.codes),
                positive=tuple(one.positive),
                positive_label=one.positive_label,
                negative=tuple(one.negative),
                bands=_bands(one.bands),
                base=one.base,
                where=one.where,
                grouped=one.grouped,
                remark=one.remark,
            )
            for one in file.asks
        ),
        crosses=tuple(Cross(title=one.title, code=one.code, by=one.by, field=one.field) for one in file.crosses),
        derived=tuple(
            Derived(name=one.name, label=one.label, op=one.op, table=one.table, fields=tuple(one.fields))
            for one in file.derived
        ),
        parameters=dict(file.parameters),
    )


def _bands(shapes: Iterable[BandShape]) -> tuple[Band, ...]:
    return tuple(
        Band(label=one.label, codes=tuple(one.codes), at_least=one.at_least, at_most=one.at_most) for one in shapes
    )


def _troubles(file: EvaluationFile, forms: list[FormDefinition]) -> Iterator[Trouble]:
    """Names that nothing bears, as (key, French sentence)."""
    fields = {field.name for form in forms for field in form.fields}
    columns = {f"{field.group}_{field.column}" for form in forms for field in form.fields if field.group}
    computed = {one.name for form in forms for one in form.derived} | {one.name for one in file.derived}
    groups = {table.group for form in forms for table in form.tables}
    for grouping in file.groupings:
        if grouping.source not in fields | columns | set(_REGISTER):
            yield f"groupings.{grouping.name}.source", f"« {grouping.source} » n’est ni une question ni une colonne"
    for number, ask in enumerate(file.asks, start=1):
        yield from ((f"asks.{number} ({ask.code})", why) for why in _ask_troubles(ask, fields | computed))
    for derived in file.derived:
        if derived.table not in groups:
            yield f"derived.{derived.name}.table", f"la table « {derived.table} » n’existe pas"
    codes = {ask.code for ask in file.asks}
    for number, cross in enumerate(file.crosses, start=1):
        if cross.code not in codes:
            yield f"crosses.{number}.code", f"l’indicateur « {cross.code} » n’est pas demandé"


def _ask_troubles(ask: AskShape, known: set[str]) -> Iterator[str]:
    """What one indicator names and nothing bears."""
    if ask.op in {"reading", "audit", "profile"}:
        return
    if ask.op == "register":
        if len(ask.columns) != 2 or set(ask.columns) - set(_COUNTED):
            yield f"deux colonnes sont attendues parmi {', '.join(_COUNTED)}"
        return
    for name in [*ask.fields, *ask.columns, *([ask.where] if ask.where else [])]:
        if name not in known:
            yield f"« {name} » n’est ni une question ni un calcul"
