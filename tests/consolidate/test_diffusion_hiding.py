"""Laws of groups and of hidden lines, on small tables made at random; a linear programme is the judge."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from pipeline.consolidate.disclosure.editions import Newcomers, objections
from pipeline.consolidate.disclosure.exchange import Given, Told, weak
from pipeline.consolidate.disclosure.grouping import candidates, crossing, size_of
from pipeline.consolidate.disclosure.hiding import hide, partner_of
from pipeline.consolidate.disclosure.rules import Line, Rules, sensitive, union
from pipeline.model.edition import Block, Edition, ToldTable
from pipeline.model.publication import GroupClass, Grouping

RULES = Rules()
counts = st.lists(st.integers(0, 14), min_size=3, max_size=3)
tables = st.lists(counts, min_size=2, max_size=5)


def lines_of(table):
    """Lines of different people, one answer each."""
    found, start = [], 0
    for row in table:
        size = sum(row)
        found.append(Line(people=((1 << size) - 1) << start, counts=tuple(row)))
        start += size
    return found


def groups_of(count):
    return tuple(GroupClass(label=f"g{n}", codes=frozenset((str(n),))) for n in range(count))


def bounds(table, hidden, members, weights):
    """Least and greatest value of a sum of figures of hidden lines, from all that is shown.

    Shown: every other line, the line of all, and how many people each group has.
    """
    answers = len(table[0])
    sums = np.sum([table[place] for place in hidden], axis=0)
    width = len(hidden) * answers
    equal = np.zeros((answers, width))
    below = np.zeros((len(hidden), width))
    for number in range(len(hidden)):
        equal[:, number * answers : (number + 1) * answers] = np.eye(answers)
        below[number, number * answers : (number + 1) * answers] = 1
    found = []
    for sign in (1, -1):
        solved = linprog(
            sign * np.asarray(weights, float), A_eq=equal, b_eq=sums, A_ub=below,
            b_ub=[members[place] for place in hidden], method="highs",
        )  # fmt: skip
        assert solved.status == 0
        found.append(sign * solved.fun)
    return found


@settings(deadline=None, max_examples=60)
@given(tables)
def test_hidden_lines_keep_their_secret_and_shown_lines_have_none(table):
    lines = lines_of(table)
    found = hide(lines, RULES)
    members = [max(sum(row), RULES.threshold) for row in table]  # groups are never smaller
    if found.whole:
        assert sensitive(union(lines), RULES) or any(sensitive(line, RULES) for line in lines)
        return
    for place, line in enumerate(lines):
        assert place in found.lines or sensitive(line, RULES) is None
    hidden = sorted(found.lines)
    if not hidden:
        return
    assert len(hidden) > 1
    sums = np.sum([table[place] for place in hidden], axis=0)
    for number, _ in enumerate(hidden):
        whole = [1.0 if at // 3 == number else 0.0 for at in range(3 * len(hidden))]
        assert bounds(table, hidden, members, whole)[1] >= RULES.threshold, "a small group is proved small"
        for answer in range(3):
            others = [w if at % 3 != answer else 0.0 for at, w in enumerate(whole)]
            assert bounds(table, hidden, members, others)[1] > RULES.spared - 1e-6, "everybody's answer is proved"
            low, high = bounds(table, hidden, members, [w - o for w, o in zip(whole, others, strict=True)])
            assert high - low > 1e-6 or not sums[answer], "a hidden figure is worked out"


@settings(deadline=None, max_examples=100)
@given(tables, st.randoms())
def test_the_order_of_the_answers_changes_nothing(table, luck):
    order = list(range(3))
    luck.shuffle(order)
    turned = [[row[place] for place in order] for row in table]
    assert hide(lines_of(table), RULES) == hide(lines_of(turned), RULES)


def test_a_sum_that_one_person_makes_is_hidden_with_another():
    def worked(start, *amounts):
        people = {start + n: amount for n, amount in enumerate(amounts)}
        return Line(people=sum(1 << person for person in people), amounts=people)

    lines = [worked(0, 300, *[2] * 11), worked(20, *[9] * 12), worked(40, *[8] * 15)]
    assert sensitive(lines[0], RULES) == "dominant"
    found = hide(lines, RULES)
    assert set(found.lines) == {0, 1}
    both = union([lines[0], lines[1]])
    assert max(both.amounts.values()) <= RULES.dominance * both.total


# Two tables of the same people


def draw_people(luck):
    """Some fifty people: (first group, second group, answer; 3 for none), the second nearly that of the first.

    As in every file, no group is small.
    """
    tied, alike = luck.choice((0.5, 0.9, 1.0)), luck.choice((0.3, 0.9, 1.0))
    weights = [luck.randint(1, 4) for _ in range(3)]
    found = []
    for _ in range(luck.randint(40, 70)):
        first = luck.choices(range(3), weights)[0]
        second = first if luck.random() < tied else luck.randrange(3)
        answer = 3 if luck.random() < 0.25 else first if luck.random() < alike else luck.randrange(3)
        found.append((first, second, answer))
    small = any(sum(one[by] == group for one in found) < RULES.threshold for by in (0, 1) for group in range(3))
    return draw_people(luck) if small else found


def hidden_together(drawn):
    """Places hidden in each of two tables of people."""
    bits = {n: 1 << n for n in range(len(drawn))}
    given_ = Given(
        answered=sum(bits[n] for n, one in enumerate(drawn) if one[2] < 3),
        by_answer=tuple(sum(bits[n] for n, one in enumerate(drawn) if one[2] == answer) for answer in range(3)),
        several=False,
    )
    groups = [[sum(bits[n] for n, one in enumerate(drawn) if one[by] == g) for g in range(3)] for by in (0, 1)]
    lines = [
        [
            Line(people=who & given_.answered, counts=tuple((who & a).bit_count() for a in given_.by_answer))
            for who in groups_
        ]
        for groups_ in groups
    ]
    also = [frozenset(), frozenset()]
    while True:
        found = [hide(lines[by], RULES, also=also[by]) for by in (0, 1)]
        told_ = {by: Told(groups=tuple(groups[by]), hidden=frozenset(found[by].lines)) for by in (0, 1)}
        by = weak(told_, given_, RULES)
        if by is None:
            return lines, [told_[at].hidden for at in (0, 1)], any(one.whole for one in found)
        more = partner_of(told_[by].hidden, lines[by], RULES, several=False)
        also[by] = told_[by].hidden | {more}


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(st.integers(0, 10**6))
def test_two_tables_of_the_same_people_tell_no_more_than_the_rules_allow(seed):
    """A reader who knows how many people of each group are in each other group works nothing out."""
    drawn = draw_people(random.Random(seed))
    lines, hidden, whole = hidden_together(drawn)
    if whole or not any(hidden):
        return
    equal, sums = all_that_is_told(drawn, lines, hidden)
    for by, group in ((at, place) for at in (0, 1) for place in hidden[at] if lines[at][place].size):
        own = [[cell[by] == group and cell[2] == answer for cell in CELLS] for answer in range(3)]
        assert reach(np.sum(own, axis=0), equal, sums)[1] >= RULES.threshold - 1e-6, "a small group is proved small"
        for answer, count in enumerate(lines[by][group].counts):
            low, high = reach(own[answer], equal, sums)
            assert low - 1e-6 <= count <= high + 1e-6
            if sum(lines[by][place].counts[answer] for place in hidden[by]):
                assert high - low > 1 - 1e-6, "a hidden figure is worked out"


CELLS = [(a, b, c) for a in range(3) for b in range(3) for c in range(4)]


def all_that_is_told(drawn, lines, hidden):
    """What both tables show, and how many people of each group are in each other group, as equations over cells."""
    told_ = [
        (lambda cell, pair=pair: cell[:2] == pair, sum(one[:2] == pair for one in drawn))
        for pair in itertools.product(range(3), repeat=2)
    ]
    told_ += [
        (lambda cell, by=by, group=group, answer=answer: (cell[by], cell[2]) == (group, answer), count)
        for by in (0, 1)
        for group, line in enumerate(lines[by])
        if group not in hidden[by]
        for answer, count in enumerate(line.counts)
    ]
    told_ += [
        (lambda cell, answer=answer: cell[2] == answer, sum(one[2] == answer for one in drawn)) for answer in range(3)
    ]
    return [[float(holds(cell)) for cell in CELLS] for holds, _ in told_], [count for _, count in told_]


def reach(weights, equal, sums):
    """Least and greatest value of a sum of cells, all cells being counts of people."""
    found = []
    for sign in (1, -1):
        solved = linprog(sign * np.asarray(weights, float), A_eq=equal, b_eq=sums, method="highs")
        assert solved.status == 0
        found.append(sign * solved.fun)
    return found


def test_exchanges_see_through_a_table_that_the_rules_alone_would_show():
    """Without them the property above is false: the first grouping shows what the second hides."""
    drawn = [(0, 0, n % 2) for n in range(12)] + [(1, 1, n % 2) for n in range(30)] + [(2, 2, n % 3) for n in range(20)]
    bits = [1 << n for n in range(len(drawn))]
    groups = tuple(sum(bits[n] for n, one in enumerate(drawn) if one[0] == g) for g in range(3))
    given_ = Given(
        answered=sum(bits), several=False,
        by_answer=tuple(sum(bits[n] for n, one in enumerate(drawn) if one[2] == answer) for answer in range(3)),
    )  # fmt: skip
    shown, half = Told(groups=groups, hidden=frozenset()), Told(groups=groups, hidden=frozenset({0, 1}))
    assert weak({"first": shown, "second": half}, given_, RULES) == "second"
    assert weak({"first": half, "second": half}, given_, RULES) is None


# Several answers a person: a box left blank is not an answer given


def test_an_option_that_nobody_ticks_is_shown_and_one_that_all_tick_is_not():
    def ticked(start, size, *boxes):
        return Line(people=((1 << size) - 1) << start, counts=boxes)

    lines = [ticked(0, 20, 0, 8), ticked(20, 20, 1, 9), ticked(40, 20, 5, 9)]
    assert not hide(lines, RULES, several=True).lines
    lines[0] = ticked(0, 20, 0, 18)
    assert set(hide(lines, RULES, several=True).lines) == {0, 1}


# Groups

sizes = st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 30), min_size=7, max_size=7)


@settings(max_examples=80)
@given(sizes, st.integers(0, 20), st.booleans())
def test_groups_hold_everybody_once_and_none_is_small(found, unknown, ordered):
    rung = tuple(GroupClass(label=code, codes=frozenset(code)) for code in "abcdefg")
    grouping = Grouping(name="g", label="G", field="f", ordered=ordered)
    people = {code: size for code, size in {**found, "": unknown}.items() if size}
    for partition in candidates([rung], grouping, people, 11):
        held = [code for group in partition for code in group.codes]
        assert len(held) == len(set(held))
        assert set(people) <= set(held)
        assert all(size == 0 or size >= 11 for size in (size_of(group, people) for group in partition))
        if ordered:
            for group in partition:
                assert "".join(sorted(group.codes - {""})) in "abcdefg", "neighbours of a scale stay together"


@given(st.dictionaries(st.sampled_from(["a|x", "a|y", "b|x", "b|y"]), st.integers(0, 40)))
def test_a_crossing_has_no_small_cell(pairs):
    rows = [(GroupClass(label="A", codes=frozenset("a")), GroupClass(label="B", codes=frozenset("b")))]
    columns = [(GroupClass(label="X", codes=frozenset("x")), GroupClass(label="Y", codes=frozenset("y")))]
    found = crossing(rows, columns, pairs, 11, lambda _: True)
    small = [size for size in pairs.values() if 0 < size < 11]
    assert (found is None) == bool(small or sum(size > 0 for size in pairs.values()) < 2)


# Editions


def told(*blocks):
    table = ToldTable(question="q", grouping="g", blocks=blocks)
    return Edition(number=1, day="2026-11-20", carnets=40, fingerprint="", tables=(table,))


def block(code, *answers):
    return Block(codes=(code,), size=sum(answers), counts=answers)


def hidden_after(table, *blocks):
    lines = lines_of(table)
    newcomers = Newcomers(edition=told(*blocks), people=0)
    objection = objections(lines, groups_of(len(table)), [(newcomers, newcomers.edition.told("q", "g"))], RULES)
    return hide(lines, RULES, objection=objection)


@pytest.mark.parametrize(
    ("second", "hidden"),
    [
        ((8, 6, 4), set()),  # nothing changed
        ((9, 6, 5), {0, 1}),  # two newcomers
        ((14, 12, 6), set()),  # fourteen, of three minds
        ((22, 6, 4), {0, 1}),  # fourteen, all of one mind
        ((22, 6, 3), {0, 1}),  # and one answer fewer: somebody is corrected
    ],
)
def test_newcomers_of_a_group_are_nobody_or_a_group(second, hidden):
    others = ((9, 9, 9), (22, 20, 12))  # the second group has grown by enough, of all minds
    found = hidden_after([second, others[1]], block("0", 8, 6, 4), block("1", *others[0]))
    assert set(found.lines) == hidden


def test_what_was_hidden_together_is_not_shown_apart_by_other_partners():
    before = (Block(codes=("0", "1"), size=40, counts=(20, 12, 8)), block("2", 10, 10, 10), block("3", 9, 9, 9))
    table = [(9, 6, 4), (11, 6, 4), (29, 0, 1), (9, 9, 9)]
    found = hidden_after(table, *before)
    assert found.whole or {0, 1} <= set(found.lines) or not {0, 1} & set(found.lines)
