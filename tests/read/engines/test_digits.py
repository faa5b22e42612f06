"""The digit engine: shapes, laws, and how well it reads hands that it has never met."""

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import DependencyError
from pipeline.read.engines import digits
from pipeline.read.engines.digits import CARD, DOUBT, ENGINE, GLANCE, prepare, read_digits

# Digits as one plain hand writes them in France, in hundredths of the height.
HAND = {
    0: [[(30, 0), (8, 22), (2, 52), (10, 84), (30, 100), (50, 84), (58, 50), (50, 18), (30, 0)]],
    1: [[(2, 45), (38, 2), (38, 100)]],
    2: [[(4, 22), (18, 3), (42, 3), (54, 20), (46, 44), (22, 72), (2, 98), (58, 98)]],
    3: [[(5, 10), (26, 0), (46, 8), (48, 28), (28, 45), (50, 56), (56, 78), (42, 96), (20, 100), (2, 90)]],
    4: [[(34, 0), (2, 64), (62, 62)], [(46, 38), (42, 100)]],
    5: [[(52, 2), (12, 2), (8, 44), (32, 38), (52, 52), (54, 78), (36, 98), (4, 94)]],
    6: [[(44, 0), (18, 26), (4, 62), (12, 94), (34, 100), (52, 82), (46, 60), (26, 54), (6, 70)]],
    7: [[(2, 2), (56, 0), (20, 100)], [(16, 50), (58, 47)]],
    8: [[(46, 12), (26, 0), (8, 12), (14, 36), (42, 58), (52, 82), (28, 100), (4, 84), (14, 58), (44, 34), (46, 12)]],
    9: [[(50, 18), (28, 0), (6, 16), (10, 42), (32, 48), (50, 22), (50, 60), (34, 100)]],
}


def draw(digit, *, height=46, pen=4, ink=30, paper=235, pad=8, slant=0.0, wide=1.0, blur=0.6):
    """A cell with the digit of the plain hand, under another slant, width and pen."""
    strokes = [np.array(stroke, float) / 100 for stroke in HAND[digit]]
    strokes = [np.stack([s[:, 0] * wide - s[:, 1] * slant, s[:, 1]], axis=1) * height for s in strokes]
    low = np.min([s.min(axis=0) for s in strokes], axis=0) - pad - pen / 2
    high = np.max([s.max(axis=0) for s in strokes], axis=0) + pad + pen / 2
    size = np.ceil(high - low).astype(int)
    cell = np.full((size[1], size[0]), paper, np.uint8)
    for stroke in strokes:
        points = np.round((stroke - low) * 16).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(cell, [points], False, (ink,), pen, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(cell, (0, 0), blur) if blur else cell


def variants():
    """The plain hand with four pens, three slants, two widths: 240 cells."""
    return [
        (draw(digit, pen=pen, slant=slant, wide=wide, ink=ink), digit)
        for digit in range(10)
        for pen, ink in ((2, 110), (3, 30), (5, 60), (8, 0))
        for slant in (-0.15, 0.05, 0.3)
        for wide in (0.85, 1.2)
    ]


def test_shape_type_and_sum():
    rows = read_digits([draw(3), draw(8), np.full((40, 30), 240, np.uint8)])
    assert rows.shape == (3, 10)
    assert rows.dtype == np.float32
    assert (rows >= 0).all()
    assert (rows.sum(axis=1) <= 1 + 1e-4).all()


def test_no_cells():
    rows = read_digits([])
    assert rows.shape == (0, 10)
    assert rows.dtype == np.float32


@pytest.mark.parametrize(
    "blank",
    [
        np.full((50, 40), 255, np.uint8),
        np.full((50, 40), 90, np.uint8),
        np.zeros((1, 1), np.uint8),
        np.full((50, 40), 250, np.uint8) - np.indices((50, 40)).sum(0).astype(np.uint8) // 8,
    ],
    ids=["white", "grey", "one pixel", "shadow"],
)
def test_a_cell_without_ink_says_nothing(blank):
    assert np.allclose(read_digits([blank]), 0.1)


def test_a_plain_french_hand_is_read():
    cells, truth = zip(*variants(), strict=True)
    rows = read_digits(cells)
    assert (rows.argmax(axis=1) == truth).mean() >= 0.97
    assert (rows.max(axis=1) > 0.8).mean() >= 0.85


@settings(max_examples=25, deadline=None)
@given(
    digit=st.integers(0, 9),
    height=st.integers(24, 140),
    pad=st.integers(0, 25),
    paper=st.integers(170, 255),
    share=st.floats(0.0, 0.45),
)
def test_size_margin_and_paper_do_not_matter(digit, height, pad, paper, share):
    cell = draw(digit, height=height, pen=max(2, round(height * 0.08)), pad=pad, paper=paper, ink=int(paper * share))
    assert int(read_digits([cell])[0].argmax()) == digit


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int32])
def test_fractions_and_wider_numbers_are_read_like_bytes(kind):
    cell = draw(5)
    same = cell.astype(kind) / 255 if np.issubdtype(kind, np.floating) else cell.astype(kind)
    assert np.array_equal(read_digits([same]), read_digits([cell]))
    assert np.array_equal(read_digits([cell.astype(kind)]), read_digits([cell]))


def test_specks_do_not_stretch_the_crop():
    cell = draw(5, pad=14)
    dusty = cell.copy()
    dusty[2:4, 2:4] = 40
    dusty[-4:-2, -3:-1] = 40
    assert np.allclose(prepare(dusty), prepare(cell), atol=0.02)


def test_each_row_is_its_own_whatever_the_company():
    cells = [draw(digit) for digit in range(10)]
    together = read_digits(cells * 60)
    alone = np.concatenate([read_digits([cell]) for cell in cells])
    assert np.abs(together[:10] - alone).max() < 1e-4
    assert np.abs(together[-10:] - alone).max() < 1e-4


def test_a_scribble_is_no_sure_digit():
    sure = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        cell = np.full((56, 44), 240, np.uint8)
        count = int(rng.integers(9, 18))
        points = np.stack([np.linspace(6, 38, count), 10 + 36 * (np.arange(count) % 2)], axis=1)
        points = np.round(points + rng.normal(0, 3, points.shape)).astype(np.int32)
        cv2.polylines(cell, [points.reshape(-1, 1, 2)], False, (40,), 3, cv2.LINE_AA)
        sure += int(read_digits([cell]).max() > 0.9)
    assert sure <= 1


def test_the_network_is_the_one_of_its_card():
    card = json.loads(CARD.read_text(encoding="utf-8"))
    told = CARD.with_suffix(".md").read_text(encoding="utf-8")
    digests = []
    for path in (GLANCE, DOUBT):
        digests.append(hashlib.sha256(path.read_bytes()).hexdigest())
        assert card["sha256"][path.name] == digests[-1]
        assert digests[-1] in told
    assert card["bytes"] == sum(path.stat().st_size for path in (GLANCE, DOUBT)) <= 1_000_000
    whole = hashlib.sha256("".join([*digests, *map(str, card["temperatures"])]).encode()).hexdigest()
    assert ENGINE == card["engine"] == f"digits-{whole[:8]}"
    assert card["sure"] == digits.SURE


@pytest.mark.parametrize("which", ["GLANCE", "DOUBT"])
def test_another_network_is_refused(tmp_path, monkeypatch, which):
    known = getattr(digits, which)
    other = tmp_path / known.name
    other.write_bytes(known.read_bytes() + b"\0")
    monkeypatch.setattr(digits, which, other)
    digits._reader.cache_clear()
    try:
        with pytest.raises(DependencyError) as caught:
            read_digits([draw(1)])
    finally:
        digits._reader.cache_clear()
    assert caught.value.evidence["file"] == str(other)


def test_reading_needs_no_training_library():
    code = "import sys, pipeline.read.engines.digits; print(sorted({'torch', 'onnx'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_half_a_millisecond_a_cell():
    cells = [cell for cell, _ in variants()]
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        read_digits(cells)
        spent = []
        for _ in range(7):
            before = time.process_time()
            read_digits(cells)
            spent.append((time.process_time() - before) / len(cells))
    finally:
        cv2.setNumThreads(threads)
    assert min(spent) < 0.5e-3


def hands():
    """The folder of real handwriting, or skip."""
    folder = Path(os.environ.get("CARNET_MAINS", Path(__file__).parents[4] / "shared" / "handwriting"))
    if not folder.is_dir():
        pytest.skip("no real handwriting here")
    return folder


@pytest.mark.slow
def test_held_out_mnist():
    with np.load(hands() / "digits_mnist_train10k.npz") as content:
        rows = np.concatenate([np.flatnonzero(content["y"] == digit)[-200:] for digit in range(10)])
        cells, truth = [255 - image for image in content["x"][rows]], content["y"][rows]
    assert (read_digits(cells).argmax(axis=1) == truth).mean() >= FLOORS["mnist"]


@pytest.mark.slow
def test_held_out_semeion():
    with np.load(hands() / "digits_semeion_dev.npz") as content:
        cells, truth = [255 - image for image in content["x"][600:]], content["y"][600:]
    assert (read_digits(cells).argmax(axis=1) == truth).mean() >= FLOORS["semeion"]


@pytest.mark.slow
def test_held_out_pen_writers():
    with np.load(hands() / "digits_pendigits_dev.npz") as content:
        data = {key: content[key] for key in content}
    strokes = np.append(data["stroke_start"], len(data["points"]))
    samples = np.append(data["sample_start"], len(strokes) - 1)
    rows = np.flatnonzero(np.isin(data["writer"], [3, 8, 12]))
    cells = []
    for row in rows:
        spans = range(samples[row], samples[row + 1])
        parts = [data["points"][strokes[s] : strokes[s + 1]].astype(float) for s in spans]
        points = np.concatenate(parts)
        scale = 44 / max(np.ptp(points[:, 1]), np.ptp(points[:, 0]) / 1.5)
        low = points.min(axis=0)
        size = np.ceil(np.ptp(points, axis=0) * scale + 16).astype(int)
        cell = np.full((size[1], size[0]), 255, np.uint8)
        for part in parts:
            line = np.round(((part - low) * scale + 8) * 16).astype(np.int32).reshape(-1, 1, 2)
            cv2.polylines(cell, [line], False, (0,), 3, cv2.LINE_AA, 4)
        cells.append(cell)
    assert (read_digits(cells).argmax(axis=1) == data["y"][rows]).mean() >= FLOORS["pendigits"]


FLOORS = {"mnist": 0.985, "semeion": 0.985, "pendigits": 0.99}
"""What this model must not fall below; its card says how good it is."""
