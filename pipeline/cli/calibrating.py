"""``carnet calibrer``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.screen import plural, progress, say, table, warn
from pipeline.wording import thousands

if TYPE_CHECKING:
    from pipeline.batch.calibrating import CalibratingReport

_GROUPS = {"grey": "en gris ou en couleur", "bitonal": "en noir et blanc"}


def calibrer(
    dossier: Annotated[Path, typer.Option(metavar="DOSSIER", help="Dossier de la campagne.")] = Path("output"),
) -> int:
    """Régler la confiance de la lecture sur les chiffres déjà vérifiés."""
    from datetime import datetime

    from pipeline.batch.calibrating import calibrate_campaign
    from pipeline.errors import ExitCode

    at = datetime.now().astimezone().isoformat(timespec="seconds")
    with progress() as report:
        outcome = calibrate_campaign(dossier, at, report, waiting=_waiting)
    _show(outcome)
    return ExitCode.DONE


def _waiting() -> None:
    """Another run holds the folder."""
    warn("Une autre commande travaille dans ce dossier : celle-ci attend qu’elle se termine.")


def _show(report: CalibratingReport) -> None:
    """What was learnt, in words and one table."""
    found = report.refit
    say(
        f"{plural(found.cells, 'chiffre vérifié', 'chiffres vérifiés')} dans "
        f"{plural(report.fields, 'réponse', 'réponses')} de {plural(report.carnets, 'carnet', 'carnets')}."
    )
    verdict = (
        "la lecture était trop sûre d’elle"
        if found.temperature > 1
        else "la lecture était trop prudente"
        if found.temperature < 1
        else "rien à changer"
    )
    say(f"Température : {_comma(found.temperature, 3)} (1 : comme à l’installation) ; {verdict}.")
    say(f"Écart entre confiance et justesse : {_share(found.error_before)} avant, {_share(found.error_after)} après.")
    for group, bins in report.groups.items():
        say(f"Réponses {_GROUPS[group]}, avant ce réglage :")
        rows = [
            (
                thousands(one.count),
                f"à {_share(one.confidence)} de confiance :",
                f"{_share(one.right / one.count)} justes",
            )
            for one in bins
        ]
        table(rows)
    say(f"Écrit : « {report.path} ». Pour revenir aux réglages d’origine, supprimez ce fichier.")
    say("Les décisions ont été reprises. Lancez « carnet consolider » pour refaire le classeur.")


def _comma(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".").replace(".", ",")


def _share(value: float) -> str:
    return f"{_comma(100 * value, 2)} %"
