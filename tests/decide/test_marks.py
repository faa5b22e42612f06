"""Questions with tick boxes."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.decide.marks import decide_choice
from pipeline.decide.writer import Writer, writer_of, writer_on
from pipeline.model.decision import Status
from tests.decide import papers as p

SINGLE = p.a_choice("q", ("A", "B", "C", "D"))
SEVERAL = p.a_choice("q", ("A", "B", "C", "D"), multiple=True)
PEN = Writer(darkness=0.57, ink=0.3)
KINDS = {
    name: getattr(p, name)
    for name in (
        "EMPTY",
        "CROSS",
        "TICK",
        "DOT",
        "PENCIL",
        "REMAINS",
        "BLACK",
        "FELT",
        "DENSE",
        "CIRCLE",
        "FOLD",
        "STRAY",
    )
}


def decide(field=SINGLE, writer=PEN, **marks):
    marks = {option.value: marks.get(option.value, p.EMPTY) for option in field.options}
    return decide_choice(field, p.ticks("q", **marks), writer, p.SETTINGS)


def test_a_question_without_ink_is_blank():
    decision = decide()
    assert (decision.status, decision.raw, decision.value) == (Status.BLANK, "", "")
    assert decision.confidence > 0.999


@pytest.mark.parametrize("mark", [p.CROSS, p.TICK, p.BIG_TICK, p.FELT, p.CIRCLED_TICK])
def test_a_plain_mark_is_accepted(mark):
    decision = decide(C=mark, writer=Writer())
    assert (decision.status, decision.raw, decision.value) == (Status.ACCEPTED, "C", "C")
    assert decision.confidence >= 0.98


def test_several_answers_are_accepted_where_several_are_allowed():
    assert decide(SEVERAL, D=p.CROSS, A=p.TICK).value == "A|D"


@pytest.mark.parametrize(
    ("marks", "reason", "proposal"),
    [
        ({"A": p.CROSS, "B": p.TICK}, "several_marks", "A|B"),
        (dict.fromkeys("ABCD", p.CROSS), "all_marked", "A|B|C|D"),
        ({"B": p.BLACK}, "blackened_mark", "B"),
        ({"B": p.DENSE}, "blackened_mark", "B"),
        ({"B": p.STRUCK_CROSS}, "blackened_mark", "B"),
        ({"B": p.CIRCLE}, "circled_mark", "B"),
        ({"B": p.PENCIL}, "faint_mark", "B"),
        ({"B": p.DOT}, "uncertain_mark", "B"),
        ({"B": p.FOLD}, "stray_mark", ""),
        ({"A": p.CROSS, "B": p.CIRCLE}, "circled_mark", "A"),
    ],
)
def test_what_is_not_plain_is_asked_with_a_proposal(marks, reason, proposal):
    decision = decide(**marks)
    assert (decision.status, decision.reasons, decision.raw) == (Status.REVIEW, (reason,), proposal)


def test_a_pencil_is_plain_for_who_writes_in_pencil():
    assert decide(B=p.PENCIL, writer=Writer(darkness=0.27)).value == "B"


def decide_bitonal(field=SINGLE, writer=PEN, **marks):
    marks = {option.value: marks.get(option.value, p.EMPTY) for option in field.options}
    return decide_choice(field, p.ticks("q", **marks), writer, p.SETTINGS, bitonal=True)


def test_a_speck_is_dust_where_the_writer_leaves_whole_marks():
    assert decide(B=p.REMAINS).status is Status.BLANK
    assert decide(B=p.REMAINS | {"darkness": 0.4}).status is Status.BLANK
    assert decide(B=p.REMAINS, writer=Writer()).reasons == ("uncertain_mark",)


def test_a_speck_hardly_darker_than_where_ink_begins_may_be_all_that_is_seen_of_a_faint_mark():
    assert decide(B=p.REMAINS | {"darkness": 0.13}).reasons == ("uncertain_mark",)
    assert decide(A=p.CROSS, B=p.REMAINS | {"darkness": 0.13}).value == "A"


def test_in_black_and_white_a_thin_line_in_grains_is_no_scratch():
    writer = Writer(darkness=0.7, ink=0.3, weakest=0.25)
    rest = p.REMAINS | {"ink_ratio": 0.025, "extent_ratio": 0.33, "darkness": 0.3}
    assert decide_bitonal(B=rest, writer=writer).status is Status.REVIEW
    assert decide_bitonal(B=rest | {"darkness": 0.6}, writer=writer).status is Status.BLANK


def test_in_black_and_white_a_speck_may_be_all_that_is_left_of_a_pale_mark():
    assert decide_bitonal(B=p.REMAINS).status is Status.BLANK
    assert decide_bitonal(B=p.REMAINS, writer=Writer(darkness=0.26, ink=0.2)).reasons == ("uncertain_mark",)


def test_in_black_and_white_a_speck_is_dust_where_the_weakest_mark_is_whole():
    speck = p.REMAINS | {"darkness": 0.36, "ink_ratio": 0.012, "extent_ratio": 0.12}
    assert decide_bitonal(B=speck, writer=Writer(darkness=0.6, ink=0.2)).reasons == ("uncertain_mark",)
    assert decide_bitonal(B=speck, writer=Writer(darkness=0.6, ink=0.2, weakest=0.18)).status is Status.BLANK
    assert decide_bitonal(B=speck, writer=Writer(darkness=0.6, ink=0.2, weakest=0.06)).status is Status.REVIEW


def test_a_streak_or_a_crease_right_through_is_no_mark():
    assert decide(B=p.STREAK).status is Status.BLANK
    assert decide(B=p.CREASE).status is Status.BLANK
    assert decide(A=p.TICK, B=p.CREASE).value == "A"


@pytest.mark.parametrize("mark", [p.STREAK | {"solidity_ratio": 0.2}, p.CREASE | {"darkness": 0.5}])
def test_a_line_right_through_that_a_pen_may_have_drawn_is_asked(mark):
    assert decide(B=mark).status is Status.REVIEW


def test_no_line_is_a_crease_while_the_pen_is_not_known_or_for_who_ticks_with_lines():
    assert decide(B=p.STREAK, writer=Writer()).status is Status.REVIEW
    slashes = Writer(darkness=0.57, ink=0.2, strikes=True)
    assert decide(B=p.CREASE | {"darkness": 0.5}, writer=slashes).value == "B"
    assert decide(B=p.CREASE, writer=slashes).status is Status.REVIEW


def test_a_cross_struck_out_by_a_level_line_is_asked_and_a_big_cross_is_not():
    writer = Writer(darkness=0.57, ink=0.54)
    assert decide(B=p.STRUCK_CROSS, writer=writer).reasons == ("blackened_mark",)
    assert decide(B=p.BIG_CROSS, writer=writer).value == "B"
    little = {"ink_ratio": 0.3, "level_ratio": 0.38}
    assert decide(B=p.STRUCK_CROSS | little, writer=writer).reasons == ("blackened_mark",)
    assert decide(B=p.BIG_CROSS | {"ink_ratio": 0.3, "level_ratio": 0.28}, writer=writer).value == "B"


def test_a_mark_is_as_pale_as_the_print_around_it():
    writer = Writer(darkness=0.57, ink=0.3, frame=0.6)
    pale = p.TICK | {"darkness": 0.24}

    def asked(frame, mark):
        marks = tuple(p.a_mark(o, **({"frame_ratio": frame} | (mark if o == "B" else p.EMPTY))) for o in "ABCD")
        return decide_choice(SINGLE, dataclasses.replace(p.ticks("q"), marks=marks), writer, p.SETTINGS).reasons

    assert asked(0.6, pale) == ("faint_mark",)
    assert asked(0.28, pale) == ()
    assert asked(0.28, p.TICK | {"darkness": 0.12}) == ("faint_mark",)


def test_the_end_of_a_stroke_from_outside_is_no_mark():
    assert decide(B=p.STRAY).status is Status.BLANK
    assert decide(B=p.STRAY | {"core_ratio": 0.2}).reasons == ("stray_mark",)
    assert decide(B=p.STRAY | {"inside_ratio": 0.9}).status is Status.REVIEW


def test_ink_that_stays_away_from_the_middle_is_never_plain():
    assert decide(B=p.TICK | {"core_ratio": 0.02}).status is Status.REVIEW


def test_strokes_from_side_to_side_are_plain_though_they_run_past_the_middle():
    assert decide(B=p.TICK | {"core_ratio": 0.04}).value == "B"
    assert decide(B=p.TICK | {"core_ratio": 0.06, "extent_ratio": 0.7}).status is Status.REVIEW
    assert decide(B=p.TICK | {"core_ratio": 0.06, "inside_ratio": 0.5}).status is Status.REVIEW


def test_a_mark_far_shorter_than_the_others_of_this_writer_is_asked():
    dash = p.TICK | {"ink_ratio": 0.16, "extent_ratio": 0.6}
    assert decide(B=dash).reasons == ("uncertain_mark",)
    assert decide(B=dash, writer=Writer()).reasons == ("uncertain_mark",)
    assert decide(B=dash, writer=dataclasses.replace(PEN, extent=0.65)).value == "B"


def test_little_ink_that_is_pale_besides_is_asked():
    crease = p.TICK | {"ink_ratio": 0.1, "darkness": 0.3}
    assert decide(B=crease).reasons == ("uncertain_mark",)
    assert decide(B=crease | {"darkness": 0.5}).value == "B"
    assert decide(B=crease | {"ink_ratio": 0.25}).value == "B"


def test_two_folds_that_meet_in_a_box_are_no_cross():
    folds = p.CROSS | {"darkness": 0.35, "straight_ratio": 0.5}
    assert decide(B=folds).reasons == ("stray_mark",)
    assert decide(B=folds | {"darkness": 0.5}).value == "B"
    assert decide(B=folds, writer=dataclasses.replace(PEN, strikes=True)).value == "B"


def test_a_stain_is_no_mark_to_propose():
    assert decide(B=p.STAIN).reasons == ("stray_mark",)
    assert decide(B=p.STAIN).raw == ""
    ring_of_a_cup = p.STAIN | {"darkness": 0.3, "outside_ratio": 0.2, "inside_ratio": 0.45}
    assert decide(B=ring_of_a_cup).reasons == ("stray_mark",)


def test_strokes_as_dark_as_the_pen_that_run_into_others_are_a_mark_and_a_punched_hole_is_none():
    runs_on = p.CROSS | {"outside_ratio": 0.12, "ring_ratio": 0.3, "inside_ratio": 0.45}
    assert decide(B=runs_on).value == "B"
    assert decide(B=runs_on, writer=Writer()).reasons == ("stray_mark",)
    assert decide(B=runs_on | {"darkness": 0.35}).reasons == ("stray_mark",)
    assert decide(B=runs_on | {"extent_ratio": 0.75}).reasons == ("stray_mark",)
    hole = runs_on | {"ink_ratio": 0.5, "darkness": 0.7, "solidity_ratio": 0.62, "extent_ratio": 0.82}
    assert decide(B=hole).reasons == ("stray_mark",)


def test_thin_ink_that_spans_more_than_a_streak_may_be_left_of_a_pale_mark():
    scratch = p.REMAINS | {"ink_ratio": 0.05, "solidity_ratio": 0.1, "extent_ratio": 0.7, "core_ratio": 0.01}
    assert decide(B=scratch).status is Status.BLANK
    assert decide(B=scratch | {"extent_ratio": 0.8}).status is Status.REVIEW
    assert decide(B=scratch | {"extent_ratio": 0.8, "straight_ratio": 0.9}).status is Status.BLANK


def circler():
    return Writer(circles=True)


def test_a_circle_is_the_answer_of_who_circles_throughout():
    decision = decide(B=p.CIRCLE, writer=circler())
    assert (decision.status, decision.value) == (Status.ACCEPTED, "B")
    assert decide(SEVERAL, A=p.CIRCLE, C=p.CIRCLE, writer=circler()).value == "A|C"
    assert decide(writer=circler()).status is Status.BLANK


@pytest.mark.parametrize(
    "marks",
    [
        {"A": p.CIRCLE, "B": p.CIRCLE},
        {"A": p.CIRCLE, "B": p.CROSS},
        {"A": p.CIRCLE, "B": p.CIRCLE | {"ring_ratio": 0.55}},
        {"B": p.CIRCLE | {"ring_ratio": 0.6}},
        {"A": p.CIRCLE, "B": p.BLACK},
    ],
)
def test_what_a_circling_writer_means_is_asked_when_it_is_not_plain(marks):
    assert decide(**marks, writer=circler()).status is Status.REVIEW


def test_the_arc_of_a_circle_in_the_next_box_is_no_mark():
    assert decide(B=p.CIRCLE, C=p.ARC, writer=circler()).value == "B"
    assert decide(C=p.ARC, writer=circler()).status is Status.REVIEW


def test_habits_of_circling_show_in_the_answers():
    def question(mark):
        return [p.a_mark("A", **mark), p.a_mark("B", **p.ARC), p.a_mark("C")]

    assert writer_of([question(p.CIRCLE)] * 4, p.SETTINGS).circles
    assert not writer_of([question(p.CIRCLE)] * 4 + [a_question(p.CROSS)] * 4, p.SETTINGS).circles
    assert not writer_of([question(p.CIRCLE)] * 2, p.SETTINGS).circles


def test_one_blackened_box_and_one_cross_are_a_correction():
    decision = decide(A=p.BLACK, C=p.CROSS)
    assert (decision.status, decision.value, decision.warnings) == (Status.ACCEPTED, "C", ("corrected_mark",))


def test_a_blackened_box_is_taken_back_among_several():
    decision = decide(SEVERAL, A=p.BLACK, C=p.CROSS, D=p.CROSS)
    assert (decision.value, decision.warnings) == ("C|D", ("corrected_mark",))


def test_black_ticks_for_a_writer_who_blackens():
    decision = decide(B=p.BLACK, writer=Writer(blackens=True, darkness=0.8))
    assert (decision.status, decision.value, decision.warnings) == (Status.ACCEPTED, "B", ())


def test_black_beside_a_cross_is_asked_of_a_writer_who_blackens():
    decision = decide(A=p.BLACK, C=p.CROSS, writer=Writer(blackens=True, darkness=0.6))
    assert decision.reasons == ("blackened_mark",)


def test_weak_traces_beside_a_plain_answer_do_not_matter_in_a_single_choice():
    assert decide(A=p.CROSS, B=p.STRAY).value == "A"
    assert decide(A=p.CROSS, B=p.DOT).reasons == ("uncertain_mark",)


def test_two_big_crosses_that_touch_are_two_marks():
    touching = p.CROSS | {"ink_ratio": 0.33, "inside_ratio": 0.43, "foreign_ratio": 1.0, "core_ratio": 0.5}
    assert decide(B=p.CROSS, C=touching).status is Status.REVIEW
    end = p.STRAY | {"foreign_ratio": 1.0}
    assert decide(B=p.CROSS, C=end).value == "B"


def test_an_exclusive_answer_beside_another_is_asked():
    field = p.a_choice("q", ("0", "1", "2"), exclusive=("0",), multiple=True)
    reading = p.ticks("q", **{"0": p.CROSS, "1": p.EMPTY, "2": p.CROSS})
    assert decide_choice(field, reading, PEN, p.SETTINGS).reasons == ("exclusive_broken",)


@given(st.lists(st.sampled_from(sorted(KINDS)), min_size=4, max_size=4), st.permutations("ABCD"), st.booleans())
def test_reordering_the_options_reorders_the_decision_and_nothing_else(kinds, order, multiple):
    marks = dict(zip("ABCD", (KINDS[kind] for kind in kinds), strict=True))
    first = decide_choice(p.a_choice("q", "ABCD", multiple=multiple), p.ticks("q", **marks), PEN, p.SETTINGS)
    field = p.a_choice("q", order, multiple=multiple)
    second = decide_choice(field, p.ticks("q", **{key: marks[key] for key in order}), PEN, p.SETTINGS)
    assert second.status == first.status
    assert second.reasons == first.reasons
    assert second.confidence == pytest.approx(first.confidence)
    assert set(second.raw.split("|")) == set(first.raw.split("|"))
    assert second.raw == "|".join(option for option in order if option in first.raw.split("|"))


@given(st.lists(st.sampled_from(sorted(KINDS)), min_size=4, max_size=4), st.booleans(), st.booleans())
def test_asked_exactly_when_there_is_a_reason_and_never_an_illegal_answer(kinds, multiple, blackens):
    field = SEVERAL if multiple else SINGLE
    marks = dict(zip("ABCD", (KINDS[kind] for kind in kinds), strict=True))
    decision = decide(field, Writer(blackens=blackens, darkness=0.57, ink=0.3), **marks)
    assert (decision.status is Status.REVIEW) == bool(decision.reasons)
    assert 0.0 <= decision.confidence <= 1.0
    if decision.status is Status.ACCEPTED:
        assert decision.value
        assert multiple or "|" not in decision.value
        assert decision.confidence >= p.SETTINGS.tick_confidence_min


def a_question(mark, others=3):
    return [p.a_mark("A", **mark), *(p.a_mark(str(index)) for index in range(others))]


def test_the_writer_is_known_after_some_answers_only():
    assert writer_of([a_question(p.BLACK)] * 2, p.SETTINGS) == Writer()
    assert writer_of([a_question(p.BLACK)] * 5, p.SETTINGS).blackens
    assert not writer_of([a_question(p.BLACK)] * 2 + [a_question(p.CROSS)] * 10, p.SETTINGS).blackens


def test_the_usual_darkness_is_that_of_the_marks():
    writer = writer_of([a_question(p.PENCIL)] * 4, p.SETTINGS)
    assert writer.darkness == pytest.approx(0.26)
    assert writer.ink == pytest.approx(0.22)


def seen(mark, count, *, bitonal=True):
    readings = [p.ticks(f"q{number}", A=mark, B=p.EMPTY) for number in range(count)]
    return writer_on([(readings, bitonal)], p.SETTINGS)


def test_the_weakest_mark_is_known_after_many_and_in_black_and_white_only():
    assert seen(p.TICK, 12).weakest == pytest.approx(p.TICK["ink_ratio"])
    assert not seen(p.TICK, 5).weakest
    assert not seen(p.TICK, 12, bitonal=False).weakest


def test_black_and_white_that_riddles_one_mark_in_ten_loses_others():
    riddled = p.TICK | {"darkness": 0.4}
    whole, some = [p.ticks(f"a{n}", A=p.TICK) for n in range(27)], [p.ticks(f"b{n}", A=riddled) for n in range(3)]
    assert writer_on([(whole + some, True)], p.SETTINGS).fades
    assert not writer_on([(whole + some[:2], True)], p.SETTINGS).fades
    assert not writer_on([(whole + some, False)], p.SETTINGS).fades


def test_in_black_and_white_one_fragment_says_that_all_faded_where_nothing_is_whole():
    blank = [p.ticks(f"a{number}", A=p.EMPTY) for number in range(20)]
    fragment, mark = p.ticks("b", A=p.REMAINS), p.ticks("c", A=p.TICK)
    assert not writer_on([(blank, True)], p.SETTINGS).fades
    assert writer_on([([*blank, fragment], True)], p.SETTINGS).fades
    assert not writer_on([([*blank, fragment, mark], True)], p.SETTINGS).fades


def test_one_page_in_pieces_says_that_a_pale_pen_lost_answers_though_the_other_pages_are_whole():
    piece = p.TICK | {"ink_ratio": 0.06, "darkness": 0.38, "extent_ratio": 0.4}
    dust = p.REMAINS
    whole = [p.ticks(f"a{number}", A=p.TICK) for number in range(60)]
    pieces = [p.ticks(f"b{number}", A=piece) for number in range(3)]
    specks = [p.ticks(f"c{number}", A=dust) for number in range(9)]
    some = [p.ticks(f"d{number}", A=p.TICK) for number in range(8)]
    assert writer_on([(whole, True), (pieces, True)], p.SETTINGS).fades
    assert not writer_on([(whole, True), (pieces[:2], True)], p.SETTINGS).fades
    assert not writer_on([(whole, True), (pieces + some, True)], p.SETTINGS).fades
    assert not writer_on([(whole, True), (specks, True)], p.SETTINGS).fades
    assert not writer_on([(whole, True), (pieces, False)], p.SETTINGS).fades
