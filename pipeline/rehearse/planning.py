"""What staff hand over after a campaign: which sheets came back, in which files, how.

Shares follow the campaigns that the carnet is meant for: one carnet in five is lent as
its outer sheet alone, one in eight lacks a page or has a damaged one, a few sheets are
fed twice, backs come upside down when the copier flips on the other edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.model.form import FormDefinition
from pipeline.rehearse.damage import DAMAGES
from pipeline.rehearse.handover import PlannedFile, PlannedSide
from pipeline.rehearse.sheets import PrintedLot

OUTER_ONLY = 0.20
MISSING = 0.06
DAMAGED = 0.06
TWICE = 0.02
BACKS_TURNED = 0.25
CARNETS_PER_FILE = 4
OFFICE_MIX = {"bureau_300": 0.6, "couleur_200": 0.15, "bitonal_200": 0.2, "abime": 0.05}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Two faces of a sheet in one lot; ``back`` is −1 when nothing is printed there."""

    lot: int
    front: int
    back: int
    pages: frozenset[int]
    inner: bool


def sheets_of(lot: PrintedLot, lot_index: int, carnet: str, jacket: Sequence[int]) -> list[Sheet]:
    """The sheets of a carnet in the order of printing: sides two by two."""
    sides = lot.sides_of(carnet)
    sheets = []
    for front, back in zip(sides[::2], (*sides[1::2], -1), strict=False):
        pages = {slot.page for side in (front, back) if side >= 0 for slot in lot.sides[side]}
        inner = not pages & set(jacket)
        sheets.append(Sheet(lot=lot_index, front=front, back=back, pages=frozenset(pages), inner=inner))
    return sheets


def plan_files(
    form: FormDefinition, lots: Sequence[PrintedLot], seed: int, *, profile: str = "", day: str = "2026-11-18"
) -> list[PlannedFile]:
    """Files for all carnets of all lots; ``profile`` fixes one kind of scan for all."""
    rng = np.random.default_rng([seed, 55])
    piles = [
        _returned(form, lot, index, carnet, rng, tidy=bool(profile))
        for index, lot in enumerate(lots)
        for carnet in lot.carnets()
    ]
    files: list[PlannedFile] = []
    for start in range(0, len(piles), CARNETS_PER_FILE):
        number = len(files) + 1
        kind = profile or str(rng.choice(list(OFFICE_MIX), p=list(OFFICE_MIX.values())))
        sheets = [sheet for pile in piles[start : start + CARNETS_PER_FILE] for sheet in pile]
        files += _files_of(kind, sheets, number, day, rng)
    return files


def _returned(
    form: FormDefinition, lot: PrintedLot, index: int, carnet: str, rng: np.random.Generator, *, tidy: bool
) -> list[tuple[Sheet, tuple[str, ...], str]]:
    """What comes back of a carnet: sheets with their damages and fair disposition, in feeding order."""
    sheets = sheets_of(lot, index, carnet, form.jacket)
    if form.jacket and len(sheets) > 1 and rng.random() < OUTER_ONLY:
        sheets = [sheet for sheet in sheets if not sheet.inner]
    luck = rng.random()
    if luck < MISSING and len(sheets) > 1:
        del sheets[int(rng.integers(len(sheets)))]
    worn = int(rng.integers(len(sheets))) if not tidy and MISSING <= luck < MISSING + DAMAGED else -1
    if rng.random() < 0.15:
        sheets = [sheets[int(place)] for place in rng.permutation(len(sheets))]
    pile: list[tuple[Sheet, tuple[str, ...], str]] = []
    for place, sheet in enumerate(sheets):
        damages = _some_damage(rng) if place == worn else ()
        pile.append((sheet, damages, "either" if damages else "placed"))
        if rng.random() < TWICE:
            pile.append((sheet, (), "duplicate"))
    return pile


def _some_damage(rng: np.random.Generator) -> tuple[str, ...]:
    """One or two damages."""
    return tuple(str(name) for name in rng.choice(sorted(DAMAGES), size=int(rng.integers(1, 3)), replace=False))


def _files_of(
    kind: str, sheets: list[tuple[Sheet, tuple[str, ...], str]], number: int, day: str, rng: np.random.Generator
) -> list[PlannedFile]:
    """One file for a pile; a telephone gives one photograph a side."""
    turned = bool(rng.random() < BACKS_TURNED)
    fed = int(rng.choice([0, 1, 3]))
    sides = [side for sheet in sheets for side in _both_faces(*sheet, fed=fed, turned=turned, rng=rng)]
    if kind == "abime":
        sides = [replace(side, damages=side.damages or _some_damage(rng), expect="either") for side in sides]
    if kind == "telephone":
        return [
            PlannedFile(name=f"IMG_{number:02d}{place:04d}.jpg", container="jpeg", profile=kind, sides=(side,))
            for place, side in enumerate(sides, start=1)
        ]
    bitonal = kind in ("bitonal_200", "fax")
    name = f"{day}_MVAC-lot001_{number}" if rng.random() < 0.7 else f"SCAN{number:04d}"
    suffix, container = (".tif", "tiff") if bitonal else (".pdf", "pdf")
    return [
        PlannedFile(
            name=name + suffix, container="tiff" if container == "tiff" else "pdf", profile=kind, sides=tuple(sides)
        )
    ]


def _both_faces(
    sheet: Sheet, damages: tuple[str, ...], expect: str, *, fed: int, turned: bool, rng: np.random.Generator
) -> list[PlannedSide]:
    """The faces of a sheet as a duplex feeder delivers them: fed by its long or its short edge."""
    turn = (fed + int(rng.choice([0, 0, 0, 2]))) % 4
    front = PlannedSide(
        lot=sheet.lot,
        side=sheet.front,
        back=sheet.back,
        quarter_turns=turn,
        stapled=sheet.inner,
        damages=damages,
        expect=expect,
    )
    if sheet.back < 0:
        return [front]
    return [front, replace(front, side=sheet.back, back=sheet.front, quarter_turns=(turn + 2 * turned) % 4)]
