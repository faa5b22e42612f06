"""Measures of the evaluation's own footing: how answers were read, and who gave the carnet back."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.consolidate import blind, printed, quality
from pipeline.consolidate.counting import Counter, Tally, equal
from pipeline.consolidate.groups import Group
from pipeline.consolidate.indicators import Indicator
from pipeline.consolidate.tallied import Measure, Signed, counted
from pipeline.model.evaluation import Ask, Grouping

OPS = ("reading", "audit", "profile")
REGISTER_GROUPS = ("variante", "public_cible", "canal", "lot")
_STATES = (
    ("lu", "lues par la machine, ou confirmées"),
    ("corrige", "corrigées par une personne"),
    ("vide", "laissées vides"),
    ("a_relire", "encore à relire"),
    ("illisible", "illisibles"),
    ("absent", "page non numérisée"),
)
_AUDITED = (
    ("valeurs lues, relues à l’aveugle : d’accord", blind.SURE, blind.WRONG),
    ("réponses crues vides, relues à l’aveugle : d’accord", blind.EMPTY, blind.WRITTEN),
)
_NOT_YET = "Pas encore mesuré : « carnet consolider --echantillon N »."
_KIND = Grouping(name=blind.GENRE.name, label=blind.GENRE.short, source=blind.GENRE.name, identifying=False)


def figures(ask: Ask, counter: Counter) -> Iterator[Indicator]:
    """Every figure of one of ``OPS``, for everyone and by group."""
    if ask.op == "profile":
        yield from _profile(ask, counter)
    elif ask.op == "reading":
        kinds = list(_by_kind(counter))
        for measure in _reading(ask):
            yield from (counted(measure, group, counter) for group in (_everything(), *kinds))
    else:
        yield from _audit(ask, counter)


def _everything() -> Group:
    return Group(grouping=None, label="Ensemble")


def _by_kind(counter: Counter) -> Iterator[Group]:
    """The kinds of field that were met."""
    for kind in _met(counter, quality.SHEET, blind.GENRE.name):
        yield Group(grouping=_KIND, label=kind, conditions=(equal(blind.GENRE.name, kind),))


def _met(counter: Counter, sheet: str, column: str) -> list[str]:
    return sorted(str(value) for value in counter.frames[sheet][column].dropna().unique())


def _sum(column: str, *, sheet: str = quality.SHEET) -> Signed:
    return ((1, Tally(sheet=sheet, weight=column)),)


def _reading(ask: Ask) -> Iterator[Measure]:
    """Answers by state, and how often people changed what the machine proposed."""
    for state, words in _STATES:
        yield Measure(
            ask=ask,
            measure=words,
            sheet=quality.SHEET,
            numerator=_sum(state),
            denominator=_sum("n"),
            linked=True,
        )
    yield Measure(
        ask=ask,
        measure="changées, parmi les doutes réglés par une personne",
        sheet=quality.SHEET,
        numerator=_sum("changees"),
        denominator=_sum("reglees"),
        linked=True,
    )


def _audit(ask: Ask, counter: Counter) -> Iterator[Indicator]:
    """Agreement of the machine and a person, kind after kind: the sample holds as many of each, not their share."""
    met = False
    for words, read, wrong in _AUDITED:
        agreed: Signed = (*_sum(read), *((-1, tally) for _, tally in _sum(wrong)))
        measure = Measure(ask=ask, measure=words, sheet=quality.SHEET, numerator=agreed, denominator=_sum(read))
        found = [counted(measure, group, counter) for group in _by_kind(counter)]
        yield from (one for one in found if one.denominator)
        met = met or any(one.denominator for one in found)
    if not met:
        sure = _sum(blind.SURE)
        empty = Measure(
            ask=ask, measure="relues à l’aveugle", sheet=quality.SHEET, numerator=sure, denominator=sure
        )  # fmt: skip
        yield counted(empty, _everything(), counter, note=_NOT_YET)


def _profile(ask: Ask, counter: Counter) -> Iterator[Indicator]:
    """What each place, lot, public and variant weighs among carnets handed out, and among those that came back."""
    labels = {variable.name: variable.short for variable in printed.VARIABLES}
    for column in REGISTER_GROUPS:
        grouping = Grouping(name=column, label=labels[column], source=column, identifying=False)
        for value in _met(counter, printed.SHEET, column):
            for weight, words in (("remis", "part des carnets remis"), ("numerises", "part des carnets revenus")):
                part = Tally(sheet=printed.SHEET, weight=weight, alternatives=((equal(column, value),),))
                measure = Measure(
                    ask=ask,
                    measure=words,
                    sheet=printed.SHEET,
                    numerator=((1, part),),
                    denominator=_sum(weight, sheet=printed.SHEET),
                )
                yield counted(measure, Group(grouping=grouping, label=value), counter)
