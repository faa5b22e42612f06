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
    many: str = ""


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
        title="face blanche", many="faces blanches", explanation="Rien n'est imprimé ni écrit sur cette face."
    ),
    "foreign": Words(
        title="page étrangère", many="pages étrangères", explanation="Ce n'est pas une page de carnet connue."
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

# Why a page or a file yields nothing (balance).
PROBLEMS: dict[str, Words] = {
    "file_not_found": Words(
        title="fichier introuvable",
        explanation="Ce fichier ou ce dossier n'existe pas ou plus.",
        remedy="Vérifiez le chemin donné à la commande.",
    ),
    "unreadable_file": Words(
        title="fichier impossible à ouvrir",
        explanation="Le système refuse l'ouverture de ce fichier.",
        remedy="Vérifiez les droits d'accès et le disque, puis relancez la lecture.",
    ),
    "changed_while_reading": Words(
        title="fichier modifié pendant la lecture",
        explanation="Le fichier a changé pendant qu'il était lu : il était sans doute encore en cours de copie.",
        remedy="Attendez la fin de la copie ou de la numérisation, puis relancez la lecture.",
    ),
    "empty_file": Words(
        title="fichier vide",
        explanation="Ce fichier ne contient rien : la numérisation ou la copie a échoué.",
        remedy="Numérisez à nouveau ces feuilles.",
    ),
    "not_a_scan": Words(
        title="fichier qui n'est pas une numérisation",
        explanation="Ce fichier n'est ni un PDF ni une image.",
        remedy="Rien à faire s'il se trouvait là par hasard ; sinon, numérisez les feuilles en PDF.",
    ),
    "not_a_pdf": Words(
        title="fichier .pdf qui n'est pas un PDF",
        explanation="Le nom se termine par .pdf, mais le contenu est d'une autre nature.",
        remedy="Numérisez à nouveau ces feuilles en PDF.",
    ),
    "unknown_format": Words(
        title="image d'un format inconnu",
        explanation="Le contenu de ce fichier n'est pas une image reconnue (PDF, TIFF, JPEG, PNG, BMP ou WebP).",
        remedy="Numérisez à nouveau ces feuilles en PDF.",
    ),
    "heic_image": Words(
        title="photo au format HEIC",
        explanation="Ce format de téléphone n'est pas lu.",
        remedy="Réglez le téléphone sur « JPEG » (« le plus compatible »), ou convertissez la photo en JPEG.",
    ),
    "truncated_pdf": Words(
        title="PDF incomplet",
        explanation="La fin du fichier manque : des pages seraient perdues. Aucune page n'en est lue.",
        remedy="Copiez à nouveau le fichier depuis le copieur, ou numérisez à nouveau ces feuilles.",
    ),
    "encrypted_pdf": Words(
        title="PDF protégé par un mot de passe",
        explanation="Le fichier ne peut pas être ouvert sans son mot de passe.",
        remedy="Enregistrez-le sans mot de passe, ou numérisez à nouveau ces feuilles.",
    ),
    "damaged_pdf": Words(
        title="PDF endommagé",
        explanation="La structure du fichier est illisible.",
        remedy="Copiez à nouveau le fichier depuis le copieur, ou numérisez à nouveau ces feuilles.",
    ),
    "truncated_image": Words(
        title="image incomplète",
        explanation="La fin de l'image manque : le bas de la page serait gris.",
        remedy="Copiez à nouveau le fichier depuis le copieur, ou numérisez à nouveau ces feuilles.",
    ),
    "damaged_image": Words(
        title="image endommagée",
        explanation="L'image ne peut pas être décodée.",
        remedy="Numérisez à nouveau cette feuille.",
    ),
    "too_large": Words(
        title="fichier trop gros",
        explanation="Ce fichier dépasse la taille admise.",
        remedy="Partagez-le en plusieurs fichiers, ou numérisez à 300 points par pouce en gris.",
    ),
    "too_many_pages": Words(
        title="fichier de trop de pages",
        explanation="Ce fichier dépasse le nombre de pages admis.",
        remedy="Partagez-le en plusieurs fichiers.",
    ),
    "no_page": Words(
        title="fichier sans page",
        explanation="Ce fichier ne contient aucune page.",
        remedy="Numérisez à nouveau ces feuilles.",
    ),
    "page_too_large": Words(
        title="page trop grande",
        explanation="Cette page ou son image dépasse la taille admise.",
        remedy="Numérisez à 300 points par pouce, au format A4 ou A5.",
    ),
    "image_too_small": Words(
        title="image trop petite",
        explanation="Cette image a trop peu de points pour être lue.",
        remedy="Numérisez à 300 points par pouce ; 200 au moins.",
    ),
    "render_timeout": Words(
        title="page trop longue à afficher",
        explanation="Cette page du PDF demande trop de temps ou de mémoire.",
        remedy="Numérisez à nouveau cette feuille, en gris, sans option « compact ».",
    ),
    "render_failed": Words(
        title="page impossible à afficher",
        explanation="Cette page du PDF ne peut pas être transformée en image.",
        remedy="Numérisez à nouveau cette feuille, en gris, sans option « compact ».",
    ),
    "blank_side": Words(
        title="face blanche",
        explanation="Rien n'est imprimé ni écrit sur cette face.",
    ),
    "no_marker": Words(
        title="page d'une autre nature",
        explanation="Aucun repère de carnet n'est visible sur cette face : lettre, justificatif, autre formulaire.",
        remedy="Si c'est une page de carnet, numérisez-la à nouveau, à plat et en entier.",
    ),
    "markers_missing": Words(
        title="repères invisibles",
        explanation="Un code de carnet est lisible, mais aucun des quatre repères carrés des coins.",
        remedy="Numérisez la feuille à nouveau, à plat, coins dépliés, sans rien dessus.",
    ),
    "markers_contradict": Words(
        title="repères qui se contredisent",
        explanation="Les repères des coins ne dessinent pas une page : feuilles superposées, pliées ou déchirées.",
        remedy="Numérisez les feuilles une à une, à plat.",
    ),
    "mirrored": Words(
        title="image en miroir",
        explanation="La page apparaît inversée comme dans un miroir.",
        remedy="Désactivez l'option « miroir » du copieur, puis numérisez à nouveau.",
    ),
    "no_identity": Words(
        title="numéro illisible",
        explanation="Codes et numéro imprimé sont illisibles ; une page n'est jamais attribuée par déduction.",
        remedy="Numérisez-la à nouveau ; si le numéro est détruit, saisissez ces réponses à la main.",
    ),
    "codes_disagree": Words(
        title="deux numéros différents sur une page",
        explanation="Le code du haut et celui du bas ne disent pas la même chose : collage ou feuilles superposées.",
        remedy="Numérisez les feuilles une à une.",
    ),
    "page_mismatch": Words(
        title="repères et code de pages différentes",
        explanation="Les repères des coins et le code ne désignent pas la même page : collage ou feuilles superposées.",
        remedy="Numérisez les feuilles une à une.",
    ),
    "unknown_version": Words(
        title="formulaire inconnu ici",
        explanation="La page porte le code d'un formulaire ou d'une version qui n'est pas installé.",
        remedy="Installez cette version du formulaire, puis relancez la lecture.",
    ),
    "nominative_sheet": Words(
        title="volet nominatif",
        explanation="Cette feuille porte un nom : elle n'est jamais lue.",
        remedy="Retirez-la du lot et supprimez sa numérisation.",
    ),
    "unknown_page": Words(
        title="page absente du formulaire",
        explanation="Le code désigne une page que ce formulaire n'a pas.",
        remedy="Vérifiez avec quelle version ce carnet a été imprimé.",
    ),
    "print_not_found": Words(
        title="impression qui ne correspond pas",
        explanation="Repères et code annoncent une page dont l'imprimé est absent ou autre (page manquée ou couverte).",
        remedy="Comparez avec le papier ; numérisez à nouveau, à plat et découverte.",
    ),
    "not_registered": Words(
        title="page déformée",
        explanation="L'imprimé n'est pas retrouvé à sa place assez précisément : pli, papier ondulé, photo de biais.",
        remedy="Numérisez la feuille à nouveau, bien à plat sur la vitre.",
    ),
    "same_ink": Words(
        title="même page déjà placée",
        explanation="La même page, de la même écriture, a été numérisée deux fois : la meilleure image est gardée.",
    ),
    "same_file": Words(title="fichier déjà lu", explanation="Un autre fichier, au contenu identique, est déjà compté."),
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

# Why a row of a participants file gives no carnet, or what is unusual in it.
ROWS: dict[str, Words] = {
    "row_empty": Words(title="ligne vide"),
    "row_unused": Words(
        title="rien à imprimer",
        explanation="Aucune colonne connue n'est remplie.",
        remedy="Remplissez le prénom, le nom, le lot, le canal ou le public.",
    ),
    "name_characters": Words(
        title="nom impossible à écrire",
        explanation="La police d'impression n'a pas certains caractères, par exemple",
        remedy="Écrivez le nom avec d'autres lettres, ou laissez-le vide : la personne l'écrira.",
    ),
    "name_too_long": Words(
        title="nom trop long",
        explanation="Il ne tient pas sur la couverture, même sur deux lignes.",
        remedy="Raccourcissez-le, ou laissez-le vide : la personne l'écrira.",
    ),
    "canal_unknown": Words(
        title="canal inconnu",
        explanation="Il n'est pas dans la liste du formulaire ; il est gardé tel quel dans le registre",
        remedy="Corrigez-le dans « registre.xlsx » s'il le faut.",
    ),
    "public_unknown": Words(
        title="public inconnu",
        explanation="Il n'est pas dans la liste du formulaire ; il est gardé tel quel dans le registre",
        remedy="Corrigez-le dans « registre.xlsx » s'il le faut.",
    ),
}

# Why a field is asked (reasons) and what is unusual about it (warnings).
REASONS: dict[str, Words] = {
    "faint_mark": Words(
        title="marque très pâle",
        explanation="La marque est bien plus pâle que les autres de cette personne. Elle a peut-être été gommée.",
        remedy="Regardez l'image et dites si la case est cochée.",
    ),
    "several_marks": Words(
        title="plusieurs cases cochées",
        explanation="Une seule réponse est attendue ; plusieurs cases sont cochées.",
        remedy="Choisissez la réponse voulue, ou « illisible » si rien ne permet de choisir.",
    ),
    "all_marked": Words(
        title="toutes les cases cochées",
        explanation="Toutes les cases de la question sont cochées.",
        remedy="Dites si c'est bien la réponse.",
    ),
    "blackened_mark": Words(
        title="case noircie",
        explanation="Noircir une case l'annule. Ici, rien d'autre ne dit si la personne a voulu cocher ou annuler.",
        remedy="Dites si la case compte, ou « vide » si elle est annulée.",
    ),
    "circled_mark": Words(
        title="case entourée",
        explanation="La case est entourée et non cochée.",
        remedy="Dites si la personne a voulu la choisir.",
    ),
    "stray_mark": Words(
        title="trait étranger",
        explanation="De l'encre traverse la case sans la cocher : pli, trace de machine ou trait d'une autre réponse.",
        remedy="Dites si la case est cochée.",
    ),
    "exclusive_broken": Words(
        title="réponses contraires",
        explanation="Une réponse qui exclut les autres est cochée avec une autre.",
        remedy="Gardez la réponse voulue.",
    ),
    "uncertain_mark": Words(
        title="marque incertaine",
        explanation="Il y a de l'encre dans la case, trop peu pour être sûr.",
        remedy="Dites si la case est cochée.",
    ),
    "uncertain_digit": Words(
        title="chiffre incertain",
        explanation="Un chiffre au moins peut se lire de deux façons.",
        remedy="Tapez la valeur lue sur l'image.",
    ),
    "not_a_digit": Words(
        title="pas un chiffre",
        explanation="Une case au moins porte autre chose qu'un chiffre : lettre, deux chiffres, gribouillis.",
        remedy="Tapez la valeur si elle se comprend, sinon « illisible ».",
    ),
    "impossible_value": Words(
        title="valeur impossible",
        explanation="Ce qui est lu n'est pas une valeur possible de ce champ.",
        remedy="Tapez la valeur lue sur l'image, ou « illisible ».",
    ),
    "future_date": Words(
        title="date après la numérisation",
        explanation="La date lue est plus tardive que le jour où la page a été numérisée.",
        remedy="Tapez la date lue sur l'image, ou « illisible ».",
    ),
    "gap_between_digits": Words(
        title="case vide entre deux chiffres",
        explanation="Une case est restée vide au milieu du nombre.",
        remedy="Tapez la valeur voulue.",
    ),
    "incomplete_value": Words(
        title="valeur incomplète",
        explanation="Il manque un ou plusieurs chiffres.",
        remedy="Tapez la valeur si elle se comprend, sinon « illisible ».",
    ),
    "struck_out": Words(
        title="chiffre barré",
        explanation="Une case au moins est barrée ou gribouillée.",
        remedy="Tapez la valeur corrigée, ou « vide » si tout est annulé.",
    ),
    "rewritten_above": Words(
        title="chiffre réécrit au-dessus",
        explanation="Il y a de l'encre au-dessus des cases : peut-être une correction.",
        remedy="Tapez la valeur corrigée.",
    ),
    "same_answer_twice": Words(
        title="valeur répétée",
        explanation="Cette valeur devrait être différente d'une autre réponse.",
        remedy="Vérifiez les deux réponses sur l'image.",
    ),
    "no_engine": Words(
        title="lettres à lire",
        explanation="Aucun moteur ne lit ces lettres.",
        remedy="Tapez ce qui est écrit.",
    ),
    "uncertain_ink": Words(
        title="encre incertaine",
        explanation="Il y a un peu d'encre : une écriture très légère, ou une tache.",
        remedy="Regardez l'image et dites ce qui est écrit, ou « vide ».",
    ),
    "free_text": Words(
        title="texte à transcrire",
        explanation="Un texte écrit à la main n'est jamais accepté par la machine.",
        remedy="Tapez le texte si l'évaluation en a besoin.",
    ),
    "row_struck": Words(
        title="ligne peut-être barrée",
        explanation="Un long trait traverse la ligne. Une ligne barrée est annulée.",
        remedy="Tapez « vide » si la ligne est annulée, sinon la valeur.",
    ),
    "hidden_field": Words(
        title="champ caché",
        explanation="À cet endroit, le papier ou l'imprimé ne se voit pas : déchirure, agrafe ou papier collé.",
        remedy="Regardez la feuille, ou numérisez-la de nouveau.",
    ),
    "faded_ink": Words(
        title="encre trop pâle pour le noir et blanc",
        explanation="La numérisation en noir et blanc a perdu une part de l'écriture : un vide n'est pas sûr.",
        remedy="Numérisez de nouveau ce carnet en niveaux de gris, ou regardez la feuille.",
    ),
    "page_conflict": Words(
        title="page en conflit",
        explanation="La même page existe avec une autre écriture. Aucune réponse n'est prise avant qu'on choisisse.",
        remedy="Comparez les versions de la page.",
    ),
}
WARNINGS: dict[str, Words] = {
    "bitonal": Words(
        title="numérisation en noir et blanc",
        explanation="Les traits pâles et le crayon ont pu disparaître.",
        remedy="Réglez le copieur sur « niveaux de gris », 300 points par pouce.",
    ),
    "low_resolution": Words(
        title="résolution faible",
        explanation="La numérisation a moins de 200 points par pouce.",
        remedy="Réglez le copieur sur 300 points par pouce.",
    ),
    "lossy_jbig2": Words(
        title="compression qui échange des signes",
        explanation="Cette compression (JBIG2) peut remplacer un chiffre par un autre qui lui ressemble.",
        remedy="Désactivez sur le copieur « compact » ou « haute compression ».",
    ),
    "compact_pdf": Words(
        title="PDF « compact »",
        explanation="La page est faite de plusieurs couches d'images : des traits pâles ont pu disparaître.",
        remedy="Désactivez sur le copieur « compact » ou « haute compression ».",
    ),
    "print_scale": Words(
        title="page imprimée à une autre échelle",
        explanation="La page n'a pas été imprimée à 100 % (« ajuster à la page » ?).",
        remedy="À la prochaine impression, choisissez « taille réelle » (100 %).",
    ),
    "markers_lost": Words(
        title="repères manquants",
        explanation="La page a été placée avec moins de quatre repères : coin plié, arraché ou couvert.",
    ),
    "required_missing": Words(
        title="réponse attendue absente",
        explanation="Cette question attend une réponse et le champ est vide.",
    ),
    "unknown_number": Words(
        title="numéro inconnu du registre",
        explanation="Ce numéro de carnet n'a pas été imprimé depuis ce dossier.",
    ),
    "mixed_versions": Words(
        title="plusieurs versions du carnet",
        explanation="Des pages de versions différentes portent ce numéro.",
    ),
    "corrected_mark": Words(
        title="case corrigée",
        explanation="Une case noircie et une autre cochée : la personne s'est corrigée.",
    ),
    "dates_out_of_order": Words(
        title="dates dans le désordre",
        explanation="La première date est plus tardive que la seconde.",
    ),
    "long_before_start": Words(
        title="date bien avant le début",
        explanation="La date est bien antérieure au début du carnet.",
    ),
    "long_duration": Words(
        title="durée longue",
        explanation="La durée d'une action est inhabituelle.",
    ),
    "unusual_minutes": Words(
        title="minutes inhabituelles",
        explanation="Les minutes ne sont ni 00, ni 15, ni 30, ni 45.",
    ),
    "undeclared_structure": Words(
        title="structure non décrite",
        explanation="Ce numéro renvoie à une structure dont rien n'est écrit.",
    ),
    "hours_above_log": Words(
        title="plus d'heures que le journal",
        explanation="Les heures attestées dépassent de beaucoup celles du journal.",
    ),
    "same_answer_twice": Words(
        title="valeur répétée",
        explanation="Cette valeur devrait être différente d'une autre réponse.",
    ),
}


def words(code: str) -> Words:
    """The words of a code, wherever it is catalogued; ``KeyError`` when it has none."""
    for catalogue in (DISPOSITIONS, STATUSES, PROBLEMS, ROWS, REASONS, WARNINGS):
        if code in catalogue:
            return catalogue[code]
    raise KeyError(code)
