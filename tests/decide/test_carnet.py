"""A whole carnet: order, conflicts, versions, rows, warnings."""

import dataclasses
import datetime
import random

import pytest

from pipeline import decide
from pipeline.decide.book import FieldBook
from pipeline.model.decision import Status
from pipeline.model.result import Disposition
from tests.decide import papers as p

CHOICE = p.a_choice("public", "ABC", required="O")
TOP1 = p.a_comb("top1", "code", 2, values=("01", "02"), distinct_from=("top2",))
TOP2 = p.a_comb("top2", "code", 2, values=("01", "02"), distinct_from=("top1",))
SIGNED = p.a_field("visa", "signature")
NAME = p.a_field("nom", "masked")
ROWS = [
    p.a_field(f"act{row:02d}_{column}", type, page=5, group="act", row=row, column=column, **more)
    for row in (1, 2)
    for column, type, more in (
        ("date", "comb", {"kind": "date", "format": "DDMMYY", "cells": 6, "required": "O"}),
        ("texte", "text", {}),
    )
]
FORM = p.a_form(
    CHOICE, TOP1, TOP2, SIGNED, NAME, *ROWS, rules=(p.a_rule("not_future", ["act{r}_date"], "future_date"),)
)
SHELF = p.a_shelf(FORM)


def page_2(tick="A", top1="01", top2="02", **more):
    marks = {option: p.CROSS if option == tick else p.EMPTY for option in "ABC"}
    return p.a_page(
        p.ticks("public", **marks), p.cells("top1", top1), p.cells("top2", top2),
        p.ink("visa", "signature", 0.05), p.ink("nom", "masked", 0.3), **more,
    )  # fmt: skip


def page_5(date="050326", struck=0.0, side=2, **more):
    return p.a_page(
        p.cells("act01_date", date), p.ink("act01_texte", ink_ratio=0.05, struck_ratio=struck),
        p.cells("act02_date", " " * 6), p.ink("act02_texte"), page=5, side=side, **more,
    )  # fmt: skip


def run(*pages, context=p.CONTEXT, shelf=SHELF):
    return decide.decide_carnet(pages, shelf, context, p.SETTINGS)


def fields(decided):
    return {decision.field: decision for page in decided for decision in page.decisions}


def test_every_field_but_the_masked_ones_is_decided():
    decided = run(page_2(), page_5())
    assert [page.disposition for page in decided] == [Disposition.PLACED] * 2
    assert {name: (d.value, d.status) for name, d in fields(decided).items()} == {
        "public": ("A", Status.ACCEPTED),
        "top1": ("01", Status.ACCEPTED),
        "top2": ("02", Status.ACCEPTED),
        "visa": ("present", Status.ACCEPTED),
        "act01_date": ("2026-03-05", Status.ACCEPTED),
        "act01_texte": ("", Status.REVIEW),
        "act02_date": ("", Status.BLANK),
        "act02_texte": ("", Status.BLANK),
    }


@pytest.mark.parametrize(
    ("ratio", "value", "status"),
    [(0.0, "absent", Status.ACCEPTED), (0.004, "present", Status.REVIEW), (0.05, "present", Status.ACCEPTED)],
)
def test_a_signature_is_present_absent_or_asked(ratio, value, status):
    found = fields(run(p.a_page(p.ink("visa", "signature", ratio))))["visa"]
    assert (found.value, found.raw, found.status) == (value, value, status)


def test_a_text_is_never_accepted_and_its_suggestion_is_a_proposal():
    page = p.a_page(p.ink("act01_texte", ink_ratio=0.05, suggestion="accueil"), page=5)
    found = fields(run(page))["act01_texte"]
    assert (found.reasons, found.raw, found.value) == (("free_text",), "accueil", "")


def test_the_order_of_arrival_changes_nothing():
    pages = [
        page_2(ink_map=p.ink_of((30, 40, 6))),
        page_2(ink_map=p.ink_of((31, 40, 6)), side=7, residual=0.05),
        page_5(ink_map=p.ink_of((30, 40, 6))),
        page_5(ink_map=p.ink_of((80, 90, 6)), side=9, date="060326"),
    ]
    first = run(*pages)
    for seed in range(6):
        random.Random(seed).shuffle(pages)
        assert run(*pages) == first


def test_all_fields_of_pages_in_conflict_are_asked_and_keep_their_values_as_proposals():
    pages = [page_5(ink_map=p.ink_of((30, 40, 6))), page_5(ink_map=p.ink_of((80, 90, 6)), side=3, date="060326")]
    decided = run(*pages)
    assert [(page.disposition, page.reason) for page in decided] == [(Disposition.CONFLICT, "page_conflict")] * 2
    assert {d.reasons for page in decided for d in page.decisions} == {("page_conflict",)}
    assert {page.decisions[0].value for page in decided} == {"2026-03-05", "2026-03-06"}


def test_a_duplicate_yields_no_field():
    decided = run(page_2(), page_2(side=5))
    assert sorted((page.disposition, len(page.decisions)) for page in decided) == [
        (Disposition.DUPLICATE, 0),
        (Disposition.PLACED, 4),
    ]


def test_a_struck_row_is_asked_and_other_rows_are_not():
    found = fields(run(page_5(struck=0.9)))
    assert found["act01_date"].reasons == ("row_struck",)
    assert found["act01_texte"].reasons == ("row_struck", "free_text")
    assert found["act02_date"].status is Status.BLANK


@pytest.mark.parametrize(
    ("signs", "asked"),
    [
        ({"date": "line"}, False),
        ({"date": "line", "duree": "line"}, True),
        ({"date": "above", "duree": "above"}, False),
        ({"date": "above", "duree": "above", "structure": "line"}, True),
        ({"date": "no digit", "structure": "no digit"}, False),
        ({"date": "no digit", "duree": "above", "structure": "no digit"}, True),
    ],
)
def test_where_several_numbers_of_a_row_are_cancelled_the_others_are_asked_too(signs, asked):
    combs = {"date": 6, "duree": 3, "structure": 2, "mission": 1}
    form = p.a_form(
        *(p.a_comb(f"act01_{c}", "integer", n, page=5, group="act", row=1, column=c) for c, n in combs.items())
    )
    known = {
        "line": p.a_cell(p.sure(1, 1.0), struck_ratio=0.9),
        "above": p.a_cell(p.sure(1, 1.0), above_ratio=0.2),
        "no digit": p.a_cell((0.01,) * 10),
        "": p.a_cell(p.sure(1, 1.0)),
    }
    numbers = [p.cells(f"act01_{c}", "1" * n, c0=known[signs.get(c, "")]) for c, n in combs.items()]
    mission = fields(run(p.a_page(*numbers, page=5), shelf=p.a_shelf(form)))["act01_mission"]
    assert (mission.reasons == ("row_struck",)) is asked
    assert (mission.status is Status.REVIEW) is asked


def test_an_unknown_number_warns_on_every_field_and_changes_no_status():
    known, unknown = (run(page_2(), context=dataclasses.replace(p.CONTEXT, known=k)) for k in (True, False))
    assert all("unknown_number" in d.warnings for d in fields(unknown).values())
    assert [d.status for d in fields(known).values()] == [d.status for d in fields(unknown).values()]


def test_pages_of_two_versions_are_decided_apart_with_a_warning():
    other = p.a_form(CHOICE, version="2026.2")
    decided = run(page_2(), page_2(side=4, version="2026.2"), shelf=p.a_shelf(FORM, other))
    assert [page.disposition for page in decided] == [Disposition.PLACED] * 2
    assert all("mixed_versions" in d.warnings for page in decided for d in page.decisions)


def test_a_version_gone_from_the_shelf_is_foreign():
    (page,) = run(page_2(version="2025.9"))
    assert (page.disposition, page.reason, page.decisions) == (Disposition.FOREIGN, "unknown_version", ())


def test_equal_values_that_must_differ_are_both_asked():
    found = fields(run(page_2(top1="02", top2="02")))
    assert found["top1"].reasons == found["top2"].reasons == ("same_answer_twice",)
    assert found["top1"].value == "02"


def test_a_date_after_the_day_of_its_own_scan_is_asked():
    page = page_5(date="050826")
    assert fields(run(page))["act01_date"].status is Status.ACCEPTED
    early = dataclasses.replace(p.CONTEXT, days={page.key: datetime.date(2026, 8, 4)})
    assert fields(run(page, context=early))["act01_date"].reasons == ("future_date",)


def test_a_required_blank_warns_and_stays_blank():
    found = fields(run(page_2(tick="")))["public"]
    assert (found.status, found.warnings) == (Status.BLANK, ("required_missing",))


def test_missing_paper_is_never_blank():
    reading = dataclasses.replace(p.cells("top1", "  "), paper_ratio=0.05)
    assert fields(run(p.a_page(reading)))["top1"].reasons == ("hidden_field",)


def test_numbers_of_a_page_photographed_or_partly_hidden_must_be_surer():
    doubtful = p.cells("top1", "02", c1=p.a_cell(p.torn(2, 1, 0.97)))
    scanned = p.a_page(doubtful)
    photographed = dataclasses.replace(
        scanned, pose=dataclasses.replace(scanned.pose, matrix=(1, 0, 0, 0, 1, 0, 0.0002, 0.0001, 1))
    )
    covered = p.a_page(doubtful, dataclasses.replace(p.cells("top2", "  "), paper_ratio=0.05))
    found = [fields(run(page))["top1"] for page in (scanned, photographed, covered)]
    assert [one.status for one in found] == [Status.ACCEPTED, Status.REVIEW, Status.REVIEW]
    assert [one.reasons for one in found[1:]] == [("uncertain_digit",)] * 2


@pytest.mark.parametrize(("pieces", "status"), [(4, Status.REVIEW), (2, Status.BLANK)])
def test_where_many_digits_of_a_grey_scan_are_in_pieces_no_number_is_called_blank(pieces, status):
    broken = {f"c{i}": p.a_cell(p.sure(2, 0.6), height_ratio=0.28) for i in range(pieces)}
    found = fields(run(p.a_page(p.cells("top1", "  "), p.cells("act01_date", "220226", **broken))))
    assert found["top1"].status is status
    assert ("faded_ink" in found["top1"].reasons) is (status is Status.REVIEW)


@pytest.mark.parametrize(("frame", "status"), [(0.3, Status.REVIEW), (0.38, Status.BLANK)])
def test_where_the_print_is_too_pale_for_this_pen_to_be_seen_no_number_is_called_blank(frame, status):
    seen = {f"c{i}": p.a_cell(p.sure(2), darkness=0.16, frame_ratio=0.4) for i in range(6)}
    pale = p.cells("top1", "  ", c0=p.a_cell(frame_ratio=frame), c1=p.a_cell(frame_ratio=frame))
    found = fields(run(p.a_page(pale, p.cells("act01_date", "220226", **seen))))
    assert found["top1"].status is status
    assert found["top1"].reasons == (("faded_ink",) if status is Status.REVIEW else ())


def outlined(seen, side=None):
    """A box left empty, with so much of its outline seen, and of the worst seen of its sides."""
    return p.EMPTY | {"frame_ratio": seen, "side_ratio": seen if side is None else side}


def test_an_outline_that_is_not_seen_is_asked_only_where_others_are_seen():
    torn = p.ticks("public", A=outlined(0.05), B=outlined(0.9), C=outlined(0.9))
    pale = p.ticks("public", A=outlined(0.2), B=outlined(0.25), C=outlined(0.25))
    assert fields(run(p.a_page(torn)))["public"].reasons == ("hidden_field",)
    assert fields(run(p.a_page(pale)))["public"].status is Status.BLANK


@pytest.mark.parametrize("warnings", [(), ("bitonal",)])
def test_lines_of_a_note_do_not_pass_for_the_outline_that_it_hides(warnings):
    crossed = p.ticks("public", A=outlined(0.6, side=0.005), B=outlined(0.9, side=0.8), C=outlined(0.9, side=0.7))
    page = dataclasses.replace(p.a_page(crossed), warnings=warnings)
    assert fields(run(page))["public"].reasons == ("hidden_field",)


def test_sides_that_are_seen_unevenly_hide_nothing():
    grey = p.ticks("public", A=outlined(0.5, side=0.3), B=outlined(0.9, side=0.8), C=outlined(0.9, side=0.8))
    broken = p.ticks("public", A=outlined(0.5, side=0.1), B=outlined(0.9, side=0.8), C=outlined(0.9, side=0.8))
    bitonal = dataclasses.replace(p.a_page(broken), warnings=("bitonal",))
    assert fields(run(p.a_page(grey)))["public"].status is Status.BLANK
    assert fields(run(p.a_page(broken)))["public"].reasons == ("hidden_field",)
    assert fields(run(bitonal))["public"].status is Status.BLANK


def paged(frames, warnings=(), *, beside=None):
    """Statuses of a page of questions whose outlines are seen so far, one number a question, beside another."""
    names = [f"q{n}" for n in range(len(frames))]
    shelf = p.a_shelf(p.a_form(*(p.a_choice(name, "AB") for name in (*names, "beside"))))
    readings = [p.ticks(name, A=outlined(frame), B=outlined(frame)) for name, frame in zip(names, frames, strict=True)]
    readings += [beside] if beside else []
    found = fields(run(dataclasses.replace(p.a_page(*readings), warnings=warnings), shelf=shelf))
    return [str(found[name].status) for name in names]


@pytest.mark.parametrize("covered", [1, 6, 8])
def test_covered_questions_are_asked_however_many_they_are(covered):
    assert paged([0.55] * (10 - covered) + [0.02] * covered) == ["blank"] * (10 - covered) + ["review"] * covered


def test_a_page_covered_all_over_is_asked_and_a_pale_print_is_not():
    assert set(paged([0.02] * 8)) == {"review"}
    assert set(paged([0.2, 0.25, 0.3, 0.22, 0.28])) == {"blank"}


def test_thin_lines_that_black_and_white_loses_hide_nothing_beside_a_mark_that_it_left():
    lost, cross = [0.02, 0.3, 0.1, 0.005], p.ticks("beside", A=p.CROSS | outlined(0.1), B=outlined(0.1))
    assert set(paged(lost, ("bitonal",), beside=cross)) == {"blank"}
    assert set(paged([0.75, 0.28, 0.6, 0.5], ("bitonal",))) == {"blank"}
    assert paged([0.9, 1.0, 0.8, 0.01], ("bitonal",)) == ["blank", "blank", "blank", "review"]


def test_where_black_and_white_left_neither_print_nor_marks_of_a_page_nothing_is_blank():
    assert set(paged([0.02, 0.3, 0.1, 0.05], ("bitonal",))) == {"review"}
    assert set(paged([0.3, 0.3, 0.3, 0.3])) == {"blank"}


def test_rows_of_continuation_sheets_are_known():
    book = FieldBook(FORM.definition)
    assert book.find("act27_date").row == 27
    assert book.find("act27_inconnu") is None
    assert book.past_only(book.find("act27_date"))
    assert not book.past_only(book.find("top1"))


def test_how_a_writer_ticks_elsewhere_decides_a_lone_blackened_box():
    questions = [p.a_choice(f"q{n}", "AB") for n in range(5)]
    shelf = p.a_shelf(p.a_form(*questions))
    black = [p.ticks(f"q{n}", A=p.BLACK, B=p.EMPTY) for n in range(5)]
    crossed = [p.ticks(f"q{n}", A=p.CROSS, B=p.EMPTY) for n in range(4)]
    assert {d.value for d in fields(run(p.a_page(*black), shelf=shelf)).values()} == {"A"}
    lone = fields(run(p.a_page(*crossed, black[4]), shelf=shelf))["q4"]
    assert lone.reasons == ("blackened_mark",)


def test_where_all_marks_are_hardly_seen_nothing_is_blank():
    questions = [p.a_choice(f"q{n}", "AB") for n in range(6)]
    shelf = p.a_shelf(p.a_form(*questions))

    def last(darkness):
        mark = p.TICK | {"darkness": darkness}
        readings = [p.ticks(f"q{n}", A=mark if n < 5 else p.EMPTY, B=p.EMPTY) for n in range(6)]
        return fields(run(p.a_page(*readings), shelf=shelf))["q5"]

    assert last(0.13).reasons == ("faded_ink",)
    assert last(0.25).status is Status.BLANK


def test_where_a_pale_pen_broke_up_in_black_and_white_nothing_is_blank():
    questions = [p.a_choice(f"q{n}", "AB") for n in range(6)]
    shelf = p.a_shelf(p.a_form(*questions))
    pale = p.TICK | {"ink_ratio": 0.12, "darkness": 0.3}
    readings = [p.ticks(f"q{n}", A=pale if n < 5 else p.EMPTY, B=p.EMPTY) for n in range(6)]
    grey = p.a_page(*readings)
    assert fields(run(grey, shelf=shelf))["q5"].status is Status.BLANK
    found = fields(run(dataclasses.replace(grey, warnings=("bitonal",)), shelf=shelf))
    assert found["q5"].reasons == ("faded_ink",)
    assert found["q0"].value == "A"


SCATTERED = {"specks": 3.0}


@pytest.mark.parametrize(("warnings", "asked"), [(("bitonal",), True), ((), False)])
def test_spots_in_an_empty_box_are_perhaps_a_pencil_that_black_and_white_lost(warnings, asked):
    questions = [p.a_choice(f"q{n}", "AB") for n in range(6)]
    shelf = p.a_shelf(p.a_form(*questions))
    answered = [p.ticks(f"q{n}", A=p.CROSS, B=SCATTERED if n == 3 else p.EMPTY) for n in range(4)]
    page = p.a_page(*answered, p.ticks("q4", A=SCATTERED, B=p.EMPTY), p.ticks("q5", A=p.EMPTY, B=p.EMPTY))
    found = fields(run(dataclasses.replace(page, warnings=warnings), shelf=shelf))
    assert found["q4"].reasons == (("faded_ink",) if asked else ())
    assert found["q5"].status is Status.BLANK
    assert found["q3"].value == "A"
    assert found["q3"].status is Status.ACCEPTED


def test_one_spot_in_black_and_white_is_a_doubt_only_where_nothing_else_answers():
    questions = [p.a_choice(f"q{n}", "ABC", multiple=True) for n in range(6)]
    shelf = p.a_shelf(p.a_form(*questions))
    page = p.a_page(
        *(p.ticks(f"q{n}", A=p.CROSS, B={"specks": (1.0, 2.0)[n % 2]}, C=p.EMPTY) for n in range(4)),
        p.ticks("q4", A={"specks": 1.0}, B=p.EMPTY, C=p.EMPTY),
        p.ticks("q5", A={"specks": 0.6}, B=p.EMPTY, C=p.EMPTY),
    )
    found = fields(run(dataclasses.replace(page, warnings=("bitonal",)), shelf=shelf))
    reasons = {name: decision.reasons for name, decision in found.items()}
    assert reasons == {"q0": (), "q1": ("faded_ink",), "q2": (), "q3": ("faded_ink",), "q4": ("faded_ink",), "q5": ()}


@pytest.mark.parametrize(("warnings", "asked"), [(("bitonal",), True), ((), False)])
def test_pieces_of_a_circle_in_black_and_white_are_a_doubt_where_nothing_else_answers(warnings, asked):
    pieces = p.EMPTY | {"ring_ratio": 0.29, "outside_ratio": 0.05, "darkness": 0.46}
    questions = [p.a_choice(f"q{n}", "AB") for n in range(6)]
    answered = [p.ticks(f"q{n}", A=p.CROSS, B=pieces if n == 3 else p.EMPTY) for n in range(4)]
    page = p.a_page(*answered, p.ticks("q4", A=pieces, B=p.EMPTY), p.ticks("q5", A=p.EMPTY, B=p.EMPTY))
    found = fields(run(dataclasses.replace(page, warnings=warnings), shelf=p.a_shelf(p.a_form(*questions))))
    assert found["q4"].reasons == (("faded_ink",) if asked else ())
    assert found["q3"].status is Status.ACCEPTED
    assert found["q5"].status is Status.BLANK


@pytest.mark.parametrize(
    ("warnings", "written", "asked"), [(("bitonal",), "", True), (("bitonal",), "01", False), ((), "", False)]
)
def test_where_black_and_white_shows_nothing_at_all_nothing_is_blank(warnings, written, asked):
    questions = [p.a_choice(f"q{n}", "ABCD") for n in range(12)]
    shelf = p.a_shelf(p.a_form(*questions, TOP1))
    bare = dict.fromkeys("ABCD", p.EMPTY)
    page = p.a_page(*(p.ticks(f"q{n}", **bare) for n in range(12)), p.cells("top1", written or "  "))
    found = fields(run(dataclasses.replace(page, warnings=warnings), shelf=shelf))
    assert found["q7"].reasons == (("faded_ink",) if asked else ())
