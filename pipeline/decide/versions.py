"""Scans that belong together, and to whom: where one number was filled by several people.

A person answers for pages that went through the scanner together, not page by page; what
comes later follows that answer by its writing, never by the order of arrival.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from pipeline.decide.pages import Writing
from pipeline.decide.sameink import is_bare
from pipeline.model.result import PageResult
from pipeline.model.versions import Choice, VersionVerdict
from pipeline.settings import DecideSettings

_NUMBERED = re.compile(r"(.*?)(\d{1,9})")
_SIDES_APART = 2  # sheets of one carnet follow each other; the back of a single sheet may be blank

Place = tuple[str, str, int]
Run = tuple[PageResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The writings met on one printed page of one form version, with whether each is bare of ink."""

    place: Place
    writing: Writing
    bare: bool


def written(
    form: tuple[str, str], found: Mapping[int, Sequence[Writing]], width_mm: int, settings: DecideSettings
) -> list[Written]:
    """All writings of one form version, those bare of ink told apart: nobody can say whose they are."""
    return [
        Written(
            place=(*form, number),
            writing=writing,
            bare=all(is_bare(page.ink_map, width_mm, settings) for page in writing.pages),
        )
        for number, several in found.items()
        for writing in several
    ]


def runs(pages: Iterable[PageResult]) -> list[Run]:
    """Pages that followed each other through the scanner and hold no printed page twice.

    Files of one side each follow each other by the number that ends their name.
    """
    found: list[list[PageResult]] = []
    for page in sorted(pages, key=lambda page: (*_series(page), page.source.sha256, page.source.side, page.slot)):
        last = found[-1] if found else []
        if last and _goes_on(last, page):
            last.append(page)
        else:
            found.append([page])
    return [tuple(run) for run in found]


def _goes_on(run: Sequence[PageResult], page: PageResult) -> bool:
    before = run[-1].source
    if before.sha256 == page.source.sha256:
        near = page.source.side - before.side <= _SIDES_APART
    else:
        (series, last), (name, number) = _series(run[-1]), _series(page)
        near = series == name and 0 < number - last <= _SIDES_APART and before.side == page.source.side == 1
    return near and all(place_of(other) != place_of(page) for other in run)


def _series(page: PageResult) -> tuple[str, int]:
    """The path without the number that ends the file's name, and that number; −1 when there is none."""
    path = PurePath(page.source.path)
    match = _NUMBERED.fullmatch(path.stem)
    return (f"{path.parent}/{match[1]}", int(match[2])) if match else (str(path), -1)


def place_of(page: PageResult) -> Place:
    """Form, version and printed page."""
    return page.form, page.version, page.identity.page if page.identity else 0


# Whose pages they are


def owners(everything: Sequence[Written], choices: Sequence[VersionVerdict]) -> dict[str, str]:
    """The second number of every scan that a person gave one to, and of what belongs with it.

    Scans that arrive later follow the writing that they show again; the rest of a carnet
    scanned with them follows, unless it also holds a writing that stayed behind.  Pages
    bare of ink follow no writing: they are nobody's in particular.
    """
    told = _told(choices)
    if not told:
        return {}
    owned = {key: told[key] for one in everything for key in one.writing.keys if key in told}
    inked = [one.writing.keys for one in everything if not one.bare]
    followers: dict[str, str] = {}
    for keys in inked:
        numbers = {told[key] for key in keys if key in told}
        if len(numbers) == 1:
            followers |= dict.fromkeys(keys - told.keys(), numbers.pop())
    pages = [page for one in everything for page in one.writing.pages]
    return owned | followers | _carried(runs(pages), inked, told, followers)


def _told(choices: Iterable[VersionVerdict]) -> dict[str, str]:
    """Second numbers by scan, as people last said."""
    told: dict[str, str] = {}
    for choice in choices:
        if choice.choice is Choice.OTHER_PERSON:
            told |= dict.fromkeys(choice.pages, choice.copy)
        elif choice.choice is Choice.REOPENED:
            told = {key: number for key, number in told.items() if key not in choice.pages}
    return told


def _carried(
    all_runs: Iterable[Run], inked: Iterable[frozenset[str]], told: Mapping[str, str], followers: Mapping[str, str]
) -> dict[str, str]:
    """What was scanned together with a writing known to be another person's, and with nobody else's."""
    writing_of = {key: keys for keys in inked for key in keys}
    carried: dict[str, str] = {}
    for run in all_runs:
        keys = {page.key for page in run}
        numbers = {followers[key] for key in keys if key in followers}
        stayed = any(
            key not in followers and writing_of.get(key, frozenset()) - keys - followers.keys() for key in keys
        )
        if len(numbers) == 1 and not stayed and not keys & told.keys():
            carried |= dict.fromkeys(keys - followers.keys(), numbers.pop())
    return carried


# What a person settles at once


def bundles(everything: Sequence[Written]) -> dict[str, str]:
    """Which scans of one carnet belong together, each bundle named by the least of its keys.

    Runs are joined when they show one writing, unless they then held two writings of a
    page.  A writing shared by two bundles belongs to neither, apart from one in conflict.
    """
    of_key = {key: number for number, one in enumerate(everything) for key in one.writing.keys}
    groups = [list(run) for run in runs(page for one in everything for page in one.writing.pages)]
    for one in everything:
        if not one.bare:
            _join(groups, one.writing.keys, of_key)
    found: dict[str, str] = {}
    for group in filter(None, groups):
        name = min(page.key for page in group)
        found |= {page.key: name for page in group}
    rivals = Counter(one.place for one in everything)
    return found | {key: "" for one in everything for key in _shared(one, found, rivals[one.place] > 1)}


def _join(groups: Iterable[list[PageResult]], keys: frozenset[str], of_key: Mapping[str, int]) -> None:
    """Put together the groups that hold a writing, where that makes no page twofold."""
    holding = [group for group in groups if any(page.key in keys for page in group)]
    for group in holding[1:]:
        met: dict[Place, set[int]] = defaultdict(set)
        for page in (*holding[0], *group):
            met[place_of(page)].add(of_key[page.key])
        if all(len(numbers) == 1 for numbers in met.values()):
            holding[0].extend(group)
            group.clear()


def _shared(one: Written, found: Mapping[str, str], in_conflict: bool) -> Iterator[str]:
    """Scans of a writing that lies in several bundles: none of them may take it along."""
    names = {found[key] for key in one.writing.keys}
    if one.bare or len(names) == 1:
        return
    owner = found[one.writing.best.key] if in_conflict else ""
    yield from (key for key in one.writing.keys if found[key] != owner)
