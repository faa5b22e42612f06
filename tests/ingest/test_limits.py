"""Bombs and giants: refused by name on what they declare, in little memory and time."""

from __future__ import annotations

import dataclasses
import json
import struct
import subprocess
import sys
import time
import zlib

import numpy as np
import pikepdf
import pytest
from PIL import Image

from pipeline.ingest import SideProblem, inventory, read_sides
from pipeline.model.scan import ScanImage
from tests.ingest.scanfiles import PdfMaker, jpeg_bytes, pattern
from tests.ingest.test_sides import alike, rendered, sides_of


def one(path, settings):
    (found,) = inventory([path], settings)
    return found


def pages_without_end(path, count):
    """A PDF of so many empty pages, written by hand: a library would take its time."""
    kids = b" ".join(b"%d 0 R" % (3 + n) for n in range(count))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids)]
    objects += [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 595]>>"] * count
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    path.write_bytes(out)
    return path


def test_twenty_thousand_pages_are_refused_at_once(tmp_path, settings):
    path = pages_without_end(tmp_path / "s.pdf", 20_000)
    start = time.process_time()
    assert one(path, settings).problem == "too_many_pages"
    assert time.process_time() - start < 2
    assert one(pages_without_end(tmp_path / "t.pdf", 2000), settings).sides == 2000


@pytest.mark.parametrize("kind", ["png", "bmp", "webp", "tif", "jpg"])
def test_sixty_thousand_pixels_square_are_refused_unread(tmp_path, settings, kind):
    side = 60000
    if kind == "png":
        head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
        content = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + bytes(4)
        content += struct.pack(">I", 0) + b"IDAT" + bytes(4) + struct.pack(">I", 0) + b"IEND" + bytes(4)
    elif kind == "bmp":
        content = b"BM" + struct.pack("<IIIIii", 100, 0, 54, 40, side, -side) + struct.pack("<HHIIiiII", 1, 8, *[0] * 6)
    elif kind == "webp":
        size = (side - 1).to_bytes(3, "little")
        content = b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + size + size
    elif kind == "tif":
        tags = [(256, side), (257, side), (258, 8), (259, 1), (262, 1), (273, 8), (278, side), (279, 1)]
        content = b"II*\x00" + struct.pack("<IH", 8, len(tags))
        content += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags) + bytes(4)
    else:
        content = bytearray(jpeg_bytes(pattern()))
        at = content.index(b"\xff\xc0")
        content[at + 5 : at + 9] = struct.pack(">HH", side, side)
    path = tmp_path / f"s.{kind}"
    path.write_bytes(bytes(content))
    file = one(path, settings)
    found = file.problem or next(iter(read_sides(file, None, settings))).code
    assert found == "page_too_large"


def test_a_page_of_14400_points_is_refused_and_an_odd_poppler_is_noticed(tmp_path, settings, monkeypatch):
    maker = PdfMaker()
    maker.page(b"", {}, (14400.0, 14400.0))
    maker.page(b"", {}, (14400.0, 300.0))
    maker.page(b"10 10 50 50 re f", {})
    path = maker.save(tmp_path / "s.pdf")
    assert [getattr(side, "code", "") for side in sides_of(path, settings)] == ["page_too_large"] * 2 + [""]
    monkeypatch.setattr("pipeline.ingest.render.convert_from_path", lambda *a, **k: [Image.new("L", (1, 1))])
    (side,) = sides_of(path, settings, [3])
    assert side.code == "render_failed"


def test_a_large_page_that_is_allowed_is_rendered_at_what_fits(tmp_path, settings, maker):
    maker.page(b"0 0 1000 1000 re f", {}, (2000.0, 3000.0))
    small = dataclasses.replace(settings, side_limit_megapixels=4.0)
    (side,) = sides_of(maker.save(tmp_path / "s.pdf"), small)
    assert side.pixels.size <= 4_010_000
    assert side.dpi == pytest.approx((4e6 / (2000 / 72 * 3000 / 72)) ** 0.5, abs=0.1)


def test_an_image_bomb_inside_the_content_is_stopped_by_the_renderer_limits(tmp_path, settings, maker):
    data = zlib.compress(bytes(1000))
    inline = b"q 420 0 0 595 0 0 cm BI /W 60000 /H 64000 /BPC 8 /CS /G /F /Fl ID " + data + b" EI Q"
    maker.page(inline, {})
    tight = dataclasses.replace(settings, render_limit_seconds=2)
    (side,) = sides_of(maker.save(tmp_path / "s.pdf"), tight)
    assert isinstance(side, ScanImage | SideProblem)


def test_a_mosaic_of_strips_and_tiles_is_one_page(tmp_path, settings, maker):
    image = pattern(600, 880)
    images = {f"T{row}{column}": maker.jpeg(image[row * 220 : row * 220 + 220, column * 200 : column * 200 + 200])
              for row in range(4) for column in range(3)}  # fmt: skip
    content = " ".join(
        f"q 140 0 0 150 {140 * column} {450 - 150 * row} cm /T{row}{column} Do Q"
        for row in range(4) for column in range(3)
    )  # fmt: skip
    maker.page(content.encode(), images, (420.0, 600.0), Rotate=90)
    path = maker.save(tmp_path / "s.pdf")
    (side,) = sides_of(path, settings)
    assert side.pixels.shape == pytest.approx((1750, 2500), abs=3)
    assert side.warnings == ()
    assert alike(side.pixels, rendered(path)) < 4


def test_two_scans_on_one_page_are_both_there(tmp_path, settings, maker):
    images = {"A": maker.jpeg(np.full((600, 400), 60, np.uint8)), "B": maker.jpeg(np.full((600, 400), 180, np.uint8))}
    maker.page(b"q 400 0 0 595 0 0 cm /A Do Q q 400 0 0 595 440 0 cm /B Do Q", images, (840.0, 595.0))
    (side,) = sides_of(maker.save(tmp_path / "s.pdf"), settings)
    assert side.pixels[1000, 800] == pytest.approx(60, abs=3)
    assert side.pixels[1000, 2600] == pytest.approx(180, abs=3)
    assert side.pixels[1000, 1750] == 255


def test_a_claim_of_stretched_pixels_cannot_blow_up_a_page(tmp_path, settings):
    path = tmp_path / "s.tif"
    Image.fromarray(pattern()).save(path, dpi=(60000, 150))
    (side,) = sides_of(path, settings)
    assert (side.pixels.shape, side.dpi) == ((877, 620), None)


def test_endless_scans_of_a_progressive_jpeg_are_refused(tmp_path, settings):
    data = jpeg_bytes(pattern(), progressive=True)
    start = data.rindex(b"\xff\xda")
    path = tmp_path / "s.jpg"
    path.write_bytes(data[:start] + data[start:-2] * 250 + b"\xff\xd9")
    (side,) = sides_of(path, settings)
    assert side.code == "too_demanding"


def test_a_tiff_directory_of_endless_numbers_is_refused(tmp_path, settings):
    path = tmp_path / "s.tif"
    strips = 3_000_000
    tags = [(256, 4, 1, 600), (257, 4, 1, 800), (273, 1, strips, 200), (279, 1, strips, 200)]
    head = b"II*\x00" + struct.pack("<IH", 8, len(tags))
    path.write_bytes(head + b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(200 + strips))
    assert one(path, settings).problem == "damaged_image"


def test_a_circle_of_tiff_directories_ends(tmp_path, settings):
    tags = [(256, 4, 1, 600), (257, 4, 1, 800)]
    body = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + struct.pack("<I", 8)
    (tmp_path / "s.tif").write_bytes(b"II*\x00" + struct.pack("<I", 8) + body)
    assert one(tmp_path / "s.tif", settings).problem == "damaged_image"


PEAK = """
import json, sys, time
from pathlib import Path
import cv2
cv2.setNumThreads(1)
from pipeline.ingest import inventory, read_sides
from pipeline.settings import IngestSettings
(file,) = inventory([Path(sys.argv[1])], IngestSettings())
sides = [side.pixels.shape for side in read_sides(file, None, IngestSettings())]
status = Path("/proc/self/status").read_text()
peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024
print(json.dumps({"sides": len(sides), "peak_mb": peak}))
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pdf", "tif"])
def test_memory_does_not_grow_with_the_length_of_a_file(tmp_path, kind):
    """A4 in grey at 300 dpi, 200 pages of a PDF and 40 of a TIFF; measured in a process of its own."""
    page = np.full((3508, 2480), 235, np.uint8)
    page[200:3300:40, 200:2200] = 30
    path = tmp_path / f"s.{kind}"
    if kind == "pdf":
        maker, data = PdfMaker(), jpeg_bytes(page)
        for number in range(200):
            image = maker.image(data + b"%d" % number, 2480, 3508, Filter=pikepdf.Name.DCTDecode)
            maker.page(b"q 595 0 0 842 0 0 cm /Im0 Do Q", {"Im0": image}, (595.0, 842.0))
        maker.save(path)
    else:
        frames = [Image.fromarray(np.roll(page, number, axis=0)) for number in range(40)]
        frames[0].save(path, save_all=True, append_images=frames[1:], compression="tiff_lzw", dpi=(300, 300))
    done = subprocess.run([sys.executable, "-c", PEAK, path], check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert found["sides"] == (200 if kind == "pdf" else 40)
    assert found["peak_mb"] < (120 if kind == "pdf" else 140), found
