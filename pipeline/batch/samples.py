"""The hand-over of ``samples/``: twelve carnets as staff would bring them, made by machine.

Always the same from one seed.  ``python -m pipeline.batch.samples DIR`` writes the scan
files, ``truth.json`` and ``participants.csv`` into DIR.  The first carnet numbers are
those that ``carnet imprimer --graine 1`` draws in 2026, so that the demonstration reads
back carnets of its own register.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import compose, define
from pipeline.batch.rehearsing import draw_respondents
from pipeline.model.form import PublishedForm
from pipeline.model.order import PrintOrder
from pipeline.rehearse import (
    PlannedFile,
    PlannedSide,
    PrintedLot,
    Rehearsal,
    Truth,
    load_lot,
    produce,
    save_truth,
    sheets_of,
)

SEED, NUMBER_SEED, YEAR = 20261375, 1, 2026
PARTICIPANTS = 12
STANDARD = 11
_LARGE = 12  # rank of the number printed in large type: beyond those of the participants
_DAY = "2026-11-18"
_LOTS = ("MVAC-11e", "MVAC-11e", "FORUM", "MVAC-18e")
_CANALS = ("MVAC", "MVAC", "FORUM", "ASSO")
_PUBLICS = ("BEN", "BEN", "VDP", "BEN", "INS", "MIX")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """What is printed, by kind, and how to take sheets of it."""

    form: PublishedForm
    lots: tuple[PrintedLot, ...]

    def sheets(self, carnet: int, *wanted: int, lot: int = 0, turned: bool = False) -> tuple[PlannedSide, ...]:
        """Both faces of sheets of the carnet of that rank, in feeding order; all when none is named."""
        number = self.lots[lot].carnets()[carnet]
        sheets = sheets_of(self.lots[lot], lot, number, self.form.definition.jacket)
        sides: list[PlannedSide] = []
        for index in wanted or range(len(sheets)):
            sheet = sheets[index]
            front = PlannedSide(lot=lot, side=sheet.front, back=sheet.back, stapled=sheet.inner and lot == 0)
            sides.append(front)
            if sheet.back >= 0:
                sides.append(replace(front, side=sheet.back, back=sheet.front, quarter_turns=2 * turned))
        return tuple(sides)


def make_samples(folder: Path) -> Truth:
    """Write the hand-over into a folder that exists."""
    shelf = define.open_shelf(define.form_folders())
    form, nominative = shelf.latest("carnet"), shelf.latest("volet_nominatif")
    if form is None:
        raise LookupError("the form « carnet » is not on the shelf")
    numbers = compose.draw_numbers(_LARGE + 1, YEAR, frozenset(), NUMBER_SEED)
    with tempfile.TemporaryDirectory() as desk:
        lots = _printed(Path(desk), form, nominative, numbers)
        others = {nominative.definition.id: nominative} if nominative else {}
        carnets = [lot for lot in lots if lot.form == form.definition.id]
        rehearsal = Rehearsal(
            form=form,
            lots=lots,
            respondents=draw_respondents(form.definition, carnets, SEED),
            seed=SEED,
            others=others,
        )
        truth = produce(rehearsal, planned_files(_Table(form=form, lots=tuple(lots))), folder, _silent)
    save_truth(truth, folder / "truth.json")
    (folder / "participants.csv").write_text(participants(), encoding="utf-8-sig")
    return truth


def participants() -> str:
    """A participants file that names nobody."""
    lines = ["prénom;nom;lot;canal;public"]
    for rank in range(PARTICIPANTS):
        lot, canal = _LOTS[rank % len(_LOTS)], _CANALS[rank % len(_CANALS)]
        lines.append(f"Exemple;Numéro {rank + 1};{lot};{canal};{_PUBLICS[rank % len(_PUBLICS)]}")
    return "\n".join(lines) + "\n"


def planned_files(table: _Table) -> list[PlannedFile]:
    """What lies in each file; the table of ``samples/README.md`` says the same in words."""
    files = [
        PlannedFile(
            name=f"{_DAY}_MVAC-lot001_1.pdf",
            container="pdf",
            profile="bureau_200",
            sides=table.sheets(0) + table.sheets(1, turned=True) + _again(table.sheets(0, 1)),
        ),
        PlannedFile(
            name=f"{_DAY}_MVAC-lot001_2.tif",
            container="tiff",
            profile="bitonal_200",
            sides=_quarter(
                table.sheets(2)
                + table.sheets(3)
                + table.sheets(0, lot=2)
                + table.sheets(4, 0, 2)
                + table.sheets(5, 2, 0, 1)
            ),
        ),
        PlannedFile(
            name=f"{_DAY}_FORUM-lot002_1.pdf",
            container="pdf",
            profile="couleur_200",
            sides=_with_dead_codes(_with_coffee(table.sheets(7))),
        ),
        PlannedFile(
            name="SCAN0001.pdf",
            container="pdf",
            profile="bureau_300",
            sides=(*table.sheets(6, 0), PlannedSide(foreign="letter", expect="foreign")),
        ),
        PlannedFile(name="SCAN0002.tif", container="tiff", profile="bitonal_200", sides=table.sheets(0, lot=1)),
        PlannedFile(
            name="SCAN0003.pdf",
            container="pdf",
            profile="bureau_200",
            sides=(*table.sheets(10, 0), PlannedSide(foreign="blank", expect="blank"), *_nominative(table)),
        ),
    ]
    files += [
        PlannedFile(name=f"IMG_{rank:04d}.jpg", container="jpeg", profile="telephone", sides=(side,))
        for rank, side in enumerate(table.sheets(8, 0), start=1)
    ]
    front, back = table.sheets(9, 0)
    singles = [replace(side, half=half) for side in (front, back) for half in range(2)]
    files += [
        PlannedFile(name=f"vitre_{rank}.jpg", container="jpeg", profile="bureau_200", sides=(side,))
        for rank, side in enumerate(singles[:3], start=1)
    ]
    return [*files, PlannedFile(name="vitre_4.png", container="png", profile="bitonal_200", sides=(singles[3],))]


def _again(sides: Sequence[PlannedSide]) -> tuple[PlannedSide, ...]:
    """Sides fed a second time."""
    return tuple(replace(side, expect="duplicate") for side in sides)


def _quarter(sides: Sequence[PlannedSide]) -> tuple[PlannedSide, ...]:
    """Sides of sheets fed by their short edge."""
    return tuple(replace(side, quarter_turns=side.quarter_turns + 1) for side in sides)


def _with_coffee(sides: Sequence[PlannedSide]) -> tuple[PlannedSide, ...]:
    """A cup was put on the first sheet, and a corner of the last one is torn."""
    spoiled = list(sides)
    spoiled[0] = replace(spoiled[0], damages=("coffee",))
    spoiled[-1] = replace(spoiled[-1], damages=("torn_corner",))
    return tuple(spoiled)


def _with_dead_codes(sides: Sequence[PlannedSide]) -> tuple[PlannedSide, ...]:
    """One code of a page scratched over, and on another page both."""
    spoiled = list(sides)
    spoiled[2] = replace(spoiled[2], dead_codes=((0, 0),))
    spoiled[3] = replace(spoiled[3], dead_codes=((1, 0), (1, 1)))
    return tuple(spoiled)


def _nominative(table: _Table) -> tuple[PlannedSide, ...]:
    """The nominative sheet that must never be in a batch, when the shelf has one."""
    return (PlannedSide(lot=3, side=0, expect="foreign"),) if len(table.lots) > 3 else ()


def _printed(
    desk: Path, form: PublishedForm, nominative: PublishedForm | None, numbers: Sequence[str]
) -> list[PrintedLot]:
    """Standard carnets, one in large print, one continuation sheet, one nominative sheet."""
    continued = next(page for page in form.definition.pages if page.continues == "act")
    jobs: list[tuple[PublishedForm, list[PrintOrder], str, str]] = [
        (form, [PrintOrder(carnet=number) for number in numbers[:STANDARD]], "standard", "livret"),
        (form, [PrintOrder(carnet=numbers[_LARGE])], "gros_caracteres", "a5"),
        (form, [PrintOrder(carnet=numbers[3], sheets=((continued.number, 1),))], "standard", "a5"),
    ]
    if nominative is not None:
        jobs.append((nominative, [PrintOrder(carnet=numbers[10])], "standard", "a5"))
    lots = []
    for rank, (which, orders, variant, imposition) in enumerate(jobs):
        folder = desk / str(rank)
        folder.mkdir()
        printed = compose.print_carnets(
            which, orders, variant=variant, imposition="livret" if imposition == "livret" else "a5", out_dir=folder
        )
        lots.append(load_lot(printed.manifest, printed.pdf))
    return lots


def _silent(step: str, done: int, total: int) -> None:
    """No progress: this runs for the maintainers."""


if __name__ == "__main__":
    make_samples(Path(sys.argv[1] if len(sys.argv) > 1 else "samples"))
