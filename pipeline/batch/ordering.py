"""What is to be printed, from what was asked: new carnets, or existing ones again.

Everything that can be refused is refused here, before any number is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import cast, get_args

from pipeline import compose
from pipeline.batch.participants import Participant, Participants, RowProblem, coded, read_participants
from pipeline.compose import Imposition
from pipeline.errors import UsageError
from pipeline.model.form import FormDefinition, FormShelf, PublishedForm
from pipeline.model.identity import parse_carnet_number
from pipeline.model.result import RegisterEntry

DEFAULT_FORM = "carnet"
COPIES_MAX = 5_000
"""Carnets of one run: beyond, the PDF is more than a copier takes and memory grows."""
PRINTABLE = ("standard", "gros_caracteres")
JACKET = ("exterieure", "extérieure")
SHEETS_MAX = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintRequest:
    """What the person asked for; empty or None where nothing was said.

    ``today`` gives the year of the numbers and the day in the register, ``at`` the time of
    the run in the journal.  ``numbers`` print existing carnets again, whole or the
    ``sheet`` named: a continuation sheet, ``exterieure``, or the number of a page.
    """

    out_dir: Path
    folder: Path
    today: date
    at: str
    participants: Path | None = None
    quantity: int | None = None
    form: str = ""
    variant: str = ""
    imposition: str = ""
    separate: bool = False
    lot: str = ""
    canal: str = ""
    public: str = ""
    numbers: tuple[str, ...] = ()
    sheet: str = ""
    ordinal: int = 1
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What will be printed: ``people`` get new numbers; ``numbers`` are printed again."""

    form: PublishedForm
    variant: str
    imposition: Imposition
    people: tuple[Participant, ...] = ()
    numbers: tuple[str, ...] = ()
    sheets: tuple[tuple[int, int], ...] = ()
    sheet: str = ""
    refused: tuple[RowProblem, ...] = ()
    unusual: tuple[RowProblem, ...] = ()
    ignored: tuple[str, ...] = ()
    nameless: bool = False


def new_job(request: PrintRequest, shelf: FormShelf) -> Job:
    """New carnets, from a participants file or by quantity."""
    if request.sheet or request.ordinal != 1:
        raise UsageError("« --feuille » réimprime une feuille d’un carnet qui existe : ajoutez « --numeros ».")
    form = find_form(shelf, request.form or DEFAULT_FORM)
    variant = _variant(request.variant or "standard")
    values = {"canal": request.canal, "public": request.public}
    unusual = tuple(coded(form, 0, values))
    default = Participant(lot=request.lot, **values)
    imposition = _imposition(request.imposition, form.definition, variant)
    job = Job(form=form, variant=variant, imposition=imposition, unusual=unusual)
    if request.participants is not None:
        if request.quantity is not None:
            raise UsageError("Choisissez « --participants » ou « --quantite », pas les deux à la fois.")
        found = read_participants(request.participants, form, default)
        _check_count(len(found.people))
        return _from_file(job, found)
    if request.quantity is None:
        raise UsageError(
            "Dites combien de carnets imprimer avec « --quantite N », ou pour qui avec « --participants FICHIER »."
        )
    _check_count(request.quantity)
    return replace(job, people=(default,) * request.quantity)


def reprint_job(request: PrintRequest, shelf: FormShelf, register: Iterable[RegisterEntry]) -> Job:
    """Existing carnets again, whole or one sheet, in the version that they were printed in."""
    if request.participants is not None or request.quantity is not None:
        raise UsageError("« --numeros » réimprime des carnets : retirez « --participants » et « --quantite ».")
    if request.lot or request.canal or request.public:
        raise UsageError(
            "« --numeros » réimprime des carnets déjà inscrits : leur lot, leur canal et leur public se changent dans "
            "« registre.xlsx »."
        )
    entries = _entries(request.numbers, register)
    form = _form_again(request.form, shelf, entries)
    variants = {request.variant} if request.variant else {entry.variant for entry in entries}
    if len(variants) > 1:
        raise UsageError("Ces carnets n’ont pas tous la même variante : réimprimez-les en plusieurs fois.")
    variant = _variant(variants.pop())
    numbers = tuple(entry.carnet for entry in entries)
    job = Job(form=form, variant=variant, imposition="a5", numbers=numbers, sheet=request.sheet)
    if not request.sheet and request.ordinal == 1:
        return replace(job, imposition=_imposition(request.imposition, form.definition, variant))
    return _one_sheet(job, request)


def find_form(shelf: FormShelf, name: str) -> PublishedForm:
    """The form of a name such as ``carnet`` (its newest version) or ``carnet/2026.1``."""
    form, _, version = name.strip().strip("/").partition("/")
    found = shelf.get(form, version) if version else shelf.latest(form)
    if found is None:
        known = ", ".join(f"« {'/'.join(candidate.key)} »" for candidate in shelf.forms) or "aucun"
        raise UsageError(f"Le formulaire « {name} » n’est pas connu. Formulaires connus : {known}.", form=name)
    return found


def _from_file(job: Job, found: Participants) -> Job:
    """A job for the people of a participants file."""
    return replace(
        job,
        people=found.people,
        refused=found.refused,
        unusual=job.unusual + found.unusual,
        ignored=found.ignored,
        nameless=found.nameless,
    )


def _check_count(count: int) -> None:
    """Refuse nothing and too much."""
    if count < 1:
        raise UsageError("La quantité doit être d’au moins 1 carnet.", quantity=count)
    if count > COPIES_MAX:
        raise UsageError(
            f"{count} carnets en une fois, c’est trop : {COPIES_MAX} au plus. Imprimez en plusieurs lots.",
            quantity=count,
        )


def _variant(name: str) -> str:
    """A variant that this program prints."""
    if name not in PRINTABLE:
        raise UsageError(
            f"La variante « {name} » ne s’imprime pas. Variantes possibles : {', '.join(PRINTABLE)}.", variant=name
        )
    return name


def _imposition(asked: str, definition: FormDefinition, variant: str) -> Imposition:
    """What was asked, or else a booklet wherever the form can be folded into one."""
    if not asked:
        return "a5" if compose.booklet_obstacle(definition, variant) else "livret"
    if asked not in get_args(Imposition):
        raise UsageError(
            f"L’imposition « {asked} » n’existe pas. Impositions possibles : livret, a5.", imposition=asked
        )
    if asked == "livret":
        compose.check_booklet(definition, variant)
    return cast(Imposition, asked)


def _entries(numbers: Iterable[str], register: Iterable[RegisterEntry]) -> tuple[RegisterEntry, ...]:
    """The register entries of some numbers, in the order asked, each once."""
    known = {entry.carnet: entry for entry in register}
    parsed = {number: parse_carnet_number(number) for number in numbers}
    wrong = [number for number, carnet in parsed.items() if carnet is None]
    if wrong:
        raise UsageError(
            f"Numéro de carnet mal écrit : {', '.join(wrong)}. Un numéro ressemble à 26-004271-20 ; ses deux derniers "
            "chiffres contrôlent les autres.",
            numbers=tuple(wrong),
        )
    unknown = [carnet for carnet in parsed.values() if carnet not in known]
    if unknown:
        raise UsageError(
            f"Numéro absent du registre de ce dossier : {', '.join(map(str, unknown))}. Vérifiez le numéro et "
            "« --dossier ».",
            numbers=tuple(unknown),
        )
    return tuple({carnet: known[carnet] for carnet in parsed.values() if carnet}.values())


def _form_again(asked: str, shelf: FormShelf, entries: Iterable[RegisterEntry]) -> PublishedForm:
    """The form to print existing numbers in: their own version, or a nominative sheet that goes with them."""
    if asked and find_form(shelf, asked).definition.nominative:
        return find_form(shelf, asked)
    versions = {(entry.form, entry.version) for entry in entries}
    if len(versions) > 1:
        raise UsageError("Ces carnets n’ont pas tous la même version : réimprimez-les en plusieurs fois.")
    form, version = versions.pop()
    if asked and asked.strip("/") not in (form, f"{form}/{version}"):
        raise UsageError(
            f"Ces carnets sont en « {form}/{version} » et se réimpriment ainsi : retirez « --forme {asked} ».",
            form=asked,
            printed=f"{form}/{version}",
        )
    return find_form(shelf, f"{form}/{version}")


def _one_sheet(job: Job, request: PrintRequest) -> Job:
    """A reprint cut down to the sheet asked for."""
    definition = job.form.definition
    for page in definition.pages:
        if page.continues and page.name == request.sheet:
            return _continuation(job, request, page.number)
    if request.ordinal != 1:
        raise UsageError("« --ordinal » ne vaut que pour une feuille de suite : ajoutez « --feuille ».")
    imposition = _imposition(request.imposition, definition, job.variant)
    if request.sheet.casefold() in JACKET and definition.jacket:
        wanted = definition.jacket
    else:
        wanted = _leaf(definition, request.sheet)
    return replace(job, imposition=imposition, sheets=tuple((number, 0) for number in wanted))


def _continuation(job: Job, request: PrintRequest, page: int) -> Job:
    """A continuation sheet, always on its own."""
    if request.imposition == "livret":
        raise UsageError(
            f"« {request.sheet} » est une feuille seule : elle ne se plie pas. Retirez « --imposition livret »."
        )
    if not 1 <= request.ordinal <= SHEETS_MAX:
        raise UsageError(f"« --ordinal » va de 1 à {SHEETS_MAX}.", ordinal=request.ordinal)
    return replace(job, sheets=((page, request.ordinal),))


def _leaf(definition: FormDefinition, sheet: str) -> tuple[int, ...]:
    """Both pages of the leaf that bears a page number."""
    booklet = definition.booklet
    if sheet.isascii() and sheet.isdigit() and int(sheet) in booklet:
        first = booklet.index(int(sheet)) // 2 * 2
        return booklet[first : first + 2]
    names = [page.name for page in definition.pages if page.continues]
    if definition.jacket:
        names.append(JACKET[0])
    known = "".join(f"« {name} », " for name in names)
    raise UsageError(
        f"La feuille « {sheet} » n’existe pas. Feuilles possibles : {known}ou un numéro de page de "
        f"{booklet[0]} à {booklet[-1]}.",
        sheet=sheet,
    )
