"""Versions of the same pages in conflict: what a person is asked, and what the answer means.

A row stands for the pages of one version that were scanned together; a page that is an
exception can be answered for alone, at the foot of the sheet.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.model.result import Campaign, CarnetRecord, Disposition, PageRecord
from pipeline.model.versions import Choice, VersionVerdict
from pipeline.review.keys import ALONE, SETTLED, VERSION, Weight, scan_key

BETTER = "C’est la bonne : même page, mieux numérisée"
LATER = "C’est la bonne : même carnet, rempli plus tard"
OTHER = "Autre personne (photocopie) : nouveau numéro"
REOPEN = "Rouvrir la question"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NOT_ANSWERED = frozenset(("", "absent"))
_CONTRARY_MIN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How the answers of a version compare with those of another, by the machine's first reading."""

    letter: str
    same: int
    only_here: int
    only_there: int
    contrary: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionQuestion:
    """One version of some pages of a carnet, or one page of it (``alone``) where the version has several.

    ``pages`` are those in conflict, ``differing`` the fields that differ from another
    version, by page key.  ``copies`` are the keys of carnets already known as photocopies
    of this one; ``letters`` those of the other versions.
    """

    key: str
    carnet: str
    cle: str
    bundle: str
    letter: str
    letters: tuple[str, ...]
    pages: tuple[PageRecord, ...]
    likenesses: tuple[Likeness, ...]
    differing: Mapping[str, frozenset[str]]
    copies: tuple[str, ...]
    weight: Weight
    alone: bool = False

    @property
    def sensitive(self) -> bool:
        """Whether the row must wait: no, its picture hides what it has to."""
        return False

    @property
    def options(self) -> tuple[str, ...]:
        """What the drop-down offers."""
        known = (f"Autre personne : celle du carnet {cle}" for cle in self.copies)
        same = (f"Même personne que la version {letter}" for letter in self.letters)
        return (BETTER, LATER, OTHER, *known, *(same if len(self.letters) > 1 else ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Conflict:
    """All versions of one carnet, by bundle, and what tells that they are all that was shown."""

    carnet: CarnetRecord
    versions: Mapping[str, Sequence[PageRecord]]
    copies: tuple[str, ...]
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledVersion:
    """What a person said of a version, as it stands: it may be taken back."""

    key: str
    carnet: str
    choice: VersionVerdict
    pages: tuple[int, ...]
    weight: Weight

    @property
    def sensitive(self) -> bool:
        """Whether the row must wait: it shows nothing."""
        return False


def settled_versions(carnet: CarnetRecord, campaign: Campaign) -> list[SettledVersion]:
    """The answers on versions of a carnet that have not been taken back."""
    found: dict[tuple[str, ...], VersionVerdict] = {}
    for choice in campaign.choices:
        if choice.carnet == carnet.carnet:
            found.pop(choice.pages, None)
            if choice.choice is not Choice.REOPENED:
                found[choice.pages] = choice
    if not found:
        return []
    numbers = {row.key: row.page for row in campaign.balance}
    return [
        SettledVersion(
            key=f"{carnet.cle}|regle|{SETTLED}-{_digest(choice.pages)}",
            carnet=carnet.carnet,
            choice=choice,
            pages=tuple(sorted({numbers[key] for key in choice.pages if key in numbers})),
            weight=(7, 0, 0, carnet.cle, place),
        )
        for place, choice in enumerate(found.values())
    ]


def version_questions(carnet: CarnetRecord, campaign: Campaign) -> list[VersionQuestion]:
    """What is asked of a carnet's pages in conflict: its versions, then each page of those that have several."""
    versions = _versions(carnet)
    if not versions:
        return []
    conflict = _Conflict(
        carnet=carnet,
        versions=versions,
        copies=_copies(carnet, campaign),
        shown=_fingerprint(page for pages in versions.values() for page in pages),
    )
    found = []
    for bundle, pages in versions.items():
        found.append(_question(conflict, bundle, pages, alone=False))
        if len(pages) > 1:
            found += [_question(conflict, bundle, [page], alone=True) for page in pages]
    return found


def _versions(carnet: CarnetRecord) -> dict[str, list[PageRecord]]:
    """Pages in conflict by bundle, the earliest scanned first."""
    bundles: dict[str, list[PageRecord]] = defaultdict(list)
    for page in carnet.pages:
        if page.row.disposition is Disposition.CONFLICT:
            bundles[page.row.bundle or page.row.key].append(page)
    for pages in bundles.values():
        pages.sort(key=lambda page: (page.row.form, page.row.version, page.row.page, page.row.key))
    order = sorted(bundles, key=lambda bundle: (min(page.row.read_on for page in bundles[bundle]), bundle))
    return {bundle: bundles[bundle] for bundle in order}


def _copies(carnet: CarnetRecord, campaign: Campaign) -> tuple[str, ...]:
    """Keys of the other carnets of this number: the first one and its photocopies known so far."""
    first = next((one.copy_of or one.carnet for one in campaign.register if one.carnet == carnet.carnet), "")
    first = first or carnet.carnet
    family = {one.carnet for one in campaign.register if first in (one.carnet, one.copy_of)} | {first}
    others = family - {carnet.carnet}
    return tuple(sorted(one.cle for one in campaign.carnets if one.carnet in others)) if others else ()


def _fingerprint(pages: Iterable[PageRecord]) -> str:
    """What the person was shown: another version that comes meanwhile changes it."""
    return _digest(page.row.key for page in pages)


def _digest(keys: Iterable[str]) -> str:
    """Six characters that change with any of the scans."""
    return hashlib.sha256("|".join(sorted(keys)).encode()).hexdigest()[:6]


def _question(conflict: _Conflict, bundle: str, pages: Sequence[PageRecord], *, alone: bool) -> VersionQuestion:
    """One version of a conflict, or one page of it."""
    letters = {name: _letter(place) for place, name in enumerate(conflict.versions)}
    likenesses: list[Likeness] = []
    differing: dict[str, set[str]] = defaultdict(set)
    for name, others in conflict.versions.items():
        likeness, fields = _compare(letters[name], pages, others) if name != bundle else (None, {})
        likenesses += [likeness] if likeness is not None else []
        for page_key, names in fields.items():
            differing[page_key] |= names
    cle = conflict.carnet.cle
    where = "-".join(str(page.row.page) for page in pages)
    rank = 100 * pages[0].row.page if alone else 0
    return VersionQuestion(
        key=f"{cle}|{where}|{ALONE if alone else VERSION}-{scan_key(pages[0].row)}-{conflict.shown}",
        carnet=conflict.carnet.carnet,
        cle=cle,
        bundle=bundle,
        letter=letters[bundle],
        letters=tuple(letter for name, letter in letters.items() if name != bundle),
        pages=tuple(pages),
        likenesses=tuple(likenesses),
        differing={page_key: frozenset(names) for page_key, names in differing.items()},
        copies=conflict.copies,
        weight=(6 if alone else -1, 0, 0, cle, rank + list(letters).index(bundle)),
        alone=alone,
    )


def _letter(place: int) -> str:
    """A, B … Z, then A2, B2 and so on."""
    turn, letter = divmod(place, len(_LETTERS))
    return _LETTERS[letter] + (str(turn + 1) if turn else "")


def _compare(
    letter: str, pages: Sequence[PageRecord], others: Sequence[PageRecord]
) -> tuple[Likeness | None, dict[str, set[str]]]:
    """How pages compare with the same pages of another version; None when it has none of them."""
    counts = {"same": 0, "only_here": 0, "only_there": 0, "contrary": 0}
    differing: dict[str, set[str]] = {}
    for page in pages:
        there = next((other for other in others if _same_place(page, other)), None)
        if there is None:
            continue
        answers = _answers(there)
        differing[page.row.key] = set()
        for name, here in _answers(page).items():
            found = _relation(here, answers.get(name, ""))
            if found:
                counts[found] += 1
            if found not in ("", "same"):
                differing[page.row.key].add(name)
    return (Likeness(letter=letter, **counts) if differing else None), differing


def _same_place(one: PageRecord, other: PageRecord) -> bool:
    return (one.row.form, one.row.version, one.row.page) == (other.row.form, other.row.version, other.row.page)


def _answers(page: PageRecord) -> dict[str, str]:
    """What the machine makes of each field, open answers aside: it never reads those."""
    answers = {}
    for outcome in page.outcomes:
        decision = outcome.decision
        if decision.type != "text":
            said = decision.value or decision.raw.strip()
            answers[decision.field] = "" if said in _NOT_ANSWERED else said
    return answers


def _relation(here: str, there: str) -> str:
    """How two answers to one question compare; empty when nobody answered."""
    if here == there:
        return "same" if here else ""
    if not there:
        return "only_here"
    return "contrary" if here else "only_there"


def likely(likenesses: Sequence[Likeness]) -> str:
    """What a version looks like, when there is one other and its answers say so; a proposal only."""
    if len(likenesses) != 1:
        return ""
    one = likenesses[0]
    if one.contrary >= max(_CONTRARY_MIN, one.same):
        return "Cela ressemble à une autre personne."
    if one.contrary == 0 and one.only_here > 0 and one.only_there == 0:
        return "Cela ressemble au même carnet, rempli plus tard."
    if one.contrary == 0 and one.only_there > 0 and one.only_here == 0:
        return "Cela ressemble à un état antérieur du même carnet."
    return ""


def told(likeness: Likeness) -> Iterator[str]:
    """The counts of a comparison in words, those that are not zero."""
    for count, words in (
        (likeness.same, ("réponse égale", "réponses égales")),
        (likeness.only_here, ("réponse de plus ici", "réponses de plus ici")),
        (likeness.only_there, ("réponse de moins ici", "réponses de moins ici")),
        (likeness.contrary, ("réponse contraire", "réponses contraires")),
    ):
        if count:
            yield f"{count} {words[count > 1]}"
