"""The sheet ARelire: one row for each doubt, with its image, and a cell to answer in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import wording
from pipeline.model.form import FormShelf
from pipeline.model.versions import Choice
from pipeline.review.crops import Crop
from pipeline.review.entries import Leftover
from pipeline.review.pictures import Progress, pictures
from pipeline.review.proposals import expected, options
from pipeline.review.questions import Asked, Question, Queue
from pipeline.review.said import day, listed, places, said, why_asked
from pipeline.review.versions import REOPEN, SettledVersion, VersionQuestion
from pipeline.workbook import Cell, Column, DropDown, Entry, Picture, Sheet

SHEET = "ARelire"
KEY = "Repère (cle|page|champ)"
ANSWER = "Valeur juste (valeur_juste)"
REMARK = "Remarque (remarque)"
WHO = "Par (initiales)"
_COLUMNS = (
    Column(header="Image (image)", kind="picture", width=77),
    Column(header="Question (question)", kind="prose", width=30),
    Column(header="La machine propose (proposition)", kind="prose", width=24),
    Column(header=ANSWER, kind="typed", width=28),
    Column(header=REMARK, kind="typed", width=20),
    Column(header=WHO, kind="typed", width=10),
    Column(header="Pourquoi, et que faire (pourquoi)", kind="prose", width=42),
    Column(header="Réponse non comprise (non_comprise)", kind="prose", width=26),
    Column(header="Fichier (fichier)", kind="prose", width=20),
    Column(header="Face (face)", kind="integer", width=9),
    Column(header="Page (page)", kind="integer", width=9),
    Column(header=KEY, kind="state", width=30),
)
_ANSWER_AT = 3
_PT_PER_PX = 0.75
_PAD_PT = 8.0
_ROW_PT = 28.0
_NO_PICTURE = "Image non jointe : réglez d’abord les premières lignes, puis relancez « carnet consolider »."
_LOST_PICTURE = "L’image de cette page n’est plus dans le dossier de la campagne."
_SETTLED = "Rien à faire. En cas d’erreur, choisissez « Rouvrir la question » : elle vous sera posée de nouveau."
_CHOSEN = {
    Choice.BETTER_SCAN: "Cette version est la bonne : même page, mieux numérisée.",
    Choice.LATER_STATE: "Cette version est la bonne : même carnet, rempli plus tard.",
    Choice.OTHER_PERSON: "Cette version est d’une autre personne, sous son propre numéro.",
}
_VERSION_PROMPT = "Choisissez dans la liste ce qu’est cette version. Une seule ligne suffit souvent."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSheet:
    """The sheet; how many questions are to settle, wait for earlier ones, and are kept back."""

    sheet: Sheet
    shown: int
    waiting: int
    hidden_texts: int
    conflicts: int


def build_review(
    queue: Queue,
    leftovers: Mapping[str, Leftover],
    shelf: FormShelf,
    folder: Path,
    *,
    sensitive: bool,
    pictures_max: int,
    progress: Progress,
) -> ReviewSheet:
    """Lay out the queue.  Without ``sensitive``, open answers are greyed out of every image."""
    shown = queue.questions
    asked = {question.key for question in shown}
    kept = [(key, left) for key, left in sorted(leftovers.items()) if key not in asked]
    crops = pictures(shown[:pictures_max], shelf, folder, sensitive=sensitive, progress=progress)
    rows = [
        _row(question, leftovers.get(question.key), _picture_note(number, question, crops, pictures_max), about)
        for number, (question, about) in enumerate(zip(shown, _of_carnets(shown), strict=True))
    ]
    rows += [_kept_row(key, left) for key, left in kept]
    sheet = Sheet(
        name=SHEET,
        table="t_arelire",
        columns=_COLUMNS,
        rows=rows,
        length=len(rows),
        about="Les doutes, avec leur image : c’est ici que l’on répond.",
        drop_downs=tuple(_drop_downs(shown)),
        pictures=tuple(_placed(number, crop) for number, crop in crops.items()),
        heights={number: _height(crops.get(number)) for number in range(len(rows))},
    )
    return ReviewSheet(
        sheet=sheet,
        shown=queue.to_settle,
        waiting=queue.waiting,
        hidden_texts=queue.hidden,
        conflicts=sum(isinstance(question, VersionQuestion) and not question.alone for question in shown),
    )


def _placed(number: int, crop: Crop) -> Picture:
    return Picture(
        row=number,
        column=0,
        content=crop.content,
        width_px=crop.width_px,
        height_px=crop.height_px,
        format="jpeg",
    )


def _picture_note(number: int, question: Asked, crops: Mapping[int, Crop], pictures_max: int) -> str | None:
    """What stands in place of an image that is not there."""
    if number in crops or isinstance(question, SettledVersion):
        return None
    return _NO_PICTURE if number >= pictures_max else _LOST_PICTURE


def _of_carnets(shown: Sequence[Asked]) -> Iterator[str]:
    """For each question what is said of its whole carnet, once: on the first row that bears it."""
    told: set[tuple[str, str]] = set()
    for question in shown:
        codes = question.common if isinstance(question, Question) else ()
        fresh = [code for code in codes if (question.carnet, code) not in told]
        told |= {(question.carnet, code) for code in fresh}
        yield f"Tout ce carnet : {why_asked(fresh)}" if fresh else ""


def _row(question: Asked, left: Leftover | None, note: str | None, about_carnet: str) -> list[Entry]:
    """One question."""
    left = left or Leftover()
    if isinstance(question, SettledVersion):
        return _settled_row(question, left)
    label, proposal, why = said(question)
    pages = (question.page,) if isinstance(question, Question) else question.pages
    return [
        note,
        label,
        proposal,
        left.answer or None,
        left.remark or None,
        left.who or None,
        "\n".join(filter(None, (why, about_carnet))),
        left.why or None,
        "\n".join(dict.fromkeys(wording.scan_name(page.row.source_file) for page in pages)),
        places(page.row.source_page for page in pages),
        places(page.row.page for page in pages),
        question.key,
    ]


def _settled_row(question: SettledVersion, left: Leftover) -> list[Entry]:
    """A version settled before: greyed, and open to be taken back."""
    choice = question.choice
    by = f" par {choice.who}" if choice.who else ""
    numbers = listed(question.pages)
    cells: list[str | None] = [
        None,
        f"Réglé le {day(choice.day)}{by} : pages {numbers}",
        _CHOSEN[choice.choice],
        left.answer or None,
        left.remark or choice.remark or None,
        left.who or None,
        _SETTLED,
        left.why or None,
        None,
        None,
        numbers,
        question.key,
    ]
    return [Cell(value=value, look="kept") for value in cells]


def _kept_row(key: str, left: Leftover) -> list[Entry]:
    """What was typed in a row that is no longer asked: kept for the person who typed it."""
    note = (
        left.why or "Cette ligne n’est plus demandée. Votre remarque est gardée ici ; effacez-la si elle ne sert plus."
    )
    typed = [left.answer or None, left.remark or None, left.who or None]
    cells = [None, None, None, *typed, None, note, None, None, None, key]
    return [Cell(value=value, look="kept") for value in cells]


def _drop_downs(shown: Sequence[Asked]) -> Iterable[DropDown]:
    """One list for the rows that offer the same answers."""
    rows: dict[tuple[tuple[str, ...], str], list[int]] = defaultdict(list)
    for number, question in enumerate(shown):
        if isinstance(question, Question):
            rows[options(question.field), expected(question.field)].append(number)
        elif isinstance(question, VersionQuestion):
            rows[question.options, _VERSION_PROMPT].append(number)
        elif isinstance(question, SettledVersion):
            rows[(REOPEN,), ""].append(number)
    for (offered, prompt), numbers in rows.items():
        yield DropDown(column=_ANSWER_AT, options=offered, rows=tuple(numbers), prompt=prompt)


def _height(crop: Crop | None) -> float:
    """Points that the image needs, and a person to write in."""
    return max(crop.height_px * _PT_PER_PX + _PAD_PT if crop else 0.0, _ROW_PT)
