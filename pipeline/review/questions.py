"""The queue: everything that a person settles, the most important first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from pipeline.errors import FormError
from pipeline.model.decision import Outcome, Status
from pipeline.model.form import Field, FormDefinition, FormShelf
from pipeline.model.result import Campaign, CarnetRecord, Disposition, PageRecord
from pipeline.review.keys import LAST_ASKED, RESCAN, Weight, key
from pipeline.review.sampling import SURE, pending
from pipeline.review.versions import SettledVersion, VersionQuestion, settled_versions, version_questions
from pipeline.settings import ReviewSettings

_ROOM = 1000
_PLAUSIBLE = {"choice": "uncertain_mark", "signature": "uncertain_ink"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One field of a page to settle.

    ``key`` names it for ever (``cle|page|champ``) and never holds the carnet number.
    ``why`` are the codes shown; those of a value drawn for the blind sample look like any
    other's.  ``common`` are codes that every field of the page bears: they say something of
    the carnet, not of this answer.  ``weight`` orders the queue.
    """

    key: str
    carnet: str
    page: PageRecord
    weight: Weight
    field: Field
    outcome: Outcome
    why: tuple[str, ...]
    common: tuple[str, ...] = ()

    @property
    def sensitive(self) -> bool:
        """Whether it may reveal opinions, health or names: free text, and what the form declares."""
        return self.field.sensitive or self.field.type == "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class RescanQuestion:
    """Pages of one carnet so badly scanned that scanning again is quicker: ``doubts`` of their ``fields``."""

    key: str
    carnet: str
    pages: tuple[PageRecord, ...]
    weight: Weight
    doubts: int
    fields: int

    @property
    def sensitive(self) -> bool:
        """A page made small shows nothing that can be read."""
        return False


Asked = Question | VersionQuestion | RescanQuestion | SettledVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What is asked, the most important first.

    ``hidden`` open answers are kept back; ``waiting`` answers are asked once earlier ones are settled.
    """

    questions: tuple[Asked, ...]
    hidden: int = 0
    waiting: int = 0

    @property
    def to_settle(self) -> int:
        """Everything that a person has to answer."""
        return self.waiting + sum(question.weight[0] <= LAST_ASKED for question in self.questions)


def queue(
    campaign: Campaign,
    shelf: FormShelf,
    settings: ReviewSettings | None = None,
    *,
    sensitive: bool = True,
    most: int | None = None,
    kept: Collection[str] = (),
) -> Queue:
    """What to settle, most important first; the same store gives the same queue.

    First the versions of pages in conflict and the pages to scan again, then answers that
    contradict another or that the form requires, those that feed an indicator, the
    others, and open answers; doubts of pages to scan again come last, then what need not
    be answered: single pages of versions, and versions settled before.  Within a rank,
    questions of one kind follow each other: the eye settles them faster.

    Without ``sensitive``, open answers are kept back.  Of fields, only the ``most``
    important are held, and those whose keys are ``kept``: a campaign of many thousands
    has more doubts than a workbook, or memory, should hold.
    """
    found: list[Asked] = []
    hidden = dropped = 0
    for question in _asked(campaign, shelf, settings or ReviewSettings()):
        if question.sensitive and not sensitive:
            hidden += 1
            continue
        found.append(question)
        if most is not None and len(found) >= 2 * most + len(kept) + _ROOM:
            before = len(found)
            found = _foremost(found, most, kept)
            dropped += before - len(found)
    before = len(found)
    found = _foremost(found, most, kept)
    return Queue(questions=tuple(found), hidden=hidden, waiting=dropped + before - len(found))


def _foremost(found: list[Asked], most: int | None, kept: Collection[str]) -> list[Asked]:
    """In order of weight, without the fields after the first ``most``."""
    ordered = sorted(found, key=lambda question: (question.weight, question.key))
    if most is None:
        return ordered
    fields = (question for question in ordered if isinstance(question, Question))
    first = {question.key for question in islice(fields, most)}
    return [one for one in ordered if not isinstance(one, Question) or one.key in first or one.key in kept]


def _asked(campaign: Campaign, shelf: FormShelf, limits: ReviewSettings) -> Iterator[Asked]:
    """Everything to settle, carnet after carnet."""
    sampled = {(one.key, one.field) for one in pending(campaign)}
    orders: dict[tuple[str, str], _Order] = {}
    for carnet in campaign.carnets:
        yield from version_questions(carnet, campaign)
        yield from settled_versions(carnet, campaign)
        poor = _poor_pages(carnet, limits)
        if poor:
            yield _rescan(carnet, poor)
        for page in carnet.pages:
            if page.row.disposition is Disposition.PLACED:
                order = _order(page, shelf, orders)
                yield from _fields(carnet, page, order, sampled, last=page.row.key in poor)


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


# Fields


def _fields(
    carnet: CarnetRecord, page: PageRecord, order: _Order, sampled: set[tuple[str, str]], *, last: bool
) -> Iterator[Question]:
    """The fields in review of a page that was placed, with those drawn for the blind sample."""
    common = _common(page)
    bare = replace(page, outcomes=())  # thousands of questions wait at once
    for outcome in page.outcomes:
        drawn = outcome.status in SURE and (page.row.key, outcome.decision.field) in sampled
        if outcome.status is not Status.REVIEW and not drawn:
            continue
        field = order.form.resolve(outcome.decision.field)
        rank = _rank(field, set(outcome.decision.warnings) - common)
        place = order.place(field)
        weight: Weight = (rank, page.row.page, place, carnet.cle, field.row)
        if last:
            weight = (5, 0, 0, f"{carnet.cle}|{page.row.page:03d}|{place:04d}", field.row)
        reasons = (_plausible(field, outcome),) if drawn else outcome.decision.reasons
        yield Question(
            key=key(carnet.cle, page.row.page, field.name),
            carnet=carnet.carnet,
            page=bare,
            weight=weight,
            field=field,
            outcome=outcome,
            why=(*reasons, *(code for code in outcome.decision.warnings if code not in common)),
            common=tuple(sorted(common)),
        )


def _plausible(field: Field, outcome: Outcome) -> str:
    """Why an answer drawn for the blind sample might have been asked."""
    if outcome.decision.found_empty and field.type != "choice":
        return "uncertain_ink"
    return _PLAUSIBLE.get(field.type, "uncertain_digit")


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


# Pages to scan again


def _poor_pages(carnet: CarnetRecord, limits: ReviewSettings) -> dict[str, tuple[PageRecord, int, int]]:
    """Placed pages of which the machine doubts nearly everything: page, doubts and fields by key."""
    poor: dict[str, tuple[PageRecord, int, int]] = {}
    for page in carnet.pages:
        asked = [outcome for outcome in page.outcomes if outcome.decision.type != "text"]
        doubts = sum(outcome.status is Status.REVIEW for outcome in asked)
        if page.row.disposition is not Disposition.PLACED or doubts < limits.rescan_doubts_min:
            continue
        if doubts >= limits.rescan_share_min * len(asked):
            poor[page.row.key] = page, doubts, len(asked)
    return poor


def _rescan(carnet: CarnetRecord, poor: Mapping[str, tuple[PageRecord, int, int]]) -> RescanQuestion:
    """One row for all such pages of a carnet."""
    pages = tuple(sorted((page for page, _, _ in poor.values()), key=lambda page: (page.row.page, page.row.key)))
    return RescanQuestion(
        key=f"{carnet.cle}|{'-'.join(str(page.row.page) for page in pages)}|{RESCAN}",
        carnet=carnet.carnet,
        pages=pages,
        weight=(0, 0, 0, carnet.cle, 0),
        doubts=sum(doubts for _, doubts, _ in poor.values()),
        fields=sum(fields for _, _, fields in poor.values()),
    )
