"""A rehearsed campaign of 300 carnets: every line of Indicateurs against the truth, counted again by other means."""

import statistics

import numpy as np
import pytest
from openpyxl import load_workbook
from scipy.stats import binomtest

from pipeline import define
from pipeline.consolidate import build_sheets, collect, find, index_campaign
from pipeline.workbook import ROWS_MAX, write_workbook
from tests.consolidate.rehearsed import rehearse
from tests.consolidate.respondents import carnet_form
from tests.consolidate.truth_figures import ALL, NB, figures
from tests.workbook.test_writer import NOW

pytestmark = pytest.mark.slow

SHELF = define.open_shelf(define.form_folders())
SEED = 20_261_122
RATIOS = ("rapport des sommes", "9 à 10, moins 0 à 6")


def lines(folder, campaign):
    """The sheet as somebody opens it: by what names a line, its figures by name."""
    tables = collect(campaign, index_campaign(campaign, SHELF), SHELF, sensitive=False)
    sheets = build_sheets(campaign, tables, find(tables), {}, sensitive=False, rows_max=ROWS_MAX)
    write_workbook(folder / "a.xlsx", sheets, made_at=NOW, title="Essai")
    rows = load_workbook(folder / "a.xlsx")["Indicateurs"].iter_rows(values_only=True)
    names = [head.rpartition("(")[2].rstrip(")") for head in next(rows)]
    found = [dict(zip(names, row, strict=True)) for row in rows]
    by_line = {tuple(row[name] for name in names[:5]): row for row in found}
    assert len(by_line) == len(found), "two lines of the same name"
    return by_line


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    campaign, written, register = rehearse(carnet_form(), 300, SEED, reviewed=True)
    return lines(tmp_path_factory.mktemp("reviewed"), campaign), figures(carnet_form(), written, register)


def test_the_truth_knows_every_line_and_no_other(reviewed):
    told, truth = reviewed
    assert sorted(set(told) - set(truth)) == []
    assert sorted(set(truth) - set(told)) == []
    assert len(told) > 20_000
    one_by_one = [line for line in told if line[0] in ("C1", "C2") and f"{NB}: 07 – " in line[1] and line[3] != ALL]
    assert len(one_by_one) == 16 * len({line[3:] for line in one_by_one}) > 16 * 20
    codes = {line[0] for line in told}
    assert codes == {
        *(f"R{n}" for n in range(1, 5)), *(f"U{n}" for n in range(1, 7)), *(f"C{n}" for n in range(1, 5)),
        *(f"V{n}" for n in range(1, 4)), *(f"S{n}" for n in range(1, 13)), "Q1", "Q2", "Q3",
    }  # fmt: skip


def test_every_indicator_equals_the_truth_once_all_is_reviewed(reviewed):
    told, truth = reviewed
    wrong = [(line, *found) for line in told if (found := differing(line, told[line], truth[line]))]
    assert wrong == []


def differing(line, row, truth):
    """What differs between a line and the truth, if anything does."""
    if isinstance(truth, list):
        shown = (row["denominateur"], row["mediane"], row["quartile_1"], row["quartile_3"], row["moyenne"])
        real = (0, None, None, None, None)
        if truth:
            low, middle, high = np.quantile(truth, [0.25, 0.5, 0.75])
            real = (len(truth), middle, low, high, statistics.fmean(truth))
        return None if shown == pytest.approx(real, abs=1e-6) else (shown, real)
    numerator, denominator = truth
    share = numerator / denominator if denominator else None
    interval = (None, None)
    if denominator and line[2] not in RATIOS and numerator <= denominator:
        found = binomtest(int(numerator), int(denominator)).proportion_ci(0.95, method="wilson")
        interval = (found.low, found.high)
    shown = tuple(row[name] for name in ("numerateur", "denominateur", "pourcentage", "ic_bas", "ic_haut"))
    real = (numerator, denominator, share, *interval)
    return None if shown == pytest.approx(real, abs=1e-6) else (shown, real)


def test_the_truth_lies_within_what_is_not_read(tmp_path):
    """Before any review: between no unread cell and every unread cell, whoever belongs to the group."""
    campaign, written, register = rehearse(carnet_form(), 300, SEED + 1, reviewed=False)
    told, truth = lines(tmp_path, campaign), figures(carnet_form(), written, register)
    bounded = {True: 0, False: 0}
    for line, row in told.items():
        if isinstance(truth[line], list) or line[2] in RATIOS or line[0] in ("R1", "R2", "Q1", "Q2", "Q3"):
            continue
        if "jours non lus" in line[2]:
            continue
        numerator, denominator = truth[line]
        doubts = row["non_lues"] + (row["groupe_non_lu"] or 0)
        assert row["numerateur"] <= numerator <= row["numerateur"] + doubts, line
        assert row["denominateur"] <= denominator <= row["denominateur"] + doubts, line
        if doubts and denominator:
            assert row["cas_bas"] - 1e-9 <= numerator / denominator <= row["cas_haut"] + 1e-9, line
            bounded[line[3] == ALL] += 1
        elif denominator:
            assert row["pourcentage"] == pytest.approx(numerator / denominator), line
    assert bounded[True] > 300
    assert bounded[False] > 15_000
