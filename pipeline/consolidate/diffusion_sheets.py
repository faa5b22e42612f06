"""The sheets of ``diffusion.xlsx``: one line for each group, ``c`` for what is hidden."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from pipeline.consolidate.diffusion import Diffusion, Returns
from pipeline.consolidate.diffusion_readme import HIDDEN, NOT_AVAILABLE, diffusion_readme
from pipeline.consolidate.disclosure.shown import ShownRow, shown_rows
from pipeline.consolidate.disclosure.survey import Question
from pipeline.consolidate.disclosure.tables import PEOPLE, ShownTable
from pipeline.consolidate.indicators import CAUTION as CAREFUL_BELOW
from pipeline.model.interval import wilson
from pipeline.workbook import Cell, Column, Entry, Prose, Sheet, Value

_CAREFUL = "à lire avec prudence"
_SHUT = Cell(value=HIDDEN, look="kept")
_ABOUT = {
    "Profil": "Combien de personnes, par groupe.",
    "Retours": "Carnets imprimés, remis, rendus.",
    "Mesures": "Quartiles et totaux : temps, actions, heures.",
}


def diffusion_sheets(found: Diffusion) -> list[Prose | Sheet]:
    """The page to read, then the tables."""
    sheets = [
        _sheet("Profil", _PROFILE, list(_profile(found))),
        _sheet("Retours", _RETURNS, [_return(one) for one in found.returns]),
        *_answer_sheets(found),
    ]
    measures = list(_measures(found))
    if measures:
        sheets.append(_sheet("Mesures", _MEASURES, measures))
    return [diffusion_readme(found, sheets), *sheets]


def _sheet(name: str, columns: Sequence[Column], rows: list[list[Entry]], about: str = "") -> Sheet:
    return Sheet(
        name=name,
        table=f"t_{name.lower()}",
        columns=tuple(columns),
        rows=rows,
        length=len(rows),
        about=about or _ABOUT.get(name, ""),
        frozen=min(3, len(columns)),
    )


def _text(header: str, width: float) -> Column:
    return Column(header=header, kind="text", width=width)


def _words(header: str, width: float) -> Column:
    return Column(header=header, kind="prose", width=width)


def _count(header: str, note: str = "", width: float = 12) -> Column:
    return Column(header=header, kind="integer", width=width, note=note)


def _share(header: str, width: float = 10.5) -> Column:
    return Column(header=header, kind="percent", width=width)


_INTERVAL = (_share("Intervalle, bas"), _share("Intervalle, haut"))
_REMARK = _words("Remarque", 23)
_WHERE = (_words("Question", 38), _words("Regroupement", 16), _words("Groupe", 28))
_PROFILE = (_text("Regroupement", 26), _words("Groupe", 70), _count("Personnes"), _share("Part"), *_INTERVAL)
_RETURNS = (
    _text("Lieu de remise", 60),
    _count("Imprimés"),
    _count("Remis", "n.d. : personne n’a noté de remise dans le registre."),
    _count("Rendus"),
    _share("Rendus sur remis", 13),
)
_MEASURES = (
    *_WHERE,
    _text("Unité", 10),
    _count("Personnes"),
    Column(header="1er quartile", kind="decimal"),
    Column(header="Médiane", kind="decimal"),
    Column(header="3e quartile", kind="decimal"),
    _count("Total"),
    Column(header="Moyenne", kind="decimal"),
    _REMARK,
)


def _profile(found: Diffusion) -> Iterator[list[Entry]]:
    """Groups of people: none is hidden, small ones were merged."""
    for table in found.tables:
        if table.question.key == PEOPLE:
            for row in shown_rows(table):
                if table.groups:
                    yield [table.label, row.label, row.size, *_shares(row.size, table.whole.size)]
                else:
                    yield ["Ensemble", row.label, row.size, None, None, None]


def _return(one: Returns) -> list[Entry]:
    rate: Value = one.returned / one.handed if one.handed and one.comparable else NOT_AVAILABLE
    return [one.label, one.printed, NOT_AVAILABLE if one.handed is None else one.handed, one.returned, rate]


# Answers


def _answer_sheets(found: Diffusion) -> Iterator[Sheet]:
    """One sheet for each subject: wide when its questions share their answers, else a line an answer."""
    tables = [table for table in found.tables if table.question.key != PEOPLE and table.question.answers]
    names = list(dict.fromkeys(table.question.sheet for table in tables))
    for name in names:
        own = [table for table in tables if table.question.sheet == name]
        answers = {table.question.answers for table in own}
        yield _wide(name, own) if len(answers) == 1 and len(own[0].question.answers) < 9 else _long(name, own)


def _about(tables: Sequence[ShownTable]) -> str:
    labels = list(dict.fromkeys(table.question.label for table in tables))
    return " ; ".join(labels[:3]) + ("…" if len(labels) > 3 else "")


def _wide(name: str, tables: Sequence[ShownTable]) -> Sheet:
    question = tables[0].question
    favourable = bool(question.favourable)
    columns = [
        *_WHERE,
        _count("Répondants"),
        _count("Réponses"),
        *(_count(f"{answer} : effectif") for answer in question.answers),
        *(_share(f"{answer} : part") for answer in question.answers),
    ]
    if favourable:
        label = " + ".join(question.answers[place] for place in question.favourable)
        columns += [_count(f"{label} : effectif", width=14), _share(f"{label} : part", 14), *_INTERVAL]
    columns.append(_REMARK)
    rows = [[*where, *_wide_figures(table.question, row)] for table, where, row in _lines(tables)]
    return _sheet(name, columns, rows, _about(tables))


def _wide_figures(question: Question, row: ShownRow) -> list[Entry]:
    found: list[Entry] = [_or_hidden(row.size), _or_hidden(row.base), *map(_or_hidden, row.counts)]
    found += [_percent(row, (place,)) for place in range(len(question.answers))]
    if question.favourable:
        count = row.sum(question.favourable)
        found += [_or_hidden(count), *_shares(count, row.base)]
    return [*found, _remark(row)]


def _long(name: str, tables: Sequence[ShownTable]) -> Sheet:
    columns = [
        *_WHERE,
        _count("Répondants"),
        _words("Réponse", 30),
        _count("Effectif", width=10),
        _share("Part", 10),
        *_INTERVAL,
    ]
    rows: list[list[Entry]] = []
    for table, where, row in _lines(tables):
        for place, answer in enumerate(table.question.answers):
            count = row.counts[place]
            share = _shares(count, row.base) if not row.hidden or count is None else _shares(None, None)
            rows.append([*where, _or_hidden(row.size), answer, _or_hidden(count), *share, _remark(row)])
    return replace(_sheet(name, [*columns, _REMARK], rows, _about(tables)), named=5)


def _measures(found: Diffusion) -> Iterator[list[Entry]]:
    """Quartiles and sums of what is a number."""
    tables = [table for table in found.tables if table.question.step or table.question.summed]
    for table, where, row in _lines(tables):
        question = table.question
        none: Entry = _SHUT if row.hidden else None
        quartiles: tuple[Entry, ...] = row.quartiles or (none,) * 3
        sums: tuple[Entry, Entry] = (none, none)
        if question.summed:
            sums = (_or_hidden(row.total), _or_hidden(row.mean))
        elif row.hidden:
            sums = (None, None)
        if not question.step:
            quartiles = (None,) * 3
        yield [*where, question.unit, _or_hidden(row.size), *quartiles, *sums, _remark(row)]


def _lines(tables: Sequence[ShownTable]) -> Iterator[tuple[ShownTable, list[Entry], ShownRow]]:
    """Rows of some tables with what they describe; a question for all comes before its groups."""
    for _, same in groupby(tables, key=lambda table: table.question.label):
        for table in same:
            for row in shown_rows(table):
                label = table.label if table.groups else "Ensemble"
                yield table, [table.question.label, label, row.label], row


def _or_hidden(value: float | None) -> Entry:
    return _SHUT if value is None else value


def _percent(row: ShownRow, places: Sequence[int]) -> Entry:
    if row.hidden:
        return _SHUT
    share = row.share(places)
    return NOT_AVAILABLE if share is None else share


def _shares(count: int | None, base: int | None) -> list[Entry]:
    """A share with its interval."""
    if count is None or base is None:
        return [_SHUT] * 3
    if not base:
        return [NOT_AVAILABLE] * 3
    return [count / base, *wilson(count, base)]


def _remark(row: ShownRow) -> Value:
    """Never why a line is hidden: the reason would tell what it holds."""
    if row.hidden or row.base is None:
        return None
    return _CAREFUL if row.base < CAREFUL_BELOW else None
