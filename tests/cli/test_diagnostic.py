"""``carnet diagnostic`` says what is missing and how to mend it."""

from pipeline.cli import main
from pipeline.errors import ExitCode


def test_all_is_well_here(tmp_path, capsys):
    assert main(["diagnostic", "--dossier", str(tmp_path)]) == ExitCode.DONE
    shown = capsys.readouterr().out
    assert "Tout est en ordre" in shown
    assert "carnet 2026.1" in shown


def test_missing_programs_are_named_with_their_remedy(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["diagnostic", "--dossier", str(tmp_path)]) == ExitCode.DEPENDENCY
    shown = capsys.readouterr().out
    for package in ("poppler-utils", "tesseract-ocr", "tesseract-ocr-fra"):
        assert package in shown


def test_a_folder_that_cannot_be_written_is_named(tmp_path, capsys):
    (tmp_path / "fichier").write_text("x")
    assert main(["diagnostic", "--dossier", str(tmp_path / "fichier" / "c")]) == ExitCode.OUTPUT
    assert "--dossier" in capsys.readouterr().out
