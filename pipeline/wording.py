"""Stable English codes → French words: title, explanation, remedy.

Codes travel in stores and CSV files; people read these sentences.  A test refuses a
code of the package that has no words here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a person reads of a code."""

    title: str
    explanation: str = ""
    remedy: str = ""


DISPOSITIONS: dict[str, Words] = {
    "placed": Words(title="page placée"),
    "duplicate": Words(title="doublon", explanation="La même page, avec la même écriture, est déjà placée."),
    "conflict": Words(
        title="page en conflit",
        explanation="La même page du même carnet existe avec une autre écriture.",
        remedy="Comparez les versions et dites laquelle compte.",
    ),
    "blank": Words(title="face blanche", explanation="Rien n'est imprimé ni écrit sur cette face."),
    "foreign": Words(title="page étrangère", explanation="Ce n'est pas une page de carnet connue."),
    "unreadable": Words(title="page illisible", explanation="La page ressemble à une page de carnet."),
}

STATUSES: dict[str, Words] = {
    "accepted": Words(title="lu"),
    "blank": Words(title="vide"),
    "review": Words(title="à relire"),
    "verified": Words(title="corrigé"),
    "illegible": Words(title="illisible"),
}

# Why a page or a file yields nothing (balance).
PROBLEMS: dict[str, Words] = {
    "same_file": Words(
        title="fichier déjà lu", explanation="Un autre fichier, au contenu identique, est déjà compté."
    ),
    "internal_error": Words(
        title="page non lue (erreur du programme)",
        explanation="Le programme n'a pas su lire cette page ; les autres sont lues.",
        remedy="Relancez la lecture ; si la page échoue encore, signalez-la avec son fichier et sa face.",
    ),
    "worker_killed": Words(
        title="page non lue (lecture arrêtée net)",
        explanation="La lecture de cette face a été arrêtée deux fois par le système ; elle est mise à part.",
        remedy="Numérisez de nouveau cette face, à 300 points par pouce, en niveaux de gris.",
    ),
}

# Why a field is asked (reasons) and what is unusual about it (warnings).
REASONS: dict[str, Words] = {}
WARNINGS: dict[str, Words] = {}


def words(code: str) -> Words:
    """The words of a code, wherever it is catalogued; ``KeyError`` when it has none."""
    for catalogue in (DISPOSITIONS, STATUSES, PROBLEMS, REASONS, WARNINGS):
        if code in catalogue:
            return catalogue[code]
    raise KeyError(code)
