"""Answers typed in a workbook → verdicts; what cannot be taken over stays, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.model.decision import Outcome, Verdict
from pipeline.model.form import Field, FormShelf
from pipeline.model.result import Campaign, CarnetRecord, Disposition, PageRecord
from pipeline.review.answers import Answer, Typed, parse_answer
from pipeline.review.proposals import proposals
from pipeline.review.questions import VERSION

_UNKNOWN_ROW = "Cette ligne ne correspond à aucune question du classeur : son repère a changé ou sa page a été retirée."
_VERSION_LATER = (
    "Le choix entre deux versions d'une page ne se fait pas encore ici. Votre réponse est gardée ; "
    "mettez de côté les deux feuilles en papier."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedAnswer:
    """What a person typed in one row: an answer, as Excel holds it, and a remark."""

    answer: Typed
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """What was typed and is not a verdict: it is shown again, with ``why`` when it was not understood."""

    answer: str = ""
    remark: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """New verdicts, and what stays in the workbook by key."""

    verdicts: tuple[Verdict, ...]
    leftovers: Mapping[str, Leftover]

    @property
    def not_understood(self) -> int:
        """Answers that stay with a sentence why."""
        return sum(bool(left.why) for left in self.leftovers.values())


def settle(campaign: Campaign, shelf: FormShelf, typed: Mapping[str, TypedAnswer], day: str) -> Settlement:
    """Turn typed answers into verdicts dated ``day``; nothing typed is dropped.

    An answer equal to the verdict that already stands gives no second one, so that reading
    the same workbook twice changes nothing.
    """
    carnets = {carnet.cle: carnet for carnet in campaign.carnets}
    verdicts: list[Verdict] = []
    leftovers: dict[str, Leftover] = {}
    for key in sorted(typed):
        entry = typed[key]
        verdict, why = _settled(key, entry, carnets, shelf, day)
        if verdict is not None:
            verdicts.append(verdict)
        kept = str(entry.answer) if why else ""
        if kept or entry.remark:
            leftovers[key] = Leftover(answer=kept, remark=entry.remark, why=why)
    return Settlement(verdicts=tuple(verdicts), leftovers=leftovers)


def _settled(
    key: str, entry: TypedAnswer, carnets: Mapping[str, CarnetRecord], shelf: FormShelf, day: str
) -> tuple[Verdict | None, str]:
    """The verdict of one row if there is a new one, and why its answer was not understood."""
    if not str(entry.answer).strip():
        return None, ""
    cle, _, rest = key.partition("|")
    page, _, name = rest.partition("|")
    carnet = carnets.get(cle)
    if name.startswith(f"{VERSION}-"):
        return None, _VERSION_LATER
    found = _placed(carnet, page, name) if carnet is not None else None
    if carnet is None or found is None:
        return None, _UNKNOWN_ROW
    record, outcome = found
    field = _field(record, name, shelf)
    if field is None:
        return None, _UNKNOWN_ROW
    answer = parse_answer(field, _code(field, entry.answer))
    if isinstance(answer, str):
        return None, answer
    return _verdict(carnet.carnet, record.row.page, outcome, answer, day), ""


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


def _verdict(carnet: str, page: int, outcome: Outcome, answer: Answer, day: str) -> Verdict | None:
    """The verdict, unless the one that stands says the same."""
    standing = outcome.verdict
    if answer.value and answer.value == outcome.decision.value:
        answer = replace(answer, raw=outcome.decision.raw)  # confirmed: the cells were read right, place by place
    if standing and (standing.raw, standing.value, standing.status) == (answer.raw, answer.value, answer.status):
        return None
    return Verdict(
        carnet=carnet,
        page=page,
        field=outcome.decision.field,
        raw=answer.raw,
        value=answer.value,
        status=answer.status,
        day=day,
        replaced=outcome.decision.value,
    )
