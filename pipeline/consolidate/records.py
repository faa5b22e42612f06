"""Carnets indexed for tables: every field by name, every repeating row by its number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.consolidate.values import ABSENT, NOT_ASKED, Fact, fact
from pipeline.errors import FormError
from pipeline.model.form import Field, FormDefinition, FormShelf, Table
from pipeline.model.result import Campaign, CarnetRecord, Disposition, PageRecord

MASKED = "masked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One carnet of one form, ready to be laid out in rows.

    ``facts`` and ``fields`` by field name; ``rows`` by group, row number and column.
    ``pages`` are the printed pages that were placed, ``conflicts`` those of which several
    versions exist.
    """

    carnet: CarnetRecord
    form: FormDefinition
    facts: dict[str, Fact]
    fields: dict[str, Field]
    rows: dict[str, dict[int, dict[str, Fact]]]
    pages: frozenset[int]
    conflicts: frozenset[int]

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
        return ABSENT if any(asked.name == name for asked in self.form.fields) else NOT_ASKED

    def used_rows(self, group: str) -> list[tuple[int, dict[str, Fact]]]:
        """Rows of a group that hold any ink, in order."""
        rows = self.rows.get(group, {})
        return [(number, rows[number]) for number in sorted(rows) if any(f.inked for f in rows[number].values())]

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


@dataclass(slots=True)
class _Index:
    """Fields of one form by the names met on its sheets."""

    form: FormDefinition
    known: dict[str, Field] = field(default_factory=dict)

    def resolve(self, name: str) -> Field:
        if name not in self.known:
            self.known[name] = self.form.resolve(name)
        return self.known[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """All carnets, by key, and the forms they were printed from, the newest first."""

    records: tuple[Record, ...]
    forms: tuple[FormDefinition, ...]


def index_campaign(campaign: Campaign, shelf: FormShelf) -> Records:
    """Every carnet of the campaign, in order of its random key.

    Raises ``FormError`` when a carnet's form is no longer on the shelf.
    """
    indexes: dict[tuple[str, str], _Index] = {}
    records = []
    for carnet in sorted(campaign.carnets, key=lambda found: found.cle):
        for form, version in {(carnet.form, carnet.version), *_page_forms(carnet)}:
            if (form, version) not in indexes:
                indexes[form, version] = _Index(_form(form, version, shelf))
        records.append(_record(carnet, indexes))
    forms = [index.form for index in indexes.values()] or _latest(shelf)
    forms.sort(key=lambda form: (form.id, -form.version_code))
    return Records(records=tuple(records), forms=tuple(forms))


def _page_forms(carnet: CarnetRecord) -> set[tuple[str, str]]:
    """Forms and versions of the pages kept: a sheet of an older printing may bear the number."""
    return {(page.row.form, page.row.version) for page in kept_pages(carnet)}


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
    rows: dict[str, dict[int, dict[str, Fact]]] = defaultdict(lambda: defaultdict(dict))
    for page in kept_pages(carnet):
        for outcome in page.outcomes:
            asked = indexes[page.row.form, page.row.version].resolve(outcome.decision.field)
            if asked.type == MASKED or asked.name in facts:
                continue
            found = facts[asked.name] = fact(outcome)
            fields[asked.name] = asked
            if asked.group:
                rows[asked.group][asked.row][asked.column] = found
    return Record(
        carnet=carnet,
        form=indexes[carnet.form, carnet.version].form,
        facts=facts,
        fields=fields,
        rows={group: dict(numbered) for group, numbered in rows.items()},
        pages=frozenset(page.row.page for page in carnet.pages if page.row.disposition is Disposition.PLACED),
        conflicts=frozenset(page.row.page for page in carnet.pages if page.row.disposition is Disposition.CONFLICT),
    )


def kept_pages(carnet: CarnetRecord) -> list[PageRecord]:
    """Pages placed or in conflict, in an order that does not depend on that of arrival."""
    kept = [page for page in carnet.pages if page.row.disposition in (Disposition.PLACED, Disposition.CONFLICT)]
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
