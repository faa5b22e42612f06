"""``carnet calibrer``: how far to trust the digit engine, from what people settled in this campaign.

Only cells whose ink is plain count: where a digit was struck, rewritten or squeezed in,
what a person typed is not what stands in the cell.  The stored readings are never changed;
what is found goes into ``calibration.json``, which every later command takes as settings.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import decide, define
from pipeline.batch.reading import decide_pending
from pipeline.decide import Bin, Refit, VerifiedCell
from pipeline.errors import InputError
from pipeline.model.decision import FieldDecision, Status, Verdict
from pipeline.model.form import Field, FormShelf
from pipeline.model.reading import FieldReading
from pipeline.model.result import Disposition, PageResult
from pipeline.model.value import comb_value
from pipeline.settings import CALIBRATION, DecideSettings, load_settings
from pipeline.store import Store, campaign_lock, open_store, require_campaign
from pipeline.workbook import write_whole

CELLS_MIN = 100
"""Verified digits under which nothing can be learnt."""
_PLAIN = frozenset({"uncertain_digit", "impossible_value", "future_date"})
"""Reasons that leave the ink as it is."""
_DIGITS = "0123456789"
GREY, BITONAL = "grey", "bitonal"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibratingReport:
    """What was found, from how many carnets, and where it was written.

    ``groups`` gives the reliability of decided numbers by kind of scan, as they stood
    before; ``engine`` is the engine that the cells were read with.
    """

    path: Path
    engine: str
    refit: Refit
    fields: int
    carnets: int
    groups: Mapping[str, tuple[Bin, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settled:
    """A number that a person settled, with what was read of it."""

    carnet: str
    group: str
    decision: FieldDecision
    right: bool
    cells: tuple[tuple[tuple[float, ...], int], ...]
    engine: str


def calibrate_campaign(folder: Path, at: str, progress: Progress, waiting: Callable[[], None]) -> CalibratingReport:
    """Fit, write ``calibration.json``, decide every carnet again.

    The same verdicts give the same file.  Raises ``InputError`` when the folder holds no
    campaign or too few verified digits.
    """
    require_campaign(folder, "Lisez d’abord des carnets numérisés (« carnet lire »)")
    with campaign_lock(folder, waiting), open_store(folder) as store:
        decide_pending(store, load_settings(folder / "reglages.toml"), progress)
        settled, accepted = _settled(store)
        engine = _engine(settled)
        settled = [one for one in settled if one.engine == engine]
        cells = _weighted(settled, accepted)
        if len(cells) < CELLS_MIN:
            raise InputError(
                f"Il faut au moins {CELLS_MIN} chiffres vérifiés par une personne pour calibrer, et cette campagne en "
                f"a {len(cells)}. Répondez dans la feuille ARelire, lancez « carnet consolider », puis réessayez.",
                cells=len(cells),
            )
        found = decide.refit(cells, DecideSettings().cell_error_floor)
        report = CalibratingReport(
            path=folder / CALIBRATION,
            engine=engine,
            refit=found,
            fields=len(settled),
            carnets=len({one.carnet for one in settled}),
            groups=_groups(settled),
        )
        _write(report)
        decide_pending(store, load_settings(folder / "reglages.toml"), progress)
        store.log("calibrer", f"{found.cells} chiffres vérifiés, température {found.temperature}", at)
        return report


def _settled(store: Store) -> tuple[list[_Settled], int]:
    """Numbers settled by people whose ink is plain, and how many numbers were accepted in all."""
    shelf = define.open_shelf(define.form_folders())
    latest = {(v.carnet, v.page, v.field): v for v in store.verdicts()}
    decided, settled, accepted = store.decided(), [], 0
    for page in store.pages(readings=True):
        found = decided.get(page.key)
        if page.identity is None or found is None or found.disposition is not Disposition.PLACED:
            continue
        decisions = {decision.field: decision for decision in found.decisions if decision.type == "comb"}
        accepted += sum(decision.status is Status.ACCEPTED for decision in decisions.values())
        settled += list(_of_page(page, decisions, latest, shelf))
    return settled, accepted


def _of_page(
    page: PageResult,
    decisions: Mapping[str, FieldDecision],
    latest: Mapping[tuple[str, int, str], Verdict],
    shelf: FormShelf,
) -> Iterator[_Settled]:
    """The settled numbers of one page."""
    form = shelf.get(page.form, page.version)
    assert page.identity is not None
    for reading in page.readings if form is not None else ():
        decision = decisions.get(reading.name)
        verdict = latest.get((page.identity.carnet, page.identity.page, reading.name))
        if form is None or decision is None or verdict is None or verdict.status is not Status.VERIFIED:
            continue
        field = form.definition.resolve(reading.name)
        written = _written(field, reading, verdict)
        if written and set(decision.reasons) <= _PLAIN:
            yield _Settled(
                carnet=page.identity.carnet,
                group=BITONAL if BITONAL in page.warnings else GREY,
                decision=decision,
                right=decision.value == verdict.value,
                cells=tuple(
                    (cell.probabilities, int(digit))
                    for cell, digit in zip(reading.cells, written, strict=True)
                    if digit in _DIGITS
                ),
                engine=reading.engine,
            )


def _written(field: Field, reading: FieldReading, verdict: Verdict) -> str:
    """What must stand in the inked cells for the settled value; empty when that is not certain.

    A person types a value, not cells: « 7 » may stand left, right or after a zero.
    """
    inked = [len(cell.probabilities) == len(_DIGITS) for cell in reading.cells]
    count, digits = sum(inked), verdict.raw.strip()
    in_place = "".join(digit if ink else " " for digit, ink in zip(verdict.raw.ljust(len(inked)), inked, strict=False))
    in_order = iter(digits.rjust(count, "0")[-count:])
    shifted = "".join(next(in_order, " ") if ink else " " for ink in inked)
    for text in (in_place, shifted):
        whole = all((character in _DIGITS) == ink for character, ink in zip(text, inked, strict=True))
        if whole and count >= len(digits.lstrip("0")) and comb_value(field, text) == verdict.value:
            return text
    return ""


def _engine(settled: Sequence[_Settled]) -> str:
    """The engine that read most of them: after an update, older readings may be of another."""
    counts: dict[str, int] = defaultdict(int)
    for one in settled:
        counts[one.engine] += 1
    return max(sorted(counts), key=lambda name: counts[name], default="")


def _weighted(settled: Sequence[_Settled], accepted: int) -> list[VerifiedCell]:
    """All cells; those of numbers that nobody had to look at stand for the many that nobody looked at."""
    checked = sum(one.decision.status is Status.ACCEPTED for one in settled)
    weight = max(1.0, accepted / checked) if checked else 1.0
    return [
        VerifiedCell(
            probabilities=vector,
            digit=digit,
            weight=weight if one.decision.status is Status.ACCEPTED else 1.0,
        )
        for one in settled
        for vector, digit in one.cells
    ]


def _groups(settled: Sequence[_Settled]) -> dict[str, tuple[Bin, ...]]:
    """Reliability of the numbers by kind of scan."""
    judged: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for one in settled:
        judged[one.group].append((one.decision.confidence, one.right))
    return {group: decide.reliability(judged[group]) for group in sorted(judged)}


def _write(report: CalibratingReport) -> None:
    """``calibration.json``, whole or not at all."""
    found = report.refit
    content = {
        "engine": report.engine,
        "cells": found.cells,
        "carnets": report.carnets,
        "error_before": round(found.error_before, 5),
        "error_after": round(found.error_after, 5),
        "settings": {
            "decide": {
                "digit_temperature": found.temperature,
                "digit_engine": decide.engine_number(report.engine),
                "cell_error_floor": found.floor,
            }
        },
    }
    text = json.dumps(content, indent=2) + "\n"
    write_whole(report.path, lambda path: path.write_text(text, encoding="utf-8"))
