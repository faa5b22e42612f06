"""Rows gathered by what is looked at: as many as there were, and each group as large."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.consolidate import gathered as under_test
from pipeline.consolidate.counting import Condition, Counter, equal
from pipeline.consolidate.gathered import LENT, gathered
from pipeline.consolidate.groups import EVERYONE, Group

YOUNG = Group(grouping=None, label="Jeunes", conditions=(equal("age", "J"),))
OLD = Group(
    grouping=None,
    label="Aînés",
    conditions=(equal("age", "A"),),
    doubtful=((Condition(column="age", test="empty"), equal("age__etat", "a_relire")),),
)
people = st.lists(
    st.tuples(
        st.sampled_from(["J", "A", None]),
        st.sampled_from(["tout", "feuille"]),
        st.lists(st.tuples(st.sampled_from([1, 2, None]), st.sampled_from(["x", "y"])), max_size=4),
    ),
    min_size=1,
    max_size=12,
)


ASKED = (
    ((), lambda row: True),
    ((equal("rang", 1),), lambda row: row["rang"] == 1),
    ((equal("mot", "x"), LENT), lambda row: row["mot"] == "x" and row["depot"] == "feuille"),
    ((Condition(column="rang", test="empty"),), lambda row: row["rang"] is None),
)
IN_GROUP = (lambda row: True, lambda row: row["age"] == "J", lambda row: row["age"] == "A")


def tables(drawn):
    """Carnets and their rows, each row with what its carnet says."""
    carnets = [
        {"cle": f"C{n}", "age": age, "age__etat": "lu" if age else ("a_relire", "vide")[n % 2], "depot": deposit}
        for n, (age, deposit, _) in enumerate(drawn)
    ]
    rows = [
        {**carnet, "rang": rank, "mot": word, "ligne": line}
        for carnet, (_, _, found) in zip(carnets, drawn, strict=True)
        for line, (rank, word) in enumerate(found)
    ]
    return carnets, rows


def frame(rows, columns):
    return pd.DataFrame(rows, columns=columns).astype(object).astype("category")


@pytest.mark.parametrize("codes_max", [1 << 62, 4])
@given(drawn=people)
def test_every_count_is_that_of_the_rows(codes_max, drawn):
    carnets, rows = tables(drawn)
    counter = Counter(
        {
            "Carnets": frame(carnets, ["cle", "age", "age__etat", "depot"]),
            "Rangs": frame(rows, ["cle", "age", "rang", "mot", "ligne"]),
        }
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(under_test, "_CODES_MAX", codes_max)
        found = gathered("Rangs", (EVERYONE, YOUNG, OLD), counter, {"rang", "mot"})
    kinds = found.counter.frames["Rangs"]
    assert list(kinds.columns) == ["rang", "mot", "depot"]
    assert not kinds.astype(object).duplicated().any()
    for conditions, meets in ASKED:
        mask = found.counter.mask("Rangs", conditions)
        met = [row for row in rows if meets(row)]
        assert found.inside[:, mask].sum(axis=1).tolist() == [sum(map(of, met)) for of in IN_GROUP]
        doubted = sum(row["age__etat"] == "a_relire" for row in met)
        assert found.perhaps[:, mask].sum(axis=1).tolist() == [0, 0, doubted]
