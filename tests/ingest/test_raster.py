"""TIFF and photographs as they come: depths, layouts, orientations, resolutions, damage."""

from __future__ import annotations

import io
import struct

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.ingest import SideProblem, inventory
from tests.ingest.scanfiles import jpeg_bytes, pattern
from tests.ingest.test_sides import alike, sides_of

TYPES = {1: "B", 3: "H", 4: "I", 16: "Q"}


def tiff(frames, *, big=False, order="<"):
    """A TIFF made by hand: each frame is (tags, pieces); piece offsets and lengths are filled in.

    A tag is number: (type, values); ``pieces`` is the name of the pair of tags (273 or 324)
    and the bytes of each.
    """
    out = bytearray((b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if big else 42))
    out += struct.pack(order + "HHQ", 8, 0, 16) if big else struct.pack(order + "I", 8)
    pointer = len(out) - (8 if big else 4)
    for tags, (where, pieces) in frames:
        starts = []
        for piece in pieces:
            starts.append(len(out))
            out += piece
        lengths = {273: 279, 324: 325}[where]
        full = {**tags, where: (4, starts), lengths: (4, [len(piece) for piece in pieces])}
        entries = b""
        for tag, (kind, values) in sorted(full.items()):
            packed = struct.pack(f"{order}{len(values)}{TYPES[kind]}", *values)
            room = 8 if big else 4
            if len(packed) > room:
                at = len(out)
                out += packed
                packed = struct.pack(order + ("Q" if big else "I"), at)
            entries += struct.pack(order + ("HHQ" if big else "HHI"), tag, kind, len(values)) + packed.ljust(
                room, b"\0"
            )
        struct.pack_into(order + ("Q" if big else "I"), out, pointer, len(out))
        out += struct.pack(order + ("Q" if big else "H"), len(full)) + entries
        pointer = len(out)
        out += bytes(8 if big else 4)
    return bytes(out)


def frame(samples, *, bits=8, photometric=1, **more):
    """One uncompressed frame in one strip."""
    height, width = samples.shape[:2]
    channels = samples.shape[2] if samples.ndim == 3 else 1
    tags = {256: (4, [width]), 257: (4, [height]), 258: (3, [bits] * channels), 259: (3, [1]),
            262: (3, [photometric]), 277: (3, [channels]), 278: (4, [height])}  # fmt: skip
    tags |= {int(name[1:]): (3 if value < 65536 else 4, [value]) for name, value in more.items()}
    return tags, (273, [samples.tobytes()])


def read(tmp_path, settings, content, name="s.tif"):
    (tmp_path / name).write_bytes(content)
    return sides_of(tmp_path / name, settings)


@pytest.mark.parametrize(("big", "order"), [(False, "<"), (False, ">"), (True, "<")])
def test_long_and_ordinary_tiff_in_both_byte_orders(tmp_path, settings, big, order):
    sides = read(tmp_path, settings, tiff([frame(pattern()), frame(255 - pattern())], big=big, order=order))
    assert [alike(side.pixels, image) < 1 for side, image in zip(sides, (pattern(), 255 - pattern()), strict=True)] == [
        True,
        True,
    ]


def test_white_as_zero_at_every_depth(tmp_path, settings):
    wide = (pattern().astype(np.uint16) * 257).astype("<u2")
    bits = np.packbits(pattern() > 128, axis=1)
    one, eight, sixteen, plain = read(
        tmp_path,
        settings,
        tiff(
            [
                ({**frame(pattern(), bits=1, photometric=0)[0]}, (273, [(~bits).tobytes()])),
                frame(255 - pattern(), photometric=0),
                frame(65535 - wide, bits=16, photometric=0),
                frame(wide, bits=16),
            ]
        ),
    )
    assert one.warnings == ("bitonal",)
    assert alike(one.pixels, np.where(pattern() > 128, 255, 0).astype(np.uint8)) < 1
    for side in (eight, sixteen, plain):
        assert alike(side.pixels, pattern()) < 1


def test_tiles_planes_and_lab(tmp_path, settings):
    image = pattern(640, 896)
    tiles = [image[y : y + 128, x : x + 128].tobytes() for y in range(0, 896, 128) for x in range(0, 640, 128)]
    tags = {**frame(image)[0], 322: (3, [128]), 323: (3, [128])}
    del tags[278]
    colours = np.stack([image, image // 2, image // 4], axis=2)
    planes = {**frame(colours, photometric=2)[0], 284: (3, [2])}
    lab = np.stack([image, image * 0, image * 0], axis=2)
    tiled, planar, light = read(
        tmp_path,
        settings,
        tiff(
            [
                (tags, (324, tiles)),
                (planes, (273, [colours[:, :, n].tobytes() for n in range(3)])),
                frame(lab, photometric=8),
            ]
        ),
    )
    assert alike(tiled.pixels, image) < 1
    assert alike(planar.pixels, cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY)) < 2
    assert alike(light.pixels, image) < 1


def test_frames_of_many_sizes_and_depths_are_each_read_alone(tmp_path, settings):
    first = Image.fromarray(pattern())
    others = [
        Image.fromarray(pattern(877, 620)).convert("1"),
        Image.fromarray(np.stack([pattern(700, 900)] * 3, axis=2)),
        Image.fromarray(pattern(600, 800)).convert("P"),
        Image.fromarray(pattern(600, 800)).convert("CMYK"),
    ]
    first.save(tmp_path / "s.tif", save_all=True, append_images=others)
    (file,) = inventory([tmp_path / "s.tif"], settings)
    shapes = [(877, 620), (620, 877), (900, 700), (800, 600), (800, 600)]
    assert [side.pixels.shape for side in sides_of(file.path, settings)] == shapes
    assert [side.pixels.shape for side in sides_of(file.path, settings, [5, 1, 3])] == [shapes[4], shapes[0], shapes[2]]


def test_thumbnails_and_masks_are_no_sides(tmp_path, settings):
    small = frame(pattern(120, 160), t254=1)
    old = frame(pattern(120, 160), t255=2)
    mask = frame(pattern(), t254=4)
    sides = read(tmp_path, settings, tiff([frame(pattern()), small, old, mask, frame(255 - pattern())]))
    assert [round(side.pixels.mean()) for side in sides] == [round(pattern().mean()), round(255 - pattern().mean())]


def test_a_page_marked_as_a_thumbnail_by_mistake_is_kept(tmp_path, settings):
    """Some fax servers mark every page."""
    assert len(read(tmp_path, settings, tiff([frame(pattern(), t254=1), frame(pattern(), t254=1)]))) == 2
    assert len(read(tmp_path, settings, tiff([frame(pattern()), frame(pattern(630, 900), t254=1)]))) == 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_of_each_frame_is_obeyed(tmp_path, settings, orientation):
    stored = {
        1: lambda a: a, 2: np.fliplr, 3: lambda a: np.rot90(a, 2), 4: np.flipud, 5: np.transpose,
        6: lambda a: np.rot90(a, 1), 7: lambda a: np.rot90(np.transpose(a), 2), 8: lambda a: np.rot90(a, 3),
    }[orientation]  # fmt: skip
    lying = np.ascontiguousarray(stored(pattern()))
    sides = read(tmp_path, settings, tiff([frame(pattern()), frame(lying, t274=orientation), frame(pattern())]))
    assert all(alike(side.pixels, pattern()) < 1 for side in sides)


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"])
def test_every_usual_compression_is_read(tmp_path, settings, compression):
    image = Image.fromarray(pattern() if compression != "group3" else np.where(pattern() > 99, 255, 0).astype(np.uint8))
    bitonal = compression.startswith("group")
    (image.convert("1", dither=Image.Dither.NONE) if bitonal else image).save(
        tmp_path / "s.tif", compression=compression, dpi=(300, 300)
    )
    (side,) = sides_of(tmp_path / "s.tif", settings)
    expected = np.where(pattern() > 127, 255, 0).astype(np.uint8) if compression == "group4" else np.asarray(image)
    assert alike(side.pixels, expected) < 3


def test_an_unknown_compression_is_refused_by_name(tmp_path, settings):
    (side,) = read(tmp_path, settings, tiff([frame(pattern(), t259=65000)]))
    assert side.code in ("damaged_image", "unsupported_image")


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_damage_inside_a_frame_is_heard_and_refused(tmp_path, settings, compression):
    noise = np.random.default_rng(3).integers(0, 2, (900, 700)).astype(np.uint8) * 255
    made = Image.fromarray(noise)
    path = tmp_path / "s.tif"
    made.save(path, compression=compression, tiffinfo={278: 900})
    with Image.open(path) as opened:
        start, size = opened.tag_v2[273][0], opened.tag_v2[279][0]
    content = bytearray(path.read_bytes())
    content[start + size // 2 : start + size] = bytes(size - size // 2)
    path.write_bytes(bytes(content))
    (side,) = sides_of(path, settings)
    assert isinstance(side, SideProblem)


@pytest.mark.parametrize("harm", ["zeroed", "lost", "cut"])
def test_damage_inside_a_jpeg_is_heard_and_refused(tmp_path, settings, harm):
    """The decoder fills what it lost with grey and calls it a success."""
    noise = np.random.default_rng(3).integers(0, 255, (900, 700)).astype(np.uint8)
    data = bytearray(jpeg_bytes(noise))
    half = len(data) // 2
    if harm == "zeroed":
        data[half:-2] = bytes(len(data) - 2 - half)
    elif harm == "cut":
        del data[half:-2]
    else:
        del data[half : half + 4096]
    (side,) = read(tmp_path, settings, bytes(data), "s.jpg")
    assert side.code == "damaged_image"


@pytest.mark.parametrize("padding", [b"", bytes(10_000), b"\xff\xff\xff", b"\r\n"])
def test_padding_after_a_jpeg_is_no_damage(tmp_path, settings, padding):
    (side,) = read(tmp_path, settings, jpeg_bytes(pattern()) + padding, "s.jpg")
    assert alike(side.pixels, pattern()) < 1


def test_padding_before_the_end_of_a_jpeg_is_no_damage(tmp_path, settings):
    data = jpeg_bytes(pattern())
    (side,) = read(tmp_path, settings, data[:-2] + bytes(20) + data[-2:], "s.jpg")
    assert alike(side.pixels, pattern()) < 1


def test_a_jpeg_of_twelve_bits_is_told_apart_from_a_damaged_one(tmp_path, settings):
    data = bytearray(jpeg_bytes(pattern()))
    data[data.index(b"\xff\xc0") + 4] = 12
    (side,) = read(tmp_path, settings, bytes(data), "s.jpg")
    assert side.code == "unsupported_image"


@pytest.mark.parametrize("suffix", ["png", "webp"])
def test_an_animated_image_is_refused_and_a_still_one_of_its_kind_is_read(tmp_path, settings, suffix):
    frames = [Image.fromarray(pattern()), Image.fromarray(255 - pattern())]
    path = tmp_path / f"s.{suffix}"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    (file,) = inventory([path], settings)
    assert file.problem == "several_images"
    frames[0].save(path)
    assert inventory([path], settings)[0].sides == 1


def test_an_alpha_channel_that_hides_everything_means_nothing(tmp_path, settings):
    Image.fromarray(np.dstack([pattern()] * 3 + [np.zeros_like(pattern())])).save(tmp_path / "s.png")
    (side,) = sides_of(tmp_path / "s.png", settings)
    assert alike(side.pixels, pattern()) < 1


def test_one_colour_as_transparent_is_paper(tmp_path, settings):
    image = Image.fromarray(np.where(pattern() < 100, 0, 255).astype(np.uint8)).convert("1").convert("P")
    image.save(tmp_path / "s.png", transparency=255)
    (side,) = sides_of(tmp_path / "s.png", settings)
    assert {0, 255} == set(np.unique(side.pixels))
    assert side.pixels[50, 50] == 0


@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_black_and_white_is_known_whatever_it_is_stored_as(tmp_path, settings, mode):
    two = np.where(pattern() > 128, 255, 0).astype(np.uint8)
    Image.fromarray(two).convert(mode).save(tmp_path / "s.png")
    Image.fromarray(pattern()).convert(mode).save(tmp_path / "t.png")
    assert "bitonal" in sides_of(tmp_path / "s.png", settings)[0].warnings
    assert "bitonal" not in sides_of(tmp_path / "t.png", settings)[0].warnings


def test_numbers_of_any_range_become_grey(tmp_path, settings):
    for scale in (1 / 255, 1.0, 257.0):
        Image.fromarray((pattern() * scale).astype(np.float32)).save(tmp_path / "s.tif")
        (side,) = sides_of(tmp_path / "s.tif", settings)
        assert alike(side.pixels, pattern()) < 1


@pytest.mark.parametrize(
    ("claim", "dpi"),
    [((300, 300), 300), ((0, 0), None), ((1, 1), None), ((72, 72), None), ((100, 100), 100), ((19, 19), None)],
)
@pytest.mark.parametrize("suffix", ["tif", "jpg", "png"])
def test_what_a_file_claims_is_believed_within_reason(tmp_path, settings, suffix, claim, dpi):
    Image.fromarray(pattern()).save(tmp_path / f"s.{suffix}", dpi=claim)
    (side,) = sides_of(tmp_path / f"s.{suffix}", settings)
    assert side.dpi == (dpi and pytest.approx(dpi, abs=0.2))
    assert ("low_resolution" in side.warnings) == (dpi == 100)


def test_dots_a_centimetre(tmp_path, settings):
    half = pattern(1240, 1754)
    (side,) = read(tmp_path, settings, tiff([frame(half, t296=3)]))
    assert side.dpi is None
    Image.fromarray(half).save(tmp_path / "s.tif", resolution_unit=3, x_resolution=118.11, y_resolution=118.11)
    assert sides_of(tmp_path / "s.tif", settings)[0].dpi == pytest.approx(300, abs=0.1)
    data = bytearray(jpeg_bytes(half, dpi=(118, 118)))
    data[13] = 2
    assert read(tmp_path, settings, bytes(data), "s.jpg")[0].dpi == pytest.approx(299.7, abs=0.1)


def test_a_resolution_that_makes_paper_larger_than_any_is_not_believed(tmp_path, settings):
    Image.fromarray(pattern(2480, 3508)).save(tmp_path / "s.png", dpi=(118, 118))
    assert sides_of(tmp_path / "s.png", settings)[0].dpi is None


def test_fax_pixels_are_made_square_lying_down_too(tmp_path, settings):
    fax = np.ascontiguousarray(cv2.resize(pattern(), (1728, 1100)))
    upright = Image.fromarray(fax)
    upright.save(tmp_path / "s.tif", dpi=(204, 98))
    Image.fromarray(np.ascontiguousarray(np.rot90(fax))).save(tmp_path / "t.tif", dpi=(98, 204), tiffinfo={274: 6})
    lying = Image.fromarray(np.ascontiguousarray(np.rot90(fax)))
    exif = Image.Exif()
    exif[274] = 6
    lying.save(tmp_path / "u.jpg", dpi=(98, 204), exif=exif)
    for name in ("s.tif", "t.tif", "u.jpg"):
        (side,) = sides_of(tmp_path / name, settings)
        assert (side.pixels.shape, side.dpi) == ((round(1100 * 204 / 98), 1728), 204), name
        assert side.warnings == ("low_resolution",), "the coarser axis counts"


def test_proportions_without_a_resolution_are_obeyed(tmp_path, settings):
    fax = np.ascontiguousarray(cv2.resize(pattern(), (1728, 1100)))
    data = bytearray(jpeg_bytes(fax, dpi=(204, 98)))
    data[13] = 0
    (side,) = read(tmp_path, settings, bytes(data), "s.jpg")
    assert (side.pixels.shape, side.dpi) == ((round(1100 * 204 / 98), 1728), None)


def test_what_a_camera_claims_is_not_believed(tmp_path, settings):
    exif = Image.Exif()
    exif[0x8769] = {0x829A: 0.02}
    for name, notes in (("s.jpg", exif), ("t.jpg", Image.Exif())):
        Image.fromarray(pattern()).save(tmp_path / name, dpi=(300, 300), exif=notes)
    assert sides_of(tmp_path / "s.jpg", settings)[0].dpi is None
    assert sides_of(tmp_path / "t.jpg", settings)[0].dpi == 300


@pytest.mark.parametrize(
    ("dpi", "factor"), [(1200, 4), (1000, 4), (999, 2), (600, 2), (500, 2), (400, 1), (300, 1), (200, 1)]
)
@pytest.mark.parametrize("suffix", ["jpg", "tif"])
def test_scans_are_merged_to_what_reading_needs(tmp_path, settings, suffix, dpi, factor):
    Image.fromarray(pattern(2201, 3001)).save(tmp_path / f"s.{suffix}", dpi=(dpi, dpi))
    (side,) = sides_of(tmp_path / f"s.{suffix}", settings)
    assert side.dpi == pytest.approx(dpi / factor, abs=0.1)
    assert side.pixels.shape == pytest.approx((3001 / factor, 2201 / factor), abs=1)
    assert alike(side.pixels, pattern(2201, 3001)) < 2


def test_photographs_are_merged_by_their_size(tmp_path, settings):
    for size, shape in (((4032, 3024), (3024, 4032)), ((8000, 6000), (3000, 4000))):
        data = io.BytesIO()
        Image.fromarray(np.full(size[::-1], 200, np.uint8)).save(data, "JPEG")
        (side,) = read(tmp_path, settings, data.getvalue(), "s.jpg")
        assert (side.pixels.shape, side.dpi) == (shape, None)
