"""``carnet consolider``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.publishing import show_published
from pipeline.cli.screen import plural, progress, say, warn
from pipeline.wording import thousands

if TYPE_CHECKING:
    from pipeline.batch.consolidating import ConsolidatingReport


def consolider(
    avec_sensibles: Annotated[
        bool,
        typer.Option(
            "--avec-sensibles",
            help="Écrire aussi les réponses libres et les noms de structures. L’usage en est noté au journal.",
        ),
    ] = False,
    echantillon: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=0,
            help="Glisser parmi les lignes à relire N réponses dont le programme est sûr (valeurs lues, réponses crues "
            "vides), pour mesurer les erreurs que personne ne voit.",
        ),
    ] = 0,
    parquet: Annotated[
        bool,
        typer.Option("--parquet", help="Écrire aussi les tables en Parquet, pour R, Python ou DuckDB."),
    ] = False,
    edition_non_diffusee: Annotated[
        bool,
        typer.Option(
            "--edition-non-diffusee",
            help="La dernière édition de diffusion.xlsx n’a été donnée à personne : la refaire. C’est noté au journal.",
        ),
    ] = False,
    dossier: Annotated[Path, typer.Option(metavar="DOSSIER", help="Dossier de la campagne.")] = Path("output"),
) -> int:
    """Faire le classeur, en reprenant ce qui y a été corrigé."""
    from datetime import datetime

    from pipeline.batch.consolidating import ConsolidatingRequest, consolidate_campaign
    from pipeline.errors import ExitCode
    from pipeline.settings import load_settings

    request = ConsolidatingRequest(
        folder=dossier,
        made_at=datetime.now(),
        sensitive=avec_sensibles,
        sample=echantillon,
        parquet=parquet,
        forget_edition=edition_non_diffusee,
    )
    settings = load_settings(dossier / "reglages.toml")
    with progress() as report:
        outcome = consolidate_campaign(request, settings, report, waiting=_waiting)
    _show(outcome)
    shut = outcome.blocked or (outcome.published is not None and bool(outcome.published.blocked))
    return ExitCode.OUTPUT if shut else ExitCode.DONE


def _waiting() -> None:
    """Another run holds the folder."""
    warn("Une lecture est en cours dans ce dossier : la consolidation attend qu’elle se termine.")


def _show(report: ConsolidatingReport) -> None:
    """What was taken over, what was written, what is left to do."""
    if report.taken_over:
        say(f"{plural(report.taken_over, 'réponse reprise', 'réponses reprises')} du classeur.")
    if report.versions_settled:
        say(f"{plural(report.versions_settled, 'version de pages réglée', 'versions de pages réglées')}.")
    for number_, second in report.second_numbers:
        say(
            f"  • Le carnet photocopié {number_} a deux auteurs : les pages de l’autre personne portent désormais le "
            f"numéro {second}. Notez-le au crayon sur ses feuilles."
        )
    if report.not_understood:
        told = plural(report.not_understood, "réponse n’a pas été comprise", "réponses n’ont pas été comprises")
        say(f"{told} : voir la feuille ARelire, où la raison est écrite.")
    if report.kept_why:
        warn(f"{report.kept_why} Rien n’y a été effacé : le nouveau classeur est écrit à côté, « {report.workbook} ».")
    for place in report.register_doubts:
        say(
            f"registre.xlsx, {place} : contenu non compris, laissé tel quel. Écrivez-y une date (JJ/MM/AAAA), "
            "un nombre ou un numéro de carnet, selon la colonne."
        )
    for sheet, cut in report.cut.items():
        say(
            f"Les {thousands(cut.rows)} lignes de la feuille {sheet} sont trop nombreuses pour le classeur : elles "
            f"sont dans {cut.named}, à côté de lui."
        )
    say(f"{plural(report.carnets, 'carnet', 'carnets')} dans « {report.workbook} ».")
    beside = report.readings.parent
    say(f"Tables en CSV : « {beside / 'tables'} ». Graphiques : « {beside / 'graphiques'} ».")
    say(f"Fichiers complets : « {report.readings} » et « {report.pages} ».")
    if report.published is not None:
        show_published(report.published)
    _show_left(report)


def _show_left(report: ConsolidatingReport) -> None:
    """Doubts that wait for a person."""
    if report.to_settle:
        say(
            f"{plural(report.to_settle, 'ligne', 'lignes')} à régler dans la feuille ARelire : remplissez « Valeur "
            "juste », enregistrez, fermez, puis relancez cette commande."
        )
    if report.conflicts:
        say(
            f"Dont {plural(report.conflicts, 'version', 'versions')} de pages en conflit, en tête de la feuille : dites"
            " laquelle compte, ou qu’il y a deux personnes."
        )
    if report.hidden_texts:
        say(
            f"{plural(report.hidden_texts, 'réponse libre attend', 'réponses libres attendent')} une transcription : "
            "« carnet consolider --avec-sensibles »."
        )
    if not report.to_settle and not report.hidden_texts:
        say("Aucun doute à régler.")
