"""What the digit network is trained on: deterministic, held-out writers apart, figures right."""

import os
from pathlib import Path

import numpy as np
import pytest

from pipeline.read.engines.digits import prepare, read_digits
from pipeline.train import hands, ink, negatives, paper, sets

FOLDER = Path(os.environ.get("CARNET_MAINS", Path(__file__).parents[3] / "shared" / "handwriting"))
real = pytest.mark.skipif(not FOLDER.is_dir(), reason="no real handwriting here")


def cells(seed, count=200):
    """Scanned cells of imagined hands, with their digits."""
    rng = np.random.default_rng(seed)
    for index in range(count):
        digit = index % 10
        writer = hands.hand(rng)
        yield paper.scanned(ink.drawn(writer.draw(digit, rng), ink.pen(rng), rng), rng), digit


def test_every_shape_can_be_drawn_and_prepared():
    rng = np.random.default_rng(1)
    for digit, shapes in hands.SHAPES.items():
        for shape in shapes:
            assert all(kind in {"c", "s"} and len(points) >= 2 for kind, points in hands.parsed(shape)), (digit, shape)
    tool = ink.Pen(height=40, width=0.08, tremor=0.01)
    for digit in range(10):
        prepared = prepare(paper.clean(ink.drawn(hands.hand(rng).draw(digit, rng), tool, rng), rng))
        assert prepared is not None
        assert prepared.shape == (28, 28)
        assert prepared.max() > 0.9


def test_the_same_seed_draws_the_same_cells():
    for (one, _), (other, _) in zip(cells(4, 60), cells(4, 60), strict=True):
        assert np.array_equal(one, other)


def test_the_engine_reads_imagined_hands_on_bad_paper():
    found, truth = zip(*cells(20261), strict=True)
    assert (read_digits(found).argmax(axis=1) == truth).mean() >= 0.93


def test_what_is_no_digit_is_rarely_a_sure_one():
    rng = np.random.default_rng(11)

    def draw():
        digit = int(rng.integers(10))
        return ink.drawn(hands.hand(rng).draw(digit, rng), ink.Pen(height=40, width=0.08, tremor=0), rng), digit

    def letter():
        return negatives.scribble(rng)

    found = [paper.clean(negatives.no_digit(draw, letter, rng), rng) for _ in range(300)]
    assert (read_digits(found).max(axis=1) >= 0.99).mean() <= 0.03


def test_units_have_height_one():
    strokes = (np.array([[10, 5], [30, 85]], np.float32), np.array([[0, 40], [40, 40]], np.float32))
    points = np.concatenate(sets.unit(strokes))
    assert np.allclose(points.min(axis=0), 0)
    assert np.isclose(points[:, 1].max(), 1)


@real
def test_writers_are_apart():
    found = sets.load(FOLDER)
    writers = {split: set(found[split].pendigits.writer.tolist()) for split in sets.SPLITS}
    assert len(writers["test"]) >= 3
    assert len(writers["validation"]) >= 2
    assert not writers["train"] & writers["test"]
    assert not writers["train"] & writers["validation"]
    assert not writers["validation"] & writers["test"]
    for name, total in (("mnist", 10_000), ("semeion", 800)):
        assert sum(len(getattr(found[split], name).y) for split in sets.SPLITS) == total
    seen = {image.tobytes() for image in found["train"].mnist.x}
    assert not any(image.tobytes() in seen for image in found["test"].mnist.x)


@real
@pytest.mark.slow
def test_examples_do_not_depend_on_the_number_of_processes():
    from pipeline.train.recipe import Recipe, examples

    train = sets.load(FOLDER)["train"]
    one, two = (examples(train, Recipe(), count=4000, seed=5, processes=n) for n in (1, 2))
    assert np.array_equal(one.x, two.x)
    assert np.array_equal(one.y, two.y)
    assert set(np.unique(one.y)) == set(range(11))
