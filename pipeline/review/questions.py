"""The queue: every field that the machine asks about, the most important first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.errors import FormError
from pipeline.model.decision import Outcome, Status
from pipeline.model.form import Field, FormDefinition, FormShelf
from pipeline.model.result import Campaign, CarnetRecord, Disposition, PageRecord

FREE_TEXT = "free_text"
VERSION = "version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing to settle: a field of a page, or one version of a page in conflict.

    ``key`` names it for ever (``cle|page|champ``) and never holds the carnet number.
    ``field`` and ``outcome`` are None for a version of a page.  ``weight`` orders the queue.
    """

    key: str
    carnet: str
    page: PageRecord
    weight: tuple[int, int, int, str, int]
    field: Field | None = None
    outcome: Outcome | None = None
    version: int = 0
    versions: int = 0

    @property
    def sensitive(self) -> bool:
        """Whether it may reveal opinions, health or names: free text, and what the form declares."""
        return self.field is not None and (self.field.sensitive or self.field.type == "text")


def queue(campaign: Campaign, shelf: FormShelf) -> tuple[Question, ...]:
    """Everything to settle, most important first; the same store gives the same queue.

    First the versions of pages in conflict, then answers that contradict another or that
    the form requires, those that feed an indicator, the others, and open answers last.
    Within a rank, questions of one kind follow each other: the eye settles them faster.
    """
    found: list[Question] = []
    orders: dict[tuple[str, str], _Order] = {}
    for carnet in campaign.carnets:
        found += _versions(carnet)
        for page in carnet.pages:
            if page.row.disposition is Disposition.PLACED:
                found += _fields(carnet, page, _order(page, shelf, orders))
    return tuple(sorted(found, key=lambda question: (question.weight, question.key)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """One form, and where each of its fields first stands: rows of one column together."""

    form: FormDefinition
    places: dict[tuple[str, str], int]

    def place(self, field: Field) -> int:
        """Where the question, or the first row of its column, stands in the form."""
        return self.places[_kin(field)]


def _kin(field: Field) -> tuple[str, str]:
    """What fields of one column share; a field outside rows is alone."""
    return (field.group, field.column) if field.group else ("", field.name)


def _order(page: PageRecord, shelf: FormShelf, known: dict[tuple[str, str], _Order]) -> _Order:
    """The order of a page's form.  Raises ``FormError`` when it is no longer on the shelf."""
    name = page.row.form, page.row.version
    if name not in known:
        published = shelf.get(*name)
        if published is None:
            raise FormError(
                f"La définition du formulaire « {name[0]} », version {name[1]}, a disparu du dossier des formulaires.",
                form=name[0],
                version=name[1],
            )
        places: dict[tuple[str, str], int] = {}
        for place, field in enumerate(published.definition.fields):
            places.setdefault(_kin(field), place)
        known[name] = _Order(form=published.definition, places=places)
    return known[name]


def key(cle: str, page: int, field: str) -> str:
    """What names a field in a workbook, whatever way its rows are sorted."""
    return f"{cle}|{page}|{field}"


def _versions(carnet: CarnetRecord) -> Iterator[Question]:
    """One question for each version of each page in conflict, in a stable order."""
    by_page: dict[int, list[PageRecord]] = {}
    for page in carnet.pages:
        if page.row.disposition is Disposition.CONFLICT:
            by_page.setdefault(page.row.page, []).append(page)
    for number, pages in sorted(by_page.items()):
        pages.sort(key=lambda page: (page.row.sha256, page.row.source_page, page.row.slot))
        for version, page in enumerate(pages, start=1):
            row = page.row
            name = f"{VERSION}-{row.sha256[:8]}-{row.source_page}-{row.slot}"
            yield Question(
                key=key(carnet.cle, number, name),
                carnet=carnet.carnet,
                page=page,
                weight=(0, number, 0, carnet.cle, version),
                version=version,
                versions=len(pages),
            )


def _fields(carnet: CarnetRecord, page: PageRecord, order: _Order) -> Iterator[Question]:
    """The fields in review of a page that was placed."""
    common = _common(page)
    for outcome in page.outcomes:
        if outcome.status is not Status.REVIEW:
            continue
        field = order.form.resolve(outcome.decision.field)
        rank = _rank(field, set(outcome.decision.warnings) - common)
        yield Question(
            key=key(carnet.cle, page.row.page, field.name),
            carnet=carnet.carnet,
            page=page,
            weight=(rank, page.row.page, order.place(field), carnet.cle, field.row),
            field=field,
            outcome=outcome,
        )


def _common(page: PageRecord) -> set[str]:
    """What is said of every field of a page alike: it does not make one more pressing."""
    found = [set(outcome.decision.warnings) for outcome in page.outcomes]
    return set.intersection(*found) if len(found) > 1 else set()


def _rank(field: Field, warnings: set[str]) -> int:
    """How much hangs on an answer: 1 the most, 4 an open answer."""
    if field.type == "text":
        return 4
    if warnings or field.required == "O":
        return 1
    return 2 if field.purpose.indicators else 3
