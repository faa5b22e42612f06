"""``carnet lire --suggestions``: guesses beside texts with the optional part, a clear word without it."""

from pipeline.cli import main
from pipeline.errors import ExitCode
from pipeline.read.engines import text


def test_without_the_optional_part_nothing_is_begun(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(text, "find_spec", lambda _: None)
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.4")
    folder = tmp_path / "campagne"
    assert main(["lire", str(tmp_path / "scan.pdf"), "--suggestions", "--dossier", str(folder)]) == ExitCode.DEPENDENCY
    assert "carnet-pipeline[htr]" in capsys.readouterr().err
    assert not (folder / "carnets.sqlite").exists()
