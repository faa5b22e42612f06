"""What a person may have to do next: one sentence for one, one for many."""

from __future__ import annotations

STEPS: dict[str, tuple[str, str]] = {
    "read_on": (
        "Finir la lecture : 1 face n’a pas encore été lue ({names}). Relancez « {lire} ».",
        "Finir la lecture : {count} faces n’ont pas encore été lues ({names}). Relancez « {lire} ».",
    ),
    "scan_unread": (
        "Numériser à nouveau 1 face : son fichier a disparu avant d’être lu en entier ({names}).",
        "Numériser à nouveau {count} faces : leurs fichiers ont disparu avant d’être lus en entier ({names}).",
    ),
    "read_again": (
        "Relire 1 page dont la lecture s’est arrêtée, ou dont l’image gardée est perdue ({names}) : « {lire} ».",
        "Relire {count} pages dont la lecture s’est arrêtée, ou dont l’image gardée est perdue ({names}) : « {lire} ».",
    ),
    "decide": (
        "Ranger 1 page lue dans un passage interrompu : « {consolider} ».",
        "Ranger {count} pages lues dans un passage interrompu : « {consolider} ».",
    ),
    "mend_files": (
        "Refaire 1 fichier qui ne s’ouvre pas ({names}) : la raison et le remède sont dits plus haut.",
        "Refaire {count} fichiers qui ne s’ouvrent pas ({names}) : raisons et remèdes sont dits plus haut.",
    ),
    "scan_again": (
        "Numériser à nouveau 1 page illisible ({names}).",
        "Numériser à nouveau {count} pages illisibles ({names}).",
    ),
    "choose": (
        "Comparer les versions de la page en conflit ({names}) et dire laquelle compte.",
        "Comparer les {count} versions de pages en conflit ({names}) et dire lesquelles comptent.",
    ),
    "complete": (
        "Retrouver les feuilles de 1 carnet incomplet ({names}), les numériser, les lire : elles se rangent seules.",
        "Retrouver les feuilles de {count} carnets incomplets ({names}), les numériser, les lire : elles se rangent "
        "seules.",
    ),
    "scan_returned": (
        "Numériser 1 carnet noté rendu au registre et jamais lu ({names}).",
        "Numériser {count} carnets notés rendus au registre et jamais lus ({names}).",
    ),
    "settle": (
        "Régler 1 réponse douteuse : « {consolider} », puis la feuille ARelire de « {classeur} ».",
        "Régler {count} réponses douteuses : « {consolider} », puis la feuille ARelire de « {classeur} ».",
    ),
    "transcribe": (
        "Transcrire 1 réponse libre : « {consolider} --avec-sensibles ».",
        "Transcrire {count} réponses libres : « {consolider} --avec-sensibles ».",
    ),
    "remind": (
        "Relancer la personne dont le carnet n’est pas rendu ({names}), ou noter son retour dans « {registre} ».",
        "Relancer les personnes dont {count} carnets ne sont pas rendus ({names}), ou noter les retours dans "
        "« {registre} ».",
    ),
}
