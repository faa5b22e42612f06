"""The first sheet: in one page, what this is, what it counts, and what it cannot say."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.consolidate.collect import Counts, Tables
from pipeline.consolidate.sheets import CutSheet
from pipeline.model.result import Campaign, Disposition
from pipeline.wording import thousands
from pipeline.workbook import Board, Line, Prose, Sheet

SHEET = "LisezMoi"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCounts:
    """What is to settle: all questions, those that wait for earlier ones, open answers kept back, and so on."""

    shown: int
    waiting: int = 0
    hidden_texts: int = 0
    conflicts: int = 0
    not_understood: int = 0
    settled: int = 0


def build_readme(
    campaign: Campaign,
    tables: Tables,
    sheets: Sequence[Sheet | Board],
    review: ReviewCounts,
    *,
    made_at: datetime.datetime,
    sensitive: bool,
    cut: Mapping[str, CutSheet],
) -> Prose:
    """The page to read; ``cut`` are the sheets that the workbook could not hold, by name."""
    titles = sorted({form.title for form in tables.forms})
    lines = (
        Line(style="title", left=" · ".join(titles) or "Carnets"),
        Line(style="lead", left=_lead(campaign, tables.counts, made_at)),
        *_cut(cut),
        Line(style="heading", left="Ce qui a été reçu"),
        *_counts(campaign, tables.counts),
        Line(style="heading", left="Les doutes se règlent dans ce fichier"),
        *_doubts(review),
        Line(style="heading", left="Pourquoi une case est vide"),
        *_looks(),
        Line(style="heading", left="Les feuilles"),
        *(Line(style="link", left=sheet.name, right=sheet.about) for sheet in sheets),
        Line(style="heading", left="Limites"),
        *_limits(sensitive),
    )
    return Prose(name=SHEET, lines=lines)


def _lead(campaign: Campaign, counts: Counts, made_at: datetime.datetime) -> str:
    days = counts.days
    span = ""
    if days:
        first, last = (datetime.date.fromisoformat(day).strftime("%d/%m/%Y") for day in (days[0], days[-1]))
        span = f", numérisés le {first}" if first == last else f", numérisés du {first} au {last}"
    files = len({row.source_file for row in campaign.balance if row.source_page})
    return (
        f"Réponses lues sur {_many(counts.carnets, 'carnet')} en papier, dans {_many(files, 'fichier')} de "
        f"numérisation{span}. Classeur fait le {made_at:%d/%m/%Y} à {made_at:%H:%M}."
    )


def _many(count: int, word: str) -> str:
    return f"{thousands(count)} {word}{'s' if count > 1 else ''}"


def _cut(cut: Mapping[str, CutSheet]) -> list[Line]:
    """What Excel cannot hold, said where nobody misses it."""
    return [
        Line(
            style="pair",
            left=f"Attention : {sheet}",
            right=f"Les {one.lines} de cette feuille ne sont pas dans le classeur, qui "
            f"serait trop lourd. Elles sont toutes dans {one.named}.",
        )
        for sheet, one in cut.items()
    ]


def _counts(campaign: Campaign, counts: Counts) -> list[Line]:
    """Carnets, pages and answers."""
    deposits, states = Counter(counts.deposits), Counter(counts.states)
    fates = Counter(row.disposition for row in campaign.balance)
    printed = sum(not entry.copy_of for entry in campaign.register)
    handed = sum(bool(entry.remis_le) for entry in campaign.register)
    trouble = fates[Disposition.CONFLICT] + fates[Disposition.UNREADABLE]
    figures: list[tuple[str, int | str]] = [
        ("Carnets imprimés", printed),
        ("… remis, d’après le registre", handed if handed else "non renseigné"),
        ("Carnets numérisés", counts.carnets),
        ("… toutes les pages", deposits["tout"]),
        ("… feuille extérieure seule (suffit)", deposits["feuille"]),
        ("… incomplets", deposits["incomplet"]),
        ("Pages placées", fates[Disposition.PLACED]),
        ("Pages en conflit ou illisibles", trouble),
        ("Doublons, faces blanches, étrangères", len(campaign.balance) - fates[Disposition.PLACED] - trouble),
        ("Réponses lues ou corrigées", states["lu"] + states["corrige"]),
        ("Réponses laissées vides", states["vide"]),
        ("Réponses à relire", states["a_relire"]),
        ("Réponses illisibles", states["illisible"]),
    ]
    return [Line(style="figure", left=label, right=number) for label, number in figures]


def _doubts(review: ReviewCounts) -> list[Line]:
    """How to settle what the machine asks."""
    lines = [
        Line(
            style="pair",
            left="Comment faire",
            right="Ouvrez la feuille ARelire. Pour chaque ligne, regardez l’image et écrivez dans « Valeur juste » ce "
            "que vous lisez, ou choisissez dans la liste : « vide » si rien n’est écrit, « illisible » si personne ne "
            "peut lire. Enregistrez, fermez, relancez « carnet consolider » : vos réponses sont reprises, gardées à "
            "côté de la lecture de la machine, et la ligne disparaît. Vous pouvez trier et filtrer.",
        ),
        Line(style="figure", left="Lignes à régler", right=review.shown),
    ]
    if review.waiting:
        lines.append(Line(style="figure", left="… dont montrées une fois les premières réglées", right=review.waiting))
    if review.conflicts:
        lines.append(Line(style="figure", left="… dont versions de pages en conflit", right=review.conflicts))
    if review.not_understood:
        lines.append(Line(style="figure", left="… dont réponses non comprises", right=review.not_understood))
    if review.settled:
        lines.append(Line(style="figure", left="Réponses réglées à ce jour", right=review.settled))
    if review.hidden_texts:
        lines.append(
            Line(
                style="pair",
                left=f"{review.hidden_texts} réponses libres",
                right="attendent une transcription : « carnet consolider --avec-sensibles » les montre.",
            )
        )
    return lines


def _looks() -> list[Line]:
    return [
        Line(
            style="pair",
            left="En un mot",
            right="Une valeur n’apparaît que si elle a été lue. Sinon la case est vide et la colonne d’état dit "
            "pourquoi. Dans Carnets, les états sont repliés à droite : le bouton + au-dessus des colonnes les ouvre.",
        ),
        Line(style="swatch", left="vide", right="La question est restée sans réponse (ou la ligne ne sert pas)."),
        Line(style="swatch", left="a_relire", look="review", right="Un doute que personne n’a encore levé."),
        Line(style="swatch", left="illisible", look="illegible", right="Une personne a renoncé à lire."),
        Line(style="swatch", left="absent", look="absent", right="La page n’a pas été numérisée."),
        Line(
            style="pair",
            left="lu, corrige",
            right="La valeur compte. « corrige » : une personne a lu autre chose que la machine.",
        ),
    ]


def _limits(sensitive: bool) -> list[Line]:
    lines = [
        Line(
            style="pair",
            left="Qui a répondu",
            right="Les personnes qui ont bien voulu rendre leur carnet. Elles ne représentent pas tous les bénévoles : "
            "un intervalle de confiance ne mesure que le hasard, pas ce choix. En dessous de 30 réponses, à lire avec "
            "prudence.",
        ),
        Line(
            style="pair",
            left="Ce qui n’est pas lu",
            right="Indicateurs donne chaque part au plus bas et au plus haut : aucune réponse non lue ne compterait, "
            "ou toutes ; par groupe, les personnes dont le groupe n’est pas lu en seraient ou non.",
        ),
        Line(
            style="pair",
            left="Ne pas diffuser",
            right="Ces lignes sont sans nom mais pas anonymes : en croisant quelques colonnes, on peut reconnaître "
            "quelqu’un. La clé n’est pas le numéro du carnet. Ni note globale, ni classement de personnes.",
        ),
    ]
    if sensitive:
        lines.append(
            Line(
                style="pair",
                left="Contenu sensible",
                right="Ce classeur contient des réponses libres et des noms de structures, demandés par "
                "--avec-sensibles. Gardez-le dans un dossier protégé.",
            )
        )
    return lines
