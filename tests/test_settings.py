"""Every setting says its unit, reason and origin; overrides are checked and fingerprinted."""

import dataclasses

import pytest

from pipeline.cli import main
from pipeline.errors import ExitCode, SettingsError
from pipeline.settings import Settings, load_settings

SECTIONS = [(section.name, getattr(Settings(), section.name)) for section in dataclasses.fields(Settings)]
EVERY = [(name, field) for name, room in SECTIONS for field in dataclasses.fields(room)]


@pytest.mark.parametrize(("section", "field"), EVERY, ids=lambda part: getattr(part, "name", part))
def test_a_setting_explains_itself(section, field):
    assert set(field.metadata) == {"unit", "reason", "origin"}, section
    assert all(field.metadata.values())
    assert isinstance(field.default, int | float)


def test_an_override_replaces_one_number_and_the_fingerprint(tmp_path):
    section, field = EVERY[0]
    path = tmp_path / "reglages.toml"
    path.write_text(f"[{section}]\n{field.name} = {field.default + 1}\n")
    changed = load_settings(path)
    assert getattr(getattr(changed, section), field.name) == field.default + 1
    assert changed.fingerprint != Settings().fingerprint
    assert load_settings(None) == load_settings(tmp_path / "absent.toml") == Settings()


@pytest.mark.parametrize(
    "text",
    ["[ingestion]\nx = 1\n", "[decide]\ninconnu = 1\n", f"[{EVERY[0][0]}]\n{EVERY[0][1].name} = 'x'\n", "[decide"],
)
def test_a_wrong_override_is_named(tmp_path, text, capsys):
    path = tmp_path / "reglages.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    assert caught.value.evidence["file"] == str(path)
    assert main(["consolider", "--dossier", str(tmp_path)]) in (ExitCode.SETTINGS, ExitCode.INPUT)
    assert main(["lire", str(path), "--dossier", str(tmp_path)]) == ExitCode.SETTINGS
    assert "reglages.toml" in capsys.readouterr().err
