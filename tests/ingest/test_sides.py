"""Sides as pixels: the scanner's own where possible, upright as the page shows them."""

from __future__ import annotations

import zlib

import cv2
import numpy as np
import pikepdf
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pdf2image import convert_from_path
from PIL import Image

from pipeline.ingest import SideProblem, inventory, read_sides
from pipeline.ingest.pdf import PdfSides
from pipeline.ingest.resolution import square
from pipeline.model.scan import ScanImage
from tests.ingest.scanfiles import PdfMaker, jpeg_bytes, pattern

A5_PT = (420.0, 595.0)


def sides_of(path, settings, sides=None):
    (file,) = inventory([path], settings)
    assert file.problem == ""
    return list(read_sides(file, sides, settings))


def rendered(path):
    (image,) = convert_from_path(path, dpi=106, grayscale=True, use_cropbox=True)
    return np.asarray(image.convert("L"))


def alike(one, other):
    small = cv2.resize(one, (60, 60), interpolation=cv2.INTER_AREA).astype(int)
    return np.abs(small - cv2.resize(other, (60, 60), interpolation=cv2.INTER_AREA)).mean()


def no_rendering(monkeypatch):
    def refuse(*args):
        raise AssertionError("rendered")

    monkeypatch.setattr("pipeline.ingest.pdf.render", refuse)


def test_a_scanned_page_is_taken_as_its_image(tmp_path, settings, maker, monkeypatch):
    no_rendering(monkeypatch)
    maker.full(pattern())
    (side,) = sides_of(maker.save(tmp_path / "s.pdf"), settings)
    assert side.pixels.shape == (877, 620)
    assert side.dpi == pytest.approx(620 * 72 / 420, abs=0.1)
    assert alike(side.pixels, pattern()) < 1
    assert side.source.side == 1
    assert side.warnings == ("low_resolution",)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270, -90])
@pytest.mark.parametrize(
    "matrix",
    ["420 0 0 595 0 0", "-420 0 0 595 420 0", "420 0 0 -595 0 595", "0 595 -420 0 420 0", "0 -595 420 0 0 595",
     "0 595 420 0 0 0", "0 -595 -420 0 420 595", "-420 0 0 -595 420 595"],
)  # fmt: skip
def test_rotate_and_placement_are_applied_as_a_viewer_does(maker, tmp_path, settings, matrix, rotate):
    image = pattern(877, 620) if matrix.startswith("0") else pattern()
    maker.page(f"q {matrix} cm /Im0 Do Q".encode(), {"Im0": maker.jpeg(image)}, Rotate=rotate)
    path = maker.save(tmp_path / "s.pdf")
    truth = rendered(path)
    (side,) = sides_of(path, settings)
    assert (side.pixels.shape[0] > side.pixels.shape[1]) == (truth.shape[0] > truth.shape[1])
    assert side.dpi != 300
    assert alike(side.pixels, truth) < 4


def test_rotation_inherited_from_the_page_tree_is_applied(tmp_path, settings, maker):
    maker.full(pattern())
    maker.pdf.Root.Pages.Rotate = 90
    path = maker.save(tmp_path / "s.pdf")
    (side,) = sides_of(path, settings)
    assert alike(side.pixels, rendered(path)) < 4


@pytest.mark.parametrize(
    ("content", "keys"),
    [
        ("q 420 0 0 595 0 0 cm /Im0 Do Q 10 10 100 100 re f", {}),
        ("q 420 0 0 595 0 0 cm /Im0 Do Q q 50 0 0 50 0 0 cm /Im0 Do Q", {}),
        ("q 300 0 0 400 0 0 cm /Im0 Do Q", {}),
        ("q 418 20 -20 590 10 0 cm /Im0 Do Q", {}),
        ("q 420 0 0 595 0 0 cm /Im0 Do Q", {"CropBox": [0, 0, 420, 300]}),
        ("q 0 0 420 300 re W n 420 0 0 595 0 0 cm /Im0 Do Q", {}),
    ],
)
def test_a_page_that_shows_anything_else_is_rendered(tmp_path, settings, maker, content, keys):
    maker.page(content.encode(), {"Im0": maker.jpeg(pattern())}, **keys)
    path = maker.save(tmp_path / "s.pdf")
    (side,) = sides_of(path, settings)
    assert side.dpi == 300.0
    assert alike(side.pixels, rendered(path)) < 4


def test_an_invisible_text_layer_does_not_count(tmp_path, settings, maker, monkeypatch):
    no_rendering(monkeypatch)
    maker.page(
        b"q 420 0 0 595 0 0 cm /Im0 Do Q BT 3 Tr 1 0 0 1 20 20 Tm (bonjour) Tj ET", {"Im0": maker.jpeg(pattern())}
    )
    assert sides_of(maker.save(tmp_path / "s.pdf"), settings)[0].pixels.shape == (877, 620)


def test_visible_text_on_a_scan_is_rendered(tmp_path, settings, maker):
    maker.page(b"q 420 0 0 595 0 0 cm /Im0 Do Q BT 0 Tr 20 20 Td (x) Tj ET", {"Im0": maker.jpeg(pattern())})
    assert sides_of(maker.save(tmp_path / "s.pdf"), settings)[0].dpi == 300.0


@pytest.mark.parametrize("kind", ["flate", "g4", "decode", "smask", "indexed", "rgb"])
def test_other_images_look_as_a_viewer_shows_them(tmp_path, settings, maker, kind):
    image = pattern()
    if kind == "flate":
        made = maker.image(zlib.compress(image.tobytes()), 620, 877, Filter=pikepdf.Name.FlateDecode)
    elif kind == "decode":
        made = maker.jpeg(image, Decode=[1, 0])
    elif kind == "smask":
        mask = maker.image(zlib.compress(np.full_like(image, 128).tobytes()), 620, 877, Filter=pikepdf.Name.FlateDecode)
        made = maker.jpeg(image, SMask=mask)
    elif kind == "indexed":
        palette = bytes(value for level in range(256) for value in (255 - level, level // 2, 30))
        space = pikepdf.Array([pikepdf.Name.Indexed, pikepdf.Name.DeviceRGB, 255, pikepdf.String(palette)])
        made = maker.image(zlib.compress(image.tobytes()), 620, 877, Filter=pikepdf.Name.FlateDecode, ColorSpace=space)
    elif kind == "rgb":
        made = maker.jpeg(np.stack([image, image // 2, image // 3], axis=2), ColorSpace=pikepdf.Name.DeviceRGB)
    else:
        path = tmp_path / "g4.tif"
        Image.fromarray(((image > 128) * 255).astype(np.uint8)).convert("1").save(
            path, compression="group4", tiffinfo={278: 877}
        )
        with Image.open(path) as tif:
            offsets, counts = tif.tag_v2[273], tif.tag_v2[279]
            invert = tif.tag_v2[262] == 1
        assert len(offsets) == 1
        data = path.read_bytes()[offsets[0] : offsets[0] + counts[0]]
        parms = pikepdf.Dictionary(K=-1, Columns=620, Rows=877, BlackIs1=not invert)
        made = maker.image(
            data, 620, 877, Filter=pikepdf.Name.CCITTFaxDecode, DecodeParms=parms, BitsPerComponent=1,
        )  # fmt: skip
    maker.page(b"q 420 0 0 595 0 0 cm /Im0 Do Q", {"Im0": made})
    path = maker.save(tmp_path / "s.pdf")
    (side,) = sides_of(path, settings)
    assert alike(side.pixels, rendered(path)) < 4
    assert ("bitonal" in side.warnings) == (kind == "g4")


def test_a_jpeg_cut_short_inside_a_pdf_is_refused(tmp_path, settings, maker):
    data = jpeg_bytes(pattern())[:-2000]
    maker.page(b"q 420 0 0 595 0 0 cm /Im0 Do Q", {"Im0": maker.image(data, 620, 877, Filter=pikepdf.Name.DCTDecode)})
    (side,) = sides_of(maker.save(tmp_path / "s.pdf"), settings)
    assert side == SideProblem(source=side.source, code="truncated_image")


def test_strips_are_rendered_without_alarm(tmp_path, settings, maker):
    image = pattern(620, 880)
    images = {f"Im{n}": maker.jpeg(image[220 * n : 220 * n + 220]) for n in range(4)}
    content = " ".join(f"q 420 0 0 150 0 {450 - 150 * n} cm /Im{n} Do Q" for n in range(4))
    maker.page(content.encode(), images, (420.0, 600.0))
    path = maker.save(tmp_path / "s.pdf")
    (side,) = sides_of(path, settings)
    assert side.warnings == ()
    assert alike(side.pixels, image) < 4


def test_layers_of_a_compact_scan_are_warned_about(tmp_path, settings, maker):
    stencil = maker.image(zlib.compress(bytes(78 * 877)), 620, 877, Filter=pikepdf.Name.FlateDecode)
    del stencil.ColorSpace
    stencil.ImageMask, stencil.BitsPerComponent = True, 1
    maker.page(
        b"q 420 0 0 595 0 0 cm /Im0 Do Q q 420 0 0 595 0 0 cm 0 g /Im1 Do Q",
        {"Im0": maker.jpeg(pattern()), "Im1": stencil},
    )
    (side,) = sides_of(maker.save(tmp_path / "s.pdf"), settings)
    assert side.warnings == ("compact_pdf",)


def test_oversized_pages_and_images_are_refused_one_by_one(tmp_path, settings, maker):
    maker.page(b"", {}, (14400.0, 14400.0))
    bomb = maker.image(zlib.compress(b"\xff" * 100), 60000, 64000, Filter=pikepdf.Name.FlateDecode)
    maker.page(b"q 420 0 0 595 0 0 cm /Im0 Do Q", {"Im0": bomb})
    maker.full(pattern())
    found = sides_of(maker.save(tmp_path / "s.pdf"), settings)
    assert [getattr(side, "code", "") for side in found] == ["page_too_large", "page_too_large", ""]


def test_a_deflated_lie_is_not_swallowed(tmp_path, settings, maker):
    lie = maker.image(zlib.compress(bytes(40_000_000), 9), 620, 877, Filter=pikepdf.Name.FlateDecode)
    maker.page(b"q 420 0 0 595 0 0 cm /Im0 Do Q", {"Im0": lie})
    (side,) = sides_of(maker.save(tmp_path / "s.pdf"), settings)
    assert isinstance(side, ScanImage | SideProblem)


def test_sides_are_read_in_the_order_asked(tmp_path, settings, maker):
    for level in (50, 120, 200):
        maker.full(np.full((877, 620), level, np.uint8))
    path = maker.save(tmp_path / "s.pdf")
    assert [round(float(side.pixels.mean())) for side in sides_of(path, settings, [3, 1])] == [200, 50]


def test_a_file_that_changes_meanwhile_yields_problems(tmp_path, settings, maker):
    maker.full(pattern())
    maker.full(pattern())
    path = maker.save(tmp_path / "s.pdf")
    (file,) = inventory([path], settings)
    reading = read_sides(file, None, settings)
    assert isinstance(next(reading), ScanImage)
    path.write_bytes(path.read_bytes() + b"\n")
    assert next(reading).code == "changed_while_reading"
    path.unlink()
    assert [side.code for side in read_sides(file, None, settings)] == ["file_not_found"] * 2


@pytest.mark.parametrize("suffix", ["pdf", "tif", "jpg", "png", "bmp", "webp"])
def test_reading_leaves_the_file_as_it_was(tmp_path, settings, maker, suffix):
    path = tmp_path / f"s.{suffix}"
    if suffix == "pdf":
        maker.full(pattern())
        maker.page(b"10 10 50 50 re f", {})
        maker.save(path)
    else:
        Image.fromarray(pattern()).save(path)
    path.chmod(0o444)
    before = path.read_bytes(), path.stat().st_mtime_ns, sorted(tmp_path.iterdir())
    sides_of(path, settings)
    assert (path.read_bytes(), path.stat().st_mtime_ns, sorted(tmp_path.iterdir())) == before


def test_a_pdf_is_opened_once_for_all_of_its_sides(tmp_path, settings, maker, monkeypatch):
    for _ in range(6):
        maker.full(pattern())
    path = maker.save(tmp_path / "s.pdf")
    opened, really = [], pikepdf.open
    monkeypatch.setattr("pipeline.ingest.pdf.pikepdf.open", lambda *a, **k: opened.append(a) or really(*a, **k))
    assert len(sides_of(path, settings)) == 6
    assert len(opened) == 1


@pytest.mark.parametrize("suffix", ["pdf", "tif"])
def test_a_file_cut_short_while_it_is_read_costs_its_own_sides_alone(tmp_path, settings, maker, suffix):
    """Mapped into memory, it would kill the process."""
    path = tmp_path / f"s.{suffix}"
    if suffix == "pdf":
        for _ in range(3):
            maker.full(pattern())
        maker.save(path)
    else:
        Image.fromarray(pattern()).save(path, save_all=True, append_images=[Image.fromarray(pattern())] * 2)
    (file,) = inventory([path], settings)
    reading = read_sides(file, None, settings)
    assert isinstance(next(reading), ScanImage)
    with path.open("r+b") as stream:
        stream.truncate(100)
    assert all(isinstance(side, SideProblem) for side in reading)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "I;16", "LA"])
def test_any_kind_of_pixel_becomes_grey(tmp_path, settings, mode):
    image = pattern()
    grey = Image.fromarray(image)
    if mode == "I;16":
        made = Image.fromarray(image.astype(np.uint16) * 257)
    elif mode == "1":
        made = grey.point(lambda level: 255 if level > 128 else 0).convert("1")
        image = np.where(image > 128, 255, 0).astype(np.uint8)
    else:
        made = grey.convert(mode)
    path = tmp_path / "s.tif"
    made.save(path, dpi=(300, 300))
    (side,) = sides_of(path, settings)
    assert side.pixels.dtype == np.uint8
    assert np.abs(side.pixels.astype(int) - image).mean() < 3
    assert side.dpi == 300
    assert side.warnings == (("bitonal",) if mode == "1" else ())


def test_transparent_is_paper(tmp_path, settings):
    layers = np.zeros((877, 620, 4), np.uint8)
    layers[100:200, 100:200] = (0, 0, 0, 255)
    path = tmp_path / "s.png"
    Image.fromarray(layers).save(path)
    (side,) = sides_of(path, settings)
    assert side.pixels[0, 0] == 255
    assert side.pixels[150, 150] == 0


@pytest.mark.parametrize("suffix", ["jpg", "tif", "png", "webp"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_the_orientation_mark_is_obeyed(tmp_path, settings, suffix, orientation):
    stored = {1: 0, 3: 2, 6: 1, 8: 3}[orientation]
    made = Image.fromarray(np.ascontiguousarray(np.rot90(pattern(), stored)))
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"s.{suffix}"
    made.save(path, exif=exif)
    (side,) = sides_of(path, settings)
    assert side.pixels.shape == (877, 620)
    assert alike(side.pixels, pattern()) < 3


def test_an_orientation_mark_inside_a_pdf_is_ignored_as_viewers_do(tmp_path, settings, maker):
    exif = Image.Exif()
    exif[0x0112] = 3
    data = jpeg_bytes(pattern(), exif=exif)
    maker.page(b"q 420 0 0 595 0 0 cm /Im0 Do Q", {"Im0": maker.image(data, 620, 877, Filter=pikepdf.Name.DCTDecode)})
    path = maker.save(tmp_path / "s.pdf")
    (side,) = sides_of(path, settings)
    assert alike(side.pixels, rendered(path)) < 4


def test_a_cmyk_jpeg_is_not_inverted(tmp_path, settings):
    path = tmp_path / "s.jpg"
    Image.fromarray(pattern()).convert("CMYK").save(path, "JPEG", quality=95)
    (side,) = sides_of(path, settings)
    assert alike(side.pixels, pattern()) < 4


def test_fine_scans_are_decoded_at_the_size_that_reading_needs(tmp_path, settings, maker):
    maker.full(pattern(3496, 4961), (420.0, 595.3))
    (side,) = sides_of(maker.save(tmp_path / "s.pdf"), settings)
    assert side.pixels.shape == pytest.approx((2481, 1748), abs=1)
    assert side.dpi == pytest.approx(300, abs=0.5)


def test_fax_pixels_are_made_square(tmp_path, settings):
    path = tmp_path / "fax.tif"
    Image.fromarray(pattern(1652, 1100)).save(path, dpi=(204, 98))
    (side,) = sides_of(path, settings)
    assert side.pixels.shape == (round(1100 * 204 / 98), 1652)
    assert side.dpi == 204


@pytest.mark.parametrize("dpi", [(72, 72), (96, 96), (1, 1)])
def test_a_screen_resolution_is_no_resolution(tmp_path, settings, dpi):
    path = tmp_path / "s.jpg"
    path.write_bytes(jpeg_bytes(pattern(), dpi=dpi))
    assert sides_of(path, settings)[0].dpi is None


def test_a_thumbnail_is_refused(tmp_path, settings):
    path = tmp_path / "s.jpg"
    path.write_bytes(jpeg_bytes(pattern(120, 160)))
    assert sides_of(path, settings)[0].code == "image_too_small"


def test_decoders_stay_silent(tmp_path, settings, capfd):
    data = bytearray(jpeg_bytes(pattern()))
    data[len(data) // 2 : len(data) // 2 + 40] = bytes(range(40))
    path = tmp_path / "s.jpg"
    path.write_bytes(bytes(data))
    sides_of(path, settings)
    assert capfd.readouterr() == ("", "")


def test_a_page_that_takes_too_long_is_refused(tmp_path, settings, maker, monkeypatch):
    from pdf2image.exceptions import PDFPopplerTimeoutError

    def slow(*args, **options):
        assert options["timeout"] == settings.render_limit_seconds
        raise PDFPopplerTimeoutError("slow")

    monkeypatch.setattr("pipeline.ingest.render.convert_from_path", slow)
    maker.page(b"10 10 50 50 re f", {})
    (side,) = sides_of(maker.save(tmp_path / "s.pdf"), settings)
    assert side.code == "render_timeout"


def test_rendering_has_a_memory_limit(tmp_path, settings, maker):
    import dataclasses

    maker.page(b"10 10 50 50 re f", {})
    path = maker.save(tmp_path / "s.pdf")
    assert isinstance(sides_of(path, settings)[0], ScanImage)
    starved = dataclasses.replace(settings, render_limit_mb=12)
    assert sides_of(path, starved)[0].code == "render_failed"


@given(st.integers(150, 600), st.floats(0.4, 2.5))
@hypothesis_settings(max_examples=40, deadline=None)
def test_square_keeps_proportions(dpi, ratio):
    grey = np.full((300, 200), 200, np.uint8)
    made, found = square(grey, float(dpi), dpi * ratio)
    if found is None:
        assert min(dpi, dpi * ratio) < 100
        return
    physical = (300 / (dpi * ratio)) / (200 / dpi)
    assert made.shape[0] / made.shape[1] == pytest.approx(physical, rel=0.02)


def test_the_maker_and_the_reader_agree_on_a_plain_page(tmp_path, settings):
    maker = PdfMaker()
    maker.full(pattern())
    source = PdfSides(maker.save(tmp_path / "s.pdf"), settings)
    assert source.read(1).grey.shape == (877, 620)
    source.close()
