"""``carnet lire``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.screen import number, plural, progress, say, table, warn

if TYPE_CHECKING:
    from pipeline.batch.reading import ReadingReport

SHOWN = 12


def lire(
    scans: Annotated[list[Path], typer.Argument(metavar="SCAN…", help="Fichiers PDF, TIFF, JPEG ou PNG, ou dossiers.")],
    lot: Annotated[str, typer.Option(metavar="NOM", help="Nom du lot que ces fichiers forment.")] = "",
    travailleurs: Annotated[
        int, typer.Option(metavar="N", min=0, help="Nombre de fichiers lus à la fois ; 0 : autant que de cœurs.")
    ] = 0,
    date_numerisation: Annotated[
        str, typer.Option(metavar="AAAA-MM-JJ", help="Jour de la numérisation, si ce n'est pas aujourd'hui.")
    ] = "",
    dossier: Annotated[Path, typer.Option(metavar="DOSSIER", help="Dossier de la campagne.")] = Path("output"),
) -> int:
    """Lire des carnets numérisés et tenir le bilan des pages."""
    import os
    from datetime import datetime

    from pipeline.batch.reading import ReadingRequest, read_scans
    from pipeline.cli.parsing import iso_day
    from pipeline.settings import load_settings

    now = datetime.now().astimezone()
    request = ReadingRequest(
        scans=tuple(scans),
        folder=dossier,
        lot=lot,
        workers=travailleurs or len(os.sched_getaffinity(0)),
        day=iso_day(date_numerisation, today=now.date()),
        at=now.isoformat(timespec="seconds"),
    )
    settings = load_settings(dossier / "reglages.toml")
    with progress() as report:
        outcome = read_scans(request, settings, report, waiting=_waiting)
    _show(outcome, dossier)
    return outcome.exit_code


def _waiting() -> None:
    """Another run holds the folder."""
    warn("Une autre lecture est en cours dans ce dossier : celle-ci attend qu'elle se termine.")


def _show(report: ReadingReport, folder: Path) -> None:
    """The balance in French: what came in, what became of it, what to do next."""
    from pipeline.model.result import Disposition
    from pipeline.wording import DISPOSITIONS, words

    sides = sum(file.sides for file in report.files)
    say(
        f"{plural(len(report.files), 'fichier', 'fichiers')}, {plural(sides, 'face', 'faces')}"
        f" dont {plural(report.new_sides, 'nouvelle', 'nouvelles')}."
    )
    counts = Counter(row.disposition for row in report.rows)
    say("Bilan des pages :")
    found = [(code, counts[Disposition(code)]) for code in DISPOSITIONS if counts[Disposition(code)]]
    table((number(count), words(code).many if count > 1 else words(code).title) for code, count in found)
    _show_refused(report)
    _show_remarks(report)
    _show_carnets(report)
    if report.asked:
        say(f"{plural(report.asked, 'réponse est', 'réponses sont')} à relire par une personne.")
    say(f"Ensuite : « carnet consolider --dossier {folder} », puis ouvrez « {folder / 'analyse.xlsx'} ».")


def _show_refused(report: ReadingReport) -> None:
    """Files and pages that yield nothing, by reason: where, why, what to do."""
    from pipeline.model.result import Disposition
    from pipeline.wording import words

    told = (Disposition.UNREADABLE, Disposition.FOREIGN, Disposition.CONFLICT)
    places: dict[tuple[str, str], list[str]] = {}
    for row in report.rows:
        if row.disposition in told:
            where = Path(row.source_file).name + (f" face {row.source_page}" if row.source_page else "")
            code = row.reason or row.disposition.value
            places.setdefault((code, words(code).told(row.evidence)), []).append(where)
    for (code, title), found in places.items():
        text = words(code)
        listed = list(dict.fromkeys(found))
        more = f" et {plural(len(listed) - SHOWN, 'autre', 'autres')}" if len(listed) > SHOWN else ""
        say(f"  • {title[0].upper()}{title[1:]} : {', '.join(listed[:SHOWN])}{more}.")
        if text.explanation or text.remedy:
            say(f"    {text.explanation} {text.remedy}".rstrip())


def _show_remarks(report: ReadingReport) -> None:
    """What is unusual about pages that were read all the same."""
    from pipeline.wording import words

    counts = Counter(
        (code, words(code).told(row.evidence)) for row in report.rows for code in dict.fromkeys(row.warnings)
    )
    for (code, title), count in counts.items():
        text = words(code)
        sentence = " ".join(part for part in (text.explanation, text.remedy) if part)
        say(f"  • Remarque sur {plural(count, 'page', 'pages')} : {title}. {sentence}".rstrip())


def _show_carnets(report: ReadingReport) -> None:
    """How many carnets are whole, and which pages are missing."""
    from pipeline.batch.balance import Completeness

    if not report.carnets:
        return
    counts = Counter(carnet.completeness for carnet in report.carnets)
    labels = {
        Completeness.COMPLETE: ("carnet complet", "carnets complets"),
        Completeness.JACKET: ("carnet en feuille extérieure seule", "carnets en feuille extérieure seule"),
        Completeness.MISSING: ("carnet à compléter", "carnets à compléter"),
    }
    say("Carnets : " + ", ".join(plural(counts[state], *labels[state]) for state in labels if counts[state]) + ".")
    incomplete = [carnet for carnet in report.carnets if carnet.missing]
    for carnet in incomplete[:SHOWN]:
        say(f"  • {carnet.carnet} : il manque les pages {', '.join(str(page) for page in carnet.missing)}.")
    if len(incomplete) > SHOWN:
        say(f"  • et {plural(len(incomplete) - SHOWN, 'autre', 'autres')}.")
