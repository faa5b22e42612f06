"""The boards Croisements (crosstabs), Progression (levels at the start by levels at the end) and Graphiques."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.consolidate.crosstabs import EVERYONE_LABEL, Counted, Crosstab
from pipeline.consolidate.findings import Findings
from pipeline.consolidate.indicators import CAUTION, Indicator
from pipeline.consolidate.long import UNDATED, UNREAD_DAYS
from pipeline.consolidate.paired import Transition
from pipeline.model.evaluation import Ask, Evaluation
from pipeline.wording import thousands
from pipeline.workbook import Block, Board, Chart, Column, Entry, Sheet

CROSSINGS, PROGRESS, CHARTS = "Croisements", "Progression", "Graphiques"


def crossing_board(found: Findings) -> Board:
    """Each crosstab as shares, its answers read on the last line."""
    blocks = [_crosstab(table, number) for number, table in enumerate(found.crosstabs, start=1)]
    widest = max((len(table.columns) for table in found.crosstabs), default=4)
    return Board(
        name=CROSSINGS,
        about="Les croisements les plus demandés : un indicateur selon le public, l’âge, le diplôme…",
        title="Croisements",
        lead="Chaque case est une part. La dernière ligne donne n, le nombre de réponses lues : en dessous de "
        f"{CAUTION}, à lire avec prudence.",
        blocks=tuple(blocks),
        widths=(52.0, *([15.0] * (widest + 2))),
    )


def _crosstab(table: Crosstab, number: int) -> Block:
    """Shares; n under each column, or at the end of each row when a row adds up to 100 %."""
    heads = [Column(header=table.row_label or "Réponse", width=52), *_heads(table)]
    rows: list[tuple[Entry, ...]] = []
    bold: set[int] = set()
    for place, (label, cells) in enumerate(zip(table.rows, table.cells, strict=True)):
        shares: list[Entry] = [cell.share for cell in cells]
        if table.across:
            shares += [cells[0].denominator, cells[0].unread]
        rows.append((label, *shares))
        if place == 0 and len(table.rows) > 1:
            bold.add(place)
    if not table.across:
        rows += _counts(table)
    return Block(
        title=f"{table.code} · {table.title}" if table.code else table.title,
        note=_note(table),
        table=f"t_croisement_{number}",
        columns=tuple(heads),
        rows=tuple(rows),
        bold=frozenset(bold),
    )


def _heads(table: Crosstab) -> list[Column]:
    heads = [Column(header=_unique(table.columns, place), kind="percent") for place in range(len(table.columns))]
    if table.across:
        heads += [Column(header="n", kind="figure"), Column(header="Non lues", kind="figure")]
    return heads


def _unique(labels: Sequence[str], place: int) -> str:
    """A label, numbered when an earlier column bears the same."""
    before = labels[:place].count(labels[place])
    return f"{labels[place]} ({before + 1})" if before else labels[place]


def _counts(table: Crosstab) -> Iterator[tuple[Entry, ...]]:
    """N and unread below the shares; they may differ from row to row, then the widest are shown."""
    columns = range(len(table.columns))

    def span(of: str) -> tuple[Entry, ...]:
        found: list[Entry] = []
        for column in columns:
            numbers = [getattr(cells[column], of) for cells in table.cells]
            low, high = min(numbers, default=0), max(numbers, default=0)
            found.append(thousands(low) if low == high else f"{thousands(low)} à {thousands(high)}")
        return tuple(found)

    yield ("n (réponses lues)", *span("denominator"))
    if any(cell.unread for cells in table.cells for cell in cells):
        yield ("non lues", *span("unread"))


def _note(table: Crosstab) -> str:
    """How to read a table, in a sentence or two."""
    notes = [f"Unité : {table.unit}."]
    if table.overlapping:
        notes.append("Une personne peut être dans plusieurs colonnes.")
    if table.linked:
        notes.append("Plusieurs réponses par personne.")
    if table.unsorted:
        many = "s" if table.unsorted > 1 else ""
        notes.append(f"{table.unsorted} carnet{many} au groupe non lu, en tout ou partie.")
    small = [
        label
        for place, label in enumerate(table.columns)
        if label != EVERYONE_LABEL and not table.across and _smallest(table.cells, place) < CAUTION
    ]
    if small:
        notes.append(f"À lire avec prudence (n < {CAUTION}) : {', '.join(small)}.")
    return " ".join(notes)


def _smallest(cells: Sequence[Sequence[Counted]], place: int) -> int:
    return min((row[place].denominator for row in cells), default=0)


# Progress


def progress_sheet(transitions: Sequence[Transition]) -> Sheet:
    """Every table of levels, a row for each level at the start: for pivots, and for each skill."""
    levels = transitions[0].levels if transitions else ()
    columns = (
        Column(header="Portée (portee)", width=12),
        Column(header="Compétence ou famille (libelle)", width=48),
        Column(header="Jours (jours)", width=17),
        Column(header="Au début (debut)", width=26),
        *(
            Column(header=f"À la fin : {level} (fin_{place})", kind="figure", width=15)
            for place, level in enumerate(levels, start=1)
        ),
        Column(header="Paires (paires)", kind="figure", width=9),
    )
    rows: list[list[Entry]] = [
        [one.scope, one.label, one.days, level, *counts, sum(counts)]
        for one in transitions
        for level, counts in zip(one.levels, one.counts, strict=True)
    ]
    return Sheet(
        name="ProgressionDetail",
        about="Les mêmes tableaux, pour chaque compétence, en lignes.",
        table="t_progressiondetail",
        columns=columns,
        rows=rows,
        length=len(rows),
        frozen=2,
        key=tuple(column.header for column in columns[:4]),
    )


def progress_board(found: Findings) -> Board:
    """Level at the start in rows, at the end in columns; days apart, for everything and each family."""
    shown = [
        one
        for one in found.transitions
        if one.scope != "ligne" and (one.scope == "ensemble" or one.days not in (UNDATED, UNREAD_DAYS))
    ]
    blocks = [_transition(one, number) for number, one in enumerate(shown, start=1)]
    return Board(
        name=PROGRESS,
        about="Niveau au début et à la fin, en tableaux de McNemar ; même jour à part.",
        title="Progression des compétences",
        lead="En ligne le niveau au début, en colonne le niveau à la fin. À droite de la diagonale, le niveau a monté. "
        "Les paires remplies le même jour sont à part : la personne se souvient, elle ne mesure pas.",
        blocks=tuple(blocks),
        widths=(38.0, *([17.0] * 6)),
    )


def _transition(one: Transition, number: int) -> Block:
    heads = (
        Column(header="Au début ↓   à la fin →", width=38),
        *(Column(header=level, kind="figure", width=17) for level in one.levels),
        Column(header="Ensemble", kind="figure", width=17),
    )
    rows: list[tuple[Entry, ...]] = [
        (level, *counts, sum(counts)) for level, counts in zip(one.levels, one.counts, strict=True)
    ]
    totals = [sum(column) for column in zip(*one.counts, strict=True)]
    rows.append(("Ensemble", *totals, one.pairs))
    same = one.pairs - one.risen - one.fallen
    note = f"{one.pairs} paires : {one.risen} plus haut à la fin, {same} au même niveau, {one.fallen} plus bas."
    if one.linked:
        note += " Plusieurs compétences par personne : aucun test de hasard ne s’applique ici."
    return Block(
        title=f"{one.label}, {one.days}",
        note=note,
        table=f"t_progression_{number}",
        columns=heads,
        rows=tuple(rows),
        bold=frozenset({len(one.levels)}),
    )


# Charts


def chart_board(found: Findings, plan: Evaluation) -> Board:
    """What people would rather look at: opinions, levels by family, hours, uptake by public."""
    makers = (_opinions, _levels, _amounts, _uptake)
    blocks = [block for make in makers for block in make(found, plan)]
    return Board(
        name=CHARTS,
        about="Les figures, à côté des valeurs qu’elles montrent.",
        title="Graphiques",
        lead="Lisibles en noir et blanc. Chaque figure montre les valeurs du tableau à sa gauche.",
        blocks=tuple(blocks),
        widths=(44.0, *([11.0] * 6)),
    )


def _everyone(found: Findings) -> list[Indicator]:
    return [one for one in found.indicators if not one.group]


def _opinions(found: Findings, plan: Evaluation) -> Iterator[Block]:
    """Every question of agreement as one stacked bar."""
    asked = [ask for ask in plan.asks if ask.positive and not ask.negative and ask.op == "options"]
    by_ask: dict[tuple[str, ...], list[tuple[Ask, list[Indicator]]]] = {}
    for ask in asked:
        figures = [one for one in _everyone(found) if one.field in ask.fields and one.code == ask.code]
        answers = tuple(one.measure for one in figures[1:])
        if len(answers) > 1:
            by_ask.setdefault(answers, []).append((ask, figures))
    for number, (answers, lines) in enumerate(by_ask.items(), start=1):
        rows = tuple(
            (f"{ask.label}", *(one.share or 0 for one in found_rows[1:]), found_rows[0].denominator)
            for ask, found_rows in lines
        )
        yield Block(
            title="Avis",
            note="Part de chaque réponse parmi les réponses lues.",
            table=f"t_graphique_avis_{number}",
            columns=_columns(answers),
            rows=rows,
            chart=Chart(
                kind="stacked",
                title="Ce que les personnes pensent du carnet",
                series=tuple(range(1, len(answers) + 1)),
                shades=_shades(len(answers)),
            ),
        )


def _columns(answers: Sequence[str]) -> tuple[Column, ...]:
    return (
        Column(header="Question", width=44),
        *(Column(header=answer, kind="percent") for answer in answers),
        Column(header="n", kind="figure"),
    )


def _shades(count: int) -> tuple[float, ...]:
    """Greys from white to black."""
    return tuple(place / max(1, count - 1) for place in range(count))


def _levels(found: Findings, plan: Evaluation) -> Iterator[Block]:
    """Levels of each family, one chart for each moment."""
    codes = {ask.code for ask in plan.asks if ask.op == "levels"}
    for number, table in enumerate((one for one in found.crosstabs if one.across and one.code in codes), start=1):
        lines = [
            (label, cells) for label, cells in zip(table.rows, table.cells, strict=True) if not label[:2].isdigit()
        ]
        rows = tuple((label, *(cell.share or 0 for cell in cells), cells[0].denominator) for label, cells in lines)
        yield Block(
            title=table.title,
            note="Part de chaque niveau parmi les réponses lues ; les cases vides (pas concerné) ne comptent pas.",
            table=f"t_graphique_niveaux_{number}",
            columns=_columns(table.columns),
            rows=rows,
            chart=Chart(
                kind="stacked",
                title=f"{table.title}, par famille",
                series=tuple(range(1, len(table.columns) + 1)),
                shades=_shades(len(table.columns)),
            ),
        )


def _amounts(found: Findings, plan: Evaluation) -> Iterator[Block]:
    """The distribution of each number that the plan cuts into bands."""
    number = 0
    for ask in plan.asks:
        if ask.op != "amount" or len(ask.bands) < 3:
            continue
        words = [band.label for band in ask.bands]
        rows = [
            one
            for one in _everyone(found)
            if one.code == ask.code and one.field in ask.fields and one.measure in words and one.label == ask.label
        ]
        if not rows:
            continue
        number += 1
        yield Block(
            title=ask.label,
            note=f"Part des carnets ; n = {round(rows[0].denominator)}.",
            table=f"t_graphique_nombre_{number}",
            columns=(
                Column(header=ask.label, width=44),
                Column(header="Part des carnets", kind="percent"),
                Column(header="Carnets", kind="figure"),
            ),
            rows=tuple((one.measure, one.share or 0, round(one.numerator)) for one in rows),
            chart=Chart(kind="bars", title=ask.label, series=(1,), shades=(0.62,)),
        )


def _uptake(found: Findings, plan: Evaluation) -> Iterator[Block]:
    """Share of carnets with an action, and of those given whole, by the first grouping of the plan."""
    if not plan.groupings:
        return
    grouping = plan.groupings[0]
    asks = [ask for ask in plan.asks if ask.grouped and ask.op in {"amount", "share"} and len(ask.bands) < 2][:4]
    by_group: dict[str, list[Indicator]] = {}
    labels: list[str] = []
    for ask in asks:
        rows = [
            one
            for one in found.indicators
            if one.group in ("", grouping.name) and one.code == ask.code and one.label == ask.label
            and one.field in ask.fields and one.kind == "share"
        ]  # fmt: skip
        if rows:
            labels.append(ask.label)
            for one in rows:
                by_group.setdefault(one.group_value or "Ensemble", []).append(one)
    lines = [(group, ones) for group, ones in by_group.items() if len(ones) == len(labels)]
    if not lines:
        return
    lines.sort(key=lambda line: line[0] == "Ensemble")
    yield Block(
        title=f"Usage par {grouping.label.lower()}",
        note="Une personne peut être dans plusieurs groupes.",
        table="t_graphique_usage",
        columns=(
            Column(header=grouping.label, width=44),
            *(Column(header=label, kind="percent") for label in labels),
            Column(header="n", kind="figure"),
        ),
        rows=tuple((group, *(one.share or 0 for one in ones), round(ones[0].denominator)) for group, ones in lines),
        chart=Chart(
            kind="bars",
            title=f"Usage du carnet par {grouping.label.lower()}",
            series=tuple(range(1, len(labels) + 1)),
            shades=_shades(len(labels)),
        ),
    )
