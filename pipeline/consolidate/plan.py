"""The plan of the evaluation of all forms met; one drawn from the questions where a form brings none."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model.evaluation import Ask, Evaluation, Op
from pipeline.model.form import FormDefinition, FormShelf
from pipeline.model.label import answers

_OWN = "Q0"
"""Code of what a form counts without naming an indicator."""


def merged_plan(forms: Sequence[FormDefinition], shelf: FormShelf) -> Evaluation:
    """One plan for all the forms, the newest version of each speaking for it."""
    newest: dict[str, FormDefinition] = {}
    for form in forms:
        newest.setdefault(form.id, form)
    plans = [shelf.evaluations.get(name) or drawn_plan(form) for name, form in newest.items()]
    return Evaluation(
        groupings=tuple(one for plan in plans for one in plan.groupings),
        asks=tuple(one for plan in plans for one in plan.asks),
        crosses=tuple(one for plan in plans for one in plan.crosses),
        derived=tuple(one for plan in plans for one in plan.derived),
        parameters={name: value for plan in plans for name, value in plan.parameters.items()},
    )


def drawn_plan(form: FormDefinition) -> Evaluation:
    """Each closed question by its answers, each number by its quartiles, each paired scale by its levels."""
    listed = {table.group for table in form.tables if not table.items}
    asks = [
        Ask(code="R1", label="Exemplaires remis", op="register", columns=("remis", "imprimes")),
        Ask(code="R2", label="Exemplaires revenus", op="register", columns=("numerises", "remis")),
    ]
    for field in form.fields:
        code = (field.purpose.indicators or (_OWN,))[0]
        if field.group in listed or field.type == "masked":
            continue
        if field.type == "choice" or (field.kind == "code" and answers(field)):
            asks.append(Ask(code=code, label=field.short, op="options", fields=(field.name,)))
        elif field.kind == "integer":
            asks.append(Ask(code=code, label=field.short, op="summary", fields=(field.name,)))
    for one in form.derived:
        if one.op in {"sum", "count_rows", "distinct", "span_days"}:
            asks.append(Ask(code=_OWN, label=one.label, op="summary", fields=(one.name,)))
    for table in form.tables:
        if table.melt:
            asks += [Ask(code=_OWN, label=table.sheet, op=op, table=table.group) for op in _PAIRED]
    asks.append(Ask(code=_OWN, label="Réponses remplies, sur celles attendues", op="completion"))
    return Evaluation(asks=tuple(asks))


_PAIRED: tuple[Op, ...] = ("levels", "gain", "concerned")
