"""Rehearsed campaigns: what respondents really wrote, and what is read of it.

Respondents are those of ``carnet repeter``; nothing is printed or scanned.  Outer sheets alone,
missing pages, continuation sheets and large print are among them.  The machine is sure of most
answers and right; people settle its doubts, all of them (``reviewed``) or none.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from pipeline.model.decision import Outcome
from pipeline.model.form import FormDefinition
from pipeline.model.identity import carnet_number
from pipeline.model.result import Campaign, CarnetRecord, RegisterEntry
from pipeline.rehearse.respondents import draw_respondent, fields_on_sheet
from tests.consolidate.campaigns import campaign, carnet, decision, page, verdict

CANALS = ("MVAC", "ASSO", "FORUM", "SERVICE", "LIEU")


@dataclass
class Written:
    """One carnet as it is on paper.

    ``pages`` are those that came back; ``answers`` by page and name on the sheet; ``states``
    say what became of each in the reading; ``asked`` are those that the machine doubted.
    """

    entry: RegisterEntry
    pages: list[int]
    answers: dict[int, dict[str, str]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)


def rehearse(
    form: FormDefinition, count: int, seed: int, *, reviewed: bool
) -> tuple[Campaign, list[Written], list[RegisterEntry]]:
    """A campaign as read, what is truly on its carnets, and the whole register."""
    luck = random.Random(seed)
    written, records = [], []
    for place in range(count):
        one = _written(form, carnet_number(26, 300_000 + 7 * place), luck, seed)
        written.append(one)
        records.append(_read(form, one, luck, place, reviewed=reviewed))
    away = [replace(one.entry, carnet=carnet_number(26, 600_000 + n)) for n, one in enumerate(written)]
    away = [replace(one, remis_le=luck.choice(("", "2026-09-10"))) for one in away]
    register = [*(one.entry for one in written), *away]
    return replace(campaign(*records), register=tuple(register)), written, register


def _written(form: FormDefinition, number: str, luck: random.Random, seed: int) -> Written:
    """One respondent's carnet, and the pages of it that came back."""
    variant = "gros_caracteres" if luck.random() < 0.1 else "standard"
    entry = RegisterEntry(
        carnet=number, form=form.id, version=form.version, variant=variant, printed_on="2025-11-20",
        lot=luck.choice(("L1", "L2", "L3")), canal=luck.choice(CANALS), public=luck.choice(("BEN", "VDP", "MIX")),
        remis_le="2026-01-10",
    )  # fmt: skip
    more = [one.number for one in form.pages if one.continues and luck.random() < 0.08]
    pages = list(form.jacket) if luck.random() < 0.2 else [*form.booklet, *more]
    answers = draw_respondent(form, number, sorted({*form.booklet, *more}), seed).answers
    if luck.random() < 0.12:
        pages.remove(luck.choice(pages))
    found = Written(entry=entry, pages=sorted(pages))
    for printed in found.pages:
        named = {name: one for name, one in fields_on_sheet(form, printed).items() if one.type != "masked"}
        found.answers[printed] = {one.name: answers[one.name].value for one in named.values()}
    return found


def _read(form: FormDefinition, one: Written, luck: random.Random, place: int, *, reviewed: bool) -> CarnetRecord:
    """What the machine and people made of a carnet."""
    records = []
    for printed, answers in one.answers.items():
        outcomes = [
            _outcome(form, one, printed, name, value, luck, reviewed=reviewed) for name, value in answers.items()
        ]
        records.append(page(form, printed, outcomes, carnet=one.entry.carnet, sha=f"{place:064x}", side=printed))
    made = carnet(form, *records, cle=f"C{luck.randrange(10**9):09d}", number=one.entry.carnet)
    return replace(made, entry=one.entry, scanned_on="2026-11-18")


def _outcome(  # noqa: PLR0917
    form: FormDefinition, one: Written, printed: int, name: str, value: str, luck: random.Random, *, reviewed: bool
) -> Outcome:
    text = form.resolve(name).type == "text"
    if not (text and value) and luck.random() > 0.03:
        one.states[name] = "lu" if value else "vide"
        return Outcome(decision=decision(form, name, value))
    one.asked.add(name)
    proposed = "" if text else value if luck.random() < 0.5 else ""
    asked = decision(form, name, proposed, reasons=("free_text" if text else "uncertain_mark",))
    if not reviewed and not text:
        one.states[name] = "a_relire"
        return Outcome(decision=asked)
    one.states[name] = "vide" if not value else "lu" if text or proposed else "corrige"
    settled = replace(verdict(name, value, page=printed), carnet=one.entry.carnet)
    return Outcome(decision=asked, verdict=settled)
