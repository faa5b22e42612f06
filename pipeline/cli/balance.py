"""The balance of pages and carnets in French, as ``lire`` and ``etat`` both show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.screen import plural, say, table
from pipeline.wording import thousands

if TYPE_CHECKING:
    from pipeline.batch.balance import CarnetState
    from pipeline.model.result import BalanceRow

SHOWN = 12
EVERYTHING = 10**9


def listed(names: Sequence[str], shown: int = SHOWN) -> str:
    """« a, b, c et 12 autres »."""
    more = len(names) - shown
    return ", ".join(names[:shown]) + (f" et {plural(more, 'autre', 'autres')}" if more > 0 else "")


def show_dispositions(rows: Iterable[BalanceRow]) -> None:
    """How many pages of each kind; sides that an interrupted run did not reach are told apart."""
    from pipeline.model.result import Disposition
    from pipeline.store.campaign import NOT_READ
    from pipeline.wording import DISPOSITIONS, words

    known = list(rows)
    counts = Counter(row.disposition for row in known)
    unread = sum(row.reason == NOT_READ for row in known)
    apart = {
        Disposition.UNREADABLE: f", dont {plural(unread, 'face pas encore lue', 'faces pas encore lues')}"
        if unread
        else ""
    }
    say("Bilan des pages :")
    found = [(Disposition(code), words(code)) for code in DISPOSITIONS if counts[Disposition(code)]]
    table(
        (thousands(counts[code]), (text.many if counts[code] > 1 else text.title) + apart.get(code, ""))
        for code, text in found
    )


def show_refused(rows: Iterable[BalanceRow], shown: int = SHOWN) -> None:
    """Files and pages that yield nothing, by reason: where, why, what to do."""
    from pipeline.model.result import Disposition
    from pipeline.wording import words

    told = (Disposition.UNREADABLE, Disposition.FOREIGN, Disposition.CONFLICT)
    places: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row.disposition in told:
            where = Path(row.source_file).name + (f" face {row.source_page}" if row.source_page else "")
            code = row.reason or row.disposition.value
            places.setdefault((code, words(code).told(row.evidence)), []).append(where)
    for (code, title), found in places.items():
        text = words(code)
        say(f"  • {title[0].upper()}{title[1:]} : {listed(list(dict.fromkeys(found)), shown)}.", hang=4)
        if text.explanation or text.remedy:
            say(f"    {text.explanation} {text.remedy}".rstrip(), hang=4)


def show_carnets(carnets: Sequence[CarnetState], shown: int = SHOWN) -> None:
    """How many carnets are whole, and which pages are missing."""
    from pipeline.batch.balance import Completeness

    if not carnets:
        return
    counts = Counter(carnet.completeness for carnet in carnets)
    labels = {
        Completeness.COMPLETE: ("carnet complet", "carnets complets"),
        Completeness.JACKET: ("carnet en feuille extérieure seule", "carnets en feuille extérieure seule"),
        Completeness.MISSING: ("carnet à compléter", "carnets à compléter"),
    }
    say("Carnets : " + ", ".join(plural(counts[state], *labels[state]) for state in labels if counts[state]) + ".")
    incomplete = [carnet for carnet in carnets if carnet.missing]
    for carnet in incomplete[:shown]:
        what = "la page" if len(carnet.missing) == 1 else "les pages"
        say(f"  • {carnet.carnet} : il manque {what} {', '.join(str(page) for page in carnet.missing)}.", hang=4)
    if len(incomplete) > shown:
        say(f"  • et {plural(len(incomplete) - shown, 'autre', 'autres')}.")
