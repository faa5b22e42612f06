"""Answers typed in a workbook → verdicts; what cannot be taken over stays, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.model.decision import Outcome, Verdict
from pipeline.model.form import Field, FormShelf
from pipeline.model.result import Campaign, CarnetRecord, Disposition, PageRecord
from pipeline.model.versions import VersionVerdict
from pipeline.review.answers import Answer, Typed, parse_answer
from pipeline.review.deciding import is_version_key, settle_versions
from pipeline.review.entries import Leftover, TypedAnswer
from pipeline.review.keys import RESCAN
from pipeline.review.proposals import proposals
from pipeline.review.sampling import SURE

_UNKNOWN_ROW = "Cette ligne ne correspond à aucune question du classeur : son repère a changé ou sa page a été retirée."
_NO_ANSWER = (
    "Cette ligne n’attend pas de réponse : numérisez de nouveau ces pages et relancez la lecture, ou réglez leurs "
    "doutes un à un, plus bas."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """New verdicts and choices between versions, and what stays in the workbook by key.

    The second number of a choice begins with ``NEWCOMER`` until one is drawn for it.
    """

    verdicts: tuple[Verdict, ...]
    leftovers: Mapping[str, Leftover]
    choices: tuple[VersionVerdict, ...] = ()

    @property
    def not_understood(self) -> int:
        """Answers that stay with a sentence why."""
        return sum(bool(left.why) for left in self.leftovers.values())


def settle(campaign: Campaign, shelf: FormShelf, typed: Mapping[str, TypedAnswer], day: str) -> Settlement:
    """Turn typed answers into verdicts dated ``day``; nothing typed is dropped.

    An answer equal to the verdict that already stands gives no second one, so that reading
    the same workbook twice changes nothing.  A remark goes into the verdict of its row;
    where there is none yet, it stays in the workbook.
    """
    met = {key.partition("|")[0] for key in typed}
    scene = _Scene(
        carnets={carnet.cle: carnet for carnet in campaign.carnets if carnet.cle in met} if met else {},
        shelf=shelf,
        day=day,
        drawn=frozenset((one.key, one.field) for one in campaign.sample),
    )
    verdicts: list[Verdict] = []
    leftovers: dict[str, Leftover] = {}
    answered = {key: entry for key, entry in typed.items() if entry.is_answered}
    versions = settle_versions(campaign, {key: answered[key] for key in answered if is_version_key(key)}, day)
    for key in sorted(typed):
        entry = typed[key]
        if is_version_key(key):
            why = versions.refused.get(key, "")
            taken = entry.is_answered and not why
        else:
            verdict, why, taken = _settled(key, entry, scene)
            verdicts += [verdict] if verdict is not None else []
        if not taken:
            answer = str(entry.answer) if why else ""
            leftovers[key] = Leftover(answer=answer, remark=entry.remark, who=entry.who, why=why)
    return Settlement(
        verdicts=tuple(verdicts),
        leftovers={key: left for key, left in leftovers.items() if left.answer or left.remark},
        choices=tuple(versions.choices),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """Against what answers are read: carnets by key, forms, the day, values drawn for the blind sample."""

    carnets: Mapping[str, CarnetRecord]
    shelf: FormShelf
    day: str
    drawn: frozenset[tuple[str, str]]


def _settled(key: str, entry: TypedAnswer, scene: _Scene) -> tuple[Verdict | None, str, bool]:
    """The verdict of one row if there is a new one, why its answer was not understood, and whether it is done with."""
    cle, _, rest = key.partition("|")
    page, _, name = rest.partition("|")
    carnet = scene.carnets.get(cle)
    found = _placed(carnet, page, name) if carnet is not None else None
    if name == RESCAN and entry.is_answered:
        return None, _NO_ANSWER, False
    if carnet is None or found is None:
        return None, _UNKNOWN_ROW if entry.is_answered else "", False
    record, outcome = found
    if not entry.is_answered:
        noted = _noted(outcome, entry, scene.day)
        return noted, "", noted is not None or _is_noted(outcome, entry)
    field = _field(record, name, scene.shelf)
    if field is None:
        return None, _UNKNOWN_ROW, False
    answer = parse_answer(field, _code(field, entry.answer))
    if isinstance(answer, str):
        return None, answer, False
    verdict = _verdict(outcome, answer, entry, scene.day)
    if verdict is not None and not verdict.carnet:
        sure = outcome.verdict is None and outcome.decision.status in SURE
        again = outcome.verdict is not None and outcome.verdict.blind
        blind = again or (sure and (record.row.key, name) in scene.drawn)
        verdict = replace(verdict, carnet=carnet.carnet, page=record.row.page, key=record.row.key, blind=blind)
    return verdict, "", True


def _placed(carnet: CarnetRecord, page: str, name: str) -> tuple[PageRecord, Outcome] | None:
    """The field of a placed page, if there is one."""
    for record in carnet.pages:
        if record.row.disposition is Disposition.PLACED and str(record.row.page) == page:
            for outcome in record.outcomes:
                if outcome.decision.field == name:
                    return record, outcome
    return None


def _field(record: PageRecord, name: str, shelf: FormShelf) -> Field | None:
    published = shelf.get(record.row.form, record.row.version)
    try:
        return published.definition.resolve(name) if published else None
    except KeyError:
        return None


def _code(field: Field, typed: Typed) -> Typed:
    """The code behind an answer picked from the list; anything else as typed."""
    for code, label in proposals(field):
        if isinstance(typed, str) and typed.strip() == label:
            return code
    return typed


def _is_noted(outcome: Outcome, entry: TypedAnswer) -> bool:
    """Whether the verdict that stands bears this remark already."""
    return outcome.verdict is not None and outcome.verdict.remark == entry.remark


def _noted(outcome: Outcome, entry: TypedAnswer, day: str) -> Verdict | None:
    """The standing verdict with a remark made since; None while nobody has settled the field."""
    if outcome.verdict is None or not entry.remark or _is_noted(outcome, entry):
        return None
    return replace(outcome.verdict, remark=entry.remark, who=entry.who or outcome.verdict.who, day=day)


def _verdict(outcome: Outcome, answer: Answer, entry: TypedAnswer, day: str) -> Verdict | None:
    """The verdict, unless the one that stands says the same."""
    standing = outcome.verdict
    if answer.value and answer.value == outcome.decision.value:
        answer = replace(answer, raw=outcome.decision.raw)  # confirmed: the cells were read right, place by place
    if standing and (standing.raw, standing.value, standing.status) == (answer.raw, answer.value, answer.status):
        return _noted(outcome, entry, day)
    return Verdict(
        carnet="",
        page=0,
        field=outcome.decision.field,
        raw=answer.raw,
        value=answer.value,
        status=answer.status,
        day=day,
        who=entry.who,
        replaced=outcome.decision.value,
        remark=entry.remark,
    )
