"""What comes back, in which files: nothing but the printed sides, and each accounted for."""

from collections import Counter
from pathlib import Path

import pytest

from pipeline.model.identity import carnet_number
from pipeline.rehearse.planning import plan_files, sheets_of
from pipeline.rehearse.sheets import PrintedLot, PrintedSlot
from tests.rehearse.small_form import small_form

ORDER = ((12, 1), (2, 11), (10, 3), (4, 9), (8, 5), (6, 7))


class _Jacketed:
    """Stands for a definition: planning asks for its jacket alone."""

    jacket = (1, 2, 11, 12)


def _lot(count):
    sides = []
    for rank in range(count):
        carnet = carnet_number(26, 100 + rank)
        for pair in ORDER:
            slots = [
                PrintedSlot(carnet=carnet, page=page, origin_mm=(148.5 * place, 0.0), scale=1.0)
                for place, page in enumerate(pair)
            ]
            sides.append(tuple(slots))
    return PrintedLot(
        pdf=Path("x.pdf"), form="essai", version="1", variant="standard", imposition="livret", sides=tuple(sides)
    )


def test_sheets_are_two_faces_and_know_the_jacket():
    lot = _lot(2)
    sheets = sheets_of(lot, 0, lot.carnets()[1], (1, 2, 11, 12))
    assert [(sheet.front, sheet.back, sheet.inner) for sheet in sheets] == [(6, 7, False), (8, 9, True), (10, 11, True)]
    assert sheets[0].pages == {1, 2, 11, 12}


def test_shares_of_what_comes_back():
    lot = _lot(300)
    files = plan_files(_Jacketed(), [lot], 1)
    seen = Counter(slot.carnet for file in files for side in file.sides for slot in lot.sides[side.side])
    expected = {side.expect for file in files for side in file.sides}
    assert set(seen) == set(lot.carnets())
    outer = sum(count == 4 for count in seen.values())
    assert 35 <= outer <= 90
    assert {"placed", "duplicate", "either"} <= expected
    assert len({file.name for file in files}) == len(files)
    assert {file.container for file in files} == {"pdf", "tiff"}


def test_a_telephone_gives_one_photograph_a_side():
    files = plan_files(_Jacketed(), [_lot(2)], 1, profile="telephone")
    assert all(len(file.sides) == 1 and file.name.endswith(".jpg") for file in files)


def test_same_seed_same_plan():
    assert plan_files(_Jacketed(), [_lot(9)], 4) == plan_files(_Jacketed(), [_lot(9)], 4)
    assert plan_files(_Jacketed(), [_lot(9)], 4) != plan_files(_Jacketed(), [_lot(9)], 5)


@pytest.mark.parametrize("profile", ["bureau_300", "bitonal_200"])
def test_a_chosen_profile_is_undamaged(profile):
    files = plan_files(small_form().definition, [_lot(12)], 2, profile=profile)
    assert {file.profile for file in files} == {profile}
    assert not any(side.damages for file in files for side in file.sides)
