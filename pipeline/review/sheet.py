"""The sheet ARelire: one row for each doubt, with its image, and a cell to answer in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import wording
from pipeline.model.form import FormShelf
from pipeline.model.reading import PixelBox
from pipeline.model.result import PageRecord
from pipeline.model.scan import Grey, box_px
from pipeline.model.versions import Choice
from pipeline.review.crops import PAGES_SHOWN, Crop, cut, load_page, prepared, side_by_side
from pipeline.review.entries import Leftover
from pipeline.review.proposals import expected, options, readable
from pipeline.review.questions import Asked, Question, Queue, RescanQuestion
from pipeline.review.versions import REOPEN, SettledVersion, VersionQuestion, likely, told
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
_NUMBER = re.compile(r"\b\d+\b")
_VERSIONS = (
    "Le même numéro et les mêmes pages, mais une autre écriture : aucune réponse de ces pages n’est comptée tant que "
    "vous n’avez pas répondu. Comparez les versions (ce qui diffère est encadré) avec les feuilles en papier, puis "
    "choisissez dans la liste, dans une seule ligne si cela suffit. Rien n’est effacé : la version écartée reste "
    "gardée, et une autre personne reçoit son propre numéro."
)
_SETTLED = "Rien à faire. En cas d’erreur, choisissez « Rouvrir la question » : elle vous sera posée de nouveau."
_CHOSEN = {
    Choice.BETTER_SCAN: "Cette version est la bonne : même page, mieux numérisée.",
    Choice.LATER_STATE: "Cette version est la bonne : même carnet, rempli plus tard.",
    Choice.OTHER_PERSON: "Cette version est d’une autre personne, sous son propre numéro.",
}
_SEVERAL = (
    " Plusieurs versions peuvent être de la même autre personne : choisissez alors « Même personne que… », "
    "sans quoi elle recevrait deux numéros."
)
_VERSION_PROMPT = "Choisissez dans la liste ce qu’est cette version. Une seule ligne suffit souvent."
_ALONE = (
    "Facultatif : seulement si cette page fait exception à la réponse donnée pour toute la version, en tête de la "
    "feuille."
)
_RESCAN_WHY = (
    "Presque tout y est en doute : c’est l’image qui est en cause (trop pâle, salie, déchirée), pas l’écriture. "
    "Numérisez de nouveau ces pages, en niveaux de gris et à 300 points par pouce, puis relancez la lecture. Si le "
    "carnet n’est plus là, réglez les doutes un à un : ils sont plus bas."
)
Progress = Callable[[str, int, int], None]


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
    crops = _pictures(shown[:pictures_max], shelf, folder, sensitive=sensitive, progress=progress)
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


# Pictures


def _pictures(
    shown: Sequence[Asked], shelf: FormShelf, folder: Path, *, sensitive: bool, progress: Progress
) -> dict[int, Crop]:
    """A picture for each question; fields of one page are cut from it at once."""
    by_image: dict[str, list[tuple[int, Question]]] = defaultdict(list)
    whole: list[tuple[int, VersionQuestion | RescanQuestion]] = []
    for number, question in enumerate(shown):
        if isinstance(question, Question):
            by_image[question.page.row.image].append((number, question))
        elif not isinstance(question, SettledVersion):
            whole.append((number, question))
    crops: dict[int, Crop] = {}
    total = len(by_image) + len(whole)
    for done, (_, asked) in enumerate(sorted(by_image.items())):
        progress("Images des doutes", done, total)
        clean = _clean(asked[0][1].page, shelf, folder, sensitive=sensitive)
        found = [] if clean is None else [(number, cut(clean, question)) for number, question in asked]
        crops |= {number: crop for number, crop in found if crop is not None}
    for done, (number, several) in enumerate(whole, start=len(by_image)):
        progress("Images des doutes", done, total)
        crop = _whole_pages(several, shelf, folder, sensitive=sensitive)
        crops |= {number: crop} if crop is not None else {}
    if total:
        progress("Images des doutes", total, total)
    return crops


def _clean(page: PageRecord, shelf: FormShelf, folder: Path, *, sensitive: bool, whole: bool = False) -> Grey | None:
    """The image of a page, ready to be shown; None when it is no longer there.

    A whole page would show the carnet number, which this workbook never holds.
    """
    pixels = load_page(folder, page.row.image)
    if pixels is None:
        return None
    covered = [] if sensitive else sensitive_boxes(page, shelf)
    return prepared(pixels, [*covered, *(_numbers(page, shelf, pixels) if whole else ())])


def _numbers(page: PageRecord, shelf: FormShelf, pixels: Grey) -> list[PixelBox]:
    """Where the number stands on a page, in type and in codes."""
    published = shelf.get(page.row.form, page.row.version)
    if published is None:
        return []
    stamp = published.layout.stamp
    return [box_px(box, pixels.shape) for box in (*stamp.numbers, *stamp.codes)]


def _whole_pages(
    question: VersionQuestion | RescanQuestion, shelf: FormShelf, folder: Path, *, sensitive: bool
) -> Crop | None:
    """The pages of a question side by side, those that differ most first, what differs framed."""
    differing = question.differing if isinstance(question, VersionQuestion) else {}
    pages = sorted(question.pages, key=lambda page: -len(differing.get(page.row.key, ())))[:PAGES_SHOWN]
    found = []
    for page in sorted(pages, key=lambda page: page.row.page):
        clean = _clean(page, shelf, folder, sensitive=sensitive, whole=True)
        if clean is not None:
            names = differing.get(page.row.key, frozenset())
            found.append((clean, [page.boxes[name] for name in sorted(names) if name in page.boxes]))
    return side_by_side(found, small=isinstance(question, RescanQuestion))


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


def _picture_note(number: int, question: Asked, crops: Mapping[int, Crop], pictures_max: int) -> str | None:
    """What stands in place of an image that is not there."""
    if number in crops or isinstance(question, SettledVersion):
        return None
    return _NO_PICTURE if number >= pictures_max else _LOST_PICTURE


# Rows


def _of_carnets(shown: Sequence[Asked]) -> Iterator[str]:
    """For each question what is said of its whole carnet, once: on the first row that bears it."""
    said: set[tuple[str, str]] = set()
    for question in shown:
        codes = question.common if isinstance(question, Question) else ()
        fresh = [code for code in codes if (question.carnet, code) not in said]
        said |= {(question.carnet, code) for code in fresh}
        yield f"Tout ce carnet : {_why(fresh)}" if fresh else ""


def _row(question: Asked, left: Leftover | None, note: str | None, about_carnet: str) -> list[Entry]:
    """One question."""
    left = left or Leftover()
    if isinstance(question, SettledVersion):
        return _settled_row(question, left)
    label, proposal, why = _said(question)
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
        _places(page.row.source_page for page in pages),
        _places(page.row.page for page in pages),
        question.key,
    ]


def _places(numbers: Iterable[int]) -> int | str:
    """One number as such, several as a text."""
    found = set(numbers)
    return found.pop() if len(found) == 1 else _listed(found)


def _listed(numbers: Iterable[int]) -> str:
    """Numbers in order, each once; three or more in a row by their ends."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    told = [[f"{run[0]} à {run[-1]}"] if len(run) > 2 else [str(number) for number in run] for run in runs]
    return ", ".join(part for parts in told for part in parts)


def _settled_row(question: SettledVersion, left: Leftover) -> list[Entry]:
    """A version settled before: greyed, and open to be taken back."""
    choice = question.choice
    by = f" par {choice.who}" if choice.who else ""
    numbers = _listed(question.pages)
    cells: list[str | None] = [
        None,
        f"Réglé le {_day(choice.day)}{by} : pages {numbers}",
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


def _said(question: Question | VersionQuestion | RescanQuestion) -> tuple[str, str, str]:
    """What is asked, what the machine makes of it, and why."""
    if isinstance(question, Question):
        return (
            _label(question),
            readable(question.field, question.outcome.decision) or "—",
            _why(question.why),
        )
    if isinstance(question, RescanQuestion):
        label = f"À renumériser : {_pages_named(question.pages)} de ce carnet"
        return label, f"{question.doubts} réponses sur {question.fields} sont en doute.", _RESCAN_WHY
    why = _VERSIONS + (_SEVERAL if len(question.letters) > 1 else "")
    return _version_label(question), _version_likeness(question), _ALONE if question.alone else why


def _pages_named(pages: Sequence[PageRecord]) -> str:
    return f"page{'s' if len(pages) > 1 else ''} {_listed(page.row.page for page in pages)}"


def _version_label(question: VersionQuestion) -> str:
    """Which version of which pages, and when it was scanned."""
    days = sorted({_day(page.row.read_on) for page in question.pages if page.row.read_on})
    scanned = f"\nNumérisée le {' et le '.join(days)}." if days else ""
    if question.alone:
        return f"Page {question.pages[0].row.page} seule, version {question.letter}{scanned}"
    count = len(question.letters) + 1
    named = _pages_named(question.pages)
    return f"Que faire de la version {question.letter} ({count} en tout) : {named} ?{scanned}"


def _day(iso: str) -> str:
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
