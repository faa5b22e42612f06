"""The five charts of the note, from the lines that may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.consolidate.diffusion import Diffusion
from pipeline.consolidate.disclosure.shown import ShownRow, shown_rows
from pipeline.consolidate.disclosure.survey import Question
from pipeline.consolidate.indicators import CAUTION as CAREFUL_BELOW
from pipeline.model.interval import wilson
from pipeline.model.note import Chart, ChartRow
from pipeline.wording import thousands

ROWS_MAX = 10
_HIDDEN = "chiffres cachés"
_CLOSED = "Ces chiffres sont cachés, pour que personne ne soit reconnu. Il n’y a donc pas de graphique."
_ABSENT = "Ces chiffres ne sont pas disponibles dans cette édition. Il n’y a donc pas de graphique."
_LABEL_MAX = 84
Whole = tuple[Question, ShownRow]


def profile_chart(found: Diffusion, groupings: Sequence[str]) -> Chart:
    """How many people stand in each group, one grouping under the other."""
    chart = Chart(kind="bars", title="Les personnes, par groupe")
    rows: list[ChartRow] = []
    for name in groupings:
        table = found.table("people", name)
        if table is not None:
            rows.append(ChartRow(label=f"*{table.label}*"))
            rows += [_bar(row.label, row.size or 0, table.whole.size) for row in shown_rows(table)]
    if not rows:
        few = f"{found.edition.carnets} carnets seulement : les groupes seraient trop petits pour être décrits."
        return replace(chart, instead=few)
    remark = (
        f"{thousands(found.edition.carnets)} personnes. Une personne est comptée une seule fois par ensemble de barres."
    )
    return _told(replace(chart, rows=tuple(rows), remark=remark))


def use_chart(whole: Whole | None) -> Chart:
    """A number in classes."""
    chart = Chart(kind="bars", title=f"{whole[0].label}, par carnet" if whole else "Ce qui a été fait")
    why = _why_not(whole)
    if why or whole is None:
        return replace(chart, instead=why)
    question, row = whole
    bars = [_bar(answer, row.counts[place] or 0, row.base or 0) for place, answer in enumerate(question.answers)]
    remark = f"{thousands(row.base or 0)} carnets dont toutes les lignes du journal ont été lues."
    return _told(replace(chart, rows=tuple(bars), remark=remark))


def tick_chart(whole: Whole | None) -> Chart:
    """Answers of which several may be given, the most frequent first, with their intervals."""
    chart = Chart(kind="intervals", title=whole[0].label if whole else "Les souhaits")
    why = _why_not(whole)
    if why or whole is None:
        return replace(chart, instead=why)
    question, row = whole
    base = row.base or 0
    counted = sorted(((row.counts[p] or 0, answer) for p, answer in enumerate(question.answers)), key=lambda p: -p[0])
    rows = tuple(
        ChartRow(label=_short(answer), base=base, shares=(count / base,), interval=wilson(count, base))
        for count, answer in counted[:ROWS_MAX]
    )
    remark = f"{thousands(base)} réponses. Le point est la part ; la bande est l’intervalle de confiance à 95\u00a0%."
    return _told(replace(chart, rows=rows, remark=remark))


def opinion_chart(found: Diffusion, sheet: str) -> Chart:
    """Opinions as stacked bars, the most shared first."""
    tables = [t for t in found.tables if t.question.sheet == sheet and t.question.favourable and not t.grouping]
    pairs = [(table.question, shown_rows(table)[0]) for table in tables]
    pairs.sort(key=lambda pair: -(pair[1].share(pair[0].favourable) or 0.0))
    rows = [(question.label, row) for question, row in pairs]
    chart = _stacked("Êtes-vous d’accord ?", pairs[:1], rows)
    values = [
        "" if share is None else percent(share)
        for question, row in pairs
        for share in (row.share(question.favourable),)
    ]
    valued = tuple(
        replace(row, value=value if row.shares else "") for row, value in zip(chart.rows, values, strict=False)
    )
    return replace(chart, rows=valued, value_head="d’accord" if valued else "")


def family_chart(found: Diffusion, key: str) -> Chart:
    """How self-evaluations changed, by family."""
    table = next((t for t in found.tables if t.question.key == key and t.grouping), None) or found.table(key)
    title = "Du début à la fin, par famille de compétences"
    if table is None:
        return Chart(kind="stacked", title=title, instead=_ABSENT)
    found_rows = shown_rows(table)
    rows = [(row.label if table.grouping else "Toutes les familles", row) for row in found_rows]
    chart = _stacked(title, [(table.question, found_rows[0])] if found_rows else [], rows)
    whole = found.table(key)
    people = shown_rows(whole)[0].size if whole else None
    told = f"n compte les compétences notées deux fois, par {thousands(people)} personnes en tout." if people else ""
    return replace(chart, remark=told)


def _stacked(title: str, first: Sequence[Whole], labelled: Sequence[tuple[str, ShownRow]]) -> Chart:
    """Rows of parts; a sentence when no row can be drawn."""
    chart = Chart(kind="stacked", title=title)
    if not first:
        return replace(chart, instead=_ABSENT)
    rows = tuple(_stack(label, row) for label, row in labelled[:ROWS_MAX])
    if 2 * sum(row.shares is not None for row in rows) < len(rows):
        sizes = [row.base for _, row in labelled if row.base]
        return replace(chart, instead=_few(max(sizes)) if sizes else _CLOSED)
    parts = tuple(answer.split(" – ")[-1] for answer in first[0][0].answers)
    return _told(replace(chart, rows=rows, parts=parts))


def _stack(label: str, row: ShownRow) -> ChartRow:
    if row.hidden:
        return ChartRow(label=_short(label), instead=_HIDDEN)
    if not row.base or ((row.size or 0) < CAREFUL_BELOW and row.base < CAREFUL_BELOW):
        return ChartRow(
            label=_short(label), base=row.base, instead=f"{row.base or 0} réponses : trop peu pour une barre"
        )
    shares = tuple((count or 0) / row.base for count in row.counts)
    return ChartRow(label=_short(label), base=row.base, shares=shares)


def _bar(label: str, count: int, base: int) -> ChartRow:
    return ChartRow(label=_short(label), base=base, shares=(count / base if base else 0.0,))


def _why_not(whole: Whole | None) -> str:
    """Why a question has no chart; empty when it has one."""
    if whole is None:
        return _ABSENT
    _, row = whole
    if row.hidden:
        return _CLOSED
    return _few(row.base or 0) if (row.base or 0) < CAREFUL_BELOW else ""


def _few(count: int) -> str:
    return f"Au plus {count} réponses : trop peu pour un graphique. Les chiffres sont dans « diffusion.xlsx »."


def _short(label: str) -> str:
    """A label that fits beside a bar, cut at a word."""
    if len(label) <= _LABEL_MAX:
        return label
    return label[: _LABEL_MAX - 1].rsplit(" ", 1)[0].rstrip(" ;,") + "…"


def _told(chart: Chart) -> Chart:
    """The chart with its alternative in words."""
    return replace(chart, alternative=f"{chart.title}. " + " ".join(_sentence(chart, row) for row in chart.rows))


def _sentence(chart: Chart, row: ChartRow) -> str:
    label = row.label.strip("*")
    if row.shares is None:
        return f"{label} : {row.instead}." if row.instead else f"{label}."
    if chart.kind == "stacked":
        told = ", ".join(f"{part} {percent(share)}" for part, share in zip(chart.parts, row.shares, strict=True))
        return f"{label} : {told}."
    told = percent(row.shares[0])
    if row.interval:
        told += f", de {percent(row.interval[0])} à {percent(row.interval[1])}"
    return f"{label} : {told}."


def percent(share: float) -> str:
    """« 74 % », halves upwards; a very small share is not told as none."""
    whole = int(share * 100 + 0.5)
    if share > 0 and not whole:
        return "moins de 1\u00a0%"
    return f"{whole}\u00a0%"
