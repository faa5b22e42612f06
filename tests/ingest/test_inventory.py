"""Every file is accounted for, by what it holds and not by its name."""

from __future__ import annotations

import hashlib
import os
import struct
from dataclasses import replace

import numpy as np
import pikepdf
import pytest
from PIL import Image

from pipeline.ingest import inventory
from tests.ingest.scanfiles import PdfMaker, jpeg_bytes, pattern


def one(path, settings):
    (found,) = inventory([path], settings)
    return found


def test_a_folder_is_walked_in_order_and_droppings_are_left_out(tmp_path, settings, maker):
    (tmp_path / "b").mkdir()
    (tmp_path / ".cache").mkdir()
    maker.full(pattern())
    maker.save(tmp_path / "b" / "SCAN0002.pdf")
    (tmp_path / "a.jpg").write_bytes(jpeg_bytes(pattern()))
    (tmp_path / "lettre.docx").write_bytes(b"PK\x03\x04 word")
    (tmp_path / ".cache" / "x.jpg").write_bytes(jpeg_bytes(pattern()))
    for name in ("Thumbs.db", ".DS_Store", "~$lettre.docx", ".~lock.a.jpg#", "desktop.ini"):
        (tmp_path / name).write_bytes(b"?")
    found = inventory([tmp_path, tmp_path / "a.jpg"], settings)
    assert [(file.path.name, file.kind, file.sides, file.problem) for file in found] == [
        ("a.jpg", "jpeg", 1, ""),
        ("lettre.docx", "", 0, "office_document"),
        ("SCAN0002.pdf", "pdf", 1, ""),
    ]
    assert found[0].sha256 == hashlib.sha256((tmp_path / "a.jpg").read_bytes()).hexdigest()


def test_an_empty_folder_holds_nothing(tmp_path, settings):
    assert inventory([tmp_path], settings) == []


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("vide.pdf", b"", "empty_file"),
        ("vide.tif", b"", "empty_file"),
        ("lettre.pdf", b"Madame, Monsieur, voici mon carnet.", "not_a_pdf"),
        ("photo.jpg", b"not a picture at all", "unknown_format"),
        ("notes.txt", b"bonjour", "not_a_scan"),
        ("photo.jpg", b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64, "damaged_image"),
        ("x.pdf", b"%PDF-1.7\n" + b"x" * 5000 + b"\n%%EOF\n", "damaged_pdf"),
        ("x.tif", b"II*\x00\x08\x00", "truncated_image"),
        ("x.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "damaged_image"),
    ],
)
def test_what_is_no_scan_is_named(tmp_path, settings, name, content, problem):
    path = tmp_path / name
    path.write_bytes(content)
    found = one(path, settings)
    assert (found.problem, found.sides) == (problem, 0)
    assert path.read_bytes() == content


def test_a_missing_path_is_named(tmp_path, settings):
    assert one(tmp_path / "absent.pdf", settings).problem == "file_not_found"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path, settings):
    path = tmp_path / "secret.pdf"
    path.write_bytes(b"%PDF-")
    path.chmod(0)
    assert one(path, settings).problem == "unreadable_file"


def test_kind_is_found_in_the_content(tmp_path, settings):
    path = tmp_path / "renamed.pdf"
    path.write_bytes(jpeg_bytes(pattern()))
    assert (one(path, settings).kind, one(path, settings).sides) == ("jpeg", 1)


def test_a_truncated_pdf_is_refused_whole(tmp_path, settings, maker):
    for _ in range(4):
        maker.full(pattern())
    path = maker.save(tmp_path / "scan.pdf")
    whole = path.read_bytes()
    for share in (0.95, 0.6, 0.2):
        path.write_bytes(whole[: int(len(whole) * share)])
        assert one(path, settings).problem == "truncated_pdf"


def test_rubbish_before_and_after_a_pdf_is_borne(tmp_path, settings, maker):
    maker.full(pattern())
    path = maker.save(tmp_path / "scan.pdf")
    path.write_bytes(b"\x00" * 100 + path.read_bytes() + b"\r\n" + b"\x00" * 500)
    assert (one(path, settings).problem, one(path, settings).sides) == ("", 1)


def test_a_locked_pdf_is_named_and_an_owner_password_is_no_lock(tmp_path, settings, maker):
    maker.full(pattern())
    locked = maker.save(tmp_path / "a.pdf", encryption=pikepdf.Encryption(user="x", owner="y"))
    owned = maker.save(tmp_path / "b.pdf", encryption=pikepdf.Encryption(user="", owner="y"))
    assert one(locked, settings).problem == "encrypted_pdf"
    assert one(owned, settings).sides == 1


def test_page_bombs_are_refused(tmp_path, settings):
    maker = PdfMaker()
    for _ in range(2001):
        maker.page(b"", {})
    path = maker.save(tmp_path / "bomb.pdf")
    assert one(path, settings).problem == "too_many_pages"


def test_a_pdf_without_a_page_and_a_file_beyond_the_limit_are_named(tmp_path, settings, maker):
    assert one(maker.save(tmp_path / "vide.pdf"), settings).problem == "no_page"
    image = tmp_path / "a.jpg"
    image.write_bytes(jpeg_bytes(pattern()))
    megabytes = image.stat().st_size / 1e6
    assert one(image, replace(settings, file_limit_mb=megabytes * 0.99)).problem == "too_large"
    assert one(image, replace(settings, file_limit_mb=megabytes * 1.01)).problem == ""


def test_a_pixel_bomb_is_refused_unread(tmp_path, settings):
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 60000, 60000, 8, 0, 0, 0, 0)
    path = tmp_path / "bomb.png"
    path.write_bytes(head + b"\x00" * 64)
    assert one(path, settings).problem == "page_too_large"


def _tiff(path, count=3):
    frames = [Image.fromarray(np.roll(pattern(), 7 * n, axis=0)) for n in range(count)]
    frames[0].save(path, save_all=True, append_images=frames[1:], compression="tiff_lzw", dpi=(200, 200))
    return path


def test_tiff_frames_are_counted(tmp_path, settings):
    assert one(_tiff(tmp_path / "s.tif", 5), settings).sides == 5


def test_a_truncated_tiff_is_refused_wherever_it_breaks(tmp_path, settings):
    path = _tiff(tmp_path / "s.tif")
    whole = path.read_bytes()
    for share in (0.98, 0.7, 0.4, 0.1):
        path.write_bytes(whole[: int(len(whole) * share)])
        assert one(path, settings).problem == "truncated_image", share


def test_a_truncated_jpeg_is_refused(tmp_path, settings):
    path = tmp_path / "s.jpg"
    path.write_bytes(jpeg_bytes(pattern())[:-3000])
    assert one(path, settings).problem == "truncated_image"
