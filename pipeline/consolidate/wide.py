"""The sheet Carnets: one row for each carnet, answers first, their states folded away at the right."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence

from pipeline.consolidate import values
from pipeline.consolidate.columns import Row
from pipeline.consolidate.derived import DerivedColumn, Rows
from pipeline.consolidate.groups import Sorter
from pipeline.consolidate.records import Record, single_fields
from pipeline.consolidate.remarks import common_remarks, remarks
from pipeline.consolidate.values import Fact
from pipeline.consolidate.variable import CLE, ETAT, REMARKS, Variable, of_field, of_option, of_state
from pipeline.model.form import Field, FormDefinition
from pipeline.workbook import Value

_Head = tuple[Variable, Callable[[Record], Value]]


class CarnetTable:
    """The sheet Carnets: its columns, and the row of one carnet."""

    def __init__(
        self,
        forms: Sequence[FormDefinition],
        derived: Sequence[DerivedColumn],
        sorters: Sequence[Sorter],
        *,
        sensitive: bool,
    ) -> None:
        self._asked = list(single_fields(forms))
        self._derived = derived
        self._sorters = sorters
        shown = [variable for field in self._asked for variable in _columns(field, sensitive=sensitive)]
        computed = [*(v for sorter in sorters for v in sorter.variables), *(column.variable for column in derived)]
        states = {variable.state: of_state(variable, level=1) for variable in (*shown, *computed)}
        for field in self._asked:
            variable = of_field(field, field.name)
            states.setdefault(variable.state, of_state(variable, level=1))
        heads = [head for head, _ in _HEADS]
        self.variables = (*heads, *computed, *shown, REMARKS, *states.values())

    def row(self, record: Record, rows: Rows) -> Row:
        """One carnet; ``rows`` are those of the long tables, by group."""
        row: Row = {head.name: value(record) for head, value in _HEADS}
        named: list[tuple[str, Fact]] = []
        for field in self._asked:
            found = record.fact(field.name)
            named.append((field.short, found))
            row[field.name + ETAT] = found.state
            if field.multiple:
                row.update(_flags(field, found))
            else:
                row[field.name] = values.typed(field, found.text)
        for column in self._derived:
            row[column.variable.name], row[column.variable.state] = column.compute(record, rows)
        for sorter in self._sorters:
            row.update(sorter.cells(record))
        common = record.common_warnings
        row[REMARKS.name] = " ; ".join(filter(None, (common_remarks(common), remarks(named, common)))) or None
        return row


def _columns(field: Field, *, sensitive: bool) -> Iterable[Variable]:
    """The value columns of a question."""
    if values.is_sensitive(field) and not sensitive:
        return []
    if field.multiple:
        return [of_option(field, option.value, option.label) for option in field.options]
    return [of_field(field, field.name)]


def _flags(field: Field, found: Fact) -> Row:
    """0/1 for each option once the question was read; nothing at all when it was left blank."""
    ticked = set(found.text.split("|")) if found.text else set()
    return {f"{field.name}__{o.value}": int(o.value in ticked) if found.text else None for o in field.options}


# What precedes the answers


def _day(text: str) -> Value:
    """An ISO date as a date; what staff wrote otherwise stays as written."""
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError:
        return text


def _entry(name: str) -> Callable[[Record], Value]:
    """A column of the print register."""
    return lambda record: (getattr(record.carnet.entry, name) if record.carnet.entry else "") or None


def _listed(name: str, lexicon: str) -> Callable[[Record], Value]:
    """A code of the print register in the words that the form gives it."""
    plain = _entry(name)

    def value(record: Record) -> Value:
        code = plain(record)
        return record.form.lexicons.get(lexicon, {}).get(str(code), str(code)) if code else None

    return value


def _pages(numbers: Iterable[int]) -> Value:
    return ", ".join(str(number) for number in sorted(numbers)) or None


def _missing(record: Record) -> Value:
    """Pages not seen; none is missing when the outer sheet alone was lent."""
    if record.deposit != "incomplet":
        return None
    return _pages(set(record.form.booklet) - record.pages - record.conflicts)


_HEADS: tuple[_Head, ...] = (
    (CLE, lambda record: record.cle),
    (
        Variable(name="formulaire", short="Formulaire", kind="text", width=11, meaning="Nom du formulaire"),
        lambda record: record.carnet.form,
    ),
    (
        Variable(name="version", short="Version", kind="text", width=11, meaning="Version du formulaire imprimé"),
        lambda record: record.carnet.version,
    ),
    (
        Variable(
            name="variante", short="Variante", kind="text", meaning="standard ou gros caractères", origin="registre"
        ),
        _listed("variant", "variante"),
    ),
    (
        Variable(name="lot", short="Lot", kind="text", meaning="Lot d’impression", origin="registre"),
        _entry("lot"),
    ),
    (
        Variable(name="canal", short="Lieu de remise", kind="label", meaning="Lieu de remise", origin="registre"),
        _listed("canal", "canal"),
    ),
    (
        Variable(name="public_cible", short="Public visé", kind="label", meaning="Public visé", origin="registre"),
        _listed("public", "public_cible"),
    ),
    (
        Variable(name="numerise_le", short="Numérisé le", kind="date", meaning="Jour de la première lecture"),
        lambda record: _day(record.carnet.scanned_on),
    ),
    (
        Variable(
            name="depot",
            short="Dépôt",
            kind="text",
            width=11,
            meaning="tout : toutes les pages ; feuille : la feuille extérieure seule, ce qui suffit ; incomplet",
        ),
        lambda record: record.deposit,
    ),
    (
        Variable(name="pages_lues", short="Pages lues", kind="integer", meaning="Nombre de pages placées"),
        lambda record: len(record.pages),
    ),
    (
        Variable(name="pages_absentes", short="Pages absentes", kind="text", width=12, meaning="Pages non numérisées"),
        _missing,
    ),
    (
        Variable(
            name="pages_en_conflit",
            short="Pages en conflit",
            kind="text",
            width=12,
            meaning="Pages dont il existe deux versions d’écriture différente : leurs réponses attendent un choix",
        ),
        lambda record: _pages(record.conflicts),
    ),
    (
        Variable(
            name="n_a_relire",
            short="Réponses à relire",
            kind="integer",
            width=10,
            meaning="Nombre de réponses en attente dans la feuille ARelire, réponses libres comprises",
        ),
        lambda record: sum(found.state == "a_relire" for found in record.facts.values()),
    ),
)
