"""Why a field is asked (reasons), and what is unusual about it (warnings)."""

from __future__ import annotations

from pipeline.wording.words import Words

REASONS: dict[str, Words] = {
    "faint_mark": Words(
        title="marque très pâle",
        explanation="La marque est bien plus pâle que les autres de cette personne. Elle a peut-être été gommée.",
        remedy="Regardez l’image et dites si la case est cochée.",
    ),
    "several_marks": Words(
        title="plusieurs cases cochées",
        explanation="Une seule réponse est attendue ; plusieurs cases sont cochées.",
        remedy="Choisissez la réponse voulue, ou « illisible » si rien ne permet de choisir.",
    ),
    "all_marked": Words(
        title="toutes les cases cochées",
        explanation="Toutes les cases de la question sont cochées.",
        remedy="Dites si c’est bien la réponse.",
    ),
    "blackened_mark": Words(
        title="case noircie",
        explanation="Noircir une case l’annule. Ici, rien d’autre ne dit si la personne a voulu cocher ou annuler.",
        remedy="Dites si la case compte, ou « vide » si elle est annulée.",
    ),
    "circled_mark": Words(
        title="case entourée",
        explanation="La case est entourée et non cochée.",
        remedy="Dites si la personne a voulu la choisir.",
    ),
    "stray_mark": Words(
        title="trait étranger",
        explanation="De l’encre traverse la case sans la cocher : pli, trace de machine ou trait d’une autre réponse.",
        remedy="Dites si la case est cochée.",
    ),
    "exclusive_broken": Words(
        title="réponses contraires",
        explanation="Une réponse qui exclut les autres est cochée avec une autre.",
        remedy="Gardez la réponse voulue.",
    ),
    "uncertain_mark": Words(
        title="marque incertaine",
        explanation="Il y a de l’encre dans la case, trop peu pour être sûr.",
        remedy="Dites si la case est cochée.",
    ),
    "uncertain_digit": Words(
        title="chiffre incertain",
        explanation="Un chiffre au moins peut se lire de deux façons.",
        remedy="Tapez la valeur lue sur l’image.",
    ),
    "not_a_digit": Words(
        title="pas un chiffre",
        explanation="Une case au moins porte autre chose qu’un chiffre : lettre, deux chiffres, gribouillis.",
        remedy="Tapez la valeur si elle se comprend, sinon « illisible ».",
    ),
    "impossible_value": Words(
        title="valeur impossible",
        explanation="Ce qui est lu n’est pas une valeur possible de ce champ.",
        remedy="Tapez la valeur lue sur l’image, ou « illisible ».",
    ),
    "future_date": Words(
        title="date après la numérisation",
        explanation="La date lue est plus tardive que le jour où la page a été numérisée.",
        remedy="Tapez la date lue sur l’image, ou « illisible ».",
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
        explanation="Il y a de l’encre au-dessus des cases : peut-être une correction.",
        remedy="Tapez la valeur corrigée.",
    ),
    "same_answer_twice": Words(
        title="valeur répétée",
        explanation="Cette valeur devrait être différente d’une autre réponse.",
        remedy="Vérifiez les deux réponses sur l’image.",
    ),
    "no_engine": Words(
        title="lettres à lire",
        explanation="Aucun moteur ne lit ces lettres.",
        remedy="Tapez ce qui est écrit.",
    ),
    "uncertain_ink": Words(
        title="encre incertaine",
        explanation="Il y a un peu d’encre : une écriture très légère, ou une tache.",
        remedy="Regardez l’image et dites ce qui est écrit, ou « vide ».",
    ),
    "free_text": Words(
        title="texte à transcrire",
        explanation="Un texte écrit à la main n’est jamais accepté par la machine.",
        remedy="Tapez le texte si l’évaluation en a besoin.",
    ),
    "row_struck": Words(
        title="ligne peut-être barrée",
        explanation="Un long trait traverse la ligne. Une ligne barrée est annulée.",
        remedy="Tapez « vide » si la ligne est annulée, sinon la valeur.",
    ),
    "hidden_field": Words(
        title="champ caché",
        explanation="À cet endroit, le papier ou l’imprimé ne se voit pas : déchirure, agrafe ou papier collé.",
        remedy="Regardez la feuille, ou numérisez-la de nouveau.",
    ),
    "faded_ink": Words(
        title="encre trop pâle pour le noir et blanc",
        explanation="La numérisation en noir et blanc a pu perdre une part de l’écriture : un vide n’est pas sûr.",
        remedy="Numérisez de nouveau ce carnet en niveaux de gris, ou regardez la feuille.",
    ),
    "page_conflict": Words(
        title="même page, autre écriture",
        explanation="La même page existe avec une autre écriture. Aucune réponse n’est prise avant qu’on choisisse.",
        remedy="Comparez les versions en tête de la feuille ARelire, et dites ce qu’elles sont.",
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
        measured="résolution de {dpi} points par pouce",
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
        explanation="La page est faite de plusieurs couches d’images : des traits pâles ont pu disparaître.",
        remedy="Désactivez sur le copieur « compact » ou « haute compression ».",
    ),
    "print_scale": Words(
        title="page imprimée à une autre échelle",
        measured="imprimé à {print_percent} %",
        explanation="La page n’a pas été imprimée à 100 % (« ajuster à la page » ?).",
        remedy="À la prochaine impression, choisissez « taille réelle » (100 %).",
    ),
    "markers_lost": Words(
        title="repères manquants",
        measured="{markers} repères sur quatre",
        explanation="La page a été placée avec moins de quatre repères : coin plié, arraché ou couvert.",
    ),
    "torn_corner": Words(
        title="coin arraché",
        measured="coin arraché {corner}",
        explanation="La page a été placée d’après ses autres repères ; ce qui était écrit sur le coin est perdu.",
        remedy="Ôtez les agrafes avec un arrache-agrafe. Si le morceau existe, recollez-le et numérisez à nouveau.",
    ),
    "page_cut": Words(
        title="page coupée",
        explanation="Un bord de la page est hors de l’image ; ce qui y était écrit est demandé, jamais pris pour vide.",
        remedy="Numérisez la page à nouveau, posée en entier sur la vitre.",
    ),
    "page_uneven": Words(
        title="page un peu déformée",
        measured="page un peu déformée, de {residual_mm} mm en moyenne",
        explanation="La page est lue, mais le papier a glissé, plié ou ondulé : des cases peuvent être décalées.",
        remedy="Vérifiez quelques réponses sur l’image ; numérisez à nouveau, bien à plat, si elles sont décalées.",
    ),
    "dirty_glass": Words(
        title="vitre sale",
        measured="vitre sale à {streak_mm} mm du bord",
        explanation="Un trait droit traverse plusieurs pages au même endroit : une saleté est collée sur la vitre.",
        remedy="Nettoyez la vitre étroite du chargeur. Numérisez à nouveau si le trait passe sur des réponses.",
    ),
    "required_missing": Words(
        title="réponse attendue absente",
        explanation="Cette question attend une réponse et le champ est vide.",
    ),
    "unknown_number": Words(
        title="numéro inconnu du registre",
        explanation="Ce numéro de carnet n’a pas été imprimé depuis ce dossier.",
    ),
    "mixed_versions": Words(
        title="plusieurs versions du carnet",
        explanation="Des pages de versions différentes portent ce numéro.",
    ),
    "corrected_mark": Words(
        title="case corrigée",
        explanation="Une case noircie et une autre cochée : la personne s’est corrigée.",
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
        explanation="La durée d’une action est inhabituelle.",
    ),
    "unusual_minutes": Words(
        title="minutes inhabituelles",
        explanation="Les minutes ne sont ni 00, ni 15, ni 30, ni 45.",
    ),
    "undeclared_structure": Words(
        title="structure non décrite",
        explanation="Ce numéro renvoie à une structure dont rien n’est écrit.",
    ),
    "hours_above_log": Words(
        title="plus d’heures que le journal",
        explanation="Les heures attestées dépassent de beaucoup celles du journal.",
    ),
    "same_answer_twice": Words(
        title="valeur répétée",
        explanation="Cette valeur devrait être différente d’une autre réponse.",
    ),
}
