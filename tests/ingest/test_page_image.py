"""A page that is one scanned image: taken as that image, and just as a viewer shows it."""

from __future__ import annotations

import io
import zlib

import cv2
import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from pipeline.ingest import SideProblem
from tests.ingest.scanfiles import flate, group4, jpeg_bytes, packed, pattern, png_rows
from tests.ingest.test_sides import alike, no_rendering, rendered, sides_of

pytestmark = pytest.mark.slow

FULL = b"q 420 0 0 595 0 0 cm /Im0 Do Q"
BITS = (pattern() < 128).astype(np.uint8)
PALETTE = bytes(value for level in range(256) for value in (255 - level, 255 - level // 2, 225))


def the_side(maker, tmp_path, settings, image, content=FULL, **keys):
    maker.page(content, {"Im0": image}, **keys)
    path = maker.save(tmp_path / "s.pdf")
    (side,) = sides_of(path, settings)
    return side, path


def parms(**keys):
    return Dictionary({f"/{name}": value for name, value in keys.items()})


def indexed(space=Name.DeviceRGB, table=PALETTE, top=255):
    return Array([Name.Indexed, space, top, pikepdf.String(table)])


def icc(maker, channels):
    return Array([Name.ICCBased, pikepdf.Stream(maker.pdf, b"profile", N=channels)])


NATIVE = {
    "grey": lambda m: flate(m, pattern()),
    "rgb": lambda m: flate(m, np.stack([pattern(), pattern() // 2, pattern() // 3], axis=2), ColorSpace=Name.DeviceRGB),
    "bits": lambda m: m.image(zlib.compress(packed(1 - BITS).tobytes()), 620, 877, Filter=Name.FlateDecode,
                              BitsPerComponent=1),
    "bits turned over": lambda m: m.image(zlib.compress(packed(BITS).tobytes()), 620, 877, Filter=Name.FlateDecode,
                                          BitsPerComponent=1, Decode=[1, 0]),
    "stencil": lambda m: m.image(zlib.compress(packed(1 - BITS).tobytes()), 620, 877, Filter=Name.FlateDecode,
                                 BitsPerComponent=1, ImageMask=True),
    "stencil turned over": lambda m: m.image(zlib.compress(packed(BITS).tobytes()), 620, 877, Filter=Name.FlateDecode,
                                             BitsPerComponent=1, ImageMask=True, Decode=[1, 0]),
    "two colours": lambda m: m.image(zlib.compress(packed(BITS).tobytes()), 620, 877, Filter=Name.FlateDecode,
                                     BitsPerComponent=1, ColorSpace=indexed(table=b"\xff\xff\xff\x00\x00\x40", top=1)),
    "palette": lambda m: flate(m, pattern(), ColorSpace=indexed()),
    "palette of greys": lambda m: flate(m, pattern(), ColorSpace=indexed(Name.DeviceGray, bytes(range(255, -1, -1)))),
    "grey turned over": lambda m: flate(m, 255 - pattern(), Decode=[1, 0]),
    "icc grey": lambda m: flate(m, pattern(), ColorSpace=icc(m, 1)),
    "icc rgb": lambda m: m.jpeg(np.stack([pattern()] * 3, axis=2), ColorSpace=icc(m, 3)),
    "jpeg turned over": lambda m: m.jpeg(255 - pattern(), Decode=[1, 0]),
    "jpeg deflated": lambda m: m.image(zlib.compress(jpeg_bytes(pattern())), 620, 877,
                                       Filter=Array([Name.FlateDecode, Name.DCTDecode])),
    "progressive": lambda m: m.image(jpeg_bytes(pattern(), progressive=True), 620, 877, Filter=Name.DCTDecode),
    "png predictors": lambda m: m.image(png_rows(pattern(), 620, 1), 620, 877, Filter=Name.FlateDecode,
                                        DecodeParms=parms(Predictor=15, Columns=620, Colors=1, BitsPerComponent=8)),
    "png predictors rgb": lambda m: m.image(
        png_rows(np.stack([pattern(), pattern() // 2, pattern() // 3], axis=2), 1860, 3), 620, 877,
        ColorSpace=Name.DeviceRGB, Filter=Name.FlateDecode,
        DecodeParms=parms(Predictor=12, Columns=620, Colors=3, BitsPerComponent=8)),
    "png predictors of bits": lambda m: m.image(
        png_rows(packed(1 - BITS), 78, 1), 620, 877, BitsPerComponent=1, Filter=Name.FlateDecode,
        DecodeParms=parms(Predictor=15, Columns=620, Colors=1, BitsPerComponent=1)),
    "group 4": lambda m: m.image(group4(BITS), 620, 877, BitsPerComponent=1, Filter=Name.CCITTFaxDecode,
                                 DecodeParms=parms(K=-1, Columns=620, Rows=877)),
    "group 4, black is 1": lambda m: m.image(group4(1 - BITS), 620, 877, BitsPerComponent=1, Filter=Name.CCITTFaxDecode,
                                             DecodeParms=parms(K=-1, Columns=620, BlackIs1=True)),
    "group 4, turned over": lambda m: m.image(group4(1 - BITS), 620, 877, BitsPerComponent=1, Decode=[1, 0],
                                              Filter=Name.CCITTFaxDecode, DecodeParms=parms(K=-1, Columns=620)),
    "group 4, turned over twice": lambda m: m.image(
        group4(BITS), 620, 877, BitsPerComponent=1, Decode=[1, 0], Filter=Name.CCITTFaxDecode,
        DecodeParms=parms(K=-1, Columns=620, BlackIs1=True)),
    "group 4 stencil": lambda m: m.image(group4(BITS), 620, 877, BitsPerComponent=1, ImageMask=True,
                                         Filter=Name.CCITTFaxDecode, DecodeParms=parms(K=-1, Columns=620)),
    "group 4 stencil, black is 1": lambda m: m.image(
        group4(1 - BITS), 620, 877, BitsPerComponent=1, ImageMask=True, Filter=Name.CCITTFaxDecode,
        DecodeParms=parms(K=-1, Columns=620, BlackIs1=True)),
}  # fmt: skip


@pytest.mark.parametrize("kind", NATIVE)
def test_the_scanners_own_pixels_look_as_a_viewer_shows_them(maker, tmp_path, settings, monkeypatch, kind):
    no_rendering(monkeypatch)
    side, path = the_side(maker, tmp_path, settings, NATIVE[kind](maker))
    assert side.pixels.shape == (877, 620)
    assert side.dpi == pytest.approx(620 * 72 / 420, abs=0.2)
    assert alike(side.pixels, rendered(path)) < 3
    two_levels = "bits" in kind or "group 4" in kind or "stencil" in kind
    assert ("bitonal" in side.warnings) == two_levels


def cmyk_jpeg():
    out = io.BytesIO()
    Image.fromarray(pattern()).convert("CMYK").save(out, "JPEG", quality=92)
    return out.getvalue()


def jpeg2000():
    out = io.BytesIO()
    Image.fromarray(pattern()).save(out, "JPEG2000")
    return out.getvalue()


def separation(maker):
    tint = pikepdf.Dictionary(FunctionType=2, Domain=[0, 1], C0=[0, 0, 0, 0], C1=[0, 0, 0, 1], N=1)
    return Array([Name.Separation, Name("/Black"), Name.DeviceCMYK, tint])


def device_n(maker):
    tint = pikepdf.Stream(maker.pdf, b"{ 0 0 0 4 -1 roll }", FunctionType=4, Domain=[0, 1], Range=[0, 1] * 4)
    return Array([Name.DeviceN, Array([Name("/Black")]), Name.DeviceCMYK, tint])


def wide(samples):
    return np.stack([samples, samples], axis=2)


def with_mask(image, **keys):
    for name, value in keys.items():
        image[f"/{name}"] = value
    return image


RENDERED = {
    "cmyk jpeg": lambda m: m.image(cmyk_jpeg(), 620, 877, Filter=Name.DCTDecode, ColorSpace=Name.DeviceCMYK,
                                   Decode=[1, 0] * 4),
    "jpeg 2000": lambda m: m.image(jpeg2000(), 620, 877, Filter=Name.JPXDecode),
    "separation": lambda m: flate(m, 255 - pattern(), ColorSpace=separation(m)),
    "device n": lambda m: flate(m, 255 - pattern(), ColorSpace=device_n(m)),
    "lab": lambda m: flate(m, np.stack([pattern(), pattern() * 0 + 128, pattern() * 0 + 128], axis=2),
                           ColorSpace=Array([Name.Lab, Dictionary(WhitePoint=[0.95, 1, 1.09])])),
    "16 bits": lambda m: m.image(zlib.compress(wide(pattern()).tobytes()), 620, 877, Filter=Name.FlateDecode,
                                 BitsPerComponent=16),
    "4 bits": lambda m: m.image(zlib.compress((pattern()[:, ::2] & 0xF0 | pattern()[:, 1::2] >> 4).tobytes()), 620, 877,
                                Filter=Name.FlateDecode, BitsPerComponent=4),
    "tiff predictor": lambda m: m.image(
        zlib.compress(np.diff(pattern(), axis=1, prepend=0).astype(np.uint8).tobytes()), 620, 877,
        Filter=Name.FlateDecode, DecodeParms=parms(Predictor=2, Columns=620, Colors=1, BitsPerComponent=8)),
    "run lengths": lambda m: m.image(
        b"".join(b"\x7f" + pattern().tobytes()[n : n + 128] for n in range(0, 877 * 620 // 128 * 128, 128))
        + bytes([877 * 620 % 128 - 1]) + pattern().tobytes()[877 * 620 // 128 * 128 :] + b"\x80",
        620, 877, Filter=Name.RunLengthDecode),
    "hexadecimal": lambda m: m.image(pattern().tobytes().hex().encode() + b">", 620, 877, Filter=Name.ASCIIHexDecode),
    "soft mask": lambda m: with_mask(m.jpeg(pattern()), SMask=flate(m, np.full((877, 620), 128, np.uint8))),
    "mask": lambda m: with_mask(m.jpeg(pattern()), Mask=m.image(
        zlib.compress(packed(1 - BITS).tobytes()), 620, 877, Filter=Name.FlateDecode, BitsPerComponent=1,
        ImageMask=True)),
    "halfway decode": lambda m: flate(m, pattern(), Decode=[0, 0.5]),
}  # fmt: skip


@pytest.mark.parametrize("kind", RENDERED)
def test_what_is_not_plain_is_rendered_at_its_own_resolution(maker, tmp_path, settings, kind):
    side, path = the_side(maker, tmp_path, settings, RENDERED[kind](maker))
    assert side.dpi == pytest.approx(620 * 72 / 420, abs=0.2)
    assert side.pixels.shape == pytest.approx((877, 620), abs=3)
    assert alike(side.pixels, rendered(path)) < 2


def test_a_coloured_stencil_is_rendered(maker, tmp_path, settings):
    side, _ = the_side(maker, tmp_path, settings, NATIVE["stencil"](maker), b"0.5 g " + FULL)
    assert 100 < side.pixels[5, 5] < 160
    other = type(maker)()
    side, _ = the_side(other, tmp_path, settings, NATIVE["stencil"](other), b"0 0 0 rg " + FULL)
    assert side.pixels[5, 5] == 0


@pytest.mark.parametrize(
    "opaque",
    [True, False],
)
def test_a_graphics_state_counts_when_it_lets_the_page_through(maker, tmp_path, settings, opaque):
    maker.page(b"/G gs " + FULL, {"Im0": maker.jpeg(pattern())})
    state = Dictionary(Type=Name.ExtGState, ca=1.0 if opaque else 0.5, BM=Name.Normal)
    maker.pdf.pages[0].Resources.ExtGState = Dictionary(G=state)
    path = maker.save(tmp_path / "s.pdf")
    (side,) = sides_of(path, settings)
    assert (side.pixels.shape == (877, 620)) == opaque
    assert alike(side.pixels, rendered(path)) < 4


def test_optional_content_is_left_to_the_renderer(maker, tmp_path, settings):
    layer = maker.pdf.make_indirect(Dictionary(Type=Name.OCG, Name="calque"))
    off = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
    maker.pdf.Root.OCProperties = off
    image = maker.jpeg(pattern())
    image.OC = layer
    side, _ = the_side(maker, tmp_path, settings, image)
    assert side.pixels.min() == 255


def form(maker, content, **keys):
    return pikepdf.Stream(maker.pdf, content, Type=Name.XObject, Subtype=Name.Form, **keys)


def test_hidden_text_in_a_form_of_its_own_does_not_count(maker, tmp_path, settings, monkeypatch):
    no_rendering(monkeypatch)
    words = form(maker, b"BT 3 Tr 1 0 0 1 20 20 Tm (bonjour) Tj ET", BBox=[0, 0, 420, 595])
    maker.page(FULL + b" q /Fm1 Do Q", {"Im0": maker.jpeg(pattern()), "Fm1": words})
    (side,) = sides_of(maker.save(tmp_path / "s.pdf"), settings)
    assert side.pixels.shape == (877, 620)


def test_an_image_inside_a_form_is_followed(maker, tmp_path, settings, monkeypatch):
    no_rendering(monkeypatch)
    resources = Dictionary(XObject=Dictionary(Im0=maker.jpeg(pattern())))
    inner = form(maker, FULL, BBox=[0, 0, 420, 595], Resources=resources)
    outer = form(maker, b"/A Do", BBox=[0, 0, 840, 1190], Matrix=[0.5, 0, 0, 0.5, 0, 0],
                 Resources=Dictionary(XObject=Dictionary(A=inner)))  # fmt: skip
    maker.page(b"2 0 0 2 0 0 cm /Fm0 Do", {"Fm0": outer})
    path = maker.save(tmp_path / "s.pdf")
    (side,) = sides_of(path, settings)
    assert alike(side.pixels, rendered(path)) < 4


def test_a_form_that_cuts_the_image_is_rendered(maker, tmp_path, settings):
    resources = Dictionary(XObject=Dictionary(Im0=maker.jpeg(pattern())))
    maker.page(b"/Fm0 Do", {"Fm0": form(maker, FULL, BBox=[0, 0, 420, 300], Resources=resources)})
    path = maker.save(tmp_path / "s.pdf")
    (side,) = sides_of(path, settings)
    assert side.dpi == 300
    assert alike(side.pixels, rendered(path)) < 4


def test_a_form_that_draws_itself_ends(maker, tmp_path, settings):
    endless = maker.pdf.make_indirect(form(maker, b"/A Do /A Do", BBox=[0, 0, 420, 595]))
    endless.Resources = Dictionary(XObject=Dictionary(A=endless))
    maker.page(FULL + b" /A Do", {"Im0": maker.jpeg(pattern()), "A": endless})
    (side,) = sides_of(maker.save(tmp_path / "s.pdf"), settings)
    assert isinstance(side, SideProblem) or side.dpi == 300


def test_content_that_unfolds_without_end_is_not_read_here(maker, tmp_path, settings, monkeypatch):
    def refuse(*args):
        raise AssertionError("unfolded")

    monkeypatch.setattr("pipeline.ingest.placement.pikepdf.parse_content_stream", refuse)
    maker.page(FULL, {"Im0": maker.jpeg(pattern())})
    folded = pikepdf.Stream(maker.pdf, zlib.compress(b" " * 8_000_000, 9), Filter=Name.FlateDecode)
    maker.pdf.pages[0].obj.Contents = Array([folded, pikepdf.Stream(maker.pdf, FULL)])
    (side,) = sides_of(maker.save(tmp_path / "s.pdf", compress_streams=False), settings)
    assert side.dpi == 300


def test_a_long_point_makes_a_large_page(maker, tmp_path, settings):
    """Poppler ignores /UserUnit; the size is asserted all the same."""
    maker.page(b"q 42 0 0 59.5 0 0 cm /Im0 Do Q", {"Im0": maker.jpeg(pattern())}, (42.0, 59.5), UserUnit=10.0)
    maker.page(b"0 0 21 59.5 re f", {}, (42.0, 59.5), UserUnit=10.0)
    taken, drawn = sides_of(maker.save(tmp_path / "s.pdf"), settings)
    assert taken.dpi == pytest.approx(620 * 72 / 420, abs=0.2)
    assert drawn.dpi == 300
    assert drawn.pixels.shape == pytest.approx((595 / 72 * 300, 420 / 72 * 300), abs=3)
    assert drawn.pixels[:2470, :800].max() == 0


@pytest.mark.parametrize("crop", [[10, 15, 430, 610], [430, 610, 10, 15]])
def test_a_crop_box_moves_the_page(maker, tmp_path, settings, crop, monkeypatch):
    no_rendering(monkeypatch)
    maker.page(b"q 420 0 0 595 10 15 cm /Im0 Do Q", {"Im0": maker.jpeg(pattern())}, (500.0, 700.0), CropBox=crop)
    path = maker.save(tmp_path / "s.pdf")
    (side,) = sides_of(path, settings)
    assert side.pixels.shape == (877, 620)
    assert alike(side.pixels, rendered(path)) < 4


def test_a_crop_box_off_the_paper_is_no_crop_box(maker, tmp_path, settings):
    maker.page(b"0 0 210 595 re f", {}, CropBox=[1000, 1000, 1100, 1100])
    (side,) = sides_of(maker.save(tmp_path / "s.pdf"), settings)
    assert side.pixels.shape == pytest.approx((2480, 1750), abs=3)
    assert side.pixels[:2470, :800].max() == 0


def test_pixels_that_are_not_square_in_a_pdf_are_made_so(maker, tmp_path, settings):
    squeezed = np.ascontiguousarray(cv2.resize(pattern(), (1700, 1150)))
    for image in (flate(maker, squeezed), flate(maker, squeezed, Decode=[0, 0.999])):
        maker.page(FULL, {"Im0": image})
    for side in sides_of(maker.save(tmp_path / "s.pdf"), settings):
        assert side.dpi == pytest.approx(1700 * 72 / 420, abs=0.2)
        assert side.pixels.shape == pytest.approx((1700 * 595 / 420, 1700), abs=3)
        assert side.warnings == ("low_resolution",)


def test_an_owner_password_does_not_change_the_pixels(maker, tmp_path, settings, monkeypatch):
    no_rendering(monkeypatch)
    maker.full(pattern())
    path = maker.save(tmp_path / "s.pdf", encryption=pikepdf.Encryption(user="", owner="y"))
    (side,) = sides_of(path, settings)
    assert alike(side.pixels, pattern()) < 1


@pytest.mark.parametrize("share", [0.3, 0.9])
@pytest.mark.parametrize("kind", ["grey", "png predictors", "group 4"])
def test_pixels_cut_short_are_refused(maker, tmp_path, settings, kind, share):
    """A decoder would fill the rest with black, and call it a page."""
    noisy = np.random.default_rng(1).integers(0, 2, (877, 620)).astype(np.uint8)
    made = {
        "grey": lambda: flate(maker, noisy * 255),
        "png predictors": lambda: maker.image(
            png_rows(noisy * 255, 620, 1), 620, 877, Filter=Name.FlateDecode,
            DecodeParms=parms(Predictor=15, Columns=620, Colors=1, BitsPerComponent=8)),
        "group 4": lambda: maker.image(group4(noisy), 620, 877, BitsPerComponent=1, Filter=Name.CCITTFaxDecode,
                                       DecodeParms=parms(K=-1, Columns=620)),
    }[kind]()  # fmt: skip
    data = made.read_raw_bytes()
    cut = maker.image(data[: int(len(data) * share)], 620, 877)
    for name in made.keys():  # noqa: SIM118 - a stream is no dictionary
        cut[name] = made[name]
    side, _ = the_side(maker, tmp_path, settings, cut)
    assert isinstance(side, SideProblem)
    assert side.code in ("truncated_image", "damaged_image")
