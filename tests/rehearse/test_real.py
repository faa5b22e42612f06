"""Digits of real hands: the formats read, the writers of test and training kept apart."""

import numpy as np
import pytest

from pipeline.errors import InputError
from pipeline.rehearse.real import MNIST_TEST_PER_DIGIT, PEN_TEST, load_hands


@pytest.fixture
def folder(tmp_path):
    """Tiny files in the formats of the public sets; the grey level or length tells the sample."""
    writers = sorted({1, 2, *PEN_TEST})
    points, strokes, samples, labels, owners = [], [], [], [], []
    for writer in writers:
        for digit in range(10):
            samples.append(len(strokes))
            labels.append(digit)
            owners.append(writer)
            for _ in range(2):
                strokes.append(len(points))
                points += [(0, 0), (50 + writer, 100), (80, 120 + digit)]
    np.savez(
        tmp_path / "digits_pendigits_dev.npz",
        points=np.array(points, np.int16),
        stroke_start=np.array(strokes, np.int32),
        sample_start=np.array(samples, np.int32),
        y=np.array(labels, np.uint8),
        writer=np.array(owners, np.int16),
    )
    semeion = np.zeros((800, 16, 16), np.uint8)
    semeion[:, 4:12, 4:12] = 1
    semeion[600:, 0, 0] = 1
    np.savez(
        tmp_path / "digits_semeion_dev.npz", x=semeion, y=np.tile(np.repeat(np.arange(10), 20), 4).astype(np.uint8)
    )
    per_digit = MNIST_TEST_PER_DIGIT + 10
    mnist = np.zeros((10 * per_digit, 28, 28), np.uint8)
    mnist[:, 4:24, 8:20] = 255
    np.savez(tmp_path / "digits_mnist_train10k.npz", x=mnist, y=np.repeat(np.arange(10), per_digit).astype(np.uint8))
    return tmp_path


def test_test_and_training_hands_are_apart_and_complete(folder):
    test, train = load_hands(folder, test=True), load_hands(folder, test=False)
    assert [hand.group for hand in test] == [*(f"pendigits-{w}" for w in sorted(PEN_TEST)), "semeion", "mnist"]
    assert {hand.group for hand in test if hand.drawn}.isdisjoint(hand.group for hand in train)
    semeion_test, semeion_train = test[-2], train[-2]
    assert sum(len(known) for known in semeion_test.images.values()) == 200
    assert all(image[0, 0] == 255 for known in semeion_test.images.values() for image in known)
    assert not any(image[0, 0] for known in semeion_train.images.values() for image in known)
    assert {len(known) for known in test[-1].images.values()} == {MNIST_TEST_PER_DIGIT}


def test_glyphs_are_of_the_digit_asked_and_one_high(folder):
    hand = load_hands(folder)[0]
    glyph = hand.glyph("7", np.random.default_rng(1))
    assert len(glyph.strokes) == 2
    assert np.ptp(np.vstack(glyph.strokes)[:, 1]) == pytest.approx(1.0)
    assert load_hands(folder)[-1].glyph("7", np.random.default_rng(1)).bitmap.shape == (20, 12)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError) as caught:
        load_hands(tmp_path)
    assert "digits_pendigits_dev.npz" in caught.value.message
