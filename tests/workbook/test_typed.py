"""What people typed, wherever they sorted or moved it to."""

import datetime

import pytest
from openpyxl import Workbook

from pipeline.errors import InputError
from pipeline.workbook import as_text, read_typed


def book(path, *rows, name="ARelire"):
    made = Workbook()
    made.active.title = name
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


def test_rows_are_found_by_key_and_columns_by_header(tmp_path):
    path = book(tmp_path / "a.xlsx", ["Remarque", "Ajout", "Juste", "Clé"], [None, 1, "3", "b"], ["pâle", 1, None, "a"])
    assert read_typed(path, "ARelire", "Clé", ("Juste", "Remarque")) == {"b": ("3", ""), "a": ("", "pâle")}


def test_values_stay_as_excel_holds_them(tmp_path):
    day = datetime.datetime(2026, 3, 12)
    path = book(tmp_path / "a.xlsx", ["Clé", "Juste"], ["a", day], ["b", 2.5], ["c", 7], ["d", True], ["e", " x "])
    found = {key: value for key, (value,) in read_typed(path, "ARelire", "Clé", ("Juste",)).items()}
    assert found == {"a": day, "b": 2.5, "c": 7, "d": "1", "e": "x"}


def test_hours_beyond_a_day_stay_a_duration(tmp_path):
    path = book(tmp_path / "a.xlsx", ["Clé", "Juste"], ["a", datetime.timedelta(hours=26, minutes=5)])
    assert read_typed(path, "ARelire", "Clé", ("Juste",)) == {"a": (datetime.timedelta(hours=26, minutes=5),)}
    assert as_text(datetime.timedelta(hours=26, minutes=5)) == "26:05"


def test_zero_is_an_answer(tmp_path):
    path = book(tmp_path / "a.xlsx", ["Clé", "Juste"], ["a", 0])
    assert read_typed(path, "ARelire", "Clé", ("Juste",)) == {"a": (0,)}


def test_of_a_copied_row_the_last_filled_cell_counts(tmp_path):
    path = book(tmp_path / "a.xlsx", ["Clé", "Juste", "Note"], ["a", "1", "n"], ["a", "2", None], ["a", None, None])
    assert read_typed(path, "ARelire", "Clé", ("Juste", "Note")) == {"a": ("2", "n")}


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 truncated"])
def test_what_is_no_workbook_is_told(tmp_path, content):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError):
        read_typed(path, "ARelire", "Clé", ("Juste",))


def test_a_missing_sheet_or_column_is_named(tmp_path):
    path = book(tmp_path / "a.xlsx", ["Clé", "Autre"])
    with pytest.raises(InputError) as caught:
        read_typed(path, "ARelire", "Clé", ("Juste",))
    assert caught.value.evidence["missing"] == ["Juste"]
    with pytest.raises(InputError) as caught:
        read_typed(path, "Textes", "Clé", ("Juste",))
    assert caught.value.evidence["sheet"] == "Textes"


def test_cells_read_as_people_write_them():
    shown = [as_text(v) for v in (None, 2.0, 2.5, datetime.date(2026, 3, 12), datetime.time(2, 30), "x ")]
    assert shown == ["", "2", "2,5", "12/03/2026", "02:30", "x"]
