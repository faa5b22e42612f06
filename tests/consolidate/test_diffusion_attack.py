"""Nobody works out a hidden figure from the published ones, in one file or in two."""

import math
import subprocess
from collections import Counter
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from pipeline.consolidate import Diffusion, Kept
from pipeline.model.result import Campaign
from tests.consolidate import attack, attack_links
from tests.consolidate.publishing import RULES, edition_of, file_of, plan, truth_of, write
from tests.consolidate.respondents import alike, many, person

pytestmark = pytest.mark.slow
THRESHOLD, SPARED = 11, 2


def demands(question: str, answer: str, truth) -> float:
    """How wide the interval of a hidden figure must be, by the rules alone.

    A group of fewer than 11 must look as if it could have 11; an answer of all, or of all but
    two, must look as if three had given another; and no figure may be worked out.
    """
    size, counts, amounts, _ = truth
    several = question in attack.SEVERAL
    base = size if several else sum(counts.values())
    if answer == "total":
        largest = max(amounts.values(), default=0.0)
        alone = largest > 0.85 * sum(amounts.values())
        return largest / 0.85 - sum(amounts.values()) if alone else 1
    if size >= THRESHOLD and counts and base - counts[answer] <= SPARED:
        return SPARED + 1
    return 1


def table_of(cells, truth) -> str:
    """The attack as a table: hidden figures and the narrowest interval, by question."""
    lines = [f"{'question':44} {'cachés':>7} {'plus étroit':>12}"]
    for question, count in Counter(cell.question for cell in cells).items():
        widths = [cell.width for cell in cells if cell.question == question]
        lines.append(f"{question[:44]:44} {count:7d} {min(widths):12g}")
    return "\n".join(lines)


def assert_protected(found: Diffusion, file: attack.File) -> list[attack.Cell]:
    """By each question alone, then by all that the questions say of each other."""
    truth = truth_of(found)
    alone = list(attack.hidden_cells(file))
    cells = list(attack.hidden_cells(file, attack_links.everything))
    assert len(cells) == len(alone)
    for cell in (*alone, *cells):
        line = truth[cell.question, cell.grouping, cell.group]
        assert line[3], "an unhidden line"
        real = line[1].get(cell.answer, sum(line[2].values()))
        assert cell.low - 0.51 <= real <= cell.high + 0.51, "the attack itself is wrong"
    for cell in alone:
        assert cell.width >= demands(cell.question, cell.answer, truth[cell.question, cell.grouping, cell.group]), cell
    for cell in cells:
        line = truth[cell.question, cell.grouping, cell.group]
        nobody = line[1].get(cell.answer) == cell.high == 0  # known from another question: it tells of nobody
        assert nobody or cell.width >= demands(cell.question, cell.answer, line), cell
    for question in file.questions():
        assert_no_small_group_is_proved(file, question, truth)
    return cells


def assert_no_small_group_is_proved(file: attack.File, question: str, truth) -> None:
    """Of a hidden line nobody can prove that few answered, nor that all but two answered the same."""
    answers = list(next(row.counts for (q, _, _), row in file.rows.items() if q == question))
    hidden = [(g, n) for (q, g, n), row in file.rows.items() if q == question and row.size is None and g != attack.ALL]
    if not hidden or question.startswith("Compétences"):
        return
    system = attack.System()
    attack_links.everything(system, file, question)
    for grouping, group in hidden:
        size = (system.at("", question, grouping, group, "size"), 1.0)
        assert system.extreme([size], -1) >= THRESHOLD
        for answer in answers:
            others = [size, (system.at("", question, grouping, group, answer), -1.0)]
            assert system.extreme(others, -1) >= SPARED + 1 - 1e-6


@pytest.mark.parametrize("seed", [1, 3])
def test_a_linear_programme_finds_no_hidden_figure_of_a_campaign_of_120(seed, tmp_path):
    found = edition_of(many(120, seed))
    cells = assert_protected(found, file_of(found, tmp_path))
    print(f"\n{table_of(cells, truth_of(found))}\nPart cachée : {found.share_hidden:.1%}")
    assert cells, "nothing was hidden: the attack proves nothing"
    assert found.share_hidden <= 0.20


@pytest.mark.parametrize("seed", [10, 14])
def test_questions_together_tell_no_more_when_age_nearly_tells_the_rest(seed, tmp_path):
    """The table of public, age and help bounds what each of them answered; on seed 10 a figure once fell."""
    found = edition_of(alike(120, seed))
    cells = assert_protected(found, file_of(found, tmp_path))
    assert len(cells) > 50
    assert found.share_hidden <= 0.20


def test_the_attack_finds_what_two_groupings_tell_of_each_other():
    """Young people are the beginners: what one table hides of them, the other shows."""
    file = attack.File(people={(attack.ALL, attack.ALL): 62})
    file.people |= {("Âge", "Jeunes"): 12, ("Âge", "Adultes"): 30, ("Âge", "Âge non dit"): 20}
    file.people |= {("Public", "Débutants"): 12, ("Public", "Bénévoles"): 30, ("Public", "Autres"): 20}
    same = zip(("Débutants", "Bénévoles", "Autres"), ("jeunes", "adultes", "âge non dit"), (12, 30, 20), strict=True)
    file.people |= {("Public × âge", f"{public} × {age}"): size for public, age, size in same}
    told = {"Débutants": (7, 5), "Bénévoles": (18, 12), "Autres": (9, 11)}
    for public, counts in told.items():
        file.rows["Q", "Public", public] = attack.Row(size=sum(counts), counts=dict(zip("ab", counts, strict=True)))
    file.rows["Q", attack.ALL, attack.ALL] = attack.Row(size=62, counts={"a": 34, "b": 28})
    file.rows["Q", "Âge", "Jeunes"] = attack.Row(size=None, counts={"a": None, "b": None})
    file.rows["Q", "Âge", "Adultes"] = attack.Row(size=None, counts={"a": None, "b": None})
    file.rows["Q", "Âge", "Âge non dit"] = attack.Row(size=20, counts={"a": 9, "b": 11})
    for row in file.rows.values():
        row.total = row.mean = math.nan
    assert all(cell.width > 5 for cell in attack.hidden_cells(file))
    hidden = {(cell.group, cell.answer): cell for cell in attack.hidden_cells(file, attack_links.everything)}
    assert {key: (round(cell.low, 6), round(cell.high, 6)) for key, cell in hidden.items()} == {
        ("Jeunes", "a"): (7, 7), ("Jeunes", "b"): (5, 5), ("Adultes", "a"): (18, 18), ("Adultes", "b"): (12, 12)
    }  # fmt: skip


def test_groups_described_are_large_and_every_line_shown_passes_the_rules(tmp_path):
    found = edition_of(many(120, 5))
    file = file_of(found, tmp_path)
    assert min(size for size in file.people.values() if size) >= THRESHOLD
    for (question, grouping, group), row in file.rows.items():
        if row.size is None or grouping in ("Famille", "Compétence", "Domaine") or not row.size:
            continue
        assert row.size >= THRESHOLD, (question, group)
        base = row.size if question in attack.SEVERAL else sum(c for c in row.counts.values())
        assert not row.counts or base - max(row.counts.values()) > SPARED, (question, group)


def test_the_attack_finds_a_figure_hidden_alone(tmp_path):
    """The attack bites: with one line of a table shown that should be hidden, the others fall."""
    found = edition_of(many(120, 1))
    file = file_of(found, tmp_path)
    truth = truth_of(found)
    cell = next(attack.hidden_cells(file))
    same = [key for key in file.rows if key[:2] == (cell.question, cell.grouping) and file.rows[key].size is None]
    for key in same[1:]:
        file.rows[key] = attack.Row(size=truth[key][0], counts=dict(truth[key][1]))
    again = [one for one in attack.hidden_cells(file) if (one.question, one.grouping) == (cell.question, cell.grouping)]
    assert again
    assert all(one.width == 0 for one in again)


# Two editions


def codes_of(grouping: str, group: str) -> frozenset[str]:
    """The answers behind the printed name of a group: anybody may know them."""
    if " × " in grouping:
        names, halves = grouping.split(" × "), group.split(" × ")
        left, right = (codes_of(name, half) for name, half in zip(names, halves, strict=True))
        return frozenset(f"{a}|{b}" for a in left for b in right)
    plain = {one.label.lower(): one for one in plan().groupings}.get(grouping.lower())
    known = {c.label.lower(): c.codes for rung in (plain.rungs if plain else ()) for c in rung}
    found: set[str] = set()
    for part in group.lower().split(" ; "):
        found |= known.get(part, {"" if plain and part == plain.unknown.lower() else part})
    return frozenset(found)


def common_groups(one: attack.File, two: attack.File, question: str, grouping: str):
    """Groups that both files tell, alone or by adding up: their names in each."""
    left = [(0, g, codes_of(grouping, g)) for g in groups_of(one, question, grouping)]
    right = [(1, g, codes_of(grouping, g)) for g in groups_of(two, question, grouping)]
    joined: list[tuple[set, list]] = []
    for which, group, codes in left + right:
        met = [item for item in joined if item[0] & codes]
        joined = [item for item in joined if not item[0] & codes]
        names = [name for _, found in met for name in found]
        joined.append((set(codes).union(*(item[0] for item in met)), [*names, (which, group)]))
    for _, names in joined:
        yield [group for which, group in names if not which], [group for which, group in names if which]


def groups_of(file: attack.File, question: str, grouping: str) -> list[str]:
    if question == "Personnes":
        return [group for name, group in file.people if name == grouping]
    return file.groups(question, grouping)


def attack_between(one: attack.File, two: attack.File, question: str) -> attack.System:
    """Unknowns of both files; everybody of the first is also in the second."""
    system = attack.System()
    attack_links.everything(system, one, question, "1")
    attack_links.everything(system, two, question, "2")
    for grouping in [attack.ALL, *two.groupings(question)]:
        for old, new in common_groups(one, two, question, grouping):
            for name in (*two.answers(question), "total") if old and new else ():
                before = [(system.at("1", question, grouping, group, name), 1.0) for group in old]
                system.at_most(before + [(system.at("2", question, grouping, group, name), -1.0) for group in new])
    return system


def assert_difference_tells_nothing(first: Diffusion, second: Diffusion, tmp_path) -> int:
    """Of the newcomers of every group that both files tell: nobody, or a group that passes the rules."""
    one, two = file_of(first, tmp_path), file_of(second, tmp_path)
    compared = 0
    for grouping in {name for name, _ in two.people}:
        for old, new in common_groups(one, two, "Personnes", grouping):
            came = sum(two.people[grouping, g] for g in new) - sum(one.people[grouping, g] for g in old)
            assert not (old and new) or came == 0 or abs(came) >= THRESHOLD, (grouping, new)
    for question in set(two.questions()) & set(one.questions()):
        for grouping in [attack.ALL, *two.groupings(question)]:
            for old, new in common_groups(one, two, question, grouping):
                rows = [one.rows[question, grouping, g] for g in old], [two.rows[question, grouping, g] for g in new]
                if all(rows) and all(row.size is not None for part in rows for row in part):
                    assert_newcomers_pass(question, *rows)
                    compared += 1
        _no_hidden_figure_falls(one, two, question, (truth_of(first), truth_of(second)))
    return compared


def assert_newcomers_pass(question: str, old: list[attack.Row], new: list[attack.Row]) -> None:
    """What changed in a group: nothing, or the answers of enough people who did not all say the same."""
    came = sum(row.size for row in new) - sum(row.size for row in old)
    moved = [
        sum(row.counts[answer] for row in new) - sum(row.counts[answer] for row in old) for answer in new[0].counts
    ]
    assert came == 0 or abs(came) >= THRESHOLD, (question, came)
    for sign in (1, -1):
        part = [max(0, sign * change) for change in moved]
        base = abs(came) if question in attack.SEVERAL else sum(part)
        if any(part):
            assert base >= THRESHOLD, (question, moved)
            assert base - max(part) > SPARED, (question, moved)


def _no_hidden_figure_falls(one, two, question, truths) -> None:
    """Neither file's hidden figures are found with the other file in hand."""
    hidden = [
        (mark, grouping, group, answer)
        for mark, file in (("1", one), ("2", two))
        for (q, grouping, group), row in file.rows.items()
        if q == question
        for answer, count in row.counts.items()
        if count is None
    ]
    if not hidden:
        return
    system = attack_between(one, two, question)
    for mark, grouping, group, answer in hidden:
        place = [(system.at(mark, question, grouping, group, answer), 1.0)]
        low, high = system.extreme(place, 1), system.extreme(place, -1)
        truth = truths[int(mark) - 1][question, grouping, group]
        if truth[1][answer]:  # that nobody gave an answer tells of nobody
            assert attack.width(low, high) >= demands(question, answer, truth), (mark, question, group, answer)


def test_libreoffice_opens_the_published_file_without_any_error(tmp_path):
    """It holds values only: nothing to recalculate, and nothing that goes wrong."""
    path = write(edition_of(many(60, 4)), tmp_path)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "again"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=400)
    plain, again = load_workbook(path), load_workbook(tmp_path / "again" / path.name, data_only=True)
    assert again.sheetnames == plain.sheetnames
    for sheet in plain:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", "a formula"
                shown = again[sheet.title][cell.coordinate].value
                assert not str(shown).startswith("#"), cell.coordinate
                assert shown == cell.value or str(shown) == str(cell.value) or shown == pytest.approx(cell.value)


def test_three_more_carnets_make_no_new_edition():
    first = edition_of(many(120, 1))
    kept = edition_of(many(123, 1), first.edition)
    assert isinstance(kept, Kept)
    assert (kept.why, kept.changed, kept.last) == ("close", 3, first.edition)


def test_a_corrected_answer_makes_no_new_edition():
    campaign = many(120, 1)
    first = edition_of(campaign)
    changed = replace(campaign, carnets=(person(1, 0, avis_utile="1"), *campaign.carnets[1:]))
    assert isinstance(edition_of(changed, first.edition), Kept)


def test_the_same_carnets_in_another_order_give_the_same_edition():
    campaign = many(60, 4)
    first = edition_of(campaign)
    again = edition_of(replace(campaign, carnets=tuple(reversed(campaign.carnets))), first.edition)
    assert isinstance(again, Diffusion)
    assert (again.edition.number, again.edition.fingerprint) == (1, first.edition.fingerprint)


@pytest.mark.parametrize(("before", "after"), [(60, 150), (100, 130)])
def test_the_difference_of_two_editions_tells_nothing(before, after, tmp_path):
    first = edition_of(many(before, 2))
    second = edition_of(many(after, 2), first.edition)
    assert isinstance(second, Diffusion)
    assert second.edition.number == 2
    assert assert_difference_tells_nothing(first, second, tmp_path) > 20


@pytest.mark.parametrize("public", ["INS", "VDP"])
def test_all_and_all_but_one_group_tell_nothing_of_the_group(public, tmp_path):
    """Once everybody, once everybody but a public: a small one makes no edition, a large one is a group."""
    everybody = many(150, 6)
    without = tuple(one for one in everybody.carnets if public not in one.outcome("prof_public").final_value)
    first = edition_of(everybody)
    second = edition_of(_only(everybody, without), first.edition)
    if isinstance(second, Diffusion):
        assert_difference_tells_nothing(first, second, tmp_path)
    else:
        assert second.why in ("close", "hidden")
    grown = edition_of(everybody, edition_of(_only(everybody, without)).edition)
    assert isinstance(grown, Kept | Diffusion)


def _only(campaign: Campaign, carnets) -> Campaign:
    return replace(campaign, carnets=carnets)


def test_a_campaign_too_small_publishes_nothing():
    kept = edition_of(many(RULES.threshold - 1, 1))
    assert isinstance(kept, Kept)
    assert (kept.why, kept.carnets, kept.needed) == ("few", 10, 11)


def test_the_smallest_campaign_is_described_as_a_whole_only(tmp_path):
    found = edition_of(many(11, 1))
    file = file_of(found, tmp_path)
    assert file.people == {("Ensemble", "Ensemble"): 11}
    assert_protected(found, file)
