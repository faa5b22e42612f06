"""The blind sample: answers that a person reads without knowing that the machine was sure.

What nobody doubts is never looked at; only answers drawn among the accepted ones, and among
those taken for blank, tell how many of them are wrong.  The draw depends on the campaign's
seed and on the scans alone, never on the order of arrival.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator

from pipeline.model.decision import Status
from pipeline.model.form import FormShelf
from pipeline.model.kinds import kind_of
from pipeline.model.result import Campaign, Disposition
from pipeline.model.versions import SampledValue

SURE = (Status.ACCEPTED, Status.BLANK)
"""What nobody is asked about: a value that the machine read, an answer that it found empty."""
_ROOM = 1000


def pending(campaign: Campaign) -> tuple[SampledValue, ...]:
    """Answers drawn that nobody has read yet, and of which the machine is still sure."""
    if not campaign.sample:
        return ()
    pages = {one.key for one in campaign.sample}
    sure = {
        (page.row.key, outcome.decision.field): outcome.decision.value
        for carnet in campaign.carnets
        for page in carnet.pages
        if page.row.key in pages and page.row.disposition is Disposition.PLACED
        for outcome in page.outcomes
        if outcome.verdict is None and outcome.decision.status in SURE
    }
    return tuple(one for one in campaign.sample if sure.get((one.key, one.field)) == one.value)


def draw(
    campaign: Campaign, shelf: FormShelf, *, seed: str, wanted: int, day: str, sensitive: bool
) -> tuple[SampledValue, ...]:
    """Answers to add so that ``wanted`` wait for a person, spread evenly over the kinds of field.

    Only what nobody has settled; without ``sensitive``, none that the workbook would hide.
    Of each kind, values that were read and answers found empty are drawn apart, as many of
    each: empty ones are many, and would leave no room for the others.  A kind with few
    answers gives its share to the others.
    """
    missing = max(0, wanted - len(pending(campaign)))
    strata: dict[tuple[str, bool], list[tuple[str, str, SampledValue]]] = defaultdict(list)
    for kind, one in _candidates(campaign, shelf, day, sensitive=sensitive):
        lot = hashlib.sha256(f"{seed}|{one.key}|{one.field}".encode()).hexdigest()
        strata[kind].append((lot, f"{one.key}|{one.field}", one))
        if len(strata[kind]) > 2 * missing + _ROOM:  # a campaign has a million values, of which few are drawn
            strata[kind] = sorted(strata[kind], key=lambda drawn: drawn[:2])[:missing]
    queues = [[one for _, _, one in sorted(strata[kind], key=lambda drawn: drawn[:2])] for kind in sorted(strata)]
    drawn: list[SampledValue] = []
    for turn in range(max(map(len, queues), default=0)):
        drawn += [queue[turn] for queue in queues if turn < len(queue)]
        if len(drawn) >= missing:
            break
    return tuple(drawn[:missing])


def _candidates(
    campaign: Campaign, shelf: FormShelf, day: str, *, sensitive: bool
) -> Iterator[tuple[tuple[str, bool], SampledValue]]:
    """Answers never drawn before, each with its kind and whether it was found empty."""
    known = {(one.key, one.field) for one in campaign.sample}
    for carnet in campaign.carnets:
        for page in carnet.pages:
            published = shelf.get(page.row.form, page.row.version)
            if page.row.disposition is not Disposition.PLACED or published is None:
                continue
            for outcome in page.outcomes:
                decision = outcome.decision
                field = published.definition.resolve(decision.field)
                hidden = (field.sensitive or field.type == "text") and not sensitive
                if outcome.verdict or hidden or field.type == "masked" or decision.status not in SURE:
                    continue
                if (page.row.key, decision.field) not in known:
                    yield (
                        (kind_of(field), decision.found_empty),
                        SampledValue(key=page.row.key, field=decision.field, value=decision.value, day=day),
                    )
