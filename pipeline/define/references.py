"""Checks of a ``form.toml`` beyond its shapes: every name used is declared, once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.define.schema import FormFile, Group, Question
from pipeline.define.trouble import Trouble


def troubles(file: FormFile) -> Iterator[Trouble]:
    """Every broken reference of a file, as (key, French sentence)."""
    yield from _doubles("pages", [str(page.number) for page in file.pages])
    yield from _doubles("fields", [field.name for field in file.fields])
    yield from _doubles("groups", [group.name for group in file.groups])
    for name, entry in file.lists.items():
        yield from _doubles(f"lists.{name}", [item.value for item in entry.items])
    for key, question in _questions(file):
        yield from _question(file, key, question)
    for group in file.groups:
        yield from _group(file, group)
    yield from _pages(file)
    yield from _users(file)
    yield from _texts(file)


def known_names(file: FormFile) -> set[str]:
    """Names that rules and tables may use: fields, and ``group{r}_column``."""
    names = {field.name for field in file.fields}
    names |= {f"{group.name}{{r}}_{column.column}" for group in file.groups for column in group.columns}
    return names


def _questions(file: FormFile) -> Iterator[tuple[str, Question]]:
    for field in file.fields:
        yield f"fields.{field.name}", field
    for group in file.groups:
        for column in group.columns:
            yield f"groups.{group.name}.{column.column}", column


def _question(file: FormFile, key: str, question: Question) -> Iterator[Trouble]:
    for indicator in question.indicators:
        if indicator not in file.indicators:
            yield f"{key}.indicators", f"l’indicateur « {indicator} » n’est pas dans [indicators]"
    if question.listed and question.listed not in file.lists:
        yield f"{key}.list", f"la liste « {question.listed} » n’existe pas"
    yield from _doubles(f"{key}.options", [option.value for option in question.options])
    if question.type == "comb" and question.kind == "code" and question.listed in file.lists:
        wrong = [item.value for item in file.lists[question.listed].items if len(item.value) != question.cells]
        if wrong:
            yield f"{key}.cells", f"les codes {', '.join(wrong)} ne tiennent pas dans {question.cells} case(s)"
    fields = {field.name for field in file.fields}
    for other in question.distinct_from:
        if other not in fields:
            yield f"{key}.distinct_from", f"le champ « {other} » n’existe pas"


def _group(file: FormFile, group: Group) -> Iterator[Trouble]:
    key = f"groups.{group.name}"
    yield from _doubles(key, [column.column for column in group.columns])
    rows = [row for place in group.places for row in range(place.first, place.first + place.rows)]
    yield from _doubles(f"{key}.places", [str(row) for row in rows])
    if group.family_list and group.family_list not in file.lists:
        yield f"{key}.family_list", f"la liste « {group.family_list} » n’existe pas"
    if group.row_list and group.row_list not in file.lists:
        yield f"{key}.row_list", f"la liste « {group.row_list} » n’existe pas"
    elif group.row_list:
        yield from _row_labels(file, group, max(rows))


def _row_labels(file: FormFile, group: Group, last: int) -> Iterator[Trouble]:
    """Every row of the group has its label, every label its family."""
    items = file.lists[group.row_list].items
    if len(items) < last:
        yield (
            f"groups.{group.name}.row_list",
            f"la liste « {group.row_list} » a {len(items)} entrées pour {last} lignes",
        )
    if group.family_list not in file.lists:
        return
    families = {item.value for item in file.lists[group.family_list].items}
    for item in items:
        if item.family and item.family not in families:
            yield f"lists.{group.row_list}.{item.value}", f"la famille « {item.family} » n’existe pas"


def _pages(file: FormFile) -> Iterator[Trouble]:
    numbers = {page.number for page in file.pages}
    groups = {group.name for group in file.groups}
    for page in file.pages:
        if page.continues and page.continues not in groups:
            yield f"pages.{page.number}.continues", f"le groupe « {page.continues} » n’existe pas"
    for field in file.fields:
        if field.page not in numbers:
            yield f"fields.{field.name}.page", f"la page {field.page} n’existe pas"
    for group in file.groups:
        for place in group.places:
            if place.page not in numbers:
                yield f"groups.{group.name}.places", f"la page {place.page} n’existe pas"
    for number in file.form.jacket:
        if number not in numbers:
            yield "form.jacket", f"la page {number} n’existe pas"


def _users(file: FormFile) -> Iterator[Trouble]:
    """Rules, tables and derived columns name what exists."""
    names = known_names(file)
    columns = {group.name: {column.column for column in group.columns} for group in file.groups}
    for position, rule in enumerate(file.rules, start=1):
        for name in rule.fields:
            if name not in names:
                yield f"rules[{position}].fields", f"le champ « {name} » n’existe pas"
    for table in file.tables:
        if table.items:
            yield from _absent(f"tables.{table.sheet}.items", table.items, names)
        elif table.group not in columns:
            yield f"tables.{table.sheet}.group", f"le groupe « {table.group} » n’existe pas"
        else:
            yield from _absent(f"tables.{table.sheet}.melt", table.melt, columns[table.group])
    for item in file.derived:
        key = f"derived.{item.name}"
        if item.table and item.table not in columns:
            yield f"{key}.table", f"le groupe « {item.table} » n’existe pas"
        elif item.op == "lookup":
            yield from _lookup(key, item.fields, columns, item.table)
        else:
            yield from _absent(f"{key}.fields", item.fields, columns[item.table] if item.table else names)


def _lookup(key: str, fields: list[str], columns: dict[str, set[str]], table: str) -> Iterator[Trouble]:
    if len(fields) != 3 or fields[1] not in columns:
        yield f"{key}.fields", "« lookup » demande une colonne, un groupe et une colonne de ce groupe"
        return
    yield from _absent(f"{key}.fields", fields[:1], columns.get(table, set()))
    yield from _absent(f"{key}.fields", fields[2:], columns[fields[1]])


def _absent(key: str, wanted: Iterable[str], known: set[str]) -> Iterator[Trouble]:
    for name in wanted:
        if name not in known:
            yield key, f"« {name} » n’existe pas"


def _doubles(key: str, values: list[str]) -> Iterator[Trouble]:
    for value in sorted({value for value in values if values.count(value) > 1}):
        yield key, f"« {value} » est écrit deux fois"


def _texts(file: FormFile) -> Iterator[Trouble]:
    """Every ``{name}`` of a printed text is a parameter."""
    for key, entry in file.texts.items():
        parts = entry if isinstance(entry, dict) else {"": entry}
        for name, words in parts.items():
            for text in [words] if isinstance(words, str) else words:
                for parameter in re.findall(r"\{(\w+)\}", text):
                    if parameter not in file.parameters:
                        where = f"texts.{key}.{name}".rstrip(".")
                        yield where, f"« {parameter} » n’est pas dans [parameters]"
