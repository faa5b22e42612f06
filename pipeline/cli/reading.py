"""``carnet lire``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.balance import listed, show_carnets, show_dispositions, show_refused
from pipeline.cli.screen import plural, progress, say, warn

if TYPE_CHECKING:
    from pipeline.batch.pool import Crew
    from pipeline.batch.reading import ReadingReport, ReadingRequest
    from pipeline.batch.watching import HandOver
    from pipeline.decide import Forecast
    from pipeline.settings import Settings

FEW = 4


def lire(
    *,
    scans: Annotated[
        list[Path] | None, typer.Argument(metavar="SCAN…", help="Fichiers PDF, TIFF, JPEG ou PNG, ou dossiers.")
    ] = None,
    lot: Annotated[str, typer.Option(metavar="NOM", help="Nom du lot que ces fichiers forment.")] = "",
    travailleurs: Annotated[
        int, typer.Option(metavar="N", min=0, help="Nombre de fichiers lus à la fois ; 0 : autant que de cœurs.")
    ] = 0,
    date_numerisation: Annotated[
        str, typer.Option(metavar="AAAA-MM-JJ", help="Jour de la numérisation, si ce n’est pas aujourd’hui.")
    ] = "",
    surveiller: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Lire ce qui arrive dans ce dossier, jusqu’à Ctrl-C, au lieu de SCAN…."),
    ] = None,
    ordonnanceur: Annotated[
        str, typer.Option(metavar="ADRESSE", help="Lire sur un groupe de machines Dask : « tcp://machine:8786 ».")
    ] = "",
    suggestions: Annotated[
        bool,
        typer.Option(
            "--suggestions",
            help="Proposer une transcription des textes, à vérifier par une personne. Plus lent ; demande le "
            "complément « htr ».",
        ),
    ] = False,
    dossier: Annotated[Path, typer.Option(metavar="DOSSIER", help="Dossier de la campagne.")] = Path("output"),
) -> int:
    """Lire des carnets numérisés et tenir le bilan des pages."""
    import os
    from dataclasses import replace
    from datetime import datetime

    from pipeline.batch.cluster import crew_at
    from pipeline.batch.reading import ReadingRequest, read_scans
    from pipeline.cli.parsing import iso_day
    from pipeline.settings import load_settings

    _check(scans, surveiller)
    now = datetime.now().astimezone()
    request = ReadingRequest(
        scans=tuple(scans or ()),
        folder=dossier,
        lot=lot,
        workers=travailleurs or len(os.sched_getaffinity(0)),
        day=iso_day(date_numerisation, today=now.date()) if date_numerisation or not surveiller else "",
        at=now.isoformat(timespec="seconds"),
    )
    settings = load_settings(dossier / "reglages.toml")
    if suggestions:
        settings = replace(settings, read=replace(settings.read, text_suggestions=1))
    with crew_at(ordonnanceur) as crew:
        if surveiller is not None:
            return _watch(surveiller, request, settings, crew)
        with progress() as report:
            outcome = read_scans(request, settings, report, _waiting, crew)
    _show(outcome, dossier)
    return outcome.exit_code


def _check(scans: list[Path] | None, watched: Path | None) -> None:
    """Something to read, or a folder to watch, not both."""
    from pipeline.errors import UsageError

    if not scans and watched is None:
        raise UsageError(
            "Il manque l’argument « SCAN… » : les fichiers ou dossiers à lire, ou « --surveiller » et un dossier. "
            "Tapez « carnet lire --help » pour voir ce qui est possible."
        )
    if scans and watched is not None:
        raise UsageError(
            "« --surveiller » lit aussi ce qui se trouve déjà dans le dossier : ne donnez pas d’autres fichiers. "
            "Tapez « carnet lire --help » pour voir ce qui est possible."
        )


def _watch(watched: Path, request: ReadingRequest, settings: Settings, crew: Crew) -> int:
    """Read what arrives, one line a hand-over, until Ctrl-C or a polite end; then the balance."""
    import signal
    import time
    from datetime import datetime

    from pipeline.batch.watching import watch_folder

    def arrived(step: str, done: int, total: int) -> None:
        if step == "Lecture" and total and not done:
            say(f"{datetime.now():%H:%M:%S}  lecture de {plural(total, 'face', 'faces')}…")

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        say(f"Le dossier « {watched} » est surveillé. Ctrl-C pour finir ; ce qui est lu est gardé.")
        for hand_over in watch_folder(
            watched,
            request,
            settings,
            clock=time.monotonic,
            now=lambda: datetime.now().astimezone().isoformat(timespec="seconds"),
            progress=arrived,
            waiting=_waiting,
            crew=crew,
        ):
            say(f"{datetime.now():%H:%M:%S}  {_hand_over(hand_over)}", hang=10)
            show_refused(hand_over.report.rows)
            _show_replaced(hand_over.report)
    except KeyboardInterrupt:
        say()
    return _farewell(request.folder)


def _hand_over(found: HandOver) -> str:
    """One line: which files, how many sides, what became of the pages."""
    from pipeline.wording import DISPOSITIONS, words

    counts = Counter(row.disposition.value for row in found.report.rows)
    pages = [plural(counts[c], words(c).title, words(c).many or words(c).title) for c in DISPOSITIONS if counts[c]]
    new = found.report.new_sides
    sides = plural(new, "face lue", "faces lues") if new else "déjà lu"
    return f"{listed([path.name for path in found.paths], FEW)} : {sides} ; {', '.join(pages)}."


def _farewell(folder: Path) -> int:
    """The balance of the campaign when the watch ends."""
    from pipeline.batch.state import campaign_state
    from pipeline.errors import ExitCode, InputError

    try:
        state = campaign_state(folder)
    except InputError:
        say("Rien n’est arrivé.")
        return ExitCode.DONE
    show_dispositions(state.rows)
    show_carnets(state.carnets)
    say(f"Surveillance terminée. Pour la suite : « carnet etat --dossier {folder} ».")
    return state.exit_code


def _waiting() -> None:
    """Another run holds the folder."""
    warn("Une autre lecture est en cours dans ce dossier : celle-ci attend qu’elle se termine.")


def _show(report: ReadingReport, folder: Path) -> None:
    """The balance in French: what came in, what became of it, what to do next."""
    sides = sum(file.sides for file in report.files)
    say(
        f"{plural(len(report.files), 'fichier', 'fichiers')}, {plural(sides, 'face', 'faces')}"
        f" dont {plural(report.new_sides, 'nouvelle', 'nouvelles')}."
    )
    show_dispositions(report.rows)
    show_refused(report.rows)
    _show_replaced(report)
    _show_remarks(report)
    show_carnets(report.carnets)
    if report.asked:
        say(f"{plural(report.asked, 'réponse est', 'réponses sont')} à relire par une personne.")
        _show_forecasts(report)
    say(f"Ensuite : « carnet consolider --dossier {folder} », puis ouvrez « {folder / 'analyse.xlsx'} ».")


def _show_replaced(report: ReadingReport) -> None:
    """Files that became others while they were read."""
    for path in report.replaced:
        say(
            f"  • « {path} » a été remplacé pendant sa lecture : c’est le nouveau fichier qui est lu. Si l’ancien "
            "contenait d’autres feuilles, numérisez-les à nouveau."
        )


def _show_forecasts(report: ReadingReport) -> None:
    """How many questions about ticks to expect, and how one setting would change that."""
    if not report.forecasts or not report.forecasts[0].questions:
        return
    now, others = report.forecasts[0], sorted(report.forecasts[1:], key=lambda forecast: forecast.tolerated)
    say(
        f"Dont {plural(now.questions, 'question', 'questions')} à cases à cocher, au réglage actuel :"
        f" {_tolerance(now.tolerated)} pour 10 000 cases."
    )
    told = [
        f"{_tolerances(group)}, {plural(questions, 'question', 'questions')}"
        for questions, group in groupby(others, key=lambda forecast: forecast.questions)
        if questions != now.questions
    ]
    if told:
        say(f"  Autrement : {' ; '.join(told)}.")
        say("  Ce réglage est « tick_errors_tolerated », section [decide] de reglages.toml.")


def _tolerances(alike: Iterable[Forecast]) -> str:
    """Settings that ask the same number of questions: « 5 erreurs tolérées », « de 1 à 20 erreurs tolérées »."""
    tolerated = [forecast.tolerated for forecast in alike]
    if len(tolerated) == 1:
        return _tolerance(tolerated[0])
    return f"de {tolerated[0]:g} à {_tolerance(tolerated[-1])}".replace(".", ",")


def _tolerance(tolerated: float) -> str:
    """« 0,05 erreur tolérée », « 5 erreurs tolérées »."""
    amount = f"{tolerated:g}".replace(".", ",")
    return f"{amount} {'erreur tolérée' if tolerated < 2 else 'erreurs tolérées'}"


def _show_remarks(report: ReadingReport) -> None:
    """What is unusual about pages that were read all the same."""
    from pipeline.wording import words

    counts = Counter(
        (code, words(code).told(row.evidence)) for row in report.rows for code in dict.fromkeys(row.warnings)
    )
    for (code, title), count in counts.items():
        text = words(code)
        sentence = " ".join(part for part in (text.explanation, text.remedy) if part)
        say(f"  • Remarque sur {plural(count, 'page', 'pages')} : {title}. {sentence}".rstrip(), hang=4)
