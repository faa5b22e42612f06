"""What ``carnet consolider`` says of the published files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.cli.screen import plural, say, warn

if TYPE_CHECKING:
    from pipeline.batch.publishing import PublishingReport
    from pipeline.consolidate import Kept


def show_published(report: PublishingReport) -> None:
    """A new edition, the same one again, or why there is none."""
    if report.blocked:
        warn(report.blocked)
        return
    if report.forgotten:
        say(f"L’édition n° {report.forgotten} est refaite : vous dites qu’elle n’a été donnée à personne.")
    if report.kept is not None:
        say(_kept(report.kept, str(report.workbook)))
        return
    share = f"{100 * report.hidden / max(1, report.figures):.1f}".replace(".", ",")
    news = "" if report.renewed else " Rien n’a changé depuis."
    note = f" et « {report.note.name} »" if report.note else ""
    carnets = plural(report.carnets, "carnet", "carnets")
    say(
        f"À publier : « {report.workbook} »{note}, édition n° {report.edition}, {carnets}. "
        f"{plural(report.hidden, 'chiffre caché', 'chiffres cachés')} sur {report.figures} ({share} %).{news}"
    )
    if report.note_problem:
        warn(report.note_problem)


def _kept(kept: Kept, path: str) -> str:
    """Why nothing new may be published."""
    if kept.why == "few" or kept.last is None:
        return (
            f"Rien à publier : {plural(kept.carnets, 'carnet rendu', 'carnets rendus')}, il en faut au moins "
            f"{kept.needed} pour que personne ne soit reconnu."
        )
    year, month, day = kept.last.day.split("-")
    stays = f"« {path} » reste l’édition n° {kept.last.number} du {day}/{month}/{year}"
    remake = (
        "Si cette édition n’a été donnée à personne, refaites-la avec « carnet consolider --edition-non-diffusee »."
    )
    if kept.why == "hidden":
        share = f"{100 * kept.share:.0f} %"
        return (
            f"{stays} : une nouvelle édition devrait cacher {share} des chiffres, pour que la différence ne fasse "
            f"reconnaître personne. {remake}"
        )
    arrived = plural(kept.changed, "carnet est arrivé", "carnets sont arrivés")
    since = f"{arrived} depuis" if kept.changed else "aucun carnet n’est arrivé depuis, des réponses ont changé"
    return (
        f"{stays} : {since}, et la différence entre deux éditions les ferait reconnaître. "
        f"Il en faut {kept.needed}. {remake}"
    )
