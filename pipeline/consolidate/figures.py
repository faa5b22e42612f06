"""The sheets Indicateurs (values, so that they show at once) and Controle (the formula of each, and the difference)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.consolidate.counting import Headers, Tally, criteria, formula
from pipeline.consolidate.groups import EVERYONE
from pipeline.consolidate.indicators import Indicator
from pipeline.consolidate.recount import Recount, formulas
from pipeline.consolidate.tallied import Signed
from pipeline.consolidate.variable import Kind, Variable
from pipeline.workbook import Entry, Formula, Sheet

INDICATORS, CONTROL = "Indicateurs", "Controle"
NOT_YET = "non calculé"
ELSEWHERE = "lignes hors du classeur"


def _named(name: str, short: str, kind: Kind, width: float, meaning: str) -> Variable:
    return Variable(name=name, short=short, kind=kind, width=width, meaning=meaning, origin="calcul")


_NAMES = (
    _named("code", "Code", "text", 8, "Code de l’indicateur, celui du plan de l’évaluation"),
    _named("indicateur", "Indicateur", "prose", 40, "Ce dont il s’agit"),
    _named("mesure", "Ce qui est compté", "prose", 36, "La réponse, la tranche ou la somme comptée"),
    _named("ventilation", "Ventilation", "text", 15, "Ensemble, ou ce qui sépare les carnets en groupes"),
    _named("groupe", "Groupe", "prose", 33, "Le groupe ; un carnet peut être dans plusieurs (public, domaine)"),
)
_KEY = tuple(variable.column().header for variable in _NAMES)
VARIABLES = (
    *_NAMES,
    _named(
        "portee", "Portée", "text", 10,
        "Des compétences : « ensemble », une « famille », ou une seule « ligne ». Vide pour les autres indicateurs",
    ),
    _named("numerateur", "Numérateur", "figure", 11, "Réponses comptées"),
    _named("denominateur", "Dénominateur", "figure", 12.5, "Réponses lues, parmi lesquelles on compte"),
    _named("pourcentage", "Pour cent", "percent", 11, "Numérateur sur dénominateur"),
    _named("ic_bas", "Intervalle, bas", "percent", 10.5, "Intervalle de Wilson à 95 % : ne couvre que le hasard"),
    _named("ic_haut", "Intervalle, haut", "percent", 10.5, "Intervalle de Wilson à 95 % : ne couvre que le hasard"),
    _named("mediane", "Médiane", "decimal", 9.5, "La moitié des carnets est en dessous"),
    _named("quartile_1", "1er quartile", "decimal", 10.5, "Un quart des carnets est en dessous"),
    _named("quartile_3", "3e quartile", "decimal", 10.5, "Un quart des carnets est au-dessus"),
    _named("moyenne", "Moyenne", "decimal", 9.5, "Moyenne des nombres lus"),
    _named("vides", "Sans réponse", "figure", 9.5, "Questions restées sans réponse"),
    _named("non_lues", "Non lues", "figure", 9, "Réponses à relire, illisibles, ou d’une page non numérisée"),
    _named(
        "groupe_non_lu", "Groupe non lu", "figure", 9,
        "Réponses, lues ou non, de personnes dont on ne sait pas si elles sont du groupe : leur âge, par exemple, "
        "est à relire. Elles ne sont pas comptées ; au plus bas et au plus haut, elles peuvent en être",
    ),
    _named(
        "non_confiees", "Pages gardées par la personne", "figure", 12,
        "Réponses d’une page que la personne a gardée (feuille extérieure seule) : ni vides, ni en doute",
    ),
    _named(
        "cas_bas", "Au plus bas, non lues", "percent", 11,
        "La part si aucune réponse non lue ne comptait et si, parmi les personnes dont le groupe n’est pas lu, "
        "en étaient celles dont la réponse ne compte pas",
    ),
    _named(
        "cas_haut", "Au plus haut, non lues", "percent", 11,
        "La part si toutes les réponses non lues comptaient et si, parmi les personnes dont le groupe n’est pas lu, "
        "en étaient celles dont la réponse compte",
    ),
    _named("remarque_lecture", "Remarque", "prose", 70, "Comment lire la ligne"),
)  # fmt: skip
CHECKED = (
    *_NAMES,
    _named("valeur", "Numérateur, médiane ou gain moyen", "decimal", 13, "Le nombre de la feuille Indicateurs"),
    _named("recalcul", "Recalculé", "decimal", 13, "Le même nombre, recompté par une formule sur les tables"),
    _named("ecart", "Écart", "decimal", 10, "Recalculé moins valeur : 0"),
    _named("denominateur", "Dénominateur, valeur", "figure", 13, "Le nombre de la feuille Indicateurs"),
    _named("denominateur_recalcul", "Dénominateur recalculé", "figure", 14, "Le même, recompté par une formule"),
    _named("ecart_denominateur", "Écart du dénominateur", "figure", 13, "Recalculé moins valeur : 0"),
)
_LIVE = {"recalcul", "ecart", "denominateur_recalcul", "ecart_denominateur"}


def indicator_sheet(indicators: Sequence[Indicator]) -> Sheet:
    """One row a figure: everyone first, then by groups, single skills after all the others."""
    return Sheet(
        name=INDICATORS,
        about="Tous les chiffres : l’ensemble, les groupes, puis chaque compétence par groupe (filtre « Portée »).",
        table="t_indicateurs",
        columns=tuple(variable.column() for variable in VARIABLES),
        rows=[_figures(one) for one in indicators],
        length=len(indicators),
        frozen=3,
        named=len(_NAMES),
        key=_KEY,
    )


def names(one: Indicator) -> list[Entry]:
    """What names a figure."""
    return [one.code, one.label, one.measure, one.group_label or EVERYONE.label, one.group_value or EVERYONE.label]


def _figures(one: Indicator) -> list[Entry]:
    low, high = one.interval or (None, None)
    found = one.summary
    quartiles: list[Entry] = [None] * 4
    if found:
        quartiles = [found.median, found.q1, found.q3, round(found.mean, 6)]
    return [
        *names(one),
        one.part or None,
        None if one.kind == "summary" else _whole(one.numerator),
        _whole(one.denominator),
        one.share,
        low,
        high,
        *quartiles,
        one.blank,
        one.unread + one.turning,
        one.unsorted if one.group else None,
        one.not_lent,
        one.worst if one.doubted else None,
        one.best if one.doubted else None,
        one.remark or None,
    ]


def _whole(number: float) -> int | float:
    return int(number) if float(number).is_integer() else number


# The formula of each figure


def control_sheet(
    indicators: Sequence[Indicator], headers: Headers, held: Mapping[str, bool], counts: Recount | None
) -> Sheet:
    """The same figures recomputed over the tables; ``held`` tells which sheets hold all their rows.

    Those of the table of ``counts`` add up what was counted there.
    """
    rows = [_control(one, line, headers, held, counts) for line, one in enumerate(indicators, start=2)]
    return Sheet(
        name=CONTROL,
        about=f"La formule de chaque indicateur et son écart avec la valeur ; « {NOT_YET} » tant qu’Excel n’a pas "
        "recalculé.",
        table="t_controle",
        columns=tuple(replace(variable.column(), live=variable.name in _LIVE) for variable in CHECKED),
        rows=rows,
        length=len(rows),
        frozen=3,
        named=len(_NAMES),
        key=_KEY,
    )


def _control(
    one: Indicator, line: int, headers: Headers, held: Mapping[str, bool], counts: Recount | None
) -> list[Entry]:
    """One row: values, live formulas, differences."""
    counted = counts if counts is not None and counts.sheet in one.sheets else None
    value, denominator = _value(one, mean=counted is not None), _whole(one.denominator)
    if not all(held.get(sheet, False) for sheet in one.sheets):
        return [*names(one), value, ELSEWHERE, None, denominator, ELSEWHERE, None]
    first, second = formulas(one, counted) if counted else _formulas(one, headers)
    if one.kind == "summary" and one.summary is None:
        return [*names(one), None, None, None, denominator, _live(second), _difference("J", "I", line)]
    live = _live(first, array=one.kind == "summary" and counted is None)
    return [
        *names(one), value, live, _difference("G", "F", line),
        denominator, _live(second), _difference("J", "I", line),
    ]  # fmt: skip


def _live(text: str, *, array: bool = False) -> Formula:
    return Formula(text=text, kept=NOT_YET, array=array)


def _value(one: Indicator, *, mean: bool) -> float | int | None:
    """The numerator; of a number its median, or its mean where single counts are added up."""
    if one.kind == "summary":
        return None if one.summary is None else round(one.summary.mean, 6) if mean else one.summary.median
    return _whole(one.numerator)


def _difference(live: str, value: str, line: int) -> Formula:
    """What a recalculation says beyond the value: a mean stands with six decimals, so both agree on five."""
    return Formula(text=f"ROUND({live}{line}-{value}{line},5)", kept=NOT_YET)


def _formulas(one: Indicator, headers: Headers) -> tuple[str, str]:
    """The numerator (or the median) and the denominator, over the rows of the tables."""
    if one.median_from is None:
        return signed(one.numerator_from, headers), signed(one.denominator_from, headers)
    sheet, column, conditions = one.median_from
    tests = [criteria(sheet, condition, headers) for condition in conditions]
    median = f"MEDIAN(IF({'*'.join(tests)},{headers.column(sheet, column)}))"
    return median, formula(Tally(sheet=sheet, alternatives=(conditions,)), headers)


def signed(tallies: Signed, headers: Headers) -> str:
    """Counts added and taken away."""
    parts = [("+" if sign > 0 else "-") + f"({formula(tally, headers)})" for sign, tally in tallies]
    return "".join(parts).removeprefix("+")
