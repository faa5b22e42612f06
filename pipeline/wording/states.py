"""What became of a page, and the state of a field."""

from __future__ import annotations

from pipeline.wording.words import Words

DISPOSITIONS: dict[str, Words] = {
    "placed": Words(title="page placée", many="pages placées"),
    "duplicate": Words(
        title="doublon", many="doublons", explanation="La même page, avec la même écriture, est déjà placée."
    ),
    "conflict": Words(
        title="page en conflit",
        many="pages en conflit",
        explanation="La même page du même carnet existe avec une autre écriture.",
        remedy="Comparez les versions et dites laquelle compte.",
    ),
    "blank": Words(
        title="face blanche", many="faces blanches", explanation="Rien n’est imprimé ni écrit sur cette face."
    ),
    "foreign": Words(
        title="page étrangère", many="pages étrangères", explanation="Ce n’est pas une page de carnet connue."
    ),
    "unreadable": Words(
        title="page illisible", many="pages illisibles", explanation="La page ressemble à une page de carnet."
    ),
}

STATUSES: dict[str, Words] = {
    "accepted": Words(title="lu"),
    "blank": Words(title="vide"),
    "review": Words(title="à relire"),
    "verified": Words(title="corrigé"),
    "illegible": Words(title="illisible"),
}

KINDS: dict[str, Words] = {
    "tick_one": Words(title="cases, une réponse"),
    "tick_several": Words(title="cases, plusieurs réponses"),
    "date": Words(title="date"),
    "duration": Words(title="durée"),
    "integer": Words(title="nombre"),
    "code": Words(title="code"),
    "characters": Words(title="caractères"),
    "signature": Words(title="signature ou tampon"),
    "text": Words(title="texte libre"),
}
