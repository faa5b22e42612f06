"""Why a page or a file yields nothing (balance), and why a row of a list cannot be used."""

from __future__ import annotations

from pipeline.wording.words import Words

PROBLEMS: dict[str, Words] = {
    "file_not_found": Words(
        title="fichier introuvable",
        explanation="Ce fichier ou ce dossier n’existe pas ou plus.",
        remedy="Vérifiez le chemin donné à la commande.",
    ),
    "unreadable_file": Words(
        title="fichier impossible à ouvrir",
        explanation="Le système refuse l’ouverture de ce fichier.",
        remedy="Vérifiez les droits d’accès et le disque, puis relancez la lecture.",
    ),
    "unreadable_folder": Words(
        title="dossier impossible à ouvrir",
        explanation="Le système refuse de montrer le contenu de ce dossier : ce qu’il contient n’est pas lu.",
        remedy="Vérifiez les droits d’accès à ce dossier, puis relancez la lecture.",
    ),
    "changed_while_reading": Words(
        title="fichier modifié pendant la lecture",
        explanation="Le fichier a changé pendant qu’il était lu : il était sans doute encore en cours de copie.",
        remedy="Attendez la fin de la copie ou de la numérisation, puis relancez la lecture.",
    ),
    "empty_file": Words(
        title="fichier vide",
        explanation="Ce fichier ne contient rien : la numérisation ou la copie a échoué.",
        remedy="Numérisez à nouveau ces feuilles.",
    ),
    "not_a_scan": Words(
        title="fichier qui n’est pas une numérisation",
        explanation="Ce fichier n’est ni un PDF ni une image.",
        remedy="Rien à faire s’il se trouvait là par hasard ; sinon, numérisez les feuilles en PDF.",
    ),
    "office_document": Words(
        title="document bureautique",
        explanation="C’est un texte, un tableur ou une présentation (Word, Excel, LibreOffice…), pas une numérisation.",
        remedy="Rien à faire s’il se trouvait là par hasard ; s’il contient des pages, enregistrez-le en PDF.",
    ),
    "archive": Words(
        title="archive compressée",
        explanation="Ce fichier en contient d’autres (ZIP, 7z, RAR…) : il n’est pas ouvert.",
        remedy="Extrayez son contenu dans un dossier, puis lisez ce dossier.",
    ),
    "not_a_pdf": Words(
        title="fichier .pdf qui n’est pas un PDF",
        explanation="Le nom se termine par .pdf, mais le contenu est d’une autre nature.",
        remedy="Numérisez à nouveau ces feuilles en PDF.",
    ),
    "unknown_format": Words(
        title="image d’un format inconnu",
        explanation="Le contenu de ce fichier n’est pas une image reconnue (PDF, TIFF, JPEG, PNG, BMP ou WebP).",
        remedy="Numérisez à nouveau ces feuilles en PDF.",
    ),
    "heic_image": Words(
        title="photo au format HEIC",
        explanation="La lecture de ce format de téléphone demande un complément qui n’est pas installé ici.",
        remedy="Réglez le téléphone sur « JPEG » (« le plus compatible ») ou convertissez la photo en JPEG ; sinon, "
        "faites installer le complément « heif » du programme, puis relancez la lecture.",
    ),
    "several_images": Words(
        title="image animée",
        explanation="Ce fichier contient plusieurs images qui se succèdent : en lire une ferait perdre les autres.",
        remedy="Enregistrez chaque image dans un fichier à part, ou toutes dans un PDF ou un TIFF.",
    ),
    "unsupported_image": Words(
        title="image d’un genre peu courant",
        explanation="Le fichier est en bon état, mais sa façon de coder l’image n’est pas lue.",
        remedy="Réglez le copieur sur PDF ou TIFF, en niveaux de gris, et numérisez à nouveau.",
    ),
    "too_demanding": Words(
        title="fichier qui demande trop de mémoire ou de temps",
        explanation="L’ouverture de ce fichier ou de cette page a été arrêtée pour protéger la machine.",
        remedy="Numérisez à nouveau ces feuilles, à 300 points par pouce, en niveaux de gris.",
    ),
    "truncated_pdf": Words(
        title="PDF incomplet",
        explanation="La fin du fichier manque : des pages seraient perdues. Aucune page n’en est lue.",
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
        explanation="La fin de l’image manque : le bas de la page serait gris.",
        remedy="Copiez à nouveau le fichier depuis le copieur, ou numérisez à nouveau ces feuilles.",
    ),
    "damaged_image": Words(
        title="image endommagée",
        explanation="L’image ne peut pas être décodée, ou une partie en a été perdue à la copie.",
        remedy="Copiez à nouveau le fichier depuis le copieur, ou numérisez à nouveau cette feuille.",
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
        explanation="Rien n’est imprimé ni écrit sur cette face.",
    ),
    "unprinted_side": Words(
        title="côté non imprimé",
        explanation="L’autre moitié de la feuille porte une page de carnet ; ici, le papier est resté blanc.",
        remedy="L’imprimante a sauté ce côté : réimprimez ce carnet, et vérifiez le recto verso avant le prochain lot.",
    ),
    "hidden_half": Words(
        title="autre moitié de la feuille illisible",
        explanation="L’autre moitié de la feuille porte une page de carnet ; ici, ni repère ni code n’est visible : "
        "page couverte, trop pâle ou abîmée, ou feuille d’une autre nature posée à côté.",
        remedy="Comparez avec le papier ; si c’est une page de carnet, numérisez la feuille à nouveau, découverte.",
    ),
    "no_marker": Words(
        title="page d’une autre nature",
        explanation="Aucun repère de carnet n’est visible sur cette face : lettre, justificatif, autre formulaire.",
        remedy="Si c’est une page de carnet, numérisez-la à nouveau, à plat et en entier.",
    ),
    "markers_missing": Words(
        title="repères invisibles",
        explanation="Un code de carnet est lisible, mais aucun des quatre repères carrés des coins.",
        remedy="Numérisez la feuille à nouveau, à plat, coins dépliés, sans rien dessus.",
    ),
    "pale_print": Words(
        title="impression trop pâle",
        explanation="Les repères et les codes d’une page de carnet se devinent, trop pâles pour être lus : l’encre de "
        "l’imprimante manquait, ou la numérisation en noir et blanc l’a perdue.",
        remedy="Numérisez à nouveau cette feuille, en niveaux de gris ; si elle reste illisible, saisissez ses "
        "réponses à la main.",
    ),
    "markers_contradict": Words(
        title="repères qui se contredisent",
        explanation="Les repères des coins ne dessinent pas une page : feuilles superposées, pliées ou déchirées.",
        remedy="Numérisez les feuilles une à une, à plat.",
    ),
    "two_sheets": Words(
        title="deux feuilles ensemble",
        explanation="Deux feuilles sont passées l’une sur l’autre : on y voit les repères de deux pages à la fois.",
        remedy="Séparez les feuilles, aérez la pile, puis numérisez-les à nouveau une à une.",
    ),
    "mirrored": Words(
        title="image en miroir",
        explanation="La page apparaît inversée comme dans un miroir.",
        remedy="Désactivez l’option « miroir » du copieur, puis numérisez à nouveau.",
    ),
    "no_identity": Words(
        title="numéro illisible",
        explanation="Codes et numéro imprimé sont illisibles ; une page n’est jamais attribuée par déduction.",
        remedy="Numérisez-la à nouveau ; si le numéro est détruit, saisissez ces réponses à la main.",
    ),
    "codes_disagree": Words(
        title="deux numéros différents sur une page",
        explanation="Le code du haut et celui du bas ne disent pas la même chose : collage ou feuilles superposées.",
        remedy="Numérisez les feuilles une à une.",
    ),
    "page_mismatch": Words(
        title="repères et code de pages différentes",
        measured="repères de la page {markers}, code de la page {code}",
        explanation="Les repères des coins et le code ne désignent pas la même page : collage ou feuilles superposées.",
        remedy="Numérisez les feuilles une à une.",
    ),
    "unknown_version": Words(
        title="page d’un autre formulaire, inconnu ici",
        explanation="La page porte le code d’un formulaire ou d’une version qui n’est pas installé.",
        remedy="Installez cette version du formulaire, puis relancez la lecture.",
    ),
    "nominative_sheet": Words(
        title="volet nominatif",
        explanation="Cette feuille porte un nom : elle n’est jamais lue.",
        remedy="Retirez-la du lot et supprimez sa numérisation.",
    ),
    "unknown_page": Words(
        title="page absente du formulaire",
        explanation="Le code désigne une page que ce formulaire n’a pas.",
        remedy="Vérifiez avec quelle version ce carnet a été imprimé.",
    ),
    "print_not_found": Words(
        title="impression qui ne correspond pas",
        measured="impression retrouvée à {matched} % seulement",
        explanation="Repères et code annoncent une page dont l’imprimé est absent ou autre (page manquée ou couverte).",
        remedy="Comparez avec le papier ; numérisez à nouveau, à plat et découverte.",
    ),
    "not_registered": Words(
        title="page déformée",
        measured="page déformée, de {residual_mm} mm en moyenne",
        explanation="L’imprimé n’est pas retrouvé à sa place assez précisément : pli, papier ondulé, photo de biais.",
        remedy="Numérisez la feuille à nouveau, bien à plat sur la vitre.",
    ),
    "same_ink": Words(
        title="même page déjà placée",
        explanation="La même page, de la même écriture, a été numérisée deux fois : la meilleure image est gardée.",
    ),
    "worse_scan": Words(
        title="même page, moins bien numérisée",
        explanation="Une personne a dit qu’une autre numérisation de cette page est meilleure : c’est elle qui compte.",
    ),
    "earlier_state": Words(
        title="état antérieur du carnet",
        explanation="Une personne a dit que ce carnet a été rendu, puis rempli davantage : la version suivante compte.",
    ),
    "same_file": Words(title="fichier déjà lu", explanation="Un autre fichier, au contenu identique, est déjà compté."),
    "not_read_yet": Words(
        title="face pas encore lue",
        explanation="La lecture a été interrompue avant cette face.",
        remedy="Relancez la lecture de ce fichier ; s’il a été remplacé ou supprimé, numérisez à nouveau ces feuilles.",
    ),
    "not_decided_yet": Words(
        title="page lue, pas encore rangée",
        explanation="La lecture a été interrompue avant que cette page soit rangée à son carnet.",
        remedy="Relancez « carnet lire » ou « carnet consolider ».",
    ),
    "internal_error": Words(
        title="page non lue (erreur du programme)",
        explanation="Le programme n’a pas su lire cette page ; les autres sont lues.",
        remedy="Relancez la lecture ; si la page échoue encore, signalez-la avec son fichier et sa face.",
    ),
    "worker_killed": Words(
        title="page non lue (lecture arrêtée net)",
        explanation="La lecture de cette face a été arrêtée net plusieurs fois ; elle est mise à part, les autres "
        "sont lues.",
        remedy="Relancez la lecture quand le poste est moins chargé ; sinon, numérisez à nouveau cette feuille, à 300 "
        "points par pouce, en niveaux de gris.",
    ),
}

ROWS: dict[str, Words] = {
    "row_empty": Words(title="ligne vide"),
    "row_unused": Words(
        title="rien à imprimer",
        explanation="Aucune colonne connue n’est remplie.",
        remedy="Remplissez le prénom, le nom, le lot, le canal ou le public.",
    ),
    "name_characters": Words(
        title="nom impossible à écrire",
        explanation="La police d’impression n’a pas certains caractères, par exemple",
        remedy="Écrivez le nom avec d’autres lettres, ou laissez-le vide : la personne l’écrira.",
    ),
    "name_too_long": Words(
        title="nom trop long",
        explanation="Il ne tient pas sur la couverture, même sur deux lignes.",
        remedy="Raccourcissez-le, ou laissez-le vide : la personne l’écrira.",
    ),
    "canal_unknown": Words(
        title="canal inconnu",
        explanation="Il n’est pas dans la liste du formulaire ; il est gardé tel quel dans le registre",
        remedy="Corrigez-le dans « registre.xlsx » s’il le faut.",
    ),
    "public_unknown": Words(
        title="public inconnu",
        explanation="Il n’est pas dans la liste du formulaire ; il est gardé tel quel dans le registre",
        remedy="Corrigez-le dans « registre.xlsx » s’il le faut.",
    ),
}
