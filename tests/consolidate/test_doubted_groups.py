"""Best and worst case of every figure by group, against every way in which what is not read may turn out."""

from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from pipeline.consolidate import collect, find, index_campaign
from pipeline.model.evaluation import Ask, Band, Evaluation, Grouping
from tests.consolidate.campaigns import campaign, carnet, outcome, page, shelf, small_form

FORM = small_form()
PLAN = Evaluation(
    groupings=(
        Grouping(name="public", label="Public", source="prof_public"),
        Grouping(name="age", label="Âge", source="prof_age"),
        Grouping(
            name="deux", label="Deux âges", source="prof_age",
            bands=(Band(label="bas", codes=("1",)), Band(label="haut", codes=("2", "3"))),
        ),
        Grouping(name="lieu", label="Lieu", source="str_type"),
    ),
    asks=(
        Ask(code="A", label="Mots", op="options", fields=("avis_mots",), positive=("2", "3"), grouped=True),
        Ask(code="B", label="Utile", op="share", fields=("avis_utile",), codes=("3",), base="returned", grouped=True),
        Ask(code="C", label="Nommés", op="tally", fields=("avis_mots", "avis_utile"), grouped=True),
        Ask(code="D", label="Public", op="options", fields=("prof_public",), grouped=True),
    ),
)  # fmt: skip
SHELF = replace(shelf(FORM), evaluations={"petit": PLAN})
LEVELS, PUBLICS, TYPES = ("1", "2", "3"), ("BEN", "VDP"), ("A", "V")
SUBSETS = tuple("|".join(some) for size in range(3) for some in combinations(PUBLICS, size))
ANSWERS = {
    "prof_public": SUBSETS, "prof_age": ("", *LEVELS), "avis_mots": ("", *LEVELS), "avis_utile": ("", *LEVELS),
    "str1_type": ("", *TYPES), "str2_type": ("", *TYPES),
}  # fmt: skip
ON_PAGE = {name: FORM.field(name).page for name in ANSWERS}
WORDS = ("1 – Je découvre", "2 – Avec de l’aide", "3 – Seul")
PAGES = ((1, 2, 3, 4), (2, 3, 4), (1, 3, 4), (1, 4))
JACKET = (1, 4)

people = st.tuples(
    st.sampled_from((PAGES[0], *PAGES)),
    st.fixed_dictionaries({name: st.sampled_from(found) for name, found in ANSWERS.items()}),
    st.frozensets(st.sampled_from(sorted(ANSWERS)), max_size=2),
)


def as_read(number, pages, values, doubted):
    """The carnet as it stands in the store."""
    records = []
    for place in pages:
        found = [
            outcome(FORM, name, value if name not in doubted else "1", reasons=("uncertain_mark",) * (name in doubted))
            for name, value in values.items()
            if ON_PAGE[name] == place
        ]
        records.append(page(FORM, place, found, sha=f"{number:064x}", side=place, carnet=f"n{number}"))
    return carnet(FORM, *records, cle=f"C{number:09d}", number=f"n{number}")


def possible(pages, values, doubted):
    """Every way in which a carnet may truly be; what the person kept is not asked of it."""
    known = {}
    for name, value in values.items():
        if ON_PAGE[name] not in pages:
            known[name] = [None] if pages == JACKET else ANSWERS[name]
        else:
            known[name] = ANSWERS[name] if name in doubted else [value]
    return [dict(zip(known, one, strict=True)) for one in product(*known.values())]


def groups(one):
    """The groups of a carnet."""
    named = {("", "")}
    named |= {("public", code) for code in (one["prof_public"] or "").split("|") if code}
    if one["prof_age"]:
        named |= {("age", one["prof_age"]), ("deux", "bas" if one["prof_age"] == "1" else "haut")}
    return named | {("lieu", code) for code in (one["str1_type"], one["str2_type"]) if code}


def answers_of(one):
    """Measure by measure, whether a carnet counts; nothing where it is not among those asked."""
    found = {}
    if one["avis_mots"]:
        found["A", "positive"] = one["avis_mots"] in "23"
        found |= {("A", level): one["avis_mots"] == level for level in LEVELS}
    if one["avis_utile"] is not None:
        found["B", "3"] = one["avis_utile"] == "3"
    named = {one["avis_mots"], one["avis_utile"]} - {"", None}
    if named:
        found |= {("C", level): level in named for level in LEVELS}
    if one["prof_public"]:
        found |= {("D", code): code in one["prof_public"].split("|") for code in PUBLICS}
    return found


def told_as(figure):
    """A line by the codes of this test."""
    codes = {"bénévole": "BEN", "volontaire": "VDP", "asso": "A", "ville": "V", "réponses favorables": "positive"}
    codes |= dict(zip(WORDS, LEVELS, strict=True))
    group = codes.get(figure.group_value, figure.group_value)
    return (figure.code, codes[figure.measure]), (figure.group, group)


@settings(deadline=None, max_examples=30)
@given(st.lists(people, min_size=1, max_size=4))
def test_best_and_worst_are_those_of_every_way_it_may_be(drawn):
    ways = [possible(*one) for one in drawn]
    size = 1
    for one in ways:
        size *= len(one)
    assume(size <= 256)
    event("doubts" if size > 1 else "all read")
    found = campaign(*(as_read(number, *one) for number, one in enumerate(drawn, start=1)))
    told = find(collect(found, index_campaign(found, SHELF), SHELF, sensitive=False)).indicators
    spans = {}
    for people_ in product(*ways):
        counts = {}
        for one in people_:
            for line in product(answers_of(one).items(), groups(one)):
                (measure, hit), group = line
                hits, known = counts.get((measure, group), (0, 0))
                counts[measure, group] = (hits + hit, known + 1)
        for line, (hits, known) in counts.items():
            low, high = spans.get(line, (1.0, 0.0))
            spans[line] = (min(low, hits / known), max(high, hits / known))
    compared = 0
    for figure in told:
        line = told_as(figure)
        if figure.doubted:
            assert (figure.worst, figure.best) == pytest.approx(spans[line]), line
        else:
            assert spans.get(line) == (None if figure.share is None else pytest.approx((figure.share,) * 2)), line
        compared += 1
    assert compared > 50
