"""The queue holds every doubt once, the most important first."""

import random
from dataclasses import replace
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.decision import Status
from pipeline.model.form import Purpose
from pipeline.model.result import Disposition
from pipeline.review import questions, queue
from tests.consolidate.campaigns import (
    campaign,
    carnet,
    field,
    outcome,
    page,
    random_campaign,
    shelf,
    small_form,
    verdict,
)

FORM = small_form()
SHELF = shelf(FORM)


def doubt(name, value="1", **more):
    return outcome(FORM, name, value, reasons=("uncertain_mark",), **more)


def keys(*pages):
    return [question.key for question in queue(campaign(carnet(FORM, *pages)), SHELF).questions]


def test_every_field_in_review_is_asked_once():
    found = random_campaign(FORM, 10)
    asked = [question.key for question in queue(found, SHELF).questions]
    assert len(asked) == len(set(asked))
    assert len(asked) == sum(one.status is Status.REVIEW for c in found.carnets for p in c.pages for one in p.outcomes)


def test_keys_never_hold_the_carnet_number():
    assert keys(page(FORM, 1, [doubt("prof_age")])) == ["CAAAAAAAAA|1|prof_age"]


def test_what_contradicts_or_is_required_comes_first_and_open_answers_last():
    first = page(
        FORM,
        1,
        [
            doubt("prof_age"),
            doubt("prof_public", "BEN"),
            doubt("prof_minutes", "12", warnings=("unusual_minutes",)),
            outcome(FORM, "prof_mot", "", raw="", reasons=("free_text",)),
        ],
    )
    assert [key.rpartition("|")[2] for key in keys(first)] == ["prof_public", "prof_minutes", "prof_age", "prof_mot"]


def test_what_is_said_of_every_field_makes_none_more_pressing():
    everywhere = [
        outcome(
            FORM,
            one.name,
            "1",
            reasons=("uncertain_mark",) if one.name == "prof_age" else (),
            warnings=("unknown_number",),
        )
        for one in FORM.fields
        if one.page == 1 and one.type != "masked"
    ]
    (asked,) = queue(campaign(carnet(FORM, page(FORM, 1, everywhere))), SHELF).questions
    assert asked.weight[0] == 2


def test_a_field_that_feeds_no_indicator_comes_later():
    spare = field("prof_autre", 1, "choice", purpose=Purpose(use="pour vous"))
    form = replace(FORM, fields=(spare, *FORM.fields))
    both = [outcome(form, name, "1", reasons=("uncertain_mark",)) for name in ("prof_autre", "prof_age")]
    asked = queue(campaign(carnet(form, page(form, 1, both))), shelf(form)).questions
    assert [question.field.name for question in asked] == ["prof_age", "prof_autre"]


def test_a_page_in_conflict_is_one_question_a_version():
    versions = [
        page(
            FORM,
            1,
            [outcome(FORM, "prof_age", "2", reasons=("page_conflict",))],
            disposition=Disposition.CONFLICT,
            sha=s * 64,
        )
        for s in "ba"
    ]
    asked = queue(campaign(carnet(FORM, *versions, page(FORM, 2, [doubt("act1_place")]))), SHELF).questions
    assert [(one.letter, one.letters) for one in asked[:2]] == [("A", ("B",)), ("B", ("A",))]
    assert asked[2].field.name == "act1_place"
    assert asked[0].key.startswith("CAAAAAAAAA|1|version-aaaaaaaa")


def test_a_settled_field_leaves_the_queue():
    assert keys(page(FORM, 1, [doubt("prof_age", verdict=verdict("prof_age", "2"))])) == []


@settings(deadline=None, max_examples=20)
@given(st.integers(min_value=0, max_value=10**6))
def test_the_order_of_arrival_changes_nothing(seed):
    found = random_campaign(FORM, 5)
    luck = random.Random(seed)
    shuffled = [replace(one, pages=tuple(luck.sample(one.pages, len(one.pages)))) for one in found.carnets]
    luck.shuffle(shuffled)
    assert [q.key for q in queue(replace(found, carnets=tuple(shuffled)), SHELF).questions] == [
        q.key for q in queue(found, SHELF).questions
    ]


@given(st.integers(1, 40), st.integers(1, 6))
@settings(max_examples=30, deadline=None)
def test_a_bounded_queue_holds_the_first_fields_and_what_was_typed(most, seed):
    found = random_campaign(FORM, 40, seed=seed)
    whole = queue(found, SHELF)
    typed = {whole.questions[-1].key}
    with mock.patch.object(questions, "_ROOM", 0):  # cut again and again on the way
        part = queue(found, SHELF, most=most, kept=typed)
    first = {q.key for q in whole.questions[:most]}
    assert [q.key for q in part.questions] == [q.key for q in whole.questions if q.key in first | typed]
    assert part.waiting == len(whole.questions) - len(part.questions)
    assert part.to_settle == whole.to_settle


def test_open_answers_that_are_kept_back_are_counted():
    text = outcome(FORM, "prof_mot", "", raw="", reasons=("free_text",))
    found = queue(campaign(carnet(FORM, page(FORM, 1, [doubt("prof_age"), text]))), SHELF, sensitive=False)
    assert [q.field.name for q in found.questions] == ["prof_age"]
    assert (found.hidden, found.waiting, found.to_settle) == (1, 0, 1)
