"""Bad input: a French sentence, the right exit code, and the rest of the batch done."""

import csv
from collections import Counter

import pikepdf
import pytest
from PIL import Image, ImageDraw

from pipeline.cli import main
from pipeline.wording import words
from tests.conftest import save_pdf

pytestmark = pytest.mark.slow


def read(scans, campaign):
    return main(["lire", str(scans), "--dossier", str(campaign)])


def balance(campaign):
    assert main(["consolider", "--dossier", str(campaign)]) == 0
    with (campaign / "export" / "pages.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def letter() -> Image.Image:
    page = Image.new("L", (1654, 2339), 255)
    pen = ImageDraw.Draw(page)
    for y in range(300, 1900, 45):
        pen.text((200, y), "Madame, Monsieur, veuillez trouver ci-joint le document attendu.", fill=20, font_size=32)
    return page


def empty(path, side):
    path.write_bytes(b"")


def text_renamed(path, side):
    path.write_text("Bonjour, ceci n'est pas un PDF.")


def truncated_pdf(path, side):
    save_pdf(path, [side])
    path.write_bytes(path.read_bytes()[:2000])


def truncated_tiff(path, side):
    side.save(path, format="TIFF", compression="tiff_lzw")
    path.write_bytes(path.read_bytes()[:3000])


def encrypted(path, side):
    plain = save_pdf(path.with_name("clair.pdf"), [side])
    with pikepdf.open(plain) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    plain.unlink()


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("vide.pdf", empty),
        ("texte.pdf", text_renamed),
        ("tronque.pdf", truncated_pdf),
        ("tronque.tif", truncated_tiff),
        ("protege.pdf", encrypted),
    ],
)
def test_a_file_that_cannot_be_opened_costs_only_itself(name, make, two_carnets, tmp_path, capsys):
    scans = tmp_path / "scans"
    scans.mkdir()
    make(scans / name, two_carnets[0])
    save_pdf(scans / "bon.pdf", two_carnets[:6])
    assert read(scans, tmp_path / "c") == 10
    shown = capsys.readouterr().out
    assert name in shown
    rows = balance(tmp_path / "c")
    assert Counter(row["disposition"] for row in rows if row["source_file"].endswith("bon.pdf")) == {"placed": 12}
    (bad,) = [row for row in rows if row["source_file"].endswith(name)]
    assert (bad["disposition"], bool(bad["reason"])) == ("unreadable", True)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_pdf_page_with_rotate_is_read_upright(turn, two_carnets, tmp_path):
    path = save_pdf(tmp_path / "tourne.pdf", [two_carnets[0].rotate(turn, expand=True)])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].Rotate = turn
        pdf.save(path)
    read(path, tmp_path / "c")
    rows = balance(tmp_path / "c")
    assert [(row["disposition"], row["page"]) for row in rows] == [("placed", "12"), ("placed", "1")]
    assert all(abs((float(row["rotation_deg"]) + 180) % 360 - 180) < 2 for row in rows)


def test_a_letter_is_foreign_and_a_white_side_blank(two_carnets, tmp_path):
    save_pdf(tmp_path / "lot.pdf", [letter(), Image.new("L", (1654, 2339), 250), *two_carnets[:6]])
    assert read(tmp_path / "lot.pdf", tmp_path / "c") == 0
    rows = balance(tmp_path / "c")
    assert [row["disposition"] for row in rows] == ["foreign", "blank"] + ["placed"] * 12


def test_a_nominative_sheet_is_refused_by_name(tmp_path, capsys):
    from tests.conftest import printed

    (sheet,) = printed(tmp_path, "--forme", "volet_nominatif", "--quantite", "1", "--imposition", "a5")
    save_pdf(tmp_path / "volet.pdf", [sheet])
    assert read(tmp_path / "volet.pdf", tmp_path / "c") == 0
    assert "nominatif" in capsys.readouterr().out
    (row,) = balance(tmp_path / "c")
    assert (row["disposition"], row["reason"]) == ("foreign", "nominative_sheet")
    assert not list((tmp_path / "c" / "pages").iterdir()), "a nominative sheet is never kept"


def test_an_empty_folder_and_a_missing_one(tmp_path, capsys):
    (tmp_path / "vide").mkdir()
    for name in ("vide", "absent"):
        assert read(tmp_path / name, tmp_path / "c") == 4
        assert name in capsys.readouterr().err


def test_a_folder_of_shut_files_only(tmp_path, capsys):
    (tmp_path / "a.pdf").write_bytes(b"")
    assert read(tmp_path / "a.pdf", tmp_path / "c") == 4
    told = capsys.readouterr().err
    assert "a.pdf" in told
    assert "Numérisez" in told, "what to do is said too"


def test_an_unwritable_campaign_folder(two_carnets, tmp_path, capsys):
    (tmp_path / "fichier").write_text("ceci est un fichier")
    save_pdf(tmp_path / "lot.pdf", two_carnets[:1])
    assert main(["lire", str(tmp_path / "lot.pdf"), "--dossier", str(tmp_path / "fichier" / "c")]) == 6
    assert "fichier" in capsys.readouterr().err


def test_an_export_that_cannot_be_written(two_carnets, tmp_path, capsys):
    save_pdf(tmp_path / "lot.pdf", two_carnets[:1])
    read(tmp_path / "lot.pdf", tmp_path / "c")
    (tmp_path / "c" / "export").write_text("ceci est un fichier")
    capsys.readouterr()
    assert main(["consolider", "--dossier", str(tmp_path / "c")]) == 6
    assert "export" in capsys.readouterr().err


def test_a_workbook_open_elsewhere_blocks_and_says_so(two_carnets, tmp_path, capsys):
    save_pdf(tmp_path / "lot.pdf", two_carnets[:1])
    read(tmp_path / "lot.pdf", tmp_path / "c")
    balance(tmp_path / "c")
    (tmp_path / "c" / ".~lock.analyse.xlsx#").write_text(",agent,poste,18.11.2026 10:00,file:///home;")
    before = (tmp_path / "c" / "analyse.xlsx").read_bytes()
    capsys.readouterr()
    assert main(["consolider", "--dossier", str(tmp_path / "c")]) == 6
    assert "analyse.xlsx" in capsys.readouterr().err
    assert (tmp_path / "c" / "analyse.xlsx").read_bytes() == before


def test_a_participants_file_with_bad_rows(tmp_path, capsys):
    (tmp_path / "liste.csv").write_text(
        "Prénom;Nom;Lot;Couleur\nExemple;Un;A;bleu\n;;;\n" + "x" * 400 + ";Deux;A;vert\nExemple;Trois;A;rouge\n",
        encoding="utf-8",
    )
    code = main(
        ["imprimer", "--participants", str(tmp_path / "liste.csv"), "--dossier", str(tmp_path / "c"),
         "--sortie", str(tmp_path / "p")]
    )  # fmt: skip
    shown = "".join(capsys.readouterr())
    assert code == 10, "a row with content gave no carnet"
    assert "Couleur" in shown
    assert "ligne 4" in shown
    assert (tmp_path / "p" / "carnets.pdf").exists()


def test_a_page_of_an_unknown_version_is_foreign(tmp_path, monkeypatch, capsys):
    from pathlib import Path

    from tests.conftest import printed

    monkeypatch.setenv("CARNET_FORMES", str(Path(__file__).parent / "forms"))
    sides = printed(tmp_path, "--forme", "atelier", "--quantite", "1")
    monkeypatch.delenv("CARNET_FORMES")
    save_pdf(tmp_path / "atelier.pdf", sides)
    assert read(tmp_path / "atelier.pdf", tmp_path / "c") == 0
    assert words("unknown_version").title in capsys.readouterr().out.lower()
    assert {(row["disposition"], row["reason"]) for row in balance(tmp_path / "c")} == {("foreign", "unknown_version")}
