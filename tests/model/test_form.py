"""Names and pages of continuation sheets lead back to what the form declares."""

from pathlib import Path

import pytest

from pipeline import define

CARNET = define.load_definition(Path(define.__file__).parents[2] / "forms" / "carnet" / "2026.1" / "form.toml")


def test_a_field_keeps_its_name_on_the_first_sheet():
    assert CARNET.name_on_sheet("act13_date", 1) == "act13_date"
    assert CARNET.name_on_sheet("prof_public", 0) == "prof_public"


@pytest.mark.parametrize(
    ("name", "ordinal", "seen"),
    [("act13_date", 2, "act20_date"), ("act19_texte", 3, "act33_texte"), ("att2_heures", 2, "att3_heures")],
)
def test_rows_go_on_over_further_sheets(name, ordinal, seen):
    assert CARNET.name_on_sheet(name, ordinal) == seen
    assert CARNET.resolve(seen).column == CARNET.field(name).column
    assert CARNET.resolve(seen).kind == CARNET.field(name).kind


@pytest.mark.parametrize(
    ("printed", "layout", "ordinal"), [(5, 5, 0), (21, 21, 1), (23, 21, 3), (31, 31, 1), (39, 31, 9)]
)
def test_printed_pages_lead_to_layout_pages(printed, layout, ordinal):
    page, found = CARNET.layout_page(printed)
    assert (page.number, found) == (layout, ordinal)


@pytest.mark.parametrize("unknown", ["nom", "act1", "zzz01_date", "act01_inconnu"])
def test_an_unknown_name_is_refused(unknown):
    with pytest.raises(KeyError):
        CARNET.resolve(unknown)


def test_an_unknown_page_is_refused():
    with pytest.raises(KeyError):
        CARNET.layout_page(13)
