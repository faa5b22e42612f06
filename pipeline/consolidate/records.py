"""Carnets indexed for tables: every field by name, every repeating row by its number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipeline.consolidate.values import ABSENT, NOT_ASKED, Fact, fact
from pipeline.errors import FormError
from pipeline.model.form import Field, FormDefinition, FormShelf, Table
from pipeline.model.result import Campaign, CarnetRecord, Disposition, PageRecord

MASKED = "masked"
KEPT = (Disposition.PLACED, Disposition.CONFLICT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One carnet of one form, ready to be laid out in rows.

    ``facts``, ``fields`` and ``places`` (printed pages) by field name; ``rows`` by group, row number and column.
    ``pages`` are the printed pages that were placed, ``conflicts`` those of which several
    versions exist; ``asked`` the names of all questions of its form.
    """

    carnet: CarnetRecord
    form: FormDefinition
    facts: dict[str, Fact]
    fields: dict[str, Field]
    places: dict[str, int]
    rows: dict[str, dict[int, dict[str, Fact]]]
    pages: frozenset[int]
    conflicts: frozenset[int]
    asked: Collection[str]

    @property
    def common_warnings(self) -> frozenset[str]:
        """What is said of every field alike: it concerns the carnet (a number unknown to the register)."""
        found = [set(fact.warnings) for fact in self.facts.values()]
        return frozenset(set.intersection(*found)) if len(found) > 1 else frozenset()

    @property
    def cle(self) -> str:
        """The evaluators' key."""
        return self.carnet.cle

    def fact(self, name: str) -> Fact:
        """A field that belongs to no row; absent when its page is, or not asked by this version."""
        found = self.facts.get(name)
        if found is not None:
            return found
        return ABSENT if name in self.asked else NOT_ASKED

    def used_rows(self, group: str) -> list[tuple[int, dict[str, Fact]]]:
        """Rows of a group that hold any ink, in order."""
        rows = self.rows.get(group, {})
        return [(number, rows[number]) for number in sorted(rows) if any(f.inked for f in rows[number].values())]

    def unsure_rows(self, group: str) -> set[int]:
        """Used rows of which all the ink is in doubt: perhaps nothing is written there."""
        return {number for number, row in self.used_rows(group) if not any(map(_written, row.values()))}

    def missing_pages(self, group: str) -> bool:
        """Whether a bound page that holds rows of this group was not placed."""
        return any(page not in self.pages for page in bound_pages(self.form, group))

    @property
    def deposit(self) -> str:
        """``tout``, ``feuille`` (the loose outer sheet alone) or ``incomplet``."""
        bound, seen = set(self.form.booklet), self.pages | self.conflicts
        if bound <= seen:
            return "tout"
        return "feuille" if self.form.jacket and seen & bound == set(self.form.jacket) else "incomplet"


def _written(fact: Fact) -> bool:
    """Whether something is written there for sure; a text waits for its transcription, not for its ink."""
    if fact.state == "a_relire":
        return fact.reasons == ("free_text",)
    return fact.text not in {"", "absent"} or fact.state == "illisible"


class _Index:
    """Fields of one form by the names met on its sheets."""

    def __init__(self, form: FormDefinition) -> None:
        self.form = form
        self.known: dict[str, Field] = {}
        self.names = frozenset(asked.name for asked in form.fields)

    def resolve(self, name: str) -> Field:
        if name not in self.known:
            self.known[name] = self.form.resolve(name)
        return self.known[name]


class Records:
    """All carnets, one after the other, and the forms they were printed from, the newest first.

    Carnets are made anew each time they are asked for: a campaign of many thousands is
    never whole in memory.
    """

    def __init__(self, carnets: Iterable[CarnetRecord], forms: Iterable[FormDefinition]) -> None:
        self.forms = tuple(sorted(forms, key=lambda form: (form.id, -form.version_code)))
        self._carnets = carnets
        self._indexes = {(form.id, form.version): _Index(form) for form in self.forms}

    def __iter__(self) -> Iterator[Record]:
        """Every carnet, in the order of the store."""
        for carnet in self._carnets:
            yield self.record(carnet)

    def record(self, carnet: CarnetRecord) -> Record:
        """One carnet, indexed."""
        return _record(carnet, self._indexes)


def index_campaign(campaign: Campaign, shelf: FormShelf) -> Records:
    """Every carnet of the campaign.

    Raises ``FormError`` when the form of a page kept is no longer on the shelf: a sheet of
    an older printing may bear a carnet's number.
    """
    met = {(row.form, row.version) for row in campaign.balance if row.disposition in KEPT}
    forms = [_form(form, version, shelf) for form, version in sorted(met)]
    return Records(campaign.carnets, forms or _latest(shelf))


def _form(form: str, version: str, shelf: FormShelf) -> FormDefinition:
    published = shelf.get(form, version)
    if published is None:
        raise FormError(
            f"Des carnets du formulaire « {form} », version {version}, ont été lus, mais sa définition "
            "a disparu du dossier des formulaires. Remettez-la en place, puis relancez la commande.",
            form=form,
            version=version,
        )
    return published.definition


def _latest(shelf: FormShelf) -> list[FormDefinition]:
    """Forms to show when nothing was read yet."""
    ids = sorted({known.definition.id for known in shelf.forms if not known.definition.nominative})
    return [latest.definition for form in ids if (latest := shelf.latest(form)) is not None]


def _record(carnet: CarnetRecord, indexes: Mapping[tuple[str, str], _Index]) -> Record:
    facts: dict[str, Fact] = {}
    fields: dict[str, Field] = {}
    places: dict[str, int] = {}
    rows: dict[str, dict[int, dict[str, Fact]]] = defaultdict(lambda: defaultdict(dict))
    for page in kept_pages(carnet):
        for outcome in page.outcomes:
            asked = indexes[page.row.form, page.row.version].resolve(outcome.decision.field)
            if asked.type == MASKED or asked.name in facts:
                continue
            found = facts[asked.name] = fact(outcome)
            fields[asked.name] = asked
            places[asked.name] = page.row.page
            if asked.group:
                rows[asked.group][asked.row][asked.column] = found
    return Record(
        carnet=carnet,
        form=indexes[carnet.form, carnet.version].form,
        facts=facts,
        fields=fields,
        places=places,
        rows={group: dict(numbered) for group, numbered in rows.items()},
        pages=frozenset(page.row.page for page in carnet.pages if page.row.disposition is Disposition.PLACED),
        conflicts=frozenset(page.row.page for page in carnet.pages if page.row.disposition is Disposition.CONFLICT),
        asked=indexes[carnet.form, carnet.version].names,
    )


def kept_pages(carnet: CarnetRecord) -> list[PageRecord]:
    """Pages placed or in conflict, in an order that does not depend on that of arrival."""
    kept = [page for page in carnet.pages if page.row.disposition in KEPT]
    return sorted(kept, key=lambda page: (page.row.page, page.row.sha256, page.row.source_page, page.row.slot))


def bound_pages(form: FormDefinition, group: str) -> frozenset[int]:
    """Pages of the booklet that hold rows of a group."""
    bound = set(form.booklet)
    return frozenset(asked.page for asked in form.fields if asked.group == group and asked.page in bound)


def tables(forms: Iterable[FormDefinition]) -> dict[str, Table]:
    """Tables of all forms by sheet name; the newest version of a form describes it."""
    found: dict[str, Table] = {}
    for form in forms:
        for table in form.tables:
            found.setdefault(table.sheet, table)
    return found


def single_fields(forms: Iterable[FormDefinition]) -> Iterator[Field]:
    """Fields with a column of their own: those outside rows, or in rows that no table lists."""
    seen: set[str] = set()
    for form in forms:
        listed = {table.group for table in form.tables if not table.items}
        bound = set(form.booklet)
        for asked in form.fields:
            if asked.type == MASKED or asked.group in listed or asked.name in seen or asked.page not in bound:
                continue
            seen.add(asked.name)
            yield asked


def group_columns(forms: Iterable[FormDefinition], group: str) -> dict[str, Field]:
    """Columns of a group in the order of the form, each with the field of its first row."""
    found: dict[str, Field] = {}
    for form in forms:
        for asked in form.fields:
            if asked.group == group and asked.type != MASKED:
                found.setdefault(asked.column, asked)
    return found
