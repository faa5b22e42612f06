"""Qualite: what became of every page, how answers were read by kind, errors that nobody sees.

The same figures question by question stand in the sheet of ``quality``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from pipeline import wording
from pipeline.consolidate import blind, quality
from pipeline.consolidate.columns import rows_of
from pipeline.model.result import BalanceRow, Disposition
from pipeline.workbook import Block, Board, Column, Entry, Value

SHEET = "Qualite"
_HARDEST = 12
_Told = dict[str, Value]


def quality_board(balance: Iterable[BalanceRow], details: pd.DataFrame) -> Board:
    """The page to read; ``details`` are the rows of the sheet of questions."""
    names = [variable.name for variable in quality.VARIABLES]
    told = [dict(zip(names, row, strict=True)) for row in rows_of(details, names)]
    return Board(
        name=SHEET,
        about="Le bilan des pages, comment les réponses ont été lues, les erreurs que personne ne voit.",
        title="Qualité de la lecture",
        lead=f"Chaque face numérisée est comptée une fois. Le détail, question par question, est dans {quality.SHEET}.",
        blocks=(_pages(balance), _answers(told), _silent(told), _hardest(told)),
        widths=(62.0, *([12.0] * 9)),
    )


def _figure(header: str) -> Column:
    return Column(header=header, kind="figure", width=12)


def _percent(header: str) -> Column:
    return Column(header=header, kind="percent", width=12)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _pages(balance: Iterable[BalanceRow]) -> Block:
    """Pages in = pages placed, twice the same, in conflict, blank, foreign, unreadable; with the reasons."""
    counts = Counter((row.disposition, row.reason) for row in balance)
    every = counts.total()
    rows: list[tuple[Entry, ...]] = []
    bold: set[int] = set()
    for fate in Disposition:
        reasons = {reason: count for (met, reason), count in counts.items() if met is fate}
        words, number = wording.words(fate.value), sum(reasons.values())
        bold.add(len(rows))
        rows.append((_capital(words.many or words.title), number, _share(number, every)))
        told = sorted((-count, wording.words(reason).title) for reason, count in reasons.items() if reason)
        rows += [(f"… {title}", -count, _share(-count, every)) for count, title in told]
    bold.add(len(rows))
    rows.append(("Ensemble", every, _share(every, every)))
    return Block(
        title="Bilan des pages",
        note="Une ligne par sort d’une page ; en dessous, les motifs. Chaque page est dans la feuille Pages.",
        table="t_bilan_pages",
        columns=(Column(header="Sort de la page", width=62), _figure("Pages"), _percent("Part")),
        rows=tuple(rows),
        bold=frozenset(bold),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sum(rows: Iterable[_Told], name: str) -> int:
    return round(sum(value for row in rows if isinstance(value := row[name], int | float)))


def _line(label: str, rows: Sequence[_Told]) -> tuple[Entry, ...]:
    """Answers of some questions by state, what a person settled and what was changed then."""
    states = {name: _sum(rows, name) for name, _ in quality.STATES}
    seen = sum(states.values()) - states["absent"]
    settled = _sum(rows, quality.SETTLED)
    return (
        label,
        *states.values(),
        _share(states["a_relire"], seen),
        _share(settled, seen),
        _share(_sum(rows, quality.CHANGED), settled),
    )


def _columns(first: str) -> tuple[Column, ...]:
    return (
        Column(header=first, width=62),
        *(_figure(label) for _, label in quality.STATES),
        _percent("Part à relire"),
        _percent("Part relue par une personne"),
        _percent("Part changée à la relecture"),
    )


def _answers(told: Sequence[_Told]) -> Block:
    """Answers by state, kind of field after kind."""
    rows = [_line(kind, found) for kind, found in _by_kind(told)]
    return Block(
        title="Réponses, par genre",
        note="Parts « à relire » et « relue » : sur les réponses des pages numérisées. Part « changée » : sur les "
        "réponses qu’une personne a réglées.",
        table="t_qualite_genres",
        columns=_columns("Genre de réponse"),
        rows=(*rows, _line("Ensemble", told)),
        bold=frozenset({len(rows)}),
    )


def _by_kind(told: Sequence[_Told]) -> Iterator[tuple[str, list[_Told]]]:
    for kind in sorted({str(row[blind.GENRE.name]) for row in told}):
        yield kind, [row for row in told if row[blind.GENRE.name] == kind]


def _silent(told: Sequence[_Told]) -> Block:
    """Wrong answers among those that nobody doubts, by the blind sample; what was not measured stays empty."""
    rows: list[tuple[Entry, ...]] = []
    for prefix, read, wrong, what in (
        ("erreurs", blind.SURE, blind.WRONG, "valeurs lues"),
        ("oublis", blind.EMPTY, blind.WRITTEN, "réponses crues vides"),
    ):
        for kind, found in _by_kind(told):
            drawn = _sum(found, read)
            estimate: list[Entry] = [found[0][f"{prefix}_{name}"] for name in ("10000", "de", "a")]
            if drawn:
                rows.append((f"{kind} : {what}", drawn, _sum(found, wrong), *estimate))
    return Block(
        title="Erreurs que personne ne voit, pour 10\u00a0000 réponses",
        note="Réponses dont le programme était sûr, tirées au hasard et relues par une personne qui ne le savait pas."
        if rows
        else "Pas encore mesuré : « carnet consolider --echantillon N » glisse N réponses sûres parmi les doutes.",
        table="t_qualite_aveugle",
        columns=(
            Column(header="Genre de réponse", width=62),
            _figure("Relues"),
            _figure("… dont fausses"),
            _figure("Pour 10\u00a0000"),
            _figure("… au moins"),
            _figure("… au plus"),
        ),
        rows=tuple(rows),
    )


def _hardest(told: Sequence[_Told]) -> Block:
    """The questions that people had to look at most often, open answers apart."""

    def asked(row: _Told) -> float:
        seen = _sum([row], "n") - _sum([row], "absent")
        return (_sum([row], "a_relire") + _sum([row], quality.SETTLED)) / seen if seen else 0.0

    closed = [row for row in told if row[blind.GENRE.name] != wording.KINDS["text"].title]
    hard = sorted((row for row in closed if asked(row)), key=lambda row: (-asked(row), str(row["champ"])))[:_HARDEST]
    return Block(
        title="Questions les plus souvent en doute",
        note="Doutes réglés ou non, réponses libres mises à part : formulaire ou numérisation à revoir.",
        table="t_qualite_doutes",
        columns=_columns("Question"),
        rows=tuple(_line(f"{row['libelle']} ({row['champ']})", [row]) for row in hard),
    )
