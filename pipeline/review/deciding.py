"""What people answered of versions in conflict → choices, or one French sentence that says what does not fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from pipeline.model.result import BalanceRow, Campaign, PageRecord
from pipeline.model.versions import Choice, VersionVerdict
from pipeline.review.answers import plain
from pipeline.review.entries import TypedAnswer
from pipeline.review.versions import REOPEN, VersionQuestion, settled_versions, version_questions

_ROW = re.compile(r"(?:version|page)-([0-9a-f]{8}-\d+-\d+)-([0-9a-f]{6})|reglee-[0-9a-f]{6}")
_SAME_AS = re.compile(r"meme personne que (?:la )?(?:version )?([a-z]\d*)")
_NOT_UNDERSTOOD = (
    "Choisissez dans la liste : c’est la bonne version (la même page mieux numérisée, ou le même carnet rempli plus "
    "tard), ou c’est une autre personne."
)
_CHANGED = (
    "Depuis que ce classeur a été fait, une autre version de ces pages est arrivée, ou la question a été réglée : "
    "comparez de nouveau, puis répondez dans la ligne en tête de la feuille."
)
_TWO_CHOSEN = "Page {page} : deux versions sont dites « la bonne ». Une seule peut l’être : videz l’autre réponse."
_NONE_LEFT = (
    "Page {page} : toutes les versions sont dites d’une autre personne. L’une d’elles garde le numéro : videz sa "
    "réponse, ou choisissez « C’est la bonne »."
)
_SAME_AS_WHOM = (
    "La version {letter} n’est pas dite d’une autre personne : répondez d’abord dans sa ligne, ou choisissez ici "
    "« nouveau numéro »."
)
_ONLY_REOPEN = f"Cette question est réglée. Pour y revenir, choisissez « {REOPEN} »."
_WORDS = {
    Choice.BETTER_SCAN: ("mieux numeris",),
    Choice.LATER_STATE: ("plus tard",),
    Choice.OTHER_PERSON: ("autre personne", "photocopie", "nouveau numero", "meme personne que"),
}
NEWCOMER = "?"
"""Begins what stands for a second number until it is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """One answer: a version counts (``choice``), or it is of another person (``person`` says whom)."""

    question: VersionQuestion
    entry: TypedAnswer
    choice: Choice
    person: str = ""


@dataclass(slots=True, kw_only=True)
class VersionSettlement:
    """New choices, and why answers were refused, by key."""

    choices: list[VersionVerdict] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def is_version_key(key: str) -> bool:
    """Whether a row of the workbook speaks of a version, not of a field."""
    return _ROW.fullmatch(key.rpartition("|")[2]) is not None


def settle_versions(campaign: Campaign, typed: Mapping[str, TypedAnswer], day: str) -> VersionSettlement:
    """Turn answers on versions into choices dated ``day``; the answers of one carnet stand or fall together."""
    done = VersionSettlement()
    left = dict(typed)
    for carnet in campaign.carnets:
        if not left:
            break
        asked = {question.key: question for question in version_questions(carnet, campaign)}
        answers = {key: left.pop(key) for key in asked if key in left}
        if answers:
            _settle_carnet(campaign, asked, answers, day, done)
        for settled in settled_versions(carnet, campaign):
            if settled.key in left:
                _reopen(settled.choice, settled.key, left.pop(settled.key), day, done)
    for key, entry in left.items():
        if not _taken_before(campaign, key, entry):
            done.refused[key] = _CHANGED
    return done


def _reopen(choice: VersionVerdict, key: str, entry: TypedAnswer, day: str, done: VersionSettlement) -> None:
    """Take back what was said of a version, or say that nothing else can be answered there."""
    if "rouvrir" not in plain(str(entry.answer)):
        done.refused[key] = _ONLY_REOPEN
        return
    back = replace(choice, choice=Choice.REOPENED, copy="", day=day, who=entry.who, remark=entry.remark)
    done.choices.append(back)


def _taken_before(campaign: Campaign, key: str, entry: TypedAnswer) -> bool:
    """Whether an answer is already among the choices: the workbook could not be made again since."""
    match = _ROW.fullmatch(key.rpartition("|")[2])
    if match is not None and not match[1]:
        return "rouvrir" in plain(str(entry.answer))
    meant = _meaning(str(entry.answer))
    return (
        match is not None
        and meant is not None
        and any(
            choice.choice is meant and any(_short(page) == match[1] for page in choice.pages)
            for choice in campaign.choices
        )
    )


def _short(page_key: str) -> str:
    sha256, side, slot = page_key.split(":")
    return f"{sha256[:8]}-{side}-{slot}"


# One carnet


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """Everything asked and answered of one carnet; ``people`` gives the second number of bundles of another person."""

    asked: tuple[VersionQuestion, ...]
    said: tuple[_Said, ...]
    people: Mapping[str, str]

    def pages(self, one: _Said) -> list[PageRecord]:
        """The pages for which an answer counts: those answered for alone are exceptions to their version's."""
        if one.question.alone:
            return list(one.question.pages)
        alone = {other.question.pages[0].row.key for other in self.said if other.question.alone}
        return [page for page in one.question.pages if page.row.key not in alone]

    def rivals(self, page: PageRecord) -> list[tuple[str, Choice | None]]:
        """The other versions of a page by key, each with the choice that counts for it."""
        choices = {other.row.key: one.choice for one in self.said for other in self.pages(one)}
        return [
            (other.row.key, choices.get(other.row.key))
            for question in self.asked
            if not question.alone
            for other in question.pages
            if other.row.key != page.row.key and _place(other.row) == _place(page.row)
        ]


def _place(row: BalanceRow) -> tuple[str, str, int]:
    """Form, version and printed page."""
    return row.form, row.version, row.page


def _settle_carnet(
    campaign: Campaign,
    asked: Mapping[str, VersionQuestion],
    answers: Mapping[str, TypedAnswer],
    day: str,
    done: VersionSettlement,
) -> None:
    """Add the choices of one carnet, or why its answers are refused."""
    found = {key: _understood(asked[key], entry) for key, entry in answers.items()}
    said = {key: one for key, one in found.items() if isinstance(one, _Said)}
    wrong = {key: one for key, one in found.items() if isinstance(one, str)}
    every = tuple(asked.values())
    table = _Table(asked=every, said=tuple(said.values()), people=_people(every, said.values(), campaign))
    wrong |= {key: why for key, one in said.items() if (why := _incoherent(one, table))}
    if wrong:
        first = next(iter(wrong.values()))
        done.refused |= {key: wrong.get(key, first) for key in answers}
        return
    done.choices += [_choice(campaign, one, table, day) for one in said.values()]


def _understood(question: VersionQuestion, entry: TypedAnswer) -> _Said | str:
    """What an answer means, or why it cannot be taken."""
    text = plain(str(entry.answer))
    meant = _meaning(str(entry.answer))
    if meant is None:
        return _NOT_UNDERSTOOD
    person = ""
    if meant is Choice.OTHER_PERSON:
        match = _SAME_AS.search(text)
        known = [cle for cle in question.copies if cle.casefold() in text]
        if match:
            person = match[1].upper()
            if person not in question.letters:
                return _SAME_AS_WHOM.format(letter=person)
        elif known:
            person = known[0]
    return _Said(question=question, entry=entry, choice=meant, person=person)


def _meaning(answer: str) -> Choice | None:
    """The choice behind an answer of the list, or one typed in its words."""
    text = plain(answer)
    found = [choice for choice, words in _WORDS.items() if any(word in text for word in words)]
    return found[0] if len(found) == 1 else None


def _people(asked: Iterable[VersionQuestion], said: Iterable[_Said], campaign: Campaign) -> dict[str, str]:
    """The second number of each bundle said to be another person's, or what stands for one to be drawn."""
    numbers = {carnet.cle: carnet.carnet for carnet in campaign.carnets}
    of_letter = {question.letter: question.bundle for question in asked}
    others = [one for one in said if one.choice is Choice.OTHER_PERSON]
    people: dict[str, str] = {}
    for one in others:
        if one.person in numbers:
            people[one.question.bundle] = numbers[one.person]
        elif not one.person:
            people[one.question.bundle] = f"{NEWCOMER}{one.question.carnet}/{one.question.bundle}"
    for one in others:
        if of_letter.get(one.person) in people:
            people[one.question.bundle] = people[of_letter[one.person]]
    return people


def _incoherent(one: _Said, table: _Table) -> str:
    """Why an answer cannot stand beside the others; empty when it can."""
    other_person = one.choice is Choice.OTHER_PERSON
    if other_person and one.question.bundle not in table.people:
        return _SAME_AS_WHOM.format(letter=one.person)
    for page in table.pages(one):
        choices = [choice for _, choice in table.rivals(page)]
        if other_person and all(choice is Choice.OTHER_PERSON for choice in choices):
            return _NONE_LEFT.format(page=page.row.page)
        if not other_person and any(choice not in (None, Choice.OTHER_PERSON) for choice in choices):
            return _TWO_CHOSEN.format(page=page.row.page)
    return ""


def _choice(campaign: Campaign, one: _Said, table: _Table, day: str) -> VersionVerdict:
    """The choice to keep."""
    other_person = one.choice is Choice.OTHER_PERSON
    pages = table.pages(one)
    keys: Iterable[str] = [page.row.key for page in pages]
    if other_person and not one.question.alone:
        keys = sorted(_whole(campaign, one, table))
    over = [key for page in pages for key, choice in table.rivals(page) if choice is not Choice.OTHER_PERSON]
    return VersionVerdict(
        carnet=one.question.carnet,
        choice=one.choice,
        pages=tuple(keys),
        over=() if other_person else tuple(over),
        copy=table.people[one.question.bundle] if other_person else "",
        day=day,
        who=one.entry.who,
        remark=one.entry.remark,
    )


def _whole(campaign: Campaign, one: _Said, table: _Table) -> set[str]:
    """Every scan of a version, pages without a rival included, but those answered for alone."""
    alone = {
        _place(other.question.pages[0].row)
        for other in table.said
        if other.question.alone and other.question.bundle == one.question.bundle
    }
    return {
        row.key
        for row in campaign.balance
        if row.carnet_id == one.question.carnet
        and (row.bundle or row.key) == one.question.bundle
        and _place(row) not in alone
    }
