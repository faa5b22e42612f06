"""The page to read first in ``diffusion.xlsx``: what the cells say, and what protects people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.consolidate.diffusion import Diffusion
from pipeline.consolidate.indicators import CAUTION as CAREFUL_BELOW
from pipeline.workbook import Line, Prose, Sheet

HIDDEN = "c"
NOT_AVAILABLE = "n.d."


def diffusion_readme(found: Diffusion, sheets: Sequence[Sheet]) -> Prose:
    """One page."""
    edition = found.edition
    lines = [
        Line(style="title", left=found.title),
        Line(
            style="lead",
            left=f"Chiffres qui peuvent être publiés. Édition n° {edition.number}, du {french_day(edition.day)}, "
            f"d’après {edition.carnets} carnets rendus. Seulement des totaux : aucun numéro de carnet, aucun "
            "texte libre.",
        ),
        Line(style="heading", left="Ce que disent les cases"),
        *_cells(),
        Line(style="heading", left="Ce qui protège les personnes"),
        *_protection(found),
        Line(style="heading", left="Les feuilles"),
        *(Line(style="link", left=sheet.name, right=sheet.about) for sheet in sheets),
    ]
    return Prose(name="LisezMoi", lines=tuple(lines))


def _cells() -> Iterator[Line]:
    yield Line(style="pair", left="un nombre", right="Il est exact. Zéro veut dire : personne.")
    yield Line(
        style="pair",
        left=HIDDEN,
        right="Chiffre caché, pour que personne ne soit reconnu. Ce n’est ni zéro ni une absence de réponse.",
    )
    yield Line(style="pair", left=NOT_AVAILABLE, right="Non disponible : personne n’a répondu, ou rien n’a été noté.")
    yield Line(
        style="pair",
        left="intervalle",
        right="Intervalle de confiance à 95 % (Wilson). Il ne mesure que le hasard : les personnes qui ont rendu leur "
        f"carnet l’ont choisi. En dessous de {CAREFUL_BELOW} réponses : à lire avec prudence.",
    )


def _protection(found: Diffusion) -> Iterator[Line]:
    rules, (every, hidden) = found.rules, found.figures
    yield Line(
        style="pair",
        left="Groupes",
        right=f"Un groupe compte au moins {rules.threshold} personnes, et {rules.threshold} qui ont répondu. Les plus "
        "petits sont réunis avec un autre avant que rien ne soit caché. Une personne est comptée dans un seul groupe : "
        "si elle a coché plusieurs publics, dans le plus rare.",
    )
    yield Line(
        style="pair",
        left="Réponses",
        right=f"Une ligne est cachée quand toutes les personnes du groupe, ou toutes sauf {rules.spared} au plus, ont "
        "donné la même réponse ; d’autres lignes le sont avec elle, pour que les totaux ne la trahissent pas.",
    )
    yield Line(
        style="pair",
        left="Heures",
        right=f"Un total d’heures est caché quand une personne en fait plus de {100 * rules.dominance:.0f} %. Les "
        "quartiles sont arrondis.",
    )
    yield Line(
        style="pair",
        left="Éditions",
        right="Deux éditions ne diffèrent jamais de quelques personnes : ce qui a changé de l’une à l’autre suit les "
        "mêmes règles.",
    )
    yield Line(style="figure", left="Chiffres", right=every)
    yield Line(style="figure", left="… dont cachés", right=hidden)
    yield Line(style="figure", left="Part cachée", right=f"{100 * found.share_hidden:.1f} %".replace(".", ","))
    if found.left_out:
        yield Line(style="pair", left="Regroupements non montrés", right=" ; ".join(found.left_out))


def french_day(day: str) -> str:
    """An ISO day as the French write it."""
    year, month, date = day.split("-")
    return f"{date}/{month}/{year}"
