"""``carnet calibrer``: verified digits in, calibration.json out, decisions taken again."""

from dataclasses import replace

import pytest

from pipeline import define
from pipeline.batch.calibrating import CELLS_MIN, _written, calibrate_campaign
from pipeline.batch.reading import decide_pending
from pipeline.cli import main
from pipeline.errors import ExitCode, InputError
from pipeline.model.decision import Status, Verdict
from pipeline.model.identity import PageIdentity
from pipeline.model.reading import CellReading, FieldReading
from pipeline.model.result import PageResult
from pipeline.model.scan import Pose, SourceRef
from pipeline.model.value import comb_text, comb_value
from pipeline.settings import CALIBRATION, load_settings
from pipeline.store import StoredFile, open_store

pytestmark = pytest.mark.slow

ENGINE = "digits-0000abcd"
CARNETS = ("26-004271-20", "26-000001-26", "26-999999-48")
AT = "2026-11-18T09:00:00"


def form():
    return define.open_shelf(define.form_folders()).latest("carnet")


def cell(digit=None, sure=0.999):
    plain = CellReading(
        ink_ratio=0.0, darkness=0.0, height_ratio=0.0, width_ratio=0.0, scribble_ratio=0.0, above_ratio=0.0,
        spill_ratio=0.0,
    )  # fmt: skip
    if digit is None:
        return plain
    vector = tuple(sure if place == digit else (1 - sure) / 9 for place in range(10))
    return replace(plain, ink_ratio=0.1, darkness=0.7, height_ratio=0.7, width_ratio=0.5, probabilities=vector)


def page(carnet, number, sure):
    """A page of the journal: every date and duration read with the same sureness."""
    readings = []
    for field in form().definition.fields:
        if field.page == number and field.type == "comb":
            text = {"date": "120526", "duration": "0230"}.get(field.kind, "1" * field.cells)
            cells = tuple(cell(int(character), sure) for character in text[: field.cells])
            readings.append(FieldReading(name=field.name, type="comb", box=(0, 0, 9, 9), cells=cells, engine=ENGINE))
    definition = form().definition
    return PageResult(
        source=SourceRef(path="scan.pdf", sha256="ab" * 32, side=number),
        slot=CARNETS.index(carnet) + 1,
        form=definition.id,
        version=definition.version,
        identity=PageIdentity(
            form_code=definition.code, version_code=definition.version_code, variant=0, carnet=carnet, page=number,
            sheet=0,
        ),
        layout_page=number,
        pose=Pose(matrix=(1, 0, 0, 0, 1, 0, 0, 0, 1), markers=4, rotation_deg=0, print_scale=1, residual_mm=0.1),
        readings=tuple(readings),
    )  # fmt: skip


@pytest.fixture
def campaign(tmp_path):
    """A folder where the engine is sure at 0.97 of every digit, and a third of the dates were read wrong."""
    with open_store(tmp_path) as store:
        store.add_file(StoredFile(sha256="ab" * 32, path="scan.pdf", sides=6, problem="", first_read="2026-11-18"))
        for number in (5, 6):
            store.add_sides("ab" * 32, [number], [page(carnet, number, 0.97) for carnet in CARNETS])
        decide_pending(store, load_settings(None), lambda *_: None)
        verdicts = []
        for carnet in CARNETS:
            for row in range(1, 13):
                wrong = row % 3 == 0
                raw, value = ("130526", "2026-05-13") if wrong else ("120526", "2026-05-12")
                verdicts.append(
                    Verdict(
                        carnet=carnet, page=5 if row <= 6 else 6, field=f"act{row:02d}_date", raw=raw, value=value,
                        status=Status.VERIFIED, day="2026-11-19",
                    )
                )  # fmt: skip
        store.add_verdicts(verdicts)
    return tmp_path


def calibrate(folder):
    return calibrate_campaign(folder, AT, lambda *_: None, lambda: None)


def test_an_engine_too_sure_of_itself_is_cooled(campaign):
    report = calibrate(campaign)
    assert report.refit.cells == 3 * 12 * 6
    assert report.carnets == 3
    assert report.refit.temperature > 1
    assert report.refit.error_after < report.refit.error_before
    settings = load_settings(campaign / "reglages.toml").decide
    assert settings.digit_temperature == report.refit.temperature
    assert settings.digit_engine == 0xABCD
    with open_store(campaign) as store:
        fields = {d.field: d for one in store.decided(CARNETS[0]).values() for d in one.decisions}
        assert fields["act01_date"].status is Status.REVIEW
        assert [entry.command for entry in store.journal()] == ["calibrer"]


def test_the_same_verdicts_give_the_same_file(campaign):
    calibrate(campaign)
    first = (campaign / CALIBRATION).read_bytes()
    calibrate(campaign)
    assert (campaign / CALIBRATION).read_bytes() == first


def test_what_a_person_wrote_has_the_last_word(campaign):
    calibrate(campaign)
    (campaign / "reglages.toml").write_text("[decide]\ndigit_temperature = 1.0\n")
    assert load_settings(campaign / "reglages.toml").decide.digit_temperature == 1.0


def test_too_few_digits_are_refused(campaign):
    with open_store(campaign) as store:
        rows = store._db.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall()
        for (name,) in rows:
            store._db.execute(f"DROP TRIGGER {name}")
        store._db.execute("DELETE FROM verdicts WHERE id > 5")
    with pytest.raises(InputError) as caught:
        calibrate(campaign)
    assert caught.value.evidence["cells"] == 30 < CELLS_MIN
    assert not (campaign / CALIBRATION).exists()


def test_the_command_speaks_french(campaign, capsys):
    assert main(["calibrer", "--dossier", str(campaign)]) == 0
    shown = capsys.readouterr().out
    assert "216\u00a0chiffres vérifiés" in shown
    assert "Température\u00a0: 1," in shown
    assert main(["calibrer", "--dossier", str(campaign / "absent")]) == ExitCode.INPUT
    (campaign / CALIBRATION).write_text("{")
    assert main(["calibrer", "--dossier", str(campaign)]) == ExitCode.SETTINGS


@pytest.mark.parametrize(
    ("name", "paper", "typed"),
    [
        ("att1_heures", "  35", "35"),
        ("att1_heures", "35  ", "35"),
        ("att1_heures", "0035", "35"),
        ("act01_duree", " 230", "2.5"),
        ("act01_duree", "2 30", "2.5"),
        ("act01_date", "120526", "2026-05-12"),
    ],
)
def test_what_was_typed_is_found_in_the_cells(name, paper, typed):
    field = form().definition.resolve(name)
    reading = FieldReading(
        name=name, type="comb", box=(0, 0, 9, 9),
        cells=tuple(cell(int(character)) if character.isdigit() else cell() for character in paper),
    )  # fmt: skip
    verdict = Verdict(
        carnet=CARNETS[0], page=5, field=name, raw=comb_text(field, typed), value=typed, status=Status.VERIFIED,
        day="2026-11-19",
    )  # fmt: skip
    assert comb_value(field, paper) == typed
    assert _written(field, reading, verdict) == paper
