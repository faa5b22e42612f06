"""The sheets Indicateurs (values, so that they show at once) and Controle (the formula of each, and the difference)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.consolidate.counting import Headers, Tally, criteria, formula
from pipeline.consolidate.indicators import Indicator
from pipeline.consolidate.measures import Signed
from pipeline.workbook import Column, Entry, Formula, Sheet

INDICATORS, CONTROL = "Indicateurs", "Controle"
EVERYONE = "Ensemble"
NOT_YET = "non calculé"
ELSEWHERE = "lignes hors du classeur"
_NAMES = (
    Column(header="Code (code)", width=8),
    Column(header="Indicateur (indicateur)", width=34),
    Column(header="Ce qui est compté (mesure)", width=42),
    Column(header="Ventilation (ventilation)", width=16),
    Column(header="Groupe (groupe)", width=34),
)
_KEY = tuple(column.header for column in _NAMES)


def indicator_sheet(indicators: Sequence[Indicator]) -> Sheet:
    """One row a figure: everyone first, then by groups."""
    columns = (
        *_NAMES,
        Column(header="Numérateur (numerateur)", kind="figure", width=11),
        Column(header="Dénominateur (denominateur)", kind="figure", width=12.5),
        Column(header="Pour cent (pourcentage)", kind="percent", width=11),
        Column(header="Intervalle, bas (ic_bas)", kind="percent", width=10.5),
        Column(header="Intervalle, haut (ic_haut)", kind="percent", width=10.5),
        Column(header="Médiane (mediane)", kind="decimal", width=9.5),
        Column(header="1er quartile (quartile_1)", kind="decimal", width=10.5),
        Column(header="3e quartile (quartile_3)", kind="decimal", width=10.5),
        Column(header="Moyenne (moyenne)", kind="decimal", width=9.5),
        Column(header="Sans réponse (vides)", kind="figure", width=9.5),
        Column(header="Non lues (non_lues)", kind="figure", width=9),
        Column(header="Pages gardées par la personne (non_confiees)", kind="figure", width=12),
        Column(header="Au plus bas, non lues (cas_bas)", kind="percent", width=11),
        Column(header="Au plus haut, non lues (cas_haut)", kind="percent", width=11),
        Column(header="Remarque (remarque_lecture)", kind="prose", width=60),
    )
    return Sheet(
        name=INDICATORS,
        about="Tous les chiffres de l’évaluation, avec leur intervalle et ce qui n’est pas lu.",
        table="t_indicateurs",
        columns=columns,
        rows=[_figures(one) for one in indicators],
        length=len(indicators),
        frozen=3,
        key=_KEY,
    )


def names(one: Indicator) -> list[Entry]:
    """What names a figure."""
    return [one.code, one.label, one.measure, one.group_label or EVERYONE, one.group_value or EVERYONE]


def _figures(one: Indicator) -> list[Entry]:
    low, high = one.interval or (None, None)
    found = one.summary
    quartiles: list[Entry] = [None] * 4
    if found:
        quartiles = [found.median, found.q1, found.q3, round(found.mean, 6)]
    return [
        *names(one),
        None if one.kind == "summary" else _whole(one.numerator),
        _whole(one.denominator),
        one.share,
        low,
        high,
        *quartiles,
        one.blank,
        one.unread,
        one.not_lent,
        one.worst if one.unread else None,
        one.best if one.unread else None,
        one.remark or None,
    ]


def _whole(number: float) -> int | float:
    return int(number) if float(number).is_integer() else number


# The formula of each figure


def control_sheet(indicators: Sequence[Indicator], headers: Headers, held: Mapping[str, bool]) -> Sheet:
    """The same figures recomputed over the tables; ``held`` tells which sheets hold all their rows."""
    columns = (
        *_NAMES,
        Column(header="Numérateur ou médiane, valeur (valeur)", kind="decimal", width=13),
        Column(header="Recalculé (recalcul)", kind="decimal", width=13, live=True),
        Column(header="Écart (ecart)", kind="decimal", width=10, live=True),
        Column(header="Dénominateur, valeur (denominateur)", kind="figure", width=13),
        Column(header="Dénominateur recalculé (denominateur_recalcul)", kind="figure", width=14, live=True),
        Column(header="Écart du dénominateur (ecart_denominateur)", kind="figure", width=13, live=True),
    )
    rows = [_control(one, line, headers, held) for line, one in enumerate(indicators, start=2)]
    return Sheet(
        name=CONTROL,
        about=f"La formule de chaque indicateur et son écart avec la valeur ; « {NOT_YET} » tant qu’Excel n’a pas "
        "recalculé.",
        table="t_controle",
        columns=columns,
        rows=rows,
        length=len(rows),
        frozen=3,
        key=_KEY,
    )


def _control(one: Indicator, line: int, headers: Headers, held: Mapping[str, bool]) -> list[Entry]:
    """One row: values, live formulas, differences."""
    sheets = {tally.sheet for _, tally in (*one.numerator_from, *one.denominator_from)}
    if one.median_from:
        sheets = {one.median_from[0]}
    if not all(held.get(sheet, False) for sheet in sheets):
        return [*names(one), _value(one), ELSEWHERE, None, _whole(one.denominator), ELSEWHERE, None]
    value, denominator = _value(one), _whole(one.denominator)
    if one.median_from:
        return [
            *names(one), value, _median(one, headers) if one.summary else None,
            _difference("G", "F", line) if one.summary else None,
            denominator, Formula(text=_filled(one, headers), kept=NOT_YET), _difference("J", "I", line),
        ]  # fmt: skip
    return [
        *names(one),
        value,
        Formula(text=signed(one.numerator_from, headers), kept=NOT_YET),
        _difference("G", "F", line),
        denominator,
        Formula(text=signed(one.denominator_from, headers), kept=NOT_YET),
        _difference("J", "I", line),
    ]


def _value(one: Indicator) -> float | int | None:
    if one.kind == "summary":
        return one.summary.median if one.summary else None
    return _whole(one.numerator)


def _difference(live: str, value: str, line: int) -> Formula:
    return Formula(text=f"ROUND({live}{line}-{value}{line},6)", kept=NOT_YET)


def signed(tallies: Signed, headers: Headers) -> str:
    """Counts added and taken away."""
    parts = [("+" if sign > 0 else "-") + f"({formula(tally, headers)})" for sign, tally in tallies]
    return "".join(parts).removeprefix("+")


def _median(one: Indicator, headers: Headers) -> Formula:
    """The median of the rows that meet the conditions: an array formula."""
    if one.median_from is None:
        raise ValueError(f"{one.label}: no median")
    sheet, column, conditions = one.median_from
    number = headers.column(sheet, column)
    tests = [criteria(sheet, condition, headers) for condition in conditions]
    return Formula(text=f"MEDIAN(IF({'*'.join(tests)},{number}))", kept=NOT_YET, array=True)


def _filled(one: Indicator, headers: Headers) -> str:
    if one.median_from is None:
        raise ValueError(f"{one.label}: no median")
    sheet, _, conditions = one.median_from
    return formula(Tally(sheet=sheet, alternatives=(conditions,)), headers)
