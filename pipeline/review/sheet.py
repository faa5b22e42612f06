"""The sheet ARelire: one row for each doubt, with its image, and a cell to answer in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import wording
from pipeline.model.form import FormShelf
from pipeline.model.reading import PixelBox
from pipeline.model.result import PageRecord
from pipeline.review.crops import Crop, cut, load_page, prepared
from pipeline.review.proposals import expected, options, readable
from pipeline.review.questions import Question
from pipeline.review.settling import Leftover
from pipeline.workbook import Cell, Column, DropDown, Entry, Picture, Sheet

SHEET = "ARelire"
KEY = "Repère (cle|page|champ)"
ANSWER = "Valeur juste (valeur_juste)"
REMARK = "Remarque (remarque)"
_COLUMNS = (
    Column(header="Image", kind="picture", width=77),
    Column(header="Question", kind="prose", width=30),
    Column(header="La machine propose", kind="prose", width=22),
    Column(header=ANSWER, kind="typed", width=28),
    Column(header=REMARK, kind="typed", width=20),
    Column(header="Pourquoi, et que faire", kind="prose", width=42),
    Column(header="Réponse non comprise", kind="prose", width=26),
    Column(header="Page", kind="integer", width=7),
    Column(header=KEY, kind="state", width=30),
)
_ANSWER_AT = 3
_PT_PER_PX = 0.75
_PAD_PT = 8.0
_ROW_PT = 28.0
_NO_PICTURE = "Image non jointe : réglez d'abord les premières lignes, puis relancez « carnet consolider »."
_LOST_PICTURE = "L'image de cette page n'est plus dans le dossier de la campagne."
_NUMBER = re.compile(r"\b\d+\b")
_TWO_VERSIONS = (
    "Deux écritures différentes portent le même numéro de carnet et de page : aucune réponse de cette page n'est "
    "comptée. Retrouvez les feuilles en papier : l'une vient sans doute d'un carnet photocopié. Notez en remarque "
    "laquelle compte."
)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSheet:
    """The sheet, and how many questions it shows and keeps back."""

    sheet: Sheet
    shown: int
    hidden_texts: int
    conflicts: int


def build_review(
    questions: Sequence[Question],
    leftovers: Mapping[str, Leftover],
    shelf: FormShelf,
    folder: Path,
    *,
    sensitive: bool,
    pictures_max: int,
    progress: Progress,
) -> ReviewSheet:
    """Lay out the queue.  Without ``sensitive``, open answers wait and are greyed out of every image."""
    shown = [question for question in questions if sensitive or not question.sensitive]
    asked = {question.key for question in shown}
    kept = [(key, left) for key, left in sorted(leftovers.items()) if key not in asked]
    crops = _pictures(shown[:pictures_max], shelf, folder, sensitive=sensitive, progress=progress)
    rows = [
        _row(question, leftovers.get(question.key), _picture_note(number, question, crops, pictures_max))
        for number, question in enumerate(shown)
    ]
    rows += [_kept_row(key, left) for key, left in kept]
    sheet = Sheet(
        name=SHEET,
        table="t_arelire",
        columns=_COLUMNS,
        rows=rows,
        length=len(rows),
        about="Les doutes, avec leur image : c'est ici que l'on répond.",
        drop_downs=tuple(_drop_downs(shown)),
        pictures=tuple(_placed(number, crop) for number, crop in crops.items()),
        heights={number: _height(crops.get(number)) for number in range(len(rows))},
    )
    return ReviewSheet(
        sheet=sheet,
        shown=len(shown),
        hidden_texts=len(questions) - len(shown),
        conflicts=sum(question.field is None for question in shown),
    )


# Pictures


def _pictures(
    shown: Sequence[Question], shelf: FormShelf, folder: Path, *, sensitive: bool, progress: Progress
) -> dict[int, Crop]:
    """A crop for each question, each page image opened once."""
    by_image: dict[str, list[tuple[int, Question]]] = defaultdict(list)
    for number, question in enumerate(shown):
        by_image[question.page.row.image].append((number, question))
    crops: dict[int, Crop] = {}
    for done, (image, asked) in enumerate(sorted(by_image.items())):
        progress("Images des doutes", done, len(by_image))
        pixels = load_page(folder, image)
        if pixels is None:
            continue
        covered = () if sensitive else sensitive_boxes(asked[0][1].page, shelf)
        clean = prepared(pixels, covered)
        for number, question in asked:
            crop = cut(clean, question)
            if crop is not None:
                crops[number] = crop
    if by_image:
        progress("Images des doutes", len(by_image), len(by_image))
    return crops


def sensitive_boxes(page: PageRecord, shelf: FormShelf) -> list[PixelBox]:
    """Boxes of a page that must not be shown: open answers and what the form declares sensitive."""
    published = shelf.get(page.row.form, page.row.version)
    if published is None:
        return list(page.boxes.values())
    fields = {name: published.definition.resolve(name) for name in page.boxes}
    return [page.boxes[name] for name, field in fields.items() if field.sensitive or field.type == "text"]


def _placed(number: int, crop: Crop) -> Picture:
    return Picture(
        row=number,
        column=0,
        content=crop.content,
        width_px=crop.width_px,
        height_px=crop.height_px,
        format="jpeg",
    )


def _picture_note(number: int, question: Question, crops: Mapping[int, Crop], pictures_max: int) -> str | None:
    """What stands in place of an image that is not there."""
    if number in crops:
        return None
    return _NO_PICTURE if number >= pictures_max else _LOST_PICTURE


# Rows


def _row(question: Question, left: Leftover | None, note: str | None) -> list[Entry]:
    """One question."""
    left = left or Leftover()
    if question.field is None or question.outcome is None:
        label = f"Page {question.page.row.page} : version {question.version} sur {question.versions}"
        proposal, why = "—", _TWO_VERSIONS
    else:
        label = _label(question)
        proposal = readable(question.field, question.outcome.decision) or "—"
        why = _why((*question.outcome.decision.reasons, *question.outcome.decision.warnings))
    return [
        note,
        label,
        proposal,
        left.answer or None,
        left.remark or None,
        why,
        left.why or None,
        question.page.row.page,
        question.key,
    ]


def _label(question: Question) -> str:
    """The question as printed, with the number of its row: that of the sheet for continued rows."""
    field = question.field
    if field is None:
        return ""
    if not field.row:
        return field.label
    named, count = _NUMBER.subn(f"{field.row:02d}", field.label, count=1)
    return named if count else f"{field.label} (ligne {field.row})"


def _why(codes: Iterable[str]) -> str:
    """Reasons and warnings in French, each once, with what to do."""
    sentences = []
    for code in dict.fromkeys(codes):
        words = wording.words(code)
        head = f"{words.title[:1].upper()}{words.title[1:]}"
        sentences.append(" ".join(filter(None, (f"{head}.", words.explanation, words.remedy))))
    return "\n".join(sentences)


def _kept_row(key: str, left: Leftover) -> list[Entry]:
    """What was typed in a row that is no longer asked: kept for the person who typed it."""
    note = left.why or "Réponse reprise. Votre remarque est gardée ici ; effacez-la quand elle ne sert plus."
    cells = [None, None, None, left.answer or None, left.remark or None, None, note, None, key]
    return [Cell(value=value, look="kept") for value in cells]


def _drop_downs(shown: Sequence[Question]) -> Iterable[DropDown]:
    """One list for the rows that offer the same answers."""
    rows: dict[tuple[tuple[str, ...], str], list[int]] = defaultdict(list)
    for number, question in enumerate(shown):
        if question.field is not None:
            rows[options(question.field), expected(question.field)].append(number)
    for (offered, prompt), numbers in rows.items():
        yield DropDown(column=_ANSWER_AT, options=offered, rows=tuple(numbers), prompt=prompt)


def _height(crop: Crop | None) -> float:
    """Points that the image needs, and a person to write in."""
    return max(crop.height_px * _PT_PER_PX + _PAD_PT if crop else 0.0, _ROW_PT)
