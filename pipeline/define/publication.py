"""``publication.toml``: what of a form's answers may be published, beside its versions.

It stands beside the version folders and holds for all of them: what was published from
one version must never be undone by the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from pipeline.define.checked import checked
from pipeline.define.schema import LaxShape, Name, Words
from pipeline.define.trouble import Trouble, invalid
from pipeline.model.publication import (
    Asked,
    GroupClass,
    Grouping,
    Hours,
    NotePlan,
    NumberClass,
    Publication,
    Skills,
)

FILE_NAME = "publication.toml"


class _Class(LaxShape):
    label: Words
    codes: Annotated[tuple[str, ...], Field(min_length=1)]


class _Group(LaxShape):
    name: Name
    label: Words
    field: str = ""
    register_: Annotated[str, Field(alias="register")] = ""
    first_of: tuple[str, ...] = ()
    ordered: bool = False
    rungs: tuple[tuple[_Class, ...], ...] = ()
    unknown: Words = "Sans réponse lue"


class _Crossing(LaxShape):
    between: tuple[Name, Name]


class _Number(LaxShape):
    label: Words
    to: float


class _Asked(LaxShape):
    sheet: Words
    fields_: Annotated[tuple[Name, ...], Field(alias="fields", min_length=1)]
    by: tuple[Name, ...] = ()
    classes: tuple[_Number, ...] = ()
    favourable: tuple[str, ...] = ()
    summed: bool = False
    step: float = 0.0
    unit: str = ""


class _Skills(LaxShape):
    sheet: Words
    table: Name
    same_day: str = ""
    top: tuple[Name, ...] = ()
    by: tuple[Name, ...] = ()


class _Hours(LaxShape):
    sheet: Words
    table: Name
    column: Name
    total: Name
    domain: Name


class _Note(LaxShape):
    headline: Words
    readers: Words
    tried: tuple[Words, ...]
    profile: tuple[Name, ...]
    forward: Name
    uses: Name
    opinions: Words
    skills: Name
    wishes: Name


class _File(LaxShape):
    form: Name
    title: Words
    groups: tuple[_Group, ...]
    crossings: tuple[_Crossing, ...] = ()
    asked: tuple[_Asked, ...] = ()
    bound: tuple[tuple[Name, ...], ...] = ()
    skills: _Skills | None = None
    hours: _Hours | None = None
    note: _Note | None = None


def load_publication(folder: Path) -> Publication | None:
    """What may be published of the form whose versions lie in ``folder``; None when nothing may.

    Raises ``FormError`` naming the file and the key.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return None
    file, _ = checked(path, _File)
    found = list(_troubles(file))
    if found:
        raise invalid(path, found)
    return _built(file)


def _troubles(file: _File) -> Iterator[Trouble]:
    """Groups named but not described, and codes that stand in two groups of one rung."""
    names = {group.name for group in file.groups}
    used = [*(name for crossing in file.crossings for name in crossing.between)]
    used += [name for asked in file.asked for name in asked.by]
    used += file.note.profile if file.note else ()
    used += file.skills.by if file.skills else ()
    for name in sorted(set(used) - names):
        yield f"groups.{name}", "ce regroupement est cité mais n’est pas décrit"
    listed = {name for asked in file.asked for name in asked.fields_}
    for name in sorted({name for names in file.bound for name in names} - listed):
        yield "bound", f"« {name} » n’est pas une question publiée"
    for group in file.groups:
        if bool(group.field) == bool(group.register_):
            yield f"groups.{group.name}", "indiquez « field » (une question) ou « register » (le registre)"
        for rung in group.rungs:
            codes = [code for found in rung for code in found.codes]
            for code in sorted({code for code in codes if codes.count(code) > 1}):
                yield f"groups.{group.name}", f"le code « {code} » est dans deux groupes"


def _built(file: _File) -> Publication:
    return Publication(
        form=file.form,
        title=file.title,
        groupings=tuple(map(_grouping, file.groups)),
        crossings=tuple(found.between for found in file.crossings),
        asked=tuple(map(_asked, file.asked)),
        bound=file.bound,
        skills=Skills(**file.skills.model_dump()) if file.skills else None,
        hours=Hours(**file.hours.model_dump()) if file.hours else None,
        note=NotePlan(**file.note.model_dump()) if file.note else None,
    )


def _grouping(group: _Group) -> Grouping:
    return Grouping(
        name=group.name,
        label=group.label,
        field=group.field,
        register=group.register_,
        first_of=group.first_of,
        ordered=group.ordered,
        rungs=tuple(
            tuple(GroupClass(label=found.label, codes=frozenset(found.codes)) for found in rung) for rung in group.rungs
        ),
        unknown=group.unknown,
    )


def _asked(asked: _Asked) -> Asked:
    return Asked(
        sheet=asked.sheet,
        fields=asked.fields_,
        by=asked.by,
        classes=tuple(NumberClass(label=found.label, to=found.to) for found in asked.classes),
        favourable=asked.favourable,
        summed=asked.summed,
        step=asked.step,
        unit=asked.unit,
    )
