"""Every figure against the truth, computed again by other means."""

import re
import subprocess
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from scipy.stats import binomtest

from pipeline import define
from pipeline.consolidate import build_sheets, collect, find, index_campaign
from pipeline.consolidate.counting import Condition, Headers, Tally, equal, formula
from pipeline.consolidate.figures import _difference
from pipeline.model.decision import Status
from pipeline.model.interval import wilson
from pipeline.workbook import ROWS_MAX, Formula, write_workbook
from tests.consolidate.campaigns import random_campaign
from tests.workbook.test_writer import NOW

pytestmark = pytest.mark.slow

SHELF = define.open_shelf(define.form_folders())
FORM = SHELF.latest("carnet").definition
OPINIONS = {
    "S1": "comprendre", "S2": "mots", "S3": "place", "S4": "temps", "S5": "competences",
    "S6": "utile", "S7": "reconnu", "S8": "confiance", "S9": "emploi", "S10": "continuer",
}  # fmt: skip
EXACT = Status.ACCEPTED, Status.VERIFIED


@pytest.fixture(scope="module")
def rehearsed():
    """Three hundred carnets, what was read of them and everything found."""
    campaign = random_campaign(FORM, 300, seed=20)
    tables = collect(campaign, index_campaign(campaign, SHELF), SHELF, sensitive=False)
    return campaign, tables, find(tables)


@pytest.fixture(scope="module")
def answers(rehearsed):
    """By carnet: field → value, None where it was not read; no key where the page is absent."""
    found = []
    for carnet in rehearsed[0].carnets:
        read = {}
        for page in carnet.pages:
            for one in page.outcomes:
                status = one.status
                blank = status is Status.BLANK or (status is Status.VERIFIED and not one.value and not one.raw.strip())
                read[one.decision.field] = "" if blank else one.value if status in EXACT else None
        found.append(read)
    return found


def figure(rehearsed, code, measure, label=""):
    (one,) = [
        one
        for one in rehearsed[2].indicators
        if not one.group and one.code == code and one.measure == measure and label in one.label
    ]
    return one


def lent(read):
    return {2, 11, 12} & {FORM.field(name).page for name in read if name in NAMES}


NAMES = {one.name for one in FORM.fields}


def test_opinions(rehearsed, answers):
    for code, name in OPINIONS.items():
        given_ = Counter(read.get(f"avis_{name}") for read in answers)
        known = sum(count for value, count in given_.items() if value)
        top = figure(rehearsed, code, "plutôt oui ou tout à fait")
        assert (top.numerator, top.denominator) == (given_["3"] + given_["4"], known)
        assert top.blank == given_[""]
        assert top.unread + top.not_lent == given_[None]
        one = figure(rehearsed, code, "1 – Pas du tout")
        assert one.numerator == given_["1"]


def test_recommendation(rehearsed, answers):
    given_ = Counter(read.get("avis_recommander") for read in answers)
    high, low = (sum(given_[str(n)] for n in span) for span in (range(9, 11), range(7)))
    assert figure(rehearsed, "S11", "9 ou 10").numerator == high
    difference = figure(rehearsed, "S11", "9 à 10, moins 0 à 6")
    assert difference.numerator == high - low
    assert difference.interval is None


def test_profile_wishes_and_deposit(rehearsed, answers):
    public = [read.get("prof_public") for read in answers]
    known = [value.split("|") for value in public if value]
    volunteers = figure(rehearsed, "R4", "Volontaire de Paris")
    assert (volunteers.numerator, volunteers.denominator) == (sum("VDP" in one for one in known), len(known))
    centre = figure(rehearsed, "R4", "Paris Centre (1er à 4e)")
    assert centre.numerator == sum(read.get("prof_arrondissement") in {"1", "2", "3", "4"} for read in answers)
    whole = figure(rehearsed, "R3", "tout mon carnet")
    choice = Counter(read.get("rendu_choix") for read in answers)
    assert (whole.numerator, whole.denominator) == (choice["TOUT"], choice["TOUT"] + choice["FEUILLE"] + choice[""])
    support = figure(rehearsed, "S12", "sur papier")
    assert support.numerator == sum(read.get("sou_support") == "P" for read in answers)


def rows(read, group, columns, count):
    """Used rows of a group, as columns; a row is used when anything stands in it."""
    width = 2 if group in {"act", "cmp"} else 1
    found = []
    for number in range(1, count + 1):
        row = {column: read.get(f"{group}{number:0{width}d}_{column}", "absent") for column in columns}
        if any(value not in ("", "absent") for value in row.values()):
            found.append(row)
    return found


def test_actions_and_hours(rehearsed, answers):
    hours = []
    for read in answers:
        if not all(f"act{row}_date" in read for row in ("01", "07")):
            continue
        used = rows(read, "act", ("date", "duree", "structure", "mission", "texte"), 12)
        times = [row["duree"] for row in used]
        if None not in times and any(times):
            hours.append(sum(float(value) for value in times if value))
    banded = figure(rehearsed, "U2", "plus de 5\u00a0h à 10\u00a0h", "Heures")
    found = next(
        one for one in rehearsed[2].indicators if not one.group and one.label == "Heures en tout" and one.summary
    )
    assert banded.denominator == found.summary.n
    assert abs(found.summary.n - len(hours)) <= banded.unread
    assert banded.numerator == sum(5 < value <= 10 for value in hours)


def test_skills(rehearsed, answers):
    for number in ("01", "13", "24"):
        before = [read.get(f"cmp{number}_debut", "absent") for read in answers]
        after = [read.get(f"cmp{number}_fin", "absent") for read in answers]
        pairs = list(zip(before, after, strict=True))
        known = [pair for pair in pairs if any(value not in ("", None, "absent") for value in pair)]
        blank = [pair for pair in pairs if pair == ("", "")]
        concerned = figure(rehearsed, "C3", "un niveau coché", f" {number} – ")
        assert (concerned.numerator, concerned.denominator) == (len(known), len(known) + len(blank))
        dates = [(read.get("cmp_date_debut"), read.get("cmp_date_fin")) for read in answers]
        apart = [
            (int(a), int(b))
            for (a, b), (start, end) in zip(pairs, dates, strict=True)
            if start and end and start != end and a in set("1234") and b in set("1234")
        ]
        risen = figure(rehearsed, "C2", "plus haut à la fin (jours différents)", f" {number} – ")
        assert (risen.numerator, risen.denominator) == (sum(b > a for a, b in apart), len(apart))
        (table,) = [
            one for one in rehearsed[2].transitions if one.label.startswith(number) and one.days == "jours différents"
        ]
        assert table.counts == tuple(
            tuple(sum(pair == (a, b) for pair in apart) for b in range(1, 5)) for a in range(1, 5)
        )


def test_strengths_count_each_carnet_once(rehearsed, answers):
    named = [{read.get(f"ref_top{n}") for n in (1, 2, 3)} - {"", None} for read in answers]
    for code in ("01", "24"):
        one = next(i for i in rehearsed[2].indicators if i.code == "C4" and i.measure.startswith(f"{code} – "))
        assert (one.numerator, one.denominator) == (sum(code in one_ for one_ in named), sum(map(bool, named)))


def test_groups_are_parts_of_everyone(rehearsed):
    for one in rehearsed[2].indicators:
        if one.kind == "share" and not one.linked and one.code not in {"R1", "R2"}:
            assert 0 <= one.numerator <= one.denominator
            assert one.worst is None or one.worst <= one.best
    by_age = [one for one in rehearsed[2].indicators if one.group == "age" and one.code == "R3"]
    everyone = figure(rehearsed, "R3", "tout mon carnet")
    assert sum(one.numerator for one in by_age) <= everyone.numerator


def test_everyone_comes_first_and_single_skills_by_group_last(rehearsed):
    found = rehearsed[2].indicators
    blocks = [(bool(one.group), bool(one.group) and one.part == "ligne") for one in found]
    assert blocks == sorted(blocks)
    by_skill = [one for one in found if one.group and one.part == "ligne"]
    assert [one.group for one in by_skill] == sorted(
        (one.group for one in by_skill), key=("public", "secteur", "age", "domaine", "variante").index
    )
    everyones = {(one.code, one.label, one.measure) for one in found if not one.group and one.part == "ligne"}
    groups = {(one.group, one.group_value) for one in by_skill}
    told = {(one.code, one.label, one.measure, one.group, one.group_value) for one in by_skill}
    assert told == {(*line, *group) for line in everyones for group in groups}
    assert {line[0] for line in everyones} == {"C1", "C2", "C3"}
    assert len(groups) == len({(one.group, one.group_value) for one in found if one.code == "S6" and one.group})


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_that_of_others(pair):
    count, of = pair
    other = binomtest(count, of).proportion_ci(0.95, method="wilson")
    assert wilson(count, of) == pytest.approx((other.low, other.high), abs=1e-9)


def test_no_formula_asks_for_empty_cells(rehearsed):
    """LibreOffice leaves rows out when a criterion accepts the empty cells at the head of a column."""
    campaign, tables, found = rehearsed
    sheets = build_sheets(campaign, tables, found, {}, sensitive=False, rows_max=ROWS_MAX)
    (control,) = [sheet for sheet in sheets if sheet.name == "Controle"]
    told = [entry.text for row in control.rows for entry in row if isinstance(entry, Formula)]
    assert len(told) > 80_000
    assert [text for text in told if '"="' in text or re.search('"<>[^"]', text)] == []
    both = (Condition(column="a", test="empty"), Condition(column="b", test="<>", value=2), equal("c", 1))
    headers = Headers(by_sheet={"T": {name: name.upper() for name in "abc"}})
    assert formula(Tally(sheet="T", alternatives=(both,)), headers) == (
        'COUNTIFS(t_t[C],1)-COUNTIFS(t_t[C],1,t_t[A],"<>")-COUNTIFS(t_t[C],1,t_t[B],2)'
        '+COUNTIFS(t_t[C],1,t_t[A],"<>",t_t[B],2)'
    )


@pytest.mark.parametrize("skills", [128, 256, 384, 7, 1_000_003])
def test_a_mean_between_two_sixth_decimals_is_no_difference(skills):
    decimals = int(re.search(r",(\d+)\)$", _difference("G", "F", 2).text).group(1))
    for gained in range(1, 60):
        mean = gained / skills
        assert abs(mean - round(mean, 6)) < 0.5 * 10**-decimals
    assert decimals >= 5


@pytest.mark.slow
def test_every_formula_equals_its_value_in_libreoffice(tmp_path):
    campaign = random_campaign(FORM, 25, seed=8)
    campaign = replace(campaign, carnets=campaign.carnets)
    tables = collect(campaign, index_campaign(campaign, SHELF), SHELF, sensitive=False)
    sheets = build_sheets(campaign, tables, find(tables), {}, sensitive=False, rows_max=ROWS_MAX)
    path, again = tmp_path / "a.xlsx", tmp_path / "again"
    write_workbook(path, sheets, made_at=NOW, title="Essai")
    kept = load_workbook(path, data_only=True, read_only=True)["Controle"]
    assert [row[6] for row in kept.iter_rows(min_row=2, max_row=4, values_only=True)] == ["non calculé"] * 3
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(again), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=400)
    book = load_workbook(again / "a.xlsx", data_only=True, read_only=True)
    rows_ = list(book["Controle"].iter_rows(min_row=2, values_only=True))
    assert len(rows_) > 20_000
    assert [row for row in rows_ if row[7] not in (0, None) or row[10] != 0] == []
    for sheet in book:
        for row in sheet.iter_rows(values_only=True):
            assert not any(isinstance(value, str) and value.startswith("#") for value in row), sheet.title
