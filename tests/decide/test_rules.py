"""Cross-checks: warnings that never change a status."""

import pytest

from pipeline.decide.book import FieldBook
from pipeline.decide.rules import sheet_of, warnings_of
from pipeline.model.decision import FieldDecision, Status
from tests.decide import papers as p

RULES = (
    p.a_rule("used_row", ["act{r}_date", "act{r}_duree"], "required_missing"),
    p.a_rule("long_before", ["act{r}_date", "debut"], "long_before_start", 365),
    p.a_rule("over", ["act{r}_duree"], "long_duration", 12),
    p.a_rule("minutes", ["act{r}_duree"], "unusual_minutes"),
    p.a_rule("declared", ["act{r}_structure", "str{r}_nom"], "undeclared_structure"),
    p.a_rule("distinct", ["top1", "top2"], "same_answer_twice"),
    p.a_rule("not_after", ["du", "au"], "dates_out_of_order"),
    p.a_rule("over_sum", ["heures", "act{r}_duree"], "hours_above_log", 1.5),
)


def rowed(group, row, column, type, width=2, **more):
    return p.a_field(f"{group}{row:0{width}d}_{column}", type, group=group, row=row, column=column, **more)


FIELDS = [
    p.a_comb("debut", "date", 8, format="DDMMYYYY"),
    p.a_comb("top1", "code", 2),
    p.a_comb("top2", "code", 2),
    p.a_comb("du", "date", 8, format="DDMMYYYY"),
    p.a_comb("au", "date", 8, format="DDMMYYYY"),
    p.a_comb("heures", "integer", 4),
    p.a_choice("public", "AB", required="O"),
]
for _row in (1, 2):
    FIELDS += [
        rowed("act", _row, "date", "comb", kind="date", format="DDMMYY", cells=6, required="O"),
        rowed("act", _row, "duree", "comb", kind="duration", format="HHMM", cells=4, required="O"),
        rowed("act", _row, "structure", "comb", kind="code", values=tuple("0123"), cells=1),
        rowed("act", _row, "texte", "text"),
        rowed("str", _row, "nom", "text", width=1),
    ]
BOOK = FieldBook(p.a_form(*FIELDS, rules=RULES).definition)
TYPES = {field.name: field.type for field in FIELDS}


def find(**values):
    """Warnings of a carnet; None means blank, ``?`` asked, ``-`` not on a placed page."""
    decisions = []
    for field in FIELDS:
        value = values.get(field.name)
        if value == "-":
            continue
        status = Status.BLANK if value is None else Status.REVIEW if value == "?" else Status.ACCEPTED
        decisions.append(
            FieldDecision(
                field=field.name, type=field.type, raw="", value=value or "", status=status, confidence=1.0,
                reasons=("free_text",) if status is Status.REVIEW else (),
            )
        )  # fmt: skip
    return warnings_of(sheet_of(decisions, BOOK))


def test_a_plain_carnet_has_no_warning():
    assert find(public="A", str1_nom="?", act01_date="2026-03-05", act01_duree="2.5", act01_structure="1") == {}


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"public": None}, "public", "required_missing"),
        ({"act02_texte": "?"}, "act02_date", "required_missing"),
        ({"act02_texte": "?"}, "act02_duree", "required_missing"),
        ({"act01_duree": "13.0"}, "act01_duree", "long_duration"),
        ({"act01_duree": "2.3333"}, "act01_duree", "unusual_minutes"),
        ({"act01_structure": "2", "str1_nom": "?"}, "act01_structure", "undeclared_structure"),
        ({"debut": "2026-03-05", "act01_date": "2025-03-01"}, "act01_date", "long_before_start"),
        ({"top1": "07", "top2": "07"}, "top1", "same_answer_twice"),
        ({"du": "2026-03-05", "au": "2026-03-04"}, "au", "dates_out_of_order"),
        ({"heures": "10", "act01_duree": "2.5", "act02_duree": "2.5"}, "heures", "hours_above_log"),
    ],
)
def test_what_is_unusual_is_named(values, field, code):
    assert code in find(**values).get(field, ())


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"act02_texte": None}, "act02_date", "required_missing"),
        ({"act01_duree": "12.0"}, "act01_duree", "long_duration"),
        ({"act01_duree": "2.75"}, "act01_duree", "unusual_minutes"),
        ({"act01_structure": "0"}, "act01_structure", "undeclared_structure"),
        ({"act01_structure": "2", "str2_nom": "?"}, "act01_structure", "undeclared_structure"),
        ({"act01_structure": "2", "str1_nom": "-", "str2_nom": "-"}, "act01_structure", "undeclared_structure"),
        ({"du": "2026-03-05", "au": "2026-03-05"}, "au", "dates_out_of_order"),
        ({"heures": "10", "act01_duree": "2.5", "act02_duree": "?"}, "heures", "hours_above_log"),
        ({"heures": "7", "act01_duree": "2.5", "act02_duree": "2.5"}, "heures", "hours_above_log"),
        ({"heures": "7", "act01_duree": "-", "act02_duree": "-"}, "heures", "hours_above_log"),
    ],
)
def test_what_is_usual_or_not_read_yet_is_not(values, field, code):
    assert code not in find(**values).get(field, ())
