"""``carnet repeter``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.screen import progress, say, table, warn


def repeter(
    *,
    quantite: Annotated[int, typer.Option(metavar="N", min=1, help="Nombre de carnets à répéter.")],
    sortie: Annotated[Path, typer.Option(metavar="DIR", help="Dossier de la répétition, à créer.")],
    mains: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Dossier de chiffres de vraies mains, au lieu des nôtres.")
    ] = None,
    graine: Annotated[int, typer.Option(metavar="S", help="Même graine, même répétition.")] = 1,
    numerisation: Annotated[
        str,
        typer.Option(
            metavar="SORTE",
            help="Une seule sorte de numérisation : bureau_300, couleur_200, bitonal_200, fax, telephone ou abime. "
            "Sans cette option, le mélange d’un bureau.",
        ),
    ] = "",
    travailleurs: Annotated[
        int, typer.Option(metavar="N", min=0, help="Nombre de fichiers lus à la fois ; 0 : autant que de cœurs.")
    ] = 1,
) -> int:
    """Répéter toute la chaîne : imprimer, remplir par la machine, numériser, lire, comparer à la vérité."""
    import os

    from pipeline.batch.rehearsing import CAMPAIGN, SCANS, TRUTH, RehearsalRequest, rehearse_campaign
    from pipeline.rehearse import summary
    from pipeline.settings import load_settings

    request = RehearsalRequest(
        quantity=quantite,
        out_dir=sortie,
        seed=graine,
        hands=mains,
        profile=numerisation,
        workers=travailleurs or os.cpu_count() or 1,
    )
    with progress() as report:
        found = rehearse_campaign(
            request,
            load_settings(None),
            report,
            lambda: warn("Une autre lecture est en cours dans ce dossier : j’attends qu’elle finisse."),
        )
    say("Répétition : carnets remplis par la machine, personne n’a écrit ces réponses.")
    for sentence in summary.sentences(found.score):
        say(sentence)
    for rows in (summary.page_rows(found.score), summary.mark_rows(found.score), summary.profile_rows(found.score)):
        say()
        table(rows)
    say()
    say(f"Numérisations : {sortie / SCANS}")
    say(f"Ce qui est vraiment écrit : {sortie / TRUTH}")
    say(f"Campagne lue : {sortie / CAMPAIGN}. Pour le classeur : carnet consolider --dossier {sortie / CAMPAIGN}")
    return 0
