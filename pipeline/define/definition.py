"""From the shapes of a ``form.toml`` to a ``FormDefinition``: rows expanded, lists resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.define.schema import Column, FormFile, Group, Item, Place, Question
from pipeline.model.derived import Derived
from pipeline.model.form import (
    Field,
    FormDefinition,
    Option,
    Page,
    Purpose,
    Rule,
    Table,
)


def build(file: FormFile, fingerprint: str) -> FormDefinition:
    """The definition of a checked file; references must have been checked before."""
    head = file.form
    return FormDefinition(
        id=head.id,
        version=head.version,
        code=head.code,
        version_code=head.version_code,
        title=head.title,
        pages=tuple(Page(**page.model_dump()) for page in file.pages),
        fields=tuple(_fields(file)),
        tables=tuple(_tables(file)),
        rules=tuple(
            Rule(kind=rule.kind, fields=tuple(rule.fields), code=rule.code, limit=rule.limit) for rule in file.rules
        ),
        derived=tuple(
            Derived(
                name=item.name,
                label=item.label,
                op=item.op,
                table=item.table,
                fields=tuple(item.fields),
                bands=dict(item.bands),
            )
            for item in file.derived
        ),
        jacket=tuple(head.jacket),
        nominative=head.nominative,
        lexicons={name: _labels(entry.items) for name, entry in file.lists.items()},
        to_complete=tuple(words for words in file.parameters.values() if words.startswith("[")),
        fingerprint=fingerprint,
    )


def row_name(group: Group, row: int, column: str) -> str:
    """The name of a field in a repeating row: ``act01_date``."""
    return f"{group.name}{row:0{group.digits}d}_{column}"


def _fields(file: FormFile) -> Iterator[Field]:
    """All fields, in the order of the pages, single fields before rows of one page."""
    for page in file.pages:
        for single in file.fields:
            if single.page == page.number:
                yield _field(file, single, name=single.name, page=single.page)
        for group in file.groups:
            for place in group.places:
                if place.page == page.number:
                    yield from _rows(file, group, place)


def _rows(file: FormFile, group: Group, place: Place) -> Iterator[Field]:
    """The fields of the rows that a group prints on one page."""
    for row in range(place.first, place.first + place.rows):
        for column in group.columns:
            yield _field(file, column, name=row_name(group, row, column.column), page=place.page, group=group, row=row)


def _field(
    file: FormFile, question: Question, *, name: str, page: int, group: Group | None = None, row: int = 0
) -> Field:
    """One field, with its list resolved and its label filled in."""
    listed = file.lists[question.listed].items if question.listed else []
    choice = question.type == "choice"
    return Field(
        name=name,
        page=page,
        type=question.type,
        label=_filled(file, question.label, group, row),
        short=_filled(file, question.short, group, row),
        required=question.required,
        purpose=Purpose(indicators=tuple(question.indicators), use=question.use),
        sensitive=question.sensitive,
        group=group.name if group else "",
        row=row,
        column=question.column if isinstance(question, Column) else "",
        multiple=question.multiple,
        ordered=question.ordered,
        options=_options(question, listed) if choice else (),
        kind=question.kind,
        alphabet=question.alphabet,
        cells=len(question.format) or question.cells,
        format=question.format,
        minimum=question.minimum,
        maximum=question.maximum,
        values=tuple(item.value for item in listed) if question.kind == "code" else (),
        labels=_labels(listed),
        distinct_from=tuple(question.distinct_from),
        prefix=question.prefix,
        lines=question.lines,
    )


def _options(question: Question, listed: list[Item]) -> tuple[Option, ...]:
    if question.options:
        return tuple(
            Option(value=option.value, label=option.label, exclusive=option.exclusive) for option in question.options
        )
    return tuple(Option(value=item.value, label=item.label) for item in listed)


def _labels(items: list[Item]) -> Mapping[str, str]:
    return {item.value: item.label for item in items}


def _filled(file: FormFile, text: str, group: Group | None, row: int) -> str:
    """``{r}`` is the row's number, ``{row}`` its label in the group's list."""
    if group is None:
        return text
    label = file.lists[group.row_list].items[row - 1].label if group.row_list else str(row)
    return text.replace("{row}", label).replace("{r}", f"{row:0{group.digits}d}")


def _tables(file: FormFile) -> Iterator[Table]:
    groups = {group.name: group for group in file.groups}
    for shape in file.tables:
        group = groups.get(shape.group)
        items = file.lists[group.row_list].items if group and group.row_list else []
        listed = file.lists[group.family_list].items if group and group.family_list else []
        families = _labels(listed)
        yield Table(
            sheet=shape.sheet,
            group=shape.group,
            row_label=shape.row_label,
            items=tuple(shape.items),
            melt=tuple(shape.melt),
            melt_label=shape.melt_label,
            row_labels={number: item.label for number, item in enumerate(items, start=1)},
            families={
                number: f"{item.family} – {families[item.family]}"
                for number, item in enumerate(items, start=1)
                if item.family in families
            },
        )
