"""``carnet imprimer``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.screen import plural, progress, say, warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.batch.participants import RowProblem
    from pipeline.batch.printing import PrintReport

SHOWN = 40


_Participants = Annotated[
    Path | None,
    typer.Option(metavar="FICHIER", help="Fichier .xlsx ou .csv : prénom, nom, lot, canal, public."),
]
_Form = Annotated[
    str, typer.Option(metavar="FORME", help="Formulaire, avec ou sans version : « carnet », « carnet/2026.1 ».")
]
_Variant = Annotated[str, typer.Option(metavar="VARIANTE", help="« standard » ou « gros_caracteres » (pages A4).")]
_Imposition = Annotated[
    str,
    typer.Option(
        metavar="IMPOSITION",
        help="« livret » : A4 recto verso à plier ; « a5 » : une page par face. Par défaut : livret si possible.",
    ),
]
_Separate = Annotated[
    bool, typer.Option("--separer", help="Aussi un PDF par carnet : un copieur agrafe travail par travail.")
]
_Numbers = Annotated[
    list[str] | None,
    typer.Option(metavar="N…", help="Réimprime ces carnets du registre, séparés par des espaces."),
]
_SheetName = Annotated[
    str,
    typer.Option(
        metavar="FEUILLE",
        help="Avec --numeros, une seule feuille : « suite_journal », « suite_attestation », « exterieure », "
        "ou un numéro de page.",
    ),
]
_Ordinal = Annotated[int, typer.Option(metavar="K", help="Avec --feuille, rang de la feuille de suite, de 1 à 9.")]


def imprimer(
    *,
    sortie: Annotated[Path, typer.Option(metavar="DIR", help="Dossier de « carnets.pdf » et « manifest.json »")],
    participants: _Participants = None,
    quantite: Annotated[int | None, typer.Option(metavar="N", help="Nombre de carnets sans nom.")] = None,
    forme: _Form = "",
    variante: _Variant = "",
    imposition: _Imposition = "",
    separer: _Separate = False,
    lot: Annotated[str, typer.Option(metavar="LOT", help="Nom du lot, pour le registre.")] = "",
    canal: Annotated[str, typer.Option(metavar="CANAL", help="Lieu de distribution, pour le registre.")] = "",
    public: Annotated[str, typer.Option(metavar="PUBLIC", help="Public visé : BEN, VDP, INS ou MIX.")] = "",
    numeros: _Numbers = None,
    suite_numeros: Annotated[list[str] | None, typer.Argument(hidden=True, metavar="NUMÉRO")] = None,
    feuille: _SheetName = "",
    ordinal: _Ordinal = 1,
    graine: Annotated[int | None, typer.Option(metavar="S", help="Tirage reproductible, pour les essais.")] = None,
    dossier: Annotated[Path, typer.Option(metavar="DOSSIER", help="Dossier de la campagne.")] = Path("output"),
) -> int:
    """Imprimer des carnets numérotés et tenir le registre."""
    from datetime import datetime

    from pipeline.batch.printing import PrintRequest, print_batch

    now = datetime.now().astimezone()
    request = PrintRequest(
        out_dir=sortie,
        folder=dossier,
        today=now.date(),
        at=now.isoformat(timespec="seconds"),
        participants=participants,
        quantity=quantite,
        form=forme,
        variant=variante,
        imposition=imposition,
        separate=separer,
        lot=lot.strip(),
        canal=canal.strip(),
        public=public.strip(),
        numbers=_numbers(numeros, suite_numeros),
        sheet=feuille.strip(),
        ordinal=ordinal,
        seed=graine,
    )
    with progress() as report:
        outcome = print_batch(request, report, _waiting)
    _show(outcome)
    return outcome.exit_code


def _numbers(first: list[str] | None, rest: list[str] | None) -> tuple[str, ...]:
    """Numbers typed after ``--numeros``, with spaces or commas between them."""
    from pipeline.errors import UsageError

    if rest and not first:
        raise UsageError(
            f"« {rest[0]} » n’est pas attendu ici. Tapez « carnet imprimer --help » pour voir ce qui est possible.",
            argument=rest[0],
        )
    return tuple(number for typed in (*(first or ()), *(rest or ())) for number in typed.replace(",", " ").split())


def _waiting() -> None:
    """Another run holds the folder."""
    warn("Une autre commande travaille dans ce dossier : celle-ci attend qu’elle se termine.")


def _show(report: PrintReport) -> None:
    """What was printed, how to print it, what to know."""
    job = report.job
    again = "" if job.people else "ré"
    variant = "gros caractères" if job.variant == "gros_caracteres" else job.variant
    sheet = f", feuille « {job.sheet} »" if job.sheet else ""
    say(
        f"{plural(len(report.numbers), f'carnet {again}imprimé', f'carnets {again}imprimés')} : "
        f"formulaire {'/'.join(job.form.key)}, {variant}{sheet}, {plural(report.files.sides, 'face', 'faces')}."
    )
    say(f"  À imprimer : « {report.files.pdf} », {_paper(report)}, à 100 %.")
    if report.files.separate:
        count = plural(len(report.files.separate), "fichier", "fichiers")
        say(f"  Un fichier par carnet : « {report.files.separate[0].parent} » ({count}).")
    if job.people:
        say(f"  Numéros inscrits au registre : « {report.register} ».")
    _show_remarks(report)
    _show_rows("Lignes sans carnet", report.refused)
    _show_rows("À vérifier", job.unusual)
    if report.named:
        what = f"« {report.files.pdf} »"
        if report.files.separate:
            what += f" et le dossier « {report.files.separate[0].parent} »"
        say(
            f"Des noms sont imprimés sur les couvertures, et gardés nulle part ailleurs : supprimez {what} dès que les "
            "carnets sont imprimés."
        )


def _paper(report: PrintReport) -> str:
    """How to load and turn the paper."""
    if report.job.imposition == "livret":
        return "A4 recto verso, retourner sur le petit côté"
    size = "A4" if report.job.variant == "gros_caracteres" else "A5"
    if report.files.sides == len(report.numbers):
        return f"{size} recto seul"  # else two people's sheets would share one paper
    return f"{size} recto verso, retourner sur le grand côté"


def _show_remarks(report: PrintReport) -> None:
    """Everything that was not done quite as the person may expect."""
    job = report.job
    if report.replaced:
        say("  Le PDF d’une impression précédente, dans ce dossier, a été remplacé.")
    if to_complete := job.form.definition.to_complete:
        say(
            f"  À compléter par la Ville avant de distribuer : {', '.join(f'« {words} »' for words in to_complete)}. "
            f"Ces mots s’écrivent dans « {job.form.folder / 'form.toml'} », partie [parameters]."
        )
    if job.ignored:
        say(f"  Colonnes ignorées : {', '.join(f'« {heading} »' for heading in job.ignored)}.")
    if job.nameless:
        say("  Ce formulaire n’a pas de place pour un nom sur sa couverture : les noms ne sont pas imprimés.")
    if report.kept_copy:
        say(
            "  Le registre contenait un graphique ou un objet qui ne peut pas être réécrit : "
            f"« {report.kept_copy} » en garde la copie."
        )


def _show_rows(title: str, rows: Sequence[RowProblem]) -> None:
    """Rows of the participants file, each with its line and reason."""
    from pipeline.wording import words

    if rows:
        say(f"{title} :")
    for row in rows[:SHOWN]:
        text = words(row.code)
        explanation = f"{text.explanation} : {row.detail}." if row.detail else text.explanation
        sentence = " ".join(part for part in (explanation, text.remedy) if part)
        where = f"ligne {row.line}" if row.line else "ligne de commande"
        say(f"  • {where} : {text.title}. {sentence}".rstrip())
    if len(rows) > SHOWN:
        say(f"  • et {plural(len(rows) - SHOWN, 'autre ligne', 'autres lignes')}.")
