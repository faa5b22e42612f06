"""The images of the sheet ARelire: a crop for a field, whole pages side by side for versions of a carnet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.model.form import FormShelf
from pipeline.model.reading import PixelBox
from pipeline.model.result import PageRecord
from pipeline.model.scan import Grey, box_px
from pipeline.review.crops import PAGES_SHOWN, Crop, cut, load_page, prepared, side_by_side
from pipeline.review.questions import Asked, Question, RescanQuestion
from pipeline.review.versions import SettledVersion, VersionQuestion

Progress = Callable[[str, int, int], None]


def pictures(
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
