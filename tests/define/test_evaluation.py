"""A plan of evaluation that names what nothing bears is refused by file and key."""

from pathlib import Path

import pytest

from pipeline import define
from pipeline.define.evaluation import load_evaluation
from pipeline.errors import ExitCode, FormError

FORMS = [form.definition for form in define.open_shelf(define.form_folders()).forms if form.definition.id == "carnet"]
PLAN = Path(__file__).parents[2] / "forms" / "carnet" / "evaluation.toml"


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ('source = "prof_public"', 'source = "prof_publik"', "groupings.public.source"),
        ('fields = ["avis_aide"]', 'fields = ["avis_ade"]', "asks."),
        ('columns = ["remis", "imprimes"]', 'columns = ["remis", "vendus"]', "asks.1"),
        ('op = "tally"', 'op = "compter"', "asks."),
        ('code = "S12"\nfield', 'code = "S99"\nfield', "crosses."),
    ],
)
def test_a_wrong_plan_is_refused(tmp_path, before, after, key):
    source = PLAN.read_text(encoding="utf-8")
    assert before in source
    path = tmp_path / "evaluation.toml"
    path.write_text(source.replace(before, after), encoding="utf-8")
    with pytest.raises(FormError) as caught:
        load_evaluation(path, FORMS)
    assert caught.value.exit_code == ExitCode.FORM
    assert caught.value.evidence["key"].startswith(key)


def test_a_plan_stands_beside_the_versions_of_its_form():
    plan = define.open_shelf(define.form_folders()).evaluations["carnet"]
    assert {"R1", "U5", "C2", "S6", "V3"} <= {ask.code for ask in plan.asks}
