"""What the sheet ARelire says: the question, what the machine makes of it, and why it is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline import wording
from pipeline.model.result import PageRecord
from pipeline.review.proposals import readable
from pipeline.review.questions import Question, RescanQuestion
from pipeline.review.versions import VersionQuestion, likely, told

_NUMBER = re.compile(r"\b\d+\b")
_VERSIONS = (
    "Le même numéro et les mêmes pages, mais une autre écriture : aucune réponse de ces pages n’est comptée tant que "
    "vous n’avez pas répondu. Comparez les versions (ce qui diffère est encadré) avec les feuilles en papier, puis "
    "choisissez dans la liste, dans une seule ligne si cela suffit. Rien n’est effacé : la version écartée reste "
    "gardée, et une autre personne reçoit son propre numéro."
)
_SEVERAL = (
    " Plusieurs versions peuvent être de la même autre personne : choisissez alors « Même personne que… », "
    "sans quoi elle recevrait deux numéros."
)
_ALONE = (
    "Facultatif : seulement si cette page fait exception à la réponse donnée pour toute la version, en tête de la "
    "feuille."
)
_RESCAN_WHY = (
    "Presque tout y est en doute : c’est l’image qui est en cause (trop pâle, salie, déchirée), pas l’écriture. "
    "Numérisez de nouveau ces pages, en niveaux de gris et à 300 points par pouce, puis relancez la lecture. Si le "
    "carnet n’est plus là, réglez les doutes un à un : ils sont plus bas."
)


def said(question: Question | VersionQuestion | RescanQuestion) -> tuple[str, str, str]:
    """What is asked, what the machine makes of it, and why."""
    if isinstance(question, Question):
        return (
            _label(question),
            readable(question.field, question.outcome.decision) or "—",
            why_asked(question.why),
        )
    if isinstance(question, RescanQuestion):
        label = f"À renumériser : {_pages_named(question.pages)} de ce carnet"
        return label, f"{question.doubts} réponses sur {question.fields} sont en doute.", _RESCAN_WHY
    why = _VERSIONS + (_SEVERAL if len(question.letters) > 1 else "")
    return _version_label(question), _version_likeness(question), _ALONE if question.alone else why


def _pages_named(pages: Sequence[PageRecord]) -> str:
    return f"page{'s' if len(pages) > 1 else ''} {listed(page.row.page for page in pages)}"


def _version_label(question: VersionQuestion) -> str:
    """Which version of which pages, and when it was scanned."""
    days = sorted({day(page.row.read_on) for page in question.pages if page.row.read_on})
    scanned = f"\nNumérisée le {' et le '.join(days)}." if days else ""
    if question.alone:
        return f"Page {question.pages[0].row.page} seule, version {question.letter}{scanned}"
    count = len(question.letters) + 1
    named = _pages_named(question.pages)
    return f"Que faire de la version {question.letter} ({count} en tout) : {named} ?{scanned}"


def day(iso: str) -> str:
    """An ISO day as people write it."""
    return "/".join(reversed(iso.split("-")))


def _version_likeness(question: VersionQuestion) -> str:
    """How the version compares with the others, by the machine's first reading."""
    lines = [
        f"Par rapport à la version {one.letter} : {', '.join(told(one)) or 'aucune réponse lue'}."
        for one in question.likenesses
    ]
    if not question.alone:
        lines.append(likely(question.likenesses))
    return "\n".join(filter(None, lines)) or "—"


def _label(question: Question) -> str:
    """The question as printed, with the number of its row: that of the sheet for continued rows."""
    field = question.field
    if not field.row:
        return field.label
    named, count = _NUMBER.subn(f"{field.row:02d}", field.label, count=1)
    return named if count else f"{field.label} (ligne {field.row})"


def why_asked(codes: Iterable[str]) -> str:
    """Reasons and warnings in French, each once, with what to do."""
    sentences = []
    for code in dict.fromkeys(codes):
        words = wording.words(code)
        head = f"{words.title[:1].upper()}{words.title[1:]}"
        sentences.append(" ".join(filter(None, (f"{head}.", words.explanation, words.remedy))))
    return "\n".join(sentences)


def places(numbers: Iterable[int]) -> int | str:
    """One number as such, several as a text."""
    found = set(numbers)
    return found.pop() if len(found) == 1 else listed(found)


def listed(numbers: Iterable[int]) -> str:
    """Numbers in order, each once; three or more in a row by their ends."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    told = [[f"{run[0]} à {run[-1]}"] if len(run) > 2 else [str(number) for number in run] for run in runs]
    return ", ".join(part for parts in told for part in parts)
