"""Folders as people have them: links, litter, names from elsewhere, doors that are shut."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from pipeline.ingest import SideProblem, inventory, read_sides
from pipeline.ingest.walk import walk
from tests.ingest.scanfiles import jpeg_bytes, pattern

JPEG = jpeg_bytes(pattern())


def names(folder, *more):
    return [str(found.path.relative_to(folder)) for found in walk([folder, *more])]


def test_the_order_depends_on_names_alone(tmp_path):
    for name in ("b/2.jpg", "z.jpg", "A/1.jpg", "b/1.jpg", "a.jpg", "b/c/0.jpg", "É/1.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(JPEG)
    expected = ["a.jpg", "z.jpg", "A/1.jpg", "b/1.jpg", "b/2.jpg", "b/c/0.jpg", "É/1.jpg"]
    assert names(tmp_path) == expected
    assert names(tmp_path, tmp_path / "b" / "1.jpg", tmp_path / "b") == expected


def test_links_are_followed_once_and_circles_end(tmp_path):
    elsewhere = tmp_path / "ailleurs"
    elsewhere.mkdir()
    (elsewhere / "1.jpg").write_bytes(JPEG)
    scans = tmp_path / "lot"
    scans.mkdir()
    (scans / "partage").symlink_to(elsewhere)
    (scans / "encore").symlink_to(elsewhere)
    (elsewhere / "retour").symlink_to(scans)
    (scans / "double.jpg").symlink_to(elsewhere / "1.jpg")
    assert names(scans) == ["double.jpg"]
    (scans / "double.jpg").unlink()
    assert names(scans) == ["encore/1.jpg"]


def test_links_that_lead_nowhere_are_named(tmp_path, settings):
    (tmp_path / "boucle.pdf").symlink_to(tmp_path / "boucle.pdf")
    (tmp_path / "perdu.pdf").symlink_to(tmp_path / "absent.pdf")
    found = inventory([tmp_path], settings)
    assert [(file.path.name, file.problem) for file in found] == [
        ("boucle.pdf", "file_not_found"),
        ("perdu.pdf", "file_not_found"),
    ]


def test_litter_is_left_out_even_when_a_shell_names_it(tmp_path):
    litter = ["Thumbs.db", ".DS_Store", "desktop.ini", "~$lettre.docx", "._1.jpg"]
    for name in ("@eaDir/1.jpg", "__MACOSX/._1.jpg", "$RECYCLE.BIN/1.jpg", ".cache/1.jpg", "1.jpg", *litter):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(JPEG)
    assert names(tmp_path, *(tmp_path / name for name in litter)) == ["1.jpg"]


def test_a_hidden_file_is_read_when_it_is_asked_for(tmp_path):
    (tmp_path / ".scan.jpg").write_bytes(JPEG)
    assert names(tmp_path) == []
    assert names(tmp_path, tmp_path / ".scan.jpg") == [".scan.jpg"]


def test_a_folder_that_may_not_be_listed_is_named(tmp_path, settings, monkeypatch):
    (tmp_path / "a.jpg").write_bytes(JPEG)
    shut = tmp_path / "ferme"
    shut.mkdir()
    listed = Path.iterdir

    def refuse(self):
        if self == shut:
            raise PermissionError(13, "Permission denied")
        return listed(self)

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert [(file.path.name, file.problem) for file in inventory([tmp_path], settings)] == [
        ("a.jpg", ""),
        ("ferme", "unreadable_folder"),
    ]


def test_a_pipe_is_not_waited_for(tmp_path, settings):
    os.mkfifo(tmp_path / "tube.pdf")
    (found,) = inventory([tmp_path], settings)
    assert found.problem == "unreadable_file"


@pytest.mark.parametrize("suffix", ["pdf", "jpg"])
def test_a_name_from_elsewhere_is_read_and_shown(tmp_path, settings, maker, suffix):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/num\xe9ris\xe9." + suffix.encode()))
    maker.full(pattern())
    maker.page(b"0 0 100 100 re f", {})
    made = maker.save(tmp_path / "made") if suffix == "pdf" else tmp_path / "made"
    if suffix == "jpg":
        made.write_bytes(JPEG)
    made.rename(path)
    (file,) = inventory([tmp_path], settings)
    assert file.problem == ""
    assert file.shown.endswith(rf"/num\xe9ris\xe9.{suffix}")
    sides = list(read_sides(file, None, settings))
    assert not any(isinstance(side, SideProblem) for side in sides)
    assert sides[0].source.path == file.shown
    assert file.shown.encode("utf-8")


def zipped(*parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in parts:
            archive.writestr(part, b"x" * 10)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("lot.zip", zipped("SCAN0001.pdf"), "archive"),
        ("lot.pdf", zipped("SCAN0001.pdf"), "archive"),
        ("lot.7z", b"7z\xbc\xaf\x27\x1c" + bytes(50), "archive"),
        ("lettre.docx", zipped("[Content_Types].xml", "word/document.xml"), "office_document"),
        ("lettre", zipped("[Content_Types].xml", "word/document.xml"), "office_document"),
        ("tableau.pdf", zipped("_rels/.rels", "xl/workbook.xml"), "office_document"),
        ("ancien.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "office_document"),
        ("texte.odt", b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.text",
         "office_document"),
        ("anime.gif", b"GIF89a" + bytes(50), "unknown_format"),
        ("photo.jp2", b"\x00\x00\x00\x0cjP  \r\n\x87\n", "unknown_format"),
        ("photo", b"\x00\x00\x00\x20ftypavif" + bytes(50), "unknown_format"),
        ("page.html", b"<html></html>", "not_a_scan"),
    ],
)  # fmt: skip
def test_what_is_no_scan_is_told_by_its_content(tmp_path, settings, name, content, problem):
    path = tmp_path / name
    path.write_bytes(content)
    (found,) = inventory([path], settings)
    assert (found.problem, found.sides) == (problem, 0)


@pytest.mark.parametrize("name", ["scan", "scan.pdf", "scan.docx", "scan.jpg", "scan.tif"])
def test_a_wrong_name_or_none_does_not_matter(tmp_path, settings, maker, name):
    path = tmp_path / name
    path.write_bytes(JPEG)
    (file,) = inventory([path], settings)
    assert (file.kind, file.sides, file.problem) == ("jpeg", 1, "")
    maker.full(pattern())
    maker.full(pattern())
    maker.save(path)
    (file,) = inventory([path], settings)
    assert (file.kind, file.sides, file.problem) == ("pdf", 2, "")
    assert len([side for side in read_sides(file, None, settings) if not isinstance(side, SideProblem)]) == 2


def test_a_file_that_disappears_is_named(tmp_path, settings):
    path = tmp_path / "1.jpg"
    path.write_bytes(JPEG)
    (file,) = inventory([path], settings)
    path.unlink()
    (side,) = read_sides(file, None, settings)
    assert side.code == "file_not_found"
